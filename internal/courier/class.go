package courier

import (
	"context"
	"errors"
)

// The classes of errors. Handlers wrap them; an error of no class counts as
// ErrBusy, one whose deadline passed as ErrOffline, since slow is offline.
var (
	// ErrOffline: there is no link. Costs no try.
	ErrOffline = errors.New("offline")
	// ErrBusy: the other side cannot now; try again later, MaxTries times.
	ErrBusy = errors.New("busy")
	// ErrRejected: the other side refused for good; the job is held.
	ErrRejected = errors.New("rejected")
	// ErrNeedsClerk: somebody must decide or mend something; the job is held.
	ErrNeedsClerk = errors.New("needs the clerk")
	// ErrBroken: the bytes are broken; the job is held.
	ErrBroken = errors.New("broken")
	// ErrFull: this machine's disk has no room. Costs no try and is tried again
	// by itself: the clerk makes room, not the job right.
	ErrFull = errors.New("no room")
	// ErrConflict: something changed meanwhile; tried again like ErrBusy.
	ErrConflict = errors.New("conflict")
)

// Class names the class of an error for Job.Class and State.LastError: "offline",
// "busy", "rejected", "needs-clerk", "broken", "conflict", "full", "" for nil.
func Class(err error) string {
	switch {
	case err == nil:
		return ""
	case errors.Is(err, ErrFull):
		return "full"
	case errors.Is(err, ErrRejected):
		return "rejected"
	case errors.Is(err, ErrNeedsClerk):
		return "needs-clerk"
	case errors.Is(err, ErrBroken):
		return "broken"
	case errors.Is(err, ErrConflict):
		return "conflict"
	case errors.Is(err, ErrBusy):
		return "busy"
	case errors.Is(err, ErrOffline), errors.Is(err, context.DeadlineExceeded):
		return "offline"
	}
	return "busy"
}

// lasting tells whether trying again cannot help.
func lasting(class string) bool {
	return class == "rejected" || class == "needs-clerk" || class == "broken"
}
