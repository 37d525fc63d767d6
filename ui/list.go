package ui

import (
	"strings"

	tea "charm.land/bubbletea/v2"
	"charm.land/lipgloss/v2"
)

// column is one column of a list: its head and how wide it is.
type column struct {
	head  string
	width int // 0 takes what is left, below 0 is not shown
	right bool
}

// spread gives the free column what the others leave.
func spread(cols []column, w int) []column {
	used, free := 2, -1
	for i, c := range cols {
		if c.width >= 0 {
			used += c.width + 1
		}
		if c.width == 0 {
			free = i
		}
	}
	out := append([]column(nil), cols...)
	if free >= 0 {
		out[free].width = max(4, w-used+1)
	}
	return out
}

func head(cols []column, w int) string {
	cells := make([]string, len(cols))
	for i, c := range cols {
		cells[i] = c.head
	}
	return headStyle.Render(cut(rowText(cols, cells, false, plainStyle), w))
}

// leadColumns are the first columns, in which the chosen row is reversed. A move redraws
// them and nothing else: over a slow line that is what counts.
const leadColumns = 2

// rowText draws one row; style is that of its lead. The chosen one bears ">" and the
// reverse of its lead.
func rowText(cols []column, cells []string, chosen bool, style lipgloss.Style) string {
	var lead, rest []string
	for i, c := range cols {
		if c.width < 0 {
			continue
		}
		cell := fit(cells[i], c.width)
		if c.right {
			cell = right(cells[i], c.width)
		}
		if i < leadColumns {
			lead = append(lead, cell)
		} else {
			rest = append(rest, cell)
		}
	}
	mark, leadStyle := "  ", style
	if chosen {
		mark, leadStyle = "> ", chosenStyle
	}
	return mark + leadStyle.Render(strings.Join(lead, " ")) + " " + strings.Join(rest, " ")
}

// moveIn performs the keys of a list on a pager; ok is false for other actions.
func moveIn[R any](m *Model, b *base, p *pager[R], a action) (cmd tea.Cmd, ok bool) {
	switch a {
	case up:
		p.move(-1)
	case down:
		p.move(1)
	case pageUp:
		p.move(-p.height)
	case pageDown:
		p.move(p.height)
	case first:
		if work := p.toTop(); work != nil {
			return b.ask(m, "Đang về đầu danh sách", work), true
		}
	case last:
		if work := p.toEnd(); work != nil {
			return b.ask(m, "Đang đến cuối danh sách", work), true
		}
	default:
		return nil, false
	}
	return p.follow(m, b), true
}
