package cli

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// errNotFile: a path names something that is no file.
var errNotFile = errors.New("not a file")

// openFile opens a file named by the caller for reading.
func (c *call) openFile(name string) (*os.File, error) { return openRegular(c.path(name)) }

// openRegular opens a file for reading. A folder or a pipe is refused before
// it is opened: opening a pipe would wait for somebody to write into it.
func openRegular(path string) (*os.File, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, fmt.Errorf("%s: %w", path, errNotFile)
	}
	return os.Open(path)
}

// maxCopies bounds the numbers tried for a free file name.
const maxCopies = 1000

// createFree creates the first free one of "name.pdf", "name (2).pdf", … and
// never touches what is there, be it a link.
func createFree(dir, name string) (*os.File, error) {
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
