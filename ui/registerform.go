package ui

import (
	"context"
	"fmt"
	"strconv"

	tea "charm.land/bubbletea/v2"

	"vanthu/inbox"
	"vanthu/internal/document"
)

// registration is the form that gives an incoming document its arrival number. All is
// filled in from the packet; the caret stands in the first field that is missing.
type registration struct {
	*form
	id       string
	meta     inbox.Metadata // what the form does not show stays as it is
	arrived  *field
	ref      *field
	dated    *field
	issuer   *field
	typeName *field
	subject  *field
	signer   *field
	position *field
	urgency  *field
	due      *field
	receiver *field
	pages    *field
	note     *field
	separate *field // only after a duplicate was refused
}

func registerForm(m *Model, doc inbox.Document) *registration {
	meta := doc.Meta()
	r := &registration{
		id: doc.ID, meta: meta,
		ref:      codeField("Số, ký hiệu", meta.Code.String(), ""),
		dated:    dateField("Ngày văn bản", meta.Date, ""),
		issuer:   text("Cơ quan ban hành", meta.Issuer.Name, "Ghi tên cơ quan ban hành."),
		typeName: choice("Tên loại", "", true, typeNames()).chooses(meta.TypeName, meta.TypeName),
		subject:  text("Trích yếu", meta.Subject, "Ghi trích yếu nội dung."),
		signer:   text("Họ tên người ký", meta.Signer.Name, ""),
		position: text("Chức vụ người ký", meta.Signer.Position, ""),
		urgency:  choice("Độ khẩn", "", false, urgencies()).chooses(meta.Urgency.String(), meta.Urgency),
		due:      dateField("Hạn giải quyết", meta.Due, ""),
		receiver: choice("Đơn vị, người nhận", "", true, labels(m.o.Units)),
		pages:    text("Số trang", pagesText(meta.Pages), ""),
		note:     text("Ghi chú", meta.Note, ""),
		arrived:  dateField("Ngày đến", document.DateOf(m.o.Clock()), "Ghi ngày đến."),
	}
	r.pages.kind = counted
	r.ref.check = func(f *field) string {
		if _, err := document.ParseReference(f.words()); f.words() != "" && err != nil {
			return "Ghi dạng số/ký hiệu, ví dụ 15/QĐ-UBND."
		}
		return ""
	}
	r.form = newForm("Đăng ký văn bản đến "+clean(meta.Code.String()), "", m.o.Clock,
		r.ref, r.dated, r.issuer, r.typeName, r.subject, r.signer, r.position, r.urgency, r.due, r.receiver, r.pages, r.note, r.arrived)
	r.next = "Thông tin lấy từ gói tin; xem lại, điền ô còn thiếu rồi Ctrl+S để vào sổ và lấy số đến."
	r.form.submit, r.form.result = r.enterBook, r.entered
	r.startAtMissing()
	return r
}

func pagesText(n int) string {
	if n == 0 {
		return ""
	}
	return strconv.Itoa(n)
}

// startAtMissing puts the caret where something the register needs is not known yet.
func (r *registration) startAtMissing() {
	for i, f := range r.fields {
		if f.String() == "" && (f.must != "" || f == r.ref || f == r.dated || f == r.typeName) {
			r.focus = i
			return
		}
	}
}

func (r *registration) enterBook(m *Model) tea.Cmd {
	today := r.today()
	e := inbox.Registration{Meta: r.meta, Date: r.arrived.on(today), Receiver: r.receiver.words()}
	e.Separate = r.separate != nil && r.separate.value == true
	e.Meta.Code, _ = document.ParseReference(r.ref.words())
	e.Meta.Date, e.Meta.Due = r.dated.on(today), r.due.on(today)
	e.Meta.Issuer.Name, e.Meta.Subject, e.Meta.TypeName = r.issuer.words(), r.subject.words(), r.typeName.words()
	e.Meta.Signer.Name, e.Meta.Signer.Position = r.signer.words(), r.position.words()
	e.Meta.Urgency, _ = r.urgency.value.(document.Urgency)
	e.Meta.Pages, _ = smallNumber(r.pages.words())
	e.Meta.Note = r.note.words()
	desk, id := m.o.Inbox, r.id
	return r.run(m, "Đang vào sổ", func(context.Context) (any, error) { return desk.Register(id, e) })
}

func (r *registration) entered(m *Model, v any) tea.Cmd {
	doc, ok := v.(inbox.Document)
	if !ok || doc.Entry == nil {
		return m.pop()
	}
	return m.done(v, fmt.Sprintf("Đã vào sổ, số đến %d ngày %s.", doc.Entry.Number, doc.Entry.Date))
}

// failed keeps the form. A double gets one more field: the clerk may know better.
func (r *registration) failed(m *Model, err error) {
	m.problem(err)
	if !isDuplicate(err) || r.separate != nil {
		return
	}
	r.separate = choice("Văn bản trùng", "Chọn cách làm.", false, []option{
		{label: "Đúng là trùng: không đăng ký", value: false}, {label: "Là văn bản khác: đăng ký riêng", value: true}})
	r.separate.check = func(f *field) string {
		if f.value == false {
			return "Nhấn Esc để quay lại, không đăng ký."
		}
		return ""
	}
	r.separate.at = -1
	r.fields = append(r.fields, r.separate)
	r.goTo(m, len(r.fields)-1)
}

var _ typist = (*registration)(nil)
