package cli

import (
	"errors"
	"path/filepath"
	"testing"

	"vanthu/internal/office"
	"vanthu/internal/practice/ca"
	"vanthu/signer"
)

// TestOneKeyAtATime: while a key is open for one act, another act gets none, even with
// the right PIN; a wrong PIN leaves nothing behind.
func TestOneKeyAtATime(t *testing.T) {
	dir := t.TempDir()
	authority, err := ca.Make(dir, ca.Options{})
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, "leader.p12")
	if err := authority.Issue(ca.Subject{Name: "Lê Văn Nghĩa"}, path, []byte("123456")); err != nil {
		t.Fatal(err)
	}
	ring := &keyring{office: office.Office{AllowSoftKeys: true}}
	open := func(pin string) (*openKey, error) {
		return ring.open(t.Context(), "file:"+path, signer.PIN(pin), false)
	}
	if _, err := open("000000"); !errors.Is(err, signer.ErrPIN) {
		t.Fatalf("a wrong PIN: %v", err)
	}
	k, err := open("123456")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := open("123456"); !errors.Is(err, errKeyInUse) {
		t.Errorf("a second key beside the first: %v", err)
	}
	for range 2 {
		if err := k.Close(); err != nil {
			t.Fatal(err)
		}
	}
	if k, err = open("123456"); err != nil {
		t.Fatal(err)
	}
	if err := k.Close(); err != nil {
		t.Fatal(err)
	}
}
