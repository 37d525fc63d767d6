package signer

import (
	"bytes"
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/rsa"
	"crypto/x509"
	"fmt"
	"math/big"
	"sync"

	"github.com/miekg/pkcs11"
	"golang.org/x/crypto/cryptobyte"
	"golang.org/x/crypto/cryptobyte/asn1"
)

// tokenKey is a key on a token with a login.
type tokenKey struct {
	module  *module
	library library // the one it was opened in; a later one knows nothing of it
	place
	ref   tokenRef
	guard Guard

	session pkcs11.SessionHandle
	object  pkcs11.ObjectHandle
	info    KeyInfo
	cert    *x509.Certificate
	chain   []*x509.Certificate
	always  bool // the token wants the PIN at every signature
	pin     PIN  // kept only when always; wiped by a refusal and by Close

	gone    bool // logged out; touched in conversations only
	closing sync.Once
}

var _ Key = (*tokenKey)(nil)

// Info implements Key.
func (k *tokenKey) Info() KeyInfo { return k.info }

// Certificate implements Key.
func (k *tokenKey) Certificate() *x509.Certificate { return k.cert }

// Chain implements Key.
func (k *tokenKey) Chain() []*x509.Certificate { return k.chain }

// open logs in and finds certificate and key. On an error nothing stays open.
func (k *tokenKey) open(ctx context.Context, d library) (err error) {
	// Read-only: some Vietnamese drivers refuse a read-write session.
	k.session, err = d.OpenSession(k.slot, pkcs11.CKF_SERIAL_SESSION)
	if err != nil {
		return fmt.Errorf("open a session: %w", deviceError(err))
	}
	attempt := login{session: k.session, slot: k.slot, serial: k.ref.serial,
		user: pkcs11.CKU_USER, pin: k.pin, pad: k.pad, guard: k.guard}
	if err := attempt.attempt(ctx, d); err != nil {
		d.CloseSession(k.session) //nolint:errcheck // the first error counts
		return err
	}
	k.module.retain(k.slot)
	if err := k.find(d); err != nil {
		k.forget(d)
		return err
	}
	return nil
}

// find picks the certificate by its CKA_ID and the private key with the same.
func (k *tokenKey) find(d library) error {
	token, err := d.GetTokenInfo(k.slot)
	if err != nil {
		return fmt.Errorf("read the token: %w", deviceError(err))
	}
	certs, err := readCertificates(d, k.session)
	if err != nil {
		return fmt.Errorf("list certificates: %w", deviceError(err))
	}
	chosen, err := chooseCertificate(certs, k.ref.id)
	if err != nil {
		return err
	}
	objects, err := d.FindObjects(k.session, []*pkcs11.Attribute{
		pkcs11.NewAttribute(pkcs11.CKA_CLASS, pkcs11.CKO_PRIVATE_KEY),
		pkcs11.NewAttribute(pkcs11.CKA_ID, chosen.id),
	}, maxObjects)
	if err != nil {
		return fmt.Errorf("find the private key: %w", deviceError(err))
	}
	if len(objects) != 1 {
		return fmt.Errorf("%d private keys for the certificate: %w", len(objects), ErrNoKey)
	}
	k.object = objects[0]
	k.cert, k.chain = chosen.cert, chainOf(chosen.cert, certs)
	k.info = tokenKeyInfo(token, chosen)
	always, err := d.GetAttribute(k.session, k.object, pkcs11.CKA_ALWAYS_AUTHENTICATE)
	k.always = err == nil && len(always) == 1 && always[0] != 0 // drivers before v2.20 lack it
	return nil
}

// chooseCertificate finds the certificate by ID, or the only signing one.
func chooseCertificate(certs []tokenCert, id []byte) (tokenCert, error) {
	var fit []tokenCert
	for _, c := range certs {
		if maySign(c.cert) && (len(id) == 0 || bytes.Equal(c.id, id)) {
			fit = append(fit, c)
		}
	}
	if len(fit) != 1 {
		return tokenCert{}, fmt.Errorf("%d certificates fit: %w", len(fit), ErrNoKey)
	}
	return fit[0], nil
}

// chainOf follows the issuers among the token's certificates.
func chainOf(leaf *x509.Certificate, certs []tokenCert) []*x509.Certificate {
	var chain []*x509.Certificate
	for at := leaf; len(chain) < maxChain; {
		next := issuerAmong(at, certs)
		if next == nil || next == at {
			break
		}
		chain = append(chain, next)
		at = next
	}
	return chain
}

func issuerAmong(cert *x509.Certificate, certs []tokenCert) *x509.Certificate {
	if bytes.Equal(cert.RawIssuer, cert.RawSubject) {
		return nil
	}
	for _, c := range certs {
		if c.cert.IsCA && bytes.Equal(c.cert.RawSubject, cert.RawIssuer) {
			return c.cert
		}
	}
	return nil
}

// Sign implements Key. The result is checked against the certificate before
// it is handed out: a token that holds a stranger's key must not produce a
// file that only its receivers find broken.
func (k *tokenKey) Sign(ctx context.Context, digest []byte, h crypto.Hash) ([]byte, error) {
	mechanism, input, err := deviceInput(k.cert, digest, h)
	if err != nil {
		return nil, fmt.Errorf("sign with %s: %w", k.ref, err)
	}
	sig, err := do(ctx, k.module, k.limit(), func(d library) ([]byte, error) {
		return k.operate(ctx, d, mechanism, input)
	})
	if err != nil {
		return nil, fmt.Errorf("sign with %s: %w", k.ref, err)
	}
	if _, ec := k.cert.PublicKey.(*ecdsa.PublicKey); ec {
		if sig, err = ecdsaDER(sig); err != nil {
			return nil, fmt.Errorf("sign with %s: %w", k.ref, err)
		}
	}
	if err := checkDigest(k.cert.PublicKey, digest, h, sig); err != nil {
		return nil, fmt.Errorf("sign with %s: the key does not belong to the certificate: %w", k.ref, ErrNoKey)
	}
	return sig, nil
}

// operate is the one device operation of Sign.
func (k *tokenKey) operate(ctx context.Context, d library, mechanism uint, input []byte) ([]byte, error) {
	if k.gone || d != k.library {
		return nil, fmt.Errorf("key is closed: %w", ErrNoToken)
	}
	if !k.always {
		sig, err := d.SignAtOnce(k.session, mechanism, k.object, input)
		return sig, deviceError(err)
	}
	if err := d.SignInit(k.session, mechanism, k.object); err != nil {
		return nil, deviceError(err)
	}
	if err := k.loginAgain(ctx, d); err != nil {
		return nil, err
	}
	sig, err := d.Sign(k.session, input)
	return sig, deviceError(err)
}

// loginAgain is the login for one signature of a key that wants it
// (CKA_ALWAYS_AUTHENTICATE).
func (k *tokenKey) loginAgain(ctx context.Context, d library) error {
	if len(k.pin) == 0 && !k.pad {
		return &PINError{Tries: TriesLow, Left: 1}
	}
	again := login{session: k.session, slot: k.slot, serial: k.ref.serial,
		user: pkcs11.CKU_CONTEXT_SPECIFIC, pin: k.pin, pad: k.pad, guard: k.guard}
	err := again.attempt(ctx, d)
	if err != nil {
		k.dropPIN() // refused once is never sent again
	}
	return err
}

// Close implements Key.
func (k *tokenKey) Close() error {
	var err error
	k.closing.Do(func() {
		if !k.module.runs(k.library) {
			k.gone = true // its process has ended, and the session with it
			k.dropPIN()
			return
		}
		_, err = do(context.Background(), k.module, askLimit, func(d library) (struct{}, error) {
			return struct{}{}, k.forget(d)
		})
	})
	return err
}

// forget logs out, unless another key still needs the login, closes the session
// and wipes the PIN. With the last key the driver's process goes, and whatever
// the driver remembers with it. A stick that is gone is no error.
func (k *tokenKey) forget(d library) error {
	k.dropPIN()
	k.gone = true // the driver may give this handle's number to another session
	if d != k.library {
		return nil
	}
	var err error
	if k.module.release(k.slot) {
		err = d.Logout(k.session)
	}
	if e := d.CloseSession(k.session); err == nil {
		err = e
	}
	if len(k.module.logins) == 0 {
		k.module.forget()
	}
	if isCode(err, pkcs11.CKR_USER_NOT_LOGGED_IN) || deviceError(err) != err {
		return nil
	}
	return err
}

// dropPIN wipes the copy of the PIN.
func (k *tokenKey) dropPIN() {
	k.pin.Zero()
	k.pin = nil
}

// deviceInput gives the mechanism and the bytes to hand to the device. For
// RSA the DigestInfo is ours: CKM_RSA_PKCS is what every token knows, while
// CKM_SHA256_RSA_PKCS would want the whole document.
func deviceInput(cert *x509.Certificate, digest []byte, h crypto.Hash) (uint, []byte, error) {
	if !h.Available() || len(digest) != h.Size() {
		return 0, nil, fmt.Errorf("digest of %d bytes for %v", len(digest), h)
	}
	switch cert.PublicKey.(type) {
	case *rsa.PublicKey:
		prefix, err := digestInfoPrefix(h)
		return pkcs11.CKM_RSA_PKCS, append(prefix, digest...), err
	case *ecdsa.PublicKey:
		return pkcs11.CKM_ECDSA, digest, nil
	}
	return 0, nil, fmt.Errorf("public key %T: %w", cert.PublicKey, ErrNoKey)
}

// digestInfoPrefix is the DER of DigestInfo (RFC 8017 §9.2) before the digest.
func digestInfoPrefix(h crypto.Hash) ([]byte, error) {
	last := map[crypto.Hash]byte{crypto.SHA256: 1, crypto.SHA384: 2, crypto.SHA512: 3}[h]
	if last == 0 {
		return nil, fmt.Errorf("hash %v is not used for signing", h)
	}
	n := byte(h.Size())
	return []byte{0x30, 17 + n, 0x30, 13, 0x06, 9, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, last,
		0x05, 0x00, 0x04, n}, nil
}

// ecdsaDER turns a device's r‖s into the DER that CMS carries.
func ecdsaDER(raw []byte) ([]byte, error) {
	if len(raw) == 0 || len(raw)%2 != 0 {
		return nil, fmt.Errorf("ECDSA signature of %d bytes", len(raw))
	}
	half := len(raw) / 2
	var b cryptobyte.Builder
	b.AddASN1(asn1.SEQUENCE, func(b *cryptobyte.Builder) {
		b.AddASN1BigInt(new(big.Int).SetBytes(raw[:half]))
		b.AddASN1BigInt(new(big.Int).SetBytes(raw[half:]))
	})
	return b.Bytes()
}

// checkDigest verifies a bare signature over a digest.
func checkDigest(public crypto.PublicKey, digest []byte, h crypto.Hash, sig []byte) error {
	switch key := public.(type) {
	case *rsa.PublicKey:
		return rsa.VerifyPKCS1v15(key, h, digest, sig)
	case *ecdsa.PublicKey:
		if ecdsa.VerifyASN1(key, digest, sig) {
			return nil
		}
		return rsa.ErrVerification
	}
	return fmt.Errorf("public key %T is not supported", public)
}
