package page

import (
	"context"
	"math"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// Ascent and descent of Times New Roman and its metric twins, in ems. A line's
// box is reckoned with them whatever its font says: font files lie.
const (
	ascent  = 0.891
	descent = 0.216
)

// glyph is one character in shown-page space. Spaces are kept: they are the
// blanks of a form.
type glyph struct {
	r        rune
	x0, x1   float64 // left and right end of its advance
	y0, y1   float64 // lower and upper end
	baseline float64
	size     float64 // font size in points as shown
	upright  bool    // runs from left to right on the shown page
}

// style is what the glyphs of one text object share.
type style struct {
	object   uint64
	size     float64
	upright  bool
	baseline float64
}

// glyphs reads the page's characters in pdfium's order, which is the order of
// the content with line ends put in. budget is what the file may still cost.
func (s *sheet) glyphs(ctx context.Context, budget int) ([]glyph, error) {
	text, err := s.call(ctx, "FPDFText_LoadPage", s.page)
	if err != nil {
		return nil, err
	}
	if text == 0 {
		return nil, unreadable()
	}
	count, err := s.call(ctx, "FPDFText_CountChars", text)
	if err != nil {
		return nil, err
	}
	if int32(count) < 0 || int(int32(count)) > budget {
		return nil, beyondLimits()
	}
	out := make([]glyph, 0, count)
	var current style
	for i := range count {
		g, err := s.glyph(ctx, text, i, &current)
		if err != nil {
			return nil, err
		}
		out = join(out, g)
	}
	_, err = s.call(ctx, "FPDFText_ClosePage", text)
	return out, err
}

func (s *sheet) glyph(ctx context.Context, text, i uint64, current *style) (glyph, error) {
	code, err := s.call(ctx, "FPDFText_GetUnicode", text, i)
	if err != nil {
		return glyph{}, err
	}
	object, err := s.call(ctx, "FPDFText_GetTextObject", text, i)
	if err != nil {
		return glyph{}, err
	}
	if object != current.object {
		if *current, err = s.style(ctx, text, i, object); err != nil {
			return glyph{}, err
		}
	}
	if _, err := s.call(ctx, "FPDFText_GetLooseCharBox", text, i, uint64(s.scratch)); err != nil {
		return glyph{}, err
	}
	box, err := s.floats(4) // left, top, right, bottom
	if err != nil {
		return glyph{}, err
	}
	g := glyph{r: rune(int32(code)), size: current.size, upright: current.upright, baseline: current.baseline}
	g.x0, g.y0 = s.point(box[0], box[3])
	g.x1, g.y1 = s.point(box[2], box[1])
	g.x0, g.x1 = min(g.x0, g.x1), max(g.x0, g.x1)
	g.y0, g.y1 = min(g.y0, g.y1), max(g.y0, g.y1)
	if g.upright {
		g.y0, g.y1 = g.baseline-descent*g.size, g.baseline+ascent*g.size
	}
	return g, nil
}

// style reads size, direction and baseline once for a text object.
func (s *sheet) style(ctx context.Context, text, i, object uint64) (style, error) {
	st := style{object: object}
	bits, err := s.call(ctx, "FPDFText_GetFontSize", text, i)
	if err != nil {
		return st, err
	}
	if _, err := s.call(ctx, "FPDFText_GetMatrix", text, i, uint64(s.scratch)); err != nil {
		return st, err
	}
	m, err := s.floats(6)
	if err != nil {
		return st, err
	}
	st.size = min(finite(math.Float64frombits(bits))*math.Hypot(m[2], m[3]), 1000)
	if _, err := s.call(ctx, "FPDFText_GetCharOrigin", text, i, uint64(s.scratch), uint64(s.scratch+8)); err != nil {
		return st, err
	}
	origin, err := s.doubles(2)
	if err != nil {
		return st, err
	}
	x, y := s.point(origin[0], origin[1])
	x1, y1 := s.point(origin[0]+m[0], origin[1]+m[1])
	st.upright = x1 > x && math.Abs(y1-y) < 0.05*(x1-x)
	st.baseline = y
	return st, nil
}

// join adds a glyph, dropping control characters and setting a combining mark
// onto the letter before it, so that each glyph is one character in NFC.
func join(out []glyph, g glyph) []glyph {
	if g.r == '\n' || g.r == '\r' {
		g.r = '\n'
		return append(out, g)
	}
	if g.r == 0 || g.r == unicode.ReplacementChar || g.r == '\ufffe' || (unicode.IsControl(g.r) && g.r != '\t') || g.r > unicode.MaxRune {
		return out
	}
	if len(out) > 0 && unicode.Is(unicode.Mn, g.r) {
		last := &out[len(out)-1]
		if c := []rune(norm.NFC.String(string([]rune{last.r, g.r}))); len(c) == 1 {
			last.r = c[0]
			return out
		}
	}
	if c := []rune(norm.NFC.String(string(g.r))); len(c) == 1 {
		g.r = c[0]
	}
	return append(out, g)
}
