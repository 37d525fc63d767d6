package signer

import (
	"bytes"
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/asn1"
	"errors"
	"fmt"
	"sort"

	"golang.org/x/crypto/cryptobyte"
	cbasn1 "golang.org/x/crypto/cryptobyte/asn1"
)

// The CMS is encoded here and not with digitorus/pkcs7: PAdES forbids the
// signing-time attribute that pkcs7 always adds, and the size must be known
// before the token is asked.

// Object identifiers of RFC 5652 (CMS), 5035 (signing-certificate-v2), 8017 and 5758.
func oidData() asn1.ObjectIdentifier       { return asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 7, 1} }
func oidSignedData() asn1.ObjectIdentifier { return asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 7, 2} }
func oidContentType() asn1.ObjectIdentifier {
	return asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 3}
}
func oidMessageDigest() asn1.ObjectIdentifier {
	return asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 4}
}
func oidSigningCertV2() asn1.ObjectIdentifier {
	return asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 16, 2, 47}
}
func oidSHA256() asn1.ObjectIdentifier {
	return asn1.ObjectIdentifier{2, 16, 840, 1, 101, 3, 4, 2, 1}
}
func oidRSA() asn1.ObjectIdentifier { return asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 1, 1} }
func oidECDSASHA256() asn1.ObjectIdentifier {
	return asn1.ObjectIdentifier{1, 2, 840, 10045, 4, 3, 2}
}

// errKeyKind: the certificate holds a key that is neither RSA nor ECDSA.
var errKeyKind = errors.New("unsupported kind of key")

// cmsSignature describes one CAdES signature (ETSI EN 319 122, profile of
// PAdES): detached, SHA-256, signed attributes content-type, message-digest
// and signing-certificate-v2, no signing-time.
type cmsSignature struct {
	cert   *x509.Certificate
	chain  []*x509.Certificate
	digest []byte // SHA-256 of the signed bytes of the PDF
}

// cmsSize is the largest size in bytes the signature can take, known before the key is asked.
func cmsSize(cert *x509.Certificate, chain []*x509.Certificate) (int, error) {
	n, err := signatureSize(cert)
	if err != nil {
		return 0, err
	}
	der, err := cmsSignature{cert, chain, make([]byte, sha256.Size)}.encode(make([]byte, n))
	return len(der), err
}

// signatureSize is the largest size of a raw signature by the certificate's key.
func signatureSize(cert *x509.Certificate) (int, error) {
	switch pub := cert.PublicKey.(type) {
	case *rsa.PublicKey:
		return pub.Size(), nil
	case *ecdsa.PublicKey:
		return 2*((pub.Curve.Params().BitSize+7)/8+3) + 4, nil
	}
	return 0, errKeyKind
}

// sign asks the key for its one operation, checks the answer against the
// certificate and returns the finished CMS.
func (c cmsSignature) sign(ctx context.Context, key Key) ([]byte, error) {
	attrs, err := c.attributes()
	if err != nil {
		return nil, err
	}
	sum := sha256.Sum256(setOf(attrs))
	raw, err := key.Sign(ctx, sum[:], crypto.SHA256)
	if err != nil {
		return nil, fmt.Errorf("key: %w", err)
	}
	if err := checkRaw(c.cert, sum[:], raw); err != nil {
		return nil, err
	}
	return c.encode(raw)
}

// checkRaw proves that the key's answer fits the certificate: a token with
// mixed-up objects must not leave a broken signature behind.
func checkRaw(cert *x509.Certificate, sum, raw []byte) error {
	ok := false
	switch pub := cert.PublicKey.(type) {
	case *rsa.PublicKey:
		ok = rsa.VerifyPKCS1v15(pub, crypto.SHA256, sum, raw) == nil
	case *ecdsa.PublicKey:
		ok = ecdsa.VerifyASN1(pub, sum, raw)
	}
	if !ok {
		return fmt.Errorf("%w: the key's signature does not match its certificate", ErrCannotSign)
	}
	return nil
}

// attributes returns the encoded signed attributes in DER order.
func (c cmsSignature) attributes() ([][]byte, error) {
	certHash := sha256.Sum256(c.cert.Raw)
	values := []struct {
		oid   asn1.ObjectIdentifier
		value func(*cryptobyte.Builder)
	}{
		{oidContentType(), func(b *cryptobyte.Builder) { b.AddASN1ObjectIdentifier(oidData()) }},
		{oidMessageDigest(), func(b *cryptobyte.Builder) { b.AddASN1OctetString(c.digest) }},
		{oidSigningCertV2(), func(b *cryptobyte.Builder) { c.addSigningCert(b, certHash[:]) }},
	}
	out := make([][]byte, 0, len(values))
	for _, v := range values {
		var b cryptobyte.Builder
		b.AddASN1(cbasn1.SEQUENCE, func(b *cryptobyte.Builder) {
			b.AddASN1ObjectIdentifier(v.oid)
			b.AddASN1(cbasn1.SET, v.value)
		})
		der, err := b.Bytes()
		if err != nil {
			return nil, fmt.Errorf("encode attribute: %w", err)
		}
		out = append(out, der)
	}
	sort.Slice(out, func(i, j int) bool { return bytes.Compare(out[i], out[j]) < 0 })
	return out, nil
}

// addSigningCert writes SigningCertificateV2; SHA-256 is its default and so is not named.
func (c cmsSignature) addSigningCert(b *cryptobyte.Builder, hash []byte) {
	b.AddASN1(cbasn1.SEQUENCE, func(b *cryptobyte.Builder) { // SigningCertificateV2
		b.AddASN1(cbasn1.SEQUENCE, func(b *cryptobyte.Builder) { // certs
			b.AddASN1(cbasn1.SEQUENCE, func(b *cryptobyte.Builder) { // ESSCertIDv2
				b.AddASN1OctetString(hash)
				b.AddASN1(cbasn1.SEQUENCE, func(b *cryptobyte.Builder) { // IssuerSerial
					b.AddASN1(cbasn1.SEQUENCE, func(b *cryptobyte.Builder) { // GeneralNames
						b.AddASN1(cbasn1.Tag(4).Constructed().ContextSpecific(), func(b *cryptobyte.Builder) {
							b.AddBytes(c.cert.RawIssuer)
						})
					})
					b.AddASN1BigInt(c.cert.SerialNumber)
				})
			})
		})
	})
}

// setOf wraps the attributes in the SET that is hashed for signing (RFC 5652 §5.4).
func setOf(attrs [][]byte) []byte {
	var b cryptobyte.Builder
	b.AddASN1(cbasn1.SET, func(b *cryptobyte.Builder) {
		for _, a := range attrs {
			b.AddBytes(a)
		}
	})
	return b.BytesOrPanic() // only concatenates what was encoded before
}

// encode writes ContentInfo{SignedData} with the raw signature.
func (c cmsSignature) encode(raw []byte) ([]byte, error) {
	attrs, err := c.attributes()
	if err != nil {
		return nil, err
	}
	var b cryptobyte.Builder
	b.AddASN1(cbasn1.SEQUENCE, func(b *cryptobyte.Builder) { // ContentInfo
		b.AddASN1ObjectIdentifier(oidSignedData())
		b.AddASN1(cbasn1.Tag(0).Constructed().ContextSpecific(), func(b *cryptobyte.Builder) {
			b.AddASN1(cbasn1.SEQUENCE, func(b *cryptobyte.Builder) { // SignedData
				b.AddASN1Int64(1)
				b.AddASN1(cbasn1.SET, addSHA256)
				b.AddASN1(cbasn1.SEQUENCE, func(b *cryptobyte.Builder) { // encapContentInfo, detached
					b.AddASN1ObjectIdentifier(oidData())
				})
				b.AddASN1(cbasn1.Tag(0).Constructed().ContextSpecific(), c.addCertificates)
				b.AddASN1(cbasn1.SET, func(b *cryptobyte.Builder) { c.addSignerInfo(b, attrs, raw) })
			})
		})
	})
	der, err := b.Bytes()
	if err != nil {
		return nil, fmt.Errorf("encode signature: %w", err)
	}
	return der, nil
}

func addSHA256(b *cryptobyte.Builder) {
	b.AddASN1(cbasn1.SEQUENCE, func(b *cryptobyte.Builder) {
		b.AddASN1ObjectIdentifier(oidSHA256())
		b.AddASN1NULL()
	})
}

// addCertificates writes the signer's certificate and its issuers but not a root: whoever
// checks must have it from elsewhere.
func (c cmsSignature) addCertificates(b *cryptobyte.Builder) {
	b.AddBytes(c.cert.Raw)
	for _, issuer := range c.chain {
		if !bytes.Equal(issuer.RawIssuer, issuer.RawSubject) && !issuer.Equal(c.cert) {
			b.AddBytes(issuer.Raw)
		}
	}
}

func (c cmsSignature) addSignerInfo(b *cryptobyte.Builder, attrs [][]byte, raw []byte) {
	b.AddASN1(cbasn1.SEQUENCE, func(b *cryptobyte.Builder) {
		b.AddASN1Int64(1)
		b.AddASN1(cbasn1.SEQUENCE, func(b *cryptobyte.Builder) { // IssuerAndSerialNumber
			b.AddBytes(c.cert.RawIssuer)
			b.AddASN1BigInt(c.cert.SerialNumber)
		})
		addSHA256(b)
		b.AddASN1(cbasn1.Tag(0).Constructed().ContextSpecific(), func(b *cryptobyte.Builder) {
			for _, a := range attrs {
				b.AddBytes(a)
			}
		})
		c.addAlgorithm(b)
		b.AddASN1OctetString(raw)
	})
}

func (c cmsSignature) addAlgorithm(b *cryptobyte.Builder) {
	b.AddASN1(cbasn1.SEQUENCE, func(b *cryptobyte.Builder) {
		if _, ok := c.cert.PublicKey.(*ecdsa.PublicKey); ok {
			b.AddASN1ObjectIdentifier(oidECDSASHA256())
			return
		}
		b.AddASN1ObjectIdentifier(oidRSA())
		b.AddASN1NULL()
	})
}
