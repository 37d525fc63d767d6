package ui

import (
	"fmt"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"

	"vanthu/inbox"
	"vanthu/internal/document"
	"vanthu/outbox"
)

// TestNextWaiting: a pile is worked off without going back to the list, the most urgent
// first and among equals the first that came, and the end of the pile is said.
func TestNextWaiting(t *testing.T) {
	o := newOffice(t)
	for i, u := range []document.Urgency{document.Normal, document.Urgent, document.Express, document.Urgent} {
		x := letter(i+11, fmt.Sprint("V/v việc thứ ", i+1))
		x.Other.Urgency = u
		o.receive(x)
		o.now = o.now.Add(time.Minute)
	}
	d := drive(o, 80, 24)
	d.press("2", "enter").see("việc thứ 3", "Chờ tiếp nhận").missing("n văn bản kế")
	d.press("n").see("Đăng ký hoặc từ chối văn bản này trước")
	d.press("d", "ctrl+s").see("số đến 1", "n văn bản kế", "nhấn n mở văn bản chờ tiếp nhận kế tiếp")
	for _, subject := range []string{"việc thứ 2", "việc thứ 4", "việc thứ 1"} {
		d.press("n").see("Trạng thái        Chờ tiếp nhận", subject).press("d", "ctrl+s")
	}
	d.see("số đến 4").press("n").see("Không còn văn bản nào chờ tiếp nhận.")
	d.press("esc").see("‹ Cần làm ›", "> HT   1 ")
}

// TestDateIsTypedAnew: a date that stands there already is replaced by the one typed,
// and can still be corrected letter by letter.
func TestDateIsTypedAnew(t *testing.T) {
	o := newOffice(t)
	o.fewLetters()
	d := drive(o, 80, 24)
	d.press("2", "enter", "d", "shift+tab").typed("19/11").see("19/11  (thứ Năm, 19/11/2026)")
	d.press("tab", "shift+tab", "backspace", "0").see("19/10  (thứ Hai, 19/10/2026)")
	d.press("ctrl+u").typed("19/11/2026").press("tab", "shift+tab").typed("+1").see("+1  (thứ Bảy, 21/11/2026)")
}

// TestChosenBodiesStandWithTheirLabel: what was chosen is read beside its own label.
func TestChosenBodiesStandWithTheirLabel(t *testing.T) {
	d := drive(newOffice(t), 80, 24)
	d.press("3", "n")
	for range 7 {
		d.press("tab")
	}
	d.typed("so noi vu").press("enter").see("Nơi nhận qua Trục         - Sở Nội vụ").press("tab")
	for line := range strings.SplitSeq(d.screen(), "\n") {
		if strings.Contains(line, "Nơi nhận qua Trục") && (!strings.Contains(line, "Sở Nội vụ") || strings.Contains(line, "chưa chọn")) {
			t.Errorf("the line of the recipients is %q", line)
		}
	}
}

// TestHelpIsReadWhole: no reason ends in the middle, and what works stands first.
func TestHelpIsReadWhole(t *testing.T) {
	o := newOffice(t)
	o.fewLetters()
	d := drive(o, 80, 24)
	d.press("2", "enter", "?")
	text := d.screen()
	for range 3 {
		d.press("pgdown")
		text += d.screen()
	}
	if strings.Contains(strings.ReplaceAll(text, "… còn", ""), "…") {
		t.Errorf("cut:\n%s", text)
	}
	if works, not := strings.Index(text, "lưu tệp"), strings.Index(text, "Chưa dùng được"); works < 0 || not < works {
		t.Errorf("what works stands at %d, what does not at %d:\n%s", works, not, text)
	}
}

// TestRegisterLineIsReadWhole: every line of a register opens with its ten columns.
func TestRegisterLineIsReadWhole(t *testing.T) {
	o := newOffice(t)
	o.fewLetters()
	d := drive(o, 80, 24)
	d.press("2", "enter", "d", "ctrl+s", "4", "enter")
	d.see("(1) Ngày đến", "(2) Số đến", "(3) Tác giả", "(4) Số, ký hiệu", "(5) Ngày tháng văn bản", "(6) Tên loại và trích yếu nội dung",
		"(7) Đơn vị hoặc người nhận", "(8) Ngày chuyển", "(9) Ký nhận", "(10) Ghi chú",
		"Ủy ban nhân dân tỉnh An Giang", "mùa mưa lũ trên địa bàn tỉnh")
	d.press("esc").see("Sổ đăng ký văn bản đến, năm 2026 (1 dòng)")
	d.press("b", "enter").see("Sổ này chưa có dòng nào")
}

// TestLeavingAsks: the key that copies elsewhere does not throw a form away.
func TestLeavingAsks(t *testing.T) {
	o := newOffice(t)
	d := drive(o, 80, 24)
	d.press("3", "n").typed("/v").press("ctrl+c").see("Nhấn Ctrl+C lần nữa để thoát", "/v")
	if d.quit {
		t.Fatal("left at the first Ctrl+C")
	}
	d.typed("an").press("ctrl+c")
	if d.quit {
		t.Fatal("a key between did not count")
	}
	if d.press("ctrl+c"); !d.quit {
		t.Error("not left at the second Ctrl+C")
	}
	e := drive(newOffice(t), 80, 24)
	if e.press("3", "n", "ctrl+c"); !e.quit {
		t.Error("an empty form asks")
	}
}

// TestLetterNeedsItsUnit: the notation of an official letter ends with who drafted it
// (Decree 30/2020 Annex I, II.3).
func TestLetterNeedsItsUnit(t *testing.T) {
	o := newOffice(t)
	d := drive(o, 80, 24)
	d.press("3", "n").typed("/van").press("down", "enter", "tab").typed("cong van").press("enter").typed("Phối hợp").press("ctrl+s")
	d.see("Đơn vị soạn thảo: Công văn mang chữ viết tắt của đơn vị soạn thảo")
	d.typed("kinh").press("enter", "tab").missing("! Công văn mang")
}

// TestRefusalAbroadIsExplained: the screen says what to do when a recipient refuses.
func TestRefusalAbroadIsExplained(t *testing.T) {
	x := newOutgoingDocument("x")
	x.loaded, x.doc.State = true, outbox.Issued
	x.doc.Delivery = []outbox.Delivery{{Status: document.StatusRefused}}
	if h := x.hint(); !strings.Contains(h, "từ chối") || !strings.Contains(h, "lý do") || x.refuses(putAside) != "" {
		t.Errorf("hint %q, %q", h, x.refuses(putAside))
	}
	x.doc.Delivery[0].Seen = time.Date(2026, 11, 21, 16, 50, 0, 0, time.UTC)
	if h := x.hint(); strings.Contains(h, "từ chối") || x.refuses(putAside) == "" {
		t.Errorf("after it was put aside: hint %q, %q", h, x.refuses(putAside))
	}
}

// TestHistoryReadsAsSentences: no double spaces, no words run together.
func TestHistoryReadsAsSentences(t *testing.T) {
	doc := inbox.Document{
		Directive:  &inbox.Directive{By: "TM. Chủ tịch Lê Văn Nghĩa", Text: "Giao tham mưu", Lead: "Phòng Kinh tế"},
		Completion: &inbox.Completion{Note: "Đã trả lời", By: "Trần Thị Sáu"},
	}
	h := strings.Join(incomingHistory(doc), "\n")
	for _, want := range []string{"Nghĩa: Giao tham mưu. Chủ trì: Phòng Kinh tế", "Hoàn thành. Đã trả lời (Trần Thị Sáu)"} {
		if !strings.Contains(h, want) {
			t.Errorf("no %q in\n%s", want, h)
		}
	}
	doc.Directive.Text = ""
	if h := strings.Join(incomingHistory(doc), "\n"); !strings.Contains(h, "Nghĩa. Chủ trì: Phòng Kinh tế") {
		t.Errorf("without words of the leader:\n%s", h)
	}
}

// TestTerminalWithoutSize: a terminal of 0×0 is drawn on, and Ctrl+C always leaves.
func TestTerminalWithoutSize(t *testing.T) {
	for _, s := range []tea.WindowSizeMsg{{}, {Width: 80}, {Height: 24}} {
		if got := knownSize(nil, s); got != (tea.WindowSizeMsg{Width: 80, Height: 24}) {
			t.Errorf("%v is taken for %v", s, got)
		}
	}
	if s := (tea.WindowSizeMsg{Width: 60, Height: 20}); knownSize(nil, s) != s {
		t.Errorf("%v is changed", s)
	}
	d := &driver{t: t, m: New(newOffice(t).o)}
	if d.press("ctrl+c"); !d.quit {
		t.Error("Ctrl+C is not heard before the size is known")
	}
}

// TestAnswerNamesWhatItAnswers: the subject offered names type, number and day.
func TestAnswerNamesWhatItAnswers(t *testing.T) {
	o := newOffice(t)
	o.fewLetters()
	d := drive(o, 80, 24)
	d.press("2", "enter", "d", "ctrl+s", "a", "tab", "tab", "tab").see("Soạn văn bản trả lời 13/UBND-TH")
	got := answerSubject(inbox.Metadata{TypeName: "Công văn", Code: document.Reference{Number: "13", Notation: "UBND-TH"},
		Date: document.Date{Year: 2026, Month: 11, Day: 19}, Issuer: document.Agency{Name: "Sở Nội vụ"}})
	if want := "V/v trả lời Công văn số 13/UBND-TH ngày 19/11/2026 của Sở Nội vụ"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}

// TestQueueSaysThatTheLinkIsOff: an empty queue is no comfort while the link is cut.
func TestQueueSaysThatTheLinkIsOff(t *testing.T) {
	o := newOffice(t)
	d := drive(o, 80, 24)
	d.press("6").missing("Mạng đang tắt").press("m").see("Mạng đang tắt", "Nhấn m để mở lại").press("m").missing("Mạng đang tắt")
}
