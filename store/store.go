package store

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"sync"
	"syscall"
	"time"

	bolt "go.etcd.io/bbolt"
)

const (
	fileName = "vanthu.db"
	// lockWait is how long Open tries for the lock. Long enough for a command
	// that is just ending, short enough not to look like a hang.
	lockWait = 300 * time.Millisecond
	// mapSize is mapped at once so that a growing file need not be mapped anew,
	// which would wait for every reader. It is address space, not memory.
	mapSize = 256 << 20
	// growBy is how much a full file grows at once, for one more fsync. With a large
	// mapping bbolt would take 16 MB even for an empty store.
	growBy = 4 << 20
)

// Options say how to open a store. The zero value is for real use.
type Options struct {
	// Clock gives the time of journal entries, lines and jobs; time.Now when nil.
	Clock func() time.Time
}

// Store is an open store. One process has it at a time.
type Store struct {
	dir   string
	clock func() time.Time
	db    *bolt.DB
	file  *os.File   // the one db has open
	write sync.Mutex // held while writing or checking
	blobs blobGate
	watch watchers

	squeezer squeezer

	mu     sync.Mutex
	broken error // set when bbolt panicked while writing: its locks cannot be trusted
}

// Open opens the store in dir and makes it when there is none. It returns
// ErrLocked when another process has it, ErrNewer when a newer program wrote it,
// ErrDamaged when it cannot be read, ErrFull when there is no room.
func Open(dir string, o Options) (*Store, error) {
	s := &Store{dir: dir, clock: o.Clock}
	if s.clock == nil {
		s.clock = time.Now
	}
	if err := s.open(); err != nil {
		return nil, fmt.Errorf("open store %s: %w", dir, err)
	}
	return s, nil
}

func (s *Store) open() error {
	path := filepath.Join(s.dir, fileName)
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		if err := create(s.dir); err != nil {
			return classify(err)
		}
	case err != nil:
		return err
	case info.Size() == 0: // bbolt would take it for new and write it in place
		return damaged("%s is empty", fileName)
	}
	if s.db, s.file, err = openFile(path); err != nil {
		return err
	}
	if err := s.prepare(); err != nil {
		_ = s.Close()
		return err
	}
	return nil
}

// prepare finishes opening, now that the lock is ours.
func (s *Store) prepare() error {
	if err := s.refuseShort(); err != nil {
		return err
	}
	if err := s.upgrade(formatVersion, upgradeStep); err != nil {
		return err
	}
	s.sweep()
	return nil
}

// refuseShort finds a file that was cut below its last page in use: reading on
// would fault somewhere, sometime.
func (s *Store) refuseShort() error {
	return guard(func() error {
		return s.db.View(func(b *bolt.Tx) error {
			info, err := os.Stat(s.db.Path())
			if err == nil && info.Size() < b.Size() {
				err = damaged("%s has %d bytes of %d", fileName, info.Size(), b.Size())
			}
			return err
		})
	})
}

// openFile opens an existing bbolt file. When bbolt panics it leaves the file
// open and locked, so the file is caught on the way in and closed here.
func openFile(path string) (db *bolt.DB, file *os.File, err error) {
	o := &bolt.Options{
		Timeout:      lockWait,
		FreelistType: bolt.FreelistMapType,
		NoStatistics: true,
		OpenFile: func(name string, flag int, mode os.FileMode) (*os.File, error) {
			var err error
			file, err = os.OpenFile(name, flag&^os.O_CREATE, mode)
			return file, err
		},
	}
	if runtime.GOOS != "windows" { // there the file itself would get this size
		o.InitialMmapSize = mapSize
	}
	err = guard(func() (err error) {
		if db, err = bolt.Open(path, 0o600, o); err == nil {
			db.AllocSize = growBy
		}
		return err
	})
	if err != nil && file != nil {
		abandon(file)
		err = unreadable(err)
	}
	return db, file, err
}

// abandon closes a file bbolt could not open. It may have closed it itself.
func abandon(f *os.File) {
	if _, err := f.Stat(); err == nil {
		unlock(f)
		_ = f.Close()
	}
}

// unreadable classes what bbolt says only in words about a file that could be
// opened: it cannot make sense of it. Errors of the system keep their class.
func unreadable(err error) error {
	var system syscall.Errno
	if errors.As(err, &system) || errors.Is(err, ErrLocked) || errors.Is(err, ErrDamaged) {
		return err
	}
	return fmt.Errorf("%w: %w", ErrDamaged, err)
}

// Close waits for running transactions and gives the store back. The store is
// useless afterwards; closing twice is harmless.
func (s *Store) Close() error {
	if s.failure() != nil { // bbolt's own locks may be held for ever: its Close could hang
		abandon(s.file)
		return nil
	}
	return guard(s.db.Close)
}

// Dir is the folder the store lives in.
func (s *Store) Dir() string { return s.dir }

func (s *Store) failure() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.broken
}

func (s *Store) fail(err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.broken = err
}
