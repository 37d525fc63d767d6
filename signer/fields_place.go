package signer

import (
	"fmt"
	"math"

	"vanthu/internal/document"
	"vanthu/internal/pdf"
)

// errPlace: a box does not lie on a page of the document.
var errPlace = fmt.Errorf("%w: place outside the page", ErrCannotSign)

// placed is a box of the shown page brought into the page's own space.
type placed struct {
	page   pdf.Page
	rect   pdf.Rect   // in the page's space: /Rect
	w, h   float64    // the box as shown
	matrix [6]float64 // from the shown box (0,0,w,h) to the appearance's BBox (0,0,rect.W,rect.H)
}

// placeBox turns a box of the shown page (crop box, after rotation) into page
// space. A box that leaves the page is refused: what is signed must be seen.
func placeBox(pages []pdf.Page, b document.Box) (placed, error) {
	if b.Page < 1 || b.Page > len(pages) {
		return placed{}, fmt.Errorf("%w: page %d of %d", errPlace, b.Page, len(pages))
	}
	p := placed{page: pages[b.Page-1], w: b.W, h: b.H}
	if err := refuseUnit(p.page, b.Page); err != nil {
		return placed{}, err
	}
	for _, v := range []float64{b.X, b.Y, b.W, b.H} {
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return placed{}, fmt.Errorf("%w: box is not a number", errPlace)
		}
	}
	c := p.page.Crop
	width, height := c.W(), c.H()
	if p.page.Rotate%180 != 0 {
		width, height = height, width
	}
	const slack = 0.5
	if b.W <= 0 || b.H <= 0 || b.X < -slack || b.Y < -slack || b.X+b.W > width+slack || b.Y+b.H > height+slack {
		return placed{}, fmt.Errorf("%w: box %.0f,%.0f %.0f×%.0f", errPlace, b.X, b.Y, b.W, b.H)
	}
	switch p.page.Rotate {
	case 0:
		p.rect = pdf.Rect{X0: c.X0 + b.X, Y0: c.Y0 + b.Y, X1: c.X0 + b.X + b.W, Y1: c.Y0 + b.Y + b.H}
	case 90:
		p.rect = pdf.Rect{X0: c.X1 - b.Y - b.H, Y0: c.Y0 + b.X, X1: c.X1 - b.Y, Y1: c.Y0 + b.X + b.W}
	case 180:
		p.rect = pdf.Rect{X0: c.X1 - b.X - b.W, Y0: c.Y1 - b.Y - b.H, X1: c.X1 - b.X, Y1: c.Y1 - b.Y}
	default:
		p.rect = pdf.Rect{X0: c.X0 + b.Y, Y0: c.Y1 - b.X - b.W, X1: c.X0 + b.Y + b.H, Y1: c.Y1 - b.X}
	}
	p.matrix = turn(p.page.Rotate, b.W, b.H)
	return p, nil
}

// refuseUnit refuses to write on a page that is shown in another unit than
// points: the seal would not be of its true size.
func refuseUnit(p pdf.Page, number int) error {
	switch p.Dict.Get("UserUnit") {
	case nil, pdf.Integer(1), pdf.Real(1):
		return nil
	}
	return document.Refuse(errPlace, fmt.Sprintf("Trang %d có đơn vị đo khác thường nên dấu sẽ không đúng kích thước thật.", number),
		"In lại văn bản ra PDF khổ A4 rồi chọn lại tệp.")
}

// placeWidget describes an existing widget the same way: its rectangle on its page.
func placeWidget(f *pdf.File, pages []pdf.Page, widget *pdf.Dict) (placed, error) {
	rect, ok := f.Rect(widget.Get("Rect"))
	if !ok {
		return placed{}, fmt.Errorf("%w: field without a rectangle", ErrCannotSign)
	}
	ref, _ := widget.Get("P").(pdf.Ref)
	for _, p := range pages {
		if p.Ref != ref {
			continue
		}
		out := placed{page: p, rect: rect, w: rect.W(), h: rect.H()}
		if p.Rotate%180 != 0 {
			out.w, out.h = out.h, out.w
		}
		out.matrix = turn(p.Rotate, out.w, out.h)
		return out, nil
	}
	return placed{}, fmt.Errorf("%w: field on no page", ErrCannotSign)
}

// turn is the matrix from a shown box of w×h to the BBox on a page with this /Rotate.
func turn(rotate int, w, h float64) [6]float64 {
	switch rotate {
	case 90:
		return [6]float64{0, 1, -1, 0, h, 0}
	case 180:
		return [6]float64{-1, 0, 0, -1, w, h}
	case 270:
		return [6]float64{0, -1, 1, 0, 0, w}
	}
	return [6]float64{1, 0, 0, 1, 0, 0}
}

// matrixOps writes a matrix as operands.
func matrixOps(m [6]float64) string {
	s := ""
	for i, v := range m {
		if i > 0 {
			s += " "
		}
		s += pdf.WriteNumber(v)
	}
	return s
}

// at maps a point of the shown box and returns the matrix that draws there.
func (p placed) at(x, y float64) [6]float64 {
	m := p.matrix
	return [6]float64{m[0], m[1], m[2], m[3], m[0]*x + m[2]*y + m[4], m[1]*x + m[3]*y + m[5]}
}

// bbox is the BBox of the appearance: the size of Rect exactly as it is written.
func (p placed) bbox() string {
	return "[0 0 " + pdf.WriteNumber(p.rect.W()) + " " + pdf.WriteNumber(p.rect.H()) + "]"
}

// rotation is the /MK of a widget on a turned page, for viewers that draw anew.
func (p placed) rotation() string {
	if p.page.Rotate == 0 {
		return ""
	}
	return fmt.Sprintf(" /MK << /R %d >>", p.page.Rotate)
}
