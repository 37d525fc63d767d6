package store

import (
	"errors"
	"fmt"
	"io/fs"
	"runtime/debug"

	bolt "go.etcd.io/bbolt"
	bolterr "go.etcd.io/bbolt/errors"
)

// guard runs an access to bbolt. bbolt panics when it meets a page that cannot
// be, and touching a page beyond the end of a cut file is a memory fault; both
// become ErrDamaged here. Functions of callers never run inside guard: their
// panics are their own and must not be taken for damage.
func guard(access func() error) (err error) {
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	defer func() {
		if r := recover(); r != nil {
			err = damaged("%v", r)
		}
	}()
	return classify(access())
}

// classify puts an error of bbolt or the file system into its class.
func classify(err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, bolterr.ErrTimeout):
		return fmt.Errorf("%w: %v", ErrLocked, err)
	case errors.Is(err, bolterr.ErrDatabaseNotOpen), errors.Is(err, bolterr.ErrTxClosed), errors.Is(err, fs.ErrClosed):
		return fmt.Errorf("%w: %v", ErrClosed, err)
	case errors.Is(err, bolterr.ErrInvalid), errors.Is(err, bolterr.ErrChecksum),
		errors.Is(err, bolterr.ErrVersionMismatch), errors.Is(err, bolterr.ErrInvalidMapping):
		return fmt.Errorf("%w: %v", ErrDamaged, err)
	case diskFull(err):
		return fmt.Errorf("%w: %w", ErrFull, err)
	}
	return err
}

// bucket finds one of our buckets; only damage can make it missing.
func bucket(b *bolt.Tx, name string) (*bolt.Bucket, error) {
	found := b.Bucket([]byte(name))
	if found == nil {
		return nil, damaged("bucket %s is missing", name)
	}
	return found, nil
}
