package signer

import (
	"fmt"

	"vanthu/internal/pdf"
)

// embeddedFont is a font of ours as it stands in a document: what may be drawn
// after the leader has signed uses this one, and its own word for which glyph
// is which character. A later version of the program may carry another face.
type embeddedFont struct {
	resource string
	ref      pdf.Ref
	codes    map[rune]uint16
	widths   map[uint16]float64 // at size 1
}

// fieldFont reads the font that a field's empty appearance names.
func (s *sealForm) fieldFont(fd pdf.Field) (*embeddedFont, error) {
	dict := fd.Dict
	for _, key := range []pdf.Name{"AP", "N", "Resources", "Font"} {
		next, err := s.f.Dict(dict.Get(key))
		if err != nil {
			return nil, err
		}
		if next == nil {
			return nil, fmt.Errorf("%w: field %s has no font", ErrCannotSign, fd.Name)
		}
		dict = next
	}
	if len(dict.Entries) != 1 {
		return nil, fmt.Errorf("%w: field %s has %d fonts", ErrCannotSign, fd.Name, len(dict.Entries))
	}
	ref, _ := dict.Entries[0].Value.(pdf.Ref)
	out := &embeddedFont{resource: string(dict.Entries[0].Key), ref: ref}
	return out, out.read(s.f)
}

func (e *embeddedFont) read(f *pdf.File) error {
	font, err := f.Dict(e.ref)
	if err != nil {
		return err
	}
	bad := fmt.Errorf("%w: the field's font is not ours", ErrCannotSign)
	if font == nil || font.Get("Encoding") != pdf.Name("Identity-H") {
		return bad
	}
	v, err := f.Resolve(font.Get("ToUnicode"))
	if err != nil {
		return err
	}
	stream, ok := v.(*pdf.Stream)
	if !ok {
		return bad
	}
	cmap, err := f.Decode(stream, 1<<20)
	if err != nil {
		return err
	}
	kids, err := f.Array(font.Get("DescendantFonts"))
	if err != nil || len(kids) != 1 {
		return bad
	}
	cid, err := f.Dict(kids[0])
	if err != nil || cid == nil {
		return bad
	}
	w, err := f.Array(cid.Get("W"))
	if err != nil {
		return err
	}
	e.codes, e.widths = readCodes(string(cmap)), readWidths(w)
	return nil
}

// spell turns a text into glyphs; a character the font lacks is an error, for
// nothing may stand in for a part of a number or date.
func (e *embeddedFont) spell(text string) (shaped, error) {
	var s shaped
	for _, r := range text {
		code, ok := e.codes[r]
		if !ok {
			return s, fmt.Errorf("%w: no glyph for %q", ErrCannotSign, r)
		}
		s.codes = append(s.codes, code)
		s.width += e.widths[code]
	}
	return s, nil
}
