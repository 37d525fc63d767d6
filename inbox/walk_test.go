package inbox_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"testing"
)

func walk(t testing.TB, dir string, visit func(path string, content []byte)) {
	t.Helper()
	err := filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		b, err := os.ReadFile(path)
		if err == nil {
			visit(path, b)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}
