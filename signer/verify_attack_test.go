package signer

import (
	"bytes"
	"crypto/x509"
	"fmt"
	"regexp"
	"slices"
	"testing"

	"vanthu/internal/pdf"
	"vanthu/internal/practice/ca"
	"vanthu/internal/verdict"
)

// attacked is a signed document under attack.
type attacked struct {
	keys     pki
	policy   Policy
	approved []byte
	sealed   []byte
}

// newRoots trusts the root of a test pki.
func newRoots(k pki) []*x509.Certificate { return []*x509.Certificate{k.root} }

func newAttacked(t testing.TB) attacked {
	t.Helper()
	a := attacked{keys: newPKI(t)}
	a.policy = Policy{Roots: newRoots(a.keys)}
	var err error
	a.approved, err = Approve(t.Context(), sheet{}.build(t), a.keys.leader, testApproval(t))
	must(t, err)
	a.sealed, err = Seal(t.Context(), a.approved, a.keys.agency, testSealing(t))
	must(t, err)
	return a
}

// added appends a revision.
func added(t testing.TB, in []byte, change func(e formEdit)) []byte {
	t.Helper()
	f, err := pdf.Parse(in)
	must(t, err)
	e := formEdit{f, f.NewUpdate()}
	change(e)
	tail, err := e.u.Tail()
	must(t, err)
	return append(slices.Clone(in), tail.Bytes...)
}

// put changes a dictionary object by one raw entry.
func (e formEdit) put(t testing.TB, ref pdf.Ref, key pdf.Name, raw string) {
	t.Helper()
	d, err := e.f.Dict(ref)
	must(t, err)
	e.u.Put(ref, d.With(key, raw).Bytes())
}

// fieldNamed finds a field.
func (e formEdit) fieldNamed(t testing.TB, name string) pdf.Field {
	t.Helper()
	fields, err := e.f.Fields()
	must(t, err)
	at := slices.IndexFunc(fields, func(fd pdf.Field) bool { return fd.Name == name })
	if at < 0 {
		t.Fatalf("no field %s", name)
	}
	return fields[at]
}

func (e formEdit) root() pdf.Ref { return e.f.Trailer().Get("Root").(pdf.Ref) }

func (e formEdit) page(t testing.TB) pdf.Page {
	t.Helper()
	pages, err := e.f.Pages()
	must(t, err)
	return pages[0]
}

const (
	forgedText = "BT /F1 14 Tf 100 500 Td (Hello forger) Tj ET"
	overlay    = "<< /Type /Annot /Subtype /FreeText /Rect [0 0 500 800] /Contents (x) /DA (/F1 12 Tf) >>"
)

func rawObject(entries, data string) []byte { return rawStream(entries, []byte(data)) }

// laterChanges are revisions that nobody may add to a signed document.
func laterChanges() map[string]func(t testing.TB, e formEdit) {
	return map[string]func(t testing.TB, e formEdit){
		"page content replaced in place": func(t testing.TB, e formEdit) {
			e.u.Put(e.page(t).Dict.Get("Contents").(pdf.Ref), rawObject("", forgedText))
		},
		"page content of another object": func(t testing.TB, e formEdit) {
			e.put(t, e.page(t).Ref, "Contents", e.u.Add(rawObject("", forgedText)).String())
		},
		"font replaced": func(_ testing.TB, e formEdit) {
			e.u.Put(pdf.Ref{Num: 4}, []byte("<< /Type /Font /Subtype /Type1 /BaseFont /Symbol >>"))
		},
		"page turned":  func(t testing.TB, e formEdit) { e.put(t, e.page(t).Ref, "Rotate", "180") },
		"page cropped": func(t testing.TB, e formEdit) { e.put(t, e.page(t).Ref, "CropBox", "[0 0 100 100]") },
		"page added": func(t testing.TB, e formEdit) {
			parent := e.page(t).Dict.Get("Parent").(pdf.Ref)
			page := e.u.Add([]byte("<< /Type /Page /Parent " + parent.String() + " >>"))
			e.u.Put(parent, fmt.Appendf(nil, "<< /Type /Pages /Kids [%s %s] /Count 2 /MediaBox [0 0 595 842] >>", e.page(t).Ref, page))
		},
		"note laid over the page": func(t testing.TB, e formEdit) {
			must(t, e.addToPage(e.page(t), []pdf.Ref{e.u.Add([]byte(overlay))}, nil))
		},
		"widget removed from the page": func(t testing.TB, e formEdit) { e.put(t, e.page(t).Ref, "Annots", "[]") },
		"action on opening": func(t testing.TB, e formEdit) {
			e.put(t, e.root(), "OpenAction", "<< /S /JavaScript /JS (app.alert(1)) >>")
		},
		"names":  func(t testing.TB, e formEdit) { e.put(t, e.root(), "Names", "<< >>") },
		"layers": func(t testing.TB, e formEdit) { e.put(t, e.root(), "OCProperties", "<< /OCGs [] /D << >> >>") },
		"catalog exchanged for a copy": func(t testing.TB, e formEdit) {
			d, err := e.f.Catalog()
			must(t, err)
			pages := e.u.Add([]byte("<< /Type /Pages /Kids [] /Count 0 >>"))
			e.u.Put(e.root(), d.With("Pages", pages.String()).Bytes())
		},
		"form redrawn": func(t testing.TB, e formEdit) { formPut(t, e, "NeedAppearances", "true") },
		"form fonts":   func(t testing.TB, e formEdit) { formPut(t, e, "DR", "<< >>") },
		"xfa":          func(t testing.TB, e formEdit) { formPut(t, e, "XFA", "(x)") },
		"fields gone":  func(t testing.TB, e formEdit) { formPut(t, e, "Fields", "[]") },
		"empty signature field over the body": func(t testing.TB, e formEdit) {
			ap := e.u.Add(rawObject("/Type /XObject /Subtype /Form /BBox [0 0 500 700]", "1 g 0 0 500 700 re f"))
			w := e.u.Add(fmt.Appendf(nil, "<< /Type /Annot /Subtype /Widget /FT /Sig /T (x) /Rect [0 0 500 700] /AP << /N %s >> >>", ap))
			must(t, e.addToForm(formChange{fields: []pdf.Ref{w}}))
			must(t, e.addToPage(e.page(t), []pdf.Ref{w}, nil))
		},
		"text field added": func(t testing.TB, e formEdit) {
			w := e.u.Add([]byte("<< /Type /Annot /Subtype /Widget /FT /Tx /T (x) /V (99) /Rect [0 0 50 50] >>"))
			must(t, e.addToForm(formChange{fields: []pdf.Ref{w}}))
		},
		"an object nobody needs": func(_ testing.TB, e formEdit) { e.u.Add([]byte("(hidden)")) },
		"title":                  func(_ testing.TB, e formEdit) { e.u.Put(pdf.Ref{Num: 900}, []byte("<< /Title (x) >>")) },
		"seal moved": func(t testing.TB, e formEdit) {
			e.put(t, e.fieldNamed(t, FieldAgency).Ref, "Rect", "[0 0 300 300]")
		},
		"leader's picture exchanged": func(t testing.TB, e formEdit) {
			ap := e.u.Add(rawObject("/Type /XObject /Subtype /Form /BBox [0 0 140 60]", "1 g 0 0 140 60 re f"))
			e.put(t, e.fieldNamed(t, FieldLeader).Ref, "AP", "<< /N "+ap.String()+" >>")
		},
		"evidence with foreign entries": func(t testing.TB, e formEdit) { e.put(t, e.root(), "DSS", "<< /JavaScript (x) >>") },
		"duplicate key": func(t testing.TB, e formEdit) {
			d, err := e.f.Catalog()
			must(t, err)
			body := d.Bytes()
			e.u.Put(e.root(), bytes.Replace(body, []byte("<<"), []byte("<< /Pages 2 0 R"), 1))
		},
	}
}

func formPut(t testing.TB, e formEdit, key pdf.Name, raw string) {
	t.Helper()
	catalog, err := e.f.Catalog()
	must(t, err)
	if ref, ok := catalog.Get("AcroForm").(pdf.Ref); ok {
		e.put(t, ref, key, raw)
		return
	}
	form, err := e.f.AcroForm()
	must(t, err)
	e.put(t, e.root(), "AcroForm", string(form.With(key, raw).Bytes()))
}

func TestLaterChangesAreFound(t *testing.T) {
	a := newAttacked(t)
	for name, change := range laterChanges() {
		for state, in := range map[string][]byte{"approved": a.approved, "sealed": a.sealed} {
			t.Run(name+"/"+state, func(t *testing.T) {
				r := check(t, added(t, in, func(e formEdit) { change(t, e) }), a.policy)
				if r.Document != verdict.Invalid {
					t.Fatalf("%+v", r)
				}
				for _, s := range r.Signatures {
					if s.Verdict == verdict.ValidOffline {
						t.Errorf("%s stays %s; changes %v", s.Field, s.Verdict, s.ChangesAfter)
					}
				}
			})
		}
	}
}

func TestRemovedAndOrphanedSignatures(t *testing.T) {
	a := newAttacked(t)
	gone := added(t, a.approved, func(e formEdit) {
		fd := e.fieldNamed(t, FieldLeader)
		e.u.Put(fd.Ref, fd.Dict.Without("V").Bytes())
	})
	s := one(t, check(t, gone, a.policy))
	if s.Verdict != verdict.Invalid || !slices.Contains(s.Reasons, reasonRemoved) {
		t.Errorf("%+v", s)
	}
	emptied := added(t, a.approved, func(e formEdit) {
		fd := e.fieldNamed(t, FieldLeader)
		e.u.Put(fd.Value.(pdf.Ref), []byte("null"))
	})
	if s := one(t, check(t, emptied, a.policy)); s.Verdict != verdict.Invalid || !slices.Contains(s.Reasons, reasonRemoved) {
		t.Errorf("%+v", s)
	}
	shared := added(t, a.approved, func(e formEdit) {
		w := e.u.Add([]byte("<< /Type /Annot /Subtype /Widget /FT /Sig /T (zweite) /V " + e.fieldNamed(t, FieldLeader).Value.(pdf.Ref).String() + " /Rect [0 0 0 0] >>"))
		must(t, e.addToForm(formChange{fields: []pdf.Ref{w}}))
	})
	r := check(t, shared, a.policy)
	if len(r.Signatures) != 2 || r.Signatures[0].Verdict != verdict.Invalid && r.Signatures[1].Verdict != verdict.Invalid {
		t.Errorf("%+v", r)
	}
}

// The "hide" attack: the text that shows after signing was put under a number
// that the signed page names already.
func TestObjectKeptFree(t *testing.T) {
	keys := newPractice(t, ca.Subject{})
	in := bytes.Replace(sheet{}.build(t), []byte("/Contents 5 0 R "), []byte("/Contents[5 0 R 11 0 R]"), 1)
	in = fixTable(t, in)
	signed := forge{key: keys.leader}.sign(t, in, "a")
	shown := added(t, signed, func(e formEdit) { e.u.Put(pdf.Ref{Num: 11}, rawObject("", forgedText)) })
	if s := one(t, check(t, signed, keys.policy)); s.Verdict != verdict.ValidOffline {
		t.Fatalf("before: %+v", s)
	}
	if s := one(t, check(t, shown, keys.policy)); s.Verdict != verdict.Invalid {
		t.Errorf("%+v", s)
	}
}

// fixTable writes the cross-reference of a sheet anew after its bytes moved.
func fixTable(t testing.TB, b []byte) []byte {
	t.Helper()
	head := b[:bytes.LastIndex(b, []byte("xref\n0 "))]
	var out bytes.Buffer
	out.Write(head)
	re := regexp.MustCompile(`(?m)^(\d+) 0 obj`)
	all := re.FindAllSubmatchIndex(head, -1)
	fmt.Fprintf(&out, "xref\n0 %d\n0000000000 65535 f \n", len(all)+1)
	for _, m := range all {
		fmt.Fprintf(&out, "%010d 00000 n \n", m[0])
	}
	fmt.Fprintf(&out, "trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF", len(all)+1, len(head))
	return out.Bytes()
}

// One object is the page's annotations and something else as well.
func TestSharedAnnotationArray(t *testing.T) {
	keys := newPractice(t, ca.Subject{})
	in := sheet{objs: "6 0 obj\n[]\nendobj\n"}.build(t)
	in = fixTable(t, bytes.Replace(in, []byte("/Contents 5 0 R"), []byte("/Contents 5 0 R /Annots 6 0 R /B 6 0 R"), 1))
	first := forge{key: keys.leader}.sign(t, in, "a")
	second := added(t, first, func(e formEdit) {})
	_ = second
	b := openVisible(t, first, keys.leader)
	r := check(t, b, keys.policy)
	if r.Signatures[0].Verdict != verdict.Invalid {
		t.Errorf("%+v", r.Signatures[0])
	}
}

// openVisible signs with a visible field on page 1.
func openVisible(t testing.TB, in []byte, key *memKey) []byte {
	t.Helper()
	f, err := pdf.Parse(in)
	must(t, err)
	e := formEdit{f, f.NewUpdate()}
	sig := e.u.Add(signatureDict(16<<10, "", testTime()).Bytes())
	ap := e.u.Add(rawObject("/Type /XObject /Subtype /Form /BBox [0 0 100 50]", "0 0 100 50 re S"))
	w := e.u.Add(fmt.Appendf(nil, "<< /Type /Annot /Subtype /Widget /FT /Sig /T (b) /F 132 /Rect [10 10 110 60] /P %s /V %s /AP << /N %s >> >>", e.page(t).Ref, sig, ap))
	must(t, e.addToForm(formChange{fields: []pdf.Ref{w}, signed: true}))
	must(t, e.addToPage(e.page(t), []pdf.Ref{w}, nil))
	p, err := newPending(in, e.u, sig)
	must(t, err)
	out, err := p.finish(forge{key: key, hash: 5}.message(t, p.digest()))
	must(t, err)
	return out
}
