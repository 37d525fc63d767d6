package ui

import tea "charm.land/bubbletea/v2"

// question asks before an act that cannot be taken back, with its consequence in words.
type question struct {
	base
	scroll
	title string
	lines []string // what will happen; each is wrapped
	next  string
	left  string // said when the clerk goes back instead, "" for nothing
	yes   func(m *Model, b *base) tea.Cmd
	done  func(m *Model, v any) tea.Cmd
}

func (q *question) Title() string { return q.title }
func (q *question) hint() string  { return q.next }
func (q *question) place() place  { return confirming | reading }

func (q *question) do(m *Model, a action) tea.Cmd {
	switch a {
	case yes:
		return q.yes(m, &q.base)
	case back:
		cmd := m.pop()
		if q.left != "" {
			m.warn(q.left)
		}
		return cmd
	}
	q.move(a)
	return nil
}

func (q *question) take(m *Model, v any) tea.Cmd { return q.done(m, v) }

func (q *question) Render(width, height int) string {
	all := page{width: width}
	for _, l := range q.lines {
		if l == "" {
			all.add("")
			continue
		}
		all.para("", "  ", l)
	}
	p := page{width: width, height: height}
	p.lines = q.window(all.lines, height)
	return p.String()
}
