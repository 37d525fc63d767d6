package store

import (
	"errors"
	"syscall"
)

// diskFull tells whether err says that there is no room.
func diskFull(err error) bool {
	const handleDiskFull, diskFull = syscall.Errno(39), syscall.Errno(112) // winerror.h
	return errors.Is(err, diskFull) || errors.Is(err, handleDiskFull)
}

// syncDir does nothing: Windows cannot flush a folder, NTFS journals its names.
func syncDir(string) error { return nil }
