package exchange

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"time"

	"vanthu/internal/axis"
	"vanthu/internal/document"
	"vanthu/outbox"
	"vanthu/store"
)

// Directory is the axis's list of agencies as last fetched. The national one
// has some 123,000 entries, so it is neither kept in memory nor as records: it
// is one blob of sorted lines, replaced as a whole. A code is found by binary
// search in the file, a name by reading it through.
//
// A line is "key\tcode\tname\tin charge\te-mail\tfolded", sorted by key. The key
// is the code; an agency known by an old code too has a second line under that,
// because packets with old codes still circulate (axis.md §4).
type Directory struct {
	Store *store.Store
	Clock document.Clock
	// Fold makes texts comparable without case and diacritics; nil is lower case.
	Fold func(string) string
}

var _ outbox.Directory = (*Directory)(nil)

// sheet is the record that names the directory's blob.
type sheet struct {
	Blob  store.Hash `json:"blob,omitempty"`
	At    time.Time  `json:"at"`
	Count int        `json:"count"`
}

var _ store.Record = (*sheet)(nil)

const sheetKey = "axis"

// Kind names the record kind for the store.
func (s *sheet) Kind() string { return "directory" }

// Key is the one key there is.
func (s *sheet) Key() string { return sheetKey }

// Index is empty: there is one sheet.
func (s *sheet) Index() []store.Entry { return nil }

// Blobs names the lines.
func (s *sheet) Blobs() []store.Hash {
	if s.Blob == "" {
		return nil
	}
	return []store.Hash{s.Blob}
}

// columns of a line.
const (
	colKey = iota
	colCode
	colName
	colInCharge
	colEmail
	colFolded
	columns
)

func (d *Directory) fold(s string) string {
	if d.Fold != nil {
		return d.Fold(s)
	}
	return strings.ToLower(s)
}

// Age tells when the directory was fetched, the zero time for never, and how
// many agencies it has.
func (d *Directory) Age() (time.Time, int, error) {
	s, err := d.sheet()
	return s.At, s.Count, err
}

func (d *Directory) sheet() (sheet, error) {
	var s sheet
	err := d.Store.View(func(tx *store.Tx) error { return tx.Get(sheetKey, &s) })
	if errors.Is(err, store.ErrNotFound) {
		return sheet{}, nil
	}
	return s, err
}

// Replace puts a new list in the place of the old one. An empty list only
// renews the date of one that has entries.
func (d *Directory) Replace(list []axis.Agency) error {
	old, err := d.sheet()
	if err != nil {
		return err
	}
	next := sheet{Blob: old.Blob, Count: old.Count, At: d.Clock()}
	if len(list) > 0 {
		lines := d.lines(list)
		if next.Blob, _, err = d.Store.PutBlob(strings.NewReader(strings.Join(lines, "")), store.MaxBlob); err != nil {
			return fmt.Errorf("directory: %w", err)
		}
		next.Count = len(list)
	}
	return d.Store.Maintain(func(tx *store.Tx) error { return tx.Put(&next) })
}

func (d *Directory) lines(list []axis.Agency) []string {
	names := make(map[string]string, len(list))
	for _, a := range list {
		names[a.ID] = a.Name
	}
	lines := make([]string, 0, len(list))
	for _, a := range list {
		if a.Code == "" {
			continue
		}
		if a.InCharge == "" && a.Parent != a.ID {
			a.InCharge = names[a.Parent]
		}
		lines = append(lines, d.line(a.Code, a))
		if a.OldCode != "" && a.OldCode != a.Code {
			lines = append(lines, d.line(a.OldCode, a))
		}
	}
	slices.Sort(lines)
	return slices.Compact(lines)
}

func (d *Directory) line(key document.Code, a axis.Agency) string {
	f := [columns]string{string(key), string(a.Code), a.Name, a.InCharge, a.Email,
		d.fold(a.Name + " " + a.InCharge + " " + string(a.Code) + " " + string(a.OldCode))}
	for i := range f {
		f[i] = strings.Join(strings.Fields(f[i]), " ")
	}
	return strings.Join(f[:], "\t") + "\n"
}

// Agency finds an agency by its code, today's or an old one.
func (d *Directory) Agency(code document.Code) (document.Agency, bool, error) {
	f, size, err := d.open()
	if err != nil || f == nil {
		return document.Agency{}, false, err
	}
	defer f.Close()
	line, err := seekLine(f, size, string(code)+"\t")
	if err != nil {
		return document.Agency{}, false, fmt.Errorf("directory: %w", err)
	}
	if !strings.HasPrefix(line, string(code)+"\t") {
		return document.Agency{}, false, nil
	}
	a, ok := parseLine(line)
	return a, ok, nil
}

// Search returns at most limit agencies in whose name, body in charge or codes
// all words of the query occur, without regard to case and diacritics; those
// whose name or code begins with the query come first. An empty query finds
// nothing.
func (d *Directory) Search(ctx context.Context, query string, limit int) ([]document.Agency, error) {
	words := strings.Fields(d.fold(query))
	if len(words) == 0 || limit <= 0 {
		return nil, nil
	}
	f, _, err := d.open()
	if err != nil || f == nil {
		return nil, err
	}
	defer f.Close()
	var first, rest []document.Agency
	whole := strings.Join(words, " ")
	for line, err := range readLines(ctx, f) {
		if err != nil {
			return nil, fmt.Errorf("directory: %w", err)
		}
		a, rank := match(line, words, whole)
		switch {
		case rank == begins && len(first) < limit:
			first = append(first, a)
		case rank == contains && len(rest) < limit:
			rest = append(rest, a)
		}
		if len(first) == limit {
			break
		}
	}
	found := append(first, rest...)
	return found[:min(len(found), limit)], nil
}

// How well a line answers a query.
const (
	misses = iota
	contains
	begins
)

func match(line []byte, words []string, whole string) (document.Agency, int) {
	i := bytes.LastIndexByte(line, '\t')
	if i < 0 {
		return document.Agency{}, misses
	}
	folded := line[i+1:]
	for _, w := range words {
		if !bytes.Contains(folded, []byte(w)) {
			return document.Agency{}, misses
		}
	}
	key, rest, _ := bytes.Cut(line, []byte{'\t'})
	if !bytes.HasPrefix(rest, append(bytes.Clone(key), '\t')) {
		return document.Agency{}, misses // the second line of an old code
	}
	a, ok := parseLine(string(line))
	switch {
	case !ok:
		return a, misses
	case bytes.HasPrefix(folded, []byte(whole)), strings.HasPrefix(strings.ToLower(string(a.Code)), whole):
		return a, begins
	}
	return a, contains
}

func parseLine(line string) (document.Agency, bool) {
	f := strings.Split(strings.TrimSuffix(line, "\n"), "\t")
	if len(f) != columns {
		return document.Agency{}, false
	}
	return document.Agency{Code: document.Code(f[colCode]), Name: f[colName], InCharge: f[colInCharge], Email: f[colEmail]}, true
}

// open opens the lines; nil when there are none yet.
func (d *Directory) open() (*os.File, int64, error) {
	s, err := d.sheet()
	if err != nil || s.Blob == "" {
		return nil, 0, err
	}
	f, err := d.Store.OpenBlob(s.Blob)
	if err != nil {
		return nil, 0, fmt.Errorf("directory: %w", err)
	}
	info, err := f.Stat()
	if err != nil {
		return nil, 0, errors.Join(err, f.Close())
	}
	return f, info.Size(), nil
}
