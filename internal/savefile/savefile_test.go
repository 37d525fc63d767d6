package savefile

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/iotest"
)

func TestWriteNeverTouchesWhatIsThere(t *testing.T) {
	dir := t.TempDir()
	elsewhere := filepath.Join(t.TempDir(), "elsewhere")
	if err := os.Symlink(elsewhere, filepath.Join(dir, "văn bản (2).pdf")); err != nil {
		t.Fatal(err)
	}
	for i, want := range []string{"văn bản.pdf", "văn bản (3).pdf", "văn bản (4).pdf"} {
		text := strings.Repeat("x", i)
		path, err := Write(dir, "văn bản.pdf", strings.NewReader(text))
		if err != nil || path != filepath.Join(dir, want) {
			t.Fatalf("%s, %v, want %s", path, err, want)
		}
		if got, err := os.ReadFile(path); err != nil || string(got) != text {
			t.Errorf("%s holds %q, %v", path, got, err)
		}
	}
	if _, err := os.Lstat(elsewhere); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the link was followed: %v", err)
	}
}

func TestWriteLeavesNoHalves(t *testing.T) {
	dir := t.TempDir()
	broken := io.MultiReader(strings.NewReader("half"), iotest.ErrReader(io.ErrUnexpectedEOF))
	if path, err := Write(dir, "a.pdf", broken); !errors.Is(err, io.ErrUnexpectedEOF) || path != "" {
		t.Errorf("%q, %v", path, err)
	}
	if left, err := os.ReadDir(dir); err != nil || len(left) > 0 {
		t.Errorf("left %v, %v", left, err)
	}
}
