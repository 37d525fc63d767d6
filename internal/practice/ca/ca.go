package ca

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"math/big"
	"os"
	"path/filepath"
	"time"
)

// Name is the common name of the practice root; readers of a verdict see it
// as the issuer and are warned by it.
const Name = "CA thực hành vanthu — không có giá trị pháp lý"

// The files of a CA's folder.
const (
	keyFile  = "ca.key.pem"
	rootFile = "root.pem"
)

// rootYears and leafYears are the terms of validity; certificates of public
// service run three years too.
const (
	rootYears = 10
	leafYears = 3
)

// ErrNoCA: the folder holds no practice CA.
var ErrNoCA = errors.New("no practice CA here")

// Options are what Make and Open take from outside. The zero value uses the
// system's randomness and clock.
type Options struct {
	// Rand gives the serial numbers. Keys always come from the system's
	// secure source: crypto/rsa and crypto/ecdsa accept no other since
	// Go 1.26.
	Rand  io.Reader
	Clock func() time.Time
}

func (o Options) filled() Options {
	if o.Rand == nil {
		o.Rand = rand.Reader
	}
	if o.Clock == nil {
		o.Clock = time.Now
	}
	return o
}

// CA is an opened practice certificate authority.
type CA struct {
	root *x509.Certificate
	key  crypto.Signer
	o    Options
}

// Make opens the CA in dir, or makes it there when there is none yet.
func Make(dir string, o Options) (*CA, error) {
	c, err := OpenWith(dir, o)
	if !errors.Is(err, ErrNoCA) {
		return c, err
	}
	o = o.filled()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		return nil, fmt.Errorf("make practice CA: %w", err)
	}
	root, err := selfSign(key, o)
	if err != nil {
		return nil, fmt.Errorf("make practice CA: %w", err)
	}
	if err := save(dir, root, key); err != nil {
		return nil, fmt.Errorf("make practice CA: %w", err)
	}
	return &CA{root: root, key: key, o: o}, nil
}

// Open opens the CA in dir; ErrNoCA when there is none.
func Open(dir string) (*CA, error) { return OpenWith(dir, Options{}) }

// OpenWith is Open with a clock and a source of serial numbers.
func OpenWith(dir string, o Options) (*CA, error) {
	// The key is written last: without it the CA was never finished.
	keyPEM, err := os.ReadFile(filepath.Join(dir, keyFile))
	if errors.Is(err, os.ErrNotExist) {
		return nil, fmt.Errorf("open practice CA in %s: %w", dir, ErrNoCA)
	}
	if err != nil {
		return nil, fmt.Errorf("open practice CA: %w", err)
	}
	rootPEM, err := os.ReadFile(filepath.Join(dir, rootFile))
	if err != nil {
		return nil, fmt.Errorf("open practice CA: %w", err)
	}
	c, err := decode(keyPEM, rootPEM)
	if err != nil {
		return nil, fmt.Errorf("open practice CA in %s: %w", dir, err)
	}
	c.o = o.filled()
	return c, nil
}

// decode reads both PEM files and checks that they belong together.
func decode(keyPEM, rootPEM []byte) (*CA, error) {
	keyBlock, _ := pem.Decode(keyPEM)
	rootBlock, _ := pem.Decode(rootPEM)
	if keyBlock == nil || rootBlock == nil {
		return nil, errors.New("damaged PEM file")
	}
	private, err := x509.ParsePKCS8PrivateKey(keyBlock.Bytes)
	if err != nil {
		return nil, err
	}
	key, ok := private.(*rsa.PrivateKey)
	if !ok {
		return nil, errors.New("key is not RSA")
	}
	root, err := x509.ParseCertificate(rootBlock.Bytes)
	if err != nil {
		return nil, err
	}
	if !key.PublicKey.Equal(root.PublicKey) {
		return nil, errors.New("key and root do not belong together")
	}
	return &CA{root: root, key: key}, nil
}

// Root is the root certificate.
func (c *CA) Root() *x509.Certificate { return c.root }

// WriteRoot writes the root certificate as PEM, for a trust folder.
func (c *CA) WriteRoot(path string) error {
	return replaceFile(path, rootPEM(c.root), 0o644)
}

// selfSign makes the root certificate.
func selfSign(key *rsa.PrivateKey, o Options) (*x509.Certificate, error) {
	serial, err := newSerial(o.Rand)
	if err != nil {
		return nil, err
	}
	now := o.Clock()
	template := &x509.Certificate{
		SerialNumber:          serial,
		Subject:               pkix.Name{CommonName: Name, Country: []string{"VN"}},
		NotBefore:             now.Add(-time.Hour),
		NotAfter:              now.AddDate(rootYears, 0, 0),
		IsCA:                  true,
		BasicConstraintsValid: true,
		KeyUsage:              x509.KeyUsageCertSign | x509.KeyUsageCRLSign,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		return nil, err
	}
	return x509.ParseCertificate(der)
}

// newSerial draws a serial number of 16 bytes, positive and never zero.
func newSerial(r io.Reader) (*big.Int, error) {
	raw := make([]byte, 16)
	if _, err := io.ReadFull(r, raw); err != nil {
		return nil, fmt.Errorf("draw a serial number: %w", err)
	}
	raw[0] = raw[0]&0x7f | 0x40
	return new(big.Int).SetBytes(raw), nil
}

// save writes root first and key last, so that a power cut leaves either a
// whole CA or none.
func save(dir string, root *x509.Certificate, key *rsa.PrivateKey) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return err
	}
	if err := replaceFile(filepath.Join(dir, rootFile), rootPEM(root), 0o644); err != nil {
		return err
	}
	keyPEM := pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der})
	return replaceFile(filepath.Join(dir, keyFile), keyPEM, 0o600)
}

func rootPEM(root *x509.Certificate) []byte {
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: root.Raw})
}
