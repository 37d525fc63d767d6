package signer

import (
	"context"
	"crypto"
	"crypto/sha256"
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"testing"

	"github.com/miekg/pkcs11"
)

var fakeModules = []string{"/fake.so"}

// openFake opens the fake's key by its certificate.
func openFake(ctx context.Context, f *fakeDriver, pin string, g Guard) (Key, error) {
	return f.tokens().Open(ctx, fakeModules, tokenRef{serial: f.serial, id: []byte{0xA1}}.String(), PIN(pin), g)
}

func TestTokenRefRoundTrip(t *testing.T) {
	for _, r := range []tokenRef{{serial: "0001"}, {serial: "VN 01/7", id: []byte{0xA1, 0}}, {serial: "số%", id: []byte{1}}} {
		got, err := parseTokenRef(r.String())
		if err != nil || got.String() != r.String() || got.serial != r.serial {
			t.Errorf("%q came back as %q, %v", r, got, err)
		}
	}
	for _, bad := range []string{"", "token:", "file:/x", "token:1/zz", "token:%zz"} {
		if _, err := parseTokenRef(bad); !errors.Is(err, ErrNoToken) {
			t.Errorf("%q: %v, want ErrNoToken", bad, err)
		}
	}
}

func TestTries(t *testing.T) {
	const low, final, locked = pkcs11.CKF_USER_PIN_COUNT_LOW, pkcs11.CKF_USER_PIN_FINAL_TRY, pkcs11.CKF_USER_PIN_LOCKED
	tests := []struct {
		flags uint
		wrong int
		want  Tries
		left  int
	}{
		{0, 0, TriesOK, 3},
		{0, 1, TriesLow, 2},
		{0, 2, TriesFinal, 1},
		{0, 9, TriesFinal, 1}, // our count alone never bars a token for good
		{low, 0, TriesLow, 2},
		{low, 1, TriesLow, 2},
		{low | final, 0, TriesFinal, 1},
		{low | final | locked, 0, TriesLocked, 0},
		{locked, 0, TriesLocked, 0},
	}
	for _, tt := range tests {
		got := triesOf(tt.flags, tt.wrong)
		if left := triesLeft(got, tt.wrong); got != tt.want || left != tt.left {
			t.Errorf("flags %#x, %d wrong: %s with %d left, want %s with %d", tt.flags, tt.wrong, got, left, tt.want, tt.left)
		}
	}
}

func TestRightPINResetsTheCount(t *testing.T) {
	f, g := newFake(t), newCount()
	g.wrong[f.serial] = 1
	key, err := openFake(t.Context(), f, "12345678", g)
	if err != nil {
		t.Fatal(err)
	}
	if g.wrong[f.serial] != 0 || f.logins != 1 {
		t.Errorf("count %d, logins %d", g.wrong[f.serial], f.logins)
	}
	if info := key.Info(); info.Holder != "Trần Thị Hà" || info.Soft || info.Label != "Token A" || info.Ref != "token:VN%2001%2F7/a1" {
		t.Errorf("info %+v", info)
	}
	if err := key.Close(); err != nil {
		t.Fatal(err)
	}
	if f.loggedIn || f.sessions != 0 {
		t.Errorf("after Close: logged in %v, %d sessions", f.loggedIn, f.sessions)
	}
	if _, err := key.Sign(t.Context(), make([]byte, 32), crypto.SHA256); !errors.Is(err, ErrNoToken) {
		t.Errorf("signing with a closed key: %v", err)
	}
}

// One entry of a wrong PIN is one attempt; the third is not made unasked.
func TestWrongPINIsSentOnceAndTheLastIsKept(t *testing.T) {
	f, g := newFake(t), newCount()
	for i, left := range []int{2, 1} {
		_, err := openFake(t.Context(), f, "00000000", g)
		var pe *PINError
		if !errors.As(err, &pe) || pe.Left != left {
			t.Fatalf("attempt %d: %v (%+v), want %d left", i+1, err, pe, left)
		}
		if f.logins != i+1 || f.sessions != 0 {
			t.Fatalf("attempt %d: %d logins, %d sessions", i+1, f.logins, f.sessions)
		}
	}
	if _, err := openFake(t.Context(), f, "12345678", g); !errors.Is(err, ErrFinalTry) || f.logins != 2 {
		t.Fatalf("the last attempt was spent unasked: %v, %d logins", err, f.logins)
	}
	key, err := openFake(ConfirmFinalTry(t.Context()), f, "12345678", g)
	if err != nil || f.logins != 3 {
		t.Fatalf("confirmed: %v, %d logins", err, f.logins)
	}
	key.Close()
	if g.wrong[f.serial] != 0 {
		t.Errorf("the count stays at %d after a right PIN", g.wrong[f.serial])
	}
}

func TestFlagsForbidTheAttempt(t *testing.T) {
	tests := []struct {
		name  string
		flags uint
		ctx   func(context.Context) context.Context
		want  error
	}{
		{"locked", pkcs11.CKF_USER_PIN_LOCKED, ConfirmFinalTry, ErrLocked},
		{"final", pkcs11.CKF_USER_PIN_FINAL_TRY, func(c context.Context) context.Context { return c }, ErrFinalTry},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			f, g := newFake(t), newCount()
			f.flags |= tt.flags
			_, err := openFake(tt.ctx(t.Context()), f, f.pin, g)
			if !errors.Is(err, tt.want) || f.logins != 0 || g.wrong[f.serial] != 0 {
				t.Errorf("%v, %d logins, count %d", err, f.logins, g.wrong[f.serial])
			}
		})
	}
}

func TestLockedByThisAttempt(t *testing.T) {
	f := newFake(t)
	f.onLogin = func() error { return pkcs11.Error(pkcs11.CKR_PIN_LOCKED) }
	_, err := openFake(t.Context(), f, "1", nil)
	var pe *PINError
	if !errors.As(err, &pe) || pe.Left != 0 || !errors.Is(err, ErrLocked) {
		t.Errorf("%v", err)
	}
}

func TestUncountedPINIsNotSent(t *testing.T) {
	f, g := newFake(t), newCount()
	g.fail = errors.New("disk full")
	if _, err := openFake(t.Context(), f, f.pin, g); !errors.Is(err, g.fail) || f.logins != 0 {
		t.Errorf("%v, %d logins", err, f.logins)
	}
}

func TestEmptyPINIsNotSent(t *testing.T) {
	f, g := newFake(t), newCount()
	var pe *PINError
	if _, err := openFake(t.Context(), f, "", g); !errors.As(err, &pe) || pe.Left != MaxTries || f.logins != 0 || g.wrong[f.serial] != 0 {
		t.Errorf("%v, %d logins, count %d", err, f.logins, g.wrong[f.serial])
	}
}

func TestAlreadyLoggedIn(t *testing.T) {
	f, g := newFake(t), newCount()
	f.onLogin = func() error { f.loggedIn = true; return pkcs11.Error(pkcs11.CKR_USER_ALREADY_LOGGED_IN) }
	key, err := openFake(t.Context(), f, f.pin, g)
	if err != nil || g.wrong[f.serial] != 0 {
		t.Fatalf("%v, count %d", err, g.wrong[f.serial])
	}
	key.Close()
}

// A login belongs to the process: the second key does not send the PIN, and
// the first to close does not log the other out.
func TestTwoKeysShareALogin(t *testing.T) {
	f := newFake(t)
	tokens, ref := f.tokens(), tokenRef{serial: f.serial}.String()
	first, err := tokens.Open(t.Context(), fakeModules, ref, PIN(f.pin), nil)
	if err != nil {
		t.Fatal(err)
	}
	second, err := tokens.Open(t.Context(), fakeModules, ref, PIN(f.pin), nil)
	if err != nil || f.logins != 1 {
		t.Fatalf("%v, %d logins", err, f.logins)
	}
	first.Close()
	if !f.loggedIn {
		t.Fatal("closing the first key logged the second out")
	}
	digest := sha256.Sum256([]byte("văn bản"))
	if _, err := second.Sign(t.Context(), digest[:], crypto.SHA256); err != nil {
		t.Error(err)
	}
	second.Close()
	if f.loggedIn {
		t.Error("still logged in after the last key")
	}
}

func TestAlwaysAuthenticate(t *testing.T) {
	f, g := newFake(t), newCount()
	f.always = true
	key, err := openFake(t.Context(), f, f.pin, g)
	if err != nil {
		t.Fatal(err)
	}
	digest := sha256.Sum256([]byte("văn bản"))
	for i := range 2 {
		if _, err := key.Sign(t.Context(), digest[:], crypto.SHA256); err != nil {
			t.Fatal(err)
		}
		if f.logins != 2+i || f.signs != 1+i {
			t.Fatalf("%d logins, %d device operations", f.logins, f.signs)
		}
	}
	// The PIN is changed behind our back: one refusal, then never again.
	f.pin = "87654321"
	for range 2 {
		if _, err := key.Sign(t.Context(), digest[:], crypto.SHA256); !errors.Is(err, ErrPIN) {
			t.Fatalf("%v, want ErrPIN", err)
		}
	}
	if f.logins != 4 || g.wrong[f.serial] != 1 {
		t.Errorf("%d logins, count %d: a refused PIN was sent again", f.logins, g.wrong[f.serial])
	}
	key.Close()
}

func TestPulledOutToken(t *testing.T) {
	f := newFake(t)
	key, err := openFake(t.Context(), f, f.pin, nil)
	if err != nil {
		t.Fatal(err)
	}
	f.absent = true
	if _, err := key.Sign(t.Context(), make([]byte, 32), crypto.SHA256); !errors.Is(err, ErrNoToken) {
		t.Errorf("signing without the token: %v", err)
	}
	if _, err := openFake(t.Context(), f, f.pin, nil); !errors.Is(err, ErrNoToken) || f.logins != 1 {
		t.Errorf("opening without the token: %v, %d logins", err, f.logins)
	}
}

func TestForeignKeyIsNoticed(t *testing.T) {
	f := newFake(t)
	f.key = newFake(t).key
	key, err := openFake(t.Context(), f, f.pin, nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := key.Sign(t.Context(), make([]byte, 32), crypto.SHA256); !errors.Is(err, ErrNoKey) || f.signs != 1 {
		t.Errorf("%v after %d operations", err, f.signs)
	}
	key.Close()
}

func TestSignRefusesWrongDigest(t *testing.T) {
	f := newFake(t)
	key, err := openFake(t.Context(), f, f.pin, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer key.Close()
	for _, tt := range []struct {
		n int
		h crypto.Hash
	}{{31, crypto.SHA256}, {32, crypto.SHA512}, {20, crypto.SHA1}, {32, 0}} {
		if _, err := key.Sign(t.Context(), make([]byte, tt.n), tt.h); err == nil || f.signs != 0 {
			t.Errorf("%d bytes as %v: %v", tt.n, tt.h, err)
		}
	}
}

// A driver that hangs is ended with its process; the next conversation has a
// fresh one, and keys of the old one are dead. The PIN under way stays counted.
func TestHangingDriver(t *testing.T) {
	f, g := newFake(t), newCount()
	tokens, ref := f.tokens(), tokenRef{serial: f.serial}.String()
	first, err := tokens.Open(t.Context(), fakeModules, ref, PIN(f.pin), g)
	if err != nil {
		t.Fatal(err)
	}
	f.loggedIn = false // another program has logged us out
	hang, entered := make(chan struct{}), make(chan struct{})
	f.hang = hang
	f.onLogin = func() error { close(entered); <-hang; return errors.New("the line is dead") }
	ctx, cancel := context.WithCancel(t.Context())
	go func() { <-entered; cancel() }()
	_, err = tokens.Open(ctx, fakeModules, ref, PIN(f.pin), g)
	if !errors.Is(err, ErrHung) || !errors.Is(err, context.Canceled) || f.kills.Load() != 1 || g.wrong[f.serial] != 1 {
		t.Fatalf("%v, %d processes ended, count %d", err, f.kills.Load(), g.wrong[f.serial])
	}
	f.onLogin = nil
	if keys, err := tokens.List(t.Context(), fakeModules); err != nil || len(keys) != 1 || f.loads.Load() != 2 {
		t.Errorf("after the end: %v, %v, %d processes", keys, err, f.loads.Load())
	}
	tokens.get("/fake.so").running = newFake(t) // another process
	if _, err := first.Sign(t.Context(), make([]byte, 32), crypto.SHA256); !errors.Is(err, ErrNoToken) || f.signs != 0 {
		t.Errorf("a key of a dead process: %v, %d operations", err, f.signs)
	}
	if err := first.Close(); err != nil || f.loads.Load() != 2 {
		t.Errorf("closing it: %v, %d processes", err, f.loads.Load())
	}
}

// TestLastKeyEndsTheProcess: what a driver remembers of a PIN goes with it.
func TestLastKeyEndsTheProcess(t *testing.T) {
	f := newFake(t)
	tokens, ref := f.tokens(), tokenRef{serial: f.serial}.String()
	first, err := tokens.Open(t.Context(), fakeModules, ref, PIN(f.pin), nil)
	if err != nil {
		t.Fatal(err)
	}
	second, err := tokens.Open(t.Context(), fakeModules, ref, PIN(f.pin), nil)
	if err != nil {
		t.Fatal(err)
	}
	first.Close()
	if f.kills.Load() != 0 {
		t.Fatal("ended while a key was open")
	}
	second.Close()
	if f.kills.Load() != 1 || f.loads.Load() != 1 {
		t.Errorf("%d processes ended of %d", f.kills.Load(), f.loads.Load())
	}
}

// A PIN whose holder has left is not sent any more.
func TestLateConversationSendsNoPIN(t *testing.T) {
	f := newFake(t)
	ctx, cancel := context.WithCancel(t.Context())
	f.onList = cancel
	if _, err := f.tokens().Open(ctx, fakeModules, tokenRef{serial: f.serial}.String(), PIN(f.pin), nil); err == nil || f.logins != 0 {
		t.Errorf("opened after the holder left: %v, %d logins", err, f.logins)
	}
}

func TestListPassesOverBrokenModules(t *testing.T) {
	f := newFake(t)
	tokens := f.tokens()
	keys, err := tokens.List(t.Context(), []string{"/nowhere.so", "relative.so", "/fake.so"})
	if err != nil || len(keys) != 1 || keys[0].Holder != "Trần Thị Hà" {
		t.Errorf("%v, %v", keys, err)
	}
	if _, err := tokens.List(t.Context(), []string{"/nowhere.so"}); err == nil {
		t.Error("no module could be asked and nothing was said")
	}
	reports := tokens.Scan(t.Context(), []string{"/nowhere.so", "/fake.so"})
	if reports[0].Err == nil || reports[1].Err != nil || reports[1].Tokens != 1 || reports[1].Driver != "fake" {
		t.Errorf("%+v", reports)
	}
}

func TestFindModules(t *testing.T) {
	dir := t.TempDir()
	write := func(name string, data []byte) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, data, 0o644); err != nil {
			t.Fatal(err)
		}
		return path
	}
	write("viettel-ca_v4.so", []byte("not a library"))
	self, err := os.ReadFile("/proc/self/exe")
	if err != nil || runtime.GOOS != "linux" {
		t.Skip("reads its own ELF file: Linux only")
	}
	self[16], self[17] = 3, 0 // e_type ET_DYN: pose as a shared library
	good := write("viettel-ca_v6.so", self)
	self[18], self[19] = 8, 0 // e_machine MIPS
	write("viettel-ca_v5.so", self)
	if err := os.Symlink(good, filepath.Join(dir, "viettel-ca_v9.so")); err != nil {
		t.Fatal(err)
	}
	got := findModules([]string{filepath.Join(dir, "viettel-ca_v*.so"), filepath.Join(dir, "absent.so")})
	if len(got) != 1 || got[0] != good {
		t.Errorf("found %v, want only %s", got, good)
	}
}
