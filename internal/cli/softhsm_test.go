package cli

import (
	"crypto"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"

	"github.com/miekg/pkcs11"

	"vanthu/internal/practice/ca"
)

const (
	hsmModule = "/usr/lib/softhsm/libsofthsm2.so"
	hsmPIN    = "12345678"
)

// makeTokens is the program `make-tokens DIR` of the scripts: two tokens of
// SoftHSM, one for the leader, one for the agency, with PIN 12345678, from a
// practice authority whose root goes to DIR/trust/root.pem. It is a program of
// its own because SoftHSM reads its environment once in a process.
func makeTokens() {
	if err := fillTokens(os.Args[1]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func fillTokens(dir string) error {
	authority, err := ca.Make(filepath.Join(dir, "ca"), ca.Options{})
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Join(dir, "trust"), 0o755); err != nil {
		return err
	}
	if err := authority.WriteRoot(filepath.Join(dir, "trust", "root.pem")); err != nil {
		return err
	}
	subjects := map[string]ca.Subject{
		"leader": {Name: `Lê Văn Nghĩa (Ĩ) \ thử`, Organization: "Ủy ban nhân dân xã Định Mỹ"},
		"agency": {Name: "Ủy ban nhân dân xã Định Mỹ", Organization: "Ủy ban nhân dân tỉnh An Giang", Agency: true},
	}
	certs := map[string]*x509.Certificate{}
	for label, s := range subjects {
		key, cert, err := authority.Certify(s)
		if err != nil {
			return err
		}
		certs[label] = cert
		if err := importKey(dir, label, key); err != nil {
			return err
		}
	}
	return importCertificates(certs)
}

// importKey makes a token and puts a private key onto it.
func importKey(dir, label string, key crypto.Signer) error {
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return err
	}
	path := filepath.Join(dir, label+".pem")
	if err := os.WriteFile(path, pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}), 0o600); err != nil {
		return err
	}
	for _, words := range [][]string{
		{"--init-token", "--free", "--label", label, "--pin", hsmPIN, "--so-pin", "87654321"},
		{"--import", path, "--token", label, "--label", "key", "--id", "01", "--pin", hsmPIN},
	} {
		if out, err := exec.Command("softhsm2-util", words...).CombinedOutput(); err != nil {
			return fmt.Errorf("softhsm2-util %s: %w: %s", words[0], err, out)
		}
	}
	return nil
}

// importCertificates creates the objects that softhsm2-util cannot.
func importCertificates(certs map[string]*x509.Certificate) error {
	p := pkcs11.New(hsmModule)
	if p == nil {
		return fmt.Errorf("%s cannot be loaded", hsmModule)
	}
	defer p.Destroy()
	if err := p.Initialize(); err != nil {
		return err
	}
	defer p.Finalize()
	slots, err := p.GetSlotList(true)
	if err != nil {
		return err
	}
	for _, slot := range slots {
		info, err := p.GetTokenInfo(slot)
		if err != nil {
			return err
		}
		if cert := certs[info.Label]; cert != nil {
			if err := importCertificate(p, slot, cert); err != nil {
				return err
			}
		}
	}
	return nil
}

func importCertificate(p *pkcs11.Ctx, slot uint, cert *x509.Certificate) error {
	s, err := p.OpenSession(slot, pkcs11.CKF_SERIAL_SESSION|pkcs11.CKF_RW_SESSION)
	if err != nil {
		return err
	}
	defer p.CloseSession(s)
	if err := p.Login(s, pkcs11.CKU_USER, hsmPIN); err != nil {
		return err
	}
	defer p.Logout(s)
	_, err = p.CreateObject(s, []*pkcs11.Attribute{
		pkcs11.NewAttribute(pkcs11.CKA_CLASS, pkcs11.CKO_CERTIFICATE),
		pkcs11.NewAttribute(pkcs11.CKA_CERTIFICATE_TYPE, pkcs11.CKC_X_509),
		pkcs11.NewAttribute(pkcs11.CKA_TOKEN, true),
		pkcs11.NewAttribute(pkcs11.CKA_PRIVATE, false),
		pkcs11.NewAttribute(pkcs11.CKA_ID, []byte{1}),
		pkcs11.NewAttribute(pkcs11.CKA_SUBJECT, cert.RawSubject),
		pkcs11.NewAttribute(pkcs11.CKA_VALUE, cert.Raw),
	})
	return err
}
