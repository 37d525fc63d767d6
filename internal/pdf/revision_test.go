package pdf_test

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"vanthu/internal/pdf"
)

// TestQpdfForms reads what qpdf makes of a seed: compressed streams with
// predictors, object streams, linearized files.
func TestQpdfForms(t *testing.T) {
	for _, args := range [][]string{
		{"--object-streams=generate"}, {"--linearize"}, {"--linearize", "--object-streams=generate"},
		{"--object-streams=generate", "--compress-streams=n"}, {"--qdf"},
	} {
		t.Run(fmt.Sprint(args), func(t *testing.T) {
			b := byQpdf(t, seedTable(), args...)
			for range 2 { // as it is, and with a revision of ours on top
				f, err := pdf.Parse(b)
				if err != nil {
					t.Fatal(err)
				}
				for _, ref := range f.Refs() {
					if _, err := f.Object(ref); err != nil {
						t.Error(err)
					}
				}
				fields, err := f.Fields()
				if err != nil || len(fields) != 2 || fields[0].Name != "a)(b" {
					t.Errorf("fields %+v, %v", fields, err)
				}
				if revs := f.Revisions(); len(revs) == 0 || revs[len(revs)-1].End != f.Size() {
					t.Errorf("revisions %+v of %d bytes", revs, f.Size())
				}
				b = withUpdate(b)
			}
			f, err := pdf.Parse(b)
			if err != nil {
				t.Fatal(err)
			}
			if n := len(f.Revisions()); n != 3 {
				t.Errorf("%d revisions, want 3", n)
			}
			first, err := f.Prefix(f.Revisions()[0])
			if err != nil || len(first.Revisions()) != 1 {
				t.Errorf("the first revision alone: %v", err)
			}
			qpdfCheck(t, b)
		})
	}
}

func byQpdf(t *testing.T, in []byte, args ...string) []byte {
	t.Helper()
	tool, err := exec.LookPath("qpdf")
	if err != nil {
		if os.Getenv("CI") != "" || os.Getenv("VANTHU_REQUIRE_TOOLS") == "1" {
			t.Fatal("qpdf is missing")
		}
		t.Skip("qpdf is missing")
	}
	dir := t.TempDir()
	from, to := filepath.Join(dir, "in"), filepath.Join(dir, "out")
	if err := os.WriteFile(from, in, 0o600); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command(tool, append(args, from, to)...).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	b, err := os.ReadFile(to)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// hybrid is a file whose table hides an object that its /XRefStm shows.
func hybrid() []byte {
	var b bytes.Buffer
	b.WriteString("%PDF-1.5\n")
	at := map[int]int{}
	for n, body := range map[int]string{1: "<< /Type /Catalog /Pages 2 0 R >>", 2: "<< /Type /Pages /Kids [3 0 R] /Count 1 >>", 3: "<< /Type /Page /Parent 2 0 R >>", 4: "(hidden)"} {
		at[n] = b.Len()
		fmt.Fprintf(&b, "%d 0 obj\n%s\nendobj\n", n, body)
	}
	stm := b.Len()
	row := []byte{1, byte(at[4] >> 8), byte(at[4]), 0}
	fmt.Fprintf(&b, "5 0 obj\n<< /Type /XRef /Size 6 /Index [4 1] /W [1 2 1] /Length 4 >>\nstream\n%s\nendstream\nendobj\n", row)
	xref := b.Len()
	fmt.Fprintf(&b, "xref\n0 6\n0000000004 65535 f \n%010d 00000 n \n%010d 00000 n \n%010d 00000 n \n0000000000 00000 f \n0000000000 00000 f \n", at[1], at[2], at[3])
	fmt.Fprintf(&b, "trailer\n<< /Size 6 /Root 1 0 R /XRefStm %d >>\nstartxref\n%d\n%%%%EOF\n", stm, xref)
	return b.Bytes()
}

func TestHybrid(t *testing.T) {
	f, err := pdf.Parse(hybrid())
	if err != nil {
		t.Fatal(err)
	}
	if v, err := f.Object(pdf.Ref{Num: 4}); err != nil || !pdf.Equal(v, pdf.String{Bytes: []byte("hidden")}) {
		t.Errorf("hidden object: %v, %v", v, err)
	}
	if s := f.Sections()[0]; s.Hybrid == 0 || !s.Objects()[4] {
		t.Errorf("section %+v", s)
	}
	g, err := pdf.Parse(withUpdate(hybrid()))
	if err != nil {
		t.Fatal(err)
	}
	if g.Trailer().Has("XRefStm") {
		t.Error("an update of ours is no hybrid section")
	}
	if v, _ := g.Object(pdf.Ref{Num: 4}); v == nil {
		t.Error("the hidden object is lost after an update")
	}
}

// TestJunkBeforeHeader: offsets count from the header, as most writers do, or from the first byte.
func TestJunkBeforeHeader(t *testing.T) {
	junk := []byte("HTTP/1.1 200 OK\r\n\r\n")
	b := append(append([]byte{}, junk...), seedTable()...)
	for range 2 {
		f, err := pdf.Parse(b)
		if err != nil {
			t.Fatal(err)
		}
		if p, err := f.Pages(); err != nil || len(p) != 1 || f.Header() != int64(len(junk)) || f.Version() != "1.4" {
			t.Errorf("%d pages, header at %d, version %s, %v", len(p), f.Header(), f.Version(), err)
		}
		b = withUpdate(b)
	}
}

// TestFreeAndStale: a freed object and an older generation are null, not what stood there.
func TestFreeAndStale(t *testing.T) {
	b := seedTable()
	freed := append(append([]byte{}, b...), fmt.Sprintf("xref\n7 1\n0000000000 00001 f \ntrailer\n<< /Size 8 /Root 1 0 R /Prev %d >>\nstartxref\n%d\n%%%%EOF\n", bytes.LastIndex(b, []byte("xref\n0")), len(b))...)
	f, err := pdf.Parse(freed)
	if err != nil {
		t.Fatal(err)
	}
	for _, ref := range []pdf.Ref{{Num: 7}, {Num: 3, Gen: 1}, {Num: 99}} {
		if v, err := f.Object(ref); v != nil || err != nil {
			t.Errorf("%s: %v, %v", ref, v, err)
		}
		if _, ok, _ := f.Locate(ref); ok {
			t.Errorf("%s is found", ref)
		}
	}
}
