package store

import (
	"errors"
	"fmt"
)

// Classes of errors at opening.
var (
	// ErrLocked: another process has the store open.
	ErrLocked = errors.New("store is open in another process")
	// ErrNewer: the store was written by a newer version of the program.
	ErrNewer = errors.New("store was written by a newer version")
	// ErrExists: there is a store already where one was to be restored.
	ErrExists = errors.New("a store is there already")
	// ErrClosed: the store was closed, or a Tx was used after its function returned.
	ErrClosed = errors.New("store is closed")
)

// Classes of errors at reading and writing.
var (
	// ErrDamaged: bytes on disk are not what was written.
	ErrDamaged = errors.New("store is damaged")
	// ErrFull: the disk is full; nothing was written and the store stays usable.
	ErrFull = errors.New("disk is full")
	// ErrNotFound: no such record, line, job, value or blob.
	ErrNotFound = errors.New("not found")
	// ErrReadOnly: a write inside View, or a register line inside Maintain.
	ErrReadOnly = errors.New("transaction may not write this")
	// ErrInvalid: the caller handed over something the store cannot keep
	// (empty kind or key, an index value too long, a job without a kind …).
	ErrInvalid = errors.New("invalid argument")
	// ErrTooLarge: a blob is larger than its limit; nothing was kept.
	ErrTooLarge = errors.New("too large")
)

// Classes of errors of the registers.
var (
	// ErrDateOrder: the date lies before the date of the last line.
	ErrDateOrder = errors.New("date before the last line of the register")
	// ErrVoid: the line was voided before and stays as it is.
	ErrVoid = errors.New("register line is void")
	// ErrStarted: the book has lines, so its opening number stands.
	ErrStarted = errors.New("register was started before")
)

func invalid(format string, args ...any) error {
	return fmt.Errorf("%w: %s", ErrInvalid, fmt.Sprintf(format, args...))
}

func damaged(format string, args ...any) error {
	return fmt.Errorf("%w: %s", ErrDamaged, fmt.Sprintf(format, args...))
}
