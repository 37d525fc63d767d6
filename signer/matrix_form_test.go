package signer

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// textField is a text field with its widget on the first page.
func textField(name, value, more string) string {
	return fmt.Sprintf("<< /Type /Annot /Subtype /Widget /FT /Tx /T (%s) /V (%s) /Rect [10 10 50 30] /P 3 0 R /F 4 /DA (/Helv 12 Tf 0 g) %s >>", name, value, more)
}

// forms: files that bring fields along.
func forms() []specimen {
	const dr = "/DA (/Helv 12 Tf 0 g) /DR << /Font << /Helv 4 0 R >> >>"
	one := paper{catalog: "/AcroForm << /Fields [6 0 R] " + dr + " >>", page: "/Annots [6 0 R]", objs: []string{textField("existing", "kept", "")}}
	nested := paper{catalog: "/AcroForm << /Fields [6 0 R] " + dr + " >>", page: "/Annots [8 0 R 9 0 R]", objs: []string{
		"<< /T (applicant) /Kids [7 0 R] >>", "<< /T (name) /Parent 6 0 R /FT /Tx /V (Lan) /Kids [8 0 R 9 0 R] >>",
		"<< /Type /Annot /Subtype /Widget /Parent 7 0 R /Rect [10 10 50 30] /P 3 0 R >>", "<< /Type /Annot /Subtype /Widget /Parent 7 0 R /Rect [10 40 50 60] /P 3 0 R >>"}}
	buttons := paper{catalog: "/AcroForm << /Fields [6 0 R 9 0 R 10 0 R] " + dr + " >>", page: "/Annots [7 0 R 8 0 R 9 0 R 10 0 R]", objs: []string{
		"<< /T (choice) /FT /Btn /Ff 32768 /V /a /Kids [7 0 R 8 0 R] >>",
		"<< /Type /Annot /Subtype /Widget /Parent 6 0 R /Rect [10 10 20 20] /AS /a /AP << /N << /a 11 0 R /Off 11 0 R >> >> >>",
		"<< /Type /Annot /Subtype /Widget /Parent 6 0 R /Rect [30 10 40 20] /AS /Off /AP << /N << /b 11 0 R /Off 11 0 R >> >> >>",
		"<< /Type /Annot /Subtype /Widget /FT /Btn /T (tick) /V /Yes /AS /Yes /Rect [50 10 60 20] /AP << /N << /Yes 11 0 R /Off 11 0 R >> >> >>",
		"<< /Type /Annot /Subtype /Widget /FT /Ch /Ff 131072 /T (list) /V (two) /Opt [(one) (two)] /Rect [70 10 90 20] /DA (/Helv 8 Tf 0 g) >>",
		"<< /Type /XObject /Subtype /Form /BBox [0 0 10 10] /Length 0 >>\nstream\n\nendstream"}}
	redraw := paper{catalog: "/AcroForm 6 0 R", objs: []string{"<< /Fields 7 0 R /DR 8 0 R /NeedAppearances true /CO [10 0 R] >>",
		"[10 0 R << /FT /Tx /T (direct) /V (x) >>]", "<< /Font 9 0 R >>", "<< /Helv 4 0 R >>", "<< /FT /Tx /T (existing) /V (kept) /DA (/Helv 12 Tf 0 g) >>"}}
	script := one
	script.objs = []string{textField("existing", "kept", "/AA << /K << /S /JavaScript /JS (x) >> >>")}
	return []specimen{
		{name: "form", make: made(one), size: quick},
		{name: "form, object streams", make: through(one, "--object-streams=generate")},
		{name: "form, linearized", make: through(one, "--linearize")},
		{name: "fields in a tree", make: made(nested), size: quick},
		{name: "fields in a tree, object streams", make: through(nested, "--object-streams=generate")},
		{name: "buttons and lists", make: made(buttons), size: quick},
		{name: "NeedAppearances, all parts objects", make: made(redraw), size: quick},
		{name: "NeedAppearances, object streams", make: through(redraw, "--object-streams=generate")},
		{name: "form without fields", make: made(paper{catalog: "/AcroForm << /Fields [] >>"})},
		{name: "form without anything", make: made(paper{catalog: "/AcroForm << >>"})},
		{name: "form is null", make: made(paper{catalog: "/AcroForm null"})},
		{name: "names with ĩ and brackets", make: made(paper{catalog: one.catalog, page: one.page, objs: []string{
			"<< /Type /Annot /Subtype /Widget /FT /Tx /T <FEFF004E0067006801290061> /V (\\( kept \\\\ \\)) /Rect [10 10 50 30] /P 3 0 R /DA (/Helv 12 Tf 0 g) >>"}})},
		{name: "field with a calculation script", make: made(script)},
		{name: "empty signature field of another program", make: made(paper{catalog: "/AcroForm << /Fields [6 0 R] >>", page: "/Annots [6 0 R]",
			objs: []string{"<< /Type /Annot /Subtype /Widget /FT /Sig /T (Signature1) /Rect [10 10 50 30] /P 3 0 R /F 4 >>"}})},
		{name: "field named like ours", make: made(paper{catalog: "/AcroForm << /Fields [6 0 R] " + dr + " >>", objs: []string{textField("vanthu-number", "99", "")}}), want: ErrCannotSign},
		{name: "dynamic form (XFA)", make: made(paper{catalog: "/AcroForm << /Fields [] /XFA [(a) 6 0 R] >>", objs: []string{"<< /Length 3 >>\nstream\n<a>\nendstream"}}), want: ErrCannotSign, size: quick},
		{name: "field tree in a circle", make: made(paper{catalog: "/AcroForm << /Fields [6 0 R] >>", objs: []string{"<< /T (a) /Kids [6 0 R] >>"}}), want: ErrCannotSign},
	}
}

// signedBefore: files that carry somebody's signature or certification.
func signedBefore() []specimen {
	plain := paper{}
	out := []specimen{
		{name: "signed by OpenSSL", make: func(t *testing.T) []byte { return opensslSigns(t, plain.build()) }, want: ErrCannotSign, tool: "openssl", size: quick},
		{name: "signed by pdfsign", make: func(t *testing.T) []byte { return pdfsignSigns(t, plain.build(), newPKI(t).leader, true) }, want: ErrCannotSign, size: quick},
		{name: "signed by pdfsign, object streams", make: func(t *testing.T) []byte {
			return pdfsignSigns(t, qpdf(t, plain.build(), "--object-streams=generate"), newPKI(t).leader, false)
		}, want: ErrCannotSign},
		{name: "time stamp of the document", make: func(t *testing.T) []byte { return stampedOnly(t, plain.build()) }, want: ErrCannotSign},
		{name: "sealed by us already", make: func(t *testing.T) []byte {
			a := newAttacked(t)
			return a.sealed
		}, want: ErrCannotSign, size: quick},
		{name: "our empty fields without a leader", make: func(t *testing.T) []byte {
			prepared, err := prepareFields(bytes.NewReader(plain.build()), testLayout())
			must(t, err)
			return bytesOf(t, prepared)
		}, want: ErrCannotSign},
	}
	for _, p := range []int{1, 2, 3} {
		catalog := "/AcroForm << /Fields [6 0 R] /SigFlags 3 >> /Perms << /DocMDP 7 0 R >>"
		sig := fmt.Sprintf("<< /Type /Sig /Filter /Adobe.PPKLite /SubFilter /adbe.pkcs7.detached /ByteRange [0 1 2 3] /Contents <00> /Reference [<< /TransformMethod /DocMDP /TransformParams << /P %d >> >>] >>", p)
		out = append(out, specimen{name: fmt.Sprintf("certified, P = %d", p), make: made(paper{catalog: catalog, objs: []string{"<< /FT /Sig /T (s) /V 7 0 R >>", sig}}), want: ErrCannotSign, size: quick})
	}
	for name, args := range map[string][]string{"40 bit": {"u", "o", "40", "--"}, "128 bit, AES": {"u", "o", "128", "--use-aes=y", "--"}, "256 bit": {"u", "o", "256", "--"}, "no password to open": {"", "o", "256", "--"}} {
		out = append(out, specimen{name: "encrypted, " + name, make: through(plain, append([]string{"--allow-weak-crypto", "--encrypt"}, args...)...), want: ErrEncrypted, size: quick})
	}
	slices.SortFunc(out, func(a, b specimen) int { return strings.Compare(a.name, b.name) })
	return out
}

// opensslSigns signs with the openssl program: a CMS of another maker in a field of another name.
func opensslSigns(t *testing.T, in []byte) []byte {
	t.Helper()
	p := openHole(t, in, "Signature1", "adbe.pkcs7.detached", "")
	key, cert := pemFiles(t, newPKI(t).leader)
	data := filepath.Join(t.TempDir(), "data")
	must(t, os.WriteFile(data, slices.Concat(p.out[:p.start], p.out[p.end:]), 0o600))
	out := data + ".der"
	run(t, "openssl", "cms", "-sign", "-binary", "-md", "sha256", "-in", data, "-inkey", key, "-signer", cert, "-outform", "DER", "-out", out)
	cms, err := os.ReadFile(out)
	must(t, err)
	signed, err := p.finish(cms)
	must(t, err)
	return signed
}

// stampedOnly carries a document time stamp and no signature.
func stampedOnly(t *testing.T, in []byte) []byte {
	t.Helper()
	p := openHole(t, in, "stamp", "ETSI.RFC3161", "")
	out, err := p.finish([]byte("\x30\x00"))
	must(t, err)
	return out
}

// broken: damage of all kinds, and what is no PDF.
func broken() []specimen {
	plain := paper{}
	raw := func(s string) func(t *testing.T) []byte { return func(*testing.T) []byte { return []byte(s) } }
	out := []specimen{
		{name: "empty file", make: raw(""), want: ErrNotPDF},
		{name: "text", make: raw("Quyết định\n"), want: ErrNotPDF},
		{name: "web page", make: raw("<!DOCTYPE html><html></html>"), want: ErrNotPDF},
		{name: "archive", make: raw("PK\x03\x04" + strings.Repeat("\x00", 100)), want: ErrNotPDF},
		{name: "header only", make: raw("%PDF-1.7\n")},
		{name: "cut short", make: func(*testing.T) []byte { b := plain.build(); return b[:len(b)/2] }},
		{name: "cut within the table", make: func(*testing.T) []byte { b := plain.build(); return b[:bytes.LastIndex(b, []byte("trailer"))-30] }},
		{name: "startxref points elsewhere", make: edited(plain, "startxref\n", "startxref\n1")},
		{name: "startxref points behind the end", make: edited(plain, "startxref\n", "startxref\n999999")},
		{name: "table three bytes off", make: edited(plain, "%PDF-1.4\n", "%PDF-1.4\n%%%")},
		{name: "table numbered from 1", make: edited(plain, "xref\n0 6\n", "xref\n1 6\n")},
		{name: "offset of the page wrong", make: func(*testing.T) []byte {
			b := plain.build()
			at := bytes.LastIndex(b, []byte("xref\n0 6\n")) + len("xref\n0 6\n") + 3*20
			copy(b[at:], "0000000009")
			return b
		}},
		{name: "no endobj", make: edited(plain, "endobj", "endobx")},
		{name: "broken object that nobody needs", make: edited(paper{objs: []string{"(x)"}}, "6 0 obj", "6 0 xxx")},
		{name: "length too short", make: edited(plain, fmt.Sprintf("/Length %d", lineLength), fmt.Sprintf("/Length %d", lineLength-3))},
		{name: "length beyond the end", make: edited(plain, fmt.Sprintf("/Length %d", lineLength), "/Length 99")},
		{name: "no trailer", make: edited(plain, "trailer", "trailex")},
		{name: "no catalog", make: edited(plain, "/Root 1 0 R", "/Root 9 0 R")},
		{name: "catalog within the trailer", make: edited(plain, "/Root 1 0 R", "/Root << /Pages 2 0 R >>")},
		{name: "no pages", make: edited(plain, "/Kids [3 0 R] /Count 1", "/Kids [] /Count 0")},
		{name: "page tree in a circle", make: edited(plain, "/Kids [3 0 R]", "/Kids [2 0 R]")},
		{name: "the same page twice", make: edited(plain, "/Kids [3 0 R]", "/Kids [3 0 R 3 0 R]")},
		{name: "page within the tree", make: edited(plain, "/Kids [3 0 R]", "/Kids [<< /Type /Page >>]")},
		{name: "sections in a circle", make: func(*testing.T) []byte {
			b := plain.build()
			at := bytes.LastIndex(b, []byte("xref\n0 6\n"))
			return bytes.Replace(b, []byte("/Size 6"), fmt.Appendf(nil, "/Size 6 /Prev %d", at), 1)
		}},
		{name: "object stream spoilt", make: func(t *testing.T) []byte {
			b := qpdf(t, plain.build(), "--object-streams=generate")
			at := bytes.Index(b, []byte("stream\n"))
			copy(b[at+9:], "\xFF\xFF\xFF\xFF\xFF\xFF")
			return b
		}},
	}
	for i := range out {
		if out[i].want == nil {
			out[i].want = ErrCannotSign
		}
	}
	return out
}
