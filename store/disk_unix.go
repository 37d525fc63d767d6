//go:build !windows

package store

import (
	"os"
	"syscall"
)

// fullErrors: no space, a quota, or a limit on the size of a file.
func fullErrors() []syscall.Errno {
	return []syscall.Errno{syscall.ENOSPC, syscall.EDQUOT, syscall.EFBIG}
}

// syncDir makes the names inside a folder durable.
func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	defer d.Close()
	return d.Sync()
}

// unlock gives up bbolt's lock. Closing is not enough: the mapping that bbolt leaves
// behind when it panics keeps the file, and the file keeps the lock.
func unlock(f *os.File) { _ = syscall.Flock(int(f.Fd()), syscall.LOCK_UN) }
