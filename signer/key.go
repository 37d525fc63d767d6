package signer

import (
	"context"
	"crypto"
	"crypto/x509"
	"errors"
	"fmt"
	"time"
)

// Classes of what can go wrong with a key. The caller asks with errors.Is.
var (
	// ErrPIN: the device refused the PIN. Always carried by a *PINError.
	ErrPIN = errors.New("wrong PIN")
	// ErrLocked: the device (or our own count of wrong PINs) allows no further attempt.
	ErrLocked = errors.New("token locked")
	// ErrFinalTry: one attempt is left and the caller has not confirmed that
	// it is to be spent (see ConfirmFinalTry).
	ErrFinalTry = errors.New("last PIN attempt not confirmed")
	// ErrNoToken: no plugged-in token, or no key file, answers to the reference.
	ErrNoToken = errors.New("no such token")
	// ErrNoKey: the token is there but holds no usable key for the certificate.
	ErrNoKey = errors.New("no such key")
	// ErrHung: the driver did not answer in time, or fell; its process has been
	// ended. What became of a PIN or a signature under way is not known.
	ErrHung = errors.New("token driver does not answer")
)

// Key is a private key that signs without ever leaving its device.
//
// A Key is safe for concurrent use; operations on one device are serialised.
type Key interface {
	// Info describes the key as it was when it was opened.
	Info() KeyInfo
	// Certificate is the signer's certificate, never nil.
	Certificate() *x509.Certificate
	// Chain holds the issuers' certificates found next to the key, nearest
	// first, without Certificate itself; it may be empty.
	Chain() []*x509.Certificate
	// Sign signs a digest made with h by exactly one device operation:
	// RSASSA-PKCS1-v1_5 for RSA, ASN.1 DER of (r, s) for ECDSA. It never
	// repeats an operation that failed.
	Sign(ctx context.Context, digest []byte, h crypto.Hash) ([]byte, error)
	// Close logs out and forgets the session. Calling it twice is harmless.
	Close() error
}

// KeyInfo describes a key and its certificate for a list to choose from.
type KeyInfo struct {
	Ref          string    // "token:SERIAL/ID" (both in hex or as printed on the token) or "file:PATH"
	Label        string    // the token's label or the file's name
	Holder       string    // common name of the certificate's subject
	Organization string    // organisation of the certificate's subject, may be empty
	Serial       string    // certificate serial number, upper-case hex
	Pad          bool      // the PIN is typed on the reader's own keys, never here
	Soft         bool      // the private key lies in a file: practice only
	NotAfter     time.Time // end of the certificate's validity
	Tries        Tries     // what the device says about the PIN attempts left
}

// Tries is what is known about the PIN attempts left on a token.
type Tries string

// The four answers, from PKCS#11's CKF_USER_PIN_* flags and our own counter.
const (
	TriesOK     Tries = "ok"
	TriesLow    Tries = "low"
	TriesFinal  Tries = "final"
	TriesLocked Tries = "locked"
)

// PIN is a secret typed by the holder. It is bytes and not a string so that
// it can be wiped.
type PIN []byte

// Zero wipes the PIN.
func (p PIN) Zero() { clear(p) }

// String keeps a PIN out of every formatted output.
func (p PIN) String() string { return "PIN(hidden)" }

// GoString keeps a PIN out of %#v.
func (p PIN) GoString() string { return p.String() }

// Format keeps a PIN out of %x, %d and every other verb.
func (p PIN) Format(f fmt.State, _ rune) { fmt.Fprint(f, p.String()) }

// MarshalText keeps a PIN out of JSON and logs.
func (p PIN) MarshalText() ([]byte, error) { return []byte(p.String()), nil }

// Guard is our own counter of wrong PINs for drivers that set no flags. The
// caller persists it, so that a restart does not forget an attempt.
type Guard interface {
	// Wrong returns how many wrong PINs in a row the token with this serial
	// number has been given.
	Wrong(serial string) (int, error)
	// Note records the outcome of one attempt: wrong adds one, a right PIN
	// sets the count back to zero.
	Note(serial string, wrong bool) error
}

// MaxTries is the number of wrong PINs after which Vietnamese public-service
// tokens lock (signing.md §5: three by the most cautious guide).
const MaxTries = 3

// PINError reports a refused PIN or a refusal to try one.
type PINError struct {
	Tries Tries // what the token says now
	Left  int   // attempts left, estimated out of MaxTries; 0 = locked, -1 = a file, which counts nothing
}

// Error implements error.
func (e *PINError) Error() string {
	if e.Tries == TriesLocked {
		return ErrLocked.Error()
	}
	if e.Left < 0 {
		return ErrPIN.Error()
	}
	return fmt.Sprintf("wrong PIN, about %d attempts left", e.Left)
}

// Unwrap gives ErrPIN, and ErrLocked too once the token is locked.
func (e *PINError) Unwrap() []error {
	if e.Tries == TriesLocked {
		return []error{ErrPIN, ErrLocked}
	}
	return []error{ErrPIN}
}

// finalTry is the context key of ConfirmFinalTry.
type finalTry struct{}

// ConfirmFinalTry marks ctx as carrying the holder's explicit word that the
// last PIN attempt may be spent. Without it Tokens.Open answers ErrFinalTry.
// It travels in the context because it belongs to one act of one person and
// must never be stored with the office's settings.
func ConfirmFinalTry(ctx context.Context) context.Context {
	return context.WithValue(ctx, finalTry{}, true)
}

// finalTryConfirmed reports whether ctx came from ConfirmFinalTry.
func finalTryConfirmed(ctx context.Context) bool {
	ok, _ := ctx.Value(finalTry{}).(bool)
	return ok
}
