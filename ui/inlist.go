package ui

import (
	"strconv"
	"strings"

	tea "charm.land/bubbletea/v2"
	"charm.land/lipgloss/v2"

	"vanthu/inbox"
	"vanthu/internal/document"
	"vanthu/store"
)

// incomingView is one view of the incoming list.
type incomingView struct {
	name   string
	filter inbox.Filter
}

func incomingViews() []incomingView {
	views := []incomingView{{"Cần làm", inbox.Filter{Open: true}}}
	for _, s := range inbox.States() {
		views = append(views, incomingView{s.Name(), inbox.Filter{State: s}})
	}
	return append(views,
		incomingView{"Chậm đăng ký", inbox.Filter{Late: true}},
		incomingView{"Hết hạn hôm nay", inbox.Filter{DueToday: true}},
		incomingView{"Quá hạn", inbox.Filter{Overdue: true}},
		incomingView{"Tất cả", inbox.Filter{}})
}

// incomingViewOf is the number of the view with a filter, 0 when there is none.
func incomingViewOf(f inbox.Filter) int {
	for i, v := range incomingViews() {
		if v.filter == f {
			return i
		}
	}
	return 0
}

func newIncomingList() *listScreen[inbox.Summary] {
	views := incomingViews()
	l := &listScreen[inbox.Summary]{
		title: "Văn bản đến", kind: incoming,
		p: newPager(nil, func(s inbox.Summary) string { return s.ID }),
		source: func(m *Model, view int, text string) source[inbox.Summary] {
			desk, f := m.o.Inbox, views[view].filter
			f.Text = text
			return func(after store.Cursor, limit int) ([]inbox.Summary, store.Cursor, error) {
				return desk.List(f, store.Window{After: after, Limit: limit})
			}
		},
		columns: incomingColumns,
		cells:   incomingCells,
		style:   func(s inbox.Summary) (lipgloss.Style, bool) { return urgentStyle, pressing(s) },
		opened:  func(m *Model, s inbox.Summary) tea.Cmd { return m.push(newIncomingDocument(m, s.ID)) },
		tips:    incomingListHint,
	}
	for _, v := range views {
		l.views = append(l.views, v.name)
	}
	return l
}

// pressing tells a row that should be seen first: urgent and waiting, or late.
func pressing(s inbox.Summary) bool {
	return s.State.Open() && (s.Overdue || s.Urgency > document.Normal)
}

func incomingListHint(l *listScreen[inbox.Summary]) string {
	s, ok := l.p.current()
	switch {
	case !ok && l.filter.String() != "":
		return "Không văn bản nào khớp; Esc để bỏ lọc."
	case !ok:
		return "Nhóm này chưa có văn bản. → xem nhóm khác; văn bản mới tự hiện ở đây khi có mạng."
	case s.State == inbox.Received:
		return "Chọn văn bản bằng ↑ ↓, Enter mở ra xem rồi đăng ký vào sổ hoặc từ chối."
	}
	return "Enter mở văn bản để làm bước tiếp theo; → xem nhóm trạng thái khác; / để lọc."
}

func incomingColumns(w int) []column {
	issuer := min(40, w/5-2)
	if w < 70 {
		issuer = -1
	}
	return []column{{"Khẩn", 4, false}, {"Số đến", 8, false}, {"Số, ký hiệu", 14, false},
		{"Cơ quan ban hành", issuer, false}, {"Trích yếu nội dung", 0, false}, {"Hạn", 6, false}}
}

func incomingCells(s inbox.Summary) []string {
	return []string{urgencyMark(s.Urgency), arrivalText(s), clean(s.Code.String()), shortName(s.Issuer.Name),
		clean(s.Subject), dueText(s)}
}

// shortName is a body's name for a narrow column.
func shortName(name string) string {
	return strings.NewReplacer("Ủy ban nhân dân", "UBND", "Uỷ ban nhân dân", "UBND", "ỦY BAN NHÂN DÂN", "UBND", "Hội đồng nhân dân", "HĐND").Replace(clean(name))
}

// urgencyMark is the short form of an urgency, "" for a normal document.
func urgencyMark(u document.Urgency) string {
	switch u {
	case document.Urgent:
		return "K"
	case document.VeryUrgent:
		return "TK"
	case document.Express:
		return "HT"
	case document.ExpressTimed:
		return "HTHG"
	}
	return ""
}

// arrivalText is the arrival number, or what there is before one.
func arrivalText(s inbox.Summary) string {
	switch {
	case s.Number > 0:
		return strconv.Itoa(s.Number)
	case s.State == inbox.Received:
		return "chờ nhận"
	case s.State == inbox.Refused:
		return "từ chối"
	case s.State == inbox.Quarantined:
		return "gói hỏng"
	}
	return ""
}

// dueText is day and month of the limit, with "!" when it has passed.
func dueText(s inbox.Summary) string {
	d := s.Due
	if d.IsZero() {
		d = s.RegisterBy
	}
	if d.IsZero() {
		return ""
	}
	text := d.String()[:5]
	if s.Overdue {
		text += "!"
	}
	return text
}
