package cli

import (
	"errors"
	"fmt"
	"os"
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
