package axissim

import (
	"iter"
	"strings"
	"time"

	"vanthu/internal/document"
)

// directory is the axis's list of agencies. Entries keep their place for ever,
// so that it can be read in pieces while it changes; who is dissolved stays as
// an entry that says so.
type directory struct {
	agencies []entry
	byCode   map[string]int32 // index into agencies, by present and old code
	version  int64            // of the newest entry
}

// entry is an agency in little room, for the national directory has 125,000:
// what is a text stands in one. Phones and addresses are not kept, for no
// operation tells them.
type entry struct {
	text              string // code, old code, name, mail, parent, centre, with a NUL between
	system            string
	version           int64
	modified          int64 // Unix seconds of its last change; 0 for what the axis began with
	deleted, isLocked bool
}

func pack(a Agency, modified int64) entry {
	fields := []string{string(a.Code), string(a.OldCode), a.Name, a.Email, a.Parent, a.Center}
	for i := range fields {
		fields[i] = strings.ReplaceAll(fields[i], "\x00", "")
	}
	return entry{strings.Join(fields, "\x00"), a.System, a.Version, modified, a.Deleted, a.Locked}
}

// Agency is the entry as it was given.
func (e entry) Agency() Agency {
	f := strings.SplitN(e.text, "\x00", 6)
	return Agency{
		Agency:  document.Agency{Code: document.Code(f[0]), Name: f[2], Email: f[3]},
		OldCode: document.Code(f[1]), Parent: f[4], Center: f[5],
		System: e.system, Version: e.version, Deleted: e.deleted, Locked: e.isLocked,
	}
}

// codes are the present and the old one.
func (e entry) codes() (present, old string) {
	present, rest, _ := strings.Cut(e.text, "\x00")
	old, _, _ = strings.Cut(rest, "\x00")
	return present, old
}

// newDirectory takes the agencies an axis begins with.
func newDirectory(agencies []Agency, more iter.Seq2[Agency, error]) (directory, error) {
	d := directory{byCode: map[string]int32{}, version: 1}
	systems := map[string]string{}
	add := func(a Agency) {
		if _, known := systems[a.System]; !known {
			systems[a.System] = a.System
		}
		a.System, a.Version = systems[a.System], max(a.Version, 1)
		d.version = max(d.version, a.Version)
		d.agencies = append(d.agencies, pack(a, 0))
	}
	for _, a := range agencies {
		add(a)
	}
	if more != nil {
		for a, err := range more {
			if err != nil {
				return d, err
			}
			add(a)
		}
	}
	d.index()
	return d, nil
}

// index names all entries. A present code goes before the same text as an old
// one.
func (d *directory) index() {
	for i, e := range d.agencies {
		_, old := e.codes()
		d.name(old, i)
	}
	for i, e := range d.agencies {
		present, _ := e.codes()
		d.name(present, i)
	}
}

func (d *directory) name(code string, i int) {
	if code != "" && !d.agencies[i].deleted {
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
	d.agencies[i] = pack(a, at.Unix())
	if _, taken := d.find(string(a.OldCode)); !taken {
		d.name(string(a.OldCode), i)
	}
	d.name(string(a.Code), i)
}

// place is the index of the entry with that present code, dissolved or not; -1
// for none.
func (d *directory) place(code string) int {
	is := func(i int) bool {
		present, _ := d.agencies[i].codes()
		return strings.EqualFold(present, code)
	}
	if i, found := d.find(code); found && is(int(i)) {
		return int(i)
	}
	for i := range d.agencies { // dissolved ones have no name left
		if d.agencies[i].deleted && is(i) {
			return i
		}
	}
	return -1
}

// dissolve takes an agency off the list; nothing happens without one.
func (d *directory) dissolve(code string, at time.Time) {
	i := d.place(code)
	if i < 0 || d.agencies[i].deleted {
		return
	}
	d.version++
	e := &d.agencies[i]
	e.deleted, e.version, e.modified = true, d.version, at.Unix()
	present, old := e.codes()
	for _, name := range []string{present, old} {
		if held, found := d.find(name); found && int(held) == i {
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
	return d.agencies[i].Agency(), true
}

// serves tells whether a system serves the agency with that code.
func (d *directory) serves(system, code string) bool {
	i, found := d.find(code)
	return found && d.agencies[i].system == system
}

// batch copies entries from an index on into a slice's room and tells where the
// next batch begins; nothing copied is the end.
func (d *directory) batch(from int, room []entry) ([]entry, int) {
	n := copy(room[:cap(room)], d.agencies[min(from, len(d.agencies)):])
	return room[:n], from + n
}
