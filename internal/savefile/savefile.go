// Package savefile writes a file into somebody's folder without ever touching
// what is there.
package savefile

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// maxCopies bounds the numbers tried for a free name.
const maxCopies = 1000

// Write copies r into a new file of dir, readable by its owner only and durable
// on return, and returns its path. A taken name, be it by a link, gets " (2)",
// " (3)" and so on: fs.ErrExist after a thousand. The caller has made name safe.
// What could not be written whole is removed.
func Write(dir, name string, r io.Reader) (path string, err error) {
	f, err := create(dir, name)
	if err != nil {
		return "", err
	}
	_, err = io.Copy(f, r)
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return "", errors.Join(err, os.Remove(f.Name()))
	}
	return f.Name(), nil
}

func create(dir, name string) (*os.File, error) {
	ext := filepath.Ext(name)
	stem := strings.TrimSuffix(name, ext)
	for n := 1; n <= maxCopies; n++ {
		if n > 1 {
			name = fmt.Sprintf("%s (%d)%s", stem, n, ext)
		}
		f, err := os.OpenFile(filepath.Join(dir, name), os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
		if !errors.Is(err, fs.ErrExist) {
			return f, err
		}
	}
	return nil, fmt.Errorf("%s: %w", name, fs.ErrExist)
}
