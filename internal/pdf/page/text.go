package page

import (
	"bytes"
	"context"
	"fmt"
	"math"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"vanthu/internal/document"
)

// Page is one page as it is shown.
type Page struct {
	Number   int     // from 1
	Width    float64 // points, after rotation
	Height   float64 // points, after rotation
	Rotation int     // degrees clockwise, as the file asks: 0, 90, 180, 270
	Words    []Word  // in reading order: the order of the page's content

	glyphs []glyph // with the spaces, for the blanks of a form
}

// Word is a run of characters without white space, in NFC.
type Word struct {
	Text string
	Box  document.Box
	Size float64 // font size in points
	Line int     // words of one line as the page's content has it share it; from 0
}

// Text gives the page's text, a line for a line.
func (p Page) Text() string {
	var b strings.Builder
	for i, w := range p.Words {
		switch {
		case i == 0:
		case p.Words[i-1].Line != w.Line:
			b.WriteByte('\n')
		default:
			b.WriteByte(' ')
		}
		b.WriteString(w.Text)
	}
	return b.String()
}

// Text reads all pages. Scanned pages have no words. Text in annotations and
// form fields is not page content and is not read.
func (r *Reader) Text(ctx context.Context, pdf []byte) ([]Page, error) {
	var pages []Page
	err := r.with(ctx, bytes.NewReader(pdf), func(ctx context.Context, f *file) error {
		if f.count > maxPages {
			return beyondLimits()
		}
		var err error
		pages, err = f.text(ctx, 1, f.count)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read text: %w", err)
	}
	return pages, nil
}

// text reads the pages first to last.
func (f *file) text(ctx context.Context, first, last int) ([]Page, error) {
	var pages []Page
	budget := maxGlyphs
	for n := first; n <= last; n++ {
		err := f.show(ctx, n, func(s *sheet) error {
			p, err := s.text(ctx, budget)
			budget -= len(p.glyphs)
			pages = append(pages, p)
			return err
		})
		if err != nil {
			return nil, err
		}
	}
	return pages, nil
}

func (s *sheet) text(ctx context.Context, budget int) (Page, error) {
	w, h := s.size()
	p := Page{Number: s.number, Width: w, Height: h, Rotation: s.rotation * 90}
	var err error
	p.glyphs, err = s.glyphs(ctx, budget)
	p.Words = words(p.Number, p.glyphs)
	return p, err
}

// words joins glyphs between white space, line ends and jumps.
func words(page int, glyphs []glyph) []Word {
	var out []Word
	var run []glyph
	line := 0
	flush := func() {
		if len(run) > 0 {
			out = append(out, newWord(page, line, run))
			run = nil
		}
	}
	for i, g := range glyphs {
		if unicode.IsSpace(g.r) {
			flush()
			if g.r == '\n' && i > 0 && glyphs[i-1].r != '\n' {
				line++
			}
			continue
		}
		if len(run) > 0 && jumps(run[len(run)-1], g) {
			flush()
		}
		run = append(run, g)
	}
	flush()
	return out
}

// jumps tells that b does not continue the word of a, though no space stands
// between them.
func jumps(a, b glyph) bool {
	if !a.upright || !b.upright {
		return a.upright != b.upright
	}
	em := max(a.size, b.size)
	return math.Abs(a.baseline-b.baseline) > em || b.x0-a.x1 > em || a.x0-b.x0 > em
}

func newWord(page, line int, run []glyph) Word {
	var text strings.Builder
	box := run[0]
	for _, g := range run {
		text.WriteRune(g.r)
		box.x0, box.x1 = min(box.x0, g.x0), max(box.x1, g.x1)
		box.y0, box.y1 = min(box.y0, g.y0), max(box.y1, g.y1)
	}
	return Word{
		Text: norm.NFC.String(text.String()), Size: run[0].size, Line: line,
		Box: document.Box{Page: page, X: box.x0, Y: box.y0, W: box.x1 - box.x0, H: box.y1 - box.y0},
	}
}
