package ui

import (
	tea "charm.land/bubbletea/v2"
)

// press gives a key to the wait, to the key table, or to the field that takes letters.
func (m *Model) press(k tea.KeyPressMsg) tea.Cmd {
	s := m.top()
	if m.width == 0 { // the terminal has not said its size yet
		if name(k) == "ctrl+c" {
			return tea.Quit
		}
		m.ahead = append(m.ahead, k)
		return nil
	}
	if m.tooSmall() {
		if name(k) == "ctrl+c" {
			return tea.Quit
		}
		return nil
	}
	if w := s.self().wait; w.what != "" {
		return m.pressWaiting(k, s, w)
	}
	m.notice = notice{}
	b, bound := m.keys.binding(name(k), s.place())
	if bound {
		return m.perform(s, b.act)
	}
	if t, ok := s.(typist); ok {
		return t.key(m, k)
	}
	return nil
}

// name is the key as the table writes it. Terminals that send ^H for the backspace key
// mean that key.
func name(k tea.KeyPressMsg) string {
	if s := k.String(); s != "ctrl+h" {
		return s
	}
	return "backspace"
}

func (m *Model) pressWaiting(k tea.KeyPressMsg, s screen, w wait) tea.Cmd {
	switch name(k) {
	case "ctrl+c":
		return tea.Quit
	case "esc":
		m.ahead = nil
		s.self().leave()
		if w.act {
			m.say("Đã thôi chờ. Việc có thể vẫn hoàn tất; màn hình sẽ hiện kết quả.")
			return nil
		}
		return m.perform(s, back)
	}
	if len(m.ahead) < maxAhead {
		m.ahead = append(m.ahead, k)
	}
	return nil
}

// holder is a screen with something typed in it: leaving the program asks first, for
// Ctrl+C copies text elsewhere.
type holder interface{ holds(m *Model) bool }

// perform does what every screen can; the rest is the screen's.
func (m *Model) perform(s screen, a action) tea.Cmd {
	if why := s.refuses(a); why != "" {
		m.warn(why)
		return nil
	}
	switch a {
	case quit:
		if h, ok := s.(holder); ok && h.holds(m) {
			return nil
		}
		return tea.Quit
	case help:
		m.toggleHelp(s)
		return nil
	case goToday, goIncoming, goOutgoing, goBooks, goQueue:
		m.helping = nil
		return m.goTo(a)
	case again:
		return s.load(m, true)
	case typing:
		m.typing = m.typing.Next()
		return nil
	case back:
		if m.helping != nil {
			m.helping = nil
			return nil
		}
	}
	return s.do(m, a)
}

func (m *Model) paste(text string) tea.Cmd {
	s := m.top()
	t, ok := s.(typist)
	if !ok || m.tooSmall() || s.self().wait.what != "" {
		return nil
	}
	m.notice = notice{}
	return t.paste(m, text)
}
