package page

import (
	"bytes"
	"context"
	"image"
	"image/png"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"vanthu/internal/document"
)

// TestPictureLooksLikePoppler compares how much ink stands in each part of the
// page; the two programs draw letters a little differently.
func TestPictureLooksLikePoppler(t *testing.T) {
	r := reader(t)
	files := map[string][]byte{"decision": write(t, decision()), "letter": write(t, letter())}
	if _, err := os.Stat("../../../../shared/samples/pdf/signed"); err == nil {
		for name, pdf := range samples(t, "signed") {
			files[name] = pdf
		}
	}
	const dpi = 72
	for name, pdf := range files {
		t.Run(name, func(t *testing.T) {
			img, err := r.Picture(context.Background(), pdf, 1, dpi)
			if err != nil {
				t.Fatal(err)
			}
			got, want := ink(img), ink(popplerPicture(t, pdf))
			sum, worst := 0.0, 0.0
			for i := range got {
				d := math.Abs(got[i] - want[i])
				sum, worst = sum+d, max(worst, d)
			}
			if mean := sum / float64(len(got)); mean > 0.02 || worst > 0.2 {
				t.Errorf("ink differs by %.3f on average, %.3f at worst", mean, worst)
			}
		})
	}
}

func popplerPicture(t *testing.T, pdf []byte) image.Image {
	t.Helper()
	tool(t, pdf, "pdftotext", "IN", "OUT") // asks for poppler
	dir := t.TempDir()
	in := filepath.Join(dir, "in.pdf")
	if err := os.WriteFile(in, pdf, 0o600); err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command("pdftoppm", "-r", "72", "-png", "-singlefile", in).Output()
	if err != nil {
		t.Fatal(err)
	}
	img, err := png.Decode(bytes.NewReader(out))
	if err != nil {
		t.Fatal(err)
	}
	return img
}

// ink is the share of black in each cell of a grid of 24 × 32.
func ink(img image.Image) []float64 {
	const cols, rows = 24, 32
	b := img.Bounds()
	sum, count := make([]float64, cols*rows), make([]float64, cols*rows)
	for y := b.Min.Y; y < b.Max.Y; y++ {
		for x := b.Min.X; x < b.Max.X; x++ {
			r, g, bl, _ := img.At(x, y).RGBA()
			i := (y-b.Min.Y)*rows/b.Dy()*cols + (x-b.Min.X)*cols/b.Dx()
			sum[i] += 1 - float64(r+g+bl)/(3*0xffff)
			count[i]++
		}
	}
	for i := range sum {
		sum[i] /= count[i]
	}
	return sum
}

// TestPictureShowsFormFields: number, date and seal of an issued document are
// fields; a picture without them would show another document.
func TestPictureShowsFormFields(t *testing.T) {
	pdf := objectsPDF(
		"<</Type/Catalog/Pages 2 0 R/AcroForm<</Fields[5 0 R]>>>>",
		"<</Type/Pages/Kids[3 0 R]/Count 1>>",
		"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Annots[5 0 R]>>",
		"<</Length 0>>stream\n\nendstream",
		"<</Type/Annot/Subtype/Widget/FT/Tx/T(n)/V(15)/F 4/Rect[100 700 140 720]/P 3 0 R/AP<</N 6 0 R>>>>",
		"<</Type/XObject/Subtype/Form/BBox[0 0 40 20]/Length 19>>stream\n0 0 40 20 re f     \nendstream",
	)
	img, err := reader(t).Picture(context.Background(), pdf, 1, 72)
	if err != nil {
		t.Fatal(err)
	}
	field := document.Box{Page: 1, X: 100, Y: 700, W: 40, H: 20}
	if n := darkPixels(img, field, 72); n != 40*20 {
		t.Errorf("%d of %d pixels of the field are drawn", n, 40*20)
	}
	if n := darkPixels(img, document.Box{Page: 1, W: 595, H: 842}, 72); n != 40*20 {
		t.Errorf("%d dark pixels on the page", n)
	}
}
