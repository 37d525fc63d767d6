package axissim

import (
	"strings"
	"time"
)

// directory is the axis's list of agencies. Entries keep their place for ever,
// so that it can be read in pieces while it changes; who is dissolved stays as
// an entry that says so.
type directory struct {
	agencies []entry
	byCode   map[string]int32 // index into agencies, by present and old code
	version  int64            // of the newest entry
}

// entry is an agency with the time of its last change; none for those the axis
// began with.
type entry struct {
	Agency
	modified int64 // Unix seconds; 0 for never
}

func newDirectory(agencies []Agency) directory {
	d := directory{agencies: make([]entry, len(agencies)), byCode: make(map[string]int32, 2*len(agencies)), version: 1}
	for i, a := range agencies {
		a.Version = max(a.Version, 1)
		d.version = max(d.version, a.Version)
		d.agencies[i] = entry{Agency: a}
	}
	// A present code goes before the same text as an old one.
	for i, a := range d.agencies {
		d.name(string(a.OldCode), i, a.Deleted)
	}
	for i, a := range d.agencies {
		d.name(string(a.Code), i, a.Deleted)
	}
	return d
}

func (d *directory) name(code string, i int, deleted bool) {
	if code != "" && !deleted {
		d.byCode[strings.ToUpper(code)] = int32(i)
	}
}

// enter adds an agency, or renews the entry with its code. Changes of the
// directory are numbered in the order of the log, so that a restart gives every
// entry the version it had.
func (d *directory) enter(a Agency, at time.Time) {
	d.version++
	a.Version = d.version
	i := d.place(string(a.Code))
	if i < 0 {
		i = len(d.agencies)
		d.agencies = append(d.agencies, entry{})
	}
	d.agencies[i] = entry{a, at.Unix()}
	if _, taken := d.find(string(a.OldCode)); !taken {
		d.name(string(a.OldCode), i, a.Deleted)
	}
	d.name(string(a.Code), i, a.Deleted)
}

// place is the index of the entry with that present code, dissolved or not; -1
// for none.
func (d *directory) place(code string) int {
	if i, found := d.byCode[strings.ToUpper(code)]; found && strings.EqualFold(string(d.agencies[i].Code), code) {
		return int(i)
	}
	for i := range d.agencies { // dissolved ones have no name left
		if d.agencies[i].Deleted && strings.EqualFold(string(d.agencies[i].Code), code) {
			return i
		}
	}
	return -1
}

// dissolve takes an agency off the list; nothing happens without one.
func (d *directory) dissolve(code string, at time.Time) {
	i := d.place(code)
	if i < 0 || d.agencies[i].Deleted {
		return
	}
	d.version++
	e := &d.agencies[i]
	e.Deleted, e.Version, e.modified = true, d.version, at.Unix()
	for _, name := range []string{string(e.Code), string(e.OldCode)} {
		if d.byCode[strings.ToUpper(name)] == int32(i) {
			delete(d.byCode, strings.ToUpper(name))
		}
	}
}

func (d *directory) find(code string) (int32, bool) {
	i, found := d.byCode[strings.ToUpper(strings.TrimSpace(code))]
	return i, found
}

// agency finds an entry by its present or its old code.
func (d *directory) agency(code string) (Agency, bool) {
	i, found := d.find(code)
	if !found {
		return Agency{}, false
	}
	return d.agencies[i].Agency, true
}

// serves tells whether a system serves the agency with that code.
func (d *directory) serves(system, code string) bool {
	i, found := d.find(code)
	return found && d.agencies[i].System == system
}

// batch copies entries from an index on into a slice's room and tells where the
// next batch begins; nothing copied is the end.
func (d *directory) batch(from int, room []entry) ([]entry, int) {
	n := copy(room[:cap(room)], d.agencies[min(from, len(d.agencies)):])
	return room[:n], from + n
}
