package signer

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"vanthu/internal/pdf"
	"vanthu/internal/practice/ca"
	"vanthu/internal/verdict"

	dpdf "github.com/digitorus/pdf"
	"github.com/digitorus/pdfsign/sign"
)

// pdfsignSigns signs with the library pdfsign alone, as other programs do.
func pdfsignSigns(t testing.TB, in []byte, key *memKey, visible bool) []byte {
	t.Helper()
	data := sign.SignData{
		Signature: sign.SignDataSignature{
			Info:     sign.SignDataSignatureInfo{Name: "Van thu", Date: testTime()},
			CertType: sign.ApprovalSignature,
		},
		Signer: key.signer, DigestAlgorithm: 5, Certificate: key.cert,
	}
	if visible {
		data.Appearance = sign.Appearance{Visible: true, Page: 1, LowerLeftX: 10, LowerLeftY: 10, UpperRightX: 110, UpperRightY: 60}
	}
	reader, err := dpdf.NewReader(bytes.NewReader(in), int64(len(in)))
	must(t, err)
	var out bytes.Buffer
	must(t, sign.SignWithData(bytes.NewReader(in), &out, reader, int64(len(in)), data))
	return out.Bytes()
}

// Signatures of another program's make, one and two of them.
func TestForeignSignatures(t *testing.T) {
	keys := newPractice(t, ca.Subject{})
	agency := keys.key(t, ca.Subject{Name: "Ủy ban nhân dân xã Định Mỹ", Agency: true})
	inputs := map[string][]byte{"sheet": sheet{}.build(t), "object streams": qpdf(t, sheet{}.build(t), "--object-streams=generate"), "linearized": qpdf(t, sheet{}.build(t), "--linearize")}
	for name, in := range inputs {
		t.Run(name, func(t *testing.T) {
			first := pdfsignSigns(t, in, keys.leader, true)
			if s := one(t, check(t, first, keys.policy)); s.Verdict != verdict.ValidOffline || s.Covers != verdict.Whole {
				t.Fatalf("%+v", s)
			}
			second := pdfsignSigns(t, first, agency, true)
			r := check(t, second, keys.policy)
			if r.Document != verdict.ValidOffline || len(r.Signatures) != 2 || r.Signatures[0].Covers != verdict.Revision {
				t.Fatalf("%+v", r)
			}
			if got := r.Signatures[0].ChangesAfter; !slices.Equal(got, []string{"signature:Signature 2"}) {
				t.Errorf("changes %v", got)
			}
		})
	}
}

// The "replace" attack: what shows after signing stands in the signed bytes
// already, and a cross-reference alone brings it up.
func TestPlantedObject(t *testing.T) {
	keys := newPractice(t, ca.Subject{})
	planted := "11 0 obj\n<< /Type /Catalog /Pages 2 0 R >>\nendobj\n5 0 obj\n" + string(rawObject("", forgedText)) + "\nendobj\n"
	in := sheet{}.build(t)
	at := bytes.LastIndex(in, []byte("xref\n0 "))
	in = slices.Concat(in[:at], []byte(planted), in[at:])
	in = []byte(strings.Replace(string(in), fmt.Sprintf("startxref\n%d", at), fmt.Sprintf("startxref\n%d", at+len(planted)), 1))
	signed := forge{key: keys.leader}.sign(t, in, "a")
	if s := one(t, check(t, signed, keys.policy)); s.Verdict != verdict.ValidOffline {
		t.Fatalf("before: %+v", s)
	}
	f, err := pdf.Parse(signed)
	must(t, err)
	prev := f.Sections()[0].Offset
	object := bytes.LastIndex(signed, []byte("5 0 obj\n<< "))
	catalog := bytes.Index(signed, []byte("11 0 obj"))
	for name, tail := range map[string]string{
		"content": fmt.Sprintf("xref\n5 1\n%010d 00000 n \ntrailer\n<< /Size 20 /Root 1 0 R /Prev %d >>\n", object, prev),
		"catalog": fmt.Sprintf("xref\n11 1\n%010d 00000 n \ntrailer\n<< /Size 20 /Root 11 0 R /Prev %d >>\n", catalog, prev),
		"freed":   fmt.Sprintf("xref\n5 1\n0000000000 00001 f \ntrailer\n<< /Size 20 /Root 1 0 R /Prev %d >>\n", prev),
		"rolled":  "xref\n0 0\ntrailer\n<< /Size 20 /Root 1 0 R >>\n",
	} {
		t.Run(name, func(t *testing.T) {
			b := append(slices.Clone(signed), tail...)
			b = fmt.Appendf(b, "startxref\n%d\n%%%%EOF\n", len(signed))
			r := check(t, b, keys.policy)
			for _, s := range r.Signatures {
				if s.Verdict == verdict.ValidOffline {
					t.Errorf("%+v", s)
				}
			}
			if r.Document != verdict.Invalid {
				t.Errorf("%+v", r)
			}
		})
	}
}

// An object stream exchanged for another changes objects that no
// cross-reference names.
func TestObjectStreamExchanged(t *testing.T) {
	keys := newPractice(t, ca.Subject{})
	signed := forge{key: keys.leader}.sign(t, qpdf(t, sheet{}.build(t), "--object-streams=generate"), "a")
	forged := added(t, signed, func(e formEdit) {
		for _, ref := range e.f.Refs() {
			o, err := e.f.Object(ref)
			must(t, err)
			stm, ok := o.(*pdf.Stream)
			if !ok || stm.Get("Type") != pdf.Name("ObjStm") {
				continue
			}
			data, err := e.f.Decode(stm, 0)
			must(t, err)
			data = bytes.Replace(data, []byte("Times-Roman"), []byte("Symbol     "), 1)
			e.u.Put(ref, rawObject(fmt.Sprintf("/Type /ObjStm /N %d /First %d", stm.Get("N"), stm.Get("First")), string(data)))
		}
	})
	if s := one(t, check(t, signed, keys.policy)); s.Verdict != verdict.ValidOffline {
		t.Fatalf("before: %+v", s)
	}
	if s := one(t, check(t, forged, keys.policy)); s.Verdict != verdict.Invalid {
		t.Errorf("%+v", s)
	}
}

// A broken object that nobody needs is no reason to call a document forged.
func TestBrokenObjectElsewhere(t *testing.T) {
	keys := newPractice(t, ca.Subject{})
	in := sheet{objs: "6 0 obj\n(x)\nendobj\n"}.build(t)
	in = bytes.Replace(in, []byte("6 0 obj\n(x)\nendobj"), []byte("6 0 xxx\n(x)\nendobj"), 1)
	first := forge{key: keys.leader}.sign(t, in, "a")
	r := check(t, forge{key: keys.leader}.sign(t, first, "b"), keys.policy)
	if s := r.Signatures[0]; s.Verdict != verdict.NotEnoughData || !slices.Contains(s.Reasons, ReasonDamagedFile) {
		t.Errorf("%+v", s)
	}
	if s := r.Signatures[1]; s.Verdict != verdict.ValidOffline {
		t.Errorf("%+v", s)
	}
}

// growth is what iText adds to the form at a second signature.
func growth(fonts string) func(t testing.TB, e formEdit) {
	return func(t testing.TB, e formEdit) {
		t.Helper()
		form, err := e.f.AcroForm()
		must(t, err)
		extra := e.u.Add([]byte("<< /Type /Font /Subtype /Type1 /BaseFont /ZapfDingbats >>"))
		dr := form.With("DR", "<< /Font << "+fonts+" /ZaDb "+extra.String()+" >> /XObject << /FRM "+
			e.u.Add(rawObject("/Type /XObject /Subtype /Form /BBox [0 0 1 1]", "")).String()+" >> >>")
		e.put(t, e.root(), "AcroForm", string(dr.Bytes()))
	}
}

func TestFormResourcesMayGrow(t *testing.T) {
	keys := newPractice(t, ca.Subject{})
	in := fixTable(t, bytes.Replace(sheet{}.build(t), []byte("/Pages 2 0 R"),
		[]byte("/Pages 2 0 R /AcroForm << /Fields [] /DA (/Helv 0 Tf) /DR << /Font << /Helv 4 0 R >> >> >>"), 1))
	signed := forge{key: keys.leader}.sign(t, in, "a")
	for fonts, want := range map[string]verdict.Verdict{
		"/Helv 4 0 R":                verdict.ValidOffline,
		"/Helv 3 0 R":                verdict.Invalid,
		"":                           verdict.Invalid,
		"/Helv 4 0 R /Helv 4 0 R":    verdict.Invalid,
		"/Helv 4 0 R /Other 4 0 R":   verdict.ValidOffline,
		"/Helv << /Type /Font >> /A": verdict.Invalid,
	} {
		r := check(t, added(t, signed, func(e formEdit) { growth(fonts)(t, e) }), keys.policy)
		if s := one(t, r); s.Verdict != want {
			t.Errorf("%q: %s %v", fonts, s.Verdict, s.ChangesAfter)
		}
	}
}

func TestUsageRightsAreNoSignature(t *testing.T) {
	in := fixTable(t, bytes.Replace(sheet{objs: "6 0 obj\n<< /Type /Sig /ByteRange [0 1 2 3] /Contents <00> >>\nendobj\n"}.build(t),
		[]byte("/Pages 2 0 R"), []byte("/Pages 2 0 R /Perms << /UR3 6 0 R >>"), 1))
	if r := check(t, in, Policy{}); r.Document != verdict.Unsigned {
		t.Errorf("%+v", r)
	}
	orphan := bytes.Replace(in, []byte("/UR3"), []byte("/Abc"), 1)
	if r := check(t, orphan, Policy{}); r.Document != verdict.Invalid {
		t.Errorf("%+v", r)
	}
}

// A large file is hashed as it streams by.
func TestContextEndsTheCheck(t *testing.T) {
	a := newAttacked(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := Verify(ctx, bytes.NewReader(a.sealed), int64(len(a.sealed)), a.policy); err == nil {
		t.Error("the check went on after its end")
	}
}
