package ui

import (
	"reflect"
	"runtime"
	"strings"
	"testing"
	"unicode/utf8"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"
)

// driver works a Model as Bubble Tea would, one message at a time on one goroutine:
// every command is run at once and its message given back.
type driver struct {
	t testing.TB
	m *Model
	// pending are commands not run yet, while hold is on.
	hold    bool
	pending []tea.Cmd
	quit    bool
}

func drive(o *office, width, height int) *driver {
	d := &driver{t: o.t, m: New(o.o)}
	d.send(tea.WindowSizeMsg{Width: width, Height: height})
	d.run(d.m.Init())
	return d
}

func (d *driver) send(msg tea.Msg) {
	_, cmd := d.m.Update(msg)
	d.run(cmd)
}

// run runs a command; a wait for changes would block, so it is left alone.
func (d *driver) run(cmd tea.Cmd) {
	switch {
	case cmd == nil:
	case d.hold:
		d.pending = append(d.pending, cmd)
	case isWaitForChange(cmd):
	default:
		d.got(cmd())
	}
}

func isWaitForChange(cmd tea.Cmd) bool {
	return strings.Contains(funcName(reflect.ValueOf(cmd).Pointer()), "waitForChange")
}

func (d *driver) got(msg tea.Msg) {
	switch msg := msg.(type) {
	case nil:
	case tea.QuitMsg:
		d.quit = true
	case tea.BatchMsg:
		for _, c := range msg {
			d.run(c)
		}
	default:
		d.send(msg)
	}
}

// release runs what was held.
func (d *driver) release() {
	d.hold = false
	for len(d.pending) > 0 {
		c := d.pending[0]
		d.pending = d.pending[1:]
		d.run(c)
	}
}

// press presses keys by name.
func (d *driver) press(names ...string) *driver {
	d.t.Helper()
	for _, n := range names {
		d.send(keyMsg(n))
	}
	return d
}

// typed presses the keys of a text.
func (d *driver) typed(text string) *driver {
	d.t.Helper()
	for _, r := range text {
		d.send(keyMsg(string(r)))
	}
	return d
}

func keyMsg(name string) tea.KeyPressMsg {
	special := map[string]rune{"enter": tea.KeyEnter, "esc": tea.KeyEscape, "tab": tea.KeyTab, "up": tea.KeyUp, "down": tea.KeyDown,
		"left": tea.KeyLeft, "right": tea.KeyRight, "pgdown": tea.KeyPgDown, "pgup": tea.KeyPgUp, "home": tea.KeyHome, "end": tea.KeyEnd,
		"backspace": tea.KeyBackspace, "delete": tea.KeyDelete, "f1": tea.KeyF1, "f2": tea.KeyF2}
	k := tea.KeyPressMsg{}
	for {
		switch rest, found := strings.CutPrefix(name, "ctrl+"); {
		case found:
			k.Mod |= tea.ModCtrl
			name = rest
			continue
		}
		if rest, found := strings.CutPrefix(name, "shift+"); found {
			k.Mod |= tea.ModShift
			name = rest
			continue
		}
		break
	}
	if c, ok := special[name]; ok {
		k.Code = c
		return k
	}
	r, _ := utf8.DecodeRuneInString(name)
	k.Code = r
	if name == " " || name == "space" {
		k.Code, name = tea.KeySpace, " "
	}
	if k.Mod&tea.ModCtrl == 0 {
		k.Text = name
	}
	return k
}

// screen is what a person sees, without colours.
func (d *driver) screen() string { return ansi.Strip(d.m.View().Content) }

func (d *driver) see(texts ...string) *driver {
	d.t.Helper()
	s := d.screen()
	for _, x := range texts {
		if !strings.Contains(s, x) {
			d.t.Fatalf("the screen does not show %q:\n%s", x, s)
		}
	}
	return d
}

func (d *driver) missing(text string) *driver {
	d.t.Helper()
	if s := d.screen(); strings.Contains(s, text) {
		d.t.Fatalf("the screen shows %q:\n%s", text, s)
	}
	return d
}

func funcName(pc uintptr) string { return runtime.FuncForPC(pc).Name() }
