package signer

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"sync"
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

// List lists the signing certificates on every plugged-in token that the
// modules reach, read without a PIN. A module that cannot be asked is passed over
// as long as another answers; Scan says what was wrong.
func (t *Tokens) List(ctx context.Context, modules []string) ([]KeyInfo, error) {
	var keys []KeyInfo
	var errs []error
	seen := map[string]bool{}
	for _, report := range t.Scan(ctx, modules) {
		if report.Err != nil {
			errs = append(errs, report.Err)
		}
		for _, k := range report.Keys {
			if !seen[k.Ref] { // one stick may answer to two drivers
				seen[k.Ref] = true
				keys = append(keys, k)
			}
		}
	}
	if len(errs) > 0 && len(errs) == len(modules) {
		return nil, fmt.Errorf("list tokens: %w", errors.Join(errs...))
	}
	return keys, nil
}

// Scan asks every module, all at the same time, and reports on each one, for the
// token check of a clerk whose stick does not show up: one that hangs must not
// hide the stick that answers.
func (t *Tokens) Scan(ctx context.Context, modules []string) []ModuleReport {
	reports := make([]ModuleReport, len(modules))
	var wait sync.WaitGroup
	for i, path := range modules {
		wait.Go(func() { reports[i] = scanModule(ctx, t.get(path)) })
	}
	wait.Wait()
	return reports
}

// Open logs in to the token named by ref, in whatever slot of whatever module,
// and opens its key.
//
// The PIN is tried at most once, after the token's own flags and guard's
// count have been read: a locked token is left alone (ErrLocked); the last
// attempt is spent only when ctx comes from ConfirmFinalTry (ErrFinalTry);
// a refused PIN comes back as a *PINError and is never tried again. When the
// token already holds a login of these Tokens the PIN is not sent at all.
// A token whose reader asks for the PIN (KeyInfo.Pad) is not sent pin at all; its
// holder has a minute to type. guard may be nil. The caller wipes the PIN; for a key that wants its PIN at
// every signature (CKA_ALWAYS_AUTHENTICATE) a copy lives until Close.
func (t *Tokens) Open(ctx context.Context, modules []string, ref string, pin PIN, guard Guard) (Key, error) {
	r, err := parseTokenRef(ref)
	if err != nil {
		return nil, err
	}
	var last error
	for _, path := range modules {
		m := t.get(path)
		at, err := find(ctx, m, r.serial)
		if err == nil {
			return openSlot(ctx, m, at, r, pin, guard)
		}
		if !errors.Is(err, ErrNoToken) {
			last = err
		}
	}
	if last != nil {
		return nil, fmt.Errorf("open %s: %w: %w", r, ErrNoToken, last)
	}
	return nil, fmt.Errorf("open %s: %w", r, ErrNoToken)
}
