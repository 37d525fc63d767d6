package exchange_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"vanthu/internal/axis"
	"vanthu/internal/document"
	"vanthu/internal/exchange"
	"vanthu/internal/viet"
	"vanthu/store"
)

func newDirectory(t testing.TB) *exchange.Directory {
	clock := func() time.Time { return time.Date(2026, 11, 20, 8, 30, 0, 0, document.Zone()) }
	s, err := store.Open(t.TempDir(), store.Options{Clock: clock})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return &exchange.Directory{Store: s, Clock: clock, Fold: viet.Fold}
}

func entry(code, old, name, id, parent string) axis.Agency {
	return axis.Agency{Agency: document.Agency{Code: document.Code(code), Name: name}, OldCode: document.Code(old), ID: id, Parent: parent}
}

func TestDirectory(t *testing.T) {
	d := newDirectory(t)
	if _, ok, err := d.Agency("H40"); ok || err != nil {
		t.Errorf("an empty directory answers %v, %v", ok, err)
	}
	if list, err := d.Search(t.Context(), "ubnd", 5); len(list) != 0 || err != nil {
		t.Errorf("an empty directory finds %v, %v", list, err)
	}
	list := []axis.Agency{
		entry("H40", "000.00.00.H12", "Ủy ban nhân dân tỉnh Cà Mau", "1", ""),
		entry("H40.5", "", "Văn phòng Đảng ủy", "2", "1"),
		entry("H40.5.2", "000.22.32.H12", "Ủy ban nhân dân xã Định Mỹ", "3", "1"),
		entry("H41.5.2", "", "Ủy ban nhân dân xã Định Mỹ", "4", "5"),
		entry("H41", "", "Ủy ban nhân dân tỉnh An Giang", "5", "5"),
		entry("H40.50", "", "Tên\tcó tab\nvà xuống dòng", "6", ""),
	}
	if err := d.Replace(list); err != nil {
		t.Fatal(err)
	}
	for code, want := range map[document.Code]string{
		"H40": "H40 Ủy ban nhân dân tỉnh Cà Mau", "000.22.32.H12": "H40.5.2 Ủy ban nhân dân xã Định Mỹ",
		"H40.5": "H40.5 Văn phòng Đảng ủy", "H40.50": "H40.50 Tên có tab và xuống dòng", "H4": "", "H40.5.": "", "H99": "", "": "", "0": "",
	} {
		a, ok, err := d.Agency(code)
		got := ""
		if ok {
			got = string(a.Code) + " " + a.Name
		}
		if got != want || err != nil {
			t.Errorf("%q: %q, %v; want %q", code, got, err, want)
		}
	}
	for query, want := range map[string]string{
		"dinh my":         "H40.5.2 H41.5.2",
		"xa dinh my ca m": "H40.5.2",
		"uy ban nhan dan": "H40 H40.5.2 H41 H41.5.2 H40.5",
		"h40.5":           "H40.5 H40.5.2 H40.50",
		"000.22":          "H40.5.2",
		"Đảng":            "H40.5",
		"không có đâu":    "",
		"  ":              "",
	} {
		found, err := d.Search(t.Context(), query, 10)
		var codes []string
		for _, a := range found {
			codes = append(codes, string(a.Code))
		}
		if got := strings.Join(codes, " "); got != want || err != nil {
			t.Errorf("%q finds %q, %v; want %q", query, got, err, want)
		}
	}
	if found, err := d.Search(t.Context(), "uy ban", 2); len(found) != 2 || err != nil {
		t.Errorf("limit: %v, %v", found, err)
	}
	if err := d.Replace(nil); err != nil {
		t.Fatal(err)
	}
	if _, n, err := d.Age(); n != len(list) || err != nil {
		t.Errorf("an empty answer left %d agencies, %v", n, err)
	}
}

// Binary search in the file finds what a map finds.
func TestDirectoryAgainstAMap(t *testing.T) {
	d := newDirectory(t)
	rapid.Check(t, func(r *rapid.T) {
		codes := rapid.SliceOfDistinct(rapid.StringMatching(`H[0-9]{1,2}(\.[0-9]{1,2}){0,2}`), rapid.ID[string]).Draw(r, "codes")
		model := map[document.Code]string{}
		var list []axis.Agency
		for i, c := range codes {
			name := fmt.Sprintf("Cơ quan %d%s", i, strings.Repeat("x", rapid.IntRange(0, 300).Draw(r, "length")))
			model[document.Code(c)] = name
			list = append(list, entry(c, "", name, fmt.Sprint(i), ""))
		}
		if len(list) == 0 {
			return
		}
		if err := d.Replace(list); err != nil {
			r.Fatal(err)
		}
		asked := append(codes, rapid.SliceOfN(rapid.StringMatching(`H[0-9]{1,2}(\.[0-9]{1,2}){0,2}`), 5, 5).Draw(r, "asked")...)
		for _, c := range asked {
			a, ok, err := d.Agency(document.Code(c))
			want, there := model[document.Code(c)]
			if err != nil || ok != there || a.Name != want {
				r.Fatalf("%s: %q, %v, %v; want %q", c, a.Name, ok, err, want)
			}
		}
	})
}

func BenchmarkDirectory(b *testing.B) {
	d := newDirectory(b)
	var list []axis.Agency
	for i := range 123_000 {
		list = append(list, entry(fmt.Sprintf("H%d.%d.%d", i%63, i/63%40, i), "", fmt.Sprintf("Ủy ban nhân dân xã số %d tỉnh %d", i, i%63), fmt.Sprint(i), ""))
	}
	if err := d.Replace(list); err != nil {
		b.Fatal(err)
	}
	b.Run("agency", func(b *testing.B) {
		for b.Loop() {
			if _, ok, err := d.Agency("H7.3.196"); !ok || err != nil {
				b.Fatal(ok, err)
			}
		}
	})
	b.Run("search", func(b *testing.B) {
		for b.Loop() {
			if _, err := d.Search(b.Context(), "xa so 122999", 20); err != nil {
				b.Fatal(err)
			}
		}
	})
}
