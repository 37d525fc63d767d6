package signer

import (
	"bytes"
	"crypto"
	"crypto/x509"
	"slices"
	"testing"
	"time"

	"vanthu/internal/pdf"
	"vanthu/internal/verdict"
)

// FuzzVerify: no bytes make the verifier panic, hang or find a valid
// signature when nobody is trusted.
func FuzzVerify(f *testing.F) {
	keys := newPKI(f)
	signed := forge{key: keys.agency, hash: crypto.SHA256}
	f.Add(sheet{}.build(f))
	f.Add(signed.sign(f, sheet{}.build(f), "a"))
	f.Add(signed.sign(f, signed.sign(f, sheet{}.build(f), "a"), "b"))
	one := signed.sign(f, sheet{}.build(f), "a")
	f.Add(append(slices.Clone(one), "junk\n%%EOF\n"...))
	f.Add(bytes.Replace(one, []byte("/ByteRange [0 "), []byte("/ByteRange [1 "), 1))
	f.Add(added(f, one, func(e formEdit) {
		e.u.Put(e.page(f).Dict.Get("Contents").(pdf.Ref), rawObject("", forgedText))
	}))
	f.Add(openVisible(f, one, keys.agency))
	policy := Policy{At: time.Date(2026, 11, 21, 0, 0, 0, 0, time.UTC)}
	f.Fuzz(func(t *testing.T, b []byte) {
		r, err := Verify(t.Context(), bytes.NewReader(b), int64(len(b)), policy)
		if err != nil {
			return
		}
		for _, s := range r.Signatures {
			if s.Verdict != verdict.Invalid && s.Verdict != verdict.NotEnoughData {
				t.Errorf("%s for a signature nobody vouches for", s.Verdict)
			}
		}
	})
}

// FuzzCMS: the message parser takes anything.
func FuzzCMS(f *testing.F) {
	keys := newPKI(f)
	for _, shape := range []forge{{}, {indefinite: true}, {keyID: true}, {content: []byte("x")}, {noAttrs: true}} {
		shape.key, shape.hash = keys.agency, crypto.SHA256
		f.Add(shape.message(f, make([]byte, 32)))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		m, err := parseCMS(b)
		if err != nil {
			return
		}
		if cert := m.signer([]*x509.Certificate{keys.agency.cert}); cert != nil {
			_ = m.check(cert, make([]byte, 32), cmsRules{contentType: idData})
		}
		_, _ = parseTSTInfo(m.content)
	})
}

// FuzzBER: what toDER writes it reads again as the same.
func FuzzBER(f *testing.F) {
	f.Add([]byte{0x30, 0x80, 0x24, 0x80, 0x04, 1, 'a', 0x04, 1, 'b', 0, 0, 0, 0})
	f.Add([]byte{0x30, 0x03, 0x02, 0x01, 0x05})
	f.Fuzz(func(t *testing.T, b []byte) {
		der, _, err := toDER(b)
		if err != nil {
			return
		}
		again, rest, err := toDER(der)
		if err != nil || len(rest) > 0 || !bytes.Equal(again, der) {
			t.Errorf("%x became %x, then %x, %v", b, der, again, err)
		}
	})
}
