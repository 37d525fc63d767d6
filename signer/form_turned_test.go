package signer

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math"
	"path/filepath"
	"testing"

	"vanthu/internal/document"
	"vanthu/internal/pdf"
	"vanthu/internal/pdf/page"
	"vanthu/internal/practice/form"
)

// TestTurnedFormsLookTheSame: a page that is turned, moved or cut out by its
// boxes, and shows the same, is laid out the same and comes out of signing the
// same: each is held against the kept picture of the plain form.
func TestTurnedFormsLookTheSame(t *testing.T) {
	if testing.Short() {
		t.Skip("takes long")
	}
	keys, r := newPKI(t), pageReader(t)
	f := ownForms()["decision"]
	var in bytes.Buffer
	must(t, form.Write(&in, f))
	want, err := form.Layout(f)
	must(t, err)
	for _, c := range []struct {
		rotate int
		x, y   float64 // lower left corner of the crop box
		around float64 // what the media box has around it
	}{{0, 0, 0, 0}, {0, -70, 33, 40}, {90, 0, 0, 0}, {90, 120, -15, 25}, {180, 11, 300, 60}, {270, 0, 0, 0}, {270, -400, -400, 10}} {
		t.Run(fmt.Sprintf("%d from %g,%g in %g", c.rotate, c.x, c.y, c.around), func(t *testing.T) {
			out, s := signForm(t, keys, r, turned(t, in.Bytes(), c.rotate, c.x, c.y, c.around), page.Hints{Signer: f.Signer})
			for name, pair := range map[string][2]document.Box{
				"number": {s.layout.Number, want.Number}, "day": {s.layout.Day, want.Day}, "month": {s.layout.Month, want.Month},
				"sign": {s.layout.Sign, want.Sign}, "seal": {s.layout.Seal, want.Seal},
			} {
				if !sameLine(pair[0], pair[1]) || pair[0].X-pair[1].X > 1 || pair[1].X-pair[0].X > 1 {
					t.Errorf("%s: %+v, plain %+v", name, pair[0], pair[1])
				}
			}
			s.check(t)
			img, err := r.Picture(context.Background(), out, 1, goldenDPI)
			must(t, err)
			comparePicture(t, filepath.Join("testdata", "forms", pictureName("decision", 0)), img)
		})
	}
}

// turned gives a one-page PDF another /Rotate, CropBox and MediaBox, with its
// content turned against them, so that it shows the same.
func turned(t *testing.T, in []byte, rotate int, x, y, around float64) []byte {
	t.Helper()
	f, err := pdf.Parse(in)
	must(t, err)
	pages, err := f.Pages()
	must(t, err)
	w, h := pages[0].Crop.W(), pages[0].Crop.H()
	if rotate%180 != 0 {
		w, h = h, w
	}
	m := map[int][6]float64{
		0: {1, 0, 0, 1, x, y}, 90: {0, 1, -1, 0, x + w, y}, 180: {-1, 0, 0, -1, x + w, y + h}, 270: {0, -1, 1, 0, x, y + h},
	}[rotate]
	u := f.NewUpdate()
	before := u.Add(flateStream("", []byte("q "+matrixOps(m)+" cm\n")))
	after := u.Add(flateStream("", []byte("\nQ")))
	entry, _ := pages[0].Dict.Find("Contents")
	contents := string(entry.Raw)
	if ref, ok := entry.Value.(pdf.Ref); ok {
		contents = ref.String()
	}
	crop := pdf.Rect{X0: x, Y0: y, X1: x + w, Y1: y + h}
	media := pdf.Rect{X0: x - around, Y0: y - around, X1: x + w + around, Y1: y + h + around}
	u.Put(pages[0].Ref, pages[0].Dict.With("Contents", "["+before.String()+" "+contents+" "+after.String()+"]").
		With("Rotate", fmt.Sprint(rotate)).With("MediaBox", pdf.WriteRect(media)).With("CropBox", pdf.WriteRect(crop)).Bytes())
	tail, err := u.Tail()
	must(t, err)
	return append(append([]byte{}, in...), tail.Bytes...)
}

// TestPagesWithoutText: scans of any size and turn get number and date at the
// head of the shown page, signature and seal at its foot, all upright and whole.
func TestPagesWithoutText(t *testing.T) {
	if testing.Short() {
		t.Skip("takes long")
	}
	keys, r := newPKI(t), pageReader(t)
	for _, c := range []struct {
		name   string
		w, h   float64 // of the page's own space
		rotate int
	}{{"A4", 595, 842, 0}, {"A4 turned", 842, 595, 90}, {"A4 the other way", 842, 595, 270}, {"upside down", 595, 842, 180},
		{"A4 landscape", 842, 595, 0}, {"A5", 420, 595, 0}, {"A3", 842, 1191, 0}, {"letter", 612, 792, 0}, {"small", 300, 400, 90}} {
		t.Run(c.name, func(t *testing.T) {
			in := scan(c.w, c.h, c.rotate)
			_, s := signForm(t, keys, r, in, page.Hints{})
			l, w, h := s.layout, s.pages[0].Width, s.pages[0].Height
			if !l.Whole || l.Number.X+l.Number.W > l.Day.X || l.Number.Y < h/2 || l.Day.X+l.Day.W > w || l.Sign.X < w/3 || l.Sign.Y+l.Sign.H > l.Number.Y {
				t.Errorf("layout %+v on %g × %g", l, w, h)
			}
			for name, b := range map[string]document.Box{"number": l.Number, "date": l.Day} {
				s.checkWritten(t, name, b)
			}
			ink := s.bounds(s.after, dark)
			if ink.X < l.Number.X-1 || ink.X+ink.W > l.Day.X+l.Day.W+1 {
				t.Errorf("ink %+v beside number and date", ink)
			}
			sign, seal := s.bounds(s.after, blue), s.bounds(s.after, red)
			if sign.W < 2*sign.H || seal.W < sealSize-1.5 || seal.W > sealSize+1.5 || seal.H < sealSize-1.5 {
				t.Errorf("signature %+v, seal %+v", sign, seal)
			}
			s.checkNothingElse(t)
		})
	}
}

// scan is a page with a grey picture and no text.
func scan(w, h float64, rotate int) []byte {
	content := fmt.Sprintf("0.95 g 0 0 %g %g re f", w, h)
	return classicPDF(
		"<< /Type /Catalog /Pages 2 0 R >>",
		"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
		fmt.Sprintf("<< /Type /Page /Parent 2 0 R /MediaBox [0 0 %g %g] /Rotate %d /Resources << >> /Contents 4 0 R >>", w, h, rotate),
		fmt.Sprintf("<< /Length %d >>\nstream\n%s\nendstream", len(content), content),
	)
}

// classicPDF numbers objects from 1 and adds header, table and trailer.
func classicPDF(objects ...string) []byte {
	var b bytes.Buffer
	b.WriteString("%PDF-1.4\n%\xE2\xE3\xCF\xD3\n")
	var at []int
	for i, o := range objects {
		at = append(at, b.Len())
		fmt.Fprintf(&b, "%d 0 obj\n%s\nendobj\n", i+1, o)
	}
	xref := b.Len()
	fmt.Fprintf(&b, "xref\n0 %d\n0000000000 65535 f \n", len(objects)+1)
	for _, o := range at {
		fmt.Fprintf(&b, "%010d 00000 n \n", o)
	}
	fmt.Fprintf(&b, "trailer\n<< /Size %d /Root 1 0 R /ID [<0123456789ABCDEF0123456789ABCDEF> <0123456789ABCDEF0123456789ABCDEF>] >>\nstartxref\n%d\n%%%%EOF\n", len(objects)+1, xref)
	return b.Bytes()
}

// TestSmallTextStandsOnTheLine: a number squeezed into a narrow blank keeps the base
// line of the words beside it.
func TestSmallTextStandsOnTheLine(t *testing.T) {
	keys, r, ctx := newPKI(t), pageReader(t), context.Background()
	f := ownForms()["decision"]
	var in bytes.Buffer
	must(t, form.Write(&in, f))
	layout, err := form.Layout(f)
	must(t, err)
	layout.Number.W = 10
	a, sl := testApproval(t), testSealing(t)
	a.Layout, sl.Layout, sl.Reference.Number = layout, layout, "128"
	approved, err := Approve(ctx, in.Bytes(), keys.leader, a)
	must(t, err)
	sealed, err := Seal(ctx, approved, keys.agency, sl)
	must(t, err)
	s := signedForm{layout: layout, dpi: 288}
	img, err := r.Picture(ctx, sealed, 1, s.dpi)
	must(t, err)
	low, n := layout.Number.Y+layout.Number.H, 0
	s.each(img, func(x, y float64, px, py int) {
		b := layout.Number
		if x > b.X && x < b.X+b.W && y > b.Y && y < b.Y+b.H && dark(img.At(px, py)) {
			low, n = min(low, y), n+1
		}
	})
	if line := layout.Number.Y + layout.Number.H*fontDescent/(fontAscent+fontDescent); n == 0 || math.Abs(low-line) > 0.5 {
		t.Errorf("%d dark pixels, the lowest at %.2f, base line %.2f", n, low, line)
	}
}

// TestOtherUnitIsRefused: a page whose unit is not the point shows a seal of 36 mm
// larger or smaller.
func TestOtherUnitIsRefused(t *testing.T) {
	keys := newPKI(t)
	for unit, ok := range map[string]bool{"1": true, "1.0": true, "2": false, "0.5": false, "(2)": false} {
		in := sheet{crop: "[0 0 595 842] /UserUnit " + unit}.build(t)
		_, err := Approve(context.Background(), in, keys.leader, testApproval(t))
		if ok != (err == nil) || !ok && (!errors.Is(err, ErrCannotSign) || !hasWords(err)) {
			t.Errorf("unit %s: %v", unit, err)
		}
	}
}
