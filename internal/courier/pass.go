package courier

import (
	"context"
	"errors"
	"time"

	"vanthu/store"
)

// work makes passes and waits between them while lanes run. It leaves no lane
// running. The error is one of the store.
func (c *Courier) work(ctx context.Context) (next time.Time, err error) {
	for err == nil {
		next, err = c.pass(ctx)
		if errors.Is(err, store.ErrFull) { // ask again what may run now
			c.noRoom()
			err = nil
			continue
		}
		if err == nil && len(c.lanes) == 0 {
			return next, nil
		}
		if err == nil {
			err = c.await(ctx, next)
		}
	}
	c.stopAll()
	for len(c.lanes) > 0 {
		err = errors.Join(err, c.settle(<-c.ended))
	}
	return next, err
}

func (c *Courier) stopAll() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.stopLanes(errStore)
}

// await waits for lanes to end, a kick or next, and settles the lanes.
func (c *Courier) await(ctx context.Context, next time.Time) error {
	due, stop := c.timer(next)
	defer stop()
	kick := c.kick
	if ctx.Err() != nil { // they end by themselves now
		due, kick = nil, nil
	}
	select {
	case l := <-c.ended:
		return c.settleAll(l)
	case <-ctx.Done():
		return c.settleAll(<-c.ended)
	case <-kick:
	case <-due:
	}
	return nil
}

// settleAll settles a lane, and others that have ended meanwhile.
func (c *Courier) settleAll(l *lane) error {
	for {
		if err := c.settle(l); err != nil {
			return err
		}
		select {
		case l = <-c.ended:
		default:
			return nil
		}
	}
}

// pass starts what may start now and asks to yield what must. It returns the next
// moment at which that may be otherwise, zero for when something happens.
func (c *Courier) pass(ctx context.Context) (next time.Time, err error) {
	if ctx.Err() != nil {
		return time.Time{}, nil
	}
	now, p := c.o.Clock(), c.permit()
	c.noteWhy(p.why)
	if !p.open {
		return p.until, c.glance()
	}
	if c.done.due(now) {
		if err := c.clear(); err != nil {
			return p.until, err
		}
	}
	if c.pollDue(p, now) {
		if err := c.startPoll(ctx); err != nil {
			return p.until, err
		}
	}
	if !c.vouched() {
		return earlier(p.until, c.pollNext(p, now)), c.glance()
	}
	if err := c.fill(ctx, p, now); err != nil {
		return p.until, err
	}
	c.makeRoom(p, now)
	return c.nextPass(p, now), nil
}

// fill starts the jobs whose turn it is in the lanes that are free.
func (c *Courier) fill(ctx context.Context, p permit, now time.Time) error {
	if err := c.look(now); err != nil {
		return err
	}
	for free := c.free(); free > 0; free-- {
		if started, err := c.startNext(ctx, p.lets, now, false); !started || err != nil {
			return err
		}
	}
	if !c.roomBeside(p, now) {
		return nil
	}
	_, err := c.startNext(ctx, p.letsBeside, now, true)
	return err
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

// free is how many lanes may be filled.
func (c *Courier) free() int {
	width := c.width()
	for _, l := range c.lanes {
		if l.main() {
			width--
		}
	}
	return width
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

// roomBeside tells whether the first small answer may run beside the lanes: all of
// which move documents, none of a higher level.
func (c *Courier) roomBeside(p permit, now time.Time) bool {
	e := c.queue.next(now, p.letsBeside)
	if e == nil || !c.online() {
		return false
	}
	mine := level(e.seat.row.urgency, e.since, now)
	for _, l := range c.lanes {
		if l.beside || l.main() && (l.row.kind == answers || c.level(l, now) > mine) {
			return false
		}
	}
	return true
}

// level is that of a lane's job.
func (c *Courier) level(l *lane, now time.Time) int {
	return level(c.queue.rowOf(l.entry).urgency, l.entry.since, now)
}

// startNext starts the first job of the rows that may run.
func (c *Courier) startNext(ctx context.Context, may func(row) bool, now time.Time, beside bool) (started bool, err error) {
	e, j, err := c.pick(may, now)
	if e == nil || err != nil {
		return false, err
	}
	l := &lane{courier: c, entry: e, job: j, row: e.seat.row, beside: beside, done: j.Done, total: j.Total, saved: now}
	c.queue.start(e)
	if !c.launch(ctx, l, l.work) {
		c.queue.release(e)
		return false, nil
	}
	return true, nil
}

// pick finds the job whose turn it is, as it is in the store now.
func (c *Courier) pick(may func(row) bool, now time.Time) (*entry, store.Job, error) {
	for {
		e := c.queue.next(now, may)
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

// nextPass is when to look again although nothing happens.
func (c *Courier) nextPass(p permit, now time.Time) time.Time {
	next := earlier(earlier(p.until, c.pollNext(p, now)), c.queue.nextDue())
	if len(c.lanes) == 0 {
		return next
	}
	if len(c.done.entries) > 0 {
		next = earlier(next, c.done.since.Add(doneAge))
	}
	if c.queue.figures.waiting > len(c.lanes) {
		next = earlier(next, now.Add(agePass))
	}
	return next
}
