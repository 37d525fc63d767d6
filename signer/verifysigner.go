package signer

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/rsa"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/x509"
	"encoding/asn1"

	"golang.org/x/crypto/cryptobyte"
	cbasn1 "golang.org/x/crypto/cryptobyte/asn1"
)

// cmsRules are what a message must obey besides RFC 5652.
type cmsRules struct {
	contentType string // of eContent and of the content-type attribute
	attributes  bool   // signed attributes are required
	certificate bool   // a signing-certificate attribute is required (PAdES)
}

// check proves that cert's key signed content with this digest under the
// rules. The error is the first fault.
func (m *cmsMessage) check(cert *x509.Certificate, digest []byte, rules cmsRules) error {
	if m.contentType != rules.contentType {
		return fault(reasonContentType)
	}
	h := digestHash(m.digestAlg)
	if h == 0 {
		return fault(reasonAlgorithm)
	}
	if m.signedRaw == nil {
		if rules.attributes {
			return fault(reasonNoAttributes)
		}
		return m.checkSignature(cert, digest)
	}
	if err := m.checkAttributes(digest, rules.contentType); err != nil {
		return err
	}
	if err := m.checkSigningCertificate(cert, rules.certificate); err != nil {
		return err
	}
	sum := h.New()
	sum.Write(m.signedRaw)
	return m.checkSignature(cert, sum.Sum(nil))
}

// checkAttributes compares content-type and message-digest (RFC 5652 §11).
func (m *cmsMessage) checkAttributes(digest []byte, contentType string) error {
	kindRaw := cryptobyte.String(m.signed[idContentType])
	var kind asn1.ObjectIdentifier
	if !kindRaw.ReadASN1ObjectIdentifier(&kind) || !kindRaw.Empty() || kind.String() != contentType {
		return fault(reasonContentType)
	}
	digestRaw := cryptobyte.String(m.signed[idMessageDigest])
	var stated cryptobyte.String
	if !digestRaw.ReadASN1(&stated, cbasn1.OCTET_STRING) || !digestRaw.Empty() {
		return fault(reasonAttributes)
	}
	if !bytes.Equal(stated, digest) {
		return fault(reasonDigest)
	}
	return nil
}

// checkSigningCertificate compares the hash that the signer gave of their own
// certificate (RFC 5035), so that nobody swaps in another with the same key.
func (m *cmsMessage) checkSigningCertificate(cert *x509.Certificate, required bool) error {
	v2, v1 := m.signed[idSigningCertV2], m.signed[idSigningCert]
	switch {
	case v2 != nil:
		return checkCertID(v2, cert, true)
	case v1 != nil:
		return checkCertID(v1, cert, false)
	case required:
		return fault(reasonNoSigningCert)
	}
	return nil
}

// checkCertID checks the first ESSCertID or ESSCertIDv2.
func checkCertID(value []byte, cert *x509.Certificate, v2 bool) error {
	in := cryptobyte.String(value)
	var outer, list, id, hash cryptobyte.String
	if !in.ReadASN1(&outer, cbasn1.SEQUENCE) || !outer.ReadASN1(&list, cbasn1.SEQUENCE) || !list.ReadASN1(&id, cbasn1.SEQUENCE) {
		return fault(reasonAttributes)
	}
	h := crypto.SHA1
	if v2 {
		h = crypto.SHA256
		var alg algorithm
		if id.PeekASN1Tag(cbasn1.SEQUENCE) {
			if !readAlgorithm(&id, &alg) {
				return fault(reasonAttributes)
			}
			h = digestHash(alg.oid)
		}
	}
	if !id.ReadASN1(&hash, cbasn1.OCTET_STRING) {
		return fault(reasonAttributes)
	}
	if h == 0 || !bytes.Equal(hash, hashOf(h, cert.Raw)) {
		return fault(reasonSigningCert)
	}
	return nil
}

// hashOf hashes with one of the functions of digestHash.
func hashOf(h crypto.Hash, data []byte) []byte {
	switch h {
	case crypto.SHA1:
		sum := sha1.Sum(data)
		return sum[:]
	case crypto.SHA256:
		sum := sha256.Sum256(data)
		return sum[:]
	}
	sum := h.New()
	sum.Write(data)
	return sum.Sum(nil)
}

// checkSignature verifies the signature value over a digest.
func (m *cmsMessage) checkSignature(cert *x509.Certificate, digest []byte) error {
	h := digestHash(m.digestAlg)
	var ok bool
	switch key := cert.PublicKey.(type) {
	case *rsa.PublicKey:
		if m.sigAlg.oid == "1.2.840.113549.1.1.10" {
			return m.checkPSS(key, h, digest)
		}
		if want := pkcs1Hash(m.sigAlg.oid, h); want != h {
			return fault(reasonAlgorithm)
		}
		ok = rsa.VerifyPKCS1v15(key, h, digest, m.signature) == nil
	case *ecdsa.PublicKey:
		if want := ecdsaHash(m.sigAlg.oid, h); want != h {
			return fault(reasonAlgorithm)
		}
		ok = ecdsa.VerifyASN1(key, digest, m.signature)
	default:
		return fault(reasonAlgorithm)
	}
	if !ok {
		return fault(reasonSignature)
	}
	return nil
}

// pkcs1Hash is the hash that an RSA signature algorithm names; plain
// rsaEncryption takes the digest algorithm's.
func pkcs1Hash(oid string, digest crypto.Hash) crypto.Hash {
	switch oid {
	case "1.2.840.113549.1.1.1":
		return digest
	case "1.2.840.113549.1.1.5":
		return crypto.SHA1
	case "1.2.840.113549.1.1.11":
		return crypto.SHA256
	case "1.2.840.113549.1.1.12":
		return crypto.SHA384
	case "1.2.840.113549.1.1.13":
		return crypto.SHA512
	}
	return 0
}

// ecdsaHash is the same for ECDSA.
func ecdsaHash(oid string, digest crypto.Hash) crypto.Hash {
	switch oid {
	case "1.2.840.10045.2.1": // some devices name the key kind only
		return digest
	case "1.2.840.10045.4.1":
		return crypto.SHA1
	case "1.2.840.10045.4.3.2":
		return crypto.SHA256
	case "1.2.840.10045.4.3.3":
		return crypto.SHA384
	case "1.2.840.10045.4.3.4":
		return crypto.SHA512
	}
	return 0
}

// checkPSS verifies RSASSA-PSS; its hash must be the digest algorithm and its
// mask the same hash, as every signer does it.
func (m *cmsMessage) checkPSS(key *rsa.PublicKey, h crypto.Hash, digest []byte) error {
	hash, mask, ok := pssHashes(m.sigAlg.parameters)
	if !ok || hash != h || mask != h {
		return fault(reasonAlgorithm)
	}
	if rsa.VerifyPSS(key, h, digest, m.signature, &rsa.PSSOptions{SaltLength: rsa.PSSSaltLengthAuto, Hash: h}) != nil {
		return fault(reasonSignature)
	}
	return nil
}

// pssHashes reads the two hash functions of RSASSA-PSS-params (RFC 4055 §3.1).
func pssHashes(parameters []byte) (hash, mask crypto.Hash, ok bool) {
	hash, mask = crypto.SHA1, crypto.SHA1
	in := cryptobyte.String(parameters)
	var body, field cryptobyte.String
	if !in.ReadASN1(&body, cbasn1.SEQUENCE) {
		return 0, 0, false
	}
	var present bool
	var alg algorithm
	if !body.ReadOptionalASN1(&field, &present, contextTag(0)) {
		return 0, 0, false
	}
	if present {
		if !readAlgorithm(&field, &alg) {
			return 0, 0, false
		}
		hash = digestHash(alg.oid)
	}
	if !body.ReadOptionalASN1(&field, &present, contextTag(1)) {
		return 0, 0, false
	}
	if present {
		if !readAlgorithm(&field, &alg) || alg.oid != "1.2.840.113549.1.1.8" {
			return 0, 0, false
		}
		parameters := cryptobyte.String(alg.parameters)
		if !readAlgorithm(&parameters, &alg) {
			return 0, 0, false
		}
		mask = digestHash(alg.oid)
	}
	return hash, mask, true
}

// weakness names what is too weak in the signature by today's rules.
func (m *cmsMessage) weakness(cert *x509.Certificate) (string, bool) {
	if digestHash(m.digestAlg) == crypto.SHA1 {
		return reasonWeakDigest, true
	}
	if key, ok := cert.PublicKey.(*rsa.PublicKey); ok && key.N.BitLen() < 2048 {
		return reasonWeakKey, true
	}
	return "", false
}
