package ui

import (
	"context"
	"image"
	"io"
	"time"

	"vanthu/inbox"
	"vanthu/internal/document"
	"vanthu/internal/viet"
	"vanthu/outbox"
)

// Options is what the screens need from outside. Inbox, Outbox and Clock must be set;
// a nil Link, Keys, Agencies or Files takes the acts that need it off the screen, each
// saying why.
type Options struct {
	Inbox  *inbox.Desk
	Outbox *outbox.Desk

	Office  string   // name on the status line
	Units   []string // units and officers a document can be handed to
	Leaders []Leader
	SealKey string // Ref of the agency's key, offered first when sealing

	Link     Link
	Keys     Keys
	Agencies Agencies
	Files    Files

	// Explain says in Vietnamese what an error means and what to do next. It is asked
	// only for errors that are not a *document.Problem already.
	Explain func(error) (what, next string)

	// Pages counts the pages of a PDF; nil leaves the count off the signing dialog.
	Pages func(ctx context.Context, pdf []byte) (int, error)

	// Picture draws a page (from 1) of a PDF at so many points to the inch; nil leaves
	// the places of number, date, signature and seal unseen.
	Picture func(ctx context.Context, pdf []byte, page int, dpi float64) (image.Image, error)

	// Reason says in Vietnamese what a code word of a signature report means.
	Reason func(code string) string

	// Ready is called once, beside the screen, when the first screen has its data: the
	// moment to begin work that would compete with it. It may be nil.
	Ready func()

	Clock    document.Clock
	Hint     string      // shown on the board and where a PIN is asked for; the practice office names its PIN
	Practice bool        // a practice office: marked, and the link can be cut by a key
	Typing   viet.Method // how Vietnamese is typed at first; F2 changes it
	Env      []string    // environment of the terminal; nil is the process's own
}

// Leader is one person who signs for the office.
type Leader struct {
	document.Signer
	Key string // Ref of the person's key, offered first when signing
}

// Agencies is the directory of bodies on the axis.
type Agencies interface {
	// Find returns at most limit bodies for a query without regard to accents; those no
	// longer in force come last.
	Find(ctx context.Context, query string, limit int) ([]Body, error)
	// Note is what became of the body under a code, in Vietnamese; "" while it is in
	// force, or not known.
	Note(code document.Code) (string, error)
}

// Body is one entry of the directory.
type Body struct {
	document.Agency
	Note  string            // what became of it, in Vietnamese; "" while it is in force
	Heirs []document.Agency // who takes its documents now
}

// Files is the disk as far as a clerk reaches it.
type Files interface {
	// Complete lists what a path being typed may become, folders with a slash at the
	// end, at most limit.
	Complete(path string, limit int) ([]string, error)
	// Open reads a file; name is its last element.
	Open(path string) (r io.ReadCloser, name string, size int64, err error)
	// SaveDir is the folder first offered for saving.
	SaveDir() string
}

// Keys finds and opens signing keys.
type Keys interface {
	List(ctx context.Context) ([]KeyInfo, error)
	// Open asks the key for use. The PIN is the caller's to wipe. A wrong one is a
	// *PINError; it is never tried twice.
	Open(ctx context.Context, ref string, pin []byte) (Key, error)
}

// Key is an opened signing key; Close it after use.
type Key interface {
	outbox.Key
	Close() error
}

// KeyInfo is a key as the clerk chooses it.
type KeyInfo struct {
	Ref                  string // names the key for Open
	Label                string // as written on the token
	Holder, Organization string // as in the certificate
	Serial               string // of the token or the certificate
	Soft                 bool   // a file, not a device
	NotAfter             time.Time
	Tries                string // tries left in words, "" when the device does not say
	Locked               bool
	Final                bool // one try is left
	Pad                  bool // the PIN is typed on the reader's own keys, never here
}

// LastTry is what Keys may also have: Open refuses to spend the last try of a PIN with a
// *PINError that says Final; OpenLast spends it, after the clerk was told what it means.
type LastTry interface {
	OpenLast(ctx context.Context, ref string, pin []byte) (Key, error)
}

// PINError is a PIN the key did not take.
type PINError struct {
	Left   int // tries left, -1 when unknown
	Locked bool
	Final  bool // not tried: it would have been the last try
}

func (e *PINError) Error() string { return "wrong PIN" }
