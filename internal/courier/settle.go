package courier

import (
	"errors"
	"strings"
	"time"

	"vanthu/store"
)

// settle keeps the outcome of a lane. The error is one of the store.
func (c *Courier) settle(l *lane) error {
	c.retire(l)
	if l.poll() {
		c.settlePoll(l)
		return nil
	}
	err := c.outcome(l)
	c.queue.update()
	if l.entry.stage == running {
		c.queue.release(l.entry)
	}
	if errors.Is(err, store.ErrFull) {
		c.noRoom()
		return nil
	}
	return err
}

func (c *Courier) outcome(l *lane) error {
	switch {
	case l.err == nil:
		c.heard(l)
		c.tally(func(s *Summary) { s.Done++ })
		return c.finish(l)
	case l.stopped != nil: // as if it had not been tried
		c.noteStop(l)
		return l.save()
	case Class(l.err) == Class(ErrOffline):
		c.heard(l)
		c.stepAside(l)
		return l.save()
	}
	c.heard(l)
	return c.fail(l)
}

// noteStop shows that there is no link when that is why a lane was stopped.
func (c *Courier) noteStop(l *lane) {
	if errors.Is(l.stopped, errSwitchedOff) {
		c.note(ErrOffline)
	}
}

// stepAside lets others go first when a job meets no link again and again while
// they get through: slow or dead is then what it asks for, not the link.
func (c *Courier) stepAside(l *lane) {
	s, reaches, now := &l.entry.stall, c.reaches(), c.o.Clock()
	switch {
	case l.dirty && l.done > s.furthest:
		*s = stall{furthest: l.done, reaches: reaches}
	case s.times == 0 || reaches != s.reaches:
		s.times, s.reaches = s.times+1, reaches
	}
	if s.times > quickTries {
		s.until = now.Add(backoff(busyFirst, busyMost, s.times-quickTries, c.o.Rand))
	}
}

// hurry ends all stepping aside.
func (q *queue) hurry() {
	for _, e := range q.jobs {
		if e.stage == idle && !e.stall.until.IsZero() {
			e.stall = stall{}
			q.put(e.job.ID, nil)
			q.enter(&e.job, *e)
		}
	}
}

// fail writes the outcome of a job that failed.
func (c *Courier) fail(l *lane) error {
	class := Class(l.err)
	full := class == Class(ErrFull)
	held := lasting(class) || !full && l.job.Attempts+1 >= c.o.MaxTries
	c.tally(func(s *Summary) {
		if held {
			s.Held++
		} else {
			s.Delayed++
		}
	})
	return c.edit(l.job, func(open *store.Job) {
		if !full {
			open.Attempts++
		}
		open.Class, open.Reason = class, reason(l.err)
		open.Done, open.Total = l.done, l.total
		open.NextTry = time.Time{}
		switch {
		case held:
			open.State = store.Held
		case full:
			open.NextTry = c.o.Clock().Add(roomWait)
		default:
			open.NextTry = c.o.Clock().Add(backoff(busyFirst, busyMost, open.Attempts, c.o.Rand))
		}
	})
}

// edit changes the job as it is in the store now: its handler may have written
// to it, finished it, or put a new one in its place.
func (c *Courier) edit(j store.Job, change func(*store.Job)) error {
	err := c.o.Store.Maintain(func(tx *store.Tx) error {
		now, err := tx.Job(j.ID)
		if err != nil || !sameJob(now, j) {
			return err
		}
		change(&now)
		return tx.SaveJob(now)
	})
	return ignoreGone(err)
}

func ignoreGone(err error) error {
	if errors.Is(err, store.ErrNotFound) {
		return nil
	}
	return err
}

const maxReason = 500

// reason is the text of an error, short and valid, for the job.
func reason(err error) string {
	text := err.Error()
	if len(text) > maxReason {
		text = text[:maxReason]
	}
	return strings.ToValidUTF8(text, "")
}
