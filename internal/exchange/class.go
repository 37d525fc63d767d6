package exchange

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"syscall"

	"vanthu/internal/axis"
	"vanthu/internal/courier"
	"vanthu/outbox"
	"vanthu/store"
)

// classify wraps an error into the courier's class for it. An error that has a
// class, and the end of the caller's context, stay as they are.
func classify(err error) error {
	if err == nil || errors.Is(err, context.Canceled) || classed(err) {
		return err
	}
	return fmt.Errorf("%w: %w", class(err), err)
}

func classed(err error) bool {
	for _, c := range []error{
		courier.ErrOffline, courier.ErrBusy, courier.ErrRejected,
		courier.ErrNeedsClerk, courier.ErrBroken, courier.ErrConflict, courier.ErrFull,
	} {
		if errors.Is(err, c) {
			return true
		}
	}
	return false
}

func class(err error) error {
	var rejected *axis.Rejected
	var malformed *json.SyntaxError
	switch {
	case errors.As(err, &rejected):
		return rejection(rejected)
	case errors.Is(err, axis.ErrOffline), errors.Is(err, context.DeadlineExceeded):
		return courier.ErrOffline
	case errors.Is(err, store.ErrFull), errors.Is(err, syscall.ENOSPC), errors.Is(err, syscall.EDQUOT):
		return courier.ErrFull
	case errors.Is(err, axis.ErrTooLarge), errors.Is(err, store.ErrTooLarge), errors.Is(err, store.ErrDamaged), errors.Is(err, axis.ErrValue):
		return courier.ErrNeedsClerk
	case errors.As(err, &malformed), errors.Is(err, store.ErrNotFound):
		return courier.ErrBroken
	case errors.Is(err, outbox.ErrConflict):
		return courier.ErrConflict
	}
	return courier.ErrBusy
}

// rejection splits what the axis refuses: our credentials and registration are
// the office's to mend, the rest will never pass; unexplained codes may.
func rejection(r *axis.Rejected) error {
	switch {
	case r.Code == axis.CodeWrongSecret || r.Code == axis.CodeUnknownSender:
		return courier.ErrNeedsClerk
	case r.Permanent():
		return courier.ErrRejected
	}
	return courier.ErrBusy
}
