// Package terminal runs a program on a real pseudo-terminal and shows what a
// person would see there, as text. Journeys and the screen benchmarks use it;
// the program itself does not.
//
// The emulator answers the program's queries as a terminal does, so programs
// that ask about colours or the cursor are not left waiting.
package terminal

import (
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"sync"
	"time"

	"github.com/charmbracelet/x/vt"
	"github.com/creack/pty"
)

// ErrNotSeen is returned when the screen did not come to show what was awaited.
var ErrNotSeen = errors.New("not seen on the screen")

// Terminal is a program on a pseudo-terminal and the screen it draws.
type Terminal struct {
	cmd  *exec.Cmd
	tty  *os.File
	done chan struct{} // closed when the program has ended and its output is drawn
	mute chan struct{} // closed when the emulator answers no more

	mu      sync.Mutex
	screen  *vt.Emulator
	bytes   int
	last    time.Time // when the last byte came
	changed chan struct{}
}

// Start runs cmd on a new terminal of width by height cells. The environment of
// cmd is kept; TERM is set.
func Start(cmd *exec.Cmd, width, height int) (*Terminal, error) {
	if cmd.Env == nil {
		cmd.Env = os.Environ()
	}
	cmd.Env = append(cmd.Env, "TERM=xterm-256color")
	tty, err := pty.StartWithSize(cmd, &pty.Winsize{Cols: uint16(width), Rows: uint16(height)})
	if err != nil {
		return nil, fmt.Errorf("start %s: %w", cmd.Path, err)
	}
	t := &Terminal{cmd: cmd, tty: tty, screen: vt.NewEmulator(width, height), done: make(chan struct{}), mute: make(chan struct{}), changed: make(chan struct{})}
	go t.answer()
	go t.draw()
	return t, nil
}

// answer passes the emulator's replies to queries on to the program.
func (t *Terminal) answer() {
	defer close(t.mute)
	_, _ = io.Copy(t.tty, t.screen)
}

func (t *Terminal) draw() {
	defer close(t.done)
	buf := make([]byte, 64<<10)
	for {
		n, err := t.tty.Read(buf)
		if n > 0 {
			t.take(buf[:n])
		}
		if err != nil {
			return
		}
	}
}

func (t *Terminal) take(b []byte) {
	t.mu.Lock()
	defer t.mu.Unlock()
	_, _ = t.screen.Write(b)
	t.bytes += len(b)
	t.last = time.Now()
	close(t.changed)
	t.changed = make(chan struct{})
}

// Screen is what stands on the terminal, line by line, without trailing spaces.
func (t *Terminal) Screen() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	lines := strings.Split(strings.ReplaceAll(t.screen.String(), "\r\n", "\n"), "\n")
	for i, line := range lines {
		lines[i] = strings.TrimRight(line, " ")
	}
	return strings.Join(lines, "\n")
}

// Bytes counts the bytes the program has written so far, and tells when the
// last of them came.
func (t *Terminal) Bytes() (n int, last time.Time) {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.bytes, t.last
}

// Await waits until the screen satisfies ok. After limit it gives up with
// ErrNotSeen.
func (t *Terminal) Await(limit time.Duration, ok func(screen string) bool) error {
	deadline := time.NewTimer(limit)
	defer deadline.Stop()
	for {
		t.mu.Lock()
		changed := t.changed
		t.mu.Unlock()
		if ok(t.Screen()) {
			return nil
		}
		select {
		case <-changed:
		case <-t.done:
			if ok(t.Screen()) {
				return nil
			}
			return fmt.Errorf("%w: the program has ended", ErrNotSeen)
		case <-deadline.C:
			return fmt.Errorf("%w within %v", ErrNotSeen, limit)
		}
	}
}

// Quiet waits until nothing has been written for the given time.
func (t *Terminal) Quiet(silence time.Duration) {
	for {
		t.mu.Lock()
		changed := t.changed
		t.mu.Unlock()
		select {
		case <-changed:
		case <-t.done:
			return
		case <-time.After(silence):
			return
		}
	}
}

// Send writes raw input, as a keyboard would.
func (t *Terminal) Send(input string) error {
	_, err := io.WriteString(t.tty, input)
	return err
}

// Wait waits for the program to end and returns its exit code; after limit the
// program is killed.
func (t *Terminal) Wait(limit time.Duration) (int, error) {
	select {
	case <-t.done:
	case <-time.After(limit):
		_ = t.cmd.Process.Kill()
		return -1, fmt.Errorf("%s did not end within %v", t.cmd.Path, limit)
	}
	err := t.cmd.Wait()
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		err = nil
	}
	return t.cmd.ProcessState.ExitCode(), err
}

// Close kills the program if it still runs and frees the terminal. The
// emulator's own Close races with its Read, so its answers are ended at the
// pipe they come through.
func (t *Terminal) Close() {
	_ = t.cmd.Process.Kill()
	_ = t.tty.Close()
	<-t.done
	_ = t.cmd.Wait()
	if answers, ok := t.screen.InputPipe().(io.Closer); ok {
		_ = answers.Close()
		<-t.mute
	}
}
