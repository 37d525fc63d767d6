package signer

import (
	"errors"
	"math"
	"testing"

	"pgregory.net/rapid"

	"vanthu/internal/document"
	"vanthu/internal/pdf"
)

// show maps a point of page space to the page as shown: written from the
// format's definition of /Rotate (clockwise), apart from the code under test.
func show(p pdf.Page, x, y float64) (float64, float64) {
	x, y = x-p.Crop.X0, y-p.Crop.Y0
	w, h := p.Crop.W(), p.Crop.H()
	for range p.Rotate / 90 {
		x, y = y, w-x
		w, h = h, w
	}
	return x, y
}

// TestPlaceBox: whatever the crop box and rotation, the rectangle shows where
// the box is, and the matrix puts the box's corners on the shown corners.
func TestPlaceBox(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		num := func(name string, lo, hi float64) float64 { return rapid.Float64Range(lo, hi).Draw(t, name) }
		x0, y0 := num("x0", -200, 200), num("y0", -200, 200)
		p := pdf.Page{Crop: pdf.Rect{X0: x0, Y0: y0, X1: x0 + num("w", 100, 900), Y1: y0 + num("h", 100, 900)}, Rotate: 90 * rapid.IntRange(0, 3).Draw(t, "turns")}
		w, h := p.Crop.W(), p.Crop.H()
		if p.Rotate%180 != 0 {
			w, h = h, w
		}
		b := document.Box{Page: 1, W: num("bw", 1, w), H: num("bh", 1, h)}
		b.X, b.Y = num("bx", 0, w-b.W), num("by", 0, h-b.H)
		at, err := placeBox([]pdf.Page{p}, b)
		if err != nil {
			t.Fatal(err)
		}
		for _, corner := range [][2]float64{{0, 0}, {b.W, 0}, {0, b.H}, {b.W, b.H}} {
			m := at.at(corner[0], corner[1])
			sx, sy := show(p, at.rect.X0+m[4], at.rect.Y0+m[5])
			if math.Abs(sx-b.X-corner[0]) > 1e-6 || math.Abs(sy-b.Y-corner[1]) > 1e-6 {
				t.Fatalf("corner %v is shown at %.3f,%.3f", corner, sx-b.X, sy-b.Y)
			}
		}
	})
}

func TestPlaceBoxRefuses(t *testing.T) {
	pages := []pdf.Page{{Crop: pdf.Rect{X0: 0, Y0: 0, X1: 595, Y1: 842}, Rotate: 90}}
	for _, b := range []document.Box{
		{}, {Page: 2, W: 10, H: 10}, {Page: 1}, {Page: 1, X: -5, W: 10, H: 10}, {Page: 1, Y: 590, W: 10, H: 10},
		{Page: 1, X: math.NaN(), W: 10, H: 10}, {Page: 1, W: math.Inf(1), H: 10},
	} {
		if _, err := placeBox(pages, b); !errors.Is(err, ErrCannotSign) {
			t.Errorf("%+v: %v", b, err)
		}
	}
}
