package ui

import (
	"context"

	tea "charm.land/bubbletea/v2"
)

// screen is one page of the program. Screens are children of [Model], not models of
// their own: they are told what happened and change themselves; work with the outside
// is returned as a command made by ask or run.
type screen interface {
	// Render draws the screen; no line is wider than width, none more than height.
	Render(width, height int) string
	// Title names the screen on the head line.
	Title() string
	// hint is the next step in one sentence, for somebody who sees it the first time.
	hint() string
	place() place
	// refuses says why the act cannot be done now, "" when it can.
	refuses(a action) string
	// do performs an act from the key table.
	do(m *Model, a action) tea.Cmd
	// load asks for the data of the screen. It is called when the screen appears and,
	// with quiet, whenever data may have changed.
	load(m *Model, quiet bool) tea.Cmd
	// take receives what a command of this screen found.
	take(m *Model, value any) tea.Cmd
	// failed is told of an error; the default shows it as a notice.
	failed(m *Model, err error)
	self() *base
}

// typist is a screen with a field that takes letters now.
type typist interface {
	key(m *Model, k tea.KeyPressMsg) tea.Cmd
	paste(m *Model, text string) tea.Cmd
	// caret is the place of the cursor on the drawn screen.
	caret() (x, y int, ok bool)
}

// base is what every screen has: an identity for its answers and the wait it is in.
type base struct {
	id     int
	seq    int
	wait   wait
	cancel context.CancelFunc
}

// wait is what a screen waits for. The zero wait is none.
type wait struct {
	what string // in Vietnamese, begins with a capital letter
	act  bool   // an act, not a reading: it may be done although it was left
}

func (b *base) self() *base                { return b }
func (b *base) refuses(action) string      { return "" }
func (b *base) take(*Model, any) tea.Cmd   { return nil }
func (b *base) load(*Model, bool) tea.Cmd  { return nil }
func (b *base) failed(m *Model, err error) { m.problem(err) }

// found is the answer to a command of a screen.
type found struct {
	screen, seq int
	quiet       bool
	act         bool
	value       any
	err         error
}

// ask reads something outside for the screen. Keys pressed before the answer are kept
// for the screen that follows, unless the answer is an error.
func (b *base) ask(m *Model, what string, work func(context.Context) (any, error)) tea.Cmd {
	return b.start(m, wait{what: what}, work)
}

// run performs an act; otherwise it is like ask.
func (b *base) run(m *Model, what string, work func(context.Context) (any, error)) tea.Cmd {
	return b.start(m, wait{what: what, act: true}, work)
}

func (b *base) start(m *Model, w wait, work func(context.Context) (any, error)) tea.Cmd {
	b.leave()
	ctx, cancel := context.WithCancel(m.ctx)
	b.seq++
	b.wait, b.cancel = w, cancel
	answer := found{screen: b.id, seq: b.seq, act: w.act}
	return func() tea.Msg {
		defer cancel()
		answer.value, answer.err = work(ctx)
		return answer
	}
}

// quietly reads something without a wait: the screen shows what it has until then.
func (b *base) quietly(m *Model, work func(context.Context) (any, error)) tea.Cmd {
	answer, ctx := found{screen: b.id, quiet: true}, m.ctx
	return func() tea.Msg {
		answer.value, answer.err = work(ctx)
		return answer
	}
}

// leave ends the wait without its answer; one that still comes is not taken.
func (b *base) leave() {
	if b.cancel != nil {
		b.cancel()
	}
	b.wait, b.cancel = wait{}, nil
	b.seq++
}
