package signer

import (
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"fmt"
	"math/big"
	"time"

	"vanthu/internal/document"
	"vanthu/internal/verdict"
)

// rehearse signs the pending file with a key made for this one moment and
// puts it before the package's own strict verifier: what it would call invalid
// is found out before the real key is asked. The hole is empty again afterwards.
func (r *revision) rehearse(ctx context.Context, at time.Time) error {
	key, err := newRehearsalKey(at)
	if err != nil {
		return fmt.Errorf("rehearse: %w", err)
	}
	cms, err := cmsSignature{cert: key.cert, digest: r.digest()}.sign(ctx, key)
	if err != nil {
		return fmt.Errorf("rehearse: %w", err)
	}
	if err := r.fill(cms); err != nil {
		return fmt.Errorf("rehearse: %w", err)
	}
	defer func() { _ = r.fill(nil) }() // nothing always fits
	return refuseInvalid(ctx, r, at)
}

// refuseInvalid is the strict check of every signature in a file, of its
// bytes and of what was done after it. Whom the certificates belong to is not
// asked here: that needs the office's trusted roots.
func refuseInvalid(ctx context.Context, file sized, at time.Time) error {
	report, err := Verify(ctx, file, file.Size(), Policy{At: at, Offline: true})
	if err != nil {
		return fmt.Errorf("check signatures: %w", err)
	}
	for _, s := range report.Signatures {
		if s.Verdict == verdict.Invalid {
			return fmt.Errorf("%w: signature %q: %v", ErrTampered, s.Field, s.Reasons)
		}
	}
	return nil
}

// rehearsalKey is a throw-away key with a certificate of its own.
type rehearsalKey struct {
	key  *ecdsa.PrivateKey
	cert *x509.Certificate
}

func newRehearsalKey(at time.Time) (*rehearsalKey, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, err
	}
	tmpl := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "rehearsal"},
		NotBefore: at.Add(-time.Hour), NotAfter: at.Add(time.Hour), KeyUsage: x509.KeyUsageDigitalSignature}
	der, err := x509.CreateCertificate(rand.Reader, tmpl, tmpl, key.Public(), key)
	if err != nil {
		return nil, err
	}
	cert, err := x509.ParseCertificate(der)
	return &rehearsalKey{key, cert}, err
}

// Info implements Key.
func (k *rehearsalKey) Info() KeyInfo { return KeyInfo{Soft: true} }

// Certificate implements Key.
func (k *rehearsalKey) Certificate() *x509.Certificate { return k.cert }

// Chain implements Key.
func (k *rehearsalKey) Chain() []*x509.Certificate { return nil }

// Sign implements Key.
func (k *rehearsalKey) Sign(_ context.Context, digest []byte, h crypto.Hash) ([]byte, error) {
	return k.key.Sign(rand.Reader, digest, h)
}

// Close implements Key.
func (k *rehearsalKey) Close() error { return nil }

// refuseExpired refuses a certificate that is not valid at the claimed time:
// every receiver would call the signature worthless.
func refuseExpired(cert *x509.Certificate, at time.Time) error {
	if at.Before(cert.NotBefore) || at.After(cert.NotAfter) {
		return document.Refuse(ErrCannotSign,
			fmt.Sprintf("Chứng thư số chỉ có hiệu lực từ %s đến %s.", document.DateOf(cert.NotBefore), document.DateOf(cert.NotAfter)),
			"Kiểm tra ngày giờ của máy; nếu đúng, hãy gia hạn chứng thư số.")
	}
	return nil
}
