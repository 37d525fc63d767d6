package ui

import (
	"strings"
	"testing"
	"unicode/utf8"

	tea "charm.land/bubbletea/v2"

	"vanthu/internal/viet"
)

// TestInputMethods feeds a form what input methods outside the program write: in one
// burst, with backspaces of both kinds, composed or not.
func TestInputMethods(t *testing.T) {
	rows := []struct{ name, write, want string }{
		{"one burst", "go\x7fõ", "gõ"},
		{"two corrections", "vie\x7fê\x7fệt", "việt"},
		{"^H for backspace", "ti\x08\x08Tie\x08ê\x08ếng", "Tiếng"},
		{"decomposed", "vie\u0323\u0302t nam", "việt nam"},
		{"a mark for the letter before", "a\x7fa\u0301", "á"},
		{"fast typing", "uy ban nhan dan", "uy ban nhan dan"},
		{"bracketed paste", "\x1b[200~dán\nvào\x1b[201~", "dán vào"},
	}
	for _, r := range rows {
		t.Run(r.name, func(t *testing.T) {
			o := newOffice(t)
			o.receive(letter(11, "V/v công tác văn thư"))
			e := emulate(o, 80, 24)
			e.send("2", "enter", "x")
			e.await(func(s string) bool { return strings.Contains(s, "Lý do từ chối") })
			e.send(r.write)
			e.await(func(s string) bool { return strings.Contains(s, "* "+r.want+"\n") })
		})
	}
}

// TestTelexInFields: F2 goes through the methods; codes and dates are left alone.
func TestTelexInFields(t *testing.T) {
	o := newOffice(t)
	o.receive(letter(11, "V/v công tác văn thư"))
	d := drive(o, 80, 24)
	d.press("2", "enter", "d", "f2").see("Gõ: Telex")
	for range len("11/UBND-TH") {
		d.press("backspace")
	}
	d.typed("12/SNV-Taas").see("12/SNV-Taas")
	d.press("tab", "tab").typed(" xax DDinhj Myx, windows ").see("An Giang xã Định Mỹ, windows")
	d.press("f2").see("Gõ: VNI").typed("tie61ng").see("windows tiếng").press("f2").see("Gõ: tắt").typed("as").see("tiếngas")
}

// TestBackspaceInFields: a word is taken back key by key, older text letter by letter.
func TestBackspaceInFields(t *testing.T) {
	e := newEditor("Đã có")
	for _, k := range []string{" ", "v", "i", "e", "e", "j", "t"} {
		e.key(keyMsg(k), viet.Telex)
	}
	if e.String() != "Đã có việt" {
		t.Fatalf("typed %q", e.String())
	}
	for _, want := range []string{"Đã có việ", "Đã có viê", "Đã có vie", "Đã có vi", "Đã có v", "Đã có ", "Đã có", "Đã c", "Đã "} {
		e.key(keyMsg("backspace"), viet.Telex)
		if e.String() != want {
			t.Fatalf("left %q, want %q", e.String(), want)
		}
	}
}

func FuzzEditor(f *testing.F) {
	f.Add("vieejt\x7f\x7f", "x\x1b[2J", true)
	f.Add("go\x7fõ", "e\u0301\u0301\u0301", false)
	f.Fuzz(func(t *testing.T, typed, pasted string, telex bool) {
		method := viet.Off
		if telex {
			method = viet.Telex
		}
		e := newEditor("ban đầu")
		e.max = 40
		for i, r := range typed {
			switch {
			case r == 0x7f:
				e.key(keyMsg("backspace"), method)
			case i%7 == 3:
				e.key(keyMsg([]string{"left", "right", "home", "end", "delete", "ctrl+w", "ctrl+u"}[i%5]), method)
			case i%11 == 5:
				e.insert(pasted)
			default:
				e.key(tea.KeyPressMsg{Code: r, Text: string(r)}, method)
			}
			if e.caret < 0 || e.caret > len(e.text) || len(e.text) > 40 {
				t.Fatalf("caret %d of %d after %q", e.caret, len(e.text), typed[:i])
			}
			line, x := e.render(20)
			if width(line) > 20 || x < 0 || x > 19 || !utf8.ValidString(line) {
				t.Fatalf("drawn %q, caret %d", line, x)
			}
			if err := onlyColours(line); err != nil {
				t.Fatalf("%v: %q", err, line)
			}
		}
	})
}
