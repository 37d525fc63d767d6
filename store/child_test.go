//go:build linux

package store

import (
	"fmt"
	"os"
	"os/exec"
	"testing"
)

// Some tests need a process of their own, to be killed or to live under a limit:
// the test binary runs itself again with this variable naming the part.
const childEnv = "VANTHU_STORE_CHILD"

func TestMain(m *testing.M) {
	part := os.Getenv(childEnv)
	if part == "" {
		os.Exit(m.Run())
	}
	parts := map[string]func(dir string) error{"commit": commitForEver, "full": fillUp}
	if err := parts[part](os.Args[1]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// child prepares the test binary to run a part on dir.
func child(t *testing.T, part, dir string) *exec.Cmd {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(self, dir)
	cmd.Env = append(os.Environ(), childEnv+"="+part)
	cmd.Stderr = os.Stderr
	return cmd
}
