package practice

import (
	"bytes"
	"image"
	"image/png"
	"testing"
)

// inks counts the pixels of a picture that are blue, red and clear.
func inks(t *testing.T, data []byte) (blue, red, clear int) {
	t.Helper()
	m, err := png.Decode(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	for y := m.Bounds().Min.Y; y < m.Bounds().Max.Y; y++ {
		for x := m.Bounds().Min.X; x < m.Bounds().Max.X; x++ {
			r, g, b, a := m.At(x, y).RGBA()
			switch {
			case a == 0:
				clear++
			case b > 2*r && b > g:
				blue++
			case r > 2*b && r > 2*g:
				red++
			}
		}
	}
	return blue, red, clear
}

func TestSignatureIsBlueOnNothing(t *testing.T) {
	data, err := signaturePicture("Lê Văn Nghĩa")
	if err != nil {
		t.Fatal(err)
	}
	blue, red, clear := inks(t, data)
	if blue < 2000 || red > 0 || clear < 10*blue {
		t.Errorf("blue %d, red %d, clear %d", blue, red, clear)
	}
}

func TestSealIsRedRoundOnNothing(t *testing.T) {
	data, err := sealPicture("Định Mỹ")
	if err != nil {
		t.Fatal(err)
	}
	blue, red, clear := inks(t, data)
	if red < 10000 || blue > 0 || clear < red {
		t.Errorf("blue %d, red %d, clear %d", blue, red, clear)
	}
	m, err := png.Decode(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	for _, corner := range []image.Point{{0, 0}, {499, 0}, {0, 499}, {499, 499}} {
		if _, _, _, a := m.At(corner.X, corner.Y).RGBA(); a != 0 {
			t.Errorf("corner %v is painted", corner)
		}
	}
	if _, _, _, a := m.At(250, 206).RGBA(); a == 0 { // the middle of the star
		t.Error("the star is hollow")
	}
}
