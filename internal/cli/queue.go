package cli

import (
	"fmt"
	"io"
	"strings"
	"time"

	"vanthu/internal/courier"
	"vanthu/store"
	"vanthu/ui"
)

// queueVerb looks at the link and its queue, and holds it back.
type queueVerb struct {
	Show   queueShowVerb   `cmd:"" default:"withargs" help:"Xem hàng đợi và đường truyền (việc mặc định)."`
	Pause  queuePauseVerb  `cmd:"" help:"Tạm dừng gửi, nhận."`
	Resume queueResumeVerb `cmd:"" help:"Cho gửi, nhận chạy tiếp."`
	Lift   queueLiftVerb   `cmd:"" name:"lift-budget" help:"Hôm nay không tính hạn mức."`
}

// Help says what the verb does when no word follows.
func (*queueVerb) Help() string {
	return "Không ghi gì thêm là `vanthu queue show`: in đường truyền và hàng đợi; --retry VIỆC thử lại một việc, --limit SỐ in ít hơn."
}

type queueShowVerb struct {
	inOffice
	Retry string `placeholder:"VIỆC" help:"Thử lại việc đang chờ văn thư."`
	Limit int    `default:"0" placeholder:"SỐ" help:"Nhiều nhất bấy nhiêu việc; 0: tất cả."`
}

// queued is the answer of queue.
type queued struct {
	Waiting int         `json:"waiting"`
	Held    int         `json:"held"` // need the clerk
	Link    weather     `json:"link"`
	Jobs    []queuedJob `json:"jobs"`
}

// weather is what the link is like.
type weather struct {
	Open        bool       `json:"open"`      // a program exchanges; else nothing moves
	On          bool       `json:"on"`        // switched on
	Online      bool       `json:"online"`    // the last attempt got through
	Plain       bool       `json:"plain"`     // unencrypted http
	Untrusted   bool       `json:"untrusted"` // the last attempt ended at a certificate
	LastSuccess *time.Time `json:"lastSuccess,omitempty"`
	LastError   string     `json:"lastError,omitempty"` // class of the last failure
	Hold        ui.Hold    `json:"hold"`                // what holds the queue back: paused, quiet, budget or ""
	Until       *time.Time `json:"until,omitempty"`     // when it ends by itself
	Rate        float64    `json:"rate"`                // bytes a second, 0 unknown
	Left        int64      `json:"left"`                // bytes
	ETA         float64    `json:"etaSeconds"`          // 0 unknown
	Spent       int64      `json:"spent"`               // bytes of today
	Budget      int64      `json:"budget"`              // bytes a day, 0 for any number
	Lifted      bool       `json:"lifted"`              // no budget today
	// ClockSkew is how far the axis's clock is ahead of this machine's, absent
	// while nothing is known; ClockWrong is more than five minutes either way.
	ClockSkew  *float64 `json:"clockSkewSeconds,omitempty"`
	ClockWrong bool     `json:"clockWrong"`
}

// queuedJob is one thing the link still has to do.
type queuedJob struct {
	ID       string         `json:"id"`
	Kind     string         `json:"kind"`
	Record   string         `json:"record,omitempty"`
	Title    string         `json:"title"`
	State    store.JobState `json:"state"`
	Running  bool           `json:"running"`
	Urgency  int            `json:"urgency"`
	Size     int64          `json:"size"`
	Done     int64          `json:"done"`  // bytes
	Total    int64          `json:"total"` // bytes, 0 unknown
	Created  time.Time      `json:"created"`
	NextTry  *time.Time     `json:"nextTry,omitempty"`
	Attempts int            `json:"attempts"`
	Class    string         `json:"class,omitempty"`
	Reason   string         `json:"reason,omitempty"`
}

func (v *queueShowVerb) Run(c *call) error {
	if v.Limit < 0 {
		return badUsage("--limit: phải là một số từ 0 trở lên")
	}
	return c.inOffice(func(w *workplace) error {
		if v.Retry != "" {
			if err := w.courier.Retry(v.Retry); err != nil {
				return err
			}
		}
		answer, err := w.queue(v.Limit, c.place != nil)
		if err != nil {
			return err
		}
		return c.say(answer, func(out io.Writer) { w.printQueue(out, answer) })
	})
}

// queue is the link and at most limit of its jobs, 0 being all; open tells
// whether somebody exchanges.
func (w *workplace) queue(limit int, open bool) (queued, error) {
	answer := queued{Link: w.weather(open), Jobs: []queuedJob{}}
	err := w.store.View(func(tx *store.Tx) error {
		answer.Waiting, answer.Held = tx.CountStates()
		return nil
	})
	running := w.courier.State().Running
	for after := store.Cursor(""); err == nil; {
		size := queuePage
		if limit > 0 {
			size = min(size, limit-len(answer.Jobs))
		}
		var page []store.Job
		page, after, err = w.jobPage(after, size, running)
		for _, j := range page {
			answer.Jobs = append(answer.Jobs, w.queuedJob(j, contains(running, j.ID)))
		}
		if after == "" || len(answer.Jobs) == limit {
			break
		}
	}
	return answer, err
}

// queuePage is how many jobs are read in one view of the store.
const queuePage = 500

func (w *workplace) weather(open bool) weather {
	s := w.courier.State()
	out := weather{Open: open, On: s.On, Online: s.Online, Plain: w.office.Axis.Plain(), Untrusted: w.untrusted.Load(), LastSuccess: given(s.LastSuccess), LastError: s.LastError,
		Hold: hold(s.Why), Until: given(s.Until), Rate: s.Rate, Left: s.Left, ETA: s.ETA.Seconds(), Spent: s.Spent, Budget: s.Budget, Lifted: s.Lifted}
	if skew, known := w.clock.skew(); known {
		seconds := skew.Round(time.Second).Seconds()
		out.ClockSkew, out.ClockWrong = &seconds, skew.Abs() > ui.ClockSlack
	}
	return out
}

// given is a moment unless it is none.
func given(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}

func (w *workplace) queuedJob(j store.Job, running bool) queuedJob {
	return queuedJob{ID: j.ID, Kind: j.Kind, Record: j.Record, Title: w.jobTitle(j), State: j.State, Running: running, Urgency: j.Urgency,
		Size: j.Size, Done: j.Done, Total: j.Total, Created: j.Created, NextTry: given(j.NextTry), Attempts: j.Attempts, Class: j.Class, Reason: reason(j.Class, j.Reason)}
}

// jobTitle says in Vietnamese what a job does and for which document.
func (w *workplace) jobTitle(j store.Job) string {
	what, known := map[string]string{"fetch": "Nhận văn bản từ trục", "ack": "Báo trục đã nhận", "send": "Gửi", "status": "Báo trạng thái",
		"agencies": "Cập nhật danh bạ cơ quan", "stamp": "Xin dấu thời gian"}[j.Kind]
	if !known {
		what = j.Kind
	}
	record := j.Record
	if id, ok := strings.CutPrefix(j.ID, "stamp/"); ok { // it names no record, so that nothing waits for it
		record = id
	}
	if record == "" {
		return what
	}
	if in, err := w.inbox.Get(record); err == nil {
		return what + ": " + title(in)
	}
	if out, err := w.outbox.Get(record); err == nil {
		return what + ": " + outgoingTitle(out)
	}
	return what
}

// printQueue writes the weather in the screen's sentences, then the jobs.
func (w *workplace) printQueue(out io.Writer, q queued) {
	state := w.linkState()
	state.Idle, state.Waiting, state.Held = !q.Link.Open, q.Waiting, q.Held
	for _, sentence := range state.Weather(w.inbox.Clock()) {
		fmt.Fprintln(out, sentence)
	}
	if next := nextStep(state.Hold); next != "" {
		fmt.Fprintln(out, next)
	}
	if q.Waiting+q.Held == 0 {
		fmt.Fprintln(out, "Hàng đợi trống.")
	}
	for _, j := range q.Jobs {
		fmt.Fprintf(out, "%s  %s%s\n", j.ID, clean(j.Title), j.words())
	}
	if left := q.Waiting + q.Held - len(q.Jobs); left > 0 {
		fmt.Fprintf(out, "… và %d việc nữa.\n", left)
	}
}

// nextStep is what can be done about what holds the queue back.
func nextStep(h ui.Hold) string {
	switch h {
	case ui.Paused:
		return "Chạy `vanthu queue resume` để chạy tiếp."
	case ui.QuietHours:
		return "Cần gấp thì chạy `vanthu sync --once --now`."
	case ui.OverBudget:
		return "Cần gấp thì chạy `vanthu queue lift-budget`."
	}
	return ""
}

// words say how a job stands.
func (j queuedJob) words() string {
	switch {
	case j.Running && j.Total > 0:
		return fmt.Sprintf(" — đang chạy, %d trong %d byte", j.Done, j.Total)
	case j.Running:
		return " — đang chạy"
	case j.State == store.Held:
		return " — chờ văn thư: " + clean(j.Reason)
	case j.Attempts > 0:
		return fmt.Sprintf(" — đã thử %d lần: %s", j.Attempts, clean(j.Reason))
	case j.Reason != "":
		return " — " + clean(j.Reason)
	}
	return ""
}

// reason says in Vietnamese why an attempt failed.
func reason(class, detail string) string {
	words := classWords(class)
	if detail == "" || words == "" || class == courier.Class(courier.ErrFull) {
		return words
	}
	return words + " (" + detail + ")"
}

// classWords are the words for the courier's classes of errors.
func classWords(class string) string {
	switch class {
	case "":
		return ""
	case courier.Class(courier.ErrOffline):
		return "không có mạng"
	case courier.Class(courier.ErrBusy):
		return "trục đang bận, sẽ tự thử lại"
	case courier.Class(courier.ErrRejected):
		return "trục từ chối"
	case courier.Class(courier.ErrNeedsClerk):
		return "cần văn thư xem lại"
	case courier.Class(courier.ErrBroken):
		return "gói tin hỏng"
	case courier.Class(courier.ErrFull):
		return "ổ đĩa đã đầy, sẽ tự thử lại khi có chỗ"
	case courier.Class(courier.ErrConflict):
		return "văn bản vừa thay đổi, sẽ tự thử lại"
	}
	return class
}
