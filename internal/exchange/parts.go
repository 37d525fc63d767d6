package exchange

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"vanthu/store"
)

// partsDir is the folder under TempDir that outlives a restart.
const partsDir = "parts"

// part is the path, without an ending, of the files in which a job keeps what it
// has moved. The id goes in as a hash: it may hold anything.
func (e *Exchange) part(job string) (string, error) {
	dir := filepath.Join(e.TempDir, partsDir)
	return filepath.Join(dir, partName(job)), os.MkdirAll(dir, 0o700)
}

func partName(job string) string {
	sum := sha256.Sum256([]byte(job))
	return hex.EncodeToString(sum[:16])
}

// fetchPart is the file of a fetch job.
func fetchPart(base string) string { return base + ".part" }

func removeIfThere(path string) error {
	if err := os.Remove(path); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

// SweepParts removes what jobs left that are no longer there: finished by their
// own transaction before a crash, or withdrawn by the clerk.
func (e *Exchange) SweepParts() error {
	// The files first: every job whose file is listed was there before.
	dir := filepath.Join(e.TempDir, partsDir)
	files, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) || err == nil && len(files) == 0 {
		return nil
	}
	if err != nil {
		return err
	}
	open, err := e.openParts()
	if err != nil {
		return err
	}
	for _, f := range files {
		if name, _, _ := strings.Cut(f.Name(), "."); !open[name] {
			_ = os.Remove(filepath.Join(dir, f.Name())) // still in use: the next time
		}
	}
	return nil
}

// openParts are the names of the parts of all open jobs.
func (e *Exchange) openParts() (map[string]bool, error) {
	open := map[string]bool{}
	err := e.Store.View(func(tx *store.Tx) error {
		for j, err := range tx.Jobs() {
			if err != nil {
				return err
			}
			open[partName(j.ID)] = true
		}
		return nil
	})
	return open, err
}
