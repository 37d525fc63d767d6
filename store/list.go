package store

import (
	"encoding/base64"
	"fmt"
	"iter"
)

// Cursor is a place in a list, to go on after. Opaque, printable; "" is the
// beginning.
type Cursor string

// Window is a page of a list.
type Window struct {
	Index  string // "" lists by key
	Prefix string // only values (keys when Index is "") that begin with it
	Below  string // only values (keys when Index is "") that sort before it; "" is no bound
	After  Cursor // exclusive
	Limit  int    // 0 is no limit
	Newest bool   // descending
}

// Keys walks the keys of the records of a kind in the order of an index. It
// reads only what is asked for. A damaged entry or place ends the walk early;
// Check finds it.
func (tx *Tx) Keys(kind string, w Window) iter.Seq2[Cursor, string] {
	return func(yield func(Cursor, string) bool) {
		for f, err := range tx.find(kind, w) {
			if err != nil || !yield(f.cursor, f.key) {
				return
			}
		}
	}
}

// List reads a page of records.
func List[R any, P interface {
	*R
	Record
}](tx *Tx, w Window) ([]R, error) {
	var list []R
	kind := P(new(R)).Kind()
	for f, err := range tx.find(kind, w) {
		if err != nil {
			return nil, fmt.Errorf("list %s: %w", kind, err)
		}
		r := P(new(R))
		if err := tx.Get(f.key, r); err != nil {
			return nil, indexed(err)
		}
		list = append(list, *r)
	}
	return list, nil
}

// indexed says that a record which an index names cannot be read.
func indexed(err error) error { return fmt.Errorf("%w: %w", ErrDamaged, err) }

// Count counts the entries of an index whose value begins with prefix, by
// scanning keys only. With index "" it counts records by key.
func (tx *Tx) Count(kind, index, prefix string) int {
	return tx.CountIn(kind, Window{Index: index, Prefix: prefix})
}

// CountIn counts what a window shows from its beginning, without After and Limit,
// by scanning keys only: about 0.1 ms for a thousand.
func (tx *Tx) CountIn(kind string, w Window) int {
	w.After = ""
	s, _, err := w.span(kind)
	if err != nil {
		return 0
	}
	return tx.count(s, func(pair) bool { return true })
}

// found is a record in a list.
type found struct {
	cursor Cursor
	key    string
}

func (tx *Tx) find(kind string, w Window) iter.Seq2[found, error] {
	return func(yield func(found, error) bool) {
		s, space, err := w.span(kind)
		if err != nil {
			yield(found{}, err)
			return
		}
		left := w.Limit
		for p, err := range tx.scan(s) {
			f := found{}
			if err == nil {
				f, err = w.found(p.key[min(space, len(p.key)):])
			}
			if !yield(f, err) || err != nil {
				return
			}
			if left--; left == 0 {
				return
			}
		}
	}
}

// span finds the part of the bucket the window looks at, and how many bytes of
// each key are the same for the whole list.
func (w Window) span(kind string) (s span, space int, err error) {
	s = span{bucket: bucketIndex, prefix: indexSpace(kind, w.Index), newest: w.Newest, keys: true}
	if w.Index == "" {
		s.bucket, s.prefix = bucketRecords, recordKey(kind, "")
	}
	space = len(s.prefix)
	if w.After != "" {
		rest, err := base64.RawURLEncoding.DecodeString(string(w.After))
		if err != nil {
			return span{}, 0, invalid("cursor %q", w.After)
		}
		s.after = append(s.prefix[:space:space], rest...)
	}
	common := s.prefix[:space:space]
	if w.Index == "" {
		s.prefix = append(common, w.Prefix...)
		s.below = append(common, w.Below...)
	} else {
		s.prefix = appendOpen(common, w.Prefix)
		s.below = appendTerm(common, w.Below)
	}
	if w.Below == "" {
		s.below = nil
	}
	return s, space, nil
}

// found takes the rest of a key apart.
func (w Window) found(rest []byte) (found, error) {
	f := found{cursor: Cursor(base64.RawURLEncoding.EncodeToString(rest))}
	key, ok := rest, true
	if w.Index != "" {
		_, key, ok = cutTerm(rest)
	}
	if !ok {
		return found{}, damaged("index %s: key %q", w.Index, rest)
	}
	f.key = string(key)
	return f, nil
}
