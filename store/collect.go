package store

import (
	"fmt"
	"os"
	"path/filepath"
)

// CollectBlobs removes the blobs that nothing names and that are older than a
// day, and returns how many. Named is what a record lists, and whatever has the
// form of a hash inside a job, a value or a register line.
func (s *Store) CollectBlobs() (int, error) {
	var named map[Hash]struct{}
	err := s.View(func(tx *Tx) (err error) {
		named, err = tx.namedBlobs()
		return err
	})
	if err != nil {
		return 0, fmt.Errorf("collect blobs: %w", err)
	}
	files, err := filepath.Glob(filepath.Join(escapeGlob(s.dir), blobFolder, "??", "*"))
	if err != nil {
		return 0, err
	}
	removed := 0
	for _, path := range files {
		h := Hash(filepath.Base(path))
		if _, ok := named[h]; ok || !h.Valid() {
			continue
		}
		if s.removeOrphan(h) {
			removed++
		}
	}
	return removed, nil
}

// removeOrphan removes a blob unless it is young or was put since Open: it may
// have been put, and even named, after the names were read.
func (s *Store) removeOrphan(h Hash) bool {
	s.blobs.mu.Lock()
	defer s.blobs.mu.Unlock()
	if _, ok := s.blobs.fresh[h]; ok {
		return false
	}
	info, err := os.Lstat(s.BlobPath(h))
	if err != nil || s.clock().Sub(info.ModTime()) <= orphanAge {
		return false
	}
	return os.Remove(s.BlobPath(h)) == nil
}

// namedBlobs reads every name. Any damage ends it: who cannot read all names
// must not remove anything.
func (tx *Tx) namedBlobs() (map[Hash]struct{}, error) {
	named := map[Hash]struct{}{}
	for _, name := range valueBuckets() {
		for p, err := range tx.scan(span{bucket: name}) {
			if err != nil {
				return nil, err
			}
			payload, err := unseal(name, p.key, p.value)
			if err != nil {
				return nil, err
			}
			if name != bucketRecords {
				findHashes(payload, named)
				continue
			}
			r, err := decodeStored(payload)
			if err != nil {
				return nil, err
			}
			for _, h := range r.blobs {
				named[h] = struct{}{}
			}
		}
	}
	return named, nil
}

// findHashes adds every run of exactly 64 hex digits.
func findHashes(b []byte, into map[Hash]struct{}) {
	start := 0
	for i := 0; i <= len(b); i++ {
		if i < len(b) && isHex(b[i]) {
			continue
		}
		if i-start == 2*hashSize {
			into[Hash(b[start:i])] = struct{}{}
		}
		start = i + 1
	}
}
