package ui

import (
	"context"

	tea "charm.land/bubbletea/v2"

	"vanthu/internal/viet"
)

// maxAhead bounds the keys kept while a screen waits for its data.
const maxAhead = 256

// Model is the one tea.Model: the screens, the status line and what they share.
type Model struct {
	o      Options
	ctx    context.Context
	keys   keyTable
	width  int
	height int

	tab     action // of the root screen shown
	roots   map[action]screen
	stack   []screen // over the root screen, the last on top
	lastID  int
	helping *helpScreen

	notice notice
	typing viet.Method
	link   LinkState
	ahead  []tea.KeyPressMsg
	ready  bool // Options.Ready was called
}

// New makes the model with the first screen; nothing is read before Init's commands run.
func New(o Options) *Model { return newModel(context.Background(), o) }

func newModel(ctx context.Context, o Options) *Model {
	m := &Model{o: o, ctx: ctx, keys: bindings(), typing: o.Typing, roots: map[action]screen{}}
	m.readLink()
	m.goTo(goToday)
	return m
}

// Init asks for the data of the first screen and waits for changes.
func (m *Model) Init() tea.Cmd { return tea.Batch(m.top().load(m, false), m.waitForChange()) }

// changed says that the link, the jobs or the desks may have changed.
type changed struct{}

func (m *Model) waitForChange() tea.Cmd {
	if m.o.Link == nil {
		return nil
	}
	ctx, ch := m.ctx, m.o.Link.Changed()
	return func() tea.Msg {
		select {
		case <-ctx.Done():
			return nil
		case _, ok := <-ch:
			if !ok {
				return nil
			}
			return changed{}
		}
	}
}

// Update applies one message. It does no I/O.
func (m *Model) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	switch msg := msg.(type) {
	case tea.WindowSizeMsg:
		m.width, m.height = msg.Width, msg.Height
		return m, m.replay()
	case tea.KeyPressMsg:
		return m, m.press(msg)
	case tea.PasteMsg:
		return m, m.paste(msg.Content)
	case found:
		return m, m.take(msg)
	case changed:
		m.readLink()
		return m, tea.Batch(m.refresh(), m.waitForChange())
	}
	return m, nil
}

func (m *Model) readLink() {
	if m.o.Link != nil {
		m.link = m.o.Link.State()
	}
}

// top is the screen that takes the keys.
func (m *Model) top() screen {
	switch {
	case m.helping != nil:
		return m.helping
	case len(m.stack) > 0:
		return m.stack[len(m.stack)-1]
	}
	return m.roots[m.tab]
}

// push puts a screen on top and asks for its data.
func (m *Model) push(s screen) tea.Cmd {
	m.enroll(s)
	m.stack = append(m.stack, s)
	return s.load(m, false)
}

func (m *Model) enroll(s screen) {
	m.lastID++
	s.self().id = m.lastID
}

// pop leaves the top screen and refreshes the one below.
func (m *Model) pop() tea.Cmd {
	if len(m.stack) == 0 {
		return nil
	}
	m.top().self().leave()
	m.stack = m.stack[:len(m.stack)-1]
	return m.refresh()
}

// replace puts s in the place of the top screen.
func (m *Model) replace(s screen) tea.Cmd {
	if n := len(m.stack); n > 0 {
		m.stack[n-1].self().leave()
		m.stack = m.stack[:n-1]
	}
	return m.push(s)
}

// refresh reads the data of the top screen again while it keeps showing what it has.
func (m *Model) refresh() tea.Cmd {
	if m.helping != nil || m.top().self().wait.what != "" {
		return nil
	}
	return m.top().load(m, true)
}

// goTo shows a root screen; what lay over the old one is left.
func (m *Model) goTo(tab action) tea.Cmd {
	for _, s := range m.stack {
		s.self().leave()
	}
	m.stack, m.tab = nil, tab
	s, known := m.roots[tab]
	if !known {
		s = m.newRoot(tab)
		m.enroll(s)
		m.roots[tab] = s
	}
	return s.load(m, known)
}

func (m *Model) newRoot(tab action) screen {
	switch tab {
	case goIncoming:
		return newIncomingList()
	case goOutgoing:
		return newOutgoingList()
	case goBooks:
		return newBooks(m.o.Clock)
	case goQueue:
		return newQueue(m)
	}
	return newToday(m.o.Hint)
}

// take hands an answer to the screen that asked, if it still waits for it.
func (m *Model) take(f found) tea.Cmd {
	s := m.screen(f.screen)
	if s == nil {
		return m.afterLeaving(f)
	}
	b := s.self()
	if !f.quiet {
		if f.seq != b.seq {
			return m.afterLeaving(f)
		}
		b.wait, b.cancel = wait{}, nil
	}
	var cmd tea.Cmd
	switch {
	case f.err != nil && f.quiet:
		m.problem(f.err)
	case f.err != nil:
		m.ahead = nil // they were meant for what did not come
		s.failed(m, f.err)
	default:
		cmd = s.take(m, f.value)
	}
	return tea.Batch(cmd, m.tellReady(), m.replay())
}

// tellReady calls Options.Ready after the first answer.
func (m *Model) tellReady() tea.Cmd {
	ready := m.o.Ready
	if m.ready || ready == nil {
		return nil
	}
	m.ready = true
	return func() tea.Msg {
		ready()
		return nil
	}
}

// afterLeaving looks at the data again when an act ends whose wait was left.
func (m *Model) afterLeaving(f found) tea.Cmd {
	if k, ok := f.value.(Key); ok { // opened too late: nobody uses it
		return func() tea.Msg { _ = k.Close(); return nil }
	}
	if f.act {
		return m.refresh()
	}
	return nil
}

func (m *Model) screen(id int) screen {
	for _, s := range m.stack {
		if s.self().id == id {
			return s
		}
	}
	for _, s := range m.roots {
		if s.self().id == id {
			return s
		}
	}
	return nil
}

// replay presses the keys that were kept during a wait, up to the next wait.
func (m *Model) replay() tea.Cmd {
	var cmds []tea.Cmd
	for len(m.ahead) > 0 && m.width > 0 && m.top().self().wait.what == "" {
		k := m.ahead[0]
		m.ahead = m.ahead[1:]
		cmds = append(cmds, m.press(k))
	}
	return tea.Batch(cmds...)
}
