package page

import (
	"context"
	"testing"

	"vanthu/internal/practice/form"
)

func TestSecretMarkOnForms(t *testing.T) {
	r := reader(t)
	tests := []struct {
		name   string
		change func(*form.Form)
		mark   string
	}{
		{"none", func(*form.Form) {}, ""},
		{"own line above", func(f *form.Form) { f.Superior = "Tối mật" }, "Tối mật"},
		{"subject about secrecy", func(f *form.Form) {
			f.Subject = "Về việc tăng cường bảo mật thông tin và bảo vệ bí mật nhà nước"
		}, ""},
		{"heading about secrecy", func(f *form.Form) { f.Body[0] = "QUY CHẾ BẢO VỆ BÍ MẬT NHÀ NƯỚC" }, ""},
		{"running text", func(f *form.Form) {
			f.Body[1] = "Căn cứ Luật Bảo vệ bí mật nhà nước; mật độ dân số, bí mật kinh doanh;"
		}, ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			f := decision()
			test.change(&f)
			mark, found, err := r.SecretMark(context.Background(), write(t, f))
			if err != nil || mark != test.mark || found != (test.mark != "") {
				t.Errorf("got %q, %v, %v", mark, found, err)
			}
		})
	}
}

func TestSecretMarkShapes(t *testing.T) {
	head := []typed{{90, 60, "ỦY BAN NHÂN DÂN"}, {300, 60, "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"}}
	tests := []struct {
		name  string
		lines []typed
		mark  string
	}{
		{"stamp in the left column", []typed{{100, 150, "MẬT"}, {300, 150, "Định Mỹ, ngày 05"}}, "Mật"},
		{"spaced letters", []typed{{100, 150, "M Ậ T"}}, "Mật"},
		{"two lines", []typed{{100, 150, "TUYỆT"}, {106, 166, "MẬT"}}, "Tuyệt mật"},
		{"brackets", []typed{{100, 150, "(Tối mật)"}}, "Tối mật"},
		{"level", []typed{{100, 150, "Độ mật: A"}}, "Tuyệt mật"},
		{"lower half", []typed{{100, 600, "MẬT"}}, ""},
		{"cell of a table of words", []typed{{100, 150, "Bảo mật"}, {300, 150, "mật độ"}}, ""},
		{"business secret", []typed{{100, 150, "giữ bí mật kinh doanh"}}, ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			mark, found := typedPage(1, append(head, test.lines...)...).secretMark()
			if mark != test.mark || found != (test.mark != "") {
				t.Errorf("got %q, %v", mark, found)
			}
		})
	}
}

func TestSlantedStamp(t *testing.T) {
	p := typedPage(1, typed{100, 150, "MẬT"})
	for i := range p.glyphs {
		p.glyphs[i].upright = false
	}
	if mark, found := p.secretMark(); !found || mark != "Mật" {
		t.Errorf("got %q, %v", mark, found)
	}
}
