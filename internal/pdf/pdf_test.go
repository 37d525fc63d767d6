package pdf_test

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"vanthu/internal/pdf"
)

// samples opens every PDF of the shared samples, or skips.
func samples(t *testing.T) map[string][]byte {
	t.Helper()
	names, _ := filepath.Glob("../../../shared/samples/pdf/*/*.pdf")
	if len(names) == 0 {
		t.Skip("../shared/samples/pdf is absent: nothing to read")
	}
	out := map[string][]byte{}
	for _, n := range names {
		b, err := os.ReadFile(n)
		if err != nil {
			t.Fatal(err)
		}
		out[filepath.Base(n)] = b
	}
	return out
}

func TestSamplesOpen(t *testing.T) {
	for name, b := range samples(t) {
		t.Run(name, func(t *testing.T) {
			f, err := pdf.Parse(b)
			if err != nil {
				t.Fatal(err)
			}
			pages, err := f.Pages()
			if err != nil {
				t.Fatal(err)
			}
			fields, err := f.Fields()
			if err != nil {
				t.Fatal(err)
			}
			revs := f.Revisions()
			if len(revs) == 0 || revs[len(revs)-1].End != int64(len(b)) {
				t.Errorf("revisions %+v do not end at %d", revs, len(b))
			}
			for _, ref := range f.Refs() {
				if _, err := f.Object(ref); err != nil {
					t.Errorf("%v", err)
				}
			}
			t.Logf("%d pages, %d revisions, %d fields", len(pages), len(revs), len(fields))
			if strings.Contains(name, "signed") && (len(fields) == 0 || fields[0].Type != "Sig") {
				t.Errorf("no signature field in %v", fields)
			}
		})
	}
}

func TestRefusals(t *testing.T) {
	for _, c := range []struct {
		name, in string
		want     error
	}{
		{"text", "hello", pdf.ErrNotPDF},
		{"header only", "%PDF-1.7\n", pdf.ErrDamaged},
		{"startxref outside", "%PDF-1.7\nstartxref\n9999\n%%EOF", pdf.ErrDamaged},
		{"prev loop", "%PDF-1.4\nxref\n0 0\ntrailer\n<</Size 1/Root 1 0 R/Prev 9>>\nstartxref\n9\n%%EOF", pdf.ErrDamaged},
	} {
		t.Run(c.name, func(t *testing.T) {
			if _, err := pdf.Parse([]byte(c.in)); !errors.Is(err, c.want) {
				t.Errorf("got %v, want %v", err, c.want)
			}
		})
	}
}

// TestUpdateKeepsBytes appends a revision to every sample, in table and stream form, and reads it back.
func TestUpdateKeepsBytes(t *testing.T) {
	for name, b := range samples(t) {
		t.Run(name, func(t *testing.T) {
			f, err := pdf.Parse(b)
			if err != nil {
				t.Fatal(err)
			}
			u := f.NewUpdate()
			ref := u.Add([]byte("<< /Hello " + pdf.WriteText("Nguyễn Văn Nghĩa (\\)") + " >>"))
			tail, err := u.Tail()
			if err != nil {
				t.Fatal(err)
			}
			out := append(append([]byte{}, b...), tail.Bytes...)
			g, err := pdf.Parse(out)
			if err != nil {
				t.Fatal(err)
			}
			d, err := g.Dict(ref)
			if err != nil || d == nil {
				t.Fatal(d, err)
			}
			if s := d.Get("Hello").(pdf.String).Text(); s != "Nguyễn Văn Nghĩa (\\)" {
				t.Errorf("read back %q", s)
			}
			if n, m := len(g.Revisions()), len(f.Revisions()); n != m+1 {
				t.Errorf("%d revisions after, %d before", n, m)
			}
			qpdfCheck(t, out)
		})
	}
}

// qpdfCheck runs qpdf --check, when qpdf is there.
func qpdfCheck(t *testing.T, b []byte) {
	t.Helper()
	if _, err := exec.LookPath("qpdf"); err != nil {
		if os.Getenv("CI") != "" || os.Getenv("VANTHU_REQUIRE_TOOLS") == "1" {
			t.Fatal("qpdf is missing")
		}
		return
	}
	path := filepath.Join(t.TempDir(), "x.pdf")
	if err := os.WriteFile(path, b, 0o600); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command("qpdf", "--check", path).CombinedOutput(); err != nil {
		t.Errorf("qpdf --check: %v\n%s", err, out)
	}
}
