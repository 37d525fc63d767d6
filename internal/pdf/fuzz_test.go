package pdf_test

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"vanthu/internal/pdf"
)

// seedBodies are the objects of a small document with a form and a stream.
func seedBodies() []string {
	return []string{
		"<< /Type /Catalog /Pages 2 0 R /AcroForm << /Fields [5 0 R 6 0 R] >> >>",
		"<< /Type /Pages /Kids [3 0 R] /Count 1 /Rotate -90 /MediaBox [0 0 595.5 842] >>",
		"<< /Type /Page /Parent 2 0 R /Contents 4 0 R /CropBox [10 10 500 800] /Annots [5 0 R] >>",
		"<< /Length 9 >>\nstream\nBT ET % x\nendstream",
		"<< /FT /Tx /T (a\\051\\(b) /V <FEFF0129> /Subtype /Widget /Rect [1 2 3 4] >>",
		"<< /T (p) /FT /Sig /Kids [7 0 R] >>",
		"<< /T (q) /Parent 6 0 R >>",
	}
}

// withTable puts objects into a file with a classic table.
func withTable(bodies []string) []byte {
	var b bytes.Buffer
	b.WriteString("%PDF-1.4\n")
	at := []int{}
	for i, body := range bodies {
		at = append(at, b.Len())
		fmt.Fprintf(&b, "%d 0 obj\n%s\nendobj\n", i+1, body)
	}
	xref := b.Len()
	fmt.Fprintf(&b, "xref\n0 %d\n0000000000 65535 f \n", len(at)+1)
	for _, o := range at {
		fmt.Fprintf(&b, "%010d 00000 n \n", o)
	}
	fmt.Fprintf(&b, "trailer\n<< /Size %d /Root 1 0 R /ID [<00><01>] >>\nstartxref\n%d\n%%%%EOF\n", len(at)+1, xref)
	return b.Bytes()
}

func seedTable() []byte { return withTable(seedBodies()) }

// seedStream is a file whose cross-reference and objects are in streams, not compressed.
func seedStream() []byte {
	var b bytes.Buffer
	b.WriteString("%PDF-1.5\n")
	head := "1 0 2 50 3 100 "
	body := fmt.Sprintf("%-50s%-50s%-50s", "<< /Type /Catalog /Pages 2 0 R >>", "<< /Type /Pages /Kids [3 0 R] /Count 1 >>", "<< /Type /Page /Parent 2 0 R >>")
	stm := b.Len()
	fmt.Fprintf(&b, "4 0 obj\n<< /Type /ObjStm /N 3 /First %d /Length %d >>\nstream\n%s%s\nendstream\nendobj\n", len(head), len(head)+len(body), head, body)
	xref := b.Len()
	rows := []byte{0, 0, 0, 0, 2, 0, 4, 0, 2, 0, 4, 1, 2, 0, 4, 2, 1, byte(stm >> 8), byte(stm), 0, 1, byte(xref >> 8), byte(xref), 0}
	fmt.Fprintf(&b, "5 0 obj\n<< /Type /XRef /Size 6 /W [1 2 1] /Root 1 0 R /Length %d >>\nstream\n%s\nendstream\nendobj\nstartxref\n%d\n%%%%EOF\n", len(rows), rows, xref)
	return b.Bytes()
}

// withUpdate appends a revision to a seed.
func withUpdate(b []byte) []byte {
	f, err := pdf.Parse(b)
	if err != nil {
		panic(err)
	}
	u := f.NewUpdate()
	u.Add(pdf.StreamBody(&pdf.Dict{}, []byte("data")))
	tail, err := u.Tail()
	if err != nil {
		panic(err)
	}
	return append(append([]byte{}, b...), tail.Bytes...)
}

func TestSeedsOpen(t *testing.T) {
	for i, b := range [][]byte{seedTable(), seedStream(), withUpdate(seedTable()), withUpdate(withUpdate(seedStream()))} {
		f, err := pdf.Parse(b)
		if err != nil {
			t.Fatal(i, err)
		}
		if p, err := f.Pages(); err != nil || len(p) != 1 {
			t.Errorf("seed %d: %d pages, %v", i, len(p), err)
		}
		if want := []int{1, 1, 2, 3}[i]; len(f.Revisions()) != want {
			t.Errorf("seed %d: %d revisions, want %d", i, len(f.Revisions()), want)
		}
		for _, r := range f.Revisions() {
			if _, err := f.Prefix(r); err != nil {
				t.Errorf("seed %d: prefix of %d bytes: %v", i, r.End, err)
			}
		}
		qpdfCheck(t, b)
	}
}

func TestFieldsInherit(t *testing.T) {
	f, err := pdf.Parse(seedTable())
	if err != nil {
		t.Fatal(err)
	}
	fields, err := f.Fields()
	if err != nil || len(fields) != 2 {
		t.Fatal(fields, err)
	}
	if a := fields[0]; a.Name != "a)(b" || a.Type != "Tx" || a.Value.(pdf.String).Text() != "ĩ" || len(a.Widgets) != 1 {
		t.Errorf("first field: %+v", a)
	}
	if q := fields[1]; q.Name != "p.q" || q.Type != "Sig" {
		t.Errorf("second field: %+v", q)
	}
	pages, err := f.Pages()
	if err != nil || pages[0].Rotate != 270 || pages[0].Crop != (pdf.Rect{X0: 10, Y0: 10, X1: 500, Y1: 800}) {
		t.Errorf("page %+v, %v", pages, err)
	}
}

// TestEntryOffsets: Raw stands at Offset, for every entry of every object.
func TestEntryOffsets(t *testing.T) {
	b := withUpdate(seedTable())
	f, err := pdf.Parse(b)
	if err != nil {
		t.Fatal(err)
	}
	for _, ref := range f.Refs() {
		loc, ok, err := f.Locate(ref)
		if err != nil || !ok || !bytes.HasPrefix(b[loc.Offset:], []byte(strings.Replace(ref.String(), " R", " obj", 1))) || !bytes.HasSuffix(b[:loc.End], []byte("endobj")) {
			t.Errorf("%s: location %+v %v %v", ref, loc, ok, err)
		}
		d, err := f.Dict(ref)
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range d.Entries {
			if !bytes.HasPrefix(b[e.Offset:], e.Raw) {
				t.Errorf("%s /%s: %q is not at %d", ref, e.Key, e.Raw, e.Offset)
			}
		}
	}
}

// FuzzOpen walks everything a file offers: no panic, no hang, and a revision
// written on top of what opens must open again with the original bytes in front.
func FuzzOpen(f *testing.F) {
	f.Add(seedTable())
	f.Add(seedStream())
	f.Add(withUpdate(seedTable()))
	f.Add(withUpdate(withUpdate(seedStream())))
	f.Add(bytes.Replace(seedTable(), []byte("/Kids [3 0 R]"), []byte("/Kids [2 0 R]"), 1))
	f.Add(bytes.Replace(seedTable(), []byte("/Size 8"), []byte("/Prev 9"), 1))
	f.Add([]byte("%PDF-1.4\n" + strings.Repeat("[", 500) + "startxref\n9\n%%EOF"))
	if names, _ := filepath.Glob("testdata/*.pdf"); len(names) > 0 {
		for _, n := range names {
			if b, err := os.ReadFile(n); err == nil {
				f.Add(b)
			}
		}
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		file, err := pdf.Parse(b)
		if err != nil {
			return
		}
		walk(file)
		u := file.NewUpdate()
		ref := u.Add([]byte("(added)"))
		tail, err := u.Tail()
		if err != nil {
			return
		}
		again, err := pdf.Parse(append(append([]byte{}, b...), tail.Bytes...))
		if err != nil {
			t.Fatalf("own revision does not open: %v", err)
		}
		if v, err := again.Object(ref); err != nil || !pdf.Equal(v, pdf.String{Bytes: []byte("added")}) {
			t.Fatalf("own object reads as %v, %v", v, err)
		}
	})
}

// FuzzBodies puts arbitrary objects, separated by newline-tilde, into a file
// whose cross-reference is right, and so reaches what FuzzOpen seldom does.
func FuzzBodies(f *testing.F) {
	f.Add(strings.Join(seedBodies(), "\n~"))
	f.Add("<< /Pages 2 0 R /AcroForm 3 0 R >>\n~<< /Kids [1 0 R] >>\n~<< /Fields 3 0 R /Kids [3 0 R] >>")
	f.Add("<< /Pages 2 0 R >>\n~<< /Type /ObjStm /N 1 /First 2 /Length 3 0 R >>\nstream\n1 0\nendstream\n~3 0 R")
	f.Fuzz(func(t *testing.T, joined string) {
		file, err := pdf.Parse(withTable(strings.Split(joined, "\n~")))
		if err == nil {
			walk(file)
		}
	})
}

// walk reads all there is; errors are fine.
func walk(f *pdf.File) {
	for _, ref := range f.Refs() {
		v, err := f.Object(ref)
		if err != nil {
			continue
		}
		if s, ok := v.(*pdf.Stream); ok {
			_, _ = f.Decode(s, 1<<20)
		}
		_, _, _ = f.Locate(ref)
	}
	_, _ = f.Pages()
	_, _ = f.Fields()
	for _, r := range f.Revisions() {
		_, _ = f.Prefix(r)
	}
}

// FuzzText: what WriteText writes reads back as the same text and never breaks out of its place.
func FuzzText(f *testing.F) {
	for _, s := range []string{"", "ĩĨ()\\", "Nguyễn Văn Nghĩa", "a)>>", "\x00", "😀"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		want := strings.ToValidUTF8(s, "\uFFFD")
		d, err := pdf.ParseDict([]byte("<< /T " + pdf.WriteText(s) + " " + pdf.WriteName(pdf.Name(s+"x")) + " 1 >>"))
		if err != nil {
			t.Fatal(err)
		}
		if got := d.Get("T"); s != "T" && got.(pdf.String).Text() != want {
			t.Errorf("%q reads back as %q", want, got)
		}
		if !d.Has(pdf.Name(s + "x")) {
			t.Errorf("the name %q is lost: %v", s+"x", d.Keys())
		}
	})
}
