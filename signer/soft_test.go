package signer

import (
	"crypto"
	"crypto/sha256"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"vanthu/internal/practice/ca"
)

func TestSoftKey(t *testing.T) {
	c, err := ca.Make(t.TempDir(), ca.Options{})
	if err != nil {
		t.Fatal(err)
	}
	for _, elliptic := range []bool{false, true} {
		path := filepath.Join(t.TempDir(), "nghia.p12")
		if err := c.Issue(ca.Subject{Name: "Nguyễn Văn Nghĩa", Organization: "UBND xã Định Mỹ", Elliptic: elliptic}, path, []byte("1234")); err != nil {
			t.Fatal(err)
		}
		key, err := OpenSoft(path, PIN("1234"))
		if err != nil {
			t.Fatal(err)
		}
		info := key.Info()
		if !info.Soft || info.Ref != "file:"+path || info.Holder != "Nguyễn Văn Nghĩa" || info.Tries != TriesOK {
			t.Errorf("info %+v", info)
		}
		if len(key.Chain()) != 1 || !key.Chain()[0].Equal(c.Root()) {
			t.Error("the chain does not hold the root")
		}
		digest := sha256.Sum256([]byte("văn bản"))
		sig, err := key.Sign(t.Context(), digest[:], crypto.SHA256)
		if err != nil {
			t.Fatal(err)
		}
		if err := checkDigest(key.Certificate().PublicKey, digest[:], crypto.SHA256, sig); err != nil {
			t.Error(err)
		}
		key.Close()
		if _, err := key.Sign(t.Context(), digest[:], crypto.SHA256); !errors.Is(err, ErrNoToken) {
			t.Errorf("a closed key signed: %v", err)
		}
	}
}

func TestSoftKeyRefuses(t *testing.T) {
	c, err := ca.Make(t.TempDir(), ca.Options{})
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	good := filepath.Join(dir, "good.p12")
	if err := c.Issue(ca.Subject{Name: "A", Elliptic: true}, good, []byte("1234")); err != nil {
		t.Fatal(err)
	}
	junk := filepath.Join(dir, "junk.p12")
	huge := filepath.Join(dir, "huge.p12")
	for path, data := range map[string][]byte{junk: []byte("junk"), huge: make([]byte, maxSoftFile+1)} {
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	var pe *PINError
	if _, err := OpenSoft(good, PIN("4321")); !errors.As(err, &pe) || pe.Tries != TriesOK || pe.Left >= 0 {
		t.Errorf("wrong PIN: %v", err)
	}
	if _, err := OpenSoft(filepath.Join(dir, "absent.p12"), PIN("1")); !errors.Is(err, ErrNoToken) {
		t.Errorf("absent file: %v", err)
	}
	if _, err := OpenSoft(junk, PIN("1")); !errors.Is(err, ErrNoKey) {
		t.Errorf("junk: %v", err)
	}
	if _, err := OpenSoft(huge, PIN("1")); err == nil {
		t.Error("a huge file was read")
	}
}
