package courier

import (
	"time"

	"vanthu/store"
)

// done are answers the other side has taken while their jobs still lie in the
// store: they are removed several at a time, because after a long time without
// link two commits for each document would cost more than everything else. A
// crash repeats a few answers, which is harmless. They are gone before a poll,
// which might queue them anew, and before a round ends.
type done struct {
	entries []*entry
	since   time.Time // of the oldest
}

const (
	doneMost = 50
	doneAge  = 2 * time.Second
)

func (d done) due(now time.Time) bool {
	return len(d.entries) >= doneMost || len(d.entries) > 0 && elapsed(d.since, now, doneAge)
}

// finish removes the job of a lane unless its handler did, or queued a new one
// under the same id meanwhile.
func (c *Courier) finish(l *lane) error {
	c.queue.update()
	e := l.entry
	if e.latest == nil || !sameJob(*e.latest, l.job) {
		return nil
	}
	if len(c.done.entries) == 0 {
		c.done.since = c.o.Clock()
	}
	c.done.entries = append(c.done.entries, e)
	c.queue.finish(e)
	if l.row.kind == answers {
		return nil
	}
	return c.clear()
}

// clear removes what is done.
func (c *Courier) clear() error {
	if len(c.done.entries) == 0 {
		return nil
	}
	err := c.o.Store.Maintain(func(tx *store.Tx) error {
		for _, e := range c.done.entries {
			if err := ignoreGone(remove(tx, e.job)); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	c.queue.update()
	for _, e := range c.done.entries {
		c.queue.forget(e)
	}
	c.done = done{}
	c.keep(false)
	return nil
}

func remove(tx *store.Tx, j store.Job) error {
	now, err := tx.Job(j.ID)
	if err != nil || !sameJob(now, j) {
		return err
	}
	return tx.FinishJob(j.ID)
}
