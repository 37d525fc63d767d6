package signer

import (
	"context"
	"crypto/x509"
	"fmt"
	"strings"

	"github.com/miekg/pkcs11"
)

// Limits on what a token may hold; a stick with more is broken or hostile.
const (
	maxObjects     = 64
	maxCertificate = 64 << 10 // bytes
)

// ModuleReport says what one module answered.
type ModuleReport struct {
	Path   string    // the library's file
	Driver string    // how the library names itself
	Tokens int       // plugged-in tokens it sees
	Keys   []KeyInfo // signing certificates on them
	Err    error     // why it could not be asked, or nil
}

// scanModule lists one module.
func scanModule(ctx context.Context, m *module) ModuleReport {
	report, err := do(ctx, m, askLimit, func(d library) (ModuleReport, error) {
		var r ModuleReport
		if info, err := d.GetInfo(); err == nil {
			r.Driver = cleanText(info.ManufacturerID + " " + info.LibraryDescription)
		}
		slots, err := d.GetSlotList(true)
		if err != nil {
			return r, fmt.Errorf("module %s: list slots: %w", m.path, err)
		}
		for _, slot := range slots {
			keys, err := scanSlot(d, slot)
			if err == nil {
				r.Tokens++
				r.Keys = append(r.Keys, keys...)
			}
		}
		return r, nil
	})
	report.Path, report.Err = m.path, err
	return report
}

// scanSlot lists the signing certificates of one token. A token whose
// certificates stay hidden before login is listed by its serial alone.
func scanSlot(d library, slot uint) ([]KeyInfo, error) {
	info, err := d.GetTokenInfo(slot)
	if err != nil {
		return nil, err
	}
	if info.Flags&pkcs11.CKF_TOKEN_INITIALIZED == 0 {
		return nil, nil
	}
	bare := KeyInfo{
		Ref:   tokenRef{serial: cleanText(info.SerialNumber)}.String(),
		Label: cleanText(info.Label),
		Pad:   hasPad(info),
		Tries: triesOf(info.Flags, 0),
	}
	session, err := d.OpenSession(slot, pkcs11.CKF_SERIAL_SESSION)
	if err != nil {
		return []KeyInfo{bare}, nil
	}
	defer d.CloseSession(session) //nolint:errcheck // nothing was opened for writing
	certs, err := readCertificates(d, session)
	if err != nil {
		return []KeyInfo{bare}, nil
	}
	var keys []KeyInfo
	for _, c := range certs {
		if maySign(c.cert) {
			keys = append(keys, tokenKeyInfo(info, c))
		}
	}
	if len(keys) == 0 {
		return []KeyInfo{bare}, nil
	}
	return keys, nil
}

// tokenKeyInfo describes one certificate on a token.
func tokenKeyInfo(info pkcs11.TokenInfo, c tokenCert) KeyInfo {
	k := certificateInfo(c.cert)
	k.Ref = tokenRef{serial: cleanText(info.SerialNumber), id: c.id}.String()
	k.Label = cleanText(info.Label)
	k.Pad = hasPad(info)
	k.Tries = triesOf(info.Flags, 0)
	return k
}

// certificateInfo fills what a certificate says about its holder.
func certificateInfo(cert *x509.Certificate) KeyInfo {
	k := KeyInfo{
		Holder:   cert.Subject.CommonName,
		Serial:   serialText(cert),
		NotAfter: cert.NotAfter,
		Tries:    TriesOK,
	}
	if len(cert.Subject.Organization) > 0 {
		k.Organization = cert.Subject.Organization[0]
	}
	return k
}

// serialText writes a certificate's serial number as CAs print it.
func serialText(cert *x509.Certificate) string {
	return fmt.Sprintf("%X", cert.SerialNumber)
}

// maySign keeps out CA certificates and those meant for something else, as
// Vietnamese programs do: digitalSignature or nonRepudiation, where the
// certificate says anything at all.
func maySign(cert *x509.Certificate) bool {
	if cert.IsCA {
		return false
	}
	const signing = x509.KeyUsageDigitalSignature | x509.KeyUsageContentCommitment
	return cert.KeyUsage == 0 || cert.KeyUsage&signing != 0
}

// tokenCert is a certificate object on a token.
type tokenCert struct {
	id   []byte
	cert *x509.Certificate
}

// readCertificates reads every X.509 certificate of a session's token.
func readCertificates(d library, session pkcs11.SessionHandle) ([]tokenCert, error) {
	objects, err := d.FindObjects(session, []*pkcs11.Attribute{
		pkcs11.NewAttribute(pkcs11.CKA_CLASS, pkcs11.CKO_CERTIFICATE),
	}, maxObjects)
	if err != nil {
		return nil, err
	}
	var certs []tokenCert
	for _, o := range objects {
		value, err := d.GetAttribute(session, o, pkcs11.CKA_VALUE)
		if err != nil || len(value) > maxCertificate {
			continue
		}
		cert, err := x509.ParseCertificate(value)
		if err != nil {
			continue // another kind of certificate, or a damaged one
		}
		id, err := d.GetAttribute(session, o, pkcs11.CKA_ID)
		if err != nil {
			continue
		}
		certs = append(certs, tokenCert{id: id, cert: cert})
	}
	return certs, nil
}

// cleanText trims the blank or zero padding of PKCS#11's fixed-width texts.
func cleanText(s string) string {
	return strings.TrimSpace(strings.Trim(strings.ToValidUTF8(s, ""), "\x00"))
}
