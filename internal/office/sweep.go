package office

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"time"
)

// partAge is how long a transfer that stopped half way may be gone on with. A
// server forgets its half sooner.
const partAge = 7 * 24 * time.Hour

// PartsDir is for what came of transfers that are still under way: they go on
// where they stopped, also after a restart.
func (h Home) PartsDir() string { return filepath.Join(h.TempDir(), "parts") }

// Sweep empties the temporary folder of what a killed process left there: packets
// half way in, which nobody would look at again. Parts of transfers stay until
// nobody has written to them for a week. Only the owner of the home may call it.
func (h Home) Sweep(now time.Time) error {
	err := sweep(h.TempDir(), func(e fs.DirEntry) bool { return filepath.Join(h.TempDir(), e.Name()) == h.PartsDir() && e.IsDir() })
	return errors.Join(err, sweep(h.PartsDir(), func(e fs.DirEntry) bool {
		info, err := e.Info()
		return err == nil && now.Sub(info.ModTime()) <= partAge
	}))
}

// sweep removes the entries of a folder but those to be kept. A folder that is
// not there is empty.
func sweep(dir string, keep func(fs.DirEntry) bool) error {
	left, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	for _, entry := range left {
		if !keep(entry) {
			err = errors.Join(err, os.RemoveAll(filepath.Join(dir, entry.Name())))
		}
	}
	return err
}
