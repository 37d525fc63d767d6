package practice

import (
	"bytes"
	"fmt"
	"hash/fnv"
	"image"
	"image/color"
	"image/png"
	"math"
	"strings"

	"github.com/go-fonts/liberation/liberationsansbold"
	"golang.org/x/image/font"
	"golang.org/x/image/font/opentype"
	"golang.org/x/image/math/fixed"
	"golang.org/x/image/vector"
)

// Both pictures are PNGs without background, as Decree 30/2020 Annex I II.7d
// and II.8a ask: a signature in blue, a seal in red.
func blue() color.Color { return color.NRGBA{R: 0x10, G: 0x2A, B: 0xB8, A: 0xFF} }
func red() color.Color  { return color.NRGBA{R: 0xD4, G: 0x10, B: 0x10, A: 0xFF} }

// signaturePicture draws a made-up handwriting: a pen that swings to the
// right and closes with a long stroke. Each name swings in its own way.
func signaturePicture(name string) ([]byte, error) {
	const w, h = 420, 180
	hand := fnv.New32a()
	hand.Write([]byte(name))
	swings := 20 + float64(hand.Sum32()%12)
	m := image.NewNRGBA(image.Rect(0, 0, w, h))
	var path []point
	for t := 0.0; t <= 1; t += 1.0 / 400 {
		swing := math.Sin(t*swings) * (62 - 44*t)
		path = append(path, point{30 + 300*t + 26*math.Sin(t*swings/2), 92 + swing})
	}
	for t := 0.0; t <= 1; t += 1.0 / 100 {
		path = append(path, point{330 - 250*t, 130 + 26*math.Sin(t*3)})
	}
	stroke(m, path, 5.5, blue())
	return encode(m)
}

// sealPicture draws a round practice seal: two rings, a star, and words that
// say it is worth nothing. place is who it belongs to, a few letters.
func sealPicture(place string) ([]byte, error) {
	const size = 500
	m := image.NewNRGBA(image.Rect(0, 0, size, size))
	middle := point{size / 2, size / 2}
	stroke(m, circle(middle, 236), 10, red())
	stroke(m, circle(middle, 160), 5, red())
	fill(m, red(), star(middle.plus(0, -34), 84))
	if err := words(m, "THỰC HÀNH", middle.plus(0, 92), 40); err != nil {
		return nil, err
	}
	if err := words(m, strings.ToUpper(place), middle.plus(0, 196), 34); err != nil {
		return nil, err
	}
	return encode(m)
}

// point is a place on a picture, in pixels from the upper left corner.
type point struct{ x, y float64 }

func (p point) plus(dx, dy float64) point { return point{p.x + dx, p.y + dy} }

func circle(c point, r float64) []point {
	var path []point
	for i := 0; i <= 180; i++ {
		a := float64(i) * math.Pi / 90
		path = append(path, c.plus(r*math.Cos(a), r*math.Sin(a)))
	}
	return path
}

func star(c point, r float64) []point {
	var path []point
	for i := range 10 {
		a, length := -math.Pi/2+float64(i)*math.Pi/5, r
		if i%2 == 1 {
			length = r * 0.382 // the inner corners of a pentagram
		}
		path = append(path, c.plus(length*math.Cos(a), length*math.Sin(a)))
	}
	return path
}

// stroke draws a path with a round pen. Every piece turns the same way round,
// so that pieces that overlap add up instead of cutting holes.
func stroke(m *image.NRGBA, path []point, width float64, c color.Color) {
	var pieces [][]point
	for i := 1; i < len(path); i++ {
		a, b := path[i-1], path[i]
		length := math.Hypot(b.x-a.x, b.y-a.y)
		if length == 0 {
			continue
		}
		nx, ny := (b.y-a.y)/length*width/2, (a.x-b.x)/length*width/2
		pieces = append(pieces, []point{a.plus(nx, ny), a.plus(-nx, -ny), b.plus(-nx, -ny), b.plus(nx, ny)})
		if width > 5 {
			pieces = append(pieces, dot(b, width/2))
		}
	}
	fill(m, c, pieces...)
}

// dot is the round end of the pen.
func dot(c point, r float64) []point {
	var path []point
	for i := range 12 {
		a := float64(i) * math.Pi / 6
		path = append(path, c.plus(r*math.Cos(a), -r*math.Sin(a)))
	}
	return path
}

// fill paints closed shapes.
func fill(m *image.NRGBA, c color.Color, shapes ...[]point) {
	r := vector.NewRasterizer(m.Bounds().Dx(), m.Bounds().Dy())
	for _, shape := range shapes {
		r.MoveTo(float32(shape[0].x), float32(shape[0].y))
		for _, p := range shape[1:] {
			r.LineTo(float32(p.x), float32(p.y))
		}
		r.ClosePath()
	}
	r.Draw(m, m.Bounds(), image.NewUniform(c), image.Point{})
}

// words writes a line of text centred on a point.
func words(m *image.NRGBA, text string, at point, size float64) error {
	parsed, err := opentype.Parse(liberationsansbold.TTF)
	if err != nil {
		return fmt.Errorf("seal font: %w", err)
	}
	face, err := opentype.NewFace(parsed, &opentype.FaceOptions{Size: size, DPI: 72, Hinting: font.HintingNone})
	if err != nil {
		return fmt.Errorf("seal font: %w", err)
	}
	defer face.Close()
	d := font.Drawer{Dst: m, Src: image.NewUniform(red()), Face: face}
	width := d.MeasureString(text)
	d.Dot = fixed.Point26_6{X: fixed.Int26_6(at.x*64) - width/2, Y: fixed.Int26_6(at.y * 64)}
	d.DrawString(text)
	return nil
}

func encode(m image.Image) ([]byte, error) {
	var b bytes.Buffer
	if err := png.Encode(&b, m); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}
