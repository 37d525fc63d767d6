package ui

import (
	"fmt"
	"strings"

	tea "charm.land/bubbletea/v2"
	"charm.land/lipgloss/v2"
)

// listScreen is a list with views and a filter. What the rows are is in its functions.
type listScreen[R any] struct {
	base
	title string
	at    int // of views
	views []string
	p     *pager[R]
	kind  place
	tips  func(l *listScreen[R]) string
	above func() []string // said over the list, the most telling first; nil for nothing

	// source reads the rows of a view; text is the filter.
	source  func(m *Model, view int, text string) source[R]
	columns func(width int) []column
	cells   func(r R) []string
	style   func(r R) (lipgloss.Style, bool) // of a row that should be seen first
	opened  func(m *Model, r R) tea.Cmd
	after   func(m *Model, v any) string // what an act came to, in words
	acts    func(m *Model, l *listScreen[R], a action) tea.Cmd
	forbids func(l *listScreen[R], a action) string

	filter    editor
	filtering bool
}

func (l *listScreen[R]) Title() string {
	if len(l.views) > 1 {
		return fmt.Sprintf("%s: ‹ %s ›", l.title, l.views[l.at])
	}
	return l.title
}

func (l *listScreen[R]) place() place {
	if l.filtering {
		return filtering
	}
	at := browsing | listing | l.kind
	if len(l.views) > 1 {
		at |= tabbing
	}
	return at
}

func (l *listScreen[R]) hint() string {
	if l.filtering {
		return "Gõ vài chữ của trích yếu, ký hiệu hay cơ quan, có dấu hay không đều được; Enter xem kết quả, Esc bỏ lọc."
	}
	return l.tips(l)
}

func (l *listScreen[R]) refuses(a action) string {
	if a == open {
		if _, ok := l.p.current(); !ok {
			return "Danh sách không có dòng nào để mở."
		}
	}
	if l.forbids != nil {
		return l.forbids(l, a)
	}
	return ""
}

func (l *listScreen[R]) load(m *Model, quiet bool) tea.Cmd {
	if l.p.source == nil {
		l.p.over(l.source(m, l.at, l.filter.String()))
	}
	if quiet && l.p.loaded {
		return l.quietly(m, l.p.reload())
	}
	return l.ask(m, "Đang đọc danh sách", l.p.reload())
}

// view shows another view, or the same one with another filter, from its beginning.
func (l *listScreen[R]) view(m *Model, at int) tea.Cmd {
	l.at = (at + len(l.views)) % len(l.views)
	l.p.over(l.source(m, l.at, l.filter.String()))
	if l.filtering { // the letters that follow must not wait
		return l.quietly(m, l.p.reload())
	}
	return l.ask(m, "Đang đọc danh sách", l.p.reload())
}

func (l *listScreen[R]) take(m *Model, v any) tea.Cmd {
	got, ok := v.(pages[R])
	if !ok {
		return l.happened(m, v)
	}
	l.p.take(got)
	return l.p.follow(m, &l.base)
}

// happened says what an act of the list came to, and reads the list again.
func (l *listScreen[R]) happened(m *Model, v any) tea.Cmd {
	if l.after == nil {
		return nil
	}
	m.readLink()
	m.say(l.after(m, v))
	return l.load(m, true)
}

func (l *listScreen[R]) do(m *Model, a action) tea.Cmd {
	if l.filtering {
		return l.doFiltering(m, a)
	}
	if cmd, ok := moveIn(m, &l.base, l.p, a); ok {
		return cmd
	}
	switch a {
	case open:
		r, _ := l.p.current()
		return l.opened(m, r)
	case nextView:
		return l.view(m, l.at+1)
	case prevView:
		return l.view(m, l.at-1)
	case filter:
		l.filtering = true
		return nil
	case back:
		if l.filter.String() != "" {
			l.filter.set("")
			return l.view(m, l.at)
		}
		return m.pop()
	}
	if l.acts != nil {
		return l.acts(m, l, a)
	}
	return nil
}

func (l *listScreen[R]) doFiltering(m *Model, a action) tea.Cmd {
	l.filter.endWord()
	l.filtering = false
	if a == back {
		l.filter.set("")
		return l.view(m, l.at)
	}
	return nil
}

func (l *listScreen[R]) key(m *Model, k tea.KeyPressMsg) tea.Cmd {
	before := l.filter.String()
	if !l.filtering || !l.filter.key(k, m.typing) || l.filter.String() == before {
		return nil
	}
	return l.view(m, l.at)
}

func (l *listScreen[R]) paste(m *Model, text string) tea.Cmd {
	if !l.filtering {
		return nil
	}
	l.filter.insert(strings.TrimRight(text, "\r\n"))
	return l.view(m, l.at)
}

const filterLabel = "Lọc: "

func (l *listScreen[R]) caret() (x, y int, ok bool) {
	_, x = l.filter.render(40)
	return x + len([]rune(filterLabel)), 0, l.filtering
}

// leastRows is how much of the list is left when there is much to say over it.
const leastRows = 5

// addAbove writes what is said over the list, as far as the list can spare the room.
func (l *listScreen[R]) addAbove(p *page) {
	if l.above == nil {
		return
	}
	said := l.above()
	for i, s := range said {
		lines := wrap(s, p.width-2)
		if i > 0 && len(p.lines)+len(lines) > p.height-leastRows {
			break
		}
		for _, line := range lines {
			p.add("%s", faintStyle.Render(line))
		}
	}
	if len(said) > 0 && len(p.lines) < p.height-leastRows {
		p.add("")
	}
}

func (l *listScreen[R]) Render(width, height int) string {
	p := page{width: width, height: height}
	l.addAbove(&p)
	if text := l.filter.String(); l.filtering || text != "" {
		shown, _ := l.filter.render(40)
		p.add("%s", filterLabel+shown)
	}
	cols := spread(l.columns(width), width)
	p.add("%s", head(cols, width))
	rows, top := l.p.visible(height - len(p.lines))
	for i, r := range rows {
		style := plainStyle
		if l.style != nil {
			if st, ok := l.style(r); ok {
				style = st
			}
		}
		p.add("%s", rowText(cols, l.cells(r), top+i == l.p.chosen, style))
	}
	switch {
	case !l.p.loaded:
		p.add("  Đang đọc…")
	case len(l.p.rows) == 0:
		p.add("  Không có dòng nào.")
	}
	return p.String()
}
