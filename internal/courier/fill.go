package courier

import (
	"context"
	"errors"
	"time"

	"vanthu/store"
)

// fill starts the jobs whose turn it is in the lanes that are free.
func (c *Courier) fill(ctx context.Context, p permit, now time.Time) error {
	if err := c.look(now); err != nil {
		return err
	}
	for free := c.free(); free > 0; free-- {
		if started, err := c.start(ctx, c.choose(p, now), false); !started || err != nil {
			return err
		}
	}
	if !c.roomBeside(p, now) {
		return nil
	}
	_, err := c.start(ctx, func() *entry { return c.queue.next(now, p.letsBeside) }, true)
	return err
}

// choose finds who gets a lane. Where small answers run beside, documents of the
// same level go first in the lanes: an answer is round trips, in which a lane
// moves nothing.
func (c *Courier) choose(p permit, now time.Time) func() *entry {
	if c.o.Lanes == nil {
		return func() *entry { return c.queue.next(now, p.lets) }
	}
	return func() *entry {
		doc := c.queue.next(now, func(r row) bool { return p.lets(r) && !r.small() })
		answer := c.queue.next(now, p.letsBeside)
		if doc == nil || answer != nil && answer.level(now) > doc.level(now) {
			return answer
		}
		return doc
	}
}

// look brings the queue up to date.
func (c *Courier) look(now time.Time) error {
	if c.queue == nil {
		q, err := load(c.o.Store, c.o.Clock)
		if err != nil {
			return err
		}
		c.queue = q
	}
	c.mu.Lock()
	hurry := c.link.hurry
	c.link.hurry = false
	c.mu.Unlock()
	if hurry {
		c.queue.hurry()
	}
	c.queue.ripen(now)
	return c.glance()
}

// free is how many lanes may be filled. One whose job has moved all it had and
// waits for the last answers is free already, as long as there are not too many.
func (c *Courier) free() int {
	busy, all := 0, 0
	c.mu.Lock()
	for _, l := range c.lanes {
		if !l.main() {
			continue
		}
		if all++; c.o.Lanes == nil || !l.closing() {
			busy++
		}
	}
	c.mu.Unlock()
	return min(c.width()-busy, mostLanes-all)
}

// width is one lane until the link has been shown to work, and again when it has
// been lost for longer than a cut.
func (c *Courier) width() int {
	c.mu.Lock()
	unproven := !c.link.online && (c.link.reaches == 0 || c.link.failures > quickTries)
	c.mu.Unlock()
	if unproven {
		return 1
	}
	return c.o.lanes()
}

// roomBeside tells whether the first small answer may run beside the lanes: while
// one of them moves a document, and none of a higher level.
func (c *Courier) roomBeside(p permit, now time.Time) bool {
	e := c.queue.next(now, p.letsBeside)
	if e == nil || c.o.Lanes == nil || !c.online() {
		return false
	}
	documents := false
	for _, l := range c.lanes {
		if l.beside || l.main() && c.level(l, now) > e.level(now) {
			return false
		}
		documents = documents || l.main() && !l.row.small()
	}
	return documents
}

// level is that of an entry that has a seat.
func (e *entry) level(now time.Time) int { return level(e.seat.row.urgency, e.since, now) }

// level is that of a lane's job.
func (c *Courier) level(l *lane, now time.Time) int {
	return level(c.queue.rowOf(l.entry).urgency, l.entry.since, now)
}

// start starts the job that choose finds.
func (c *Courier) start(ctx context.Context, choose func() *entry, beside bool) (started bool, err error) {
	e, j, err := c.pick(choose)
	if e == nil || err != nil {
		return false, err
	}
	l := &lane{courier: c, entry: e, job: j, row: e.seat.row, beside: beside, done: j.Done, total: j.Total, saved: c.o.Clock()}
	c.queue.start(e)
	if !c.launch(ctx, l, l.work) {
		c.queue.release(e)
		return false, nil
	}
	c.figures(c.queue.figures)
	return true, nil
}

// pick finds the job whose turn it is, as it is in the store now.
func (c *Courier) pick(choose func() *entry) (*entry, store.Job, error) {
	for {
		e := choose()
		if e == nil {
			return nil, store.Job{}, nil
		}
		current, err := c.reread(e.job.ID)
		if err != nil {
			return nil, store.Job{}, err
		}
		if current != nil && sameSeat(e.job, *current) {
			return e, *current, nil
		}
		c.queue.put(e.job.ID, current) // it changed under our hands
	}
}

// reread reads a job with its payload, nil when it is gone.
func (c *Courier) reread(id string) (*store.Job, error) {
	var j store.Job
	err := c.o.Store.View(func(tx *store.Tx) (err error) {
		j, err = tx.Job(id)
		return err
	})
	if errors.Is(err, store.ErrNotFound) {
		return nil, nil
	}
	return &j, err
}
