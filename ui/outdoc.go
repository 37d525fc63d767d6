package ui

import (
	"context"
	"fmt"
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"

	"vanthu/internal/document"
	"vanthu/outbox"
)

// outgoingDocument is one outgoing document with the acts that come next and what
// became of it at every recipient.
type outgoingDocument struct {
	base
	scroll
	id     string
	doc    outbox.Document
	loaded bool
	notes  notes // on its recipients
}

func newOutgoingDocument(id string) *outgoingDocument { return &outgoingDocument{id: id} }

func (d *outgoingDocument) Title() string {
	if code := clean(d.doc.Code.String()); code != "" {
		return "Văn bản đi " + code
	}
	return "Văn bản đi: " + clean(d.doc.Draft.TypeName)
}

func (d *outgoingDocument) place() place { return browsing | reading | outgoingD }

// hint leads from the draft to the delivery in the order of the law.
func (d *outgoingDocument) hint() string {
	if !d.loaded {
		return ""
	}
	switch d.doc.State {
	case outbox.Drafting:
		if d.doc.Forwarded != nil {
			return "Nhấn i để chuyển tiếp nguyên văn cho các nơi nhận."
		}
		if d.doc.Layout.Whole {
			return "Tệp không có chữ đọc được (bản quét): nhấn v để xem và đặt chỗ cho số, ngày, chữ ký, dấu; rồi nhấn s để ký số."
		}
		return "Nhấn s để người có thẩm quyền ký số (cắm thiết bị ký của người đó); cần sửa thì nhấn e."
	case outbox.Signed:
		return "Nhấn o để cấp số, ngày và vào sổ văn bản đi."
	case outbox.Numbered:
		return "Nhấn d để ký số của cơ quan (cắm thiết bị ký của cơ quan); số và ngày được ghi vào tệp."
	case outbox.Sealed:
		return "Nhấn i để xem lại nơi nhận và phát hành."
	case outbox.Issued:
		if d.failedSomewhere() {
			return "Có nơi nhận gửi lỗi: xem lý do bên dưới, xử lý rồi nhấn u để gửi lại."
		}
		if d.returnedSomewhere() {
			return "Có nơi từ chối: đọc lý do ở bảng nơi nhận, báo người ký; gửi đúng nơi bằng văn bản khác (3 rồi n) hoặc liên hệ nơi đó. Xong thì nhấn b."
		}
		return "Đã phát hành; bảng dưới cho biết từng nơi nhận đã nhận đến đâu. Esc để quay lại."
	}
	if d.doc.Number > 0 {
		return "Số đã hủy vẫn giữ trong sổ kèm lý do, không dùng lại. Esc để quay lại."
	}
	return "Dự thảo này đã bỏ. Esc để quay lại."
}

// outgoingEvent is the desk's event for an act.
func (d *outgoingDocument) event(a action) outbox.Event {
	switch a {
	case edit:
		if d.doc.State != outbox.Drafting {
			return outbox.EventReaddress
		}
		return outbox.EventEdit
	case placeBoxes:
		return outbox.EventEdit
	case replaceFile:
		return outbox.EventReplace
	case sign:
		return outbox.EventSign
	case number:
		return outbox.EventNumber
	case seal:
		return outbox.EventSeal
	case issue:
		if d.doc.Forwarded != nil {
			return outbox.EventForward
		}
		return outbox.EventIssue
	case discard:
		if d.doc.Number > 0 {
			return outbox.EventVoid
		}
		return outbox.EventDiscard
	}
	return ""
}

func (d *outgoingDocument) refuses(a action) string {
	e := d.event(a)
	switch {
	case a == resend && !d.failedSomewhere():
		return "Không có nơi nhận nào gửi lỗi."
	case a == putAside && !d.returnedSomewhere():
		return "Không có nơi nhận nào vừa từ chối."
	case e == "":
		return ""
	}
	if d.doc.Forwarded != nil && (a == sign || a == replaceFile || a == placeBoxes) {
		return "Văn bản chuyển tiếp giữ nguyên chữ ký của nơi ban hành."
	}
	_, err := outbox.Step(d.doc.State, e)
	return reasonOf(err)
}

func (d *outgoingDocument) failedSomewhere() bool {
	for _, v := range d.doc.Delivery {
		if v.Transport == outbox.TransportFailed {
			return true
		}
	}
	return false
}

func (d *outgoingDocument) returnedSomewhere() bool {
	return slices.ContainsFunc(d.doc.Delivery, outbox.Delivery.Returned)
}

func (d *outgoingDocument) load(m *Model, quiet bool) tea.Cmd {
	desk, id, dir := m.o.Outbox, d.id, m.o.Agencies
	work := func(context.Context) (any, error) {
		doc, err := desk.Get(id)
		if err != nil {
			return nil, err
		}
		notes, err := notesOn(doc.Draft.Recipients, dir)
		return addressed{doc, notes}, err
	}
	if quiet && d.loaded {
		return d.quietly(m, work)
	}
	return d.ask(m, "Đang đọc văn bản", work)
}

// addressed is a document with what became of those it is for.
type addressed struct {
	doc   outbox.Document
	notes notes
}

// notes are what became of bodies, by code, in Vietnamese.
type notes map[document.Code]string

func notesOn(bodies []document.Agency, dir Agencies) (notes, error) {
	if dir == nil {
		return nil, nil
	}
	found := notes{}
	for _, a := range bodies {
		note, err := dir.Note(a.Code)
		if err != nil {
			return nil, err
		}
		if note != "" {
			found[a.Code] = clean(note)
		}
	}
	return found, nil
}

// text names a body and what became of it.
func (n notes) text(a document.Agency) string {
	if note := n[a.Code]; note != "" {
		return agencyText(a) + " — " + note
	}
	return agencyText(a)
}

func (d *outgoingDocument) take(m *Model, v any) tea.Cmd {
	switch v := v.(type) {
	case addressed:
		d.notes = v.notes
		return d.take(m, v.doc)
	case outbox.Document:
		if v.State != d.doc.State {
			d.top = 0
		}
		d.doc, d.loaded = v, true
	case resent:
		m.say("Đã xếp hàng gửi lại.")
		return d.load(m, true)
	}
	return nil
}

// resent is what sending again came to.
type resent struct{}

func (d *outgoingDocument) resend(m *Model) tea.Cmd {
	desk, id := m.o.Outbox, d.id
	return d.run(m, "Đang xếp hàng gửi lại", func(context.Context) (any, error) { return resent{}, desk.Resend(id) })
}

func (d *outgoingDocument) putAside(m *Model) tea.Cmd {
	desk, id := m.o.Outbox, d.id
	return d.run(m, "Đang ghi", func(context.Context) (any, error) { return desk.PutAside(id) })
}

// save offers the document's own PDF first, then its attachments.
func (d *outgoingDocument) save(m *Model) *form {
	names := []string{d.doc.File.Name}
	for _, a := range d.doc.Attachments {
		names = append(names, a.Name)
	}
	desk, id := m.o.Outbox, d.id
	return saveForm(m, clean(strings.TrimSpace(d.doc.Draft.TypeName+" "+d.doc.Code.String())), names,
		func(n int, dir string) (string, error) { return desk.Export(id, n, dir) })
}

func (d *outgoingDocument) do(m *Model, a action) tea.Cmd {
	if d.move(a) {
		return nil
	}
	if !d.loaded && a != back {
		return nil
	}
	switch a {
	case back:
		return m.pop()
	case edit:
		return m.push(editForm(m, d.doc))
	case replaceFile:
		return m.push(replaceForm(m, d.doc))
	case placeBoxes:
		return m.push(newPlacement(m, d.doc))
	case sign:
		return m.push(newSigning(m, d.doc, false))
	case seal:
		return m.push(newSigning(m, d.doc, true))
	case number:
		return m.push(numberQuestion(m, d.doc))
	case issue:
		return m.push(issueQuestion(m, d.doc, d.notes))
	case discard:
		return m.push(discardForm(m, d.doc))
	case resend:
		return d.resend(m)
	case putAside:
		return d.putAside(m)
	case save:
		return m.push(d.save(m))
	}
	return nil
}

func (d *outgoingDocument) Render(width, height int) string {
	p := page{width: width, height: height}
	if d.loaded {
		p.lines = d.window(d.lines(width), height)
	}
	return p.String()
}

func (d *outgoingDocument) lines(width int) []string {
	p := &page{width: width}
	doc := d.doc
	p.fact("Trạng thái", doc.State.Name())
	if doc.Draft.Urgency > document.Normal {
		p.fact("Độ khẩn", urgentStyle.Render(strings.ToUpper(doc.Draft.Urgency.String())))
	}
	p.fact("Trích yếu", clean(strings.TrimSpace(doc.Draft.TypeName+" "+doc.Draft.Subject)))
	if f := doc.Forwarded; f != nil {
		p.fact("Chuyển tiếp", "nguyên văn của "+agencyText(f.From))
		p.fact("Lời kèm", clean(f.Note))
	}
	if !doc.Code.IsZero() {
		p.fact("Số, ký hiệu", clean(doc.Code.String())+" ngày "+doc.Date.String())
	}
	p.fact("Người ký", signerText(doc.Draft.Signer))
	p.fact("Đơn vị soạn", clean(doc.Draft.Unit))
	p.fact("Hạn trả lời", dueWords(doc.Draft.Due))
	if r := doc.Draft.ReplyTo; r != nil {
		p.fact("Trả lời cho", clean(r.Ref.Reference.String()))
	}
	p.fact("Tệp", fmt.Sprintf("%s (%s)", clean(doc.File.Name), bytesText(doc.File.Size)))
	for _, a := range doc.Attachments {
		p.fact("", fmt.Sprintf("%s (%s)", clean(a.Name), bytesText(a.Size)))
	}
	p.fact("Lãnh đạo ký", noteText(doc.LeaderSigned))
	p.fact("Cơ quan ký", noteText(doc.Sealed))
	p.fact("Dấu thời gian", clean(doc.StampTrouble))
	if doc.Archive != nil {
		p.fact("Bản lưu", fmt.Sprintf("có dấu thời gian trên cả tệp (%s)", bytesText(doc.Archive.Size)))
	}
	p.fact("Mã văn bản", clean(doc.DocumentID))
	if g := doc.GivenUp; g != nil {
		p.fact("Đã hủy", clean(strings.TrimSpace(g.Reason+" ("+g.By+", "+moment(g.At)+")")))
	}
	p.add("")
	d.recipients(p)
	return p.lines
}

// noteText says whose key signed and when.
func noteText(n *outbox.SignatureNote) string {
	if n == nil {
		return ""
	}
	text := clean(n.Holder) + ", " + moment(n.At) + ", chứng thư số " + clean(n.Serial)
	if n.Soft {
		text += " (khóa thực hành)"
	}
	if n.Stamped != nil {
		text += ", dấu thời gian " + moment(*n.Stamped)
	}
	return text
}

// recipients draws the delivery per recipient, or who will get the document.
func (d *outgoingDocument) recipients(p *page) {
	p.add("%s", headStyle.Render("Nơi nhận qua Trục"))
	if len(d.doc.Draft.Recipients) == 0 {
		p.add("  chưa có nơi nhận nào")
	}
	if len(d.doc.Delivery) == 0 {
		for _, a := range d.doc.Draft.Recipients {
			p.para("  - ", "    ", d.notes.text(a))
		}
	}
	for _, v := range d.doc.Delivery {
		state := v.State()
		if v.Error != "" {
			state = wrongStyle.Render(state) + ": " + clean(v.Error)
		}
		p.para("  - ", "    ", d.notes.text(v.Agency)+": "+state)
		for _, e := range v.Events {
			p.para("      ", "        ", moment(e.At)+"  "+e.Code.Name()+staffText(e.Staff)+sentence(e.Text))
		}
	}
	if places := strings.Join(d.doc.Draft.ToPlaces, "; "); places != "" {
		p.fact("Nơi nhận ghi trên văn bản", clean(places))
	}
}

func staffText(s document.Staff) string {
	if s.Name == "" {
		return ""
	}
	return clean(", " + s.Name + " " + s.Mobile)
}

func sentence(s string) string {
	if s == "" {
		return ""
	}
	return ": " + clean(s)
}
