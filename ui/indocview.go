package ui

import (
	"fmt"
	"strings"

	"vanthu/inbox"
	"vanthu/internal/document"
)

// facts draws "label  text" lines, leaving out what is empty.
func (p *page) fact(label, text string) {
	if text == "" {
		return
	}
	const room = 18
	p.para(fit(label, room), strings.Repeat(" ", room), text)
}

// lines is the whole document as text.
func (d *incomingDocument) lines(width int) []string {
	p := &page{width: width}
	doc := d.doc
	m := doc.Meta()
	state := doc.State.Name()
	if m.Urgency > document.Normal {
		state += ". Độ khẩn: " + urgentStyle.Render(strings.ToUpper(m.Urgency.String()))
	}
	p.fact("Trạng thái", state)
	p.fact("Trích yếu", clean(strings.TrimSpace(m.TypeName+" "+m.Subject)))
	p.fact("Cơ quan ban hành", agencyText(m.Issuer))
	p.fact("Số, ký hiệu", clean(m.Code.String())+dated(m))
	p.fact("Người ký", signerText(m.Signer))
	d.signatures(p)
	d.files(p)
	for _, w := range doc.Warnings {
		p.para("! ", "  ", clean(w))
	}
	p.fact("Hạn giải quyết", dueWords(doc.Due()))
	p.fact("Đến lúc", arrival(doc.Origin))
	p.fact("Nội dung", clean(m.Content))
	p.fact("Nơi nhận", clean(strings.Join(m.ToPlaces, "; ")))
	p.fact("Trả lời cho", refs(m.ReplyFor))
	p.fact("Mã văn bản", clean(m.DocumentID))
	p.fact("Mã gói tin", clean(doc.Origin.AxisID))
	p.fact("Ghi chú", clean(m.Note))
	p.add("")
	p.add("%s", headStyle.Render("Đã làm"))
	for _, h := range incomingHistory(doc) {
		p.para("  ", "    ", h)
	}
	return p.lines
}

func dated(m inbox.Metadata) string {
	switch {
	case !m.Date.IsZero():
		return " ngày " + m.Date.String()
	case m.DateRaw != "":
		return " ngày ghi là “" + clean(m.DateRaw) + "”"
	}
	return " (không rõ ngày)"
}

func dueWords(d document.Date) string {
	if d.IsZero() {
		return ""
	}
	return d.String() + " (" + weekday(d) + ")"
}

func arrival(o inbox.Origin) string {
	text := moment(o.Arrived)
	if o.From != "" {
		text += ", từ " + clean(string(o.From))
	}
	return text + ", " + bytesText(o.Size)
}

func refs(rs []document.Ref) string {
	var parts []string
	for _, r := range rs {
		parts = append(parts, clean(r.Reference.String()))
	}
	return strings.Join(parts, "; ")
}

func (d *incomingDocument) files(p *page) {
	for i, f := range d.doc.Files {
		label := ""
		if i == 0 {
			label = "Tệp"
		}
		p.fact(fit(label, 6), fmt.Sprintf("%d. %s (%s)", i+1, clean(f.Name), bytesText(f.Size)))
	}
	if len(d.doc.Files) == 0 && d.doc.State != inbox.Quarantined {
		p.fact("Tệp", "không có tệp nào")
	}
}

// history is what was done with a document, oldest first.
func incomingHistory(doc inbox.Document) []string {
	h := []string{moment(doc.Origin.Arrived) + "  Gói tin đến"}
	add := func(when, what string) { h = append(h, when+"  "+clean(what)) }
	if e := doc.Entry; e != nil {
		add(moment(e.At), fmt.Sprintf("Vào sổ số đến %d, ngày đến %s (%s)", e.Number, e.Date, e.By))
	}
	if r := doc.Refusal; r != nil {
		add(moment(r.At), fmt.Sprintf("Từ chối: %s (%s)", r.Reason, r.By))
	}
	if s := doc.Submission; s != nil {
		add(moment(s.At), fmt.Sprintf("Trình %s (%s)", s.To, s.By))
	}
	if v := doc.Directive; v != nil {
		add(moment(v.At), directiveText(*v))
	}
	for _, o := range append(doc.Earlier[:len(doc.Earlier):len(doc.Earlier)], handOvers(doc)...) {
		add(moment(o.At), fmt.Sprintf("Chuyển giao %s%s (%s)", o.To, by(o.Due), o.By))
	}
	for _, n := range doc.Progress {
		add(moment(n.At), fmt.Sprintf("Tiến độ: %s (%s)", n.Text, n.By))
	}
	if c := doc.Completion; c != nil {
		add(moment(c.At), strings.Join(strings.Fields(fmt.Sprintf("Hoàn thành. %s %s (%s)", c.Note, c.Reply, c.By)), " "))
	}
	for _, r := range doc.Reported {
		add(moment(r.At), fmt.Sprintf("Báo nơi gửi: %s (%s)", r.Code.Name(), r.Code))
	}
	return h
}

func handOvers(doc inbox.Document) []inbox.HandOver {
	if doc.HandOver == nil {
		return nil
	}
	return []inbox.HandOver{*doc.HandOver}
}

func directiveText(v inbox.Directive) string {
	text := "Ý kiến của " + v.By
	if v.Text != "" {
		text += ": " + v.Text
	}
	text = strings.TrimRight(text, ". ") + ". Chủ trì: " + v.Lead
	if len(v.Support) > 0 {
		text += "; phối hợp: " + strings.Join(v.Support, ", ")
	}
	return text + by(v.Due)
}

func by(due document.Date) string {
	if due.IsZero() {
		return ""
	}
	return ", hạn " + due.String()
}
