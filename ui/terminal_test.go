//go:build unix

package ui

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"vanthu/internal/terminal"
)

const asProgram = "VANTHU_UI_TEST_PROGRAM"

// TestMain makes the test binary the program itself when a terminal test starts it.
func TestMain(m *testing.M) {
	if os.Getenv(asProgram) != "" {
		os.Exit(program())
	}
	os.Exit(m.Run())
}

// program shows an office with 80 documents on the terminal it runs on.
func program() int {
	t := &programT{}
	o := newOffice(t)
	for i := range 80 {
		o.receive(letter(i+1, fmt.Sprintf("V/v triển khai nhiệm vụ thứ %d về chuyển đổi số và cải cách hành chính", i*7919%1000)))
	}
	o.o.Env = nil
	if err := Run(context.Background(), o.o, os.Stdin, os.Stdout); err != nil {
		return 1
	}
	return 0
}

// programT stands in for a test in the program.
type programT struct {
	testing.TB
	dirs int
}

func (p *programT) Helper()        {}
func (p *programT) Cleanup(func()) {}
func (p *programT) Fatal(a ...any) { panic(fmt.Sprint(a...)) }
func (p *programT) TempDir() string {
	p.dirs++
	dir := fmt.Sprint(os.Getenv(asProgram), "/", p.dirs)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		panic(err)
	}
	return dir
}

// TestTerminal works the program on a real pseudo-terminal: how many bytes a row down
// costs, that nothing is written while nothing happens, and how it ends.
func TestTerminal(t *testing.T) {
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), asProgram+"="+t.TempDir(), "NO_COLOR=")
	term, err := terminal.Start(cmd, 80, 24)
	if err != nil {
		t.Fatal(err)
	}
	defer term.Close()
	see := func(text string) {
		t.Helper()
		if err := term.Await(20*time.Second, func(s string) bool { return strings.Contains(s, text) }); err != nil {
			t.Fatalf("%q: %v\n%s", text, err, term.Screen())
		}
	}
	see("chờ tiếp nhận")
	send(t, term, "2")
	see("> ")
	see("Trích yếu nội dung")
	term.Quiet(500 * time.Millisecond)
	sizes := rowSizes(t, term, 30)
	t.Logf("bytes per row down: %v", sizes)
	for i, n := range sizes {
		if n == 0 || n > 350 {
			t.Errorf("row %d cost %d bytes", i, n)
		}
	}
	before, _ := term.Bytes()
	term.Quiet(2 * time.Second)
	if after, _ := term.Bytes(); after != before {
		t.Errorf("%d bytes while nothing happened", after-before)
	}
	send(t, term, "q")
	if code, err := term.Wait(10 * time.Second); err != nil || code != 0 {
		t.Errorf("ended with %d, %v", code, err)
	}
}

func send(t *testing.T, term *terminal.Terminal, keys string) {
	t.Helper()
	if err := term.Send(keys); err != nil {
		t.Fatal(err)
	}
}

// rowSizes goes down n rows, each after the terminal has fallen silent.
func rowSizes(t *testing.T, term *terminal.Terminal, n int) []int {
	t.Helper()
	var sizes []int
	for range n {
		before, _ := term.Bytes()
		send(t, term, "j")
		if err := term.Await(5*time.Second, func(string) bool { now, _ := term.Bytes(); return now > before }); err != nil {
			t.Fatal(err)
		}
		term.Quiet(100 * time.Millisecond)
		after, _ := term.Bytes()
		sizes = append(sizes, after-before)
	}
	return sizes
}
