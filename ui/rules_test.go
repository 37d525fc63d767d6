package ui

import (
	"context"
	"errors"
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"strings"
	"testing"
	"unicode"

	tea "charm.land/bubbletea/v2"

	"vanthu/inbox"
	"vanthu/internal/document"
	"vanthu/outbox"
)

// TestUpdateDoesNoIO: the desks have no store and the link panics when asked, so any
// reading or writing outside a command would end the test.
func TestUpdateDoesNoIO(t *testing.T) {
	o := newOffice(t)
	o.o.Inbox, o.o.Outbox = &inbox.Desk{Clock: o.o.Clock}, &outbox.Desk{Clock: o.o.Clock}
	o.o.Keys, o.o.Agencies, o.o.Files = noKeys{}, noDirectory{}, noFiles{}
	d := &driver{t: t, hold: true, m: New(o.o)}
	d.send(tea.WindowSizeMsg{Width: 80, Height: 24})
	d.run(d.m.Init())
	doc := inbox.Document{ID: "x", State: inbox.Received, Files: []inbox.File{{Name: "a.pdf", Kind: "pdf"}}}
	for _, tab := range []string{"1", "2", "3", "4", "6"} {
		d.answer()
		d.press(tab)
	}
	d.answer()
	for _, s := range []screen{newIncomingDocument(d.m, "x"), registerForm(d.m, doc), refuseForm(d.m, doc), draftForm(d.m),
		newSigning(d.m, outbox.Document{}, true), issueQuestion(d.m, outbox.Document{}, nil), forwardForm(d.m, doc)} {
		d.m.push(s)
		s.self().leave()
		d.m.View()
		d.press("down", "a", "enter", "ctrl+s", "tab", "x", "ctrl+s")
	}
}

// answer ends every wait without running its command.
func (d *driver) answer() {
	for _, s := range d.m.roots {
		s.self().leave()
	}
	d.pending = nil
}

type noKeys struct{ Keys }
type noDirectory struct{ Agencies }
type noFiles struct{ Files }

func (noFiles) SaveDir() string { return "/" }

// TestOneModel: no other type of the package has an Update or a View.
func TestOneModel(t *testing.T) {
	names, err := filepath.Glob("*.go")
	if err != nil || len(names) == 0 {
		t.Fatal(names, err)
	}
	for _, name := range names {
		f, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range f.Decls {
			fn, ok := d.(*ast.FuncDecl)
			if !ok || fn.Recv == nil || fn.Name.Name != "Update" && fn.Name.Name != "View" && fn.Name.Name != "Init" {
				continue
			}
			star, _ := fn.Recv.List[0].Type.(*ast.StarExpr)
			if id, ok := star.X.(*ast.Ident); !ok || id.Name != "Model" {
				t.Errorf("%s on %v", fn.Name.Name, star.X)
			}
		}
	}
}

// everyPlace is where the screens of the program can be.
func everyPlace(t testing.TB) map[string]place {
	m := New(newOffice(t).o)
	in, out := inbox.Document{}, outbox.Document{}
	places := map[string]place{}
	for _, s := range []screen{newToday(""), newIncomingList(), newOutgoingList(), newBooks(m.o.Clock), newQueue(m), newUnmatched(),
		newIncomingDocument(m, ""), newOutgoingDocument(""), registerForm(m, in), issueQuestion(m, out, nil), newPlacement(m, out), newBatch(outbox.EventSign, nil, document.Signer{}), &helpScreen{of: newToday("")}} {
		places[s.Title()] = s.place()
	}
	l := newIncomingList()
	l.filtering = true
	places["lọc"] = l.place()
	return places
}

// TestKeyTable: no key means two things in one place, every row can be reached and has
// Vietnamese help, and footer and help show nothing that is not in the table.
func TestKeyTable(t *testing.T) {
	used := map[action]bool{}
	for where, at := range everyPlace(t) {
		seen := map[string]action{}
		for _, b := range bindings() {
			if b.on&at == 0 {
				continue
			}
			used[b.act] = true
			for _, k := range b.keys {
				if other, clash := seen[k]; clash {
					t.Errorf("%s: %s is %s and %s", where, k, other, b.act)
				}
				seen[k] = b.act
			}
		}
		if seen["esc"] != back || seen["ctrl+c"] != quit {
			t.Errorf("%s: no way out", where)
		}
	}
	for _, b := range bindings() {
		if !used[b.act] || strings.TrimSpace(b.help) == "" || b.shown == "" || len(b.keys) == 0 {
			t.Errorf("row %+v is never reached or not explained", b)
		}
	}
	d := drive(newOffice(t), 120, 40)
	d.press("2", "?")
	for _, b := range bindings() {
		if b.on&(browsing|listing|tabbing) != 0 {
			d.see(b.help)
		}
	}
}

// TestWaitCanBeLeft: a reading that never ends is named, and Esc leaves it.
func TestWaitCanBeLeft(t *testing.T) {
	o := newOffice(t)
	o.fewLetters()
	d := drive(o, 80, 24)
	d.press("2")
	d.hold = true
	d.press("enter").see("Đang đọc văn bản… (Esc: thôi chờ)").press("esc").see("Văn bản đến: ‹ Cần làm ›").missing("thôi chờ")
	d.release()
	d.see("Văn bản đến: ‹ Cần làm ›")
	if d.m.top().self().wait.what != "" {
		t.Error("still waits")
	}
}

// TestKeysAreKeptDuringAWait: what is typed ahead reaches the screen that comes.
func TestKeysAreKeptDuringAWait(t *testing.T) {
	o := newOffice(t)
	o.fewLetters()
	d := drive(o, 80, 24)
	d.hold = true
	d.press("2", "enter", "x").typed("Gửi nhầm cơ quan")
	d.release()
	d.see("Từ chối tiếp nhận 13/UBND-TH", "Gửi nhầm cơ quan")
}

// TestKeysBeforeTheFirstSize: a terminal may send keys before it says how large it is.
func TestKeysBeforeTheFirstSize(t *testing.T) {
	d := &driver{t: t, m: New(newOffice(t).o)}
	d.press("3")
	d.run(d.m.Init())
	d.send(tea.WindowSizeMsg{Width: 80, Height: 24})
	d.see("Nhấn n để soạn")
}

// TestPaste: a paste fills a field, newlines and all, and presses no key anywhere else.
func TestPaste(t *testing.T) {
	o := newOffice(t)
	o.fewLetters()
	d := drive(o, 80, 24)
	d.send(tea.PasteMsg{Content: "q2\r\n"})
	d.see("Hôm nay: việc phải làm")
	if d.quit {
		t.Fatal("a paste left the program")
	}
	d.press("2", "enter", "x")
	d.send(tea.PasteMsg{Content: "Gửi nhầm\ncơ quan \x1b]52;c;AA\x07ti\u0065\u0302\u0301p nhận\n"})
	d.see("Gửi nhầm cơ quan \uFFFD]52;c;AA\uFFFDtiếp nhận", "Từ chối tiếp nhận")
}

func TestMouseStaysOff(t *testing.T) {
	v := drive(newOffice(t), 80, 24).m.View()
	if v.MouseMode != tea.MouseModeNone || v.WindowTitle != "" || v.DisableBracketedPasteMode || !v.AltScreen {
		t.Errorf("view %+v", v)
	}
}

// TestFormKeepsWhatWasTyped: a refused act leaves the form as it was.
func TestFormKeepsWhatWasTyped(t *testing.T) {
	o := newOffice(t)
	doc := o.receive(letter(11, "V/v công tác văn thư"))
	d := drive(o, 80, 24)
	d.press("2", "enter", "d", "tab", "tab", "tab", "tab").typed(" năm 2026")
	if _, err := o.o.Inbox.Refuse(doc.ID, "Đã từ chối ở nơi khác"); err != nil {
		t.Fatal(err)
	}
	d.press("ctrl+s").see("Lỗi: Không thể đăng ký", "Việc cần làm", "V/v công tác văn thư năm 2026")
	d.press("esc").see("Esc lần nữa", "V/v công tác văn thư năm 2026").press("esc").see("Từ chối tiếp nhận")
}

// TestDuplicate: the second entry of a document is refused, names the first, and can be
// insisted on.
func TestDuplicate(t *testing.T) {
	o := newOffice(t)
	o.receive(letter(11, "V/v công tác văn thư"))
	again := letter(11, "V/v công tác văn thư")
	again.ID = "khác"
	o.receive(again)
	d := drive(o, 80, 24)
	d.press("2", "enter", "d", "ctrl+s").see("số đến 1").press("esc", "2")
	for !strings.Contains(d.screen(), "> ") || !strings.Contains(chosenRow(d.screen()), "chờ nhận") {
		d.press("down")
	}
	d.press("enter", "d", "ctrl+s").see("Văn bản trùng", "Lỗi:")
	d.press("down", "down", "enter").see("số đến 2")
}

func chosenRow(screen string) string {
	for l := range strings.Lines(screen) {
		if strings.HasPrefix(l, "> ") {
			return l
		}
	}
	return ""
}

// TestSecrecy: a secrecy level is refused before anything is kept.
func TestSecrecy(t *testing.T) {
	d := drive(newOffice(t), 80, 24)
	d.press("3", "n").typed("/van-ban/bao-cao.pdf").press("enter", "tab").typed("ke hoach").press("enter").typed("Kế hoạch").press("tab", "tab").typed("nghia").press("enter")
	d.press("tab", "tab", "tab", "tab", "tab").typed("toi mat").press("enter")
	d.see("Lỗi:").see("Tối mật")
	if rows, _, _ := d.m.o.Outbox.List(outbox.Filter{}, window(5)); len(rows) != 0 {
		t.Errorf("kept %+v", rows)
	}
}

// TestPINIsNeverDrawn: not while typed, not after a wrong try, and not kept.
func TestPINIsNeverDrawn(t *testing.T) {
	o := newOffice(t)
	d := drive(o, 80, 24)
	s := newSigning(d.m, o.draft(), false)
	d.run(d.m.push(s))
	for range 3 {
		d.typed("918273").missing("918273").see("******").press("enter").missing("918273").missing("******")
		if s.pin.String() != "" {
			t.Fatal("the PIN is kept")
		}
	}
	d.see("đã bị khóa")
	if o.keys.wrong != 3 {
		t.Errorf("%d tries for three PINs", o.keys.wrong)
	}
	d.send(tea.PasteMsg{Content: "918273"})
	if s.pin.String() != "" {
		t.Error("a PIN was pasted")
	}
}

// TestLastTry: the last try is not spent before the clerk was told.
func TestLastTry(t *testing.T) {
	o := newOffice(t)
	k := &cautious{}
	o.o.Keys = k
	d := drive(o, 80, 24)
	d.run(d.m.push(newSigning(d.m, o.draft(), false)))
	d.typed("1111").press("enter").see("Chỉ còn một lần thử PIN cuối cùng")
	if k.last != 0 {
		t.Fatal("the last try was spent without a word")
	}
	d.typed("1111").press("enter")
	if k.last != 1 {
		t.Errorf("%d last tries", k.last)
	}
}

// TestNoPINForWhatMayNotBeSigned: a document that somebody else has just dealt
// with costs no PIN.
func TestNoPINForWhatMayNotBeSigned(t *testing.T) {
	o := newOffice(t)
	d := drive(o, 80, 24)
	d.run(d.m.push(newSigning(d.m, o.draft(), true)))
	d.typed("918273").press("enter").see("Lỗi:")
	if o.keys.wrong != 0 {
		t.Errorf("%d PINs were spent", o.keys.wrong)
	}
}

type cautious struct {
	testKeys
	last int
}

func (c *cautious) Open(context.Context, string, []byte) (Key, error) {
	return nil, &PINError{Left: 1, Final: true}
}

func (c *cautious) OpenLast(context.Context, string, []byte) (Key, error) {
	c.last++
	return nil, &PINError{Locked: true}
}

// TestErrorsAreExplained: a Problem speaks for itself, other errors are explained.
func TestErrorsAreExplained(t *testing.T) {
	o := newOffice(t)
	d := drive(o, 80, 24)
	d.m.problem(document.Refuse(errors.New("x"), "Tệp hỏng.", "Chọn tệp khác."))
	d.see("Lỗi: Tệp hỏng.", "Việc cần làm: Chọn tệp khác.")
	o.o.Explain = func(error) (string, string) { return "Máy ký không trả lời.", "Cắm lại." }
	d = drive(o, 80, 24)
	d.m.problem(errors.New("boom\x1b[2J"))
	d.see("Máy ký không trả lời.", "Cắm lại.")
}

// vietnamese reports whether a text has a letter that only Vietnamese uses, or is short.
func vietnamese(s string) bool {
	return len(s) < 12 || strings.IndexFunc(s, func(r rune) bool { return r > unicode.MaxASCII }) >= 0
}

// TestHintsAreVietnamese: every screen says the next step in a sentence.
func TestHintsAreVietnamese(t *testing.T) {
	m := New(newOffice(t).o)
	for _, state := range inbox.States() {
		d := newIncomingDocument(m, "")
		d.loaded, d.doc.State = true, state
		if h := d.hint(); h == "" || !vietnamese(h) || !strings.HasSuffix(h, ".") {
			t.Errorf("%s: hint %q", state, h)
		}
	}
	for _, state := range outbox.States() {
		d := newOutgoingDocument("")
		d.loaded, d.doc.State = true, state
		if h := d.hint(); h == "" || !vietnamese(h) || !strings.HasSuffix(h, ".") {
			t.Errorf("%s: hint %q", state, h)
		}
	}
}
