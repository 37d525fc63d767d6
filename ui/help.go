package ui

import (
	"strings"

	tea "charm.land/bubbletea/v2"
)

// helpScreen lists the keys of the screen it lies over, from the key table: those that
// work now, then the others with the reason why not.
type helpScreen struct {
	base
	scroll
	of         screen
	rows, idle []helpRow
}

// helpRow is a key and what it does.
type helpRow struct{ key, text string }

func (m *Model) toggleHelp(s screen) {
	if m.helping != nil {
		m.helping = nil
		return
	}
	h := &helpScreen{of: s}
	for _, b := range m.keys {
		if b.on&s.place() == 0 {
			continue
		}
		row := helpRow{key: b.shown, text: b.help}
		if why := s.refuses(b.act); why != "" {
			row.text += ": " + why
			h.idle = append(h.idle, row)
			continue
		}
		h.rows = append(h.rows, row)
	}
	m.helping = h
}

func (h *helpScreen) Title() string { return "Phím dùng được ở: " + h.of.Title() }
func (h *helpScreen) hint() string  { return "Nhấn Esc để quay lại." }
func (h *helpScreen) place() place  { return helping | reading }

func (h *helpScreen) do(_ *Model, a action) tea.Cmd {
	h.move(a)
	return nil
}

func (h *helpScreen) Render(width, height int) string {
	all := page{width: width}
	all.keys(h.rows)
	if len(h.idle) > 0 {
		all.add("")
		all.add("%s", headStyle.Render("Chưa dùng được lúc này"))
		all.keys(h.idle)
	}
	p := page{width: width, height: height}
	p.lines = h.window(all.lines, height)
	return p.String()
}

func (p *page) keys(rows []helpRow) {
	for _, r := range rows {
		p.para("  "+keyStyle.Render(fit(r.key, 10))+" ", strings.Repeat(" ", 13), r.text)
	}
}
