package signer

import (
	"context"
	"crypto"
	"crypto/sha256"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"vanthu/internal/driver"
	"vanthu/internal/practice/ca"
)

// deviceLibrary builds testdata/token/token.c, once for all tests.
var deviceLibrary = sync.OnceValues(func() (string, error) {
	headers, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", "github.com/miekg/pkcs11").Output()
	if err != nil {
		return "", err
	}
	dir, err := hsm()
	if err != nil {
		return "", err
	}
	out := filepath.Join(dir, "token.so")
	log, err := exec.Command("gcc", "-Wall", "-shared", "-fPIC", "-I", strings.TrimSpace(string(headers)),
		"-o", out, "testdata/token/token.c", "-ldl").CombinedOutput()
	if err != nil {
		return "", errors.New(string(log))
	}
	return out, nil
})

// device is a token with manners (token.c) and the key "Trần Thị Hà" on it.
type device struct {
	t      *testing.T
	dir    string
	path   string
	ref    string
	tokens *Tokens
	count  *count
}

func newDevice(t *testing.T, mode string) *device {
	t.Helper()
	needHSM(t)
	path, err := deviceLibrary()
	if err != nil {
		t.Fatal(err)
	}
	d := &device{t: t, dir: t.TempDir(), path: path, count: newCount()}
	d.tokens = &Tokens{Command: func(library string) (*exec.Cmd, error) {
		cmd, err := driver.Command(library)
		if err == nil {
			cmd.Env = append(os.Environ(), "TOKEN_REAL="+hsmModule, "TOKEN_DIR="+d.dir)
		}
		return cmd, err
	}}
	t.Cleanup(d.tokens.Close)
	d.write("pin", hsmPIN)
	keys := keysOn(t, "device")
	if keys[0].Holder == "" {
		_, private, cert := practiceKey(t, ca.Subject{Name: "Trần Thị Hà"})
		importKey(t, "device", 1, private, cert)
		keys = keysOn(t, "device")
	}
	d.ref = keys[0].Ref
	d.write("mode", mode)
	return d
}

func (d *device) write(name, text string) {
	d.t.Helper()
	if err := os.WriteFile(filepath.Join(d.dir, name), []byte(text), 0o600); err != nil {
		d.t.Fatal(err)
	}
}

// pins are the PINs that reached the token.
func (d *device) pins() []string {
	text, err := os.ReadFile(filepath.Join(d.dir, "pins"))
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		d.t.Fatal(err)
	}
	return strings.Split(strings.TrimSuffix(string(text), "\n"), "\n")[:strings.Count(string(text), "\n")]
}

func (d *device) open(ctx context.Context, pin string) (Key, error) {
	return d.tokens.Open(ctx, []string{d.path}, d.ref, PIN(pin), d.count)
}

func (d *device) mustOpen() Key {
	d.t.Helper()
	key, err := d.open(d.t.Context(), hsmPIN)
	if err != nil {
		d.t.Fatal(err)
	}
	d.t.Cleanup(func() { key.Close() })
	return key
}

func signOnce(ctx context.Context, key Key) error {
	digest := sha256.Sum256([]byte("văn bản"))
	_, err := key.Sign(ctx, digest[:], crypto.SHA256)
	return err
}

// TestDeviceManners: what real tokens and their drivers do, none of which may
// keep a good signature from being made.
func TestDeviceManners(t *testing.T) {
	for mode, pins := range map[string]int{"": 1, "nosize": 1, "slow": 1, "prints": 1, "counts": 1, "always": 3, "hang-Finalize": 1, "hang-Logout": 1} {
		t.Run(mode, func(t *testing.T) {
			if testing.Short() && (mode == "slow" || mode == "hang-Logout") {
				t.Skip("takes seconds")
			}
			d := newDevice(t, mode)
			key := d.mustOpen()
			for range 2 {
				if err := signOnce(t.Context(), key); err != nil {
					t.Fatal(err)
				}
			}
			began := time.Now()
			key.Close()
			if got := d.pins(); len(got) != pins {
				t.Errorf("PINs sent: %q", got)
			}
			if took := time.Since(began); took > askLimit+5*time.Second {
				t.Errorf("closing took %v", took)
			}
		})
	}
}

// TestDeviceLockOut: never a PIN twice, never the last try unasked, none to a
// locked token; with and without the token's flags, over several processes.
func TestDeviceLockOut(t *testing.T) {
	for _, mode := range []string{"counts", "flagless"} {
		t.Run(mode, func(t *testing.T) {
			d := newDevice(t, mode)
			for i, left := range []int{2, 1} {
				_, err := d.open(t.Context(), "00000000")
				var pe *PINError
				if !errors.As(err, &pe) || pe.Left != left || len(d.pins()) != i+1 {
					t.Fatalf("wrong PIN %d: %v (%+v), sent %q", i+1, err, pe, d.pins())
				}
				d.tokens.Close() // the program is closed in between
			}
			if _, err := d.open(t.Context(), hsmPIN); !errors.Is(err, ErrFinalTry) || len(d.pins()) != 2 {
				t.Fatalf("the last try: %v, sent %q", err, d.pins())
			}
			if _, err := d.open(ConfirmFinalTry(t.Context()), "11111111"); !errors.Is(err, ErrPIN) || len(d.pins()) != 3 {
				t.Fatalf("confirmed: %v, sent %q", err, d.pins())
			}
			_, err := d.open(ConfirmFinalTry(t.Context()), hsmPIN)
			if !errors.Is(err, ErrLocked) {
				t.Errorf("after it locked: %v", err)
			}
			if sent := len(d.pins()); mode == "counts" && sent != 3 || sent > 4 { // without flags only the token's answer says so
				t.Errorf("PINs sent: %q", d.pins())
			}
		})
	}
	t.Run("locked", func(t *testing.T) {
		d := newDevice(t, "locked")
		if _, err := d.open(ConfirmFinalTry(t.Context()), hsmPIN); !errors.Is(err, ErrLocked) || len(d.pins()) != 0 {
			t.Errorf("%v, sent %q", err, d.pins())
		}
	})
}

// TestDevicePad: the PIN goes from the reader to the token, never through us.
func TestDevicePad(t *testing.T) {
	d := newDevice(t, "pad")
	keys, err := d.tokens.List(t.Context(), []string{d.path})
	if err != nil || len(keys) == 0 || !keys[0].Pad {
		t.Fatalf("%+v, %v", keys, err)
	}
	key, err := d.open(t.Context(), "")
	if err != nil {
		t.Fatal(err)
	}
	defer key.Close()
	if err := signOnce(t.Context(), key); err != nil {
		t.Error(err)
	}
}

// TestDeviceHangs: wherever a driver hangs or falls, the caller is back soon, the
// PIN under way is counted once, and the next conversation finds a fresh driver.
func TestDeviceHangs(t *testing.T) {
	for _, call := range []string{"Initialize", "GetSlotList", "GetTokenInfo", "Login", "SignInit", "Sign"} {
		for _, how := range []string{"hang", "crash"} {
			t.Run(how+" in "+call, func(t *testing.T) {
				d := newDevice(t, how+"-"+call)
				ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
				defer cancel()
				err := d.attempt(ctx)
				if err == nil {
					t.Fatal("signed by a dead driver")
				}
				if call == "Login" && d.count.wrong[d.serial()] != 1 {
					t.Errorf("count %v after a PIN whose fate is unknown", d.count.wrong)
				}
				d.write("mode", "")
				if err := signOnce(t.Context(), d.mustOpen()); err != nil {
					t.Errorf("afterwards: %v", err)
				}
				if len(d.pins()) > 2 {
					t.Errorf("PINs sent: %q", d.pins())
				}
			})
		}
	}
}

func (d *device) serial() string {
	r, err := parseTokenRef(d.ref)
	if err != nil {
		d.t.Fatal(err)
	}
	return r.serial
}

func (d *device) attempt(ctx context.Context) error {
	key, err := d.open(ctx, hsmPIN)
	if err != nil {
		return err
	}
	defer key.Close()
	return signOnce(ctx, key)
}

// TestDevicePulledOut: a stick that goes in the middle of a batch costs nothing
// that was signed; another one, or the same without its PIN, does not go on.
func TestDevicePulledOut(t *testing.T) {
	d := newDevice(t, "removed-after-sign")
	key := d.mustOpen()
	if err := signOnce(t.Context(), key); err != nil {
		t.Fatal(err)
	}
	if err := signOnce(t.Context(), key); !errors.Is(err, ErrNoToken) {
		t.Fatalf("without the stick: %v", err)
	}
	if _, err := d.open(t.Context(), hsmPIN); !errors.Is(err, ErrNoToken) || len(d.pins()) != 1 {
		t.Fatalf("opening without the stick: %v, sent %q", err, d.pins())
	}
	d.write("mode", "")
	if err := os.Remove(filepath.Join(d.dir, "removed")); err != nil {
		t.Fatal(err)
	}
	key.Close()
	if err := signOnce(t.Context(), d.mustOpen()); err != nil {
		t.Errorf("plugged in again: %v", err)
	}
}
