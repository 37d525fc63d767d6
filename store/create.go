package store

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	bolt "go.etcd.io/bbolt"
)

const newPattern = fileName + ".new-*"

// create makes an empty store under a temporary name and gives it its name when
// it is whole: of a bbolt file cut off inside its first six syncs one in seven
// cannot be opened again.
func create(dir string) error {
	if err := os.MkdirAll(filepath.Join(dir, blobFolder), 0o700); err != nil {
		return err
	}
	f, err := os.CreateTemp(dir, newPattern)
	if err != nil {
		return err
	}
	defer os.Remove(f.Name())
	if err := f.Close(); err != nil {
		return err
	}
	if err := fill(f.Name()); err != nil {
		return err
	}
	if err := give(f.Name(), filepath.Join(dir, fileName)); err != nil {
		return err
	}
	return syncDir(dir)
}

// fill writes buckets and format version into an empty file and syncs it.
func fill(path string) error {
	db, _, err := openFile(path)
	if err != nil {
		return err
	}
	err = guard(func() error {
		return db.Update(func(b *bolt.Tx) error {
			if err := makeBuckets(b); err != nil {
				return err
			}
			return writeFormat(b, formatVersion)
		})
	})
	return errors.Join(err, guard(db.Close), syncFile(path))
}

func syncFile(path string) error {
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}

// give names the new file, but never over an existing store: two processes may
// create at once and the loser then opens what the winner made. File systems
// without hard links get a plain rename.
func give(from, to string) error {
	err := os.Link(from, to)
	if err == nil || errors.Is(err, fs.ErrExist) {
		return nil
	}
	return os.Rename(from, to)
}

func escapeGlob(path string) string {
	return strings.NewReplacer(`*`, `\*`, `?`, `\?`, `[`, `\[`).Replace(path)
}
