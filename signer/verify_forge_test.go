package signer

import (
	"bytes"
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/x509"
	"encoding/asn1"
	"fmt"
	"math/big"
	"slices"
	"testing"
	"time"

	"vanthu/internal/pdf"
	"vanthu/internal/practice/ca"

	"github.com/digitorus/timestamp"
	"golang.org/x/crypto/cryptobyte"
	cbasn1 "golang.org/x/crypto/cryptobyte/asn1"
)

// forge is a CMS message of any shape, honest or not. The zero value with a
// key makes what PAdES asks for.
type forge struct {
	key    *memKey
	hash   crypto.Hash // SHA-256 when 0
	digest []byte      // stated in message-digest; nil: of the file

	subFilter   string // ETSI.CAdES.detached when ""
	content     []byte // eContent
	contentType string // stated in the content-type attribute
	noAttrs     bool
	noESS       bool
	essOf       *x509.Certificate // signing-certificate-v2 of another certificate
	ess1        bool              // the old signing-certificate (SHA-1)
	twice       string            // an attribute that occurs twice
	keyID       bool              // name the signer by subject key identifier
	noCert      bool
	pss         bool
	sigAlg      string // algorithm identifier stated instead of the fitting one
	signers     int    // 1 when 0
	stamp       func(signature []byte) []byte
	indefinite  bool // BER with indefinite lengths
	tail        []byte
	signingTime time.Time
	reference   string // entries of the signature's reference: DocMDP, FieldMDP
}

func oid(s string) asn1.ObjectIdentifier {
	var out asn1.ObjectIdentifier
	n := 0
	for _, c := range s + "." {
		if c == '.' {
			out, n = append(out, n), 0
			continue
		}
		n = n*10 + int(c-'0')
	}
	return out
}

func der(build func(b *cryptobyte.Builder)) []byte {
	var b cryptobyte.Builder
	build(&b)
	return b.BytesOrPanic()
}

func (f forge) hashOID() string {
	return map[crypto.Hash]string{crypto.SHA1: "1.3.14.3.2.26", crypto.SHA256: "2.16.840.1.101.3.4.2.1",
		crypto.SHA384: "2.16.840.1.101.3.4.2.2", crypto.SHA512: "2.16.840.1.101.3.4.2.3"}[f.hash]
}

func addAlg(b *cryptobyte.Builder, id string, parameters []byte) {
	b.AddASN1(cbasn1.SEQUENCE, func(b *cryptobyte.Builder) {
		b.AddASN1ObjectIdentifier(oid(id))
		b.AddBytes(parameters)
	})
}

func attr(id string, value func(b *cryptobyte.Builder)) []byte {
	return der(func(b *cryptobyte.Builder) {
		b.AddASN1(cbasn1.SEQUENCE, func(b *cryptobyte.Builder) {
			b.AddASN1ObjectIdentifier(oid(id))
			b.AddASN1(cbasn1.SET, value)
		})
	})
}

func (f forge) attributes(digest []byte) []byte {
	kind := idData
	if f.contentType != "" {
		kind = f.contentType
	}
	attrs := [][]byte{
		attr(idContentType, func(b *cryptobyte.Builder) { b.AddASN1ObjectIdentifier(oid(kind)) }),
		attr(idMessageDigest, func(b *cryptobyte.Builder) { b.AddASN1OctetString(digest) }),
	}
	if !f.signingTime.IsZero() {
		attrs = append(attrs, attr(idSigningTime, func(b *cryptobyte.Builder) { b.AddASN1UTCTime(f.signingTime) }))
	}
	cert := f.key.cert
	if f.essOf != nil {
		cert = f.essOf
	}
	v2, v1 := sha256.Sum256(cert.Raw), sha1.Sum(cert.Raw)
	id, sum := idSigningCertV2, v2[:]
	if f.ess1 {
		id, sum = idSigningCert, v1[:]
	}
	if !f.noESS {
		attrs = append(attrs, attr(id, func(b *cryptobyte.Builder) {
			b.AddASN1(cbasn1.SEQUENCE, func(b *cryptobyte.Builder) {
				b.AddASN1(cbasn1.SEQUENCE, func(b *cryptobyte.Builder) {
					b.AddASN1(cbasn1.SEQUENCE, func(b *cryptobyte.Builder) { b.AddASN1OctetString(sum) })
				})
			})
		}))
	}
	if f.twice != "" {
		attrs = append(attrs, attr(f.twice, func(b *cryptobyte.Builder) { b.AddASN1OctetString(digest) }))
	}
	slices.SortFunc(attrs, bytes.Compare)
	return bytes.Join(attrs, nil)
}

// message builds the CMS over a digest of the file.
func (f forge) message(t testing.TB, fileDigest []byte) []byte {
	t.Helper()
	if f.digest != nil {
		fileDigest = f.digest
	}
	attrs := f.attributes(fileDigest)
	sum := fileDigest
	if !f.noAttrs {
		sum = hashOf(f.hash, berWrite([]byte{0x31}, attrs))
	}
	var opts crypto.SignerOpts = f.hash
	if f.pss {
		opts = &rsa.PSSOptions{SaltLength: rsa.PSSSaltLengthEqualsHash, Hash: f.hash}
	}
	sig, err := f.key.signer.Sign(rand.Reader, sum, opts)
	must(t, err)
	signer := der(func(b *cryptobyte.Builder) { f.signerInfo(b, attrs, sig) })
	body := der(func(b *cryptobyte.Builder) { f.signedData(b, signer) })
	return append(f.contentInfo(body), f.tail...)
}

func (f forge) signerInfo(b *cryptobyte.Builder, attrs, sig []byte) {
	b.AddASN1(cbasn1.SEQUENCE, func(b *cryptobyte.Builder) {
		b.AddASN1Int64(1)
		if f.keyID {
			b.AddASN1(cbasn1.Tag(0).ContextSpecific(), func(b *cryptobyte.Builder) { b.AddBytes(f.key.cert.SubjectKeyId) })
		} else {
			b.AddASN1(cbasn1.SEQUENCE, func(b *cryptobyte.Builder) {
				b.AddBytes(f.key.cert.RawIssuer)
				b.AddASN1BigInt(f.key.cert.SerialNumber)
			})
		}
		addAlg(b, f.hashOID(), nil)
		if !f.noAttrs {
			b.AddASN1(contextTag(0), func(b *cryptobyte.Builder) { b.AddBytes(attrs) })
		}
		f.signatureAlgorithm(b)
		b.AddASN1OctetString(sig)
		if f.stamp != nil {
			b.AddASN1(contextTag(1), func(b *cryptobyte.Builder) {
				b.AddBytes(attr(idTimeStampToken, func(b *cryptobyte.Builder) { b.AddBytes(f.stamp(sig)) }))
			})
		}
	})
}

func (f forge) signatureAlgorithm(b *cryptobyte.Builder) {
	switch {
	case f.sigAlg != "":
		addAlg(b, f.sigAlg, nil)
	case f.pss:
		addAlg(b, "1.2.840.113549.1.1.10", der(func(b *cryptobyte.Builder) {
			b.AddASN1(cbasn1.SEQUENCE, func(b *cryptobyte.Builder) {
				b.AddASN1(contextTag(0), func(b *cryptobyte.Builder) { addAlg(b, f.hashOID(), nil) })
				b.AddASN1(contextTag(1), func(b *cryptobyte.Builder) {
					addAlg(b, "1.2.840.113549.1.1.8", der(func(b *cryptobyte.Builder) { addAlg(b, f.hashOID(), nil) }))
				})
				b.AddASN1(contextTag(2), func(b *cryptobyte.Builder) { b.AddASN1Int64(int64(f.hash.Size())) })
			})
		}))
	default:
		if _, ok := f.key.cert.PublicKey.(*rsa.PublicKey); ok {
			addAlg(b, "1.2.840.113549.1.1.1", nil)
			return
		}
		addAlg(b, map[crypto.Hash]string{crypto.SHA256: "1.2.840.10045.4.3.2", crypto.SHA384: "1.2.840.10045.4.3.3", crypto.SHA512: "1.2.840.10045.4.3.4"}[f.hash], nil)
	}
}

func (f forge) signedData(b *cryptobyte.Builder, signer []byte) {
	b.AddASN1Int64(1)
	b.AddASN1(cbasn1.SET, func(b *cryptobyte.Builder) { addAlg(b, f.hashOID(), nil) })
	b.AddASN1(cbasn1.SEQUENCE, func(b *cryptobyte.Builder) {
		b.AddASN1ObjectIdentifier(oid(idData))
		if f.content != nil {
			b.AddASN1(contextTag(0), func(b *cryptobyte.Builder) { b.AddASN1OctetString(f.content) })
		}
	})
	if !f.noCert {
		b.AddASN1(contextTag(0), func(b *cryptobyte.Builder) { b.AddBytes(f.key.cert.Raw) })
	}
	b.AddASN1(cbasn1.SET, func(b *cryptobyte.Builder) {
		for range max(f.signers, 1) {
			b.AddBytes(signer)
		}
	})
}

// contentInfo wraps SignedData, as DER or with indefinite lengths.
func (f forge) contentInfo(body []byte) []byte {
	if f.indefinite {
		kind := der(func(b *cryptobyte.Builder) { b.AddASN1ObjectIdentifier(oid(idSignedData)) })
		return slices.Concat([]byte{0x30, 0x80}, kind, []byte{0xa0, 0x80, 0x30, 0x80}, body, make([]byte, 6))
	}
	return der(func(b *cryptobyte.Builder) {
		b.AddASN1(cbasn1.SEQUENCE, func(b *cryptobyte.Builder) {
			b.AddASN1ObjectIdentifier(oid(idSignedData))
			b.AddASN1(contextTag(0), func(b *cryptobyte.Builder) {
				b.AddASN1(cbasn1.SEQUENCE, func(b *cryptobyte.Builder) { b.AddBytes(body) })
			})
		})
	})
}

// sign puts the message into a new field of a PDF.
func (f forge) sign(t testing.TB, in []byte, field string) []byte {
	t.Helper()
	if f.hash == 0 {
		f.hash = crypto.SHA256
	}
	p := openHole(t, in, field, f.subFilter, f.reference)
	h := f.hash.New()
	h.Write(p.out[:p.start])
	h.Write(p.out[p.end:])
	out, err := p.finish(f.message(t, h.Sum(nil)))
	must(t, err)
	return out
}

// openHole appends a revision with an invisible signature field and its hole.
func openHole(t testing.TB, in []byte, field, subFilter, reference string) *pending {
	t.Helper()
	file, err := pdf.Parse(in)
	must(t, err)
	e := formEdit{file, file.NewUpdate()}
	d := signatureDict(16<<10, "", testTime())
	if subFilter != "" {
		d = d.With("SubFilter", "/"+subFilter)
	}
	if reference != "" {
		d = d.With("Reference", "[<< /Type /SigRef "+reference+" >>]")
	}
	sig := e.u.Add(d.Bytes())
	ref := e.u.Add(fmt.Appendf(nil, "<< /Type /Annot /Subtype /Widget /FT /Sig /T (%s) /F 132 /Rect [0 0 0 0] /V %s >>", field, sig))
	must(t, e.addToForm(formChange{fields: []pdf.Ref{ref}, signed: true}))
	p, err := newPending(in, e.u, sig)
	must(t, err)
	return p
}

// practicePKI is a pki of the practice CA with a time-stamp authority.
type practicePKI struct {
	ca     *ca.CA
	leader *memKey
	tsa    *memKey
	policy Policy
}

func newPractice(t testing.TB, leader ca.Subject) practicePKI {
	t.Helper()
	c, err := ca.Make(t.TempDir(), ca.Options{Clock: func() time.Time { return testTime().AddDate(0, 0, -1) }})
	must(t, err)
	if leader.Name == "" {
		leader.Name, leader.Organization = "Nguyễn Văn Nghĩa", "UBND xã Định Mỹ"
	}
	p := practicePKI{ca: c, policy: Policy{Roots: []*x509.Certificate{c.Root()}, At: testTime().Add(time.Hour)}}
	p.leader = p.key(t, leader)
	p.tsa = p.key(t, ca.Subject{Name: "TSA thực hành", TimeStamping: true, Elliptic: true})
	return p
}

func (p practicePKI) key(t testing.TB, s ca.Subject) *memKey {
	t.Helper()
	key, cert, err := p.ca.Certify(s)
	must(t, err)
	return &memKey{signer: key, cert: cert, chain: []*x509.Certificate{p.ca.Root()}}
}

// token makes a time-stamp token over data.
func token(t testing.TB, key *memKey, at time.Time, data []byte) []byte {
	t.Helper()
	sum := sha256.Sum256(data)
	return tokenOver(t, key, at, sum[:])
}

// tokenOver makes a time-stamp token over a SHA-256 imprint.
func tokenOver(t testing.TB, key *memKey, at time.Time, imprint []byte) []byte {
	t.Helper()
	ts := timestamp.Timestamp{HashAlgorithm: crypto.SHA256, HashedMessage: imprint, Time: at.UTC(),
		Policy: oid("1.2.3.4"), SerialNumber: big.NewInt(7), AddTSACertificate: true}
	response, err := ts.CreateResponseWithOpts(key.cert, key.signer, crypto.SHA256)
	must(t, err)
	parsed, err := timestamp.ParseResponse(response)
	must(t, err)
	return parsed.RawToken
}
