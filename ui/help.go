package ui

import tea "charm.land/bubbletea/v2"

// helpScreen lists the keys of the screen it lies over, from the key table.
type helpScreen struct {
	base
	scroll
	of    screen
	lines []string
}

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
		line := "  " + keyStyle.Render(fit(b.shown, 10)) + " " + b.help
		if why := s.refuses(b.act); why != "" {
			line += " — chưa dùng được: " + why
		}
		h.lines = append(h.lines, line)
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
	p := page{width: width, height: height}
	for _, l := range h.window(h.lines, height) {
		p.add("%s", l)
	}
	return p.String()
}
