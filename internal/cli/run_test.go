package cli

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/alecthomas/kong"

	"vanthu/internal/courier"
	"vanthu/internal/document"
	"vanthu/signer"
	"vanthu/store"
)

// say runs the program with words and gives its exit code and both outputs.
func say(t *testing.T, words ...string) (code int, stdout, stderr string) {
	t.Helper()
	var out, errs bytes.Buffer
	code = Run(words, strings.NewReader(""), &out, &errs)
	return code, out.String(), errs.String()
}

func TestExitCodes(t *testing.T) {
	home := filepath.Join(t.TempDir(), "không có")
	for _, c := range []struct {
		words string
		code  int
		says  string
	}{
		{"--help", Done, ""},
		{"register --help", Done, ""},
		{"axis serve --help", Done, ""},
		{"nonesuch", Misuse, "không hiểu"},
		{"regster", Misuse, `có phải ý là "register"`},
		{"register", Misuse, "thiếu"},
		{"list both", Misuse, "phải là một trong"},
		{"list incoming --nonesuch", Misuse, "không có tùy chọn"},
		{"list incoming --limit x", Misuse, "phải là một số"},
		{"list incoming --limit 0", Misuse, "--limit"},
		{"draft a.pdf --copies -1", Misuse, "--copies: không nhận giá trị \"-1\". Xem"},
		{"list incoming --state draft", Misuse, "quarantined"},
		{"list outgoing --state received", Misuse, "sealed"},
		{"book outgoing 99999", Misuse, "năm"},
		{"refuse den-a", Misuse, "--reason"},
		{"hand-over den-a --to X --due mai", Misuse, "ngày viết như"},
		{"register den-a --urgency gấp", Misuse, "độ khẩn là"},
		{"sign di-a", Failed, "vanthu init"}, // whether it needs a PIN here is known when its key is
		{"sign di-a di-b --last-try", Misuse, "--last-try"},
		{"sign di-a --pin-file a --pin-stdin", Misuse, "không dùng cùng lúc"},
		{"axis serve --data x", Misuse, "--system"},
		{"axis serve --data x --system a --agency b=c", Misuse, "--system: viết như"},
		{"list incoming", Failed, "vanthu init"},
		{"verify nonesuch.pdf --trust .", Failed, "Không có tệp"},
		{"packet show nonesuch.edxml", Failed, "Không có tệp"},
	} {
		t.Run(c.words, func(t *testing.T) {
			code, stdout, stderr := say(t, append([]string{"--home", home}, strings.Fields(c.words)...)...)
			if code != c.code || !strings.Contains(stderr, c.says) {
				t.Errorf("exit %d, stderr %q; want %d and %q", code, stderr, c.code, c.says)
			}
			if code != Done && (stdout != "" || strings.Count(stderr, "\n") != 1 || !strings.HasPrefix(stderr, "vanthu: ")) {
				t.Errorf("stdout %q, stderr %q: want one line on stderr only", stdout, stderr)
			}
			if code == Misuse && !strings.Contains(stderr, "--help") {
				t.Errorf("%q does not say where help is", stderr)
			}
		})
	}
	if _, err := os.Stat(home); err == nil {
		t.Error("a failed verb made the home")
	}
}

// TestEveryVerbHasHelp walks the grammar: each verb and each word has its
// Vietnamese line, so that --help and the manual have no holes.
func TestEveryVerbHasHelp(t *testing.T) {
	var g grammar
	k, err := kong.New(&g, kong.NoDefaultHelp(), kong.Bind(&call{}))
	if err != nil {
		t.Fatal(err)
	}
	for _, leaf := range k.Model.Leaves(false) {
		if leaf.Help == "" {
			t.Errorf("%s has no help", leaf.FullPath())
		}
		for _, f := range leaf.Flags {
			if f.Help == "" {
				t.Errorf("%s: %s has no help", leaf.FullPath(), f.Summary())
			}
		}
		for _, p := range leaf.Positional {
			if p.Help == "" {
				t.Errorf("%s: %s has no help", leaf.FullPath(), p.Summary())
			}
		}
	}
}

// TestManualNamesEveryVerb keeps docs/huong-dan.md complete.
func TestManualNamesEveryVerb(t *testing.T) {
	manual, err := os.ReadFile("../../docs/huong-dan.md")
	if err != nil {
		t.Fatal(err)
	}
	var g grammar
	k, err := kong.New(&g, kong.NoDefaultHelp(), kong.Bind(&call{}))
	if err != nil {
		t.Fatal(err)
	}
	for _, leaf := range k.Model.Leaves(true) {
		verb := strings.TrimSpace(leaf.FullPath())
		verb = "vanthu " + verb[strings.Index(verb, " ")+1:]
		if verb != "vanthu screen" && !strings.Contains(string(manual), "`"+verb) {
			t.Errorf("the manual does not show `%s`", verb)
		}
	}
}

func TestComplainFindsTheWords(t *testing.T) {
	problem := document.Refuse(store.ErrLocked, "Chuyện này", "Làm thế kia.")
	for _, c := range []struct {
		err  error
		code int
		says string
	}{
		{fmt.Errorf("register x: %w", problem), Failed, "vanthu: Chuyện này. Làm thế kia.\n"},
		{fmt.Errorf("open store: %w", store.ErrLocked), Failed, "đang được một chương trình vanthu khác"},
		{fmt.Errorf("put: %w", store.ErrFull), Failed, "đã đầy"},
		{fmt.Errorf("issue: packet: %w", &fs.PathError{Op: "write", Path: "/x", Err: syscall.ENOSPC}), Failed, "đã đầy"},
		{&fs.PathError{Op: "open", Path: "/x.pdf", Err: fs.ErrNotExist}, Failed, "vanthu: Không có tệp hoặc thư mục (/x.pdf). Kiểm tra"},
		{fmt.Errorf("poll: %w", courier.ErrNeedsClerk), Failed, "khóa bí mật"},
		{fmt.Errorf("open: %w", &signer.PINError{Tries: signer.TriesOK, Left: -1}), Failed, "vanthu: Sai mã PIN. Hỏi lại"},
		{store.ErrNewer, Failed, "mới hơn"},
		{store.ErrDamaged, Failed, "vanthu check"},
		{fmt.Errorf("open: %w", &signer.PINError{Tries: signer.TriesLow, Left: 2}), Failed, "còn khoảng 2 lần thử"},
		{fmt.Errorf("open: %w", &signer.PINError{Tries: signer.TriesLocked}), Failed, "đã khóa"},
		{signer.ErrFinalTry, Failed, "--last-try"},
		{errors.New("weird"), Failed, "weird"},
		{badUsage("thiếu %s", "gì đó"), Misuse, "thiếu gì đó. Xem `vanthu --help`."},
	} {
		var out bytes.Buffer
		if code := complain(&out, c.err); code != c.code || !strings.Contains(out.String(), c.says) {
			t.Errorf("%v: %d, %q; want %d, %q", c.err, code, out.String(), c.code, c.says)
		}
	}
}

func TestGuardSurvivesARestart(t *testing.T) {
	dir := t.TempDir()
	open := func() *store.Store {
		s, err := store.Open(dir, store.Options{})
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	s := open()
	for range 2 {
		if err := (guard{s}).Note("A1", true); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	s = open()
	defer s.Close()
	if n, err := (guard{s}).Wrong("A1"); n != 2 || err != nil {
		t.Errorf("after a restart %d, %v; want 2", n, err)
	}
	if n, err := (guard{s}).Wrong("B2"); n != 0 || err != nil {
		t.Errorf("another token has %d, %v; want 0", n, err)
	}
	if err := (guard{s}).Note("A1", false); err != nil {
		t.Fatal(err)
	}
	if n, err := (guard{s}).Wrong("A1"); n != 0 || err != nil {
		t.Errorf("after the right PIN %d, %v; want 0", n, err)
	}
}

// TestPINIsNowhere runs a verb with a PIN and looks for it in everything the
// program says and in the words it could be given.
func TestPINIsNowhere(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "pin")
	if err := os.WriteFile(file, []byte("7391826450\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	_, stdout, stderr := say(t, "--home", dir, "sign", "di-a", "--pin-file", file)
	if strings.Contains(stdout+stderr, "7391826450") {
		t.Errorf("the PIN was printed: %q %q", stdout, stderr)
	}
	code, _, _ := say(t, "--home", dir, "sign", "di-a", "--pin", "7391826450")
	if code != Misuse {
		t.Errorf("--pin was taken: exit %d", code)
	}
}
