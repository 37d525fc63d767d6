//go:build linux

package store

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// TestFullDisk runs fillUp in a process whose files may not grow.
func TestFullDisk(t *testing.T) {
	if err := child(t, "full", t.TempDir()).Run(); err != nil {
		t.Fatal(err)
	}
}

// fillUp meets the limit with commits and with a blob, goes on reading, gets room
// and goes on writing, and proves the store.
func fillUp(dir string) error {
	signal.Ignore(syscall.SIGXFSZ)
	s, err := Open(dir, Options{})
	if err != nil {
		return err
	}
	info, err := os.Stat(filepath.Join(dir, fileName))
	if err != nil {
		return err
	}
	restore, err := limitFiles(uint64(info.Size()) + 64<<10)
	if err != nil {
		return err
	}
	done, err := untilFull(s)
	if err != nil {
		return err
	}
	if _, _, err := s.PutBlob(strings.NewReader(strings.Repeat("x", 8<<20)), 9<<20); !errors.Is(err, ErrFull) {
		return fmt.Errorf("blob on a full disk: %w", err)
	}
	left, err := filepath.Glob(filepath.Join(dir, blobFolder, blobPattern))
	if err != nil || len(left) != 0 {
		return fmt.Errorf("left behind: %v %w", left, err)
	}
	if err := restore(); err != nil {
		return err
	}
	return goesOn(s, done)
}

// limitFiles bounds the size of every file this process writes.
func limitFiles(size uint64) (restore func() error, err error) {
	var old syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_FSIZE, &old); err != nil {
		return nil, err
	}
	low := syscall.Rlimit{Cur: size, Max: old.Max}
	return func() error { return syscall.Setrlimit(syscall.RLIMIT_FSIZE, &old) }, syscall.Setrlimit(syscall.RLIMIT_FSIZE, &low)
}

// untilFull commits until ErrFull and returns how many commits succeeded.
func untilFull(s *Store) (int, error) {
	for n := 0; n < 10_000; n++ {
		err := putFull(s, n)
		switch {
		case errors.Is(err, ErrFull):
			return n, countFull(s, n)
		case err != nil:
			return 0, fmt.Errorf("commit %d: %w", n, err)
		}
	}
	return 0, errors.New("the disk never became full")
}

// putFull commits a record that does not deflate well.
func putFull(s *Store, n int) error {
	text := make([]byte, 4000)
	noise(rand.New(rand.NewPCG(uint64(n), 0)), text)
	return s.Update(Act{What: "put"}, func(tx *Tx) error {
		return tx.Put(note{ID: fmt.Sprintf("%05d", n), Text: fmt.Sprintf("%x", text)})
	})
}

// countFull finds exactly the n records that were acknowledged.
func countFull(s *Store, n int) error {
	return s.View(func(tx *Tx) error {
		if got := tx.Count("note", "", ""); got != n {
			return fmt.Errorf("%d records, %d acknowledged", got, n)
		}
		return nil
	})
}

func goesOn(s *Store, done int) error {
	for n := done; n < done+50; n++ {
		if err := putFull(s, n); err != nil {
			return fmt.Errorf("with room again: %w", err)
		}
	}
	if err := countFull(s, done+50); err != nil {
		return err
	}
	if faults, err := s.Check(); err != nil || len(faults) != 0 {
		return fmt.Errorf("check: %v %w", faults, err)
	}
	return s.Close()
}

// TestFullFileSystem does the same on a file system without room, where it may
// mount one.
func TestFullFileSystem(t *testing.T) {
	dir := t.TempDir()
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, "size=2m"); err != nil {
		t.Skipf("needs to mount a small tmpfs: %v", err)
	}
	t.Cleanup(func() {
		if err := syscall.Unmount(dir, 0); err != nil {
			t.Error(err)
		}
	})
	s, err := Open(dir, Options{})
	if err != nil {
		t.Fatal(err)
	}
	ballast := filepath.Join(dir, "ballast")
	if err := os.WriteFile(ballast, make([]byte, 1<<20), 0o600); err != nil {
		t.Fatal(err)
	}
	done, err := untilFull(s)
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := s.PutBlob(strings.NewReader(strings.Repeat("x", 1<<20)), 2<<20); !errors.Is(err, ErrFull) {
		t.Errorf("blob on a full disk: %v", err)
	}
	if err := os.Remove(ballast); err != nil {
		t.Fatal(err)
	}
	if err := goesOn(s, done); err != nil {
		t.Fatal(err)
	}
}
