package store

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	bolt "go.etcd.io/bbolt"
)

// formatVersion is the version of the whole store: buckets, keys, envelopes.
const formatVersion = 1

func formatKey() []byte { return []byte("format") }

func writeFormat(b *bolt.Tx, version uint32) error {
	meta, err := bucket(b, bucketMeta)
	if err != nil {
		return err
	}
	payload := binary.BigEndian.AppendUint32(nil, version)
	return meta.Put(formatKey(), seal(bucketMeta, formatKey(), payload))
}

func readFormat(b *bolt.Tx) (uint32, error) {
	meta, err := bucket(b, bucketMeta)
	if err != nil {
		return 0, err
	}
	payload, err := unseal(bucketMeta, formatKey(), meta.Get(formatKey()))
	if err != nil {
		return 0, err
	}
	if len(payload) != 4 {
		return 0, damaged("format version of %d bytes", len(payload))
	}
	return binary.BigEndian.Uint32(payload), nil
}

// step upgrades a store by one version inside a transaction.
type step func(*bolt.Tx) error

// version reads the format version of an open file.
func (s *Store) version() (version uint32, err error) {
	err = guard(func() error {
		return s.db.View(func(b *bolt.Tx) (err error) {
			version, err = readFormat(b)
			return err
		})
	})
	return version, err
}

func (s *Store) refuseNewer() error {
	version, err := s.version()
	if err == nil && version > formatVersion {
		err = newer(version, formatVersion)
	}
	return err
}

func newer(version, known uint32) error {
	return fmt.Errorf("%w: format %d, this program knows %d", ErrNewer, version, known)
}

// upgradeStep gives the step from a version to the next. Version 1 is the
// first, so there is none yet.
func upgradeStep(uint32) step { return nil }

// upgrade brings the store to the target version: all steps in one transaction,
// after a copy of the file was made beside it. A newer store is refused.
func (s *Store) upgrade(target uint32, stepFrom func(uint32) step) error {
	version, err := s.version()
	switch {
	case err != nil:
		return err
	case version > target:
		return newer(version, target)
	case version == target:
		return nil
	}
	if err := s.keepCopy(version); err != nil {
		return fmt.Errorf("copy before upgrade: %w", err)
	}
	return guard(func() error {
		return s.db.Update(func(b *bolt.Tx) error { return climb(b, version, target, stepFrom) })
	})
}

func climb(b *bolt.Tx, version, target uint32, stepFrom func(uint32) step) error {
	for ; version < target; version++ {
		up := stepFrom(version)
		if up == nil {
			return damaged("no way up from format %d", version)
		}
		if err := up(b); err != nil {
			return fmt.Errorf("upgrade from format %d: %w", version, err)
		}
	}
	return writeFormat(b, target)
}

// keepCopy writes the file as it is to vanthu.db.format-N, durable on return.
func (s *Store) keepCopy(version uint32) error {
	path := filepath.Join(s.dir, fmt.Sprintf("%s.format-%d", fileName, version))
	return s.writeDurable(path, func(w io.Writer) error {
		return guard(func() error {
			return s.db.View(func(b *bolt.Tx) error {
				_, err := b.WriteTo(w)
				return err
			})
		})
	})
}

// writeDurable fills a temporary file beside path, syncs it and renames it.
func (s *Store) writeDurable(path string, fill func(io.Writer) error) error {
	f, err := os.CreateTemp(filepath.Dir(path), newPattern)
	if err != nil {
		return classify(err)
	}
	defer os.Remove(f.Name())
	err = fill(f)
	if err == nil {
		err = f.Sync()
	}
	if err = errors.Join(err, f.Close()); err != nil {
		return classify(err)
	}
	if err := os.Rename(f.Name(), path); err != nil {
		return classify(err)
	}
	return syncDir(filepath.Dir(path))
}
