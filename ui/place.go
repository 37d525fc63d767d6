package ui

import (
	"context"
	"errors"
	"fmt"
	"image"
	"io"
	"math"
	"strings"

	tea "charm.land/bubbletea/v2"

	"vanthu/internal/document"
	"vanthu/outbox"
)

// placement shows the page of a draft with the boxes for number, date, signature and
// seal over it. The clerk moves them; Enter keeps them on the draft.
type placement struct {
	base
	doc    outbox.Document
	layout document.Layout
	at     int // which box moves
	page   int // the page of picture, from 1; 0 before the first
	img    image.Image
	plain  bool // characters instead of colours
}

// Steps of the arrow keys, in points.
const (
	pointsPerMM = 72 / 25.4
	smallStep   = pointsPerMM
	largeStep   = 5 * pointsPerMM
)

func newPlacement(m *Model, doc outbox.Document) *placement {
	p := &placement{doc: doc, layout: doc.Layout, plain: colourless(m.o.Env)}
	for i, b := range p.boxes() {
		if b.name == boxSeal {
			p.at = i // what is moved most
		}
	}
	return p
}

func (p *placement) Title() string { return "Vị trí số, ngày, chữ ký, dấu" }

func (p *placement) place() place { return placing }

func (p *placement) hint() string {
	if p.layout.Whole {
		return "Tệp không có chỗ trống đọc được (bản quét): dùng mũi tên dời từng ô đến đúng chỗ, Tab sang ô khác, PgDn sang trang khác; xong nhấn Enter."
	}
	return "Mũi tên dời ô đang chọn 1 mm, Shift và mũi tên 5 mm, Tab sang ô khác; r đặt lại như đề nghị; xong nhấn Enter."
}

// boxName is what a box is for, in Vietnamese.
type boxName string

const (
	boxNumber boxName = "Số"
	boxDay    boxName = "Ngày"
	boxMonth  boxName = "Tháng"
	boxYear   boxName = "Năm"
	boxSign   boxName = "Chữ ký"
	boxSeal   boxName = "Dấu"
)

// namedBox is a box of the layout being changed, and where it was proposed.
type namedBox struct {
	name boxName
	*document.Box
	proposed document.Box
}

// boxes lists the boxes the document has, in the order Tab goes through them.
func (p *placement) boxes() []namedBox {
	from := p.proposed()
	number, day := boxNumber, boxDay
	if p.layout.Whole {
		number, day = "Số, ký hiệu", "Địa danh, ngày"
	}
	var out []namedBox
	for _, b := range []namedBox{
		{number, &p.layout.Number, from.Number}, {day, &p.layout.Day, from.Day}, {boxMonth, &p.layout.Month, from.Month},
		{boxYear, &p.layout.Year, from.Year}, {boxSign, &p.layout.Sign, from.Sign}, {boxSeal, &p.layout.Seal, from.Seal},
	} {
		if !b.IsZero() {
			out = append(out, b)
		}
	}
	return out
}

// proposed is the layout as the page asks for it; drafts of older releases know only
// the one they have.
func (p *placement) proposed() document.Layout {
	if p.doc.Proposed.IsZero() {
		return p.doc.Layout
	}
	return p.doc.Proposed
}

func (p *placement) current() (namedBox, bool) {
	all := p.boxes()
	if len(all) == 0 {
		return namedBox{}, false
	}
	p.at = min(p.at, len(all)-1)
	return all[p.at], true
}

// pagePicture is what load found.
type pagePicture struct {
	page int
	img  image.Image
}

var errNoPicture = errors.New("no pictures of pages")

// load reads the page of the box that moves, unless it is shown already. Quietly there
// is nothing to read: the file of a draft on this screen stays what it is.
func (p *placement) load(m *Model, quiet bool) tea.Cmd {
	b, ok := p.current()
	if !ok || quiet || b.Page == p.page {
		return nil
	}
	draw, desk, file, n := m.o.Picture, m.o.Outbox, p.doc.File, b.Page
	return p.ask(m, "Đang vẽ trang", func(ctx context.Context) (any, error) {
		if draw == nil {
			return nil, document.Refuse(errNoPicture, "Không vẽ được trang ở đây.", "Ký và xem lại tệp bằng phần mềm đọc PDF.")
		}
		f, err := desk.Store.OpenBlob(file.Hash)
		if err != nil {
			return nil, err
		}
		defer f.Close()
		pdf, err := io.ReadAll(f)
		if err != nil {
			return nil, err
		}
		img, err := draw(ctx, pdf, n, 72/pointsPerPixel)
		return pagePicture{n, img}, err
	})
}

func (p *placement) take(m *Model, v any) tea.Cmd {
	switch v := v.(type) {
	case pagePicture:
		p.page, p.img = v.page, v.img
	case outbox.Document:
		return m.done(v, "Đã giữ vị trí; văn bản sau cùng loại, cùng đơn vị sẽ theo.")
	}
	return nil
}

// failed puts a box back that was sent to a page the document does not have.
func (p *placement) failed(m *Model, err error) {
	if b, ok := p.current(); ok && p.page > 0 && b.Page != p.page {
		b.Page = p.page
	}
	m.problem(err)
}

func (p *placement) do(m *Model, a action) tea.Cmd {
	step := map[action][2]float64{
		boxLeft: {-smallStep, 0}, boxRight: {smallStep, 0}, boxUp: {0, smallStep}, boxDown: {0, -smallStep},
		boxFarLeft: {-largeStep, 0}, boxFarRight: {largeStep, 0}, boxFarUp: {0, largeStep}, boxFarDown: {0, -largeStep},
	}
	if by, ok := step[a]; ok {
		p.move(by[0], by[1])
		return nil
	}
	switch a {
	case back:
		return m.pop()
	case nextBox, prevBox:
		n := max(len(p.boxes()), 1)
		p.at = (p.at + map[action]int{nextBox: 1, prevBox: n - 1}[a]) % n
		return p.load(m, false)
	case nextSheet, prevSheet:
		return p.turn(m, map[action]int{nextSheet: 1, prevSheet: -1}[a])
	case resetBoxes:
		p.layout = p.proposed()
		return p.load(m, false)
	case keepBoxes:
		return p.keep(m)
	}
	return nil
}

// move moves the box; the page's edges stop it.
func (p *placement) move(x, y float64) {
	b, ok := p.current()
	if !ok || p.img == nil || b.Page != p.page {
		return
	}
	w, h := p.size()
	b.X = max(min(b.X+x, w-b.W), 0)
	b.Y = max(min(b.Y+y, h-b.H), 0)
}

// size is the page's size in points, up to a pixel less.
func (p *placement) size() (w, h float64) {
	b := p.img.Bounds()
	return float64(b.Dx()-1) * pointsPerPixel, float64(b.Dy()-1) * pointsPerPixel
}

// turn takes signature and seal to another page; number and date stay on the first.
func (p *placement) turn(m *Model, by int) tea.Cmd {
	b, ok := p.current()
	switch {
	case !ok || b.Page+by < 1:
		return nil
	case b.name != boxSign && b.name != boxSeal:
		m.warn("Số và ngày luôn ở trang đầu.")
		return nil
	}
	b.Page += by
	return p.load(m, false)
}

func (p *placement) keep(m *Model) tea.Cmd {
	desk, id, l := m.o.Outbox, p.doc.ID, p.layout
	return p.run(m, "Đang giữ vị trí", func(context.Context) (any, error) { return desk.SetLayout(id, l) })
}

// Render draws a line on the box that moves, then as much of the page around it as the
// screen holds.
func (p *placement) Render(width, height int) string {
	b, ok := p.current()
	if !ok || p.img == nil {
		return (&page{width: width, height: height}).String()
	}
	lines := []string{cut(p.status(b), width)}
	if height > 1 {
		lines = append(lines, p.picture(width, height-1)...)
	}
	return strings.Join(lines, "\n")
}

// status says which box moves and how far it is from where it was proposed.
func (p *placement) status(b namedBox) string {
	var names []string
	for i, x := range p.boxes() {
		name := string(x.name)
		if i == p.at {
			name = chosenStyle.Render("[" + name + "]")
		}
		names = append(names, name)
	}
	return strings.Join(names, " ") + ": trang " + fmt.Sprint(b.Page) + ", " + shiftWords(*b.Box, b.proposed)
}

// shiftWords says in millimetres how a box was moved.
func shiftWords(b, from document.Box) string {
	var parts []string
	for _, d := range []struct {
		points    float64
		more, few string
	}{{b.X - from.X, "phải", "trái"}, {b.Y - from.Y, "lên", "xuống"}} {
		mm := math.Round(d.points / pointsPerMM)
		switch {
		case mm > 0:
			parts = append(parts, fmt.Sprintf("%s %.0f mm", d.more, mm))
		case mm < 0:
			parts = append(parts, fmt.Sprintf("%s %.0f mm", d.few, -mm))
		}
	}
	if len(parts) == 0 {
		return "đúng chỗ đề nghị"
	}
	return strings.Join(parts, ", ") + " so với đề nghị"
}
