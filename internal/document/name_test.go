package document

import (
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"
)

func TestCleanName(t *testing.T) {
	for in, want := range map[string]string{
		"Quyết định 15.pdf":     "Quyết định 15.pdf",
		"../../etc/passwd":      "passwd",
		`C:\Windows\x.doc`:      "x.doc",
		"a\x00b\x1b[2J.pdf":     "ab[2J.pdf",
		"ten\u202efdp.exe":      "tenfdp.exe",
		"":                      "tep",
		"...":                   "tep",
		"/":                     "tep",
		"CON.pdf":               "_CON.pdf",
		"lpt1":                  "_lpt1",
		"  nhiều   khoảng .pdf": "nhiều khoảng.pdf",
		".pdf":                  "pdf",
		"a|b?c*.pdf":            "a_b_c_.pdf",
		"Quye\u0302\u0301t.pdf": "Quyết.pdf",
	} {
		if got := CleanName(in); got != want {
			t.Errorf("CleanName(%q) = %q, want %q", in, got, want)
		}
	}
}

func FuzzCleanName(f *testing.F) {
	for _, s := range []string{"a.pdf", "../x", "CON", "\u202e", strings.Repeat("ậ", 200) + ".docx", "\xff\xfe", "a.b.c.", "\u00a0", "com1.tar.gz"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got := CleanName(s)
		bad := func(r rune) bool { return unicode.IsControl(r) || strings.ContainsRune(`/\<>:"|?*`, r) }
		if got == "" || got == "." || got == ".." || len(got) > maxName+1 || !utf8.ValidString(got) || strings.ContainsFunc(got, bad) {
			t.Errorf("CleanName(%q) = %q", s, got)
		}
		if again := CleanName(got); again != got {
			t.Errorf("CleanName is not stable: %q, then %q", got, again)
		}
	})
}
