package terminal

import (
	"errors"
	"os/exec"
	"strings"
	"testing"
	"time"
)

func TestTerminalShowsAndSends(t *testing.T) {
	term, err := Start(exec.Command("sh", "-c", `printf 'Tên: '; read name; printf '\033[2J\033[HChào %s, xã Định Mỹ' "$name"; read end; exit 3`), 40, 5)
	if err != nil {
		t.Fatal(err)
	}
	defer term.Close()
	sees := func(text string) {
		t.Helper()
		if err := term.Await(5*time.Second, func(s string) bool { return strings.Contains(s, text) }); err != nil {
			t.Fatalf("%q: %v\n%s", text, err, term.Screen())
		}
	}
	sees("Tên:")
	if err := term.Send("Nghĩa\r"); err != nil {
		t.Fatal(err)
	}
	sees("Chào Nghĩa, xã Định Mỹ")
	if err := term.Await(10*time.Millisecond, func(string) bool { return false }); !errors.Is(err, ErrNotSeen) {
		t.Errorf("Await of the impossible: %v", err)
	}
	if n, _ := term.Bytes(); n == 0 {
		t.Error("no bytes counted")
	}
	if err := term.Send("\r"); err != nil {
		t.Fatal(err)
	}
	if code, err := term.Wait(5 * time.Second); code != 3 || err != nil {
		t.Errorf("exit %d, %v", code, err)
	}
}
