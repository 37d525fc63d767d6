package store

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"time"
)

// CollectBlobs removes the blobs that nothing names and that are older than a
// day, and returns how many. Named is what a record lists, and whatever has the
// form of a hash inside a job, a value or a register line. It reads the whole
// store, some 0.2 ms for each document, and stops soon after ctx ends: whoever
// leaves need not wait for it.
func (s *Store) CollectBlobs(ctx context.Context) (int, error) {
	s.blobs.collecting.Lock()
	defer s.blobs.collecting.Unlock()
	named, err := s.namedBlobs(ctx)
	if err != nil {
		return 0, fmt.Errorf("collect blobs: %w", err)
	}
	files, err := filepath.Glob(filepath.Join(escapeGlob(s.dir), blobFolder, "??", "*"))
	if err != nil {
		return 0, fmt.Errorf("collect blobs: %w", err)
	}
	removed := 0
	for _, path := range files {
		if err := ctx.Err(); err != nil {
			return removed, fmt.Errorf("collect blobs: %w", err)
		}
		h := Hash(filepath.Base(path))
		if _, ok := named[h]; !ok && h.Valid() && s.removeOrphan(h) {
			removed++
		}
	}
	return removed, nil
}

// removeOrphan removes a blob unless it is young or was put lately: it may have
// been put, and even named, after the names were read.
func (s *Store) removeOrphan(h Hash) bool {
	s.blobs.mu.Lock()
	defer s.blobs.mu.Unlock()
	if put, ok := s.blobs.fresh[h]; ok && time.Since(put) <= orphanAge {
		return false
	}
	info, err := os.Lstat(s.BlobPath(h))
	if err != nil || s.clock().Sub(info.ModTime()) <= orphanAge {
		return false
	}
	delete(s.blobs.fresh, h)
	return os.Remove(s.BlobPath(h)) == nil
}

// DropBlob removes a blob at once, however young: a document that turned out to
// be a state secret must not stay here. ErrInvalid while a record lists it or a
// job, value or line holds its hash; the JSON of a record may go on mentioning it.
// One that is gone already is no error.
func (s *Store) DropBlob(h Hash) error {
	if !h.Valid() {
		return fmt.Errorf("drop blob %q: %w", h, ErrNotFound)
	}
	s.blobs.collecting.Lock()
	defer s.blobs.collecting.Unlock()
	named, err := s.namedBlobs(context.Background())
	if err != nil {
		return fmt.Errorf("drop blob %s: %w", h, err)
	}
	if named[h] >= meant {
		return fmt.Errorf("drop blob %s: %w", h, invalid("still named"))
	}
	s.blobs.mu.Lock()
	defer s.blobs.mu.Unlock()
	delete(s.blobs.fresh, h)
	if err := os.Remove(s.BlobPath(h)); err != nil && !os.IsNotExist(err) {
		return fmt.Errorf("drop blob %s: %w", h, err)
	}
	return syncDir(filepath.Dir(s.BlobPath(h)))
}

// names maps blobs to the strongest way in which they are named.
type names map[Hash]naming

type naming int

const (
	mentioned naming = iota + 1 // looks like a hash in the JSON of a record
	meant                       // looks like a hash in a job, a value or a line
	listed                      // a record lists it among its blobs
)

func (n names) add(h Hash, how naming) { n[h] = max(n[h], how) }

func (s *Store) namedBlobs(ctx context.Context) (found names, err error) {
	err = s.View(func(tx *Tx) (err error) {
		found, err = tx.namedBlobs(ctx)
		return err
	})
	return found, err
}

// namedBlobs reads every name. Any damage ends it: who cannot read all names
// must not remove anything.
func (tx *Tx) namedBlobs(ctx context.Context) (names, error) {
	found := names{}
	for _, name := range []string{bucketRegisters, bucketJobs, bucketValues, bucketRecords} {
		for p, err := range tx.scan(span{bucket: name}) {
			if err == nil {
				err = ctx.Err()
			}
			if err != nil {
				return nil, err
			}
			payload, err := unseal(name, p.key, p.value)
			if err == nil && name == bucketRecords {
				err = found.addRecord(payload, &tx.s.squeezer)
			} else if err == nil {
				found.addText(payload, meant)
			}
			if err != nil {
				return nil, err
			}
		}
	}
	return found, nil
}

func (n names) addRecord(payload []byte, z *squeezer) error {
	r, err := decodeStored(payload, z)
	for _, h := range r.blobs {
		n.add(h, listed)
	}
	n.addText(r.payload, mentioned)
	return err
}

// addText adds every run of exactly 64 hex digits.
func (n names) addText(b []byte, how naming) {
	start := 0
	for i := 0; i <= len(b); i++ {
		if i < len(b) && isHex(b[i]) {
			continue
		}
		if i-start == 2*hashSize {
			n.add(Hash(b[start:i]), how)
		}
		start = i + 1
	}
}

// sweep removes temporary files that a crash left behind. Younger ones may belong
// to a process that is at work.
func (s *Store) sweep() {
	for _, pattern := range []string{newPattern, filepath.Join(blobFolder, blobPattern)} {
		found, _ := filepath.Glob(filepath.Join(escapeGlob(s.dir), pattern)) // the pattern is ours and right
		for _, path := range found {
			info, err := os.Lstat(path)
			if err == nil && time.Since(info.ModTime()) > orphanAge {
				_ = os.Remove(path)
			}
		}
	}
}
