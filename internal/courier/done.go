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
	jobs  []store.Job
	since time.Time // of the oldest
}

const (
	doneMost = 50
	doneAge  = 2 * time.Second
)

func (d done) due(now time.Time) bool {
	return len(d.jobs) >= doneMost || len(d.jobs) > 0 && now.Sub(d.since) >= doneAge
}

// finish removes the job unless its handler did, or queued a new one under the
// same id meanwhile.
func (c *Courier) finish(j store.Job) error {
	current, err := c.reread(j.ID)
	if err != nil || current == nil || !current.Created.Equal(j.Created) {
		return err
	}
	if len(c.done.jobs) == 0 {
		c.done.since = c.o.Clock()
	}
	c.done.jobs = append(c.done.jobs, j)
	c.queue.put(j.ID, nil)
	if kindRank(j.Kind) == answers && !c.done.due(c.o.Clock()) {
		return nil
	}
	return c.clear()
}

// clear removes what is done.
func (c *Courier) clear() error {
	if len(c.done.jobs) == 0 {
		return nil
	}
	err := c.o.Store.Maintain(func(tx *store.Tx) error {
		for _, j := range c.done.jobs {
			if err := ignoreGone(remove(tx, j)); err != nil {
				return err
			}
		}
		return nil
	})
	if err == nil {
		c.done = done{}
	}
	return err
}

func remove(tx *store.Tx, j store.Job) error {
	now, err := tx.Job(j.ID)
	if err != nil || !now.Created.Equal(j.Created) {
		return err
	}
	return tx.FinishJob(j.ID)
}
