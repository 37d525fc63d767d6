package signer

import (
	"bytes"
	"crypto"
	"crypto/x509"
	"encoding/asn1"
	"math/big"
	"time"

	"golang.org/x/crypto/cryptobyte"
	cbasn1 "golang.org/x/crypto/cryptobyte/asn1"
)

// Object identifiers that verification compares, dotted.
const (
	idData           = "1.2.840.113549.1.7.1"
	idSignedData     = "1.2.840.113549.1.7.2"
	idTSTInfo        = "1.2.840.113549.1.9.16.1.4"
	idContentType    = "1.2.840.113549.1.9.3"
	idMessageDigest  = "1.2.840.113549.1.9.4"
	idSigningTime    = "1.2.840.113549.1.9.5"
	idSigningCert    = "1.2.840.113549.1.9.16.2.12"
	idSigningCertV2  = "1.2.840.113549.1.9.16.2.47"
	idTimeStampToken = "1.2.840.113549.1.9.16.2.14"
)

// Limits on one CMS message.
const (
	maxCMS             = 8 << 20 // bytes; the largest seen in the wild hold some CRLs
	maxCMSCertificates = 64
	maxCMSAttributes   = 64
)

// fault is a failed check: a reason code as an error.
type fault string

// Error implements error.
func (f fault) Error() string { return string(f) }

// undecided tells faults that keep us from checking from those that a check
// found: what cannot be checked is neither valid nor forged.
func (f fault) undecided() bool {
	switch f {
	case reasonFormat, reasonAlgorithm, reasonNoCertificate, reasonNoSigningCert:
		return true
	}
	return false
}

// cmsMessage is a parsed SignedData with exactly one signer (RFC 5652).
type cmsMessage struct {
	contentType  string
	content      []byte // eContent; nil when detached
	certificates []*x509.Certificate

	issuer     []byte   // signer by raw issuer name and serial, or
	serial     *big.Int //
	keyID      []byte   // by subject key identifier
	digestAlg  string
	signedRaw  []byte // signed attributes as the SET that was signed; nil: none
	signed     map[string][]byte
	sigAlg     algorithm
	signature  []byte
	timeStamps [][]byte // id-aa-timeStampToken, each a ContentInfo in DER
}

// algorithm is an AlgorithmIdentifier.
type algorithm struct {
	oid        string
	parameters []byte
}

// parseCMS reads a CMS message strictly: nothing but zero bytes may follow,
// there is one signer, and no attribute occurs twice. Errors are faults.
func parseCMS(data []byte) (*cmsMessage, error) {
	if len(data) > maxCMS {
		return nil, fault(reasonBadCMS)
	}
	der, rest, err := toDER(data)
	if err != nil || len(bytes.Trim(rest, "\x00")) > 0 {
		return nil, fault(reasonBadCMS)
	}
	in := cryptobyte.String(der)
	var info, outer, body cryptobyte.String
	var kind asn1.ObjectIdentifier
	if !in.ReadASN1(&info, cbasn1.SEQUENCE) || !info.ReadASN1ObjectIdentifier(&kind) || kind.String() != idSignedData ||
		!info.ReadASN1(&outer, contextTag(0)) || !info.Empty() || !outer.ReadASN1(&body, cbasn1.SEQUENCE) || !outer.Empty() {
		return nil, fault(reasonBadCMS)
	}
	m := &cmsMessage{}
	return m, m.readSignedData(body)
}

// contextTag is a constructed context-specific tag.
func contextTag(n uint8) cbasn1.Tag { return cbasn1.Tag(n).ContextSpecific().Constructed() }

// readSignedData reads SignedData (RFC 5652 §5.1).
func (m *cmsMessage) readSignedData(in cryptobyte.String) error {
	var version int
	var digests, encap, signers cryptobyte.String
	if !in.ReadASN1Integer(&version) || !in.ReadASN1(&digests, cbasn1.SET) || !in.ReadASN1(&encap, cbasn1.SEQUENCE) {
		return fault(reasonBadCMS)
	}
	if err := m.readContent(encap); err != nil {
		return err
	}
	var certs cryptobyte.String
	var hasCerts bool
	if !in.ReadOptionalASN1(&certs, &hasCerts, contextTag(0)) || !in.SkipOptionalASN1(contextTag(1)) ||
		!in.ReadASN1(&signers, cbasn1.SET) || !in.Empty() {
		return fault(reasonBadCMS)
	}
	if err := m.readCertificates(certs); err != nil {
		return err
	}
	var signer cryptobyte.String
	if !signers.ReadASN1(&signer, cbasn1.SEQUENCE) || !signers.Empty() {
		return fault(reasonSigners)
	}
	return m.readSigner(signer)
}

// readContent reads EncapsulatedContentInfo.
func (m *cmsMessage) readContent(in cryptobyte.String) error {
	var kind asn1.ObjectIdentifier
	if !in.ReadASN1ObjectIdentifier(&kind) {
		return fault(reasonBadCMS)
	}
	m.contentType = kind.String()
	if in.Empty() {
		return nil
	}
	var outer, content cryptobyte.String
	if !in.ReadASN1(&outer, contextTag(0)) || !in.Empty() || !outer.ReadASN1(&content, cbasn1.OCTET_STRING) || !outer.Empty() {
		return fault(reasonBadCMS)
	}
	m.content = append([]byte{}, content...) // not nil even when empty
	return nil
}

// readCertificates keeps every certificate that crypto/x509 can read; others
// (attribute certificates, odd old ones) do not matter unless they are the
// signer's, which is then missing.
func (m *cmsMessage) readCertificates(in cryptobyte.String) error {
	for n := 0; !in.Empty(); n++ {
		var element cryptobyte.String
		var tag cbasn1.Tag
		if n >= maxCMSCertificates || !in.ReadAnyASN1Element(&element, &tag) {
			return fault(reasonBadCMS)
		}
		if cert, err := x509.ParseCertificate(element); err == nil {
			m.certificates = append(m.certificates, cert)
		}
	}
	return nil
}

// readSigner reads SignerInfo (RFC 5652 §5.3).
func (m *cmsMessage) readSigner(in cryptobyte.String) error {
	var version int
	if !in.ReadASN1Integer(&version) || !m.readSignerID(&in) {
		return fault(reasonBadCMS)
	}
	var digest algorithm
	if !readAlgorithm(&in, &digest) {
		return fault(reasonBadCMS)
	}
	m.digestAlg = digest.oid
	var attrs, unsigned, sig cryptobyte.String
	var hasSigned, hasUnsigned bool
	if !in.ReadOptionalASN1(&attrs, &hasSigned, contextTag(0)) || !readAlgorithm(&in, &m.sigAlg) ||
		!in.ReadASN1(&sig, cbasn1.OCTET_STRING) || !in.ReadOptionalASN1(&unsigned, &hasUnsigned, contextTag(1)) || !in.Empty() {
		return fault(reasonBadCMS)
	}
	m.signature = sig
	if hasSigned {
		m.signedRaw = berWrite([]byte{byte(cbasn1.SET)}, attrs)
		signed, err := readAttributes(attrs)
		if err != nil {
			return err
		}
		m.signed = map[string][]byte{}
		for _, a := range signed {
			if m.signed[a.oid] != nil || len(a.values) != 1 {
				return fault(reasonAttributes)
			}
			m.signed[a.oid] = a.values[0]
		}
	}
	return m.readUnsigned(unsigned)
}

// readUnsigned keeps the time stamps of the unsigned attributes.
func (m *cmsMessage) readUnsigned(in cryptobyte.String) error {
	unsigned, err := readAttributes(in)
	for _, a := range unsigned {
		if a.oid == idTimeStampToken {
			m.timeStamps = append(m.timeStamps, a.values...)
		}
	}
	return err
}

// readSignerID reads either way of naming the signer's certificate.
func (m *cmsMessage) readSignerID(in *cryptobyte.String) bool {
	if in.PeekASN1Tag(cbasn1.Tag(0).ContextSpecific()) {
		var id cryptobyte.String
		ok := in.ReadASN1(&id, cbasn1.Tag(0).ContextSpecific())
		m.keyID = id
		return ok && len(id) > 0
	}
	var both, issuer cryptobyte.String
	m.serial = new(big.Int)
	if !in.ReadASN1(&both, cbasn1.SEQUENCE) || !both.ReadASN1Element(&issuer, cbasn1.SEQUENCE) ||
		!both.ReadASN1Integer(m.serial) || !both.Empty() {
		return false
	}
	m.issuer = issuer
	return true
}

// signer is the signer's certificate among those the message carries.
func (m *cmsMessage) signer(more []*x509.Certificate) *x509.Certificate {
	for _, list := range [][]*x509.Certificate{m.certificates, more} {
		for _, c := range list {
			if m.keyID != nil && bytes.Equal(c.SubjectKeyId, m.keyID) {
				return c
			}
			if m.keyID == nil && bytes.Equal(c.RawIssuer, m.issuer) && c.SerialNumber.Cmp(m.serial) == 0 {
				return c
			}
		}
	}
	return nil
}

// attributeSet is one attribute with its values, each a whole DER element.
type attributeSet struct {
	oid    string
	values [][]byte
}

// readAttributes reads a SET OF Attribute without its tag.
func readAttributes(in cryptobyte.String) ([]attributeSet, error) {
	var out []attributeSet
	for !in.Empty() {
		var one, values cryptobyte.String
		var oid asn1.ObjectIdentifier
		if len(out) >= maxCMSAttributes || !in.ReadASN1(&one, cbasn1.SEQUENCE) || !one.ReadASN1ObjectIdentifier(&oid) ||
			!one.ReadASN1(&values, cbasn1.SET) || !one.Empty() {
			return nil, fault(reasonAttributes)
		}
		a := attributeSet{oid: oid.String()}
		for !values.Empty() {
			var v cryptobyte.String
			var tag cbasn1.Tag
			if len(a.values) >= maxCMSAttributes || !values.ReadAnyASN1Element(&v, &tag) {
				return nil, fault(reasonAttributes)
			}
			a.values = append(a.values, v)
		}
		out = append(out, a)
	}
	return out, nil
}

// readAlgorithm reads an AlgorithmIdentifier.
func readAlgorithm(in *cryptobyte.String, a *algorithm) bool {
	var body cryptobyte.String
	var oid asn1.ObjectIdentifier
	if !in.ReadASN1(&body, cbasn1.SEQUENCE) || !body.ReadASN1ObjectIdentifier(&oid) {
		return false
	}
	a.oid, a.parameters = oid.String(), body
	return true
}

// digestHash is the hash function of a digest algorithm; 0 when unknown.
func digestHash(oid string) crypto.Hash {
	switch oid {
	case "1.3.14.3.2.26":
		return crypto.SHA1 // read only, never trusted
	case "2.16.840.1.101.3.4.2.1":
		return crypto.SHA256
	case "2.16.840.1.101.3.4.2.2":
		return crypto.SHA384
	case "2.16.840.1.101.3.4.2.3":
		return crypto.SHA512
	}
	return 0
}

// claimed is the signing-time attribute, a mere claim.
func (m *cmsMessage) claimed() (time.Time, bool) {
	in := cryptobyte.String(m.signed[idSigningTime])
	var t time.Time
	if in.PeekASN1Tag(cbasn1.UTCTime) {
		return t, in.ReadASN1UTCTime(&t)
	}
	return t, in.ReadASN1GeneralizedTime(&t)
}
