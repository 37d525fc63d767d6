package page

import (
	"cmp"
	"math"
	"slices"
	"strings"
	"unicode"
)

// row is what stands on one baseline of the shown page, left to right, spaces
// and all. A form's head has both columns in one row.
type row struct {
	baseline float64
	size     float64
	glyphs   []glyph
}

// crowded tells that a page holds far more than a page of a document does (some
// 5000 characters). Such a page is read but not searched for places.
func (p Page) crowded() bool { return len(p.glyphs) > maxSearched }

// rows sorts a page's upright glyphs into rows from top to bottom. Superscripts
// and footnote marks stay rows of their own. A crowded page has none.
func (p Page) rows() []row {
	if p.crowded() {
		return nil
	}
	glyphs := make([]glyph, 0, len(p.glyphs))
	for _, g := range p.glyphs {
		if g.upright && g.r != '\n' && g.size > 1 {
			glyphs = append(glyphs, g)
		}
	}
	slices.SortStableFunc(glyphs, func(a, b glyph) int { return cmp.Compare(b.baseline, a.baseline) })
	var out []row
	for _, g := range glyphs {
		if n := len(out); n > 0 && out[n-1].baseline-g.baseline <= 0.25*min(out[n-1].size, g.size) {
			out[n-1].glyphs = append(out[n-1].glyphs, g)
			continue
		}
		out = append(out, row{g.baseline, g.size, []glyph{g}})
	}
	for _, r := range out {
		slices.SortStableFunc(r.glyphs, func(a, b glyph) int { return cmp.Compare(a.x0, b.x0) })
	}
	return out
}

// segment is a part of a row that reads as one text: a cell of a table, one
// side of the head, one line of the block of signatures.
type segment struct {
	text     string // spaces folded
	x0, x1   float64
	baseline float64
	size     float64
}

func (s segment) middle() float64 { return (s.x0 + s.x1) / 2 }

// segments splits a row where the gap is wider than words ever stand apart.
func (r row) segments() []segment {
	var out []segment
	var run []glyph
	for _, g := range r.glyphs {
		if unicode.IsSpace(g.r) {
			continue
		}
		if len(run) > 0 && apart(run[len(run)-1], g) {
			out, run = append(out, newSegment(run)), nil
		}
		run = append(run, g)
	}
	if len(run) > 0 {
		out = append(out, newSegment(run))
	}
	return out
}

// apart tells that two neighbours on a row belong to different texts. A change
// of size with a visible gap is one too: "Nơi nhận:" beside the position.
func apart(a, b glyph) bool {
	em := max(a.size, b.size)
	gap := b.x0 - a.x1
	return gap > 1.5*em || (gap > 0.6*em && math.Abs(a.size-b.size) > 0.7)
}

func newSegment(run []glyph) segment {
	s := segment{x0: run[0].x0, x1: run[0].x1, baseline: run[0].baseline, size: run[0].size}
	var text strings.Builder
	for i, g := range run {
		if i > 0 && g.x0-run[i-1].x1 > 0.12*g.size {
			text.WriteByte(' ')
		}
		text.WriteRune(g.r)
		s.x1 = max(s.x1, g.x1)
		s.size = max(s.size, g.size)
	}
	s.text = spacedLetters(text.String())
	return s
}

// spacedLetters closes up a text set in spaced letters: "M Ậ T".
func spacedLetters(text string) string {
	fields := strings.Fields(text)
	if len(fields) < 2 {
		return text
	}
	for _, f := range fields {
		if len([]rune(f)) > 1 {
			return text
		}
	}
	return strings.Join(fields, "")
}

// segments lists a page's segments from top to bottom, left to right.
func (p Page) segments() []segment {
	var out []segment
	for _, r := range p.rows() {
		out = append(out, r.segments()...)
	}
	return out
}
