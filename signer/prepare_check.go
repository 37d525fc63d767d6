package signer

import (
	"bytes"
	"fmt"

	"vanthu/internal/pdf"
)

// expectation is what a new revision may have changed. It is checked by
// reading the finished file anew, before the key is asked: a device operation
// is not spent on a file that will be thrown away.
type expectation struct {
	before *pdf.File         // the file the revision was put on
	field  string            // the field that carries the new signature
	count  int               // form fields afterwards
	names  map[string]bool   // and their names
	sigs   map[string][]byte // earlier signatures: field → /Contents
}

// expectAfter describes the file that a signature in field may make out of base.
func expectAfter(base sized, field string) (expectation, error) {
	f, err := openPDF(base)
	if err != nil {
		return expectation{}, err
	}
	e := expectation{before: f, field: field, names: map[string]bool{field: true}, sigs: map[string][]byte{}}
	fields, err := f.Fields()
	if err != nil {
		return e, err
	}
	e.count = len(fields) + 1
	for _, fd := range fields {
		if fd.Name == field {
			e.count = len(fields) // it exists already, empty
		}
		e.names[fd.Name] = true
		c, err := contents(f, fd)
		if err != nil {
			return e, err
		}
		if c != nil {
			e.sigs[fd.Name] = c.Raw
		}
	}
	return e, nil
}

// contents is the /Contents entry of a field's signature, nil when it has none.
func contents(f *pdf.File, fd pdf.Field) (*pdf.Entry, error) {
	if fd.Type != "Sig" || fd.Value == nil {
		return nil, nil
	}
	d, err := f.Dict(fd.Value)
	if err != nil || d == nil {
		return nil, err
	}
	e, ok := d.Find("Contents")
	if !ok {
		return nil, nil
	}
	return &e, nil
}

// check reads the new file and compares it with what was there. That it begins
// with the original bytes is so by construction: see grown.
func (e expectation) check(out sized) error {
	f, err := openPDF(out)
	if err != nil {
		return fmt.Errorf("%w: own output: %w", ErrCannotSign, err)
	}
	if err := samePages(e.before, f); err != nil {
		return fmt.Errorf("%w: %w", ErrCannotSign, err)
	}
	if !pdf.Equal(e.before.Trailer().Get("Info"), f.Trailer().Get("Info")) || e.before.Trailer().Get("Root") != f.Trailer().Get("Root") {
		return fmt.Errorf("%w: document information or catalog was replaced", ErrCannotSign)
	}
	return e.checkFields(f, out.Size())
}

func (e expectation) checkFields(f *pdf.File, size int64) error {
	fields, err := f.Fields()
	if err != nil {
		return err
	}
	if len(fields) != e.count {
		return fmt.Errorf("%w: %d form fields became %d", ErrCannotSign, e.count, len(fields))
	}
	for _, fd := range fields {
		if !e.names[fd.Name] {
			return fmt.Errorf("%w: unexpected field %q", ErrCannotSign, fd.Name)
		}
		c, err := contents(f, fd)
		if err != nil {
			return err
		}
		old, had := e.sigs[fd.Name]
		switch {
		case had && (c == nil || !bytes.Equal(c.Raw, old)):
			return fmt.Errorf("%w: the earlier signature %q was changed", ErrCannotSign, fd.Name)
		case fd.Name == e.field:
			if err := coversAll(f, fd, size); err != nil {
				return err
			}
		case !had && c != nil:
			return fmt.Errorf("%w: unexpected signature %q", ErrCannotSign, fd.Name)
		}
	}
	return nil
}

// checkSigned proves that the file now carries the signature.
func (e expectation) checkSigned(out sized, cms []byte) error {
	f, err := openPDF(out)
	if err != nil {
		return fmt.Errorf("%w: own output: %w", ErrCannotSign, err)
	}
	fields, err := f.Fields()
	if err != nil {
		return err
	}
	for _, fd := range fields {
		if fd.Name != e.field {
			continue
		}
		if c, err := contents(f, fd); err == nil && c != nil {
			if s, ok := c.Value.(pdf.String); ok && bytes.HasPrefix(s.Bytes, cms) {
				return nil
			}
		}
	}
	return fmt.Errorf("%w: the signature is not in its field", ErrCannotSign)
}

// coversAll demands that a signature covers the whole file but its own hole.
func coversAll(f *pdf.File, fd pdf.Field, size int64) error {
	d, err := f.Dict(fd.Value)
	if err != nil || d == nil {
		return fmt.Errorf("%w: no signature in %q", ErrTampered, fd.Name)
	}
	hole, _ := d.Find("Contents")
	r, err := f.Array(d.Get("ByteRange"))
	if err != nil {
		return err
	}
	want := pdf.Array{pdf.Integer(0), pdf.Integer(hole.Offset), pdf.Integer(hole.Offset + int64(len(hole.Raw))), pdf.Integer(size - hole.Offset - int64(len(hole.Raw)))}
	if hole.Offset <= 0 || !pdf.Equal(r, want) {
		return fmt.Errorf("%w: signature %q does not cover the whole file", ErrTampered, fd.Name)
	}
	return nil
}
