package signer

import (
	"bytes"
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"math/big"
	"slices"
	"testing"
	"time"

	"vanthu/internal/practice/ca"
	"vanthu/internal/verdict"
)

// one is the only signature of a report.
func one(t testing.TB, r *verdict.Report) verdict.Signature {
	t.Helper()
	if len(r.Signatures) != 1 || r.Document != r.Signatures[0].Verdict {
		t.Fatalf("%+v", r)
	}
	return r.Signatures[0]
}

func TestHonestMessages(t *testing.T) {
	keys := newPractice(t, ca.Subject{})
	elliptic := keys.key(t, ca.Subject{Name: "Lê Văn Tám", Elliptic: true})
	tests := map[string]forge{
		"pades":               {},
		"adobe":               {subFilter: "adbe.pkcs7.detached", noESS: true},
		"no attributes":       {subFilter: "adbe.pkcs7.detached", noAttrs: true},
		"old signing cert":    {ess1: true},
		"key identifier":      {keyID: true},
		"indefinite lengths":  {indefinite: true},
		"sha-384":             {hash: crypto.SHA384},
		"sha-512":             {hash: crypto.SHA512},
		"pss":                 {pss: true},
		"elliptic":            {key: elliptic},
		"elliptic sha-512":    {key: elliptic, hash: crypto.SHA512},
		"named rsa algorithm": {sigAlg: "1.2.840.113549.1.1.11"},
		"zero padding":        {tail: make([]byte, 9)},
	}
	for name, f := range tests {
		t.Run(name, func(t *testing.T) {
			if f.key == nil {
				f.key = keys.leader
			}
			s := one(t, check(t, f.sign(t, sheet{}.build(t), "a"), keys.policy))
			if s.Verdict != verdict.ValidOffline || s.Covers != verdict.Whole || s.Field != "a" {
				t.Errorf("%+v", s)
			}
			if s.Signer.Name != f.key.cert.Subject.CommonName || len(s.Chain) != 2 || s.Revocation == nil || s.Revocation.Checked {
				t.Errorf("%+v", s)
			}
		})
	}
}

func TestForgedMessages(t *testing.T) {
	keys := newPractice(t, ca.Subject{})
	other := keys.key(t, ca.Subject{Name: "Người khác", Elliptic: true})
	text := []byte("anything at all")
	textSum := sha256.Sum256(text)
	tests := map[string]struct {
		f    forge
		want string
	}{
		"content of its own":   {forge{content: text, digest: textSum[:]}, reasonEmbeddedContent},
		"empty content":        {forge{content: []byte{}}, reasonEmbeddedContent},
		"digest of other text": {forge{digest: textSum[:]}, reasonDigest},
		"digest of nothing":    {forge{digest: hashOf(crypto.SHA256, nil)}, reasonDigest},
		"content type":         {forge{contentType: idTSTInfo}, reasonContentType},
		"no attributes":        {forge{noAttrs: true}, reasonNoAttributes},
		"no signing cert":      {forge{noESS: true}, reasonNoSigningCert},
		"other signing cert":   {forge{essOf: other.cert}, reasonSigningCert},
		"two digests":          {forge{twice: idMessageDigest}, reasonAttributes},
		"two signers":          {forge{signers: 2}, reasonSigners},
		"no certificate":       {forge{noCert: true}, reasonNoCertificate},
		"other key":            {forge{key: &memKey{signer: other.signer, cert: keys.leader.cert}, sigAlg: "1.2.840.113549.1.1.1"}, reasonSignature},
		"unknown algorithm":    {forge{sigAlg: "1.2.3.4"}, reasonAlgorithm},
		"sha-1 by name":        {forge{sigAlg: "1.2.840.113549.1.1.5"}, reasonAlgorithm},
		"something behind":     {forge{tail: []byte{0, 1}}, reasonBadCMS},
		"unknown sub-filter":   {forge{subFilter: "adbe.pkcs7.sha1"}, reasonFormat},
		"stamp without one":    {forge{subFilter: "ETSI.RFC3161"}, reasonTimestampBad},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			if tt.f.key == nil {
				tt.f.key = keys.leader
			}
			s := one(t, check(t, tt.f.sign(t, sheet{}.build(t), "a"), keys.policy))
			want := verdict.Invalid
			if fault(tt.want).undecided() {
				want = verdict.NotEnoughData
			}
			if s.Verdict != want || !slices.Contains(s.Reasons, tt.want) {
				t.Errorf("%s %v, want %s with %s", s.Verdict, s.Reasons, want, tt.want)
			}
		})
	}
}

func TestWeakSignatures(t *testing.T) {
	keys := newPractice(t, ca.Subject{})
	s := one(t, check(t, forge{key: keys.leader, hash: crypto.SHA1}.sign(t, sheet{}.build(t), "a"), keys.policy))
	if s.Verdict != verdict.NotEnoughData || !slices.Contains(s.Reasons, reasonWeakDigest) {
		t.Errorf("%+v", s)
	}
}

func TestTimestamps(t *testing.T) {
	keys := newPractice(t, ca.Subject{})
	signed := testTime()
	late := keys.policy
	late.At = keys.leader.cert.NotAfter.AddDate(0, 1, 0)
	stranger := newPractice(t, ca.Subject{})
	honest := func(sig []byte) []byte { return token(t, keys.tsa, signed, sig) }
	tests := map[string]struct {
		stamp  func(sig []byte) []byte
		policy Policy
		want   verdict.Verdict
		reason string
		proven bool
	}{
		"honest":              {honest, keys.policy, verdict.ValidOffline, reasonRevocation, true},
		"expired since":       {honest, late, verdict.ExpiredValidAtSigning, reasonExpired, true},
		"none, expired":       {nil, late, verdict.NotEnoughData, reasonNoProvenTime, false},
		"over other data":     {func([]byte) []byte { return token(t, keys.tsa, signed, []byte("x")) }, keys.policy, verdict.NotEnoughData, reasonTimestampBad, false},
		"by a stranger":       {func(sig []byte) []byte { return token(t, stranger.tsa, signed, sig) }, late, verdict.NotEnoughData, reasonTimestampTrust, true},
		"by a signer":         {func(sig []byte) []byte { return token(t, keys.leader, signed, sig) }, late, verdict.NotEnoughData, reasonTimestampTrust, true},
		"after expiry":        {func(sig []byte) []byte { return token(t, keys.tsa, signed, sig) }, Policy{Roots: keys.policy.Roots, At: late.At.AddDate(1, 0, 0)}, verdict.ExpiredValidAtSigning, reasonTimestampExpired, true},
		"before the signer":   {func(sig []byte) []byte { return token(t, keys.tsa, signed.AddDate(0, 0, -1), sig) }, keys.policy, verdict.Invalid, reasonNotValidThen, true},
		"from the future":     {func(sig []byte) []byte { return token(t, keys.tsa, signed.AddDate(1, 0, 0), sig) }, keys.policy, verdict.ValidOffline, reasonTimestampTrust, true},
		"not a token":         {func([]byte) []byte { return []byte{0x30, 0} }, keys.policy, verdict.NotEnoughData, reasonTimestampBad, false},
		"claimed a year back": {func(sig []byte) []byte { return token(t, keys.tsa, signed.Add(40*time.Minute), sig) }, keys.policy, verdict.ValidOffline, reasonClaimedTimeDiffer, true},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			key := keys.leader
			if name == "before the signer" {
				key = keys.key(t, ca.Subject{Name: "A", Elliptic: true, NotBefore: signed.Add(-time.Minute)})
			}
			s := one(t, check(t, forge{key: key, stamp: tt.stamp}.sign(t, sheet{}.build(t), "a"), tt.policy))
			if s.Verdict != tt.want || !slices.Contains(s.Reasons, tt.reason) || (s.ProvenTime != nil) != tt.proven {
				t.Errorf("%s %v proven %v", s.Verdict, s.Reasons, s.ProvenTime)
			}
		})
	}
}

// A claimed time proves nothing: 2020 in the file does not revive an expired key.
func TestClaimedTimeIsNotUsed(t *testing.T) {
	keys := newPractice(t, ca.Subject{})
	late := keys.policy
	late.At = keys.leader.cert.NotAfter.AddDate(0, 1, 0)
	s := one(t, check(t, forge{key: keys.leader, signingTime: testTime()}.sign(t, sheet{}.build(t), "a"), late))
	if s.Verdict != verdict.NotEnoughData || s.ClaimedTime == nil || s.ProvenTime != nil {
		t.Errorf("%+v", s)
	}
}

func TestDocumentTimestamp(t *testing.T) {
	keys := newPractice(t, ca.Subject{})
	signed := forge{key: keys.leader}.sign(t, sheet{}.build(t), "a")
	p := openHole(t, signed, "stamp", "ETSI.RFC3161", "")
	stamped, err := p.finish(token(t, keys.tsa, testTime(), slices.Concat(p.out[:p.start], p.out[p.end:])))
	must(t, err)
	late := keys.policy
	late.At = keys.leader.cert.NotAfter.Add(time.Minute)
	for at, want := range map[time.Time][2]verdict.Verdict{
		keys.policy.At: {verdict.ValidOffline, verdict.ValidOffline},
		late.At:        {verdict.ExpiredValidAtSigning, verdict.ExpiredValidAtSigning},
	} {
		r := check(t, stamped, Policy{Roots: keys.policy.Roots, At: at})
		if len(r.Signatures) != 2 || r.Signatures[0].Verdict != want[0] || r.Signatures[1].Verdict != want[1] {
			t.Fatalf("%v: %+v", at, r)
		}
		first, stamp := r.Signatures[0], r.Signatures[1]
		if !slices.Equal(first.ChangesAfter, []string{"timestamp:stamp"}) || first.ProvenTime == nil || !first.ProvenTime.Equal(testTime()) {
			t.Errorf("%+v", first)
		}
		if stamp.Role != verdict.Timestamp || stamp.Covers != verdict.Whole {
			t.Errorf("%+v", stamp)
		}
	}
	p = openHole(t, sheet{}.build(t), "stamp", "ETSI.RFC3161", "")
	alone, err := p.finish(token(t, keys.tsa, testTime(), slices.Concat(p.out[:p.start], p.out[p.end:])))
	must(t, err)
	if r := check(t, alone, keys.policy); r.Document != verdict.Unsigned || len(r.Signatures) != 1 || r.Signatures[0].Verdict != verdict.ValidOffline {
		t.Errorf("a time stamp alone: %+v", r)
	}
	broken := bytes.Replace(stamped, []byte("Hello clerk"), []byte("Hello Clerk"), 1)
	if r := check(t, broken, keys.policy); r.Signatures[1].Verdict != verdict.Invalid || r.Signatures[0].Verdict != verdict.Invalid {
		t.Errorf("%+v", r)
	}
}

func TestChainVerdicts(t *testing.T) {
	from := testTime().AddDate(0, 0, -1)
	tests := map[string]struct {
		subject ca.Subject
		change  func(p *Policy)
		want    verdict.Verdict
		reason  string
	}{
		"no roots":        {ca.Subject{}, func(p *Policy) { p.Roots = nil }, verdict.NotEnoughData, reasonNoRoots},
		"another root":    {ca.Subject{}, func(p *Policy) { p.Roots = newPractice(t, ca.Subject{}).policy.Roots }, verdict.NotEnoughData, reasonUntrusted},
		"expired":         {ca.Subject{Name: "A", NotBefore: from, NotAfter: from.Add(time.Hour)}, nil, verdict.NotEnoughData, reasonExpired},
		"not yet":         {ca.Subject{Name: "A", NotBefore: from.AddDate(1, 0, 0)}, nil, verdict.NotEnoughData, reasonNotYetValid},
		"a time stamper":  {ca.Subject{Name: "A", TimeStamping: true}, nil, verdict.Invalid, reasonKeyUsage},
		"everything good": {ca.Subject{}, nil, verdict.ValidOffline, reasonRevocation},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			keys := newPractice(t, tt.subject)
			p := keys.policy
			if tt.change != nil {
				tt.change(&p)
			}
			s := one(t, check(t, forge{key: keys.leader}.sign(t, sheet{}.build(t), "a"), p))
			if s.Verdict != tt.want || !slices.Contains(s.Reasons, tt.reason) {
				t.Errorf("%s %v", s.Verdict, s.Reasons)
			}
		})
	}
}

// The signer's own certificate among the roots must not vouch for itself.
func TestLeafIsNoRoot(t *testing.T) {
	keys := newPractice(t, ca.Subject{})
	s := one(t, check(t, forge{key: keys.leader}.sign(t, sheet{}.build(t), "a"), Policy{Roots: []*x509.Certificate{keys.leader.cert}, At: testTime()}))
	if s.Verdict != verdict.NotEnoughData {
		t.Errorf("%+v", s)
	}
}

// A CA's key does not sign documents.
func TestAuthorityDoesNotSign(t *testing.T) {
	keys := newPKI(t)
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	must(t, err)
	template := &x509.Certificate{SerialNumber: big.NewInt(1), IsCA: true, BasicConstraintsValid: true,
		KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign, NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour)}
	raw, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	must(t, err)
	cert, err := x509.ParseCertificate(raw)
	must(t, err)
	s := one(t, check(t, forge{key: &memKey{signer: key, cert: cert}}.sign(t, sheet{}.build(t), "a"), Policy{Roots: []*x509.Certificate{cert, keys.root}}))
	if s.Verdict != verdict.Invalid || !slices.Contains(s.Reasons, reasonKeyUsage) {
		t.Errorf("%+v", s)
	}
}
