package exchange

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"vanthu/internal/document"
	"vanthu/outbox"
	"vanthu/store"
)

// Directory is the axis's list of agencies as last fetched. The national one
// has some 125,000 entries, so it is neither kept in memory nor as records: it
// is a blob of sorted lines, replaced as a whole (directory_sheet.go). A code is
// found by binary search in the file, a name by reading through a second blob
// that holds nothing but folded names (directory_search.go).
//
// Bodies that the axis does not list any more stay in it: documents they sent
// lie in the books, and clerks go on looking for them. They are found, and shown
// as what they are, but nothing is addressed to them.
type Directory struct {
	Store *store.Store
	Clock document.Clock
	// Fold makes texts comparable without case and diacritics; nil is lower case.
	Fold func(string) string
	// TempDir is for lines that are being sorted; "" is the system's.
	TempDir string
}

var _ outbox.Directory = (*Directory)(nil)

// graceDays is how many days a body must be missing from the list before it
// counts as gone: one list may have lost a row.
const graceDays = 2

// Standing is what became of a body.
type Standing int

// The standings.
const (
	InForce   Standing = iota // listed; documents may be addressed to it
	Unlisted                  // not in the list any more, nobody says why
	Dissolved                 // ended, as the axis says
	Merged                    // others answer under its code: Entry.Heirs
)

// Entry is what the directory knows of a body.
type Entry struct {
	document.Agency
	Standing Standing
	Old      []document.Code   // codes it had before
	Since    document.Date     // first listed; zero: before our first list
	Until    document.Date     // ended or last known as listed; zero while in force
	Heirs    []document.Agency // who answers under its code today; of Merged at least one
}

// Age tells when the directory was fetched, the zero time for never, and how
// many agencies in force it has.
func (d *Directory) Age() (time.Time, int, error) {
	s, err := d.sheet()
	return s.At, s.Count, err
}

// Agency finds the body in force under a code, today's or an old one. A body
// that is no longer in force is not found here, unless exactly one other took
// its place: Status tells about it.
func (d *Directory) Agency(code document.Code) (document.Agency, bool, error) {
	found, err := d.Today(code)
	if len(found) != 1 {
		return document.Agency{}, false, err
	}
	return found[0], true, nil
}

// Today are the bodies in force under a code: the one that has it, else those
// that had it before. Of a body that was split there are several.
func (d *Directory) Today(code document.Code) ([]document.Agency, error) {
	p, err := d.open()
	if err != nil || p == nil {
		return nil, err
	}
	defer p.close()
	found, err := p.today(code, maxHops)
	if err != nil {
		return nil, fmt.Errorf("directory: %w", err)
	}
	return found, nil
}

// Status tells all that is known of the body under a code, whether it is in
// force or not. A code that is only an old one gives the body of today; of a
// body that was split, the first.
func (d *Directory) Status(code document.Code) (Entry, bool, error) {
	p, err := d.open()
	if err != nil || p == nil {
		return Entry{}, false, err
	}
	defer p.close()
	e, ok, err := p.entry(code, maxHops)
	if err != nil {
		return Entry{}, false, fmt.Errorf("directory: %w", err)
	}
	return e, ok, nil
}

// maxHops bounds how far old codes of old codes are followed.
const maxHops = 4

// gone tells whether a body counts as gone on the day of the last whole list.
func (r row) gone(listed document.Date) bool {
	return !r.ended.IsZero() || !r.missing.IsZero() && !listed.Before(r.missing.AddDays(graceDays))
}

// under reads the lines of a key: the body that has the code, if there is one,
// and the codes of those that had it.
func (p *pages) under(code document.Code) (own *row, heirs []document.Code, err error) {
	prefix := string(code) + "\t"
	err = eachFrom(p.lines, p.size, prefix, func(line string) bool {
		_, kind, rest, ok := keyOf([]byte(line))
		switch {
		case !strings.HasPrefix(line, prefix):
			return false
		case ok && kind == kindAlias:
			heirs = append(heirs, document.Code(rest))
		case ok && kind == kindBody && own == nil:
			if r, ok := parseRow(line); ok {
				own = &r
			}
		}
		return len(heirs) < maxOlds
	})
	return own, heirs, err
}

func (p *pages) today(code document.Code, hops int) ([]document.Agency, error) {
	own, heirs, err := p.under(code)
	if err != nil {
		return nil, err
	}
	if own != nil && !own.gone(p.Listed) {
		return []document.Agency{own.Agency}, nil
	}
	return p.heirs(heirs, hops)
}

// heirs are the bodies in force under these codes.
func (p *pages) heirs(codes []document.Code, hops int) (found []document.Agency, err error) {
	if hops == 0 {
		return nil, nil
	}
	for _, c := range codes {
		more, err := p.today(c, hops-1)
		if err != nil {
			return nil, err
		}
		for _, a := range more {
			if !slices.ContainsFunc(found, func(b document.Agency) bool { return b.Code == a.Code }) {
				found = append(found, a)
			}
		}
	}
	return found, nil
}

// entry is the body under a code, or, when that is only an old code, the first
// one that had it.
func (p *pages) entry(code document.Code, hops int) (Entry, bool, error) {
	own, heirs, err := p.under(code)
	if err != nil {
		return Entry{}, false, err
	}
	if own != nil {
		e, err := p.describe(*own, heirs)
		return e, err == nil, err
	}
	for _, c := range heirs {
		if hops == 0 {
			break
		}
		if e, ok, err := p.entry(c, hops-1); err != nil || ok {
			return e, ok, err
		}
	}
	return Entry{}, false, nil
}

// describe makes the entry of a body; heirs are codes of those that had its code
// as an old one.
func (p *pages) describe(r row, heirs []document.Code) (e Entry, err error) {
	e = Entry{Agency: r.Agency, Old: r.olds, Since: r.since}
	if !r.gone(p.Listed) {
		return e, nil
	}
	e.Standing, e.Until = Unlisted, r.missing
	if !r.ended.IsZero() {
		e.Standing, e.Until = Dissolved, r.ended
	}
	if e.Heirs, err = p.heirs(heirs, maxHops); len(e.Heirs) > 0 {
		e.Standing = Merged
	}
	return e, err
}

// Note tells the clerk what became of a body, in Vietnamese; "" while it is in
// force.
func (e Entry) Note() string {
	var heirs []string
	for _, a := range e.Heirs {
		heirs = append(heirs, fmt.Sprintf("%s (%s)", a.Name, a.Code))
	}
	switch e.Standing {
	case Merged:
		return "nay là " + strings.Join(heirs, ", ")
	case Dissolved:
		return "đã ngừng trên Trục từ " + e.Until.String()
	case Unlisted:
		return "không còn trong danh bạ của Trục từ " + e.Until.String()
	}
	return ""
}

// Note is that of Entry for a code; "" also for a code nobody knows.
func (d *Directory) Note(code document.Code) (string, error) {
	e, _, err := d.Status(code)
	return e.Note(), err
}
