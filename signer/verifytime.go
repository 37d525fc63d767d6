package signer

import (
	"bytes"
	"crypto/x509"
	"encoding/asn1"
	"math/big"
	"time"

	"golang.org/x/crypto/cryptobyte"
	cbasn1 "golang.org/x/crypto/cryptobyte/asn1"
)

// stamp is a checked time-stamp token (RFC 3161).
type stamp struct {
	time    time.Time
	cert    *x509.Certificate // the authority's
	chain   []*x509.Certificate
	trusted bool     // its chain reached a configured root when the stamp was made
	reasons []string // why it is not trusted, or what else there is to say
}

// checkStamp checks a token over imprinted bytes: the token's own signature,
// its imprint, its purpose, then its chain. The error is a fault; an untrusted
// chain is no error, since the time then merely proves nothing.
func checkStamp(token []byte, imprinted func(h string) []byte, p Policy, now time.Time) (*stamp, error) {
	m, err := parseCMS(token)
	if err != nil {
		return nil, fault(reasonTimestampBad)
	}
	info, err := parseTSTInfo(m.content)
	if err != nil {
		return nil, err
	}
	want := imprinted(info.hash)
	if want == nil || !bytes.Equal(info.imprint, want) {
		return nil, fault(reasonTimestampBad)
	}
	cert := m.signer(p.Intermediates)
	if cert == nil {
		return nil, fault(reasonTimestampBad)
	}
	h := digestHash(m.digestAlg)
	if h == 0 {
		return nil, fault(reasonTimestampBad)
	}
	rules := cmsRules{contentType: idTSTInfo, attributes: true, certificate: true}
	if err := m.check(cert, hashOf(h, m.content), rules); err != nil {
		return nil, fault(reasonTimestampBad)
	}
	s := &stamp{time: info.time, cert: cert}
	s.judge(newTrust(p, m.certificates), now)
	return s, nil
}

// judge decides whether the authority is trusted at the time it states.
func (s *stamp) judge(t trust, now time.Time) {
	s.chain = t.chainAt(s.cert, s.time, x509.ExtKeyUsageTimeStamping)
	if s.chain == nil || !timeStampingOnly(s.cert) || s.time.After(now.Add(clockSlack)) {
		s.reasons = append(s.reasons, reasonTimestampTrust)
		return
	}
	s.trusted = true
	if now.After(s.cert.NotAfter) {
		s.reasons = append(s.reasons, reasonTimestampExpired)
	}
}

// clockSlack is how far a time stamp may lie ahead of this computer's clock.
const clockSlack = 10 * time.Minute

// timeStampingOnly: RFC 3161 §2.3 wants this purpose and no other.
func timeStampingOnly(cert *x509.Certificate) bool {
	return len(cert.ExtKeyUsage) == 1 && cert.ExtKeyUsage[0] == x509.ExtKeyUsageTimeStamping && len(cert.UnknownExtKeyUsage) == 0
}

// tstInfo is what we use of TSTInfo (RFC 3161 §2.4.2).
type tstInfo struct {
	hash    string // object identifier
	imprint []byte
	time    time.Time
}

// parseTSTInfo reads the signed statement of a token.
func parseTSTInfo(content []byte) (*tstInfo, error) {
	in := cryptobyte.String(content)
	var body, imprint, digest, when cryptobyte.String
	var version int
	var policy asn1.ObjectIdentifier
	var alg algorithm
	serial := new(big.Int)
	if !in.ReadASN1(&body, cbasn1.SEQUENCE) || !in.Empty() || !body.ReadASN1Integer(&version) || version != 1 ||
		!body.ReadASN1ObjectIdentifier(&policy) || !body.ReadASN1(&imprint, cbasn1.SEQUENCE) ||
		!readAlgorithm(&imprint, &alg) || !imprint.ReadASN1(&digest, cbasn1.OCTET_STRING) || !imprint.Empty() ||
		!body.ReadASN1Integer(serial) || !body.ReadASN1(&when, cbasn1.GeneralizedTime) {
		return nil, fault(reasonTimestampBad)
	}
	// cryptobyte refuses the fraction of a second that authorities do write.
	t, err := time.Parse("20060102150405.999999999Z", string(when))
	if err != nil {
		return nil, fault(reasonTimestampBad)
	}
	return &tstInfo{hash: alg.oid, imprint: digest, time: t.UTC()}, nil
}
