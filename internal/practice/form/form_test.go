package form

import (
	"bytes"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"vanthu/internal/document"
)

func decision() Form {
	return Form{
		Superior: "Ủy ban nhân dân tỉnh An Giang",
		Issuer:   "Ủy ban nhân dân xã Định Mỹ",
		Abbr:     "UBND", Place: "Định Mỹ", TypeName: "Quyết định",
		Subject: "Về việc thành lập Tổ công tác chuyển đổi số xã Định Mỹ giai đoạn 2026 - 2030",
		Body: []string{
			"CHỦ TỊCH ỦY BAN NHÂN DÂN XÃ ĐỊNH MỸ",
			"Căn cứ Luật Tổ chức chính quyền địa phương ngày 16 tháng 6 năm 2025;",
			"Căn cứ Nghị định số 30/2020/NĐ-CP ngày 05 tháng 3 năm 2020 của Chính phủ về công tác văn thư;",
			"Theo đề nghị của Chánh Văn phòng Hội đồng nhân dân và Ủy ban nhân dân xã.",
			"QUYẾT ĐỊNH:",
			"Điều 1. Thành lập Tổ công tác chuyển đổi số xã Định Mỹ giai đoạn 2026 - 2030 gồm các ông, bà có tên trong danh sách kèm theo.",
			"Điều 2. Tổ công tác có nhiệm vụ tham mưu, giúp Chủ tịch Ủy ban nhân dân xã chỉ đạo, đôn đốc, kiểm tra việc thực hiện kế hoạch chuyển đổi số trên địa bàn.",
			"Điều 3. Chánh Văn phòng, Trưởng phòng Văn hóa - Xã hội, Trưởng phòng Kinh tế và các ông, bà có tên tại Điều 1 chịu trách nhiệm thi hành Quyết định này.",
		},
		Recipients: []string{"Như Điều 3", "UBND tỉnh (b/c)", "TT. Đảng ủy, TT. HĐND xã", "Lưu: VT, VHXH"},
		Signer:     document.Signer{Competence: "TM.", Position: "Chủ tịch", Name: "Nguyễn Thị Hồng Hạnh"},
		Year:       2026,
	}
}

func letter() Form {
	return Form{
		Issuer: "Ủy ban nhân dân xã Định Mỹ", Place: "Định Mỹ", TypeName: "Công văn", Notation: "UBND-VP",
		Subject: "Báo cáo tình hình thực hiện công tác văn thư, lưu trữ 6 tháng đầu năm 2026",
		To:      []string{"Sở Nội vụ tỉnh An Giang", "Văn phòng Ủy ban nhân dân tỉnh"},
		Body: []string{
			"Thực hiện Công văn số 1250/SNV-VTLT ngày 02 tháng 6 năm 2026 của Sở Nội vụ về việc báo cáo công tác văn thư, lưu trữ, Ủy ban nhân dân xã Định Mỹ báo cáo kết quả thực hiện như sau:",
			"1. Công tác chỉ đạo, điều hành: ban hành 12 văn bản chỉ đạo, hướng dẫn; tổ chức 02 lớp tập huấn cho công chức, viên chức.",
			"2. Kết quả: tiếp nhận 3.215 văn bản đến, phát hành 1.048 văn bản đi, trong đó 98,7% văn bản ký số.",
			"Ủy ban nhân dân xã Định Mỹ kính báo cáo.",
		},
		Signer:  document.Signer{Competence: "KT.", Position: "Phó Chủ tịch", Name: "Trần Văn Được"},
		Urgency: document.Express, Year: 2026,
	}
}

func long() Form {
	f := decision()
	for range 14 {
		f.Body = append(f.Body, f.Body[6])
	}
	return f
}

func write(t *testing.T, f Form) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := Write(&b, f); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestSameFormSameBytes(t *testing.T) {
	for range 3 {
		if !bytes.Equal(write(t, decision()), write(t, decision())) {
			t.Fatal("two writings of one form differ")
		}
	}
}

func TestTextIsExtractable(t *testing.T) {
	tests := []struct {
		name string
		form Form
		want []string
	}{
		{"decision", decision(), []string{"CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "Độc lập - Tự do - Hạnh phúc", "ỦY BAN NHÂN DÂN", "XÃ ĐỊNH MỸ", "/QĐ-UBND", "năm 2026", "QUYẾT ĐỊNH:", "TM. ỦY BAN NHÂN DÂN", "CHỦ TỊCH", "Nguyễn Thị Hồng Hạnh", "- Lưu: VT, VHXH.", "này./."}},
		{"letter", letter(), []string{"V/v báo cáo tình hình", "/UBND-VP", "Kính gửi:", "- Sở Nội vụ tỉnh An Giang;", "- Văn phòng Ủy ban nhân dân tỉnh.", "HỎA TỐC", "KT. CHỦ TỊCH", "PHÓ CHỦ TỊCH", "- Như trên;", "- Lưu: VT."}},
		{"long", long(), []string{"TM. ỦY BAN NHÂN DÂN"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			text := pdftotext(t, write(t, test.form))
			for _, want := range test.want {
				if !strings.Contains(text, want) {
					t.Errorf("%q is not in the text:\n%s", want, text)
				}
			}
		})
	}
}

func TestGivenNumberAndDate(t *testing.T) {
	f := decision()
	f.Number, f.Date = "07", document.Date{Year: 2026, Month: 2, Day: 5}
	text := pdftotext(t, write(t, f))
	for _, want := range []string{"Số: 07/QĐ-UBND", "Định Mỹ, ngày 05 tháng 02 năm 2026"} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is not in the text:\n%s", want, text)
		}
	}
}

func TestFontsAreEmbedded(t *testing.T) {
	out := run(t, "pdffonts", write(t, decision()))
	lines := strings.Split(strings.TrimSpace(out), "\n")[2:]
	if len(lines) != 4 {
		t.Errorf("%d fonts, want 4:\n%s", len(lines), out)
	}
	for _, line := range lines {
		if c := strings.Fields(line); c[4] != "yes" || c[6] != "yes" {
			t.Errorf("not embedded with Unicode: %s", line)
		}
	}
}

func TestRefusedForms(t *testing.T) {
	tests := []struct {
		name   string
		change func(*Form)
		want   error
	}{
		{"no year", func(f *Form) { f.Year = 0 }, ErrYear},
		{"half a date", func(f *Form) { f.Date = document.Date{Year: 2026, Month: 3} }, ErrDate},
		{"no type", func(f *Form) { f.TypeName = "Thư ngỏ" }, ErrType},
		{"no glyph", func(f *Form) { f.Subject = "Về việc 🙂" }, ErrGlyph},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			f := decision()
			test.change(&f)
			if err := Write(&bytes.Buffer{}, f); !errors.Is(err, test.want) {
				t.Errorf("got %v, want %v", err, test.want)
			}
		})
	}
}

func TestHeading(t *testing.T) {
	issuer := "Ủy ban nhân dân xã Định Mỹ"
	tests := []struct {
		signer document.Signer
		want   string
	}{
		{document.Signer{Position: "Chủ tịch"}, "CHỦ TỊCH"},
		{document.Signer{Competence: "TM.", Position: "Chủ tịch"}, "TM. ỦY BAN NHÂN DÂN|CHỦ TỊCH"},
		{document.Signer{Competence: "KT.", Position: "Phó Chủ tịch"}, "KT. CHỦ TỊCH|PHÓ CHỦ TỊCH"},
		{document.Signer{Competence: "Q.", Position: "Chủ tịch"}, "TM. ỦY BAN NHÂN DÂN|Q. CHỦ TỊCH"},
		{document.Signer{Competence: "TL.", Position: "Chánh Văn phòng"}, "TL. CHỦ TỊCH|CHÁNH VĂN PHÒNG"},
		{document.Signer{Competence: "TUQ.", Position: "Trưởng phòng Kinh tế"}, "TUQ. CHỦ TỊCH|TRƯỞNG PHÒNG KINH TẾ"},
	}
	for _, test := range tests {
		if got := strings.Join(heading(test.signer, issuer), "|"); got != test.want {
			t.Errorf("heading(%v) = %q, want %q", test.signer, got, test.want)
		}
	}
}

func TestPagesPassQpdf(t *testing.T) {
	for _, f := range []Form{decision(), letter(), long()} {
		run(t, "qpdf", write(t, f), "--check")
	}
}

// run gives a PDF to a tool of poppler or qpdf and returns what it prints.
func run(t *testing.T, tool string, pdf []byte, args ...string) string {
	t.Helper()
	path, err := exec.LookPath(tool)
	if err != nil {
		if os.Getenv("CI") != "" || os.Getenv("VANTHU_REQUIRE_TOOLS") == "1" {
			t.Fatalf("%s is required here", tool)
		}
		t.Skipf("%s is not installed", tool)
	}
	file := filepath.Join(t.TempDir(), "form.pdf")
	if err := os.WriteFile(file, pdf, 0o600); err != nil {
		t.Fatal(err)
	}
	args = append(args, file)
	if tool == "pdftotext" {
		args = append(args, "-")
	}
	out, err := exec.Command(path, args...).CombinedOutput()
	if err != nil {
		t.Fatalf("%s: %v\n%s", tool, err, out)
	}
	return string(out)
}

func pdftotext(t *testing.T, pdf []byte) string { return run(t, "pdftotext", pdf, "-layout") }

func BenchmarkWrite(b *testing.B) {
	f := decision()
	for b.Loop() {
		if err := Write(&bytes.Buffer{}, f); err != nil {
			b.Fatal(err)
		}
	}
}
