package signer

import (
	"context"
	"fmt"
	"time"

	"github.com/miekg/pkcs11"
)

// triesOf joins what the token's flags say with our own count of wrong PINs.
// Only the token itself can say "locked": our count alone never bars a stick
// for good, since the issuer may have unlocked it meanwhile.
func triesOf(flags uint, wrong int) Tries {
	switch {
	case flags&pkcs11.CKF_USER_PIN_LOCKED != 0:
		return TriesLocked
	case flags&pkcs11.CKF_USER_PIN_FINAL_TRY != 0, wrong >= MaxTries-1:
		return TriesFinal
	case flags&pkcs11.CKF_USER_PIN_COUNT_LOW != 0, wrong > 0:
		return TriesLow
	}
	return TriesOK
}

// triesLeft estimates the attempts left out of MaxTries.
func triesLeft(t Tries, wrong int) int {
	switch t {
	case TriesLocked:
		return 0
	case TriesFinal:
		return 1
	case TriesLow:
		return max(1, MaxTries-max(1, wrong))
	}
	return MaxTries
}

// login is one attempt to log in to a slot with one PIN.
type login struct {
	session pkcs11.SessionHandle
	slot    uint
	serial  string // of the token
	user    uint   // CKU_USER, or CKU_CONTEXT_SPECIFIC for one signature
	pin     PIN
	pad     bool // the PIN is typed on the reader; ours is not sent
	guard   Guard
}

// attempt sends the PIN at most once.
//
// The attempt is counted before it is made and taken back when the PIN was
// right: a power cut or a hanging driver in between must not hide it. A PIN
// that cannot be counted is not sent.
func (l login) attempt(ctx context.Context, d library) error {
	if l.user == pkcs11.CKU_USER {
		if in, err := loggedIn(d, l.session); err != nil || in {
			return err
		}
	}
	if err := l.allowed(ctx, d); err != nil {
		return err
	}
	if len(l.pin) == 0 && !l.pad {
		return l.refused(d) // an empty entry never costs an attempt
	}
	if err := ctx.Err(); err != nil {
		return err // the holder has left; a late PIN is not theirs any more
	}
	if err := l.note(true); err != nil {
		return fmt.Errorf("count the PIN attempt on token %s: %w", l.serial, err)
	}
	err := d.Login(l.session, l.user, l.sent())
	switch {
	case err == nil, isCode(err, pkcs11.CKR_USER_ALREADY_LOGGED_IN):
		if err := l.note(false); err != nil {
			return fmt.Errorf("reset the PIN count of token %s: %w", l.serial, err)
		}
		return nil
	case isCode(err, pkcs11.CKR_PIN_INCORRECT, pkcs11.CKR_PIN_LEN_RANGE, pkcs11.CKR_PIN_INVALID):
		return l.refused(d)
	case isCode(err, pkcs11.CKR_PIN_LOCKED):
		return &PINError{Tries: TriesLocked}
	}
	return fmt.Errorf("log in to token %s: %w", l.serial, deviceError(err))
}

// sent is what goes to the device: nil lets its reader ask for the PIN.
func (l login) sent() []byte {
	if l.pad {
		return nil
	}
	return l.pin
}

// allowed reads the token's flags and our count and says whether the PIN may
// be sent.
func (l login) allowed(ctx context.Context, d library) error {
	tries, wrong, err := l.tries(d)
	if err != nil {
		return err
	}
	switch tries {
	case TriesLocked:
		return &PINError{Tries: TriesLocked}
	case TriesFinal:
		if !finalTryConfirmed(ctx) {
			return fmt.Errorf("token %s after %d wrong PINs: %w", l.serial, wrong, ErrFinalTry)
		}
	}
	return nil
}

// refused builds the error of a wrong PIN, with the flags as they are now.
func (l login) refused(d library) error {
	tries, wrong, err := l.tries(d)
	if err != nil {
		tries = triesOf(0, wrong)
	}
	return &PINError{Tries: tries, Left: triesLeft(tries, wrong)}
}

// tries reads both sources.
func (l login) tries(d library) (Tries, int, error) {
	wrong := 0
	if l.guard != nil {
		var err error
		if wrong, err = l.guard.Wrong(l.serial); err != nil {
			return "", 0, fmt.Errorf("read the PIN count of token %s: %w", l.serial, err)
		}
	}
	info, err := d.GetTokenInfo(l.slot)
	if err != nil {
		return "", wrong, fmt.Errorf("read the state of token %s: %w", l.serial, deviceError(err))
	}
	return triesOf(info.Flags, wrong), wrong, nil
}

func (l login) note(wrong bool) error {
	if l.guard == nil {
		return nil
	}
	return l.guard.Note(l.serial, wrong)
}

// loggedIn reports whether this process is logged in to the session's token.
func loggedIn(d library, session pkcs11.SessionHandle) (bool, error) {
	info, err := d.GetSessionInfo(session)
	if err != nil {
		return false, fmt.Errorf("read the session's state: %w", deviceError(err))
	}
	return info.State == pkcs11.CKS_RO_USER_FUNCTIONS || info.State == pkcs11.CKS_RW_USER_FUNCTIONS, nil
}

// deviceError gives a pulled-out stick its class.
func deviceError(err error) error {
	if isCode(err, pkcs11.CKR_DEVICE_REMOVED, pkcs11.CKR_TOKEN_NOT_PRESENT,
		pkcs11.CKR_SESSION_HANDLE_INVALID, pkcs11.CKR_SESSION_CLOSED, pkcs11.CKR_SLOT_ID_INVALID,
		pkcs11.CKR_TOKEN_NOT_RECOGNIZED) {
		return fmt.Errorf("%w: %w", ErrNoToken, err)
	}
	return err
}

// place is where a token was found.
type place struct {
	slot uint
	pad  bool // its reader asks for the PIN
}

// limit is how long a conversation with a login in it may take.
func (p place) limit() time.Duration {
	if p.pad {
		return padLimit
	}
	return signLimit
}

// find looks for the token with a serial number: ErrNoToken when no slot of the
// module has it.
func find(ctx context.Context, m *module, serial string) (place, error) {
	return do(ctx, m, askLimit, func(d library) (place, error) {
		slots, err := d.GetSlotList(true)
		if err != nil {
			return place{}, fmt.Errorf("module %s: list slots: %w", m.path, err)
		}
		for _, s := range slots {
			info, err := d.GetTokenInfo(s)
			if err == nil && cleanText(info.SerialNumber) == serial {
				return place{slot: s, pad: hasPad(info)}, nil
			}
		}
		return place{}, ErrNoToken
	})
}

func hasPad(info pkcs11.TokenInfo) bool {
	return info.Flags&pkcs11.CKF_PROTECTED_AUTHENTICATION_PATH != 0
}

// openSlot logs in and finds the key, all in one conversation so that nobody
// else's attempt comes between the flags and the PIN.
func openSlot(ctx context.Context, m *module, at place, ref tokenRef, pin PIN, guard Guard) (Key, error) {
	key, err := do(ctx, m, at.limit(), func(d library) (*tokenKey, error) {
		k := &tokenKey{module: m, library: d, place: at, ref: ref, guard: guard, pin: append(PIN(nil), pin...)}
		err := k.open(ctx, d)
		if err != nil || !k.always {
			k.dropPIN()
		}
		return k, err
	})
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", ref, err)
	}
	return key, nil
}
