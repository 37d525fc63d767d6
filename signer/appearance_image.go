package signer

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/png"

	"golang.org/x/image/draw"

	"vanthu/internal/pdf"
)

// ErrImage is the class of a signature or seal picture that cannot be used.
var ErrImage = errors.New("unusable picture")

// Limits of a picture: bytes of the PNG, points of a side, and the resolution
// beyond which it is scaled down (a seal at 400 dpi already shows every stroke).
const (
	maxPNG       = 8 << 20
	maxImageSide = 6000
	maxImageDPI  = 400
)

// decodePNG reads a picture with straight (not premultiplied) alpha.
func decodePNG(data []byte) (*image.NRGBA, error) {
	if len(data) > maxPNG {
		return nil, fmt.Errorf("%w: more than %d MB", ErrImage, maxPNG>>20)
	}
	c, err := png.DecodeConfig(bytes.NewReader(data))
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrImage, err)
	}
	if c.Width > maxImageSide || c.Height > maxImageSide || c.Width < 1 || c.Height < 1 {
		return nil, fmt.Errorf("%w: %d×%d points", ErrImage, c.Width, c.Height)
	}
	src, err := png.Decode(bytes.NewReader(data))
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrImage, err)
	}
	b := src.Bounds()
	out := image.NewNRGBA(image.Rect(0, 0, b.Dx(), b.Dy()))
	for y := range b.Dy() {
		for x := range b.Dx() {
			// the colour model converts without premultiplying when the source is not
			out.SetNRGBA(x, y, color.NRGBAModel.Convert(src.At(b.Min.X+x, b.Min.Y+y)).(color.NRGBA))
		}
	}
	return out, nil
}

// scaleTo shrinks a picture that has far more points than its size on paper (points of 1/72 inch) needs.
func scaleTo(img *image.NRGBA, w, h float64) *image.NRGBA {
	b := img.Bounds()
	k := min(w*maxImageDPI/72/float64(b.Dx()), h*maxImageDPI/72/float64(b.Dy()))
	if k > 0.75 {
		return img
	}
	out := image.NewNRGBA(image.Rect(0, 0, max(1, int(float64(b.Dx())*k)), max(1, int(float64(b.Dy())*k))))
	draw.CatmullRom.Scale(out, out.Bounds(), img, b, draw.Src, nil)
	return out
}

// imageBlock draws a PNG in the box: in its own proportions, as large as it fits, centred;
// with plain set without transparency, as PDF/A-1 wants it.
func imageBlock(u adder, p placed, data []byte, plain bool) ([]byte, error) {
	img, err := decodePNG(data)
	if err != nil {
		return nil, err
	}
	size := img.Bounds()
	k := min(p.w/float64(size.Dx()), p.h/float64(size.Dy()))
	w, h := k*float64(size.Dx()), k*float64(size.Dy())
	ref := addImage(u, scaleTo(img, w, h), plain)
	m := p.at((p.w-w)/2, (p.h-h)/2)
	m[0], m[1], m[2], m[3] = m[0]*w, m[1]*w, m[2]*h, m[3]*h
	content := "q\n" + matrixOps(m) + " cm\n/Im1 Do\nQ\n"
	return formXObject(p, "/XObject << /Im1 "+ref.String()+" >>", content), nil
}

// addImage writes the picture as an image object; its transparency, if any, as a
// soft mask, or, with plain set, as a mask that draws a point or leaves it out.
func addImage(u adder, img *image.NRGBA, plain bool) pdf.Ref {
	n := img.Bounds().Dx() * img.Bounds().Dy()
	rgb, alpha := make([]byte, 0, 3*n), make([]byte, 0, n)
	opaque := true
	for i := 0; i < len(img.Pix); i += 4 {
		rgb = append(rgb, img.Pix[i:i+3]...)
		alpha = append(alpha, img.Pix[i+3])
		opaque = opaque && img.Pix[i+3] == 0xFF
	}
	head := fmt.Sprintf("/Type /XObject /Subtype /Image /Width %d /Height %d /BitsPerComponent 8", img.Bounds().Dx(), img.Bounds().Dy())
	mask := ""
	switch {
	case !opaque && plain:
		mask = " /Mask " + u.Add(hardMask(img)).String()
	case !opaque:
		mask = " /SMask " + u.Add(flateStream(head+" /ColorSpace /DeviceGray", alpha)).String()
	}
	return u.Add(flateStream(head+" /ColorSpace /DeviceRGB"+mask, rgb))
}

// hardMask has a bit for each point, 0 where the picture is more ink than
// paper; rows begin at a byte (ISO 32000-2 §8.9.6.3).
func hardMask(img *image.NRGBA) []byte {
	w, h := img.Bounds().Dx(), img.Bounds().Dy()
	row := (w + 7) / 8
	bits := bytes.Repeat([]byte{0xFF}, row*h)
	for y := range h {
		for x := range w {
			if img.Pix[y*img.Stride+4*x+3] >= 0x80 {
				bits[y*row+x/8] &^= 0x80 >> (x % 8)
			}
		}
	}
	return flateStream(fmt.Sprintf("/Type /XObject /Subtype /Image /Width %d /Height %d /ImageMask true /BitsPerComponent 1", w, h), bits)
}
