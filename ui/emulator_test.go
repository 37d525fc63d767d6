package ui

import (
	"bytes"
	"context"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/vt"
)

// emulator runs the program on a terminal in memory: what it shows went through the
// real renderer.
type emulator struct {
	t     testing.TB
	keys  *io.PipeWriter
	prog  *tea.Program
	done  chan error
	wrote chan struct{}

	mu     sync.Mutex
	screen *vt.Emulator
}

// crlf gives a terminal that is no tty the line ends it would get from one.
type crlf struct{ e *emulator }

func (c crlf) Write(p []byte) (int, error) {
	c.e.mu.Lock()
	defer c.e.mu.Unlock()
	_, err := c.e.screen.Write(bytes.ReplaceAll(p, []byte("\n"), []byte("\r\n")))
	select {
	case c.e.wrote <- struct{}{}:
	default:
	}
	return len(p), err
}

func emulate(o *office, width, height int, env ...string) *emulator {
	in, keys := io.Pipe()
	e := &emulator{t: o.t, keys: keys, done: make(chan error, 1), wrote: make(chan struct{}, 1), screen: vt.NewEmulator(width, height)}
	go func() { _, _ = io.Copy(io.Discard, e.screen) }() // replies to queries
	ctx, cancel := context.WithCancel(context.Background())
	e.prog = tea.NewProgram(newModel(ctx, o.o), tea.WithContext(ctx), tea.WithInput(in), tea.WithOutput(crlf{e}),
		tea.WithWindowSize(width, height), tea.WithEnvironment(append([]string{"TERM=xterm-256color"}, env...)), tea.WithoutSignals())
	go func() { _, err := e.prog.Run(); e.done <- err }()
	o.t.Cleanup(func() {
		e.prog.Quit()
		<-e.done
		cancel()
		_ = keys.Close()
		if replies, ok := e.screen.InputPipe().(io.Closer); ok { // Close itself races with Read
			_ = replies.Close()
		}
	})
	return e
}

func (e *emulator) String() string {
	e.mu.Lock()
	defer e.mu.Unlock()
	return trimmed(e.screen.String())
}

// trimmed is a screen without the spaces at the ends of lines.
func trimmed(s string) string {
	lines := strings.Split(strings.ReplaceAll(s, "\r\n", "\n"), "\n")
	for i := range lines {
		lines[i] = strings.TrimRight(lines[i], " \r")
	}
	return strings.TrimRight(strings.Join(lines, "\n"), "\n") + "\n"
}

// await waits until the screen is as wanted; it fails after ten seconds, not before.
func (e *emulator) await(ok func(string) bool) {
	e.t.Helper()
	e.awaitOr("", ok)
}

func (e *emulator) awaitOr(want string, ok func(string) bool) {
	e.t.Helper()
	limit := time.After(10 * time.Second)
	for {
		s := e.String()
		if ok(s) {
			return
		}
		select {
		case <-e.wrote:
		case <-limit:
			e.t.Fatalf("the terminal shows:\n%s%s", s, want)
		}
	}
}

// same waits until the terminal shows what the driver's pure walk came to.
func (e *emulator) same(d *driver) {
	e.t.Helper()
	want := trimmed(d.screen())
	e.awaitOr("want:\n"+want, func(got string) bool { return got == want })
}

// send writes what the keys of a terminal send.
func (e *emulator) send(names ...string) {
	for _, n := range names {
		if _, err := io.WriteString(e.keys, keyBytes(n)); err != nil {
			e.t.Fatal(err)
		}
	}
}

func keyBytes(name string) string {
	if b, ok := map[string]string{"enter": "\r", "esc": "\x1b", "tab": "\t", "up": "\x1b[A", "down": "\x1b[B", "right": "\x1b[C", "left": "\x1b[D",
		"f1": "\x1bOP", "f2": "\x1bOQ", "pgdown": "\x1b[6~", "pgup": "\x1b[5~", "ctrl+s": "\x13", "backspace": "\x7f"}[name]; ok {
		return b
	}
	return name
}

// golden compares a screen with its file; UPDATE=1 writes it, to be read like code.
func golden(t testing.TB, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", "screens", name+".txt")
	if os.Getenv("UPDATE") != "" {
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("%s differs (UPDATE=1 writes it):\n%s\nwant:\n%s", path, got, want)
	}
}
