package ui

import (
	"context"
	"errors"

	"vanthu/internal/document"
)

// notice is what the last act came to; the next key takes it away.
type notice struct {
	kind       noticeKind
	what, next string
}

type noticeKind int

const (
	none noticeKind = iota
	done
	warning
	failure
)

func (m *Model) say(what string)  { m.notice = notice{kind: done, what: clean(what)} }
func (m *Model) warn(what string) { m.notice = notice{kind: warning, what: clean(what)} }

// problem shows an error in the clerk's words.
func (m *Model) problem(err error) {
	if errors.Is(err, context.Canceled) {
		return
	}
	what, next := m.explain(err)
	m.notice = notice{kind: failure, what: what, next: next}
}

// explain says what an error means and what to do next, in Vietnamese.
func (m *Model) explain(err error) (what, next string) {
	var p *document.Problem
	switch {
	case errors.As(err, &p):
		what, next = p.What, p.Next
	case m.o.Explain != nil:
		what, next = m.o.Explain(err)
	default:
		what = "Không làm được: " + err.Error()
	}
	return clean(what), clean(next)
}

// lines draws the notice.
func (n notice) lines(w int) []string {
	var out []string
	style, mark := goodStyle, "Xong: "
	switch n.kind {
	case none:
		return nil
	case warning:
		style, mark = urgentStyle, "Chưa được: "
	case failure:
		style, mark = wrongStyle, "Lỗi: "
	}
	for i, l := range wrap(mark+n.what, w) {
		if i < 2 {
			out = append(out, style.Render(cut(l, w)))
		}
	}
	if n.next == "" {
		return out
	}
	for i, l := range wrap("Việc cần làm: "+n.next, w) {
		if i < 2 {
			out = append(out, cut(l, w))
		}
	}
	return out
}
