package page

import (
	"bytes"
	"context"
	"slices"
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
			pdf := write(t, f)
			mark, found, err := r.SecretMark(context.Background(), bytes.NewReader(pdf), int64(len(pdf)))
			if err != nil || mark != test.mark || found != (test.mark != "") {
				t.Errorf("got %q, %v, %v", mark, found, err)
			}
		})
	}
}

// TestSecretMarkOfALargeScan: a large file is read piece by piece, and costs the
// sandbox none of its size.
func TestSecretMarkOfALargeScan(t *testing.T) {
	r := reader(t)
	f := decision()
	f.Superior = "Tối mật"
	pdf := write(t, f)
	end := bytes.LastIndex(pdf, []byte("startxref"))
	large := slices.Concat(pdf, []byte("\n%"), bytes.Repeat([]byte{'x'}, 40<<20), []byte("\n"), pdf[end:])
	mark, found, err := r.SecretMark(context.Background(), bytes.NewReader(large), int64(len(large)))
	if err != nil || !found || mark != "Tối mật" {
		t.Fatalf("got %q, %v, %v", mark, found, err)
	}
	err = r.with(context.Background(), bytes.NewReader(large), func(ctx context.Context, f *file) error {
		if _, err := f.text(ctx, 1, 1); err != nil {
			return err
		}
		if held := f.mod.Memory().Size(); held > 32<<20 {
			t.Errorf("the sandbox holds %d MB", held>>20)
		}
		return nil
	})
	if err != nil {
		t.Error(err)
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
