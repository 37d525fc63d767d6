package signer

import (
	"bytes"
	"context"
	"crypto/x509"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"

	"vanthu/internal/document"
	"vanthu/internal/pdf"
	"vanthu/internal/verdict"
)

// writeMatrix writes testdata/matrix.md anew, with the files found on this machine.
var writeMatrix = flag.Bool("matrix", false, "write testdata/matrix.md")

// row is one line of the table.
type row struct{ name, outcome, road, note string }

func (r row) String() string {
	return fmt.Sprintf("| %s | %s | %s | %s |\n", r.name, r.outcome, r.road, r.note)
}

// bench of the matrix: two keys and pdfsig's store.
type matrix struct {
	keys pki
	db   string
}

// TestMatrix signs every specimen twice, as the leader and as the agency, and
// asks poppler, qpdf and our own verifier. The table in testdata says what
// comes of which file; it is checked here, and written anew with -matrix.
func TestMatrix(t *testing.T) {
	m := matrix{keys: newPKI(t)}
	m.db = nssDB(t, m.keys.root)
	known := readMatrix(t)
	var rows []row
	for i, s := range specimens() {
		if testing.Short() && (s.size != quick || i%6 != 0) { // a taste, for the race detector
			continue
		}
		if _, err := exec.LookPath(s.tool); s.tool != "" && err != nil {
			t.Logf("%s: %s is missing", s.name, s.tool)
			rows = append(rows, known[s.name])
			continue
		}
		t.Run(s.name, func(t *testing.T) {
			r, err := m.try(t, s.make(t))
			if !errors.Is(err, s.want) || (err != nil && s.want == nil) {
				t.Errorf("got %v, want %v", err, s.want)
			}
			if err != nil && !hasWords(err) {
				t.Errorf("no words for the clerk: %v", err)
			}
			r.name = s.name
			rows = append(rows, r)
			if k := known[s.name]; k != r && !*writeMatrix {
				t.Errorf("testdata/matrix.md says\n%swant\n%s(go test -run TestMatrix -matrix)", k, r)
			}
		})
	}
	if *writeMatrix && !t.Failed() && !testing.Short() {
		writeTable(t, rows, m.found(t))
	}
}

// found tries the files that packages brought to this machine. They are not
// ours to keep, so their lines in the table are a report and not a demand; but a
// file may only end well or be refused.
func TestMatrixFound(t *testing.T) {
	if testing.Short() {
		t.Skip("a long run")
	}
	m := matrix{keys: newPKI(t)}
	m.db = nssDB(t, m.keys.root)
	if !*writeMatrix { // else TestMatrix does
		m.found(t)
	}
}

func (m matrix) found(t *testing.T) []row {
	t.Helper()
	cache := os.Getenv("GOMODCACHE")
	if cache == "" {
		home, _ := os.UserHomeDir()
		cache = filepath.Join(home, "go", "pkg", "mod")
	}
	var rows []row
	for _, place := range []struct{ name, pattern string }{
		{"Debian", "/usr/share/doc/*/*.pdf"}, {"Debian", "/usr/share/doc/*/*/*.pdf"},
		{"digitorus/pdfsign", filepath.Join(cache, "github.com/digitorus/pdfsign@v1.0.0-rc1/testfiles/*.pdf")},
		{"klippa-app/go-pdfium", filepath.Join(cache, "github.com/klippa-app/go-pdfium@*/shared_tests/testdata/*.pdf")},
		{"samples, templates", "../../shared/samples/pdf/templates/*.pdf"}, {"samples, signed", "../../shared/samples/pdf/signed/*.pdf"},
	} {
		files, err := filepath.Glob(place.pattern)
		must(t, err)
		for _, file := range files {
			name := place.name + ": " + filepath.Base(file)
			if rest, ok := strings.CutPrefix(file, "/usr/share/doc/"); ok {
				name = place.name + ": " + rest
			}
			t.Run(name, func(t *testing.T) {
				in, err := os.ReadFile(file)
				must(t, err)
				r, err := m.try(t, in)
				if err != nil && !hasWords(err) {
					t.Errorf("no words for the clerk: %v", err)
				}
				r.name = name
				rows = append(rows, r)
			})
		}
	}
	return rows
}

// try signs a file twice. The error is the refusal, which must come before a key is asked.
func (m matrix) try(t *testing.T, in []byte) (row, error) {
	t.Helper()
	layout := layoutFor(in)
	ops := m.keys.leader.ops.Load() + m.keys.agency.ops.Load()
	a, s := testApproval(t), testSealing(t)
	a.Layout, s.Layout = layout, layout
	approved, r, err := approveBytes(context.Background(), in, m.keys.leader, a)
	if err != nil {
		if m.keys.leader.ops.Load()+m.keys.agency.ops.Load() != ops {
			t.Error("a key was asked for a refused file")
		}
		err = explain(err)
		return row{outcome: "refused", road: "–", note: refusal(err)}, err
	}
	sealed, err := Seal(context.Background(), approved, m.keys.agency, s)
	if err != nil {
		t.Errorf("signed once, then: %v", err)
		return row{outcome: "BROKEN"}, nil
	}
	if !bytes.HasPrefix(approved, in) || !bytes.HasPrefix(sealed, approved) {
		t.Error("bytes of an earlier revision were changed")
	}
	m.judge(t, in, sealed)
	note := "–"
	if n := fieldsOf(t, in); n > 0 {
		note = fmt.Sprintf("%d form fields kept", n)
	}
	return row{outcome: "signed twice", road: string(r), note: note}, nil
}

func refusal(err error) string {
	var p *document.Problem
	if errors.As(err, &p) {
		return p.What
	}
	return err.Error()
}

// layoutFor shrinks the usual places to the first page.
func layoutFor(in []byte) document.Layout {
	l := testLayout()
	f, err := pdf.Parse(in)
	if err != nil {
		return l
	}
	pages, err := f.Pages()
	if err != nil {
		return l
	}
	w, h := pages[0].Crop.W(), pages[0].Crop.H()
	if pages[0].Rotate%180 != 0 {
		w, h = h, w
	}
	k := min(1, w/400, h/450)
	for _, b := range []*document.Box{&l.Number, &l.Day, &l.Month, &l.Sign, &l.Seal} {
		b.X, b.Y, b.W, b.H = b.X*k, b.Y*k, max(b.W*k, 14), max(b.H*k, 8)
	}
	return l
}

// judge asks the other programs and our own verifier.
func (m matrix) judge(t *testing.T, in, sealed []byte) {
	t.Helper()
	dir := t.TempDir()
	before, after := filepath.Join(dir, "before.pdf"), filepath.Join(dir, "after.pdf")
	must(t, os.WriteFile(before, in, 0o600))
	must(t, os.WriteFile(after, sealed, 0o600))
	if d := os.Getenv("VANTHU_KEEP_PDF"); d != "" {
		must(t, os.WriteFile(filepath.Join(d, strings.NewReplacer("/", "_", " ", "_").Replace(t.Name())+".pdf"), sealed, 0o600))
	}
	sig := run(t, "pdfsig", "-nssdir", "sql:"+m.db, after)
	if strings.Count(sig, "Signature is Valid.") != 2 || strings.Count(sig, "Certificate is Trusted.") != 2 || strings.Count(sig, "Total document signed") != 1 {
		t.Errorf("pdfsig:\n%s", sig)
	}
	old := complaints(t, before)
	for c := range complaints(t, after) {
		if !old[c] {
			t.Errorf("qpdf: %s", c)
		}
	}
	sameText(t, before, after)
	sameFields(t, in, sealed)
	report, err := Verify(context.Background(), bytes.NewReader(sealed), int64(len(sealed)), Policy{Roots: []*x509.Certificate{m.keys.root}, At: testTime().AddDate(0, 0, 1)})
	must(t, err)
	if report.Document != verdict.ValidOffline || len(report.Signatures) != 2 {
		t.Errorf("own verifier: %+v", report)
	}
}

// complaints are what qpdf finds wrong in a file, without names and numbers.
func complaints(t *testing.T, file string) map[string]bool {
	t.Helper()
	out, err := exec.Command(tool(t, "qpdf"), "--check", file).CombinedOutput()
	found := map[string]bool{}
	if err == nil {
		return found
	}
	digits := regexp.MustCompile(`[0-9]+`)
	for _, l := range strings.Split(strings.ReplaceAll(string(out), file, ""), "\n") {
		if !strings.HasPrefix(l, "WARNING") && !strings.Contains(l, "rror") {
			continue
		}
		found[digits.ReplaceAllString(l, "#")] = true
	}
	return found
}

// sameText demands that number and date were added to the text of the pages and nothing else.
func sameText(t *testing.T, before, after string) {
	t.Helper()
	diff := letters(run(t, "pdftotext", "-q", after, "-"))
	for r, n := range letters(run(t, "pdftotext", "-q", before, "-")) {
		diff[r] -= n
	}
	for _, r := range "15053" {
		diff[r]--
	}
	for r, n := range diff {
		if n != 0 && !unicode.Is(unicode.Cf, r) { // marks of direction are pdftotext's own
			t.Errorf("the text of the pages has %+d of %q", n, r)
		}
	}
}

// sameFields demands that every field that was there is there unchanged, and
// that only ours were added with the right values.
func sameFields(t *testing.T, before, after []byte) {
	t.Helper()
	describe := func(file []byte) []string {
		f, err := pdf.Parse(file)
		must(t, err)
		fields, err := f.Fields()
		must(t, err)
		var out []string
		for _, fd := range fields {
			if !strings.HasPrefix(fd.Name, "vanthu-") {
				out = append(out, fmt.Sprintf("%s %s %d %v %s", fd.Name, fd.Type, fd.Flags, fd.Value, fd.Dict.Bytes()))
			}
		}
		return out
	}
	if a, b := describe(before), describe(after); !slices.Equal(a, b) {
		t.Errorf("fields were %v\nare %v", a, b)
	}
	f, err := pdf.Parse(after)
	must(t, err)
	checkValues(t, f)
}

func fieldsOf(t *testing.T, in []byte) int {
	t.Helper()
	f, err := pdf.Parse(in)
	must(t, err)
	fields, err := f.Fields()
	must(t, err)
	return len(fields)
}

const matrixFile = "testdata/matrix.md"

// readMatrix reads the lines of the table by the file's name.
func readMatrix(t *testing.T) map[string]row {
	t.Helper()
	b, err := os.ReadFile(matrixFile)
	if err != nil && !*writeMatrix {
		t.Fatal(err)
	}
	out := map[string]row{}
	for _, l := range strings.Split(string(b), "\n") {
		if c := strings.Split(strings.Trim(l, "| "), " | "); len(c) == 4 {
			out[c[0]] = row{c[0], c[1], c[2], c[3]}
		}
	}
	return out
}

func writeTable(t *testing.T, own, found []row) {
	t.Helper()
	var b strings.Builder
	section := func(title string, rows []row) {
		signed := 0
		for _, r := range rows {
			if r.outcome == "signed twice" {
				signed++
			}
		}
		fmt.Fprintf(&b, "## %s\n\n%d files: %d signed twice, %d refused before a key was asked.\n\n| File | Outcome | Road | Note |\n|---|---|---|---|\n", title, len(rows), signed, len(rows)-signed)
		for _, r := range rows {
			b.WriteString(r.String())
		}
		b.WriteString("\n")
	}
	b.WriteString("# Which PDFs can be signed\n\nWritten by `go test ./signer -run TestMatrix -matrix`; do not edit.\n\n" +
		"\"Signed twice\": by the leader and then by the agency; pdfsig calls both signatures valid and trusted, qpdf finds nothing new, " +
		"text and form fields are as before but for number and date, the output begins with the exact input, our own verifier agrees.\n\n")
	section("Files of our own making", own)
	section("Files that packages brought to the machine that wrote this table", found)
	must(t, os.WriteFile(matrixFile, []byte(b.String()), 0o644))
}
