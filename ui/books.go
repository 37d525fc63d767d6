package ui

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	tea "charm.land/bubbletea/v2"

	"vanthu/internal/document"
)

// books shows the registers with the columns of Decree 30/2020 Annex IV (I and VI).
type books struct {
	base
	out    bool // the outgoing register
	year   int
	this   int // the current year
	rows   [][]string
	loaded bool
	chosen int
	top    int
	height int
	left   int // first column shown
}

func newBooks(clock document.Clock) *books {
	year := document.DateOf(clock()).Year
	return &books{year: year, this: year, height: 1}
}

func (b *books) Title() string {
	if b.out {
		return fmt.Sprintf("Sổ đăng ký văn bản đi, năm %d (%d dòng)", b.year, len(b.rows))
	}
	return fmt.Sprintf("Sổ đăng ký văn bản đến, năm %d (%d dòng)", b.year, len(b.rows))
}

func (b *books) place() place { return browsing | listing | registers }

func (b *books) hint() string {
	return "Sổ ghi tự động khi đăng ký và cấp số, không sửa được tại đây. Enter xem đủ các cột của một dòng; b đổi sổ, [ và ] đổi năm."
}

func (b *books) refuses(a action) string {
	switch a {
	case nextYear:
		if b.year >= b.this {
			return "Chưa có sổ của năm sau."
		}
	case open:
		if len(b.rows) == 0 {
			return "Sổ này chưa có dòng nào."
		}
	}
	return ""
}

// bookRows is the answer to load.
type bookRows struct {
	out  bool
	year int
	rows [][]string
}

func (b *books) load(m *Model, quiet bool) tea.Cmd {
	in, out, want := m.o.Inbox, m.o.Outbox, bookRows{out: b.out, year: b.year}
	work := func(context.Context) (any, error) {
		var err error
		if want.out {
			rows, e := out.Book("", want.year)
			for _, r := range rows {
				want.rows = append(want.rows, outgoingLine(r))
			}
			err = e
		} else {
			rows, e := in.Book(want.year)
			for _, r := range rows {
				want.rows = append(want.rows, incomingLine(r))
			}
			err = e
		}
		return want, err
	}
	if quiet && b.loaded {
		return b.quietly(m, work)
	}
	return b.ask(m, "Đang đọc sổ", work)
}

func (b *books) take(_ *Model, v any) tea.Cmd {
	got, ok := v.(bookRows)
	if !ok || got.out != b.out || got.year != b.year {
		return nil
	}
	if !b.loaded { // the last lines are those one looks for
		b.chosen = len(got.rows) - 1
	}
	b.rows, b.loaded = got.rows, true
	b.chosen = max(0, min(b.chosen, len(b.rows)-1))
	return nil
}

func (b *books) do(m *Model, a action) tea.Cmd {
	switch a {
	case up:
		b.chosen--
	case down:
		b.chosen++
	case pageUp:
		b.chosen -= b.height
	case pageDown:
		b.chosen += b.height
	case first:
		b.chosen = 0
	case last:
		b.chosen = len(b.rows)
	case scrollLeft:
		b.left = max(0, b.left-1)
	case scrollRight:
		b.left = min(b.left+1, len(b.columns())-2)
	case open:
		return m.push(b.line())
	case otherBook:
		b.out = !b.out
		return b.another(m)
	case nextYear:
		b.year++
		return b.another(m)
	case prevYear:
		b.year--
		return b.another(m)
	}
	b.chosen = max(0, min(b.chosen, len(b.rows)-1))
	return nil
}

func (b *books) another(m *Model) tea.Cmd {
	b.rows, b.loaded, b.left, b.top = nil, false, 0, 0
	return b.load(m, false)
}

// columns are the decree's, the number first so that it stays in sight.
func (b *books) columns() []column {
	if b.out {
		return []column{{"(1) Số, ký hiệu", 16, false}, {"(2) Ngày", 10, false}, {"(3) Tên loại và trích yếu", 44, false},
			{"(4) Người ký", 20, false}, {"(5) Nơi nhận", 30, false}, {"(6) Nơi giữ bản lưu", 20, false},
			{"(7) Số bản", 10, true}, {"(8) Ngày chuyển", 15, false}, {"(9) Ký nhận", 12, false}, {"(10) Ghi chú", 30, false}}
	}
	return []column{{"(2) Số đến", 10, true}, {"(1) Ngày đến", 12, false}, {"(3) Tác giả", 24, false}, {"(4) Số, ký hiệu", 16, false},
		{"(5) Ngày VB", 11, false}, {"(6) Tên loại và trích yếu", 44, false}, {"(7) Đơn vị, người nhận", 22, false},
		{"(8) Ngày chuyển", 15, false}, {"(9) Ký nhận", 12, false}, {"(10) Ghi chú", 30, false}}
}

// window leaves the first column and, after it, the columns from left on.
func (b *books) window(cells []string) []string {
	return append([]string{cells[0]}, cells[1+b.left:]...)
}

func (b *books) Render(width, height int) string {
	p := page{width: width, height: height}
	all := b.columns()
	cols := append([]column{all[0]}, all[1+b.left:]...)
	p.add("%s", head(cols, width))
	b.height = max(1, height-1)
	b.top = max(min(b.top, b.chosen), b.chosen-b.height+1)
	for i := b.top; i < len(b.rows) && i < b.top+b.height; i++ {
		p.add("%s", rowText(cols, b.window(b.rows[i]), i == b.chosen, plainStyle))
	}
	if b.loaded && len(b.rows) == 0 {
		p.add("  Sổ này chưa có dòng nào.")
	}
	return p.String()
}

func copiesText(n int) string {
	if n == 0 {
		return ""
	}
	return strconv.Itoa(n)
}

func joined(parts ...string) string {
	var out []string
	for _, s := range parts {
		if s != "" {
			out = append(out, clean(s))
		}
	}
	return strings.Join(out, "; ")
}
