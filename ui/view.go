package ui

import (
	"fmt"
	"strings"

	tea "charm.land/bubbletea/v2"
)

// The least terminal the screens are drawn for.
const (
	minWidth  = 60
	minHeight = 15
)

const headLines = 2

// View draws the frame: tabs, title, the screen, notice and hint, keys, status line.
func (m *Model) View() tea.View {
	v := tea.NewView("")
	v.AltScreen = true
	if m.width == 0 || m.height == 0 {
		return v
	}
	if m.tooSmall() {
		v.SetContent(tooSmall(m.width, m.height))
		return v
	}
	s := m.top()
	foot := m.foot(s)
	body := max(1, m.height-headLines-len(foot))
	lines := append([]string{m.tabs(), m.titleLine(s)}, strings.Split(s.Render(m.width, body), "\n")...)
	v.SetContent(strings.Join(append(lines, foot...), "\n"))
	if t, ok := s.(typist); ok && s.self().wait.what == "" {
		if x, y, ok := t.caret(); ok && y < body && x < m.width {
			v.Cursor = tea.NewCursor(x, y+headLines)
		}
	}
	return v
}

func (m *Model) tooSmall() bool { return m.width < minWidth || m.height < minHeight }

// tooSmall says what is needed, in as many short lines as fit.
func tooSmall(w, h int) string {
	p := page{width: w, height: h}
	p.para("", "", fmt.Sprintf("Cửa sổ quá nhỏ: cần ít nhất %d cột × %d dòng, nay là %d × %d.", minWidth, minHeight, w, h))
	p.para("", "", "Hãy phóng to cửa sổ hoặc giảm cỡ chữ. Ctrl+C: thoát.")
	return p.String()
}

// tabs is the head line: the root screens with their keys.
func (m *Model) tabs() string {
	var b strings.Builder
	for _, t := range m.keys {
		switch t.act {
		case goToday, goIncoming, goOutgoing, goBooks, goQueue:
			label := " " + t.shown + " " + t.help + " "
			if t.act == m.tab {
				label = tabStyle.Render("[" + strings.TrimSpace(label) + "]")
			}
			b.WriteString(label)
		}
	}
	return cut(b.String(), m.width)
}

func (m *Model) titleLine(s screen) string {
	right := ""
	if m.o.Practice {
		right = "BẢN THỰC HÀNH"
	}
	title := fit(s.Title(), m.width-width(right)-1)
	return headStyle.Render(title) + " " + urgentStyle.Render(right)
}

// foot is everything under the screen: wait or notice, hint, keys, status.
func (m *Model) foot(s screen) []string {
	var lines []string
	if w := s.self().wait; w.what != "" {
		lines = append(lines, cut(w.what+"… (Esc: thôi chờ)", m.width))
	} else {
		lines = m.notice.lines(m.width)
	}
	for i, l := range wrap(s.hint(), m.width) {
		if i < 2 && l != "" {
			lines = append(lines, faintStyle.Render(cut(l, m.width)))
		}
	}
	if len(lines) == 0 {
		lines = []string{""}
	}
	return append(lines, cut(m.keys.footer(s, len(m.stack) == 0, m.width), m.width), m.statusLine())
}

// statusLine holds the office, the link, the queue, the last contact and the typing.
func (m *Model) statusLine() string {
	parts := []string{shortName(m.o.Office), m.linkText()}
	if m.o.Link != nil {
		parts = append(parts, fmt.Sprintf("Hàng đợi %d", m.link.Waiting+m.link.Held))
		if m.link.Held > 0 {
			parts[2] += fmt.Sprintf(" (%d cần xem)", m.link.Held)
		}
	}
	parts = append(parts, "Gõ: "+m.typing.Name())
	if !m.link.LastSuccess.IsZero() {
		parts = append(parts, "Liên lạc "+m.lastContact())
	}
	if over := width(strings.Join(parts, " | ")) - m.width; over > 0 {
		parts[0] = cut(parts[0], max(8, width(parts[0])-over))
	}
	return tabStyle.Render(fit(strings.Join(parts, " | "), m.width))
}

// lastContact is the hour of the last success, with the day when it was not today.
func (m *Model) lastContact() string {
	last := shortMoment(m.link.LastSuccess)
	if day(m.link.LastSuccess) == day(m.o.Clock()) {
		return last[:len("15:04")]
	}
	return last
}

func (m *Model) linkText() string {
	switch {
	case m.o.Link == nil:
		return "Không nối mạng"
	case !m.link.On:
		return "Tắt mạng"
	case m.link.Online:
		return "Có mạng"
	}
	return "Mất mạng"
}
