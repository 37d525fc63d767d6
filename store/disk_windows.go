package store

import (
	"os"
	"syscall"
)

// fullErrors: ERROR_HANDLE_DISK_FULL and ERROR_DISK_FULL (winerror.h).
func fullErrors() []syscall.Errno { return []syscall.Errno{39, 112} }

// syncDir does nothing: Windows cannot flush a folder, NTFS journals its names.
func syncDir(string) error { return nil }

// unlock does nothing: closing the file ends its locks.
func unlock(*os.File) {}
