package signer

import (
	"bytes"
	"context"
	"crypto/x509"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"vanthu/internal/pdf"
	"vanthu/internal/verdict"
)

// variants are the kinds of files that are signed in the end-to-end tests.
func variants(t *testing.T) map[string][]byte {
	t.Helper()
	form := sheet{
		extra: "/AcroForm << /Fields [6 0 R] /DA (/Helv 12 Tf 0 g) /DR << /Font << /Helv 4 0 R >> >> >>",
		objs:  "6 0 obj\n<< /Type /Annot /Subtype /Widget /FT /Tx /T (existing) /V (kept) /Rect [10 10 50 30] /P 3 0 R /DA (/Helv 12 Tf 0 g) >>\nendobj\n",
	}
	plain := sheet{}.build(t)
	return map[string][]byte{
		"plain":         plain,
		"objectstreams": qpdf(t, plain, "--object-streams=generate"),
		"linearized":    qpdf(t, plain, "--linearize"),
		"linobjstm":     qpdf(t, plain, "--linearize", "--object-streams=generate"),
		"rotate90":      sheet{rotate: 90}.build(t),
		"rotate180":     sheet{rotate: 180}.build(t),
		"rotate270":     sheet{rotate: 270}.build(t),
		"cropped":       sheet{crop: "[40 60 560 800]"}.build(t),
		"croprotated":   sheet{crop: "[40 60 560 800]", rotate: 270}.build(t),
		"form":          form.build(t),
		"formstreams":   qpdf(t, form.build(t), "--object-streams=generate"),
		"indirect":      indirectForm().build(t),
		"header":        append([]byte("junk before the header\n"), plain...),
		"decoy":         sheet{objs: "6 0 obj\n<< /Length 40000 >>\nstream\n" + (strings.Repeat("/Contents<"+strings.Repeat("0", 9990), 4)) + "\nendstream\nendobj\n"}.build(t),
	}
}

// indirectForm has every part of its form in an object of its own, a field
// that is no object, and asks viewers to draw the fields anew.
func indirectForm() sheet {
	return sheet{
		extra: "/AcroForm 6 0 R",
		objs: "6 0 obj\n<< /Fields 7 0 R /DR 8 0 R /NeedAppearances true /CO [10 0 R] >>\nendobj\n" +
			"7 0 obj\n[10 0 R << /FT /Tx /T (direct) /V (x) >>]\nendobj\n8 0 obj\n<< /Font 9 0 R >>\nendobj\n9 0 obj\n<< /Helv 4 0 R >>\nendobj\n" +
			"10 0 obj\n<< /FT /Tx /T (existing) /V (kept) /DA (/Helv 12 Tf 0 g) >>\nendobj\n",
	}
}

// TestFormKept: nothing of a form that was there is lost.
func TestFormKept(t *testing.T) {
	keys := newPKI(t)
	approved, err := Approve(context.Background(), indirectForm().build(t), keys.leader, testApproval(t))
	must(t, err)
	f, err := pdf.Parse(approved)
	must(t, err)
	form, err := f.AcroForm()
	must(t, err)
	for _, key := range []pdf.Name{"DR", "NeedAppearances", "CO", "Fields"} {
		if !form.Has(key) {
			t.Errorf("/%s is lost", key)
		}
	}
	fields, err := f.Fields()
	must(t, err)
	names := ""
	for _, fd := range fields {
		names += fd.Name + " "
	}
	if want := "existing direct vanthu-number vanthu-day vanthu-month vanthu-agency vanthu-leader "; names != want {
		t.Errorf("fields %s\nwant   %s", names, want)
	}
	fonts := mustDict(t, f, mustDict(t, f, form.Get("DR")).Get("Font"))
	if !fonts.Has("Helv") || !fonts.Has("VanThuSerif") {
		t.Errorf("fonts %v", fonts.Keys())
	}
}

// TestApproveThenSeal is the whole flow on every kind of file, judged by poppler and qpdf.
func TestApproveThenSeal(t *testing.T) {
	keys := newPKI(t)
	db := nssDB(t, keys.root)
	for name, in := range variants(t) {
		t.Run(name, func(t *testing.T) {
			approved, r, err := approveBytes(context.Background(), in, keys.leader, testApproval(t))
			must(t, err)
			t.Logf("road %s, +%d bytes", r, len(approved)-len(in))
			sealed, err := Seal(context.Background(), approved, keys.agency, testSealing(t))
			must(t, err)
			t.Logf("seal +%d bytes", len(sealed)-len(approved))
			if !bytes.HasPrefix(approved, in) || !bytes.HasPrefix(sealed, approved) {
				t.Error("bytes of an earlier revision were changed")
			}
			judge(t, keys, db, in, sealed, false)
		})
	}
}

// judge asks poppler and qpdf about a file with both signatures. The text of the
// page must have gained number and date and nothing else, unless the signatures
// were drawn as text.
func judge(t *testing.T, keys pki, db string, in, sealed []byte, drawn bool) {
	t.Helper()
	dir := t.TempDir()
	before, after := filepath.Join(dir, "before.pdf"), filepath.Join(dir, "after.pdf")
	must(t, os.WriteFile(before, in, 0o600))
	must(t, os.WriteFile(after, sealed, 0o600))
	if d := os.Getenv("VANTHU_KEEP_PDF"); d != "" {
		must(t, os.WriteFile(filepath.Join(d, strings.ReplaceAll(t.Name(), "/", "_")+".pdf"), sealed, 0o600))
	}
	sig := run(t, "pdfsig", "-nssdir", "sql:"+db, after)
	if strings.Count(sig, "Signature is Valid.") != 2 || strings.Count(sig, "Certificate is Trusted.") != 2 ||
		strings.Count(sig, "Total document signed") != 1 || strings.Count(sig, "ETSI.CAdES.detached") != 2 {
		t.Errorf("pdfsig:\n%s", sig)
	}
	run(t, "qpdf", "--check", after)
	diff := letters(run(t, "pdftotext", after, "-"))
	for r, n := range letters(run(t, "pdftotext", before, "-")) {
		diff[r] -= n
	}
	for _, r := range "15053" {
		diff[r]--
	}
	for r, n := range diff {
		if n < 0 || n > 0 && !drawn {
			t.Errorf("the text of the page has %+d of %q", n, r)
		}
	}
	f, err := pdf.Parse(sealed)
	must(t, err)
	checkValues(t, f)
	report, err := Verify(context.Background(), bytes.NewReader(sealed), int64(len(sealed)), Policy{Roots: []*x509.Certificate{keys.root}, At: testTime().AddDate(0, 0, 1)})
	must(t, err)
	if report.Document != verdict.ValidOffline || len(report.Signatures) != 2 {
		t.Errorf("own verifier: %+v", report)
	}
}

// letters counts the visible characters of a text.
func letters(text string) map[rune]int {
	out := map[rune]int{}
	for _, r := range strings.Join(strings.Fields(text), "") {
		out[r]++
	}
	return out
}

func checkValues(t *testing.T, f *pdf.File) {
	t.Helper()
	fields, err := f.Fields()
	must(t, err)
	want := map[string]string{FieldNumber: "15", FieldDay: "05", FieldMonth: "3"}
	for _, fd := range fields {
		if w, ok := want[fd.Name]; ok {
			if s, ok := fd.Value.(pdf.String); !ok || s.Text() != w {
				t.Errorf("%s is %v, want %q", fd.Name, fd.Value, w)
			}
			delete(want, fd.Name)
		}
	}
	if len(want) > 0 {
		t.Errorf("fields missing: %v", want)
	}
}
