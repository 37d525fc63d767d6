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
	p.until = earlier(p.until, c.stopSilent(now))
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
	if !c.vouched(now) {
		return earlier(p.until, c.pollNext(p, now)), c.glance()
	}
	if err := c.fill(ctx, p, now); err != nil {
		return p.until, err
	}
	c.makeRoom(p, now)
	return c.nextPass(p, now), nil
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
