package signer

import (
	"context"
	"crypto/sha256"
	"crypto/x509"
	"encoding/asn1"
	"encoding/hex"
	"time"

	"vanthu/internal/pdf"
	"vanthu/internal/verdict"
)

// maxChain bounds a certificate chain; the state's has three links.
const maxChain = 8

// trust holds what chains are built from.
type trust struct {
	roots         *x509.CertPool
	intermediates *x509.CertPool
	none          bool // no root is configured
}

// newTrust joins the policy with the certificates found in the file, which may
// serve as intermediates only.
func newTrust(p Policy, found []*x509.Certificate) trust {
	t := trust{roots: x509.NewCertPool(), intermediates: x509.NewCertPool(), none: true}
	for _, c := range p.Roots {
		if c.IsCA { // a stray leaf in the trust folder must not vouch for itself
			t.roots.AddCert(c)
			t.none = false
		}
	}
	for _, list := range [][]*x509.Certificate{p.Intermediates, found} {
		for _, c := range list {
			if c.IsCA {
				t.intermediates.AddCert(c)
			}
		}
	}
	return t
}

// fileCertificates reads the certificates of the document's security store
// (DSS), which may help to build a chain.
func fileCertificates(f *pdf.File) []*x509.Certificate {
	catalog, err := f.Catalog()
	if err != nil {
		return nil
	}
	dss, err := f.Dict(catalog.Get("DSS"))
	if err != nil || dss == nil {
		return nil
	}
	list, err := f.Array(dss.Get("Certs"))
	if err != nil {
		return nil
	}
	var certs []*x509.Certificate
	for _, o := range list[:min(len(list), maxCMSCertificates)] {
		value, err := f.Resolve(o)
		stm, ok := value.(*pdf.Stream)
		if err != nil || !ok {
			continue
		}
		raw, err := f.Decode(stm, maxCertificate)
		if err != nil {
			continue
		}
		if c, err := x509.ParseCertificate(raw); err == nil {
			certs = append(certs, c)
		}
	}
	return certs
}

// chainAt builds a chain that is valid at one moment; nil when there is none.
func (t trust) chainAt(cert *x509.Certificate, at time.Time, usage x509.ExtKeyUsage) []*x509.Certificate {
	if t.none {
		return nil
	}
	chains, err := cert.Verify(x509.VerifyOptions{
		Roots: t.roots, Intermediates: t.intermediates, CurrentTime: at,
		KeyUsages: []x509.ExtKeyUsage{usage},
	})
	if err != nil || len(chains) == 0 || len(chains[0]) > maxChain {
		return nil
	}
	return chains[0]
}

// chainEver builds a chain at any moment of the certificate's life: it tells
// "expired" from "unknown issuer".
func (t trust) chainEver(cert *x509.Certificate, usage x509.ExtKeyUsage) []*x509.Certificate {
	middle := cert.NotBefore.Add(cert.NotAfter.Sub(cert.NotBefore) / 2)
	for _, at := range []time.Time{cert.NotAfter.Add(-time.Second), middle, cert.NotBefore.Add(time.Second)} {
		if chain := t.chainAt(cert, at, usage); chain != nil {
			return chain
		}
	}
	return nil
}

// judgement is a verdict with its reasons.
type judgement struct {
	verdict verdict.Verdict
	reasons []string
}

// judgeChain gives the verdict on a signer's certificate, once the signature
// itself is known to be good. proven is the trusted time of signing, zero
// when there is none; the time a file claims is never used.
func (t trust) judgeChain(cert *x509.Certificate, now, proven time.Time) (judgement, []*x509.Certificate) {
	if !maySign(cert) || onlyOtherPurposes(cert) {
		return judgement{verdict.Invalid, []string{reasonKeyUsage}}, nil
	}
	if t.none {
		return judgement{verdict.NotEnoughData, []string{reasonNoRoots}}, nil
	}
	ever := t.chainEver(cert, x509.ExtKeyUsageAny)
	today := t.chainAt(cert, now, x509.ExtKeyUsageAny)
	if today == nil && ever == nil {
		return judgement{verdict.NotEnoughData, []string{reasonUntrusted}}, nil
	}
	if !proven.IsZero() {
		then := t.chainAt(cert, proven, x509.ExtKeyUsageAny)
		switch {
		case then == nil:
			return judgement{verdict.Invalid, []string{reasonNotValidThen}}, ever
		case today == nil:
			return judgement{verdict.ExpiredValidAtSigning, []string{reasonExpired, reasonRevocation}}, then
		}
	}
	if today != nil {
		return judgement{verdict.ValidOffline, []string{reasonRevocation}}, today
	}
	if now.Before(cert.NotBefore) {
		return judgement{verdict.NotEnoughData, []string{reasonNotYetValid}}, ever
	}
	return judgement{verdict.NotEnoughData, []string{reasonExpired, reasonNoProvenTime}}, ever
}

// onlyOtherPurposes: the certificate names purposes and all of them are
// services of a trust provider or of a web server. Document signing is not
// demanded, since the state's certificates do not name it.
func onlyOtherPurposes(cert *x509.Certificate) bool {
	if len(cert.ExtKeyUsage) == 0 || len(cert.UnknownExtKeyUsage) > 0 {
		return false
	}
	for _, u := range cert.ExtKeyUsage {
		switch u {
		case x509.ExtKeyUsageTimeStamping, x509.ExtKeyUsageOCSPSigning, x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageCodeSigning:
		default:
			return false
		}
	}
	return true
}

// describeSigner fills what the report says about the signer.
func describeSigner(cert *x509.Certificate) verdict.Signer {
	s := verdict.Signer{
		Name:      cert.Subject.CommonName,
		Serial:    serialText(cert),
		Issuer:    cert.Issuer.CommonName,
		NotBefore: cert.NotBefore,
		NotAfter:  cert.NotAfter,
	}
	if len(cert.Subject.Organization) > 0 {
		s.Organization = cert.Subject.Organization[0]
	}
	if s.Email = subjectValue(cert, "1.2.840.113549.1.9.1"); s.Email == "" && len(cert.EmailAddresses) > 0 {
		s.Email = cert.EmailAddresses[0]
	}
	return s
}

// subjectValue is the first value of an attribute of the subject, "" if none.
func subjectValue(cert *x509.Certificate, oid string) string {
	values := subjectValues(cert, oid)
	if len(values) == 0 {
		return ""
	}
	return values[0]
}

// subjectValues lists the values of an attribute of the subject.
func subjectValues(cert *x509.Certificate, oid string) []string {
	var out []string
	for _, name := range cert.Subject.Names {
		if name.Type.String() != oid {
			continue
		}
		switch v := name.Value.(type) {
		case string:
			out = append(out, v)
		case asn1.RawValue:
			out = append(out, string(v.Bytes))
		}
	}
	return out
}

// describeChain fills the report's chain, signer first.
func describeChain(chain []*x509.Certificate) []verdict.Certificate {
	out := make([]verdict.Certificate, 0, len(chain))
	for _, c := range chain {
		sum := sha256.Sum256(c.Raw)
		out = append(out, verdict.Certificate{
			Subject: c.Subject.CommonName,
			Issuer:  c.Issuer.CommonName,
			Serial:  serialText(c),
			SHA256:  hex.EncodeToString(sum[:]),
		})
	}
	return out
}

// stopped reports whether the caller has given up.
func stopped(ctx context.Context) error { return context.Cause(ctx) }
