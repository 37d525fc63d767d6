package signer

import (
	"context"
	"crypto"
	"crypto/rand"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"sync"

	pkcs12 "software.sslmate.com/src/go-pkcs12"
)

// fileScheme starts the reference of a soft key: "file:PATH".
const fileScheme = "file:"

// maxSoftFile bounds a PKCS#12 file; one key and its chain take some 5 KB.
const maxSoftFile = 1 << 20

// softKey is a private key held in memory, from a PKCS#12 file. It exists for
// practice: whoever copies the file has the key.
type softKey struct {
	info  KeyInfo
	cert  *x509.Certificate
	chain []*x509.Certificate

	mu     sync.Mutex
	signer crypto.Signer // nil after Close
}

var _ Key = (*softKey)(nil)

// OpenSoft opens the key in a PKCS#12 file. A wrong PIN is a *PINError with
// TriesOK and no count: a file never locks. The caller wipes the PIN; the copy that the
// decoder needs as a string stays until the collector takes it.
func OpenSoft(path string, pin PIN) (Key, error) {
	data, err := readSmall(path, maxSoftFile)
	if errors.Is(err, os.ErrNotExist) {
		return nil, fmt.Errorf("open key file: %w: %w", ErrNoToken, err)
	}
	if err != nil {
		return nil, fmt.Errorf("open key file: %w", err)
	}
	private, cert, chain, err := pkcs12.DecodeChain(data, string(pin))
	if errors.Is(err, pkcs12.ErrIncorrectPassword) {
		return nil, fmt.Errorf("open key file %s: %w", path, &PINError{Tries: TriesOK, Left: -1})
	}
	if err != nil {
		return nil, fmt.Errorf("open key file %s: %w: %w", path, ErrNoKey, err)
	}
	signer, ok := private.(crypto.Signer)
	if !ok || !samePublic(signer.Public(), cert.PublicKey) {
		return nil, fmt.Errorf("open key file %s: key and certificate do not match: %w", path, ErrNoKey)
	}
	info := certificateInfo(cert)
	info.Ref, info.Label, info.Soft = fileScheme+path, filepath.Base(path), true
	return &softKey{info: info, cert: cert, chain: chain, signer: signer}, nil
}

// Info implements Key.
func (k *softKey) Info() KeyInfo { return k.info }

// Certificate implements Key.
func (k *softKey) Certificate() *x509.Certificate { return k.cert }

// Chain implements Key.
func (k *softKey) Chain() []*x509.Certificate { return k.chain }

// Sign implements Key.
func (k *softKey) Sign(ctx context.Context, digest []byte, h crypto.Hash) ([]byte, error) {
	if err := ctx.Err(); err != nil {
		return nil, fmt.Errorf("sign with %s: %w", k.info.Ref, err)
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.signer == nil {
		return nil, fmt.Errorf("sign with %s: key is closed: %w", k.info.Ref, ErrNoToken)
	}
	if _, _, err := deviceInput(k.cert, digest, h); err != nil {
		return nil, fmt.Errorf("sign with %s: %w", k.info.Ref, err)
	}
	sig, err := k.signer.Sign(rand.Reader, digest, h)
	if err != nil {
		return nil, fmt.Errorf("sign with %s: %w", k.info.Ref, err)
	}
	return sig, nil
}

// Close implements Key.
func (k *softKey) Close() error {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.signer = nil
	return nil
}

// samePublic compares two public keys.
func samePublic(a, b crypto.PublicKey) bool {
	eq, ok := a.(interface{ Equal(crypto.PublicKey) bool })
	return ok && eq.Equal(b)
}

// readSmall reads a file that must not be larger than limit bytes.
func readSmall(path string, limit int64) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, limit+1))
	if err != nil {
		return nil, err
	}
	if int64(len(data)) > limit {
		return nil, fmt.Errorf("%s is larger than %d bytes", path, limit)
	}
	return data, nil
}
