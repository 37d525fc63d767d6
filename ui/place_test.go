package ui

import (
	"context"
	"errors"
	"image"
	"image/color"
	"math"
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"

	"vanthu/internal/document"
	"vanthu/outbox"
)

// placePress reads every page as one with these places.
type placePress struct {
	press
	layout document.Layout
}

func (p placePress) Layout(context.Context, []byte) (document.Layout, error) { return p.layout, nil }

func (p placePress) PageSizes(context.Context, []byte) ([][2]float64, error) {
	return [][2]float64{{595, 842}, {595, 842}}, nil
}

func placeLayout() document.Layout {
	return document.Layout{
		Number: document.Box{Page: 1, X: 150, Y: 706, W: 40, H: 14.4},
		Day:    document.Box{Page: 1, X: 370, Y: 706, W: 20, H: 14.4},
		Month:  document.Box{Page: 1, X: 430, Y: 706, W: 20, H: 14.4},
		Sign:   document.Box{Page: 2, X: 360, Y: 400, W: 108, H: 64},
		Seal:   document.Box{Page: 2, X: 294, Y: 381, W: 102, H: 102},
	}
}

var errNoPage = errors.New("no such page")

// drawnPage has a bar of text over the signature and one under it.
func drawnPage(_ context.Context, _ []byte, n int, dpi float64) (image.Image, error) {
	if n > 2 {
		return nil, document.Refuse(errNoPage, "Không có trang này.", "Chọn trang khác.")
	}
	k := 72 / dpi
	img := image.NewGray(image.Rect(0, 0, int(math.Ceil(595/k)), int(math.Ceil(842/k))))
	for y := range img.Rect.Dy() {
		for x := range img.Rect.Dx() {
			px, py := float64(x)*k, 842-float64(y)*k
			img.Set(x, y, color.White)
			if px > 350 && px < 480 && (py > 484 && py < 497 || py > 370 && py < 382) {
				img.Set(x, y, color.Black)
			}
		}
	}
	return img, nil
}

func placeOffice(t testing.TB, l document.Layout) (*office, outbox.Document) {
	o := newOffice(t)
	o.o.Outbox.Press = placePress{layout: l}
	o.o.Picture, o.o.Env = drawnPage, []string{"NO_COLOR=1"}
	return o, o.draft()
}

// TestPlacement: the boxes are seen and moved, kept on the draft, and remembered for
// the next of the kind.
func TestPlacement(t *testing.T) {
	o, doc := placeOffice(t, placeLayout())
	d := drive(o, 80, 24)
	d.press("3", "enter", "v").see("[Dấu]: trang 2, đúng chỗ đề nghị")
	golden(t, "dat-dau-80x24", trimmed(d.screen()))
	d.press("left", "shift+left", "up", "up").see("trái 6 mm, lên 2 mm so với đề nghị")
	d.press("tab").see("[Số]", "trang 1").press("shift+tab", "shift+tab").see("[Chữ ký]", "trang 2")
	d.press("J").see("xuống 5 mm")
	golden(t, "dat-chu-ky-80x24", trimmed(d.screen()))
	d.press("enter").see("Đã giữ vị trí")
	want := placeLayout()
	want.Seal.X, want.Seal.Y = want.Seal.X-6*pointsPerMM, want.Seal.Y+2*pointsPerMM
	want.Sign.Y -= 5 * pointsPerMM
	if got, err := o.o.Outbox.Get(doc.ID); err != nil || !sameLayout(got.Layout, want) || got.Proposed != placeLayout() {
		t.Errorf("kept %+v, %v", got.Layout, err)
	}
	if next := o.draft(); !sameLayout(next.Layout, want) {
		t.Errorf("next of the kind %+v", next.Layout)
	}
}

func sameLayout(a, b document.Layout) bool {
	for _, p := range [][2]document.Box{{a.Number, b.Number}, {a.Day, b.Day}, {a.Month, b.Month}, {a.Year, b.Year}, {a.Sign, b.Sign}, {a.Seal, b.Seal}} {
		if p[0].Page != p[1].Page || math.Abs(p[0].X-p[1].X) > 0.01 || math.Abs(p[0].Y-p[1].Y) > 0.01 || p[0].W != p[1].W || p[0].H != p[1].H {
			return false
		}
	}
	return true
}

// TestPlacementResetsAndLeaves: r undoes the moves, Esc keeps nothing.
func TestPlacementResetsAndLeaves(t *testing.T) {
	o, doc := placeOffice(t, placeLayout())
	d := drive(o, 80, 24)
	d.press("3", "enter", "v", "left", "r").see("đúng chỗ đề nghị")
	d.press("left", "esc").see("Văn bản đi")
	if got, err := o.o.Outbox.Get(doc.ID); err != nil || got.Layout != placeLayout() {
		t.Errorf("kept %+v, %v", got.Layout, err)
	}
}

// TestPlacementStaysOnThePage: the edges stop a box, the last page stops it too.
func TestPlacementStaysOnThePage(t *testing.T) {
	o, doc := placeOffice(t, placeLayout())
	d := drive(o, 80, 24)
	d.press("3", "enter", "v")
	for range 60 {
		d.press("shift+right", "shift+down")
	}
	d.press("pgdown").see("Không có trang này", "trang 2").press("pgup").see("trang 1", "[Dấu]")
	d.press("tab", "pgdown").see("Số và ngày luôn ở trang đầu").press("enter").see("Đã giữ")
	got, err := o.o.Outbox.Get(doc.ID)
	if b := got.Layout.Seal; err != nil || b.Page != 1 || b.X+b.W > 595 || b.X+b.W < 590 || b.Y != 0 {
		t.Errorf("kept %+v, %v", b, err)
	}
}

// TestPlacementIsForDrafts: what is signed stays where it is.
func TestPlacementIsForDrafts(t *testing.T) {
	d := &outgoingDocument{loaded: true, doc: outbox.Document{State: outbox.Signed}}
	if d.refuses(placeBoxes) == "" {
		t.Error("a signed document can be laid out anew")
	}
	d.doc = outbox.Document{State: outbox.Drafting, Forwarded: &outbox.Forwarded{}}
	if d.refuses(placeBoxes) == "" {
		t.Error("another body's document can be laid out")
	}
	d.doc = outbox.Document{State: outbox.Drafting, Layout: document.Layout{Whole: true}}
	if d.refuses(placeBoxes) != "" || !strings.Contains(d.hint(), "bản quét") {
		t.Errorf("scan: %q", d.hint())
	}
}

// TestPlacementWithoutPictures says so and goes back.
func TestPlacementWithoutPictures(t *testing.T) {
	o, _ := placeOffice(t, placeLayout())
	o.o.Picture = nil
	d := drive(o, 80, 24)
	d.press("3", "enter", "v").see("Không vẽ được trang").press("left", "tab", "r", "esc").see("Văn bản đi")
}

// TestPlacementFits: every line has the width of the screen, with colours and without.
func TestPlacementFits(t *testing.T) {
	for _, env := range [][]string{{"TERM=xterm-256color"}, {"TERM=dumb"}} {
		o, doc := placeOffice(t, placeLayout())
		o.o.Env = env
		p := newPlacement(New(o.o), doc)
		p.img, _ = drawnPage(t.Context(), nil, 2, 72/pointsPerPixel)
		p.page = 2
		for _, size := range [][2]int{{60, 9}, {80, 17}, {300, 200}} {
			lines := strings.Split(p.Render(size[0], size[1]), "\n")
			if len(lines) != size[1] {
				t.Errorf("%v: %d lines", size, len(lines))
			}
			for _, l := range lines[1:] {
				if ansi.StringWidth(l) != size[0] {
					t.Errorf("%v: line of %d", size, ansi.StringWidth(l))
				}
			}
		}
		if coloured := strings.Contains(p.Render(80, 17), "▀"); coloured != (env[0] != "TERM=dumb") {
			t.Errorf("%v: half blocks %v", env, coloured)
		}
	}
}

// TestPlacementOnTheTerminal: colours and half blocks come through the real renderer.
func TestPlacementOnTheTerminal(t *testing.T) {
	for _, env := range []string{"COLORTERM=truecolor", "NO_COLOR=1"} {
		o, _ := placeOffice(t, placeLayout())
		o.o.Env = []string{env}
		d := drive(o, 80, 24)
		e := emulate(o, 80, 24, env)
		for _, k := range []string{"3", "enter", "v", "left", "H", "tab"} {
			d.press(k)
			e.send(k)
			e.same(d)
		}
	}
}
