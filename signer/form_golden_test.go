package signer

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"math"
	"os"
	"path/filepath"
	"testing"
)

// goldenDPI makes small pictures on which number, signature and seal can still be read.
const goldenDPI = 60.0

// Tolerances of a page picture: another release of pdfium draws letters a little
// otherwise, but ink stays where it is.
const (
	meanTolerance = 0.01 // of full brightness, over all pixels
	cellTolerance = 0.08 // of one cell's ink, for each colour
)

func pictureName(form string, n int) string { return fmt.Sprintf("%s-%d.png", form, n+1) }

// goldenPicture compares a page with its kept picture; UPDATE=1 writes it, to be
// looked at.
func goldenPicture(t *testing.T, path string, img image.Image) {
	t.Helper()
	got := fewColours(img)
	if os.Getenv("UPDATE") != "" {
		must(t, os.MkdirAll(filepath.Dir(path), 0o755))
		must(t, os.WriteFile(path, encodePicture(t, got), 0o644))
		return
	}
	comparePicture(t, path, img)
}

// comparePicture holds a picture against a kept one.
func comparePicture(t *testing.T, path string, img image.Image) {
	t.Helper()
	got := fewColours(img)
	data, err := os.ReadFile(path)
	must(t, err)
	want, err := png.Decode(bytes.NewReader(data))
	must(t, err)
	if got.Bounds() != want.Bounds() {
		t.Fatalf("%s: %v, want %v", path, got.Bounds(), want.Bounds())
	}
	mean, worst := pictureDiffers(got, want)
	if mean > meanTolerance || worst > cellTolerance {
		t.Errorf("%s: differs by %.4f on average, ink of a cell by %.3f at worst (UPDATE=1 writes it)", path, mean, worst)
	}
}

// TestGoldenToleranceIsNarrow: a seal moved by three millimetres is another picture.
func TestGoldenToleranceIsNarrow(t *testing.T) {
	data, err := os.ReadFile(filepath.Join("testdata", "forms", pictureName("decision", 0)))
	must(t, err)
	want, err := png.Decode(bytes.NewReader(data))
	must(t, err)
	moved := image.NewRGBA(want.Bounds())
	by := int(math.Round(3 / 25.4 * goldenDPI))
	for y := range moved.Rect.Dy() {
		for x := range moved.Rect.Dx() {
			moved.Set(x, y, color.White)
			if !red(want.At(x, y)) {
				moved.Set(x, y, want.At(x, y))
			}
		}
	}
	for y := range moved.Rect.Dy() {
		for x := range moved.Rect.Dx() {
			if red(want.At(x, y)) {
				moved.Set(x-by, y, want.At(x, y))
			}
		}
	}
	if _, worst := pictureDiffers(moved, want); worst <= cellTolerance {
		t.Errorf("a moved seal differs by %.3f only", worst)
	}
	if mean, worst := pictureDiffers(want, want); mean != 0 || worst != 0 {
		t.Errorf("a picture differs from itself by %g, %g", mean, worst)
	}
}

// pictureDiffers gives the mean difference of the pixels, and the worst of one
// colour's ink in a cell of about 5 mm.
func pictureDiffers(a, b image.Image) (mean, worst float64) {
	const cols, rows = 40, 56
	size := a.Bounds()
	var sum [cols * rows][3]float64
	var count [cols * rows]float64
	for y := range size.Dy() {
		for x := range size.Dx() {
			cell := y*rows/size.Dy()*cols + x*cols/size.Dx()
			count[cell]++
			r0, g0, b0 := rgb(a.At(x, y))
			r1, g1, b1 := rgb(b.At(x, y))
			for i, d := range []int{r0 - r1, g0 - g1, b0 - b1} {
				mean += math.Abs(float64(d)) / 255
				sum[cell][i] += float64(d) / 255
			}
		}
	}
	for i := range sum {
		for _, v := range sum[i] {
			worst = max(worst, math.Abs(v)/count[i])
		}
	}
	return mean / float64(3*size.Dx()*size.Dy()), worst
}

// fewColours keeps four steps of each colour, so that a kept page stays small.
func fewColours(img image.Image) *image.Paletted {
	var colours color.Palette
	for i := range 64 {
		colours = append(colours, color.RGBA{uint8(i >> 4 * 85), uint8(i >> 2 & 3 * 85), uint8(i & 3 * 85), 255})
	}
	out := image.NewPaletted(img.Bounds(), colours)
	for y := range out.Rect.Dy() {
		for x := range out.Rect.Dx() {
			r, g, b := rgb(img.At(x, y))
			step := func(v int) int { return (v + 42) / 85 }
			out.SetColorIndex(x, y, uint8(step(r)<<4|step(g)<<2|step(b)))
		}
	}
	return out
}

func encodePicture(t *testing.T, img image.Image) []byte {
	t.Helper()
	var b bytes.Buffer
	must(t, (&png.Encoder{CompressionLevel: png.BestCompression}).Encode(&b, img))
	return b.Bytes()
}
