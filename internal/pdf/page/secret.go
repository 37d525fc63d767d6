package page

import (
	"context"
	"fmt"
	"io"

	"vanthu/internal/document"
)

// SecretMark finds a secrecy mark that stands by itself in the upper half of
// page 1, where the decree and the secrecy law put the stamp: a line, a cell,
// a stamp in spaced or slanted letters. Running text that speaks of secrecy
// is none. A scanned stamp cannot be seen; the clerk's eyes remain. Memory does
// not grow with size, the length of pdf in bytes.
func (r *Reader) SecretMark(ctx context.Context, pdf io.ReaderAt, size int64) (mark string, found bool, err error) {
	err = r.with(ctx, io.NewSectionReader(pdf, 0, size), func(ctx context.Context, f *file) error {
		pages, err := f.text(ctx, 1, 1)
		if err != nil {
			return err
		}
		if pages[0].crowded() {
			return beyondLimits() // better refused than not looked at
		}
		mark, found = pages[0].secretMark()
		return nil
	})
	if err != nil {
		return "", false, fmt.Errorf("look for a secrecy mark: %w", err)
	}
	return mark, found, nil
}

func (p Page) secretMark() (string, bool) {
	for _, text := range p.standAlone() {
		if mark, found := document.SecretMark(text); found {
			return mark, true
		}
	}
	return "", false
}

// standAlone lists the texts of the page's upper half that stand by themselves.
// A word over another in the same column is also tried with it, for the stamp
// in two lines: "TUYỆT" / "MẬT".
func (p Page) standAlone() []string {
	var out []string
	segments := p.segments()
	for i, s := range segments {
		if s.baseline < p.Height/2 {
			break
		}
		for _, below := range segments[i+1:] {
			if s.baseline-below.baseline >= 2*s.size {
				break
			}
			if s.x0 < below.x1 && below.x0 < s.x1 && len(s.text)+len(below.text) < 24 {
				out = append(out, s.text+" "+below.text)
			}
		}
		out = append(out, s.text)
	}
	return append(out, p.slanted()...)
}

// slanted joins the words of the upper half that do not run from left to right.
func (p Page) slanted() []string {
	var run []glyph
	for _, g := range p.glyphs {
		if !g.upright && g.y0 > p.Height/2 {
			run = append(run, g)
		}
	}
	var out []string
	text := ""
	for _, w := range words(p.Number, run) {
		text += " " + w.Text
		out = append(out, w.Text)
	}
	return append([]string{text}, out...)
}
