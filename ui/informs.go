package ui

import (
	"context"
	"errors"
	"fmt"
	"strings"

	tea "charm.land/bubbletea/v2"

	"vanthu/inbox"
	"vanthu/internal/document"
)

// text is a field for a line of words.
func text(label, value, must string) *field {
	return &field{label: label, editor: newEditor(value), must: must}
}

// code is a field for a number or a symbol.
func codeField(label, value, must string) *field {
	f := text(label, value, must)
	f.code = true
	return f
}

// dateField is a field for a day.
func dateField(label string, d document.Date, must string) *field {
	f := text(label, d.String(), must)
	f.kind = date
	return f
}

// choice is a field for one of a short list.
func choice(label, must string, free bool, options []option) *field {
	return &field{label: label, kind: pick, must: must, free: free, options: options}
}

// several is a field for some of a short list.
func several(label string, options []option) *field {
	return &field{label: label, kind: picks, options: options}
}

func labels(names []string) []option {
	out := make([]option, len(names))
	for i, n := range names {
		out[i] = option{label: clean(n), value: n}
	}
	return out
}

func leaderNames(ls []Leader) []option {
	out := make([]option, len(ls))
	for i, l := range ls {
		out[i] = option{label: signerText(l.Signer), value: l}
	}
	return out
}

func urgencies() []option {
	var out []option
	for u := document.Normal; u <= document.Express; u++ {
		out = append(out, option{label: u.String(), value: u})
	}
	return out
}

func typeNames() []option {
	var out []option
	for _, t := range document.Types() {
		out = append(out, option{label: t.Name, value: t})
	}
	return out
}

// chooses sets a pick to what it holds already.
func (f *field) chooses(label string, value any) *field {
	f.set(label)
	f.value = value
	return f
}

// done leaves the form with a sentence about what was reached. The screen below gets
// the result at once, so that a key pressed ahead meets the document as it is now.
func (m *Model) done(v any, sentence string) tea.Cmd {
	cmd := m.pop()
	cmd = tea.Batch(cmd, m.top().take(m, v))
	m.say(sentence)
	return cmd
}

// value is the trimmed text of a field.
func (f *field) words() string { return strings.TrimSpace(f.String()) }

// on reads a date field that was validated.
func (f *field) on(today document.Date) document.Date {
	d, _ := f.day(today)
	return d
}

func refuseForm(m *Model, doc inbox.Document) *form {
	reason := text("Lý do từ chối", "", "Ghi lý do để nơi gửi biết cần sửa gì.")
	reason.editor.max = inbox.MaxReason
	reason.check = func(f *field) string {
		if n := len([]rune(f.words())); n < inbox.MinReason {
			return fmt.Sprintf("Lý do cần ít nhất %d ký tự, nay có %d.", inbox.MinReason, n)
		}
		return ""
	}
	f := newForm("Từ chối tiếp nhận "+clean(doc.Meta().Code.String()), "Ctrl+S để từ chối. Lý do được gửi kèm tên, điện thoại của văn thư; văn bản không vào sổ đến.", m.o.Clock, reason)
	f.intro = []string{clean(doc.Meta().Issuer.Name) + ": " + clean(doc.Meta().Subject)}
	desk, id := m.o.Inbox, doc.ID
	f.submit = func(m *Model) tea.Cmd {
		why := reason.words()
		return f.run(m, "Đang ghi việc từ chối", func(context.Context) (any, error) { return desk.Refuse(id, why) })
	}
	f.result = func(m *Model, v any) tea.Cmd {
		return m.done(v, "Đã từ chối tiếp nhận; nơi gửi được báo khi có mạng.")
	}
	return f
}

func submitForm(m *Model, doc inbox.Document) *form {
	to := choice("Trình", "Chọn lãnh đạo nhận trình.", true, leaderNames(m.o.Leaders))
	to.tip = "Chọn lãnh đạo bằng ↓ rồi Enter, hoặc gõ tên; Ctrl+S để ghi là đã trình."
	f := newForm("Trình "+incomingName(doc), "", m.o.Clock, to)
	desk, id := m.o.Inbox, doc.ID
	f.submit = func(m *Model) tea.Cmd {
		who := to.words()
		return f.run(m, "Đang ghi việc trình", func(context.Context) (any, error) { return desk.Submit(id, who) })
	}
	f.result = func(m *Model, v any) tea.Cmd { return m.done(v, "Đã ghi việc trình lãnh đạo.") }
	return f
}

// incomingName names a document on a form's head.
func incomingName(doc inbox.Document) string {
	if doc.Entry != nil {
		return fmt.Sprintf("văn bản đến số %d (%s)", doc.Entry.Number, clean(doc.Meta().Code.String()))
	}
	return "văn bản " + clean(doc.Meta().Code.String())
}

func directForm(m *Model, doc inbox.Document) *form {
	who := choice("Người chỉ đạo", "Chọn lãnh đạo cho ý kiến.", true, leaderNames(m.o.Leaders))
	if doc.Submission != nil {
		who.chooses(clean(doc.Submission.To), doc.Submission.To)
	}
	opinion := text("Ý kiến chỉ đạo", "", "")
	lead := choice("Chủ trì", "Chọn đơn vị hoặc người chủ trì.", true, labels(m.o.Units))
	support := several("Phối hợp", labels(m.o.Units))
	support.tip = "Chọn từng đơn vị phối hợp rồi Enter; không có thì bỏ trống, Tab sang ô sau."
	due := dateField("Hạn giải quyết", doc.Due(), "")
	if v := doc.Directive; v != nil {
		who.chooses(clean(v.By), v.By)
		opinion.set(v.Text)
		lead.chooses(clean(v.Lead), v.Lead)
		support.chosen = labels(v.Support)
	}
	f := newForm("Ý kiến chỉ đạo về "+incomingName(doc), "Ghi đúng bút phê của lãnh đạo rồi Ctrl+S; bước sau là chuyển giao.", m.o.Clock, who, opinion, lead, support, due)
	desk, id := m.o.Inbox, doc.ID
	f.submit = func(m *Model) tea.Cmd {
		v := inbox.Directive{By: who.words(), Text: opinion.words(), Lead: lead.words(), Due: due.on(f.today())}
		for _, o := range support.chosen {
			v.Support = append(v.Support, o.label)
		}
		return f.run(m, "Đang ghi ý kiến chỉ đạo", func(context.Context) (any, error) { return desk.Direct(id, v) })
	}
	f.result = func(m *Model, v any) tea.Cmd { return m.done(v, "Đã ghi ý kiến chỉ đạo.") }
	return f
}

func handOverForm(m *Model, doc inbox.Document) *form {
	to := choice("Chuyển cho", "Chọn đơn vị hoặc người nhận.", true, labels(m.o.Units))
	to.tip = "Gõ vài chữ hoặc ↓ để chọn đơn vị, Enter; rồi Ctrl+S để chuyển giao."
	if doc.Directive != nil {
		to.chooses(clean(doc.Directive.Lead), doc.Directive.Lead)
	}
	due := dateField("Hạn giải quyết", doc.Due(), "")
	f := newForm("Chuyển giao "+incomingName(doc), "Ctrl+S để chuyển giao; ngày chuyển được ghi vào sổ đến.", m.o.Clock, to, due)
	desk, id := m.o.Inbox, doc.ID
	f.submit = func(m *Model) tea.Cmd {
		who, when := to.words(), due.on(f.today())
		return f.run(m, "Đang ghi việc chuyển giao", func(context.Context) (any, error) { return desk.HandOver(id, who, when) })
	}
	f.result = func(m *Model, v any) tea.Cmd {
		return m.done(v, "Đã chuyển giao; sổ đến đã ghi ngày chuyển.")
	}
	return f
}

func progressForm(m *Model, doc inbox.Document) *form {
	note := text("Tiến độ", "", "Ghi việc đã làm được.")
	f := newForm("Tiến độ giải quyết "+incomingName(doc), "Ghi việc đã làm rồi Ctrl+S; nội dung chỉ lưu trong cơ quan.", m.o.Clock, note)
	desk, id := m.o.Inbox, doc.ID
	f.submit = func(m *Model) tea.Cmd {
		what := note.words()
		return f.run(m, "Đang ghi tiến độ", func(context.Context) (any, error) { return desk.Progress(id, what) })
	}
	f.result = func(m *Model, v any) tea.Cmd { return m.done(v, "Đã ghi tiến độ.") }
	return f
}

func completeForm(m *Model, doc inbox.Document) *form {
	note := text("Kết quả", "", "")
	reply := codeField("Văn bản trả lời", "", "")
	reply.tip = "Số, ký hiệu văn bản trả lời nếu có, ví dụ 15/UBND-VP; được ghi vào cột ghi chú của sổ đến."
	f := newForm("Hoàn thành "+incomingName(doc), "Ctrl+S để kết thúc; nơi gửi được báo đã hoàn thành.", m.o.Clock, note, reply)
	desk, id := m.o.Inbox, doc.ID
	f.submit = func(m *Model) tea.Cmd {
		what, ref := note.words(), reply.words()
		return f.run(m, "Đang ghi hoàn thành", func(context.Context) (any, error) { return desk.Complete(id, what, ref) })
	}
	f.result = func(m *Model, v any) tea.Cmd {
		return m.done(v, "Đã hoàn thành; nơi gửi được báo khi có mạng.")
	}
	return f
}

func saveIncoming(m *Model, doc inbox.Document) *form {
	var names []string
	for _, x := range doc.Files {
		names = append(names, x.Name)
	}
	desk, id := m.o.Inbox, doc.ID
	return saveForm(m, incomingName(doc), names, func(n int, dir string) (string, error) { return desk.Export(id, n, dir) })
}

// saveForm saves one of the files of a document to a folder.
func saveForm(m *Model, of string, files []string, export func(n int, dir string) (string, error)) *form {
	var names []option
	for i, x := range files {
		names = append(names, option{label: clean(x), value: i})
	}
	which := choice("Tệp", "Chọn tệp cần lưu.", false, names)
	which.chooses(names[0].label, 0)
	dir := pathField(m, "Thư mục", "Ghi thư mục để lưu.")
	if m.o.Files != nil {
		dir.set(m.o.Files.SaveDir())
	}
	f := newForm("Lưu tệp của "+of, "Ctrl+S để lưu; tệp trùng tên không bị ghi đè.", m.o.Clock, which, dir)
	f.submit = func(m *Model) tea.Cmd {
		n, _ := which.value.(int)
		to := dir.words()
		return f.run(m, "Đang lưu tệp", func(context.Context) (any, error) { return export(n, to) })
	}
	f.result = func(m *Model, v any) tea.Cmd { return m.done(v, fmt.Sprintf("Đã lưu vào %v", v)) }
	return f
}

// pathField completes a path on the disk.
func pathField(m *Model, label, must string) *field {
	f := &field{label: label, kind: path, must: must}
	if files := m.o.Files; files != nil {
		f.search = func(query string) ([]option, error) {
			found, err := files.Complete(query, 50)
			return labels(found), err
		}
	}
	return f
}

// isDuplicate tells the refusal of a second entry of the same document.
func isDuplicate(err error) bool { return errors.Is(err, inbox.ErrDuplicate) }
