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

// numberQuestion asks before a number is given: it can never be taken back.
func numberQuestion(m *Model, doc outbox.Document) *question {
	desk, id := m.o.Outbox, doc.ID
	q := &question{
		title: "Cấp số văn bản đi",
		next:  "Enter để cấp số; Esc nếu chưa phát hành hôm nay.",
		lines: []string{
			"Văn bản:  " + clean(doc.Draft.TypeName+" "+doc.Draft.Subject),
			"Người ký: " + signerText(doc.Draft.Signer),
			"",
			"Phần mềm lấy số kế tiếp của sổ văn bản đi và ghi ngày hôm nay, " + document.DateOf(m.o.Clock()).Words() + ".",
			"Số đã cấp không lấy lại và không dùng cho văn bản khác; nếu sau này bỏ văn bản, số vẫn nằm trong sổ kèm lý do.",
		},
	}
	q.yes = func(m *Model, b *base) tea.Cmd {
		return b.run(m, "Đang cấp số", func(context.Context) (any, error) { return desk.AssignNumber(id) })
	}
	q.done = func(m *Model, v any) tea.Cmd {
		doc, _ := v.(outbox.Document)
		return m.done(v, fmt.Sprintf("Đã cấp số %s ngày %s và vào sổ văn bản đi.", doc.Code, doc.Date))
	}
	return q
}

// issueQuestion shows once more who gets the document, by name and code.
func issueQuestion(m *Model, doc outbox.Document, n notes) *question {
	desk, id := m.o.Outbox, doc.ID
	lines := []string{
		"Văn bản: " + clean(strings.TrimSpace(doc.Code.String()+" "+doc.Draft.TypeName+" "+doc.Draft.Subject)),
		fmt.Sprintf("Gửi %d nơi qua Trục liên thông văn bản quốc gia:", len(doc.Draft.Recipients)),
	}
	for _, a := range doc.Draft.Recipients {
		lines = append(lines, "  - "+n.text(a))
	}
	if len(n) > 0 {
		lines = append(lines, "", "Có nơi không nhận văn bản nữa: Esc, sửa nơi nhận bằng phím e, rồi phát hành.")
	}
	lines = append(lines, "",
		"Sau khi phát hành, văn bản rời cơ quan: không sửa được nữa, chỉ có thể thu hồi, đính chính hoặc thay thế bằng văn bản khác.",
		"Không có mạng vẫn phát hành được: gói tin chờ trong hàng đợi và tự gửi khi có mạng.")
	q := &question{title: "Phát hành " + clean(doc.Code.String()), lines: lines,
		next: "Kiểm tra tên và mã từng nơi nhận. Enter để phát hành; Esc để quay lại."}
	q.yes = func(m *Model, b *base) tea.Cmd {
		return b.run(m, "Đang đóng gói tin", func(context.Context) (any, error) { return desk.Issue(id) })
	}
	q.done = func(m *Model, v any) tea.Cmd {
		return m.done(v, "Đã phát hành; gói tin nằm trong hàng đợi và gửi khi có mạng.")
	}
	return q
}

// forwardForm passes an incoming document on as it is, to bodies chosen here.
func forwardForm(m *Model, doc inbox.Document) *form {
	to := agencyField(m, "Nơi nhận")
	to.must = "Chọn ít nhất một nơi nhận."
	note := text("Lời kèm", "", "")
	f := newForm("Chuyển tiếp "+incomingName(doc), "Văn bản được chuyển nguyên văn, chữ ký số giữ nguyên. Ctrl+S rồi xác nhận phát hành.", m.o.Clock, to, note)
	desk := m.o.Outbox
	f.submit = func(m *Model) tea.Cmd {
		w := forwardingOf(doc)
		w.Recipients, w.Note = to.agencies(), note.words()
		return f.run(m, "Đang tạo văn bản chuyển tiếp", func(ctx context.Context) (any, error) { return desk.Forward(ctx, w) })
	}
	f.result = func(m *Model, v any) tea.Cmd {
		out, ok := v.(outbox.Document)
		if !ok {
			return m.pop()
		}
		q := issueQuestion(m, out, nil) // just chosen among those in force
		q.left = "Bản chuyển tiếp chưa phát hành, nằm ở Văn bản đi (phím 3): mở ra, nhấn i để phát hành hoặc x để bỏ."
		return m.replace(q)
	}
	return f
}

// forwardingOf hands the outgoing desk plain values of an incoming document.
func forwardingOf(doc inbox.Document) outbox.Forwarding {
	meta := doc.Meta()
	w := outbox.Forwarding{
		Incoming: doc.ID,
		Original: document.Ref{Organ: meta.Issuer.Code, Reference: meta.Code, Date: meta.Date, ID: meta.DocumentID},
		From:     meta.Issuer, TypeName: meta.TypeName, Subject: meta.Subject, Signer: meta.Signer,
		Urgency: meta.Urgency, Due: meta.Due, Pages: meta.Pages,
	}
	for _, x := range doc.Files {
		w.Files = append(w.Files, outbox.File{Name: x.Name, Hash: x.Hash, Size: x.Size})
	}
	for _, h := range doc.Trace {
		w.Trace = append(w.Trace, outbox.Hop{Organ: h.Organ, Time: h.Time})
	}
	return w
}
