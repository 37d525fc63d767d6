package signer

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"

	"vanthu/internal/pdf"
	"vanthu/internal/verdict"
)

// fillChanges fill the number's field as sealing does, but for one thing.
func fillChanges(t testing.TB) map[string]func(e formEdit, fd pdf.Field, good map[string]string) {
	return map[string]func(e formEdit, fd pdf.Field, good map[string]string){
		"value without a drawing":  func(_ formEdit, _ pdf.Field, g map[string]string) { g["AP"] = "" },
		"another value than drawn": func(_ formEdit, _ pdf.Field, g map[string]string) { g["V"] = pdf.WriteText("99") },
		"no value":                 func(_ formEdit, _ pdf.Field, g map[string]string) { g["V"] = "" },
		"hidden":                   func(_ formEdit, _ pdf.Field, g map[string]string) { g["F"] = "2" },
		"moved":                    func(_ formEdit, _ pdf.Field, g map[string]string) { g["Rect"] = "[60 300 100 314.4]" },
		"writable":                 func(_ formEdit, _ pdf.Field, g map[string]string) { g["Ff"] = "0" },
		"background":               func(_ formEdit, _ pdf.Field, g map[string]string) { g["MK"] = "<< /BG [1] >>" },
		"action":                   func(_ formEdit, _ pdf.Field, g map[string]string) { g["AA"] = "<< >>" },
		"matrix":                   func(_ formEdit, _ pdf.Field, g map[string]string) { g["stream"] += " /Matrix [5 0 0 5 0 0]" },
		"box":                      func(_ formEdit, _ pdf.Field, g map[string]string) { g["box"] = "[0 0 400 144]" },
		"a line besides the text":  func(_ formEdit, _ pdf.Field, g map[string]string) { g["content"] += "0 0 10 10 re f\n" },
		"white text": func(_ formEdit, _ pdf.Field, g map[string]string) {
			g["content"] = strings.Replace(g["content"], "0 g", "1 g", 1)
		},
		"text outside": func(_ formEdit, _ pdf.Field, g map[string]string) {
			g["content"] = strings.Replace(g["content"], " Tm", "9 Tm", 1)
		},
		"other font": func(e formEdit, _ pdf.Field, g map[string]string) { g["fonts"] = "/VanThuSerif 4 0 R" },
		"new font": func(e formEdit, _ pdf.Field, g map[string]string) {
			g["fonts"] = "/VanThuSerif " + e.u.Add([]byte("<< /Type /Font /Subtype /Type1 /BaseFont /Symbol >>")).String()
		},
		"a second font":              func(_ formEdit, _ pdf.Field, g map[string]string) { g["fonts"] += " /F1 4 0 R" },
		"a picture in the resources": func(_ formEdit, _ pdf.Field, g map[string]string) { g["resources"] = "/XObject << >>" },
		"appearance of another field": func(e formEdit, _ pdf.Field, g map[string]string) {
			g["AP"] = "<< /N " + e.fieldNamed(t, FieldDay).Dict.Get("AP").(*pdf.Dict).Get("N").(pdf.Ref).String() + " >>"
		},
		"appearance rewritten in place": func(e formEdit, fd pdf.Field, g map[string]string) {
			ref := fd.Dict.Get("AP").(*pdf.Dict).Get("N").(pdf.Ref)
			g["in place"] = ref.String()
		},
		"a second state": func(_ formEdit, fd pdf.Field, g map[string]string) {
			g["D"] = " /D " + fd.Dict.Get("AP").(*pdf.Dict).Get("N").(pdf.Ref).String()
		},
	}
}

// fillBy writes a filled field from its parts.
func fillBy(t testing.TB, e formEdit, spoil func(e formEdit, fd pdf.Field, g map[string]string)) {
	t.Helper()
	fd := e.fieldNamed(t, FieldNumber)
	form := sealForm{formEdit: e}
	form.pages, _ = e.f.Pages()
	font, err := form.fieldFont(fd)
	must(t, err)
	glyphs, err := font.spell("15")
	must(t, err)
	g := map[string]string{"V": pdf.WriteText("15"), "AP": "x", "box": "[0 0 40 14.4]", "fonts": "/VanThuSerif " + font.ref.String(),
		"content": "/Tx BMC\nq\nBT\n/VanThuSerif 12 Tf\n0 g\n1 0 0 1 14 3 Tm\n" + glyphs.hex() + " Tj\nET\nQ\nEMC\n"}
	if spoil != nil {
		spoil(e, fd, g)
	}
	body := rawObject(fmt.Sprintf("/Type /XObject /Subtype /Form /FormType 1 /BBox %s /Resources << /Font << %s >> %s >> %s",
		g["box"], g["fonts"], g["resources"], g["stream"]), g["content"])
	d := fd.Dict
	switch {
	case g["in place"] != "":
		e.u.Put(fd.Dict.Get("AP").(*pdf.Dict).Get("N").(pdf.Ref), body)
	case g["AP"] == "x":
		d = d.With("AP", "<< /N "+e.u.Add(body).String()+g["D"]+" >>")
	case g["AP"] != "":
		d = d.With("AP", g["AP"])
	}
	for _, key := range []pdf.Name{"V", "F", "Rect", "Ff", "MK", "AA"} {
		if g[string(key)] != "" {
			d = d.With(key, g[string(key)])
		}
	}
	e.u.Put(fd.Ref, d.Bytes())
}

func TestFillingIsStrict(t *testing.T) {
	a := newAttacked(t)
	good := check(t, added(t, a.approved, func(e formEdit) { fillBy(t, e, nil) }), a.policy)
	if s := one(t, good); s.Verdict != verdict.ValidOffline || !slices.Equal(s.ChangesAfter, []string{"text:vanthu-number=15"}) {
		t.Fatalf("an honest filling: %+v", good)
	}
	for name, spoil := range fillChanges(t) {
		t.Run(name, func(t *testing.T) {
			r := check(t, added(t, a.approved, func(e formEdit) { fillBy(t, e, spoil) }), a.policy)
			if s := one(t, r); s.Verdict != verdict.Invalid || !slices.Contains(s.Reasons, reasonChanged) {
				t.Errorf("%s %v %v", s.Verdict, s.Reasons, s.ChangesAfter)
			}
		})
	}
}

// A number is filled once: the second filling changes a signed document, even
// before the agency signs.
func TestFillingTwice(t *testing.T) {
	a := newAttacked(t)
	once := added(t, a.approved, func(e formEdit) { fillBy(t, e, nil) })
	twice := added(t, once, func(e formEdit) { fillBy(t, e, nil) })
	if s := one(t, check(t, twice, a.policy)); s.Verdict != verdict.Invalid {
		t.Errorf("%+v", s)
	}
	if r := check(t, added(t, a.sealed, func(e formEdit) { fillBy(t, e, nil) }), a.policy); r.Document != verdict.Invalid {
		t.Errorf("%+v", r)
	}
}

// A font prepared before the leader signed draws 15 as something else.
func TestLyingFont(t *testing.T) {
	keys := newPKI(t)
	prepared, name, err := prepareApproval(bytes.NewReader(sheet{}.build(t)), testLayout())
	must(t, err)
	lying := added(t, bytesOf(t, prepared), func(e formEdit) {
		form := sealForm{formEdit: e}
		font, err := form.fieldFont(e.fieldNamed(t, FieldNumber))
		must(t, err)
		d, err := e.f.Dict(font.ref)
		must(t, err)
		kids, err := e.f.Array(d.Get("DescendantFonts"))
		must(t, err)
		cid, err := e.f.Dict(kids[0])
		must(t, err)
		descriptor, err := e.f.Dict(cid.Get("FontDescriptor"))
		must(t, err)
		o, err := e.f.Resolve(descriptor.Get("FontFile2"))
		must(t, err)
		program, err := e.f.Decode(o.(*pdf.Stream), 0)
		must(t, err)
		program[len(program)/2] ^= 1
		e.u.Put(descriptor.Get("FontFile2").(pdf.Ref), flateStream(fmt.Sprintf("/Length1 %d", len(program)), program))
	})
	plan, err := planLeader(bytes.NewReader(lying), name, keys.leader, testApproval(t))
	must(t, err)
	p, _, err := prepareLeader(t.Context(), plan)
	must(t, err)
	cms, err := cmsSignature{cert: keys.leader.cert, chain: keys.leader.chain, digest: p.digest()}.sign(t.Context(), keys.leader)
	must(t, err)
	must(t, p.fill(cms))
	approved := bytesOf(t, p)
	filled := added(t, approved, func(e formEdit) { fillBy(t, e, nil) })
	if s := one(t, check(t, filled, Policy{Roots: newRoots(keys)})); s.Verdict != verdict.Invalid {
		t.Errorf("%+v", s)
	}
}
