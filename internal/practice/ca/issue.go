package ca

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"errors"
	"fmt"
	"time"

	pkcs12 "software.sslmate.com/src/go-pkcs12"
)

// Subject is whom a certificate is for.
type Subject struct {
	Name         string // the person's name, or the agency's
	Organization string // the person's agency; for an agency the body above it
	Unit         string
	Email        string
	Agency       bool // the key belongs to the agency, not to a person
	Elliptic     bool // P-256 instead of RSA-2048: quicker to make, rarer in Vietnam
	TimeStamping bool // a time-stamp authority's certificate

	// NotBefore and NotAfter override the usual three years from now; for
	// expired certificates in tests.
	NotBefore, NotAfter time.Time
}

var (
	oidEmail       = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 1}
	oidUserID      = asn1.ObjectIdentifier{0, 9, 2342, 19200300, 100, 1, 1}
	oidExtKeyUsage = asn1.ObjectIdentifier{2, 5, 29, 37}
)

// Issue makes a key and a certificate and writes both, with the root, to a
// PKCS#12 file readable by its owner only. An existing file is replaced whole.
func (c *CA) Issue(s Subject, p12Path string, pin []byte) error {
	key, cert, err := c.Certify(s)
	if err != nil {
		return err
	}
	if len(pin) == 0 {
		return fmt.Errorf("issue for %s: empty PIN", s.Name)
	}
	// The cipher is AES-256 and the MAC SHA-256; the string copy of a
	// practice PIN is no secret.
	data, err := pkcs12.Modern.Encode(key, cert, []*x509.Certificate{c.root}, string(pin))
	if err != nil {
		return fmt.Errorf("issue for %s: %w", s.Name, err)
	}
	if err := replaceFile(p12Path, data, 0o600); err != nil {
		return fmt.Errorf("issue for %s: %w", s.Name, err)
	}
	return nil
}

// Certify makes a key and a certificate without writing them.
func (c *CA) Certify(s Subject) (crypto.Signer, *x509.Certificate, error) {
	if s.Name == "" {
		return nil, nil, errors.New("issue a certificate: no name")
	}
	key, err := newKey(s.Elliptic)
	if err != nil {
		return nil, nil, fmt.Errorf("issue for %s: %w", s.Name, err)
	}
	template, err := c.template(s)
	if err != nil {
		return nil, nil, fmt.Errorf("issue for %s: %w", s.Name, err)
	}
	if template.SubjectKeyId, err = keyID(key); err != nil {
		return nil, nil, fmt.Errorf("issue for %s: %w", s.Name, err)
	}
	der, err := x509.CreateCertificate(rand.Reader, template, c.root, key.Public(), c.key)
	if err != nil {
		return nil, nil, fmt.Errorf("issue for %s: %w", s.Name, err)
	}
	cert, err := x509.ParseCertificate(der)
	return key, cert, err
}

// keyID is the subject key identifier (RFC 7093 method 1: 160 bits of SHA-256).
func keyID(key crypto.Signer) ([]byte, error) {
	der, err := x509.MarshalPKIXPublicKey(key.Public())
	if err != nil {
		return nil, err
	}
	sum := sha256.Sum256(der)
	return sum[:20], nil
}

func newKey(elliptic256 bool) (crypto.Signer, error) {
	if elliptic256 {
		return ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	}
	return rsa.GenerateKey(rand.Reader, 2048)
}

// template is the certificate to be signed.
func (c *CA) template(s Subject) (*x509.Certificate, error) {
	serial, err := newSerial(c.o.Rand)
	if err != nil {
		return nil, err
	}
	from, to := c.term(s)
	t := &x509.Certificate{
		SerialNumber:          serial,
		Subject:               subjectName(s),
		NotBefore:             from,
		NotAfter:              to,
		BasicConstraintsValid: true,
		KeyUsage:              x509.KeyUsageDigitalSignature | x509.KeyUsageContentCommitment,
		// What the real certificates of public service carry; none of them
		// has a document-signing purpose.
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth, x509.ExtKeyUsageEmailProtection},
	}
	if s.Email != "" {
		t.EmailAddresses = []string{s.Email}
	}
	if s.TimeStamping {
		t.ExtKeyUsage = nil
		t.ExtraExtensions = []pkix.Extension{criticalTimeStamping()}
	}
	return t, nil
}

// criticalTimeStamping is the extension that RFC 3161 §2.3 demands: critical
// and alone; crypto/x509 would write it as not critical.
func criticalTimeStamping() pkix.Extension {
	// SEQUENCE { OID 1.3.6.1.5.5.7.3.8 }
	der := []byte{0x30, 0x0a, 0x06, 0x08, 0x2b, 0x06, 0x01, 0x05, 0x05, 0x07, 0x03, 0x08}
	return pkix.Extension{Id: oidExtKeyUsage, Critical: true, Value: der}
}

// term is the validity asked for, or three years, never beyond the root.
func (c *CA) term(s Subject) (from, to time.Time) {
	from, to = s.NotBefore, s.NotAfter
	if from.IsZero() {
		from = c.o.Clock().Add(-time.Hour)
	}
	if to.IsZero() {
		to = from.AddDate(leafYears, 0, 0)
	}
	if to.After(c.root.NotAfter) {
		to = c.root.NotAfter
	}
	return from, to
}

// subjectName lays the name out as the certificates of Ban Cơ yếu do: a
// person has the agency as O and an identity number as UID; an agency's
// certificate has its own name as CN and an MST (tax code) or MNS number.
func subjectName(s Subject) pkix.Name {
	n := pkix.Name{CommonName: s.Name, Country: []string{"VN"}}
	if s.Organization != "" {
		n.Organization = []string{s.Organization}
	}
	if s.Unit != "" {
		n.OrganizationalUnit = []string{s.Unit}
	}
	id := "CMND:000000000000"
	if s.Agency {
		id = "MST:0000000000"
	}
	n.ExtraNames = append(n.ExtraNames, pkix.AttributeTypeAndValue{Type: oidUserID, Value: id})
	if s.Email != "" {
		n.ExtraNames = append(n.ExtraNames, pkix.AttributeTypeAndValue{Type: oidEmail, Value: s.Email})
	}
	return n
}
