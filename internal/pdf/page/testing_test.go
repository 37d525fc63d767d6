package page

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"vanthu/internal/document"
	"vanthu/internal/practice/form"
)

// reader opens a Reader whose compiled code is kept between test runs.
func reader(t testing.TB) *Reader {
	t.Helper()
	r, err := Open(context.Background(), filepath.Join(os.TempDir(), "vanthu-test-pdfium"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = r.Close() })
	return r
}

func decision() form.Form {
	return form.Form{
		Superior: "Ủy ban nhân dân tỉnh An Giang", Issuer: "Ủy ban nhân dân xã Định Mỹ",
		Abbr: "UBND", Place: "Định Mỹ", TypeName: "Quyết định",
		Subject: "Về việc thành lập Tổ công tác chuyển đổi số xã Định Mỹ",
		Body: []string{
			"CHỦ TỊCH ỦY BAN NHÂN DÂN XÃ ĐỊNH MỸ",
			"Căn cứ Luật Tổ chức chính quyền địa phương ngày 16 tháng 6 năm 2025;",
			"QUYẾT ĐỊNH:",
			"Điều 1. Thành lập Tổ công tác chuyển đổi số xã Định Mỹ gồm các ông, bà có tên trong danh sách kèm theo.",
			"Điều 2. Chánh Văn phòng và các ông, bà có tên tại Điều 1 chịu trách nhiệm thi hành Quyết định này.",
		},
		Recipients: []string{"Như Điều 2", "UBND tỉnh (b/c)", "Lưu: VT, VHXH"},
		Signer:     document.Signer{Competence: "TM.", Position: "Chủ tịch", Name: "Nguyễn Thị Hồng Hạnh"},
		Year:       2026,
	}
}

func letter() form.Form {
	f := decision()
	f.Superior, f.TypeName, f.Notation = "", "Công văn", "UBND-VP"
	f.To = []string{"Sở Nội vụ tỉnh An Giang", "Văn phòng Ủy ban nhân dân tỉnh"}
	f.Body = []string{"Thực hiện chỉ đạo, ngày 02 tháng 6 năm 2026, Ủy ban nhân dân xã báo cáo như sau.", "Kính báo cáo."}
	f.Signer = document.Signer{Competence: "KT.", Position: "Phó Chủ tịch", Name: "Trần Văn Được"}
	f.Urgency = document.Express
	return f
}

// long has its block of signatures on page 2.
func long() form.Form {
	f := decision()
	for range 16 {
		f.Body = append(f.Body, f.Body[3])
	}
	return f
}

func forms() map[string]form.Form {
	return map[string]form.Form{"decision": decision(), "letter": letter(), "long": long()}
}

func write(t testing.TB, f form.Form) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := form.Write(&b, f); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// samples reads the PDFs of a folder of ../shared/samples/pdf.
func samples(t *testing.T, folder string) map[string][]byte {
	t.Helper()
	names, _ := filepath.Glob(filepath.Join("../../../../shared/samples/pdf", folder, "*.pdf"))
	if len(names) == 0 {
		t.Skipf("no samples in ../shared/samples/pdf/%s", folder)
	}
	out := map[string][]byte{}
	for _, name := range names {
		b, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		out[filepath.Base(name)] = b
	}
	return out
}

// tool runs a program of poppler or qpdf on a PDF; "IN" and "OUT" in args stand
// for the file and a second file, whose bytes are returned when named.
func tool(t *testing.T, pdf []byte, name string, args ...string) []byte {
	t.Helper()
	path, err := exec.LookPath(name)
	if err != nil {
		if os.Getenv("CI") != "" || os.Getenv("VANTHU_REQUIRE_TOOLS") == "1" {
			t.Fatalf("%s is required here", name)
		}
		t.Skipf("%s is not installed", name)
	}
	in, out := filepath.Join(t.TempDir(), "in.pdf"), filepath.Join(t.TempDir(), "out")
	if err := os.WriteFile(in, pdf, 0o600); err != nil {
		t.Fatal(err)
	}
	for i := range args {
		args[i] = strings.NewReplacer("IN", in, "OUT", out).Replace(args[i])
	}
	if msg, err := exec.Command(path, args...).CombinedOutput(); err != nil {
		t.Fatalf("%s: %v\n%s", name, err, msg)
	}
	b, err := os.ReadFile(out)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// plainPDF writes a PDF of one page by hand: entries of the page dictionary
// and its content, which may use /F1 (Helvetica).
func plainPDF(entries, content string) []byte {
	return objectsPDF(
		"<</Type/Catalog/Pages 2 0 R>>",
		"<</Type/Pages/Kids[3 0 R]/Count 1>>",
		"<</Type/Page/Parent 2 0 R/Resources<</Font<</F1 5 0 R>>>>/Contents 4 0 R "+entries+">>",
		fmt.Sprintf("<</Length %d>>stream\n%s\nendstream", len(content), content),
		"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
	)
}

// objectsPDF numbers objects from 1 and adds header, xref and trailer.
func objectsPDF(objects ...string) []byte {
	var b bytes.Buffer
	b.WriteString("%PDF-1.7\n")
	var at []int
	for i, o := range objects {
		at = append(at, b.Len())
		fmt.Fprintf(&b, "%d 0 obj\n%s\nendobj\n", i+1, o)
	}
	xref := b.Len()
	fmt.Fprintf(&b, "xref\n0 %d\n0000000000 65535 f \n", len(objects)+1)
	for _, o := range at {
		fmt.Fprintf(&b, "%010d 00000 n \n", o)
	}
	fmt.Fprintf(&b, "trailer<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n", len(objects)+1, xref)
	return b.Bytes()
}

// typed is a page set in a type of half an em for every character: the lines
// give where each begins, in points from the left and from the top of an A4
// page, at 13 points.
type typed struct {
	x, down float64
	text    string
}

func typedPage(number int, lines ...typed) Page {
	const size = 13.0
	p := Page{Number: number, Width: 595, Height: 842}
	for _, l := range lines {
		x := l.x
		for _, r := range l.text {
			base := p.Height - l.down
			p.glyphs = append(p.glyphs, glyph{
				r: r, x0: x, x1: x + size/2, y0: base - descent*size, y1: base + ascent*size,
				baseline: base, size: size, upright: true,
			})
			x += size / 2
		}
	}
	p.Words = words(number, p.glyphs)
	return p
}
