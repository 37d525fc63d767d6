package ui

import (
	"context"
	"fmt"
	"slices"

	tea "charm.land/bubbletea/v2"

	"vanthu/inbox"
	"vanthu/internal/document"
	"vanthu/outbox"
)

// today is the board of what must be done now, the most urgent first.
type today struct {
	base
	rows   []duty
	extra  string // the office's own hint
	chosen int
	top    int
	height int
	loaded bool
}

// duty is one row of the board: how many documents wait for what, and where they are.
type duty struct {
	count  int
	text   string
	urgent bool
	tab    action
	in     inbox.Filter
	out    outbox.State
}

func newToday(hint string) *today { return &today{height: 1, extra: clean(hint)} }

func (t *today) Title() string { return "Hôm nay: việc phải làm" }
func (t *today) place() place  { return browsing | listing }

func (t *today) hint() string {
	if t.loaded && len(t.rows) == 0 {
		return "Không có việc nào đang chờ. Nhấn 3 rồi n để soạn văn bản đi; văn bản đến tự hiện khi có mạng."
	}
	return "Chọn một dòng bằng ↑ ↓ rồi Enter để mở danh sách; làm từ trên xuống, việc gấp ở trên."
}

func (t *today) refuses(a action) string {
	if a == open && len(t.rows) == 0 {
		return "Không có việc nào để mở."
	}
	return ""
}

// board is the answer to load.
type board struct {
	in  inbox.Counts
	out outbox.Counts
}

func (t *today) load(m *Model, quiet bool) tea.Cmd {
	in, out := m.o.Inbox, m.o.Outbox
	work := func(context.Context) (any, error) {
		var b board
		var err error
		if b.in, err = in.Counts(); err != nil {
			return nil, err
		}
		b.out, err = out.Counts()
		return b, err
	}
	if quiet {
		return t.quietly(m, work)
	}
	return t.ask(m, "Đang đếm việc phải làm", work)
}

func (t *today) take(m *Model, v any) tea.Cmd {
	b, ok := v.(board)
	if !ok {
		return nil
	}
	t.loaded = true
	t.rows = t.rows[:0:0]
	for _, d := range append(append(incomingDuties(b.in), outgoingDuties(b.out)...), queueDuty(m.link)) {
		if d.count > 0 {
			t.rows = append(t.rows, d)
		}
	}
	slices.SortStableFunc(t.rows, func(a, b duty) int { return a.rank() - b.rank() })
	t.chosen = max(0, min(t.chosen, len(t.rows)-1))
	return nil
}

func (d duty) rank() int {
	if d.urgent {
		return 0
	}
	return 1
}

func incomingDuties(c inbox.Counts) []duty {
	var rows []duty
	for u := document.ExpressTimed; u > document.Normal; u-- {
		rows = append(rows, duty{c.ByUrgency[u], "văn bản đến " + u.String() + " chờ tiếp nhận", true, goIncoming, inbox.Filter{State: inbox.Received}, ""})
	}
	return append(rows,
		duty{c.Overdue, "văn bản đến quá hạn giải quyết", true, goIncoming, inbox.Filter{Overdue: true}, ""},
		duty{c.DueToday, "văn bản đến hết hạn hôm nay", true, goIncoming, inbox.Filter{DueToday: true}, ""},
		duty{c.Late, "văn bản đến từ hôm trước chưa đăng ký", true, goIncoming, inbox.Filter{Late: true}, ""},
		duty{c.Waiting, "văn bản đến chờ tiếp nhận", false, goIncoming, inbox.Filter{State: inbox.Received}, ""},
		duty{c.ToSubmit, "văn bản đã đăng ký, chờ trình hoặc chuyển giao", false, goIncoming, inbox.Filter{State: inbox.Registered}, ""},
		duty{c.ToDirect, "văn bản đã trình, chờ ý kiến chỉ đạo", false, goIncoming, inbox.Filter{State: inbox.Submitted}, ""},
		duty{c.ToHandOver, "văn bản có ý kiến chỉ đạo, chờ chuyển giao", false, goIncoming, inbox.Filter{State: inbox.Directed}, ""},
		duty{c.Quarantined, "gói tin hỏng cần báo nơi gửi", false, goIncoming, inbox.Filter{State: inbox.Quarantined}, ""},
	)
}

func outgoingDuties(c outbox.Counts) []duty {
	return []duty{
		{c.Failed, "văn bản đi gửi lỗi", true, goOutgoing, inbox.Filter{}, outbox.Issued},
		{c.Refused, "văn bản đi bị nơi nhận từ chối", true, goOutgoing, inbox.Filter{}, outbox.Issued},
		{c.ToIssue, "văn bản đi chờ phát hành", false, goOutgoing, inbox.Filter{}, outbox.Sealed},
		{c.ToSeal, "văn bản đi đã cấp số, chờ ký số của cơ quan", false, goOutgoing, inbox.Filter{}, outbox.Numbered},
		{c.ToNumber, "văn bản đi lãnh đạo đã ký, chờ cấp số", false, goOutgoing, inbox.Filter{}, outbox.Signed},
		{c.Drafts, "dự thảo văn bản đi", false, goOutgoing, inbox.Filter{}, outbox.Drafting},
		{c.Unmatched, "báo nhận không khớp văn bản đi nào", false, goOutgoing, inbox.Filter{}, unmatched},
		{c.Waiting, "văn bản đi đã phát hành, chưa gửi xong", false, goQueue, inbox.Filter{}, ""},
	}
}

func queueDuty(l LinkState) duty {
	return duty{l.Held, "việc trong hàng đợi cần văn thư xem", true, goQueue, inbox.Filter{}, ""}
}

func (t *today) do(m *Model, a action) tea.Cmd {
	switch a {
	case up:
		t.chosen--
	case down:
		t.chosen++
	case pageUp:
		t.chosen -= t.height
	case pageDown:
		t.chosen += t.height
	case first:
		t.chosen = 0
	case last:
		t.chosen = len(t.rows)
	case open:
		return m.openDuty(t.rows[t.chosen])
	}
	t.chosen = max(0, min(t.chosen, len(t.rows)-1))
	return nil
}

// openDuty shows the list that a row of the board counts.
func (m *Model) openDuty(d duty) tea.Cmd {
	cmd := m.goTo(d.tab)
	switch l := m.roots[d.tab].(type) {
	case *listScreen[inbox.Summary]:
		l.filter.set("")
		return l.view(m, incomingViewOf(d.in))
	case *listScreen[outbox.Summary]:
		if d.out == unmatched {
			return m.push(newUnmatched())
		}
		l.filter.set("")
		return l.view(m, outgoingViewOf(d.out))
	}
	return cmd
}

func (t *today) Render(width, height int) string {
	p := page{width: width, height: height}
	t.height = max(1, height)
	t.top = max(min(t.top, t.chosen), t.chosen-t.height+1)
	for i := t.top; i < len(t.rows) && i < t.top+height; i++ {
		d := t.rows[i]
		count := right(fmt.Sprint(d.count), 6)
		mark, text := "  ", d.text
		if d.urgent {
			text = "GẤP  " + text
		} else {
			text = "     " + text
		}
		switch {
		case i == t.chosen:
			mark, count = "> ", chosenStyle.Render(count)
		case d.urgent:
			text = urgentStyle.Render(text)
		}
		p.add("%s", mark+count+"  "+text)
	}
	if t.loaded && len(t.rows) == 0 {
		p.add("")
		p.add("  Không có việc nào phải làm ngay.")
	}
	if t.extra != "" && len(p.lines)+2 <= height {
		p.add("")
		p.add("  %s", t.extra)
	}
	return p.String()
}
