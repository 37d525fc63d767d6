package ui

import (
	"fmt"

	tea "charm.land/bubbletea/v2"
	"charm.land/lipgloss/v2"

	"vanthu/internal/document"
	"vanthu/outbox"
	"vanthu/store"
)

// outgoingView is one view of the outgoing list.
type outgoingView struct {
	name   string
	filter outbox.Filter
}

func outgoingViews() []outgoingView {
	views := []outgoingView{{"Tất cả", outbox.Filter{}}, {"Đang làm", outbox.Filter{Open: true}}}
	for _, s := range outbox.States() {
		views = append(views, outgoingView{s.Name(), outbox.Filter{State: s}})
	}
	return views
}

func outgoingViewOf(s outbox.State) int {
	for i, v := range outgoingViews() {
		if s != "" && v.filter.State == s {
			return i
		}
	}
	return 0
}

func newOutgoingList() *listScreen[outbox.Summary] {
	views, marked := outgoingViews(), &marks{}
	l := &listScreen[outbox.Summary]{
		title: "Văn bản đi", kind: outgoing,
		p: newPager(nil, func(s outbox.Summary) string { return s.ID }),
		source: func(m *Model, view int, text string) source[outbox.Summary] {
			desk, f := m.o.Outbox, views[view].filter
			f.Text = text
			return func(after store.Cursor, limit int) ([]outbox.Summary, store.Cursor, error) {
				return desk.List(f, store.Window{After: after, Limit: limit})
			}
		},
		columns: outgoingColumns,
		cells:   func(s outbox.Summary) []string { return marked.on(s, outgoingCells(s)) },
		style: func(s outbox.Summary) (lipgloss.Style, bool) {
			return urgentStyle, s.Failed+s.Refused > 0 || s.State.Open() && s.Urgency > document.Normal
		},
		opened: func(m *Model, s outbox.Summary) tea.Cmd { return m.push(newOutgoingDocument(s.ID)) },
		acts: func(m *Model, l *listScreen[outbox.Summary], a action) tea.Cmd {
			return outgoingListActs(m, l, marked, a)
		},
		tips: outgoingListHint, above: marked.above,
		forbids: func(l *listScreen[outbox.Summary], a action) string {
			if _, ok := l.p.current(); !ok && (a == mark || a == signMany || a == sealMany) {
				return "Danh sách không có văn bản nào để ký."
			}
			return ""
		},
	}
	for _, v := range views {
		l.views = append(l.views, v.name)
	}
	return l
}

func outgoingListHint(l *listScreen[outbox.Summary]) string {
	s, ok := l.p.current()
	switch {
	case !ok && l.filter.String() != "":
		return "Không văn bản nào khớp; Esc để bỏ lọc."
	case !ok:
		return "Nhấn n để soạn văn bản đi: chọn tệp PDF, tên loại, trích yếu, người ký, nơi nhận."
	case s.State == outbox.Drafting && !s.Forwarded:
		return "Enter mở văn bản để làm bước tiếp theo. Nhiều dự thảo chờ ký: s để ký cả, một lần PIN; chỉ vài văn bản thì Space chọn từng dòng trước."
	case s.State == outbox.Numbered:
		return "Enter mở văn bản để làm bước tiếp theo. Nhiều văn bản chờ cơ quan ký số: d để ký cả, một lần PIN; chỉ vài văn bản thì Space chọn từng dòng trước."
	case s.State.Open():
		return "Enter mở văn bản để làm bước tiếp theo: ký, cấp số, ký số của cơ quan, phát hành. n để soạn mới."
	}
	return "Enter xem nơi nhận đã nhận đến đâu; n để soạn văn bản mới; / để lọc."
}

func outgoingListActs(m *Model, l *listScreen[outbox.Summary], marked *marks, a action) tea.Cmd {
	s, ok := l.p.current()
	switch a {
	case draft:
		return m.push(draftForm(m))
	case mark:
		if ok && marked.toggle(m, s) {
			l.p.move(1)
			return l.p.follow(m, &l.base)
		}
	case signMany:
		ids := marked.taken(outbox.Drafting)
		var signer document.Signer // of the first document, unless the clerk stands on one
		if ok && s.State == outbox.Drafting && ids == nil {
			signer = s.Signer
		}
		return m.push(newBatch(outbox.EventSign, ids, signer))
	case sealMany:
		return m.push(newBatch(outbox.EventSeal, marked.taken(outbox.Numbered), document.Signer{}))
	}
	return nil
}

func outgoingColumns(w int) []column {
	delivered := 16
	if w < 70 {
		delivered = -1
	}
	return []column{{"Khẩn", 4, false}, {"Trạng thái", 16, false}, {"Số, ký hiệu", 14, false},
		{"Trích yếu nội dung", 0, false}, {"Nơi nhận", delivered, false}}
}

func outgoingCells(s outbox.Summary) []string {
	code := clean(s.Code.String())
	if code == "" {
		code = clean(s.TypeName)
	}
	return []string{urgencyMark(s.Urgency), s.State.Name(), code, clean(s.Subject), deliveryText(s)}
}

// deliveryText is how far the copies have come, in few words.
func deliveryText(s outbox.Summary) string {
	switch {
	case s.Failed > 0:
		return fmt.Sprintf("%d/%d gửi lỗi", s.Failed, s.Recipients)
	case s.Refused > 0:
		return fmt.Sprintf("%d/%d từ chối", s.Refused, s.Recipients)
	case s.State == outbox.Issued && s.Waiting > 0:
		return fmt.Sprintf("%d/%d chưa gửi", s.Waiting, s.Recipients)
	case s.State == outbox.Issued && s.Accepted > 0:
		return fmt.Sprintf("%d/%d tiếp nhận", s.Accepted, s.Recipients)
	case s.State == outbox.Issued:
		return fmt.Sprintf("đã gửi %d", s.Recipients)
	case s.Recipients > 0:
		return fmt.Sprintf("%d nơi", s.Recipients)
	}
	return ""
}
