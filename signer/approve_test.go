package signer

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"vanthu/internal/document"
	"vanthu/internal/pdf"
)

// TestTemplates signs the blank government forms of the shared samples.
func TestTemplates(t *testing.T) {
	names, _ := filepath.Glob("../../shared/samples/pdf/templates/*.pdf")
	if len(names) == 0 {
		t.Skip("../shared/samples/pdf/templates is absent: no forms to sign")
	}
	keys := newPKI(t)
	db := nssDB(t, keys.root)
	for _, name := range names {
		t.Run(filepath.Base(name), func(t *testing.T) {
			in, err := os.ReadFile(name)
			must(t, err)
			approved, r, err := approveBytes(context.Background(), in, keys.leader, testApproval(t))
			must(t, err)
			t.Logf("road %s, +%d", r, len(approved)-len(in))
			sealed, err := Seal(context.Background(), approved, keys.agency, testSealing(t))
			must(t, err)
			judge(t, keys, db, in, sealed, false)
		})
	}
}

// TestRoadsAgree makes the same signature by both roads: the fields must be equal.
func TestRoadsAgree(t *testing.T) {
	keys := newPKI(t)
	prepared, name, err := prepareApproval(bytes.NewReader(sheet{rotate: 90}.build(t)), testLayout())
	must(t, err)
	plan, err := planLeader(prepared, name, keys.leader, testApproval(t))
	must(t, err)
	var widgets []*pdf.Dict
	for _, r := range []road{roadPdfsign, roadOwn} {
		u := plan.file.NewUpdate()
		var objs leaderObjects
		if r == roadPdfsign {
			objs, err = plan.pdfsign(context.Background(), u)
		} else {
			objs, err = plan.own(u)
		}
		must(t, err)
		p, err := plan.compose(u, objs)
		must(t, err)
		f, err := openPDF(p)
		must(t, err)
		fields, err := f.Fields()
		must(t, err)
		for _, fd := range fields {
			if fd.Name == FieldLeader {
				widgets = append(widgets, fd.Dict)
			}
		}
	}
	for _, key := range []pdf.Name{"FT", "T", "TU", "F", "Rect", "P", "Subtype", "Type"} {
		if a, b := widgets[0].Get(key), widgets[1].Get(key); !pdf.Equal(a, b) {
			t.Errorf("%s: pdfsign %v, own %v", key, a, b)
		}
	}
}

func signatureOf(t testing.TB, f *pdf.File, field string) *pdf.Dict {
	t.Helper()
	fields, err := f.Fields()
	must(t, err)
	for _, fd := range fields {
		if fd.Name == field {
			d, err := f.Dict(fd.Value)
			must(t, err)
			return d
		}
	}
	t.Fatalf("no field %s", field)
	return nil
}

// TestOneOperation: the key is asked once, and not at all when anything else is wrong.
func TestOneOperation(t *testing.T) {
	keys := newPKI(t)
	plain := sheet{}.build(t)
	approved, err := Approve(context.Background(), plain, keys.leader, testApproval(t))
	must(t, err)
	if n := keys.leader.ops.Load(); n != 1 {
		t.Errorf("approve asked the key %d times", n)
	}
	_, err = Seal(context.Background(), approved, keys.agency, testSealing(t))
	must(t, err)
	if n := keys.agency.ops.Load(); n != 1 {
		t.Errorf("seal asked the key %d times", n)
	}
	bad := testApproval(t)
	bad.Layout.Sign.Page = 7
	if _, err := Approve(context.Background(), plain, keys.leader, bad); !errors.Is(err, ErrCannotSign) || !hasWords(err) {
		t.Errorf("page 7 of 1: %v", err)
	}
	bad = testApproval(t)
	bad.Layout.Number.W = 8 // found out now, not when number 1048 is to be sealed
	if _, err := Approve(context.Background(), plain, keys.leader, bad); !errors.Is(err, ErrCannotSign) || !hasWords(err) {
		t.Errorf("narrow number: %v", err)
	}
	bad = testApproval(t)
	bad.Image = []byte("no picture")
	if _, err := Approve(context.Background(), plain, keys.leader, bad); !errors.Is(err, ErrImage) || !hasWords(err) {
		t.Errorf("bad picture: %v", err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := Approve(ctx, plain, keys.leader, testApproval(t)); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
	if n := keys.leader.ops.Load(); n != 1 {
		t.Errorf("refused approvals asked the key: %d operations", n)
	}
}

// hasWords tells that an error says to the clerk what happened and what to do.
func hasWords(err error) bool {
	var p *document.Problem
	return errors.As(err, &p) && p.What != "" && p.Next != ""
}

// TestKeyFails: the key's error comes back as it is, and nothing is returned.
func TestKeyFails(t *testing.T) {
	keys := newPKI(t)
	keys.leader.err = &PINError{Tries: TriesLow, Left: 1}
	out, err := Approve(context.Background(), sheet{}.build(t), keys.leader, testApproval(t))
	if out != nil || !errors.Is(err, ErrPIN) {
		t.Errorf("got %d bytes, %v", len(out), err)
	}
	keys.leader.err = nil
	late := testApproval(t)
	late.Time = keys.leader.cert.NotAfter.Add(time.Second)
	if _, err := Approve(context.Background(), sheet{}.build(t), keys.leader, late); !errors.Is(err, ErrCannotSign) || !hasWords(err) {
		t.Errorf("expired certificate: %v", err)
	}
	keys.leader.signer = keys.agency.signer // another key than the certificate's
	if _, err := Approve(context.Background(), sheet{}.build(t), keys.leader, testApproval(t)); !errors.Is(err, ErrCannotSign) {
		t.Errorf("mixed-up key: %v", err)
	}
}

// TestWhole: without blanks on the page the fields carry whole lines.
func TestWhole(t *testing.T) {
	keys := newPKI(t)
	a, s := testApproval(t), testSealing(t)
	a.Layout.Whole = true
	a.Layout.Month = document.Box{}
	a.Layout.Number.W, a.Layout.Day.W = 120, 260
	a.Layout.Day.X = 190
	s.Layout = a.Layout
	s.Reference = document.Reference{Number: "07", Notation: "QĐ-UBND"}
	approved, err := Approve(context.Background(), sheet{}.build(t), keys.leader, a)
	must(t, err)
	sealed, err := Seal(context.Background(), approved, keys.agency, s)
	must(t, err)
	path := filepath.Join(t.TempDir(), "x.pdf")
	must(t, os.WriteFile(path, sealed, 0o600))
	if d := os.Getenv("VANTHU_KEEP_PDF"); d != "" {
		must(t, os.WriteFile(filepath.Join(d, "whole.pdf"), sealed, 0o600))
	}
	text := run(t, "pdftotext", path, "-")
	for _, want := range []string{"Số: 07/QĐ-UBND", "Định Mỹ, ngày 05 tháng 3 năm 2026"} {
		if !strings.Contains(text, want) {
			t.Errorf("the page lacks %q:\n%s", want, text)
		}
	}
}

// TestSecondLeader: two leaders, then the agency; all three stay valid.
func TestSecondLeader(t *testing.T) {
	keys := newPKI(t)
	db := nssDB(t, keys.root)
	first, err := Approve(context.Background(), sheet{}.build(t), keys.leader, testApproval(t))
	must(t, err)
	b := testApproval(t)
	b.Layout.Sign.X = 400
	second, err := Approve(context.Background(), first, keys.leader, b)
	must(t, err)
	sealed, err := Seal(context.Background(), second, keys.agency, testSealing(t))
	must(t, err)
	path := filepath.Join(t.TempDir(), "x.pdf")
	must(t, os.WriteFile(path, sealed, 0o600))
	if out := run(t, "pdfsig", "-nssdir", "sql:"+db, path); strings.Count(out, "Signature is Valid.") != 3 {
		t.Errorf("pdfsig:\n%s", out)
	}
}

// TestSealRefuses walks what must never be sealed.
func TestSealRefuses(t *testing.T) {
	keys := newPKI(t)
	plain := sheet{}.build(t)
	approved, err := Approve(context.Background(), plain, keys.leader, testApproval(t))
	must(t, err)
	sealed, err := Seal(context.Background(), approved, keys.agency, testSealing(t))
	must(t, err)
	moved := testSealing(t)
	moved.Layout.Number.X += 5
	odd := testSealing(t)
	odd.Reference.Number = "№5"
	ops := keys.agency.ops.Load()
	for _, c := range []struct {
		name string
		in   []byte
		s    Sealing
		want error
	}{
		{"not signed", plain, testSealing(t), ErrCannotSign},
		{"sealed already", sealed, testSealing(t), ErrCannotSign},
		{"added after", appendRevision(t, approved), testSealing(t), ErrTampered},
		{"bytes after", append(append([]byte{}, approved...), "\n% more"...), testSealing(t), ErrTampered},
		{"other layout", approved, moved, ErrTampered},
		{"no glyph", approved, odd, ErrCannotSign},
		{"text", []byte("hello"), testSealing(t), ErrNotPDF},
	} {
		t.Run(c.name, func(t *testing.T) {
			if _, err := Seal(context.Background(), c.in, keys.agency, c.s); !errors.Is(err, c.want) || !hasWords(err) {
				t.Errorf("got %v, want %v", err, c.want)
			}
		})
	}
	if keys.agency.ops.Load() != ops {
		t.Error("a refused sealing asked the key")
	}
}

func appendRevision(t testing.TB, in []byte) []byte {
	t.Helper()
	f, err := pdf.Parse(in)
	must(t, err)
	u := f.NewUpdate()
	u.Add([]byte("<< /Stray true >>"))
	tail, err := u.Tail()
	must(t, err)
	return append(append([]byte{}, in...), tail.Bytes...)
}

// TestInspect is the table of files that may not be signed, each with words for the clerk.
func TestInspect(t *testing.T) {
	plain := sheet{}.build(t)
	keys := newPKI(t)
	approved, err := Approve(context.Background(), plain, keys.leader, testApproval(t))
	must(t, err)
	prepared, err := prepareFields(bytes.NewReader(plain), testLayout())
	must(t, err)
	certifiedBy := "/AcroForm << /Fields [6 0 R] /SigFlags 3 >>"
	sigField := "6 0 obj\n<< /FT /Sig /T (s) /V 7 0 R >>\nendobj\n"
	for _, c := range []struct {
		name string
		in   []byte
		want error
	}{
		{"plain", plain, nil},
		{"second leader", approved, nil},
		{"empty", nil, ErrNotPDF},
		{"text", []byte("văn bản"), ErrNotPDF},
		{"cut", plain[:len(plain)-40], ErrCannotSign},
		{"encrypted", qpdf(t, plain, "--encrypt", "u", "o", "256", "--"), ErrEncrypted},
		{"empty password", qpdf(t, plain, "--encrypt", "", "o", "256", "--"), ErrEncrypted},
		{"certified", sheet{extra: "/Perms << /DocMDP 6 0 R >>", objs: "6 0 obj\n<< /Type /Sig >>\nendobj\n"}.build(t), ErrCannotSign},
		{"certifying reference", sheet{extra: certifiedBy, objs: sigField + "7 0 obj\n<< /Type /Sig /Reference [<< /TransformMethod /DocMDP /TransformParams << /P 1 >> >>] >>\nendobj\n"}.build(t), ErrCannotSign},
		{"foreign signature", sheet{extra: certifiedBy, objs: sigField + "7 0 obj\n<< /Type /Sig >>\nendobj\n"}.build(t), ErrCannotSign},
		{"xfa", sheet{extra: "/AcroForm << /Fields [] /XFA (x) >>"}.build(t), ErrCannotSign},
		{"script", sheet{extra: "/OpenAction << /S /JavaScript /JS (x) >>"}.build(t), ErrCannotSign},
		{"our fields, nobody's signature", bytesOf(t, prepared), ErrCannotSign},
		{"page loop", bytes.Replace(plain, []byte("/Kids [3 0 R]"), []byte("/Kids [2 0 R]"), 1), ErrCannotSign},
	} {
		t.Run(c.name, func(t *testing.T) {
			err := Inspect(c.in)
			if !errors.Is(err, c.want) {
				t.Fatalf("got %v, want %v", err, c.want)
			}
			if err != nil && !hasWords(err) {
				t.Errorf("no words for the clerk: %#v", err)
			}
		})
	}
}
