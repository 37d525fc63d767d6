package signer

import (
	"encoding/pem"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"vanthu/internal/practice/ca"
)

func TestLoadTrust(t *testing.T) {
	dir := t.TempDir()
	keys := newPractice(t, ca.Subject{})
	other := newPKI(t)
	must(t, keys.ca.WriteRoot(filepath.Join(dir, "practice.pem")))
	must(t, keys.ca.WriteRoot(filepath.Join(dir, "again.crt")))
	write := func(name string, b []byte) { must(t, os.WriteFile(filepath.Join(dir, name), b, 0o600)) }
	write("other.der", other.root.Raw)
	write("README.txt", []byte("not a certificate"))
	write(".hidden.pem", []byte("not a certificate"))
	must(t, os.Mkdir(filepath.Join(dir, "sub.pem"), 0o700))
	roots, err := LoadTrust(dir)
	must(t, err)
	if len(roots) != 2 {
		t.Fatalf("%d roots, want 2", len(roots))
	}
	if roots, err := LoadTrust(filepath.Join(dir, "absent")); err != nil || roots != nil {
		t.Errorf("an absent folder: %v, %v", roots, err)
	}
	for name, b := range map[string][]byte{
		"leaf.pem":  pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: keys.leader.cert.Raw}),
		"junk.pem":  []byte("junk"),
		"empty.pem": pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: []byte("x")}),
	} {
		write(name, b)
		if _, err := LoadTrust(dir); !errors.Is(err, ErrTrust) || !strings.Contains(err.Error(), name) {
			t.Errorf("%s: %v", name, err)
		}
		must(t, os.Remove(filepath.Join(dir, name)))
	}
}
