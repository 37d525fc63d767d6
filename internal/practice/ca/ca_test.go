package ca

import (
	"bytes"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	pkcs12 "software.sslmate.com/src/go-pkcs12"
)

var noon = time.Date(2026, 3, 5, 12, 0, 0, 0, time.UTC)

func options() Options {
	return Options{Clock: func() time.Time { return noon }}
}

func TestMakeOnceThenOpen(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "ca")
	if _, err := Open(dir); !errors.Is(err, ErrNoCA) {
		t.Fatalf("open an empty folder: %v, want ErrNoCA", err)
	}
	first, err := Make(dir, options())
	if err != nil {
		t.Fatal(err)
	}
	second, err := Make(dir, options())
	if err != nil {
		t.Fatal(err)
	}
	opened, err := Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []*CA{second, opened} {
		if !c.Root().Equal(first.Root()) {
			t.Error("the root changed between two openings")
		}
	}
	if got := first.Root().Subject.CommonName; got != Name {
		t.Errorf("root is named %q", got)
	}
	info, err := os.Stat(filepath.Join(dir, keyFile))
	if err != nil {
		t.Fatal(err)
	}
	if info.Mode().Perm() != 0o600 {
		t.Errorf("the CA's key has mode %v", info.Mode())
	}
}

func TestOpenRefusesDamage(t *testing.T) {
	for _, name := range []string{keyFile, rootFile} {
		dir := t.TempDir()
		if _, err := Make(dir, options()); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, name), []byte("nothing"), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := Open(dir); err == nil {
			t.Errorf("a damaged %s was accepted", name)
		}
	}
}

func TestIssue(t *testing.T) {
	c, err := Make(t.TempDir(), options())
	if err != nil {
		t.Fatal(err)
	}
	tests := []Subject{
		{Name: "Nguyễn Văn Nghĩa", Organization: "Ủy ban nhân dân xã Định Mỹ", Unit: "Lãnh đạo", Email: "nghia@dinhmy.example"},
		{Name: "Ủy ban nhân dân xã Định Mỹ", Organization: "Ủy ban nhân dân tỉnh An Giang", Agency: true},
		{Name: "Ủy ban nhân dân xã Láng giềng", Agency: true, Elliptic: true},
	}
	for _, s := range tests {
		t.Run(s.Name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "key.p12")
			pin := []byte("12345678")
			if err := c.Issue(s, path, pin); err != nil {
				t.Fatal(err)
			}
			checkFile(t, c, s, path, pin)
		})
	}
}

func checkFile(t *testing.T, c *CA, s Subject, path string, pin []byte) {
	t.Helper()
	info, err := os.Stat(path)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("key file: %v, %v", info.Mode(), err)
	}
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if _, _, _, err := pkcs12.DecodeChain(data, "wrong"); !errors.Is(err, pkcs12.ErrIncorrectPassword) {
		t.Errorf("a wrong PIN opened the file: %v", err)
	}
	_, cert, chain, err := pkcs12.DecodeChain(data, string(pin))
	if err != nil {
		t.Fatal(err)
	}
	if cert.Subject.CommonName != s.Name {
		t.Errorf("issued to %q, want %q", cert.Subject.CommonName, s.Name)
	}
	if len(chain) != 1 || !chain[0].Equal(c.Root()) {
		t.Errorf("the file holds %d further certificates, want the root", len(chain))
	}
	roots := x509.NewCertPool()
	roots.AddCert(c.Root())
	opts := x509.VerifyOptions{Roots: roots, CurrentTime: noon, KeyUsages: []x509.ExtKeyUsage{x509.ExtKeyUsageAny}}
	if _, err := cert.Verify(opts); err != nil {
		t.Error(err)
	}
	if want := x509.KeyUsageDigitalSignature | x509.KeyUsageContentCommitment; cert.KeyUsage != want {
		t.Errorf("key usage %v, want %v", cert.KeyUsage, want)
	}
}

func TestIssueRefuses(t *testing.T) {
	c, err := Make(t.TempDir(), options())
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "key.p12")
	if err := c.Issue(Subject{}, path, []byte("1")); err == nil {
		t.Error("a certificate for nobody was issued")
	}
	if err := c.Issue(Subject{Name: "A", Elliptic: true}, path, nil); err == nil {
		t.Error("a key file without a PIN was written")
	}
	if _, err := os.Stat(path); !errors.Is(err, os.ErrNotExist) {
		t.Error("a refused issue left a file")
	}
}

func TestSerialsComeFromRand(t *testing.T) {
	o := options()
	o.Rand = bytes.NewReader(make([]byte, 16)) // for the root only
	c, err := Make(t.TempDir(), o)
	if err != nil {
		t.Fatal(err)
	}
	if c.Root().SerialNumber.BitLen() != 127 {
		t.Errorf("serial %x", c.Root().SerialNumber)
	}
	if _, _, err := c.Certify(Subject{Name: "A", Elliptic: true}); err == nil {
		t.Error("a certificate was issued without a serial number")
	}
}

func TestWriteRoot(t *testing.T) {
	c, err := Make(t.TempDir(), options())
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "practice.pem")
	if err := c.WriteRoot(path); err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	block, _ := pem.Decode(data)
	if block == nil || !bytes.Equal(block.Bytes, c.Root().Raw) {
		t.Error("the file is not the root certificate")
	}
}
