package exchange_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"vanthu/internal/axis"
	"vanthu/internal/document"
	"vanthu/store"
)

// says is what the directory tells of codes, one a line.
func (d *diary) says(t *testing.T, codes ...document.Code) string {
	t.Helper()
	var lines []string
	for _, c := range codes {
		a, ok, err := d.Agency(c)
		e, known, statusErr := d.Status(c)
		if err != nil || statusErr != nil {
			t.Fatal(c, err, statusErr)
		}
		line := string(c) + ":"
		if ok {
			line += " to " + string(a.Code)
		}
		if known {
			line += fmt.Sprintf(" %s %s", e.Name, e.Note())
		}
		lines = append(lines, strings.TrimSpace(line))
	}
	return strings.Join(lines, "\n")
}

func (d *diary) replace(t *testing.T, list ...axis.Agency) {
	t.Helper()
	if err := d.Replace(list); err != nil {
		t.Fatal(err)
	}
}

func want(t *testing.T, what, got, want string) {
	t.Helper()
	if want = strings.TrimSpace(want); got != want {
		t.Errorf("%s:\n%s\nwant\n%s", what, got, want)
	}
}

// The reform of July 2025 as a directory sees it: a district ends, two communes
// become one, one is split, one gets a code of the new generation.
func TestMergersAndNewCodes(t *testing.T) {
	d := newDirectory(t)
	province := entry("H40", "", "UBND tỉnh Cà Mau", "1", "")
	d.replace(t, province,
		entry("H40.9", "", "UBND huyện Cũ", "9", "1"),
		entry("H40.5", "", "UBND xã Năm", "5", "1"), entry("H40.6", "", "UBND xã Sáu", "6", "1"),
		entry("H40.8", "", "UBND xã Tám", "8", "1"),
		entry("000.07.00.H12", "", "UBND xã Bảy", "7", "1"))
	after := []axis.Agency{province,
		entry("H40.56", "H40.5", "UBND xã Năm Sáu", "56", "1"), entry("H40.56", "H40.6", "UBND xã Năm Sáu", "56", "1"),
		entry("H40.81", "H40.8", "UBND xã Tám Một", "81", "1"), entry("H40.82", "H40.8", "UBND xã Tám Hai", "82", "1"),
		entry("H40.7", "", "UBND xã Bảy", "7", "1")}
	d.days(1)
	d.replace(t, after...)
	all := []document.Code{"H40", "H40.9", "H40.5", "H40.6", "H40.56", "H40.8", "000.07.00.H12", "H40.7"}
	want(t, "the first list without them", d.says(t, all...), `
H40: to H40 UBND tỉnh Cà Mau
H40.9: to H40.9 UBND huyện Cũ
H40.5: to H40.5 UBND xã Năm
H40.6: to H40.6 UBND xã Sáu
H40.56: to H40.56 UBND xã Năm Sáu
H40.8: to H40.8 UBND xã Tám
000.07.00.H12: to 000.07.00.H12 UBND xã Bảy
H40.7: to H40.7 UBND xã Bảy`)
	d.days(2)
	d.replace(t, after...)
	want(t, "two days later", d.says(t, all...), `
H40: to H40 UBND tỉnh Cà Mau
H40.9: UBND huyện Cũ không còn trong danh bạ của Trục từ 21/11/2026
H40.5: to H40.56 UBND xã Năm nay là UBND xã Năm Sáu (H40.56)
H40.6: to H40.56 UBND xã Sáu nay là UBND xã Năm Sáu (H40.56)
H40.56: to H40.56 UBND xã Năm Sáu
H40.8: UBND xã Tám nay là UBND xã Tám Một (H40.81), UBND xã Tám Hai (H40.82)
000.07.00.H12: to H40.7 UBND xã Bảy nay là UBND xã Bảy (H40.7)
H40.7: to H40.7 UBND xã Bảy`)
	merged, _, err := d.Status("H40.56")
	if err != nil || fmt.Sprint(merged.Old) != "[H40.5 H40.6]" || merged.Since.String() != "21/11/2026" || merged.InCharge != "UBND tỉnh Cà Mau" {
		t.Errorf("merged: %+v, %v", merged, err)
	}
	found, err := d.Find(t.Context(), "ubnd", 20)
	var names []string
	for _, e := range found {
		names = append(names, string(e.Code)+" "+e.Note())
	}
	want(t, "found", strings.TrimSpace(strings.Join(names[:3], "\n")), "H40 \nH40.56 \nH40.7")
	if len(names) != 10 || err != nil || !strings.HasPrefix(names[9], "H40.9 không còn") {
		t.Errorf("found %q, %v", names, err)
	}
	if list, err := d.Search(t.Context(), "huyen cu", 20); len(list) != 0 || err != nil {
		t.Errorf("a body that ended is offered: %v, %v", list, err)
	}
	if list, err := d.Search(t.Context(), "h40.5", 20); len(list) != 1 || list[0].Code != "H40.56" || err != nil {
		t.Errorf("by an old code: %v, %v", list, err)
	}
	d.days(1)
	d.replace(t, append(after, entry("H40.9", "", "UBND huyện Cũ", "9", "1"))...)
	want(t, "listed again", d.says(t, "H40.9"), "H40.9: to H40.9 UBND huyện Cũ")
}

// Old codes of old codes are followed, circles end.
func TestChainsOfCodes(t *testing.T) {
	d := newDirectory(t)
	d.replace(t, entry("C", "B", "Nay", "3", ""), entry("B", "A", "Trước", "2", ""), entry("X", "Y", "X", "4", ""), entry("Y", "X", "Y", "5", ""))
	d.days(3)
	d.replace(t, entry("C", "B", "Nay", "3", ""))
	d.days(3)
	d.replace(t, entry("C", "B", "Nay", "3", ""))
	want(t, "chain", d.says(t, "A", "B", "X", "Y"), `
A: to C Trước nay là Nay (C)
B: to C Trước nay là Nay (C)
X: X không còn trong danh bạ của Trục từ 23/11/2026
Y: Y không còn trong danh bạ của Trục từ 23/11/2026`)
}

// Ids that mean another body than yesterday make nobody another's successor.
func TestIDsThatMove(t *testing.T) {
	d := newDirectory(t)
	d.replace(t, entry("A", "", "An", "1", ""), entry("B", "", "Bình", "2", ""))
	for range 2 {
		d.days(2)
		d.replace(t, entry("B", "", "Bình", "1", ""), entry("C", "", "Châu", "2", ""))
	}
	want(t, "directory", d.says(t, "A", "B", "C"), "A: An không còn trong danh bạ của Trục từ 22/11/2026\nB: to B Bình\nC: to C Châu")
}

// What a list must not do to the directory: rows that are none, twice the same,
// texts without end, codes with blanks.
func TestOddRows(t *testing.T) {
	d := newDirectory(t)
	long := strings.Repeat("rất dài ", 100_000)
	d.replace(t,
		entry("", "", "không mã", "1", ""), entry("H 1", "", "mã có dấu cách", "2", ""), entry("H2", "", long, long, long),
		entry(long, "", "mã dài", "3", ""), entry("H3", "H 3", "Ba", "4", "4"), entry("H3", "", "Ba nữa", "4", ""),
		entry("H4", "", "\xff\xfe\tBốn\n\r", "5", "không có"), entry("H5", "H5", "Năm", "", ""))
	want(t, "directory", d.says(t, "H3", "H4", "H5", "H 1", ""), "H3: to H3 Ba\nH4: to H4 Bốn\nH5: to H5 Năm\nH 1:\n:")
	if a, ok, err := d.Agency("H2"); !ok || err != nil || len(a.Name) < 900 || len(a.Name) > 1000 {
		t.Errorf("%d bytes of name, %v, %v", len(a.Name), ok, err)
	}
	if _, n, err := d.Age(); n != 4 || err != nil {
		t.Errorf("%d agencies, %v", n, err)
	}
}

const day = 24 * time.Hour

// syncing is an office whose axis answers what the test writes down, and one run
// of the directory's job.
func syncing(t *testing.T) (*office, *fake, func() error) {
	o, f := fakeOffice(t)
	f.agencies = nil
	for i := range 20 {
		f.agencies = append(f.agencies, entry(fmt.Sprintf("H40.%d", i), fmt.Sprintf("000.%02d.00.H12", i), fmt.Sprintf("UBND xã %d", i), fmt.Sprint(i), ""))
		f.units = append(f.units, axis.Unit{ID: fmt.Sprint(i), Code: document.Code(fmt.Sprintf("H40.%d", i)), Name: fmt.Sprintf("UBND xã %d", i), Version: int64(i + 1), IsAgency: true})
	}
	o.w.pass(6 * time.Hour) // the afternoon, when the directory may come
	return o, f, func() error {
		t.Helper()
		if err := o.Poll(t.Context()); err != nil {
			t.Fatal(err)
		}
		err := o.run("agencies")
		return errors.Join(err, o.Store.Maintain(func(tx *store.Tx) error { return tx.FinishJob("agencies") }))
	}
}

// synced is syncing with the whole list and all changes taken in.
func synced(t *testing.T) (*office, *fake, func() error) {
	o, f, sync := syncing(t)
	for _, after := range []time.Duration{day, 7 * day} {
		o.w.pass(after)
		if err := sync(); err != nil {
			t.Fatal(err)
		}
	}
	f.asked = nil
	return o, f, sync
}

func (o *office) diary() *diary { return &diary{Directory: o.Directory} }

// Changes are asked for by version, applied on top, and once a week the whole
// list comes after all.
func TestChangesOnly(t *testing.T) {
	o, f, sync := synced(t)
	o.w.pass(day)
	f.units = append(f.units,
		axis.Unit{ID: "3", Code: "H40.3", Name: "UBND phường Cũ", Version: 29, IsAgency: true},
		axis.Unit{ID: "3", Code: "H40.3", Name: "UBND xã Ba mới", Version: 30, IsAgency: true},
		axis.Unit{ID: "3", Code: "H40.3", Name: "UBND xã thứ ba", Version: 28, IsAgency: true},
		axis.Unit{ID: "4", Code: "H40.4", Name: "UBND xã 4", Version: 31, IsAgency: true, Deleted: true, Modified: "01/07/2025 00:00:00"},
		axis.Unit{ID: "50", Parent: "51", Code: "H40.50", Name: "UBND xã mới", Version: 32, IsAgency: true},
		axis.Unit{ID: "51", Code: "00.40.W00", Name: "Trung tâm", Version: 33},
		axis.Unit{ID: "5", Code: "H40.55", Name: "UBND xã 5", Version: 34, IsAgency: true})
	if err := sync(); err != nil {
		t.Fatal(err)
	}
	o.w.pass(day)
	f.units = append(f.units, axis.Unit{ID: "5", Code: "H40.5", Version: 35, Name: "UBND xã 5", IsAgency: true, Deleted: true, Modified: "?"})
	if err := sync(); err != nil {
		t.Fatal(err)
	}
	if fmt.Sprint(f.asked) != "[20 34]" {
		t.Errorf("asked for versions after %v", f.asked)
	}
	d := o.diary()
	want(t, "after changes", d.says(t, "H40.3", "H40.4", "000.04.00.H12", "H40.5", "H40.50", "00.40.W00", "H40.6", "000.06.00.H12"), `
H40.3: to H40.3 UBND xã Ba mới
H40.4: UBND xã 4 đã ngừng trên Trục từ 01/07/2025
000.04.00.H12: UBND xã 4 đã ngừng trên Trục từ 01/07/2025
H40.5: to H40.55 UBND xã 5 nay là UBND xã 5 (H40.55)
H40.50: to H40.50 UBND xã mới
00.40.W00:
H40.6: to H40.6 UBND xã 6
000.06.00.H12: to H40.6 UBND xã 6`)
	if e, _, err := d.Status("H40.3"); err != nil || fmt.Sprint(e.Old) != "[000.03.00.H12]" {
		t.Errorf("a change takes old codes away: %+v, %v", e, err)
	}
	if e, _, err := d.Status("H40.50"); err != nil || e.InCharge != "Trung tâm" {
		t.Errorf("%+v, %v", e, err)
	}
	o.w.pass(7 * day)
	if err := sync(); err != nil || len(f.asked) != 2 {
		t.Errorf("a week later: %v, asked %v", err, f.asked)
	}
	want(t, "the whole list knows of no ending", d.says(t, "H40.4"), "H40.4: UBND xã 4 đã ngừng trên Trục từ 01/07/2025")
}

// An axis without a list of changes gives the whole list the same day, and is
// not asked again for a month.
func TestWithoutChanges(t *testing.T) {
	for name, spoil := range map[string]func(*fake){
		"unsupported": func(f *fake) { f.noUnits = axis.ErrUnsupported },
		"unknown":     func(f *fake) { f.noUnits = &axis.Rejected{Code: "-1"} },
		"a page":      func(f *fake) { f.noUnits = axis.ErrMalformed },
		"no rows":     func(f *fake) { f.units = nil },
		"no agencies": func(f *fake) {
			for i := range f.units {
				f.units[i].IsAgency = false
			}
		},
		"no versions": func(f *fake) {
			for i := range f.units {
				f.units[i].Version = 0
			}
			f.ignoresVersion = true
		},
	} {
		t.Run(name, func(t *testing.T) {
			o, f, sync := syncing(t)
			spoil(f)
			f.agencies[0].Name = "UBND xã Không"
			for range 3 {
				o.w.pass(day)
				if err := sync(); err != nil {
					t.Fatal(err)
				}
			}
			if len(f.asked) != 1 {
				t.Errorf("asked %d times", len(f.asked))
			}
			want(t, "directory", o.diary().says(t, "H40.0"), "H40.0: to H40.0 UBND xã Không")
			o.w.pass(40 * day)
			if err := sync(); err != nil {
				t.Fatal(err)
			}
			o.w.pass(day)
			if err := sync(); err != nil || len(f.asked) != 2 {
				t.Errorf("a month later: %v, asked %d times", err, len(f.asked))
			}
		})
	}
}

// An axis that ignores the version gives all units each time: that is taken in
// once, then the whole list is as good.
func TestVersionIgnored(t *testing.T) {
	o, f, sync := synced(t)
	f.ignoresVersion = true
	for range 4 {
		o.w.pass(day)
		if err := sync(); err != nil {
			t.Fatal(err)
		}
	}
	if fmt.Sprint(f.asked) != "[20]" {
		t.Errorf("asked for versions after %v", f.asked)
	}
}

// While the axis is out of reach or busy, the whole list is not asked for in
// place of changes.
func TestChangesOutOfReach(t *testing.T) {
	for _, class := range []error{axis.ErrOffline, axis.ErrBusy, &axis.Rejected{Code: axis.CodeWrongSecret}} {
		o, f, sync := synced(t)
		o.w.pass(day)
		f.noUnits = class
		if err := sync(); err == nil {
			t.Errorf("%v passes", class)
		}
		f.noUnits = nil
		if err := sync(); err != nil || len(f.asked) != 2 {
			t.Errorf("%v: asked %d times", err, len(f.asked))
		}
	}
}

// A page in the way of changes and of the whole list says nothing about what the
// axis has.
func TestPageInTheWayOfChanges(t *testing.T) {
	o, f, sync := synced(t)
	o.w.pass(day)
	if err := o.Poll(t.Context()); err != nil {
		t.Fatal(err)
	}
	f.err = axis.ErrMalformed
	if err := o.run("agencies"); err == nil {
		t.Fatal("a page passes for a list")
	}
	f.err = nil
	if err := sync(); err != nil || len(f.asked) != 2 {
		t.Errorf("%v: changes were asked for %d times", err, len(f.asked))
	}
}

// An axis whose list names no old codes may have them in another.
func TestMappingFromTheOtherList(t *testing.T) {
	o, f, sync := synced(t)
	for i := range f.agencies {
		f.agencies[i].OldCode = ""
	}
	f.qd20 = []axis.Agency{entry("H40.1", "000.99.00.H12", "x", "", ""), entry("H40.77", "000.77.00.H12", "không có", "", "")}
	o.w.pass(8 * day)
	if err := sync(); err != nil {
		t.Fatal(err)
	}
	want(t, "mapping", o.diary().says(t, "000.99.00.H12", "000.01.00.H12", "000.77.00.H12"), `
000.99.00.H12: to H40.1 UBND xã 1
000.01.00.H12: to H40.1 UBND xã 1
000.77.00.H12:`)
}
