package ui

import (
	"fmt"
	"strings"

	tea "charm.land/bubbletea/v2"

	"vanthu/internal/viet"
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
// What is wrong stays when the line is too short for all; the queue's screen says the
// rest.
func (m *Model) statusLine() string {
	parts := []part{{shortName(m.o.Office), worthName}, {m.linkText(), worthAlways}}
	if m.link.Plain {
		parts = append(parts, part{"http không mã hóa", worthWarning})
	}
	if m.o.Link != nil {
		parts = append(parts, part{m.queueText(), worthAlways})
	}
	if m.link.Skew != 0 {
		parts = append(parts, part{"Giờ máy lệch " + skewText(m.link.Skew) + " so với Trục", worthAlways})
	}
	how := part{"Gõ: " + m.typing.Name(), worthTyping}
	if m.typing == viet.Off {
		how.worth = worthOff
	}
	parts = append(parts, how)
	if !m.link.LastSuccess.IsZero() {
		parts = append(parts, part{"Liên lạc " + hourOf(m.link.LastSuccess, m.o.Clock()), worthContact})
	}
	return tabStyle.Render(fit(joinParts(parts, m.width), m.width))
}

func (m *Model) queueText() string {
	s := fmt.Sprintf("Hàng đợi %d", m.link.Waiting+m.link.Held)
	if m.link.Held > 0 {
		s += fmt.Sprintf(" (%d cần xem)", m.link.Held)
	}
	return s
}

// part is a part of the status line; those of the least worth go first when there is
// no room. The name of the office is shortened before it goes.
type part struct {
	text  string
	worth worth
}

type worth int

const (
	worthOff worth = iota // says that something is not in use
	worthContact
	worthName
	worthTyping
	worthWarning
	worthAlways
)

const (
	between   = " | "
	leastName = 8 // cells of a name that still tells something
)

func joinParts(parts []part, w int) string {
	for {
		texts := make([]string, len(parts))
		least := 0
		for i, p := range parts {
			texts[i] = p.text
			if p.worth < parts[least].worth {
				least = i
			}
		}
		line := strings.Join(texts, between)
		over := width(line) - w
		if over <= 0 || parts[least].worth == worthAlways {
			return line
		}
		if room := width(parts[least].text) - over; parts[least].worth == worthName && room >= leastName {
			parts[least].text = cut(parts[least].text, room)
			continue
		}
		parts = append(parts[:least:least], parts[least+1:]...)
	}
}

// linkText is the state of the link in a word or two, with what holds it back.
func (m *Model) linkText() string {
	l := m.link
	switch {
	case m.o.Link == nil:
		return "Không nối mạng"
	case !l.On:
		return "Tắt mạng"
	case l.Hold == Paused && l.Until.IsZero():
		return "Tạm dừng"
	case l.Hold == Paused:
		return "Tạm dừng đến " + hourOf(l.Until, m.o.Clock())
	case !l.Online:
		return "Mất mạng"
	case l.Hold == QuietHours:
		return "Có mạng, giờ yên lặng"
	case l.Hold == OverBudget:
		return "Có mạng, hết hạn mức"
	}
	return "Có mạng"
}
