package ui

import (
	"context"
	"fmt"
	"strings"

	tea "charm.land/bubbletea/v2"

	"vanthu/inbox"
	"vanthu/internal/document"
	"vanthu/outbox"
)

// drafting is the form of a draft: new, a reply, or one being corrected.
type drafting struct {
	*form
	id      string // of the draft being corrected, "" for a new one
	was     outbox.Draft
	pdf     *field
	extra   *field
	kindOf  *field
	subject *field
	unit    *field
	signer  *field
	urgency *field
	to      *field
	places  *field
	due     *field
	copies  *field
	secrecy *field
}

func draftForm(m *Model) *drafting { return newDrafting(m, "Soạn văn bản đi", outbox.Draft{}) }

// answerForm drafts the answer to an incoming document, addressed to who sent it.
func answerForm(m *Model, doc inbox.Document) *drafting {
	meta := doc.Meta()
	d := newDrafting(m, "Soạn văn bản trả lời "+clean(meta.Code.String()), outbox.Draft{
		TypeName: "Công văn",
		Subject:  answerSubject(meta),
		ReplyTo: &outbox.Reply{Incoming: doc.ID, Ref: document.Ref{
			Organ: meta.Issuer.Code, Reference: meta.Code, Date: meta.Date, ID: meta.DocumentID}},
		Recipients: answerTo(meta),
	})
	return d
}

// answerSubject is the usual subject of an answer (Decree 30/2020 Annex I, II.5).
func answerSubject(meta inbox.Metadata) string {
	what := meta.TypeName
	if what == "" {
		what = "văn bản"
	}
	text := "V/v trả lời " + what + " số " + meta.Code.String()
	if !meta.Date.IsZero() {
		text += " ngày " + meta.Date.String()
	}
	return text + " của " + meta.Issuer.Name
}

func answerTo(meta inbox.Metadata) []document.Agency {
	if !meta.Issuer.Code.Receives() {
		return nil
	}
	return []document.Agency{meta.Issuer}
}

func editForm(m *Model, doc outbox.Document) *drafting {
	d := newDrafting(m, "Sửa "+clean(doc.Draft.TypeName), doc.Draft)
	d.id = doc.ID
	d.fields = d.fields[2:] // the files have their own act
	if doc.State != outbox.Drafting || doc.Forwarded != nil {
		d.fields = []*field{d.urgency, d.to, d.places, d.due, d.copies}
		d.title = "Sửa nơi nhận của " + clean(doc.Code.String())
		d.next = "Sửa xong nhấn Ctrl+S; bước sau là phát hành hoặc gửi lại."
	}
	return d
}

func newDrafting(m *Model, title string, was outbox.Draft) *drafting {
	d := &drafting{
		was:     was,
		pdf:     pathField(m, "Tệp PDF", "Ghi đường dẫn tệp PDF của văn bản."),
		extra:   pathField(m, "Tệp kèm theo", ""),
		kindOf:  choice("Tên loại", "Chọn tên loại văn bản.", false, typeNames()),
		subject: text("Trích yếu", was.Subject, "Ghi trích yếu nội dung."),
		unit:    choice("Đơn vị soạn thảo", "", true, labels(m.o.Units)),
		signer:  choice("Người ký", "Chọn người ký.", false, leaderNames(m.o.Leaders)),
		urgency: choice("Độ khẩn", "", false, urgencies()).chooses(was.Urgency.String(), was.Urgency),
		to:      agencyField(m, "Nơi nhận qua Trục"),
		places:  text("Nơi nhận khác", strings.Join(was.ToPlaces, "; "), ""),
		due:     dateField("Hạn trả lời", was.Due, ""),
		copies:  text("Số lượng bản", pagesText(was.Copies), ""),
		secrecy: choice("Độ mật", "", false, []option{{label: outbox.NoSecrecy, value: ""}, {label: "Mật", value: "Mật"}, {label: "Tối mật", value: "Tối mật"}, {label: "Tuyệt mật", value: "Tuyệt mật"}}),
	}
	d.pdf.tip = "Gõ đường dẫn, ↓ để chọn tệp hoặc thư mục rồi Enter. Tệp PDF do phần mềm soạn thảo xuất ra."
	d.extra.tip = "Phụ lục ở tệp riêng, nếu có; không có thì bỏ trống."
	d.unit.check = func(*field) string {
		t, _ := d.kindOf.value.(document.Type)
		if t.Name != "" && t.Abbr == "" && d.unit.words() == "" && len(d.unit.options) > 0 {
			return t.Name + " mang chữ viết tắt của đơn vị soạn thảo trong ký hiệu: chọn đơn vị."
		}
		return ""
	}
	d.signer.tip = "Người có thẩm quyền sẽ ký số văn bản này."
	d.places.tip = "Nơi nhận bản giấy hoặc ghi trên văn bản, cách nhau bằng dấu chấm phẩy."
	d.copies.kind = counted
	d.secrecy.chooses(outbox.NoSecrecy, "")
	d.secrecy.tip = "Văn bản mật không được soạn, lưu hay gửi bằng phần mềm này."
	d.fill(was)
	d.form = newForm(title, "Điền xong nhấn Ctrl+S; bước sau là ký số.", m.o.Clock,
		d.pdf, d.extra, d.kindOf, d.subject, d.unit, d.signer, d.urgency, d.to, d.places, d.due, d.copies, d.secrecy)
	d.form.submit, d.form.result = d.keep, d.kept
	return d
}

// fill sets the picks to what the draft holds.
func (d *drafting) fill(was outbox.Draft) {
	if t, ok := document.TypeByName(was.TypeName); ok {
		d.kindOf.chooses(t.Name, t)
	}
	if was.Unit != "" {
		d.unit.chooses(clean(was.Unit), was.Unit)
	}
	if was.Signer.Name != "" {
		d.signer.chooses(signerText(was.Signer), Leader{Signer: was.Signer})
	} else if len(d.signer.options) == 1 {
		d.signer.take(d.signer.options[0])
	}
	for _, a := range was.Recipients {
		d.to.chosen = append(d.to.chosen, option{label: agencyText(a), value: a})
	}
}

// agencyField picks bodies from the directory, without regard to accents.
func agencyField(m *Model, label string) *field {
	f := &field{label: label, kind: picks}
	f.tip = "Gõ vài chữ của tên hoặc mã cơ quan, không cần dấu, Enter để thêm từng nơi; khi ô trống, phím xóa lùi bỏ nơi vừa thêm."
	if dir, ctx := m.o.Agencies, m.ctx; dir != nil {
		f.search = func(query string) ([]option, error) {
			found, err := dir.Find(ctx, query, 50)
			var rows []option
			for _, b := range found {
				rows = append(rows, b.option())
			}
			return rows, err
		}
	}
	return f
}

// option is the body as a row to pick. One that ended is shown, for the clerk knows
// its name, and cannot be addressed.
func (b Body) option() option {
	o := option{label: agencyText(b.Agency), value: b.Agency}
	if b.Note == "" {
		return o
	}
	o.ended = o.label + " không nhận văn bản nữa: " + clean(b.Note) + "."
	for _, h := range b.Heirs {
		o.heirs = append(o.heirs, option{label: agencyText(h), value: h})
	}
	switch len(o.heirs) {
	case 0:
		o.ended += " Chọn nơi khác."
	case 1:
		o.ended += " Enter để chọn nơi ấy."
	default:
		o.ended += " ↓ rồi Enter để chọn đúng nơi."
	}
	o.label += " — " + clean(b.Note)
	return o
}

// agencies are the bodies chosen in a field.
func (f *field) agencies() []document.Agency {
	var out []document.Agency
	for _, c := range f.chosen {
		if a, ok := c.value.(document.Agency); ok {
			out = append(out, a)
		}
	}
	return out
}

// draft is what the form says, over what the draft was.
func (d *drafting) draft() outbox.Draft {
	r := d.was
	if t, ok := d.kindOf.value.(document.Type); ok {
		r.TypeName = t.Name
	}
	if l, ok := d.signer.value.(Leader); ok {
		r.Signer = l.Signer
	}
	r.Subject, r.Unit = d.subject.words(), d.unit.words()
	r.Urgency, _ = d.urgency.value.(document.Urgency)
	r.Recipients = d.to.agencies()
	r.ToPlaces = nil
	for p := range strings.SplitSeq(d.places.words(), ";") {
		if p = strings.TrimSpace(p); p != "" {
			r.ToPlaces = append(r.ToPlaces, p)
		}
	}
	r.Due = d.due.on(d.today())
	r.Copies, _ = smallNumber(d.copies.words())
	r.Secrecy, _ = d.secrecy.value.(string)
	return r
}

func (d *drafting) keep(m *Model) tea.Cmd {
	desk, files, r := m.o.Outbox, m.o.Files, d.draft()
	if d.id != "" {
		id := d.id
		return d.run(m, "Đang lưu dự thảo", func(context.Context) (any, error) { return desk.Edit(id, r) })
	}
	if files == nil {
		m.warn("Phiên này không đọc được tệp trên máy.")
		return nil
	}
	pdf, extra := d.pdf.words(), d.extra.words()
	return d.run(m, "Đang đọc tệp và tìm chỗ ghi số, ngày, chữ ký", func(ctx context.Context) (any, error) {
		return create(ctx, desk, files, r, pdf, extra)
	})
}

// create reads the files and makes the draft. It runs in a command.
func create(ctx context.Context, desk *outbox.Desk, files Files, r outbox.Draft, pdf, extra string) (any, error) {
	in, _, _, err := files.Open(pdf)
	if err != nil {
		return nil, err
	}
	defer in.Close()
	if extra == "" {
		return desk.Create(ctx, r, in)
	}
	more, name, _, err := files.Open(extra)
	if err != nil {
		return nil, err
	}
	defer more.Close()
	return desk.Create(ctx, r, in, outbox.NewFile{Name: name, R: more})
}

func (d *drafting) kept(m *Model, v any) tea.Cmd {
	doc, ok := v.(outbox.Document)
	if !ok || d.id != "" {
		return m.done(v, "Đã lưu.")
	}
	cmd := m.replace(newOutgoingDocument(doc.ID))
	m.say(fmt.Sprintf("Đã tạo dự thảo %s.", doc.Draft.TypeName))
	return cmd
}

// replaceForm puts another PDF in the place of the draft's.
func replaceForm(m *Model, doc outbox.Document) *form {
	pdf := pathField(m, "Tệp PDF mới", "Ghi đường dẫn tệp PDF.")
	f := newForm("Thay tệp PDF của dự thảo", "Chọn tệp rồi Ctrl+S; tệp cũ được giữ trong kho.", m.o.Clock, pdf)
	desk, files, id := m.o.Outbox, m.o.Files, doc.ID
	f.submit = func(m *Model) tea.Cmd {
		name := pdf.words()
		return f.run(m, "Đang đọc tệp", func(context.Context) (any, error) {
			in, _, _, err := files.Open(name)
			if err != nil {
				return nil, err
			}
			defer in.Close()
			return desk.ReplaceFile(id, in)
		})
	}
	f.result = func(m *Model, v any) tea.Cmd { return m.done(v, "Đã thay tệp PDF.") }
	return f
}

// discardForm gives a document up; with a number, the number stays used.
func discardForm(m *Model, doc outbox.Document) *form {
	reason := text("Lý do", "", "")
	next := "Ctrl+S để bỏ dự thảo này; lý do không bắt buộc."
	desk, id := m.o.Outbox, doc.ID
	give, said := desk.Discard, "Đã bỏ dự thảo."
	if doc.Number > 0 {
		reason.must = "Ghi lý do hủy số."
		next = fmt.Sprintf("Ctrl+S để hủy số %s: số giữ nguyên trong sổ, ghi là đã hủy kèm lý do, không dùng lại.", clean(doc.Code.String()))
		give, said = desk.Void, fmt.Sprintf("Đã hủy số %s; sổ văn bản đi ghi lý do.", clean(doc.Code.String()))
	}
	f := newForm("Hủy "+clean(doc.Draft.TypeName+" "+doc.Code.String()), next, m.o.Clock, reason)
	f.intro = []string{clean(doc.Draft.Subject)}
	f.submit = func(m *Model) tea.Cmd {
		why := reason.words()
		return f.run(m, "Đang hủy", func(context.Context) (any, error) { return give(id, why) })
	}
	f.result = func(m *Model, v any) tea.Cmd { return m.done(v, said) }
	return f
}

var _ typist = (*drafting)(nil)
