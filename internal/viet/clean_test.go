package viet

import (
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"
)

func TestClean(t *testing.T) {
	rows := []struct{ name, in, want string }{
		{"plain", "Quyết định số 15/QĐ-UBND", "Quyết định số 15/QĐ-UBND"},
		{"decomposed", "Ti\u0065\u0302\u0301ng", "Tiếng"},
		{"clipboard OSC 52", "a\x1b]52;c;AAAA\x07b", "a\uFFFD]52;c;AAAA\uFFFDb"},
		{"CSI erase", "\x1b[2Jx", "\uFFFD[2Jx"},
		{"raw C1", "a\x9bb", "a\uFFFDb"},
		{"C1", "a\u009bb", "a\uFFFDb"},
		{"DEL and backspace", "abc\b\x7f", "abc\uFFFD\uFFFD"},
		{"carriage return hides text", "xấu\rtốt", "xấu tốt"},
		{"line ends", "một\nhai\u2028ba", "một hai ba"},
		{"right to left", "a\u202Eb\u2066c\u200Fd", "a\uFFFDb\uFFFDc\uFFFDd"},
		{"zero width", "a\u200Bb\uFEFFc\u2060d", "a\uFFFDb\uFFFDc\uFFFDd"},
		{"tags", "a\U000E0041b", "a\uFFFDb"},
		{"variation selector", "⚠\uFE0F", "⚠\uFFFD"},
		{"private use", "a\uE000b", "a\uFFFDb"},
		{"fillers", "a\u3164\u2800b", "a\uFFFD\uFFFDb"},
		{"no-break space", "số\u00a012", "số 12"},
		{"invalid UTF-8", "a\xff\xc3b", "a\uFFFD\uFFFDb"},
		{"heap of marks", "q\u0301\u0302\u0303\u0304\u0305x", "q\u0301\u0302\uFFFDx"},
		{"mark without letter", "\u0301a", "\uFFFDa"},
	}
	for _, r := range rows {
		if got := Clean(r.in); got != r.want {
			t.Errorf("%s: Clean(%q) = %q, want %q", r.name, r.in, got, r.want)
		}
	}
	if got := CleanMax(strings.Repeat("ế", 50), 10); got != strings.Repeat("ế", 9)+"…" {
		t.Errorf("cut to %q", got)
	}
	if got := CleanText("một\r\nhai\x1b"); got != "một\nhai\uFFFD" {
		t.Errorf("CleanText: %q", got)
	}
	if Altered("Tiếng Việt") || Altered("Ti\u0065\u0302\u0301ng") || !Altered("a\u202Eb") {
		t.Error("Altered")
	}
}

func FuzzClean(f *testing.F) {
	for _, s := range []string{"\x1b]0;x\x07", "e\u0301\u0302\u0303\u0304", "a\u202eb", "\xff\xfe", "công văn", "\u0301\u0301\u0301"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		c := Clean(s)
		if !utf8.ValidString(c) || Clean(c) != c {
			t.Fatalf("Clean(%q) = %q is not stable: %q", s, c, Clean(c))
		}
		if n := utf8.RuneCountInString(c); n > MaxLine*(1+maxMarks) {
			t.Fatalf("%d characters", n)
		}
		for _, r := range c {
			if unicode.In(r, unicode.Cc, unicode.Cf, unicode.Zl, unicode.Zp) {
				t.Fatalf("Clean(%q) lets %U through", s, r)
			}
		}
		if f := Fold(s); Fold(f) != f {
			t.Fatalf("Fold(%q) = %q is not stable", s, f)
		}
	})
}

func TestFold(t *testing.T) {
	rows := []struct{ in, want string }{
		{"Đặng Thị Hường", "dang thi huong"},
		{"Đa\u0323\u0306ng", "dang"}, {"ĐẶNG", "dang"},
		{"ỦY BAN NHÂN DÂN XÃ ĐỊNH MỸ", "uy ban nhan dan xa dinh my"},
		{"15/QĐ-UBND", "15/qd-ubnd"}, {"ưƠ", "uo"}, {"", ""},
	}
	for _, r := range rows {
		if got := Fold(r.in); got != r.want {
			t.Errorf("Fold(%q) = %q, want %q", r.in, got, r.want)
		}
	}
	for _, r := range vowelRunes {
		if got := Fold(string(r)); len(got) != 1 || !strings.Contains("aeiouy", got) {
			t.Errorf("Fold(%q) = %q", r, got)
		}
	}
	if !Match("Ủy ban nhân dân tỉnh An Giang", "an giang uy ban") || Match("Ủy ban", "tinh") {
		t.Error("Match")
	}
}

func BenchmarkFold(b *testing.B) {
	for b.Loop() {
		_ = Fold("Quyết định về việc phê duyệt kế hoạch sử dụng đất năm 2026 của xã Định Mỹ")
	}
}
