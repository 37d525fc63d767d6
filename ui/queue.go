package ui

import (
	"context"
	"fmt"

	tea "charm.land/bubbletea/v2"
	"charm.land/lipgloss/v2"

	"vanthu/internal/document"
	"vanthu/store"
)

// newQueue lists the jobs of the link: what waits, why, and when it is tried again.
func newQueue(m *Model) *listScreen[Job] {
	return &listScreen[Job]{
		title: "Hàng đợi gửi, nhận", kind: queueing, views: []string{""},
		p: newPager(nil, func(j Job) string { return j.ID }),
		source: func(m *Model, _ int, _ string) source[Job] {
			link := m.o.Link
			return func(after store.Cursor, limit int) ([]Job, store.Cursor, error) {
				if link == nil {
					return nil, "", nil
				}
				jobs, err := link.Jobs()
				rows, next := slice(jobs, after, limit)
				return rows, next, err
			}
		},
		columns: queueColumns,
		cells:   queueCells,
		style:   func(j Job) (lipgloss.Style, bool) { return urgentStyle, j.Held },
		opened:  func(m *Model, j Job) tea.Cmd { return m.push(jobPage(j)) },
		acts:    queueActs,
		after:   queueAfter,
		forbids: queueForbids(m.o.Link != nil),
		tips:    func(l *listScreen[Job]) string { return queueHint(l, m.o.Link != nil && !m.link.On) },
	}
}

// retried, woken and switched are what the acts of the queue came to.
type (
	retried  struct{}
	woken    struct{}
	switched struct{ on bool }
)

func queueColumns(w int) []column {
	next, title := 12, min(44, (w-32)*2/3) // the title tells jobs apart; the reason is read whole with Enter
	if w < 70 {
		next, title = -1, (w-20)*2/3
	}
	return []column{{"Trạng thái", 11, false}, {"Việc", title, false}, {"Lần", 3, true}, {"Lý do", 0, false}, {"Thử lại", next, false}}
}

func queueCells(j Job) []string {
	next := shortMoment(j.NextTry)
	if j.Held {
		next = ""
	}
	return []string{jobState(j), jobTitle(j), fmt.Sprint(j.Attempts), clean(j.Reason), next}
}

func jobState(j Job) string {
	switch {
	case j.Running && j.Total > 0:
		return fmt.Sprintf("đang gửi %d%%", 100*j.Done/j.Total)
	case j.Running:
		return "đang chạy"
	case j.Held:
		return "cần xem"
	}
	return "chờ"
}

func jobTitle(j Job) string {
	if j.Title != "" {
		return clean(j.Title)
	}
	names := map[string]string{"fetch": "Nhận gói tin", "ack": "Báo Trục đã nhận", "send": "Gửi văn bản", "status": "Báo trạng thái", "agencies": "Cập nhật danh sách cơ quan"}
	if n := names[j.Kind]; n != "" {
		return n
	}
	return clean(j.Kind)
}

func queueHint(l *listScreen[Job], off bool) string {
	j, ok := l.p.current()
	switch {
	case off && !j.Held:
		return "Mạng đang tắt: văn bản mới chưa về, việc gửi chờ ở đây. Nhấn m để mở lại."
	case !ok:
		return "Hàng đợi trống: mọi việc gửi, nhận đã xong."
	case j.Held:
		return "Việc này cần văn thư xem lý do (Enter), xử lý rồi nhấn r để thử lại."
	}
	return "Các việc này tự làm khi có mạng; không cần chờ. Nhấn u để gửi, nhận ngay."
}

func queueForbids(linked bool) func(*listScreen[Job], action) string {
	return func(l *listScreen[Job], a action) string {
		switch a {
		case retry, sendNow, linkOnOff:
			if !linked {
				return "Phiên này không nối mạng."
			}
		}
		if _, ok := l.p.current(); a == retry && !ok {
			return "Không có việc nào để thử lại."
		}
		return ""
	}
}

func queueActs(m *Model, l *listScreen[Job], a action) tea.Cmd {
	link := m.o.Link
	switch a {
	case retry:
		j, _ := l.p.current()
		return l.run(m, "Đang xếp lại việc", func(context.Context) (any, error) {
			return retried{}, link.Retry(j.ID)
		})
	case sendNow:
		return l.run(m, "Đang gọi kết nối", func(context.Context) (any, error) {
			link.Wake()
			return woken{}, nil
		})
	case linkOnOff:
		on := !m.link.On
		return l.run(m, "Đang đổi kết nối", func(context.Context) (any, error) {
			link.Set(on)
			return switched{on}, nil
		})
	}
	return nil
}

func queueAfter(_ *Model, v any) string {
	switch v := v.(type) {
	case retried:
		return "Việc đã được xếp lại để thử ngay."
	case switched:
		if v.on {
			return "Đã bật kết nối; việc trong hàng đợi bắt đầu chạy."
		}
		return "Đã tắt kết nối; mọi việc vẫn làm được, gói tin chờ trong hàng đợi."
	}
	return "Đã gọi kết nối; kết quả hiện ở dòng cuối màn hình."
}

// jobPage shows one job in full.
func jobPage(j Job) *question {
	lines := []string{
		"Việc:       " + jobTitle(j),
		"Trạng thái: " + jobState(j),
		"Xếp lúc:    " + moment(j.Created),
		fmt.Sprintf("Đã thử:     %d lần", j.Attempts),
	}
	if j.Reason != "" {
		lines = append(lines, "Lý do:      "+clean(j.Reason))
	}
	if !j.NextTry.IsZero() && !j.Held {
		lines = append(lines, "Thử lại:    "+moment(j.NextTry))
	}
	if j.Size > 0 {
		lines = append(lines, "Dung lượng: "+bytesText(j.Size))
	}
	if j.Urgency > document.Normal {
		lines = append(lines, "Độ khẩn:    "+j.Urgency.String())
	}
	q := &question{title: "Việc trong hàng đợi", lines: lines, next: "Enter hoặc Esc để quay lại hàng đợi."}
	q.yes = func(m *Model, _ *base) tea.Cmd { return m.pop() }
	return q
}
