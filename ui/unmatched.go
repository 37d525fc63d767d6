package ui

import (
	"context"

	tea "charm.land/bubbletea/v2"

	"vanthu/outbox"
	"vanthu/store"
)

// unmatched stands on the board for reports that fit no outgoing document.
const unmatched outbox.State = "unmatched"

// newUnmatched lists those reports until the clerk has looked at them.
func newUnmatched() *listScreen[outbox.Feedback] {
	return &listScreen[outbox.Feedback]{
		title: "Báo nhận không khớp văn bản đi nào", views: []string{""}, kind: 0,
		p: newPager(nil, func(f outbox.Feedback) string { return f.AxisID }),
		source: func(m *Model, _ int, _ string) source[outbox.Feedback] {
			desk := m.o.Outbox
			return func(after store.Cursor, limit int) ([]outbox.Feedback, store.Cursor, error) {
				all, err := desk.Unmatched()
				rows, next := slice(all, after, limit)
				return rows, next, err
			}
		},
		columns: func(int) []column {
			return []column{{"Nhận lúc", 16, false}, {"Nơi báo", 24, false}, {"Về văn bản", 16, false}, {"Vì sao không khớp", 0, false}}
		},
		cells: func(f outbox.Feedback) []string {
			return []string{moment(f.At), shortName(f.From.Name), clean(f.For.Reference.String()), clean(f.Problem)}
		},
		opened: func(m *Model, f outbox.Feedback) tea.Cmd { return m.push(feedbackPage(m, f)) },
		tips: func(*listScreen[outbox.Feedback]) string {
			return "Enter xem từng báo nhận; xem xong có thể cất đi. Esc để quay lại."
		},
	}
}

// feedbackPage shows one report; Enter puts it aside.
func feedbackPage(m *Model, f outbox.Feedback) *question {
	desk, id := m.o.Outbox, f.AxisID
	q := &question{
		title: "Báo nhận không khớp",
		next:  "Enter để cất đi (vẫn giữ trong kho); Esc để quay lại.",
		lines: []string{
			"Nơi báo:    " + agencyText(f.From),
			"Về văn bản: " + clean(f.For.Reference.String()) + " ngày " + f.For.Date.String(),
			"Trạng thái: " + f.Code.Name(),
			"Nội dung:   " + clean(f.Text),
			"Người báo:  " + clean(f.Staff.Name+" "+f.Staff.Mobile),
			"Nhận lúc:   " + moment(f.At),
			"Vì sao không khớp: " + clean(f.Problem),
		},
	}
	q.yes = func(m *Model, b *base) tea.Cmd {
		return b.run(m, "Đang cất báo nhận", func(context.Context) (any, error) { return nil, desk.Dismiss(id) })
	}
	q.done = func(m *Model, v any) tea.Cmd { return m.done(v, "Đã cất báo nhận.") }
	return q
}
