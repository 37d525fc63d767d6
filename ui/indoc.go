package ui

import (
	"context"
	"errors"
	"fmt"

	tea "charm.land/bubbletea/v2"

	"vanthu/inbox"
	"vanthu/internal/document"
)

// incomingDocument is one incoming document: what is known, its files and their
// signatures, what was done, and the acts that come next.
type incomingDocument struct {
	base
	scroll
	id       string
	doc      inbox.Document
	loaded   bool
	checking bool
	reason   func(code string) string
}

func newIncomingDocument(m *Model, id string) *incomingDocument {
	d := &incomingDocument{id: id, reason: m.o.Reason}
	if d.reason == nil {
		d.reason = func(code string) string { return "Mã lý do: " + code }
	}
	return d
}

func (d *incomingDocument) Title() string {
	switch {
	case !d.loaded:
		return "Văn bản đến"
	case d.doc.Entry != nil:
		return fmt.Sprintf("Văn bản đến số %d: %s", d.doc.Entry.Number, clean(d.doc.Meta().Code.String()))
	}
	return "Văn bản đến: " + clean(d.doc.Meta().Code.String())
}

func (d *incomingDocument) place() place { return browsing | reading | incomingD }

// hint leads through the document's life, one step after the other.
func (d *incomingDocument) hint() string {
	if !d.loaded {
		return ""
	}
	switch d.doc.State {
	case inbox.Received:
		return "Xem chữ ký số và tệp; đúng thì nhấn d đăng ký để lấy số đến, sai nơi nhận hay lỗi thì nhấn x từ chối."
	case inbox.Registered:
		return "Nhấn t để trình lãnh đạo, c chuyển giao ngay nếu quy chế đã định sẵn nơi nhận, nhấn n mở văn bản chờ tiếp nhận kế tiếp."
	case inbox.Submitted:
		return "Khi lãnh đạo cho ý kiến, nhấn b để ghi: ai chủ trì, ai phối hợp, hạn đến ngày nào."
	case inbox.Directed:
		return "Nhấn c để chuyển giao cho đơn vị, người chủ trì."
	case inbox.HandedOver, inbox.InProgress:
		return "Nhấn p ghi tiến độ, a soạn văn bản trả lời, h khi việc đã xong."
	case inbox.Quarantined:
		return "Gói tin không đọc được: nhấn x để ghi lý do trả lại, và báo nơi gửi gửi lại."
	}
	if d.doc.State == inbox.Refused {
		return "Đã từ chối, văn bản không vào sổ đến. Nhấn n mở văn bản chờ tiếp nhận kế tiếp, Esc để quay lại."
	}
	return "Việc với văn bản này đã kết thúc. Nhấn l để lưu tệp, f để chuyển tiếp, Esc để quay lại."
}

// eventOf is the desk's event for an act, "" for acts that change no state.
func eventOf(a action) inbox.Event {
	switch a {
	case register:
		return inbox.EventRegister
	case refuse:
		return inbox.EventRefuse
	case submit:
		return inbox.EventSubmit
	case direct:
		return inbox.EventDirect
	case handOver:
		return inbox.EventHandOver
	case progress:
		return inbox.EventProgress
	case complete:
		return inbox.EventComplete
	}
	return ""
}

func (d *incomingDocument) refuses(a action) string {
	if e := eventOf(a); e != "" {
		_, err := inbox.Step(d.doc.State, e)
		return reasonOf(err)
	}
	switch a {
	case nextWaiting:
		if d.doc.State == inbox.Received || d.doc.State == inbox.Quarantined {
			return "Đăng ký hoặc từ chối văn bản này trước; Esc để về danh sách."
		}
	case save:
		if len(d.doc.Files) == 0 {
			return "Văn bản không có tệp nào."
		}
	case forward:
		return reasonOf(d.doc.MayForward())
	case answer:
		if d.doc.Entry == nil {
			return "Đăng ký văn bản trước khi soạn trả lời."
		}
	}
	return ""
}

// reasonOf is a refusal in one sentence with what to do instead, "" for nil.
func reasonOf(err error) string {
	var p *document.Problem
	switch {
	case err == nil:
		return ""
	case errors.As(err, &p):
		return clean(p.What + " " + p.Next)
	}
	return clean(err.Error())
}

func (d *incomingDocument) load(m *Model, quiet bool) tea.Cmd {
	desk, id := m.o.Inbox, d.id
	work := func(context.Context) (any, error) { return desk.Get(id) }
	if quiet && d.loaded {
		return d.quietly(m, work)
	}
	return d.ask(m, "Đang đọc văn bản", work)
}

func (d *incomingDocument) take(m *Model, v any) tea.Cmd {
	if c, failed := v.(checkFailed); failed {
		d.checking = false
		m.problem(c.err)
	}
	if w, ok := v.(waitingNext); ok {
		return w.open(m)
	}
	doc, ok := v.(inbox.Document)
	if !ok {
		return nil
	}
	first := !d.loaded
	if doc.State != d.doc.State {
		d.top = 0
	}
	d.doc, d.loaded = doc, true
	if doc.Check != nil {
		d.checking = false
	}
	if first && doc.Check == nil {
		return d.check(m)
	}
	return nil
}

// check verifies the signatures beside the screen; the clerk reads on meanwhile.
func (d *incomingDocument) check(m *Model) tea.Cmd {
	if m.o.Inbox.Verifier == nil || !hasPDF(d.doc) || d.checking {
		return nil
	}
	d.checking = true
	desk, id := m.o.Inbox, d.id
	return d.quietly(m, func(ctx context.Context) (any, error) {
		doc, err := desk.Inspect(ctx, id)
		if err != nil {
			return checkFailed{err}, nil
		}
		return doc, nil
	})
}

// checkFailed is a check that could not be done.
type checkFailed struct{ err error }

func hasPDF(doc inbox.Document) bool {
	for _, f := range doc.Files {
		if f.Kind == "pdf" {
			return true
		}
	}
	return false
}

func (d *incomingDocument) do(m *Model, a action) tea.Cmd {
	if d.move(a) {
		return nil
	}
	if !d.loaded && a != back {
		return nil
	}
	switch a {
	case back:
		return m.pop()
	case check:
		return d.check(m)
	case nextWaiting:
		return d.findNext(m)
	case register:
		return m.push(registerForm(m, d.doc))
	case refuse:
		return m.push(refuseForm(m, d.doc))
	case submit:
		return m.push(submitForm(m, d.doc))
	case direct:
		return m.push(directForm(m, d.doc))
	case handOver:
		return m.push(handOverForm(m, d.doc))
	case progress:
		return m.push(progressForm(m, d.doc))
	case complete:
		return m.push(completeForm(m, d.doc))
	case save:
		return m.push(saveIncoming(m, d.doc))
	case forward:
		return m.push(forwardForm(m, d.doc))
	case answer:
		return m.push(answerForm(m, d.doc))
	}
	return nil
}

func (d *incomingDocument) Render(width, height int) string {
	p := page{width: width, height: height}
	if d.loaded {
		p.lines = d.window(d.lines(width), height)
	}
	return p.String()
}
