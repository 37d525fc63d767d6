package cli

import (
	"fmt"
	"io"
	"slices"
	"time"

	"vanthu/internal/courier"
	"vanthu/internal/document"
	"vanthu/store"
	"vanthu/ui"
)

type queueVerb struct {
	inOffice
	Retry string `placeholder:"VIỆC" help:"Thử lại việc đang chờ văn thư."`
}

// queued is the answer of queue.
type queued struct {
	Waiting int         `json:"waiting"`
	Held    int         `json:"held"` // need the clerk
	Jobs    []queuedJob `json:"jobs"`
}

// queuedJob is one thing the link still has to do.
type queuedJob struct {
	ID       string         `json:"id"`
	Kind     string         `json:"kind"`
	Record   string         `json:"record,omitempty"`
	Title    string         `json:"title"`
	State    store.JobState `json:"state"`
	Urgency  int            `json:"urgency"`
	Size     int64          `json:"size"`
	Created  time.Time      `json:"created"`
	NextTry  *time.Time     `json:"nextTry,omitempty"`
	Attempts int            `json:"attempts"`
	Class    string         `json:"class,omitempty"`
	Reason   string         `json:"reason,omitempty"`
}

func (v *queueVerb) Run(c *call) error {
	return c.inOffice(func(w *workplace) error {
		if v.Retry != "" {
			if err := w.courier.Retry(v.Retry); err != nil {
				return err
			}
		}
		jobs, err := w.jobs()
		if err != nil {
			return err
		}
		answer := queued{Jobs: []queuedJob{}}
		for _, j := range jobs {
			answer.Jobs = append(answer.Jobs, w.queuedJob(j))
			if j.State == store.Held {
				answer.Held++
			} else {
				answer.Waiting++
			}
		}
		return c.say(answer, func(out io.Writer) { printQueue(out, answer) })
	})
}

func (w *workplace) queuedJob(j store.Job) queuedJob {
	q := queuedJob{ID: j.ID, Kind: j.Kind, Record: j.Record, Title: w.jobTitle(j), State: j.State, Urgency: j.Urgency,
		Size: j.Size, Created: j.Created, Attempts: j.Attempts, Class: j.Class, Reason: reason(j.Class, j.Reason)}
	if !j.NextTry.IsZero() {
		q.NextTry = &j.NextTry
	}
	return q
}

// jobTitle says in Vietnamese what a job does and for which document.
func (w *workplace) jobTitle(j store.Job) string {
	what, known := map[string]string{"fetch": "Nhận văn bản từ trục", "ack": "Báo trục đã nhận", "send": "Gửi", "status": "Báo trạng thái",
		"agencies": "Cập nhật danh bạ cơ quan"}[j.Kind]
	if !known {
		what = j.Kind
	}
	if in, err := w.inbox.Get(j.Record); err == nil {
		return what + ": " + title(in)
	}
	if out, err := w.outbox.Get(j.Record); err == nil {
		return what + ": " + outgoingTitle(out)
	}
	return what
}

// jobs reads the queue.
func (w *workplace) jobs() ([]store.Job, error) {
	var list []store.Job
	err := w.store.View(func(tx *store.Tx) error {
		for j, err := range tx.Jobs() {
			if err != nil {
				return err
			}
			list = append(list, j)
		}
		return nil
	})
	return list, err
}

func printQueue(w io.Writer, q queued) {
	if len(q.Jobs) == 0 {
		fmt.Fprintln(w, "Hàng đợi trống.")
	}
	for _, j := range q.Jobs {
		fmt.Fprintf(w, "%s  %s", j.ID, clean(j.Title))
		if j.State == store.Held {
			fmt.Fprintf(w, " — chờ văn thư: %s", clean(j.Reason))
		} else if j.Attempts > 0 {
			fmt.Fprintf(w, " — đã thử %d lần: %s", j.Attempts, clean(j.Reason))
		} else if j.Reason != "" {
			fmt.Fprintf(w, " — %s", clean(j.Reason))
		}
		fmt.Fprintln(w)
	}
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

// link is the courier as the screen sees it. In the demo the switch cuts the
// practice line instead of idling the courier, so that the loss of the link
// is found out the way a real one is.
type link struct {
	place *workplace
	gate  gate // nil in a real office
}

// gate is a line that can be cut.
type gate interface {
	Set(open bool)
	Open() bool
}

var _ ui.Link = link{}

// State is what the status line shows.
func (l link) State() ui.LinkState {
	s := l.place.courier.State()
	out := ui.LinkState{On: s.On, Online: s.Online, LastSuccess: s.LastSuccess, LastError: classWords(s.LastError), Waiting: s.Waiting, Held: s.Held}
	if l.gate != nil {
		out.On = l.gate.Open()
		out.Online = out.Online && out.On
	}
	return out
}

// Set switches the link.
func (l link) Set(on bool) {
	if l.gate == nil {
		l.place.courier.SetLink(on)
		return
	}
	l.gate.Set(on)
	l.place.courier.Wake()
}

// Wake tries now.
func (l link) Wake() { l.place.courier.Wake() }

// Retry tries a held job again.
func (l link) Retry(id string) error { return l.place.courier.Retry(id) }

// Changed is signalled when there may be something new to show.
func (l link) Changed() <-chan struct{} { return l.place.courier.Changed() }

// Jobs is the queue.
func (l link) Jobs() ([]ui.Job, error) {
	jobs, err := l.place.jobs()
	if err != nil {
		return nil, err
	}
	running := l.place.courier.State().Running
	var list []ui.Job
	for _, j := range jobs {
		row := l.job(j)
		if i := slices.IndexFunc(running, func(r store.Job) bool { return r.ID == j.ID }); i >= 0 {
			row.Running, row.Done, row.Total = true, running[i].Done, running[i].Total
		}
		list = append(list, row)
	}
	return list, nil
}

func (l link) job(j store.Job) ui.Job {
	return ui.Job{ID: j.ID, Kind: j.Kind, Record: j.Record, Title: l.place.jobTitle(j), Urgency: document.Urgency(j.Urgency),
		Size: j.Size, Created: j.Created, NextTry: j.NextTry, Attempts: j.Attempts, Held: j.State == store.Held,
		Reason: reason(j.Class, j.Reason)}
}
