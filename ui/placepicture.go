package ui

import (
	"fmt"
	"math"
	"os"
	"strings"

	"vanthu/internal/document"
)

// pointsPerPixel is the scale of the page on the screen: a seal of 36 mm is 25 pixels,
// 13 rows of half blocks.
const pointsPerPixel = 4.0

// colourless tells a terminal whose colours are off: half blocks would all look alike.
func colourless(env []string) bool {
	if env == nil {
		env = os.Environ()
	}
	term := "?"
	for _, e := range env {
		name, value, _ := strings.Cut(e, "=")
		switch name {
		case "NO_COLOR":
			if value != "" {
				return true
			}
		case "TERM":
			term = value
		}
	}
	return term == "dumb" || strings.HasPrefix(term, "vt")
}

// picture draws the part of the page around the box that moves: two pixels a cell.
func (p *placement) picture(width, height int) []string {
	left, top := p.corner(width, 2*height)
	lines := make([]string, 0, height)
	for row := range height {
		if p.plain {
			lines = append(lines, p.plainRow(left, top+2*row, width))
		} else {
			lines = append(lines, p.colourRow(left, top+2*row, width))
		}
	}
	return lines
}

// corner is the upper left pixel of a window of w × h pixels with the box in its
// middle, held on the page.
func (p *placement) corner(w, h int) (left, top int) {
	b, _ := p.current()
	size := p.img.Bounds()
	x := (b.X + b.W/2) / pointsPerPixel
	y := float64(size.Dy()) - (b.Y+b.H/2)/pointsPerPixel
	hold := func(middle float64, window, page int) int {
		if window >= page {
			return -(window - page) / 2
		}
		return max(min(int(middle)-window/2, page-window), 0)
	}
	return hold(x, w, size.Dx()), hold(y, h, size.Dy())
}

// pixel is one point of the drawn page.
type pixel struct{ r, g, b uint8 }

// beyond is what lies around the page.
func beyond() pixel { return pixel{96, 96, 96} }

// look is the colour of a pixel: the page, and over it the edges of the boxes, the
// moving one's full.
func (p *placement) look(x, y int) pixel {
	c, ok := p.paper(x, y)
	if !ok {
		return beyond()
	}
	for i, b := range p.boxes() {
		inside, edge := p.covers(b, x, y)
		ink := pixel{30, 60, 200}
		if b.name == boxSeal {
			ink = pixel{210, 20, 20}
		}
		switch {
		case edge:
			c = ink
		case inside && i == p.at:
			c = pixel{c.r/2 + ink.r/2, c.g/2 + ink.g/2, c.b/2 + ink.b/2}
		}
	}
	return c
}

// paper is the page's own colour, in eight steps: fewer changes, fewer bytes.
func (p *placement) paper(x, y int) (pixel, bool) {
	size := p.img.Bounds()
	if x < 0 || y < 0 || x >= size.Dx() || y >= size.Dy() {
		return pixel{}, false
	}
	r, g, b, _ := p.img.At(size.Min.X+x, size.Min.Y+y).RGBA()
	step := func(v uint32) uint8 { return uint8(math.Round(float64(v)/0xffff*7) * 255 / 7) }
	return pixel{step(r), step(g), step(b)}, true
}

// covers tells whether a pixel lies in a box of this page, and on its edge. A seal is
// round.
func (p *placement) covers(b namedBox, x, y int) (inside, edge bool) {
	if b.Page != p.page {
		return false, false
	}
	px, py := (float64(x)+0.5)*pointsPerPixel, (float64(p.img.Bounds().Dy()-y)-0.5)*pointsPerPixel
	if b.name == boxSeal {
		d := math.Hypot(px-b.X-b.W/2, py-b.Y-b.H/2) - b.W/2
		return d < 0, d < 0 && d >= -1.2*pointsPerPixel
	}
	if !contains(*b.Box, px, py) {
		return false, false
	}
	const s = pointsPerPixel
	return true, !contains(document.Box{X: b.X + s, Y: b.Y + s, W: b.W - 2*s, H: b.H - 2*s}, px, py)
}

func contains(b document.Box, x, y float64) bool {
	return x >= b.X && x < b.X+b.W && y >= b.Y && y < b.Y+b.H
}

// colourRow draws two rows of pixels as half blocks.
func (p *placement) colourRow(left, y, width int) string {
	var out strings.Builder
	var top, bottom pixel
	for i := range width {
		t, b := p.look(left+i, y), p.look(left+i, y+1)
		if i == 0 || t != top || b != bottom {
			fmt.Fprintf(&out, "\x1b[38;2;%d;%d;%d;48;2;%d;%d;%dm", t.r, t.g, t.b, b.r, b.g, b.b)
			top, bottom = t, b
		}
		out.WriteString("▀")
	}
	out.WriteString("\x1b[m")
	return out.String()
}

// plainRow draws two rows of pixels as one of characters: how dark the page is, "#" for
// the edge of the box that moves, "o" for those of others.
func (p *placement) plainRow(left, y, width int) string {
	var out strings.Builder
	for i := range width {
		out.WriteByte(p.plainCell(left+i, y))
	}
	return out.String()
}

func (p *placement) plainCell(x, y int) byte {
	mark := byte(0)
	for i, b := range p.boxes() {
		_, upper := p.covers(b, x, y)
		_, lower := p.covers(b, x, y+1)
		switch {
		case !upper && !lower:
		case i == p.at:
			return '#'
		default:
			mark = 'o'
		}
	}
	upper, ok := p.paper(x, y)
	lower, under := p.paper(x, y+1)
	switch {
	case mark != 0:
		return mark
	case !ok && !under:
		return ' '
	case !under:
		lower = upper
	case !ok:
		upper = lower
	}
	const shades = "=-:. " // from black to white
	light := (int(upper.g) + int(lower.g)) / 2
	return shades[light*(len(shades)-1)/255]
}
