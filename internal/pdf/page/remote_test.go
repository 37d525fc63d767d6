package page

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

func TestMain(m *testing.M) {
	if code, asked := Main(os.Args); asked {
		os.Exit(code)
	}
	os.Exit(m.Run())
}

// remote reads pages in the test binary itself.
func remote(t *testing.T) *Remote {
	r := &Remote{CacheDir: filepath.Join(os.TempDir(), "vanthu-test-pdfium")}
	t.Cleanup(r.Close)
	return r
}

func onDisk(t *testing.T, pdf []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "a.pdf")
	if err := os.WriteFile(path, pdf, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// TestRemoteSaysWhatAReaderSays: marks and problems alike.
func TestRemoteSaysWhatAReaderSays(t *testing.T) {
	r := remote(t)
	secret := decision()
	secret.Superior = "Tối mật"
	for name, tt := range map[string]struct {
		pdf     []byte
		mark    string
		problem bool
	}{
		"marked": {write(t, secret), "Tối mật", false},
		"plain":  {write(t, decision()), "", false},
		"none":   {[]byte("đây không phải PDF"), "", true},
	} {
		mark, found, err := r.SecretMark(t.Context(), onDisk(t, tt.pdf))
		if mark != tt.mark || found != (tt.mark != "") || (err != nil) != tt.problem {
			t.Errorf("%s: %q, %v, %v", name, mark, found, err)
		}
	}
	if _, _, err := r.SecretMark(t.Context(), filepath.Join(t.TempDir(), "không có")); err == nil {
		t.Error("a file that is not there bears no mark")
	}
}

// TestRemoteThatDies is told apart from one that cannot be started, and the next
// question finds a fresh one.
func TestRemoteThatDies(t *testing.T) {
	r := remote(t)
	path := onDisk(t, write(t, decision()))
	r.Command = func() (*exec.Cmd, error) { return exec.Command("false"), nil }
	if _, _, err := r.SecretMark(t.Context(), path); !errors.Is(err, errEnded) || errors.Is(err, ErrNoProcess) {
		t.Errorf("ended: %v", err)
	}
	r.Command = func() (*exec.Cmd, error) { return exec.Command("/nowhere"), nil }
	if _, _, err := r.SecretMark(t.Context(), path); !errors.Is(err, ErrNoProcess) {
		t.Errorf("not started: %v", err)
	}
	r.Command = nil
	if _, _, err := r.SecretMark(t.Context(), path); err != nil {
		t.Errorf("afterwards: %v", err)
	}
}

func TestRemoteEndsWithItsCaller(t *testing.T) {
	r := remote(t)
	r.Command = func() (*exec.Cmd, error) { return exec.Command("cat", "/dev/zero"), nil } // never a line
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, _, err := r.SecretMark(ctx, "x"); !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
	if _, _, err := r.SecretMark(t.Context(), strings.Repeat("x", 10)); err == nil {
		t.Error("an answer without end was believed")
	}
}
