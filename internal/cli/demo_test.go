package cli

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"vanthu/internal/terminal"
)

// limit is how long a screen may take on a machine that does much else; the
// measured times are in bench/screen.
const limit = 60 * time.Second

// demo opens `vanthu demo` on a terminal of 80×24.
func demo(t *testing.T, temp string, words ...string) *terminal.Terminal {
	t.Helper()
	path, err := exec.LookPath("vanthu")
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(path, words...)
	cmd.Env = append(os.Environ(), "TMPDIR="+temp)
	term, err := terminal.Start(cmd, 80, 24)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(term.Close)
	return term
}

func see(t *testing.T, term *terminal.Terminal, words ...string) {
	t.Helper()
	err := term.Await(limit, func(screen string) bool {
		for _, w := range words {
			if !strings.Contains(screen, w) {
				return false
			}
		}
		return true
	})
	if err != nil {
		t.Fatalf("%q: %v\n%s", words, err, term.Screen())
	}
}

// leave presses q and wants a clean end.
func leave(t *testing.T, term *terminal.Terminal) {
	t.Helper()
	if err := term.Send("q"); err != nil {
		t.Fatal(err)
	}
	if code, err := term.Wait(limit); code != Done || err != nil {
		t.Fatalf("the demo ended with %d, %v\n%s", code, err, term.Screen())
	}
}

// TestDemoOpensWithWorkWaiting opens the demo as a newcomer does: something
// express waits, the PIN is said, and leaving leaves nothing behind.
func TestDemoOpensWithWorkWaiting(t *testing.T) {
	temp := t.TempDir()
	term := demo(t, temp, "demo")
	see(t, term, "Hôm nay", "Hỏa tốc", "BẢN THỰC HÀNH", "PIN 123456")
	if homes, _ := filepath.Glob(filepath.Join(temp, "vanthu-demo-*")); len(homes) != 1 {
		t.Errorf("homes while open: %v", homes)
	}
	leave(t, term)
	left, err := os.ReadDir(temp)
	if err != nil || len(left) != 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}

// TestSecondScreenIsRefused opens a second screen on the same home.
func TestSecondScreenIsRefused(t *testing.T) {
	home := filepath.Join(t.TempDir(), "nha")
	term := demo(t, t.TempDir(), "--home", home, "demo")
	see(t, term, "Hôm nay")
	for _, words := range [][]string{{"--home", home}, {"--home", home, "demo"}} {
		second := demo(t, t.TempDir(), words...)
		see(t, second, "đang mở ở một màn hình", "bấm q")
		if code, err := second.Wait(limit); code != Failed || err != nil {
			t.Errorf("%v ended with %d, %v", words, code, err)
		}
	}
	if code, stdout, stderr := say(t, "--home", home, "list", "incoming"); code != Done || !strings.Contains(stdout, "CĐ-UBND") {
		t.Errorf("a verb beside the screen: %d %s%s", code, stdout, stderr)
	}
	leave(t, term)
}

// TestKeptDemoIsTheSameOffice closes and opens a kept home.
func TestKeptDemoIsTheSameOffice(t *testing.T) {
	home := filepath.Join(t.TempDir(), "nha")
	for range 2 {
		term := demo(t, t.TempDir(), "--home", home, "demo")
		see(t, term, "Hỏa tốc", "Có mạng")
		leave(t, term)
	}
	code, stdout, stderr := say(t, "--home", home, "list", "incoming", "--json")
	if code != Done || strings.Count(stdout, `"notation": "CĐ-UBND"`) != 1 {
		t.Errorf("exit %d, %s%s: want the first letter once", code, stdout, stderr)
	}
	if code, _, stderr := say(t, "--home", home, "check"); code != Done {
		t.Errorf("check: %d %s", code, stderr)
	}
}
