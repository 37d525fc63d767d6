package store

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"time"
)

// Hash names a blob: the SHA-256 of its bytes in lower-case hex.
type Hash string

const (
	hashSize    = sha256.Size
	blobFolder  = "blobs"
	blobPattern = "new-*"
	orphanAge   = 24 * time.Hour
)

// MaxBlob is the size in bytes no blob may exceed, whatever the caller's limit.
const MaxBlob = 1 << 30

// Valid tells whether h has the form of a hash. Only such names reach the disk.
func (h Hash) Valid() bool {
	if len(h) != 2*hashSize {
		return false
	}
	for i := range len(h) {
		if !isHex(h[i]) {
			return false
		}
	}
	return true
}

func isHex(c byte) bool { return '0' <= c && c <= '9' || 'a' <= c && c <= 'f' }

// blobGate orders giving a blob its name against collecting orphans.
type blobGate struct {
	collecting sync.RWMutex // written while removing orphans, read while copying

	mu sync.Mutex
	// fresh is when a blob was put, on the process's own clock, which nobody can
	// set: for a day it is not collected, whatever the clock of the office says.
	fresh map[Hash]time.Time
}

// PutBlob keeps the bytes of r and returns their hash and size. The blob is
// durable on return. ErrTooLarge when there are more than limit bytes (limit ≤ 0:
// MaxBlob), ErrFull when the disk is; nothing is kept then. A record must name
// the blob within a day, or it may be collected after a restart.
func (s *Store) PutBlob(r io.Reader, limit int64) (Hash, int64, error) {
	if limit <= 0 || limit > MaxBlob {
		limit = MaxBlob
	}
	f, err := os.CreateTemp(filepath.Join(s.dir, blobFolder), blobPattern)
	if err != nil {
		return "", 0, fmt.Errorf("put blob: %w", classify(err))
	}
	defer os.Remove(f.Name())
	h, n, err := receive(f, r, limit)
	if err = errors.Join(err, f.Close()); err == nil {
		err = s.nameBlob(f.Name(), h)
	}
	if err != nil {
		return "", 0, fmt.Errorf("put blob: %w", classify(err))
	}
	return h, n, nil
}

// receive copies r to f, syncs f and returns the hash.
func receive(f *os.File, r io.Reader, limit int64) (Hash, int64, error) {
	sum := sha256.New()
	n, err := io.Copy(io.MultiWriter(f, sum), io.LimitReader(r, limit+1))
	switch {
	case err != nil:
		return "", 0, err
	case n > limit:
		return "", 0, fmt.Errorf("%w: more than %d bytes", ErrTooLarge, limit)
	}
	return Hash(hex.EncodeToString(sum.Sum(nil))), n, f.Sync()
}

// nameBlob gives a synced temporary file its name for good. A file that is there
// already stays when its bytes are right, but its age starts again.
func (s *Store) nameBlob(temporary string, h Hash) error {
	path := s.BlobPath(h)
	folder := filepath.Dir(path)
	s.blobs.mu.Lock()
	defer s.blobs.mu.Unlock()
	if err := s.makeFolder(folder); err != nil {
		return err
	}
	if verifyFile(path, h) != nil {
		if err := os.Rename(temporary, path); err != nil {
			return err
		}
	}
	now := s.clock()
	if err := os.Chtimes(path, now, now); err != nil {
		return err
	}
	if s.blobs.fresh == nil {
		s.blobs.fresh = map[Hash]time.Time{}
	}
	s.blobs.fresh[h] = time.Now()
	return syncDir(folder)
}

func (s *Store) makeFolder(folder string) error {
	err := os.Mkdir(folder, 0o700)
	if errors.Is(err, fs.ErrExist) {
		return nil
	}
	if err != nil {
		return err
	}
	return syncDir(filepath.Dir(folder))
}

// verifyFile reads the file and compares its hash.
func verifyFile(path string, h Hash) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	sum := sha256.New()
	if _, err := io.Copy(sum, f); err != nil {
		return err
	}
	if got := hex.EncodeToString(sum.Sum(nil)); got != string(h) {
		return damaged("blob %s holds other bytes", h)
	}
	return nil
}

// BlobPath is where the blob lies, whether it is there or not; "" when h is no
// hash.
func (s *Store) BlobPath(h Hash) string {
	if !h.Valid() {
		return ""
	}
	return filepath.Join(s.dir, blobFolder, string(h[:2]), string(h))
}

// OpenBlob opens a blob for reading; the caller closes it. ErrNotFound.
func (s *Store) OpenBlob(h Hash) (*os.File, error) {
	if !h.Valid() {
		return nil, fmt.Errorf("blob %q: %w", h, ErrNotFound)
	}
	f, err := os.Open(s.BlobPath(h))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("blob %s: %w", h, ErrNotFound)
	}
	if err != nil {
		return nil, fmt.Errorf("blob %s: %w", h, err)
	}
	return f, nil
}

// mustHave refuses names of blobs that are not there; those named before are
// left to Check, so that a lost file does not make its record unwritable.
func (s *Store) mustHave(blobs, before []Hash) error {
	known := map[Hash]bool{}
	for _, h := range before {
		known[h] = true
	}
	for _, h := range blobs {
		if known[h] {
			continue
		}
		if _, err := os.Stat(s.BlobPath(h)); err != nil {
			return fmt.Errorf("blob %s: %w", h, ErrNotFound)
		}
	}
	return nil
}
