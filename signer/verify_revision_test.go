package signer

import (
	"bytes"
	"errors"
	"slices"
	"strings"
	"testing"

	"vanthu/internal/pdf"
	"vanthu/internal/practice/ca"
	"vanthu/internal/verdict"
)

// Two honest signatures of foreign make, the second visible.
func TestSecondVisibleSignature(t *testing.T) {
	keys := newPractice(t, ca.Subject{})
	first := forge{key: keys.leader}.sign(t, sheet{}.build(t), "a")
	agency := keys.key(t, ca.Subject{Name: "Ủy ban nhân dân xã Định Mỹ", Agency: true})
	r := check(t, openVisible(t, first, agency), keys.policy)
	if r.Document != verdict.ValidOffline || len(r.Signatures) != 2 {
		t.Fatalf("%+v", r)
	}
	if s := r.Signatures[0]; s.Covers != verdict.Revision || !slices.Equal(s.ChangesAfter, []string{"signature:b"}) {
		t.Errorf("%+v", s)
	}
	if r.Signatures[1].Role != verdict.AgencyOf {
		t.Errorf("role %s", r.Signatures[1].Role)
	}
}

// The leader's lock leaves room for the fields of sealing only.
func TestForeignFieldIsLocked(t *testing.T) {
	a := newAttacked(t)
	b := forge{key: a.keys.agency}.sign(t, a.approved, "foreign")
	r := check(t, b, a.policy)
	if s := r.Signatures[0]; s.Verdict != verdict.Invalid || !slices.Contains(s.Reasons, reasonLocked) {
		t.Errorf("%+v", s)
	}
}

// A certified document (P 1) takes nothing but evidence and time stamps.
func TestFrozenDocument(t *testing.T) {
	l := limits{frozen: true}
	for kind, want := range map[string]bool{changeSignature: false, changeText: false, changeEvidence: true, changeTimestamp: true, changeMetadata: true} {
		if l.allow(change{kind: kind}) != want {
			t.Errorf("%s: %v", kind, !want)
		}
	}
	for _, tt := range []struct {
		rule lockRule
		name string
		want bool
	}{
		{lockRule{"All", nil}, "a", true},
		{lockRule{"Include", []string{"a"}}, "a", true},
		{lockRule{"Include", []string{"a"}}, "a.b", true},
		{lockRule{"Include", []string{"a"}}, "ab", false},
		{lockRule{"Exclude", []string{"a"}}, "a", false},
		{lockRule{"Exclude", []string{"a"}}, "b", true},
		{lockRule{}, "b", false},
	} {
		if got := tt.rule.locked(tt.name); got != tt.want {
			t.Errorf("%+v locks %s: %v", tt.rule, tt.name, got)
		}
	}
}

// What the first signer allows decides on the second signature.
func TestSignersLimits(t *testing.T) {
	keys := newPractice(t, ca.Subject{})
	docMDP := func(p string) string { return "/TransformMethod /DocMDP /TransformParams << /P " + p + " /V /1.2 >>" }
	fieldMDP := func(p string) string { return "/TransformMethod /FieldMDP /TransformParams << /V /1.2 " + p + " >>" }
	for reference, want := range map[string]verdict.Verdict{
		docMDP("1"):              verdict.Invalid,
		docMDP("2"):              verdict.ValidOffline,
		fieldMDP("/Action /All"): verdict.Invalid,
		fieldMDP("/Action /Include /Fields [(b)]"): verdict.Invalid,
		fieldMDP("/Action /Include /Fields [(c)]"): verdict.ValidOffline,
		fieldMDP("/Action /Exclude /Fields [(c)]"): verdict.Invalid,
		fieldMDP("/Action /Exclude /Fields [(b)]"): verdict.ValidOffline,
	} {
		first := forge{key: keys.leader, reference: reference}.sign(t, sheet{}.build(t), "a")
		r := check(t, forge{key: keys.leader}.sign(t, first, "b"), keys.policy)
		if got := r.Signatures[0].Verdict; got != want {
			t.Errorf("%s: %s %v, want %s", reference, got, r.Signatures[0].Reasons, want)
		}
		if r.Signatures[1].Verdict != verdict.ValidOffline {
			t.Errorf("%s: the second is %s", reference, r.Signatures[1].Verdict)
		}
	}
}

// Evidence (DSS) may be added and grow.
func TestEvidenceMayGrow(t *testing.T) {
	a := newAttacked(t)
	dss := func(t testing.TB, e formEdit) {
		cert := e.u.Add(rawObject("", string(a.keys.root.Raw)))
		list := e.u.Add([]byte("[" + cert.String() + "]"))
		e.put(t, e.root(), "DSS", e.u.Add([]byte("<< /Type /DSS /Certs "+list.String()+" >>")).String())
	}
	once := added(t, a.sealed, func(e formEdit) { dss(t, e) })
	grown := added(t, once, func(e formEdit) {
		c, err := e.f.Catalog()
		must(t, err)
		d, err := e.f.Dict(c.Get("DSS"))
		must(t, err)
		extra := e.u.Add(rawObject("", "crl"))
		e.u.Put(c.Get("DSS").(pdf.Ref), d.With("CRLs", "["+extra.String()+"]").Bytes())
	})
	for _, b := range [][]byte{once, grown} {
		r := check(t, b, a.policy)
		if r.Document != verdict.ValidOffline || !slices.Contains(r.Signatures[1].ChangesAfter, "validation-data") {
			t.Errorf("%+v", r)
		}
	}
}

// A file saved very often: unsigned it is no suspect, signed at the start it
// cannot be followed to its end.
func TestManyRevisions(t *testing.T) {
	keys := newPractice(t, ca.Subject{})
	for _, tt := range []struct {
		in   []byte
		want verdict.Verdict
	}{
		{sheet{}.build(t), verdict.Unsigned},
		{forge{key: keys.leader}.sign(t, sheet{}.build(t), "a"), verdict.NotEnoughData},
	} {
		b := tt.in
		for range maxRevisions + 2 {
			b = added(t, b, func(formEdit) {})
		}
		if r := check(t, b, keys.policy); r.Document != tt.want {
			t.Errorf("%+v, want %s", r, tt.want)
		}
	}
}

func TestDamagedForm(t *testing.T) {
	in := fixTable(t, bytes.Replace(sheet{objs: "6 0 obj\n<< /T (a) /Kids [6 0 R] >>\nendobj\n"}.build(t),
		[]byte("/Pages 2 0 R"), []byte("/Pages 2 0 R /AcroForm << /Fields [6 0 R] >>"), 1))
	s := one(t, check(t, in, Policy{}))
	if s.Verdict != verdict.NotEnoughData || !slices.Contains(s.Reasons, reasonDamagedForm) {
		t.Errorf("%+v", s)
	}
}

func TestUnsignedAndUnreadable(t *testing.T) {
	if r := check(t, sheet{}.build(t), Policy{}); r.Document != verdict.Unsigned || len(r.Signatures) != 0 {
		t.Errorf("%+v", r)
	}
	if _, err := Verify(t.Context(), strings.NewReader("hello"), 5, Policy{}); !errors.Is(err, ErrNotPDF) {
		t.Errorf("text: %v", err)
	}
	locked := bytes.Replace(sheet{}.build(t), []byte("/Root 1 0 R"), []byte("/Root 1 0 R /Encrypt 1 0 R"), 1)
	if _, err := Verify(t.Context(), bytes.NewReader(locked), int64(len(locked)), Policy{}); !errors.Is(err, ErrEncrypted) {
		t.Errorf("encrypted: %v", err)
	}
	a := newAttacked(t)
	cut := a.sealed[:len(a.sealed)/2]
	r := check(t, cut, a.policy)
	if r.Document != verdict.Invalid {
		t.Errorf("half a file: %+v", r)
	}
	broken := bytes.Replace(sheet{}.build(t), []byte("trailer"), []byte("trailor"), 1)
	if r := check(t, broken, Policy{}); r.Document != verdict.NotEnoughData {
		t.Errorf("a broken unsigned file: %+v", r)
	}
}
