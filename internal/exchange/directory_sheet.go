package exchange

import (
	"errors"
	"fmt"
	"os"
	"time"

	"vanthu/internal/document"
	"vanthu/store"
)

// sheet is the record that names the directory's two blobs. It is replaced as a
// whole in one transaction: whoever is killed while making a new one leaves the
// old one.
type sheet struct {
	Form  int        `json:"form,omitempty"`
	Lines store.Hash `json:"lines,omitempty"` // of bodies and old codes, sorted by key
	Names store.Hash `json:"names,omitempty"` // folded, to search in
	At    time.Time  `json:"at"`              // when the axis was last asked
	Count int        `json:"count"`           // bodies in force

	Listed  document.Date `json:"listed,omitzero"`   // day of the last whole list
	Rows    int           `json:"rows,omitempty"`    // bodies in that list
	Refused int           `json:"refused,omitempty"` // bodies in a list too short to believe
	Version int64         `json:"version,omitempty"` // newest unit taken in; 0: none yet
	NoUnits time.Time     `json:"noUnits,omitzero"`  // when the axis turned out to have no list of changes
}

var _ store.Record = (*sheet)(nil)

const (
	sheetKey = "axis"
	// sheetForm is the form of the lines. A sheet of another form counts as none
	// and is fetched anew.
	sheetForm = 2
)

// Kind names the record kind for the store.
func (s *sheet) Kind() string { return "directory" }

// Key is the one key there is.
func (s *sheet) Key() string { return sheetKey }

// Index is empty: there is one sheet.
func (s *sheet) Index() []store.Entry { return nil }

// Blobs names lines and names.
func (s *sheet) Blobs() []store.Hash {
	if s.Lines == "" {
		return nil
	}
	return []store.Hash{s.Lines, s.Names}
}

func (d *Directory) sheet() (sheet, error) {
	var s sheet
	err := d.Store.View(func(tx *store.Tx) error { return tx.Get(sheetKey, &s) })
	if errors.Is(err, store.ErrNotFound) || err == nil && s.Form != sheetForm {
		return sheet{}, nil
	}
	return s, err
}

// keep writes the sheet, and with it the blobs it names come into force.
func (d *Directory) keep(s sheet) error {
	s.Form = sheetForm
	return d.Store.Maintain(func(tx *store.Tx) error { return tx.Put(&s) })
}

// pages are the open blobs of a sheet.
type pages struct {
	sheet
	lines, names *os.File
	size         int64 // of lines
}

// open opens the directory; nil when there is none yet. The two blobs stay
// readable when another sheet takes their place meanwhile.
func (d *Directory) open() (*pages, error) {
	s, err := d.sheet()
	if err != nil || s.Lines == "" {
		return nil, err
	}
	p := &pages{sheet: s}
	if p.lines, err = d.Store.OpenBlob(s.Lines); err != nil {
		return nil, fmt.Errorf("directory: %w", err)
	}
	info, err := p.lines.Stat()
	if err == nil {
		p.names, err = d.Store.OpenBlob(s.Names)
	}
	if err != nil {
		return nil, fmt.Errorf("directory: %w", errors.Join(err, p.lines.Close()))
	}
	p.size = info.Size()
	return p, nil
}

// close closes both.
func (p *pages) close() {
	_ = errors.Join(p.lines.Close(), p.names.Close()) // only read
}
