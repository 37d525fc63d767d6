package form

import (
	"fmt"
	"strconv"

	"github.com/go-fonts/liberation/liberationserifbold"
	"github.com/go-fonts/liberation/liberationserifbolditalic"
	"github.com/go-fonts/liberation/liberationserifitalic"
	"github.com/go-fonts/liberation/liberationserifregular"
	"github.com/signintech/gopdf"

	"vanthu/internal/document"
)

// Page geometry in points, Decree 30 Annex I, I.3: A4, margins 20 mm above and
// below, 30 mm left, 15 mm right. The head has two columns: the issuer's and
// the state's.
const (
	mm         = 72 / 25.4
	pageWidth  = 210 * mm
	pageHeight = 297 * mm
	top        = 20 * mm
	bottom     = pageHeight - 20*mm
	left       = 30 * mm
	right      = pageWidth - 15*mm
	stateWidth = 256.0 // Quốc hiệu at 12 pt and a little air
	stateMid   = right - stateWidth/2
	issuerEnd  = right - stateWidth - 6
	issuerMid  = (left + issuerEnd) / 2
)

// face is a style and a size in points.
type face struct {
	style string
	size  float64
}

const (
	regular    = "regular"
	bold       = "bold"
	italic     = "italic"
	boldItalic = "bolditalic"
)

// sheet is the pen: the current page and the baseline of the next line. The
// first error sticks and stops all drawing, so that layout reads as layout.
type sheet struct {
	pdf  *gopdf.GoPdf
	y    float64 // next baseline, from the top of the page
	page int
	err  error

	layout document.Layout // what was left blank
}

func newSheet() (*sheet, error) {
	s := &sheet{pdf: &gopdf.GoPdf{}}
	s.pdf.Start(gopdf.Config{PageSize: gopdf.Rect{W: pageWidth, H: pageHeight}})
	for _, font := range []struct {
		name string
		data []byte
	}{
		{regular, liberationserifregular.TTF},
		{bold, liberationserifbold.TTF},
		{italic, liberationserifitalic.TTF},
		{boldItalic, liberationserifbolditalic.TTF},
	} {
		err := s.pdf.AddTTFFontDataWithOption(font.name, font.data, gopdf.TtfOption{OnGlyphNotFound: s.noGlyph})
		if err != nil {
			return nil, fmt.Errorf("load font %s: %w", font.name, err)
		}
	}
	s.newPage()
	return s, nil
}

func (s *sheet) noGlyph(r rune) { s.fail(fmt.Errorf("%w: %U", ErrGlyph, r)) }

func (s *sheet) fail(err error) {
	if s.err == nil {
		s.err = err
	}
}

// describe sets the PDF's own title and author; no clock is read, so the
// creation date is the document's or none.
func (s *sheet) describe(f Form) {
	info := gopdf.PdfInfo{Title: clean(f.TypeName + " " + f.Subject), Author: f.Issuer, Creator: "vanthu"}
	if !f.Date.IsZero() {
		info.CreationDate = f.Date.Time()
	}
	s.pdf.SetInfo(info)
}

// newPage starts a page; from the second on it bears its number (Annex I,
// II.9: top centre, none on the first).
func (s *sheet) newPage() {
	s.pdf.AddPage()
	s.page++
	s.y = top + 12
	if s.page > 1 {
		s.centre(face{regular, 13}, pageWidth/2, top-14, strconv.Itoa(s.page))
	}
}

// room starts a new page when less than height points are left.
func (s *sheet) room(height float64) {
	if s.y+height > bottom {
		s.newPage()
	}
}

func (s *sheet) use(f face) {
	if s.err == nil {
		s.check(s.pdf.SetFont(f.style, "", f.size))
	}
}

func (s *sheet) check(err error) {
	if err != nil {
		s.fail(err)
	}
}

// width measures text in points.
func (s *sheet) width(f face, text string) float64 {
	s.use(f)
	if s.err != nil {
		return 0
	}
	w, err := s.pdf.MeasureTextWidth(text)
	s.check(err)
	return w
}

// at draws text with its left end at x on the baseline y.
func (s *sheet) at(f face, x, y float64, text string) {
	s.use(f)
	if s.err != nil || text == "" {
		return
	}
	s.pdf.SetXY(x, y)
	s.check(s.pdf.Text(text))
}

// centre draws text centred on x and gives its width.
func (s *sheet) centre(f face, x, y float64, text string) float64 {
	w := s.width(f, text)
	s.at(f, x-w/2, y, text)
	return w
}

// rule draws a thin line centred on x.
func (s *sheet) rule(x, y, width float64) {
	if s.err == nil {
		s.pdf.SetLineWidth(0.75)
		s.pdf.Line(x-width/2, y, x+width/2, y)
	}
}
