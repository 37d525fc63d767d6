package signer

import (
	"bytes"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"vanthu/internal/pdf"
	"vanthu/internal/practice/ca"
	"vanthu/internal/verdict"
)

func TestByteRangeForgeries(t *testing.T) {
	a := newAttacked(t)
	re := regexp.MustCompile(`/ByteRange \[(\d+) (\d+) (\d+) (\d+) *\]`)
	m := re.FindSubmatchIndex(a.approved)
	var n [4]int
	_, err := fmt.Sscan(string(a.approved[m[2]:m[9]]), &n[0], &n[1], &n[2], &n[3])
	must(t, err)
	size := len(a.approved)
	for name, text := range map[string]string{
		"null":         "null",
		"zero":         "[0 0 0 0]",
		"empty":        "[]",
		"one number":   "[0]",
		"three":        fmt.Sprintf("[0 %d %d]", n[1], n[2]),
		"six":          fmt.Sprintf("[0 %d %d %d 0 0]", n[1], n[2], n[3]),
		"from byte 1":  fmt.Sprintf("[1 %d %d %d]", n[1]-1, n[2], n[3]),
		"negative":     fmt.Sprintf("[0 -%d %d %d]", n[1], n[2], n[3]),
		"overlap":      fmt.Sprintf("[0 %d %d %d]", n[1], n[1]-5, size-n[1]+5),
		"outside":      fmt.Sprintf("[0 %d %d %d]", n[1], n[2], n[3]+1),
		"far outside":  fmt.Sprintf("[0 %d %d 9223372036854775807]", n[1], n[2]),
		"shifted":      fmt.Sprintf("[0 %d %d %d]", n[1]+1, n[2], n[3]),
		"wider gap":    fmt.Sprintf("[0 %d %d %d]", n[1]-9, n[2], n[3]),
		"longer gap":   fmt.Sprintf("[0 %d %d %d]", n[1], n[2]+9, n[3]-9),
		"end uncover":  fmt.Sprintf("[0 %d %d %d]", n[1], n[2], n[3]-30),
		"real numbers": fmt.Sprintf("[0.0 %d %d %d]", n[1], n[2], n[3]),
		"names":        "[/a /b /c /d]",
	} {
		t.Run(name, func(t *testing.T) {
			room := m[1] - m[0] - len("/ByteRange ")
			if len(text) > room {
				t.Fatalf("no room for %q", text)
			}
			b := slices.Clone(a.approved)
			copy(b[m[0]+len("/ByteRange "):], text+strings.Repeat(" ", room-len(text)))
			if s := one(t, check(t, b, a.policy)); s.Verdict != verdict.Invalid {
				t.Errorf("%+v", s)
			}
		})
	}
}

// The signer was made to sign nothing at all: the message is genuine, the
// range is empty, the text is the forger's.
func TestUniversalForgery(t *testing.T) {
	keys := newPractice(t, ca.Subject{})
	b := forge{key: keys.leader, digest: hashOf(5, nil)}.sign(t, sheet{}.build(t), "a")
	re := regexp.MustCompile(`/ByteRange \[[\d ]+\]`)
	at := re.FindIndex(b)
	for _, text := range []string{"[0 0 0 0]", "null", "[]", fmt.Sprintf("[%d 0 %d 0]", len(b), len(b))} {
		c := slices.Clone(b)
		copy(c[at[0]:at[1]], "/ByteRange "+text+strings.Repeat(" ", at[1]-at[0]-len("/ByteRange ")-len(text)))
		if s := one(t, check(t, c, keys.policy)); s.Verdict != verdict.Invalid {
			t.Errorf("%s: %+v", text, s)
		}
	}
}

func TestContentsForgeries(t *testing.T) {
	a := newAttacked(t)
	re := regexp.MustCompile(`/Contents <[0-9A-Fa-f]{999,}>`)
	at := re.FindIndex(a.approved)
	hole := a.approved[at[0]+len("/Contents ") : at[1]]
	blank := func(s string) string { return s + strings.Repeat(" ", len(hole)-len(s)) }
	literal := "(" + strings.Repeat("a", len(hole)-2) + ")"
	spaced := string(hole[:100]) + " " + string(hole[101:])
	for name, text := range map[string]string{
		"null": blank("null"), "empty": blank("<>"), "one zero": blank("<00>"), "number": blank("7"), "literal": literal,
		"zeros": "<" + strings.Repeat("0", len(hole)-2) + ">", "blank inside": spaced, "reference": blank("5 0 R"),
		"no zeros behind": string(hole[:len(hole)-3]) + "01>", "junk": "<" + strings.Repeat("30", (len(hole)-2)/2) + ">",
	} {
		t.Run(name, func(t *testing.T) {
			b := slices.Clone(a.approved)
			copy(b[at[0]+len("/Contents "):], text)
			r := check(t, b, a.policy)
			if r.Document != verdict.Invalid {
				t.Errorf("%+v", r)
			}
		})
	}
}

func TestTails(t *testing.T) {
	a := newAttacked(t)
	for name, tail := range map[string]string{
		"junk": "junk", "end mark": "junk\n%%EOF\n", "much": strings.Repeat("junk ", 2000), "comment": "\n% hello\n",
		"many blanks":    strings.Repeat(" ", 5000),
		"a startxref":    "\nstartxref\n0\n%%EOF\n",
		"no reference":   "\n5 0 obj\n<< /Length 3 >>\nstream\nabc\nendstream\nendobj\n%%EOF\n",
		"a whole PDF":    string(sheet{}.build(t)),
		"a false anchor": "\nxref\n0 0\ntrailer\n<< /Root 1 0 R /Size 1 >>\n",
	} {
		t.Run(name, func(t *testing.T) {
			r := check(t, append(slices.Clone(a.approved), tail...), a.policy)
			// A whole PDF behind the signed one takes its place: that one is unsigned.
			if want := verdict.Invalid; r.Document != want && (name != "a whole PDF" || r.Document != verdict.Unsigned) {
				t.Errorf("%+v", r)
			}
		})
	}
	if s := one(t, check(t, append(slices.Clone(a.approved), "\r\n"...), a.policy)); s.Verdict != verdict.ValidOffline || s.Covers != verdict.Whole {
		t.Errorf("a line end that a mail gateway added: %+v", s)
	}
}

// A trailing section without a proper end belongs to no revision but readers
// follow it.
func TestUnfinishedRevision(t *testing.T) {
	a := newAttacked(t)
	whole := added(t, a.approved, func(e formEdit) { e.u.Put(e.page(t).Dict.Get("Contents").(pdf.Ref), rawObject("", forgedText)) })
	for _, cut := range []int{len("%%EOF\n"), 1} {
		if r := check(t, whole[:len(whole)-cut], a.policy); r.Document != verdict.Invalid {
			t.Errorf("cut by %d: %+v", cut, r)
		}
	}
}

func TestByteFlips(t *testing.T) {
	a := newAttacked(t)
	f, err := pdf.Parse(a.sealed)
	must(t, err)
	fields, err := f.Fields()
	must(t, err)
	var holes []hole
	for _, fd := range fields {
		if d, err := f.Dict(fd.Value); err == nil && d != nil && looksSigned(d) {
			e, _ := d.Find("Contents")
			holes = append(holes, hole{start: e.Offset, end: e.Offset + int64(len(e.Raw))})
		}
	}
	for at := 0; at < len(a.sealed); at += 997 {
		b := slices.Clone(a.sealed)
		b[at] ^= 1
		if slices.ContainsFunc(holes, func(h hole) bool { return int64(at) >= h.start && int64(at) < h.end }) {
			continue
		}
		r, err := Verify(t.Context(), bytes.NewReader(b), int64(len(b)), a.policy)
		if err == nil && r.Document != verdict.Invalid {
			t.Errorf("byte %d: %s", at, r.Document)
		}
	}
}

// A genuine signed file inside a stream of a forged one.
func TestGenuineFileInside(t *testing.T) {
	a := newAttacked(t)
	genuine := a.approved
	outer := sheet{objs: "6 0 obj\n" + string(rawObject("", string(genuine))) + "\nendobj\n"}.build(t)
	at := bytes.Index(outer, genuine)
	re := regexp.MustCompile(`/ByteRange \[(\d+) (\d+) (\d+) (\d+) *\]/?`)
	m := re.FindSubmatch(genuine)
	var n [4]int
	for i := range n {
		_, err := fmt.Sscan(string(m[i+1]), &n[i])
		must(t, err)
	}
	contents := regexp.MustCompile(`/Contents (<[0-9A-Fa-f]{999,}>)`).FindSubmatch(genuine)[1]
	forged := added(t, outer, func(e formEdit) {
		sig := e.u.Add(fmt.Appendf(nil, "<< /Type /Sig /Filter /Adobe.PPKLite /SubFilter /ETSI.CAdES.detached /ByteRange [%d %d %d %d] /Contents %s >>",
			at, n[1], at+n[2], n[3], contents))
		w := e.u.Add(fmt.Appendf(nil, "<< /Type /Annot /Subtype /Widget /FT /Sig /T (a) /V %s /Rect [0 0 0 0] >>", sig))
		must(t, e.addToForm(formChange{fields: []pdf.Ref{w}, signed: true}))
	})
	if s := one(t, check(t, forged, a.policy)); s.Verdict != verdict.Invalid || !slices.Contains(s.Reasons, reasonByteRange) {
		t.Errorf("%+v", s)
	}
	pointer := added(t, outer, func(e formEdit) {
		w := e.u.Add([]byte("<< /Type /Annot /Subtype /Widget /FT /Sig /T (a) /V 6 0 R /Rect [0 0 0 0] >>"))
		must(t, e.addToForm(formChange{fields: []pdf.Ref{w}, signed: true}))
	})
	if s := one(t, check(t, pointer, a.policy)); s.Verdict != verdict.Invalid {
		t.Errorf("%+v", s)
	}
}
