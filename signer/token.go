package signer

import (
	"context"
	"encoding/hex"
	"fmt"
	"net/url"
	"strings"
)

// A token is named by what is printed in it, never by its slot: slots move
// when a stick is plugged in elsewhere. The reference reads
// "token:SERIAL/ID", SERIAL the token's serial number (path-escaped), ID the
// certificate's CKA_ID in hex. "token:SERIAL" means "its only signing key".
const tokenScheme = "token:"

// tokenRef is a parsed "token:SERIAL/ID".
type tokenRef struct {
	serial string
	id     []byte // nil: the only key
}

// String writes the reference as KeyInfo.Ref carries it.
func (r tokenRef) String() string {
	s := tokenScheme + url.PathEscape(r.serial)
	if len(r.id) > 0 {
		s += "/" + hex.EncodeToString(r.id)
	}
	return s
}

// parseTokenRef reads a reference; anything else is ErrNoToken.
func parseTokenRef(ref string) (tokenRef, error) {
	rest, ok := strings.CutPrefix(ref, tokenScheme)
	if !ok || rest == "" {
		return tokenRef{}, fmt.Errorf("token reference %q: %w", ref, ErrNoToken)
	}
	serial, id, _ := strings.Cut(rest, "/")
	var r tokenRef
	var err error
	if r.serial, err = url.PathUnescape(serial); err != nil {
		return tokenRef{}, fmt.Errorf("token reference %q: %w", ref, ErrNoToken)
	}
	if r.id, err = hex.DecodeString(id); err != nil {
		return tokenRef{}, fmt.Errorf("token reference %q: %w", ref, ErrNoToken)
	}
	return r, nil
}

// ListTokens lists the signing certificates on every plugged-in token that
// the modules reach, read without a PIN. A module that cannot be asked is
// passed over as long as another answers; ScanModules says what was wrong.
func ListTokens(ctx context.Context, modules []string) ([]KeyInfo, error) {
	return processTable.list(ctx, modules)
}

// ScanModules asks every module and reports on each one, for the token check
// of a clerk whose stick does not show up.
func ScanModules(ctx context.Context, modules []string) []ModuleReport {
	return processTable.scan(ctx, modules)
}

// OpenToken logs in to the token named by ref and opens its key.
//
// The PIN is tried at most once, after the token's own flags and guard's
// count have been read: a locked token is left alone (ErrLocked); the last
// attempt is spent only when ctx comes from ConfirmFinalTry (ErrFinalTry);
// a refused PIN comes back as a *PINError and is never tried again. When the
// token already holds a login of this process the PIN is not sent at all.
// guard may be nil. The caller wipes the PIN; for a key that wants its PIN at
// every signature (CKA_ALWAYS_AUTHENTICATE) a copy lives until Close.
func OpenToken(ctx context.Context, modules []string, ref string, pin PIN, guard Guard) (Key, error) {
	r, err := parseTokenRef(ref)
	if err != nil {
		return nil, err
	}
	return processTable.open(ctx, modules, r, pin, guard)
}
