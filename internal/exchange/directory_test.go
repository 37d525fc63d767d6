package exchange_test

import (
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

// diary is a directory and the day it is.
type diary struct {
	*exchange.Directory
	now time.Time
}

func (d *diary) days(n int) { d.now = d.now.AddDate(0, 0, n) }

func newDirectory(t testing.TB) *diary {
	d := &diary{now: time.Date(2026, 11, 20, 8, 30, 0, 0, document.Zone())}
	clock := func() time.Time { return d.now }
	s, err := store.Open(t.TempDir(), store.Options{Clock: clock})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	d.Directory = &exchange.Directory{Store: s, Clock: clock, Fold: viet.Fold, TempDir: t.TempDir()}
	return d
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

// Lists come day after day, each as it likes; what the directory says of every
// code ever seen is what a map says.
func TestDirectoryAgainstAMap(t *testing.T) {
	codes := rapid.StringMatching(`H[0-9]{1,2}(\.[0-9]{1,2}){0,2}`)
	rapid.Check(t, func(r *rapid.T) {
		d := newDirectory(t)
		names, missing := map[document.Code]string{}, map[document.Code]time.Time{}
		for range rapid.IntRange(1, 4).Draw(r, "lists") {
			d.days(rapid.IntRange(0, 2).Draw(r, "days"))
			var list []axis.Agency
			listed := map[document.Code]bool{}
			for _, c := range rapid.SliceOfNDistinct(codes, 1, 20, rapid.ID[string]).Draw(r, "codes") {
				name := "Cơ quan " + strings.Repeat("x", rapid.IntRange(1, 300).Draw(r, "length"))
				list = append(list, entry(c, "", name, c, ""))
				names[document.Code(c)], listed[document.Code(c)] = name, true
			}
			if err := d.Replace(list); err != nil {
				r.Fatal(err)
			}
			for c := range names {
				switch _, since := missing[c]; {
				case listed[c]:
					delete(missing, c)
				case !since:
					missing[c] = d.now
				}
			}
		}
		for _, c := range rapid.SliceOfN(codes, 5, 5).Draw(r, "asked") {
			if names[document.Code(c)] == "" {
				names[document.Code(c)] = ""
			}
		}
		inForce := 0
		for c, name := range names {
			a, found, err := d.Agency(c)
			since, gone := missing[c]
			gone = gone && d.now.Sub(since) >= 48*time.Hour
			if err != nil || found != (name != "" && !gone) || found && a.Name != name {
				r.Fatalf("%s: %.30q, %v, %v; want %.30q, gone %v", c, a.Name, found, err, name, gone)
			}
			e, known, err := d.Status(c)
			if err != nil || known != (name != "") || known && (e.Name != name || (e.Standing == exchange.Unlisted) != gone) {
				r.Fatalf("%s: %.30q stands %v, %v", c, e.Name, e.Standing, err)
			}
			if found {
				inForce++
			}
		}
		if _, n, err := d.Age(); n != inForce || err != nil {
			r.Fatalf("%d agencies, %v; want %d", n, err, inForce)
		}
	})
}
