package page

import (
	"context"
	"errors"
	"fmt"
	"image"
	"math"
	"strings"
	"testing"

	"vanthu/internal/document"
	"vanthu/internal/practice/form"
)

func TestLayoutFindsWhatTheFormLeftBlank(t *testing.T) {
	r := reader(t)
	for name, f := range forms() {
		t.Run(name, func(t *testing.T) {
			got, err := r.Layout(context.Background(), write(t, f), Hints{Signer: f.Signer})
			if err != nil {
				t.Fatal(err)
			}
			want, err := form.Layout(f)
			if err != nil {
				t.Fatal(err)
			}
			if got.Whole {
				t.Error("whole")
			}
			pairs := map[string][2]document.Box{
				"number": {got.Number, want.Number}, "day": {got.Day, want.Day}, "month": {got.Month, want.Month},
				"sign": {got.Sign, want.Sign}, "seal": {got.Seal, want.Seal},
			}
			for box, p := range pairs {
				if !near(p[0], p[1], 1) {
					t.Errorf("%s: found %+v, drawn %+v", box, p[0], p[1])
				}
			}
		})
	}
}

// TestBoxesAreBlankOnThePicture holds places and picture together: there is
// not one dark pixel where number, date and signature will stand.
func TestBoxesAreBlankOnThePicture(t *testing.T) {
	r := reader(t)
	const dpi = 150
	for name, f := range forms() {
		t.Run(name, func(t *testing.T) {
			pdf := write(t, f)
			l, err := r.Layout(context.Background(), pdf, Hints{})
			if err != nil {
				t.Fatal(err)
			}
			for _, b := range []document.Box{l.Number, l.Day, l.Month, l.Sign} {
				img, err := r.Picture(context.Background(), pdf, b.Page, dpi)
				if err != nil {
					t.Fatal(err)
				}
				if n := darkPixels(img, b, dpi); n != 0 {
					t.Errorf("%d dark pixels in %+v", n, b)
				}
				wider := document.Box{Page: b.Page, X: b.X - 60, Y: b.Y - 20, W: b.W + 120, H: b.H + 40}
				if darkPixels(img, wider, dpi) == 0 {
					t.Errorf("nothing is drawn around %+v", b)
				}
			}
		})
	}
}

func darkPixels(img image.Image, b document.Box, dpi float64) int {
	k := dpi / 72
	height := float64(img.Bounds().Dy())
	dark := 0
	for x := int(b.X * k); x < int((b.X+b.W)*k); x++ {
		for y := int(height - (b.Y+b.H)*k); y < int(height-b.Y*k); y++ {
			if r, g, bl, _ := img.At(x, y).RGBA(); r+g+bl < 3*0x9000 {
				dark++
			}
		}
	}
	return dark
}

func TestLayoutRefuses(t *testing.T) {
	r := reader(t)
	tests := []struct {
		name   string
		change func(*form.Form)
		want   error
	}{
		{"number typed", func(f *form.Form) { f.Number = "15" }, ErrNumbered},
		{"date typed", func(f *form.Form) { f.Date = document.Date{Year: 2026, Month: 11, Day: 21} }, ErrDated},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			f := decision()
			test.change(&f)
			_, err := r.Layout(context.Background(), write(t, f), Hints{})
			var problem *document.Problem
			if !errors.Is(err, test.want) || !errors.As(err, &problem) {
				t.Errorf("got %v", err)
			}
		})
	}
}

// TestNoPlace: text without blanks where number and date would go is not
// written over; a page without text there is.
func TestNoPlace(t *testing.T) {
	r := reader(t)
	for _, test := range []struct {
		y    float64
		want error
	}{{724, ErrNoPlace}, {400, nil}} {
		pdf := plainPDF("/MediaBox[0 0 595 842]", fmt.Sprintf("BT /F1 13 Tf 90 %g Td (Sè: /Q§-UBND) Tj ET", test.y))
		l, err := r.Layout(context.Background(), pdf, Hints{})
		if !errors.Is(err, test.want) || l.Whole != (test.want == nil) {
			t.Errorf("text at %g: %+v, %v", test.y, l, err)
		}
	}
}

func TestSealDiameter(t *testing.T) {
	r := reader(t)
	pdf := write(t, decision())
	for _, mm := range []float64{-1, 5, 81, math.NaN(), math.Inf(1)} {
		if _, err := r.Layout(context.Background(), pdf, Hints{SealMM: mm}); !errors.Is(err, ErrSeal) {
			t.Errorf("%g mm: %v", mm, err)
		}
	}
	l, err := r.Layout(context.Background(), pdf, Hints{SealMM: 30})
	if err != nil || math.Abs(l.Seal.W-30*72/25.4) > 0.01 {
		t.Errorf("30 mm: %+v, %v", l.Seal, err)
	}
}

func TestScansGetTheDecreesBoxes(t *testing.T) {
	r := reader(t)
	for name, pdf := range samples(t, "signed") {
		t.Run(name, func(t *testing.T) {
			l, err := r.Layout(context.Background(), pdf, Hints{})
			if err != nil {
				t.Fatal(err)
			}
			pages, err := r.Text(context.Background(), pdf)
			if err != nil {
				t.Fatal(err)
			}
			if !l.Whole || !l.Month.IsZero() || l.Number.Page != 1 || l.Day.Page != 1 || l.Sign.Page != len(pages) || l.Seal.Page != len(pages) {
				t.Errorf("layout %+v", l)
			}
			if l.Number.X+l.Number.W > l.Day.X {
				t.Errorf("number %+v and date %+v overlap", l.Number, l.Day)
			}
			for _, b := range []document.Box{l.Number, l.Day, l.Sign, l.Seal} {
				if !near(b, within(pages[b.Page-1], b), 0) {
					t.Errorf("%+v is not on its page", b)
				}
			}
		})
	}
}

// TestTemplates reads the blank forms of Annex III, where the year is a blank
// too; the minutes have no date line.
func TestTemplates(t *testing.T) {
	r := reader(t)
	for name, pdf := range samples(t, "templates") {
		t.Run(name, func(t *testing.T) {
			l, err := r.Layout(context.Background(), pdf, Hints{})
			if err != nil || l.Whole || l.Number.W < leastNumber || l.Sign.X < 300 {
				t.Fatalf("layout %+v, %v", l, err)
			}
			if minutes := strings.HasPrefix(name, "bien-ban"); minutes != l.Day.IsZero() || minutes != l.Year.IsZero() {
				t.Errorf("layout %+v", l)
			}
		})
	}
}
