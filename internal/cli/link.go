package cli

import (
	"strings"
	"time"

	"vanthu/internal/courier"
	"vanthu/internal/document"
	"vanthu/store"
	"vanthu/ui"
)

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

// State is what the status line and the queue show.
func (l link) State() ui.LinkState {
	out := l.place.linkState()
	if l.gate != nil {
		out.On = l.gate.Open()
		out.Online = out.Online && out.On
	}
	return out
}

// linkState is the courier's state in the screen's words.
func (w *workplace) linkState() ui.LinkState {
	s := w.courier.State()
	out := ui.LinkState{On: s.On, Online: s.Online, LastSuccess: s.LastSuccess, LastError: classWords(s.LastError), Waiting: s.Waiting, Held: s.Held,
		Hold: hold(s.Why), Until: s.Until, Rate: s.Rate, Left: s.Left, ETA: s.ETA, Spent: s.Spent, Budget: s.Budget, Lifted: s.Lifted, Plain: w.office.Axis.Plain()}
	switch {
	case w.client == nil:
		out.LastError = "cơ quan chưa khai báo trục liên thông"
	case w.untrusted.Load() && !s.Online:
		out.LastError = "chứng thư của Trục không được tin cậy"
	}
	if skew, known := w.clock.skew(); known && skew.Abs() > ui.ClockSlack {
		out.Skew = skew
	}
	return out
}

// hold is the screen's name for what holds the courier back.
func hold(why string) ui.Hold {
	switch why {
	case courier.WhyPaused:
		return ui.Paused
	case courier.WhyQuiet:
		return ui.QuietHours
	case courier.WhyBudget:
		return ui.OverBudget
	}
	return ui.Free
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

// SendNow tries now.
func (l link) SendNow() error { return l.place.courier.SendNow() }

// Pause holds everything back.
func (l link) Pause(until time.Time) error { return l.place.courier.Pause(until) }

// Resume ends a pause.
func (l link) Resume() error { return l.place.courier.Resume() }

// LiftBudget lets today's budget be.
func (l link) LiftBudget() error { return l.place.courier.LiftBudget() }

// Retry tries a held job again.
func (l link) Retry(id string) error { return l.place.courier.Retry(id) }

// Changed is signalled when there may be something new to show.
func (l link) Changed() <-chan struct{} { return l.place.courier.Changed() }

// Jobs is a page of the queue.
func (l link) Jobs(after store.Cursor, limit int) ([]ui.Job, store.Cursor, error) {
	running := l.place.courier.State().Running
	jobs, next, err := l.place.jobPage(after, limit, running)
	if err != nil {
		return nil, "", err
	}
	list := make([]ui.Job, len(jobs))
	for i, j := range jobs {
		list[i] = l.job(j, i < len(running) && after == "")
	}
	return list, next, nil
}

// SkipJobs passes over a page of the queue.
func (l link) SkipJobs(after store.Cursor, limit int) (int, store.Cursor, error) {
	jobs, next, err := l.place.jobPage(after, limit, l.place.courier.State().Running)
	return len(jobs), next, err
}

func (l link) job(j store.Job, running bool) ui.Job {
	return ui.Job{ID: j.ID, Kind: j.Kind, Record: j.Record, Title: l.place.jobTitle(j), Urgency: document.Urgency(j.Urgency),
		Size: j.Size, Created: j.Created, NextTry: j.NextTry, Attempts: j.Attempts, Held: j.State == store.Held && !running,
		Reason: reason(j.Class, j.Reason), Running: running, Done: j.Done, Total: j.Total}
}

// jobPage is a page of the queue: on the first one what is running, then what
// needs the clerk, then the rest, each by id. The cursor is state and id of the
// last one read. Whole pages but the last have exactly limit jobs.
func (w *workplace) jobPage(after store.Cursor, limit int, running []store.Job) ([]store.Job, store.Cursor, error) {
	var list []store.Job
	if after == "" {
		list = append(list, running[:min(len(running), limit)]...)
	}
	state, last := placeIn(after)
	err := w.store.View(func(tx *store.Tx) error {
		for len(list) < limit {
			page, err := tx.JobPage(state, last, limit-len(list))
			if err != nil {
				return err
			}
			if len(page) == 0 && state == store.Waiting {
				return nil
			}
			if len(page) == 0 {
				state, last = store.Waiting, ""
				continue
			}
			list, last = append(list, without(page, running)...), page[len(page)-1].ID
		}
		return nil
	})
	if err != nil || len(list) < limit {
		return list, "", err
	}
	return list, store.Cursor(string(state) + "/" + last), nil
}

// placeIn reads a cursor of jobPage.
func placeIn(c store.Cursor) (store.JobState, string) {
	state, last, ok := strings.Cut(string(c), "/")
	if !ok {
		return store.Held, ""
	}
	return store.JobState(state), last
}

// without leaves out the jobs that stand elsewhere.
func without(page, others []store.Job) []store.Job {
	var left []store.Job
	for _, j := range page {
		if !contains(others, j.ID) {
			left = append(left, j)
		}
	}
	return left
}

func contains(jobs []store.Job, id string) bool {
	for _, j := range jobs {
		if j.ID == id {
			return true
		}
	}
	return false
}
