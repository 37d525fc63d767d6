package ui

import (
	"context"
	"fmt"
	"time"

	tea "charm.land/bubbletea/v2"
	"charm.land/lipgloss/v2"

	"vanthu/internal/document"
	"vanthu/store"
)

// newQueue lists the jobs of the link: what waits, why, and when it is tried again.
func newQueue(m *Model) *listScreen[Job] {
	l := &listScreen[Job]{
		title: "Hàng đợi gửi, nhận", kind: queueing, views: []string{""},
		p: newPager(nil, func(j Job) string { return j.ID }),
		source: func(m *Model, _ int, _ string) source[Job] {
			if m.o.Link == nil {
				return func(store.Cursor, int) ([]Job, store.Cursor, error) { return nil, "", nil }
			}
			return m.o.Link.Jobs
		},
		above:   m.weather,
		columns: queueColumns,
		cells:   func(j Job) []string { return queueCells(m.link, j) },
		style:   func(j Job) (lipgloss.Style, bool) { return urgentStyle, j.Held },
		opened:  func(m *Model, j Job) tea.Cmd { return m.push(jobPage(j)) },
		acts:    queueActs,
		after:   queueAfter,
		forbids: func(l *listScreen[Job], a action) string { return queueForbids(m, l, a) },
		tips:    func(l *listScreen[Job]) string { return queueHint(m, l) },
	}
	if m.o.Link != nil {
		l.p.skip = m.o.Link.SkipJobs
	}
	return l
}

// What the acts of the queue came to.
type (
	retried  struct{}
	woken    struct{}
	switched struct{ on bool }
	paused   struct{}
	resumed  struct{}
	lifted   struct{}
)

func queueColumns(w int) []column {
	next, title := 12, min(44, (w-33)*2/3) // the title tells jobs apart; the reason is read whole with Enter
	if w < 70 {
		next, title = -1, (w-21)*2/3
	}
	return []column{{"Trạng thái", 12, false}, {"Việc", title, false}, {"Lần", 3, true}, {"Lý do", 0, false}, {"Thử lại", next, false}}
}

func queueCells(l LinkState, j Job) []string {
	next := shortMoment(j.NextTry)
	if j.Held || j.Running {
		next = ""
	}
	reason := clean(j.Reason)
	if held := l.waitsFor(j); held != "" {
		reason, next = held, ""
	}
	return []string{jobState(j), jobTitle(j), fmt.Sprint(j.Attempts), reason, next}
}

// jobState is what a job is at, and how far.
func jobState(j Job) string {
	way := "gửi"
	if j.Kind == "fetch" || j.Kind == "agencies" {
		way = "nhận"
	}
	switch {
	case j.Held:
		return "cần xem"
	case j.Running && j.Total > 0:
		return way + " " + shareText(j)
	case j.Running && j.Done > 0:
		return way + " " + bytesText(j.Done)
	case j.Running:
		return "đang " + way
	case j.Done > 0 && j.Total > 0:
		return "chờ, đã " + shareText(j)
	}
	return "chờ"
}

// shareText is the part of a job that is done; what others told us of it may lie.
func shareText(j Job) string {
	return fmt.Sprintf("%d%%", int(100*min(1, max(0, float64(j.Done)/float64(j.Total)))))
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

func queueHint(m *Model, l *listScreen[Job]) string {
	j, ok := l.p.current()
	switch {
	case ok && j.Held:
		return "Việc này cần văn thư xem lý do (Enter), xử lý rồi nhấn r để thử lại."
	case m.o.Link != nil && !m.link.On:
		return "Mạng đang tắt: văn bản mới chưa về, việc gửi chờ ở đây. Nhấn m để mở lại."
	case m.link.Hold == Paused:
		return "Gửi, nhận đang tạm dừng; mọi việc khác vẫn làm được. Nhấn c để chạy tiếp."
	case !ok:
		return "Hàng đợi trống: mọi việc gửi, nhận đã xong."
	case m.link.Hold == QuietHours:
		return "Việc thường tự đi khi hết giờ yên lặng. Nhấn u nếu muốn gửi, nhận ngay."
	case m.link.Hold == OverBudget:
		return "Việc thường tự đi khi sang ngày mới. Nhấn b nếu hôm nay không cần tính hạn mức."
	}
	return "Các việc này tự làm khi có mạng; không cần chờ. Nhấn u để gửi, nhận ngay."
}

func queueForbids(m *Model, l *listScreen[Job], a action) string {
	switch a {
	case retry, sendNow, linkOnOff, pause, resume, liftBudget:
		if m.o.Link == nil {
			return "Phiên này không nối mạng."
		}
	}
	j, some := l.p.current()
	switch {
	case a == retry && !some:
		return "Không có việc nào để thử lại."
	case a == retry && j.Running:
		return "Việc này đang chạy."
	case a == sendNow && !m.link.On:
		return "Mạng đang tắt; nhấn m để mở lại."
	case a == sendNow && m.link.Hold == Paused:
		return "Đang tạm dừng; nhấn c để chạy tiếp."
	case a == pause && m.link.Hold == Paused:
		return "Đang tạm dừng rồi; nhấn c để chạy tiếp."
	case a == resume && m.link.Hold != Paused:
		return "Không có gì đang tạm dừng."
	case a == liftBudget && m.link.Budget <= 0:
		return "Cơ quan không đặt hạn mức mỗi ngày."
	case a == liftBudget && m.link.Lifted:
		return "Hôm nay đã bỏ hạn mức rồi."
	}
	return ""
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
		return l.run(m, "Đang gọi kết nối", func(context.Context) (any, error) { return woken{}, link.SendNow() })
	case pause:
		return l.run(m, "Đang tạm dừng", func(context.Context) (any, error) { return paused{}, link.Pause(time.Time{}) })
	case resume:
		return l.run(m, "Đang cho chạy tiếp", func(context.Context) (any, error) { return resumed{}, link.Resume() })
	case liftBudget:
		return l.run(m, "Đang bỏ hạn mức", func(context.Context) (any, error) { return lifted{}, link.LiftBudget() })
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
	case paused:
		return "Đã tạm dừng gửi, nhận; đóng rồi mở lại chương trình vẫn nhớ."
	case resumed:
		return "Gửi, nhận chạy tiếp; việc dở dang đi tiếp từ chỗ đã dừng."
	case lifted:
		return "Hôm nay không tính hạn mức nữa; từ 0 giờ tính lại như thường."
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
	switch {
	case j.Done > 0 && j.Total > 0:
		lines = append(lines, "Đã truyền:  "+bytesText(j.Done)+" trong "+bytesText(j.Total))
	case j.Done > 0:
		lines = append(lines, "Đã truyền:  "+bytesText(j.Done))
	case j.Size > 0:
		lines = append(lines, "Dung lượng: "+bytesText(j.Size))
	}
	if j.Urgency > document.Normal {
		lines = append(lines, "Độ khẩn:    "+j.Urgency.String())
	}
	q := &question{title: "Việc trong hàng đợi", lines: lines, next: "Enter hoặc Esc để quay lại hàng đợi."}
	q.yes = func(m *Model, _ *base) tea.Cmd { return m.pop() }
	return q
}
