package courier

import (
	"context"
	"errors"
	"fmt"
	"time"

	"vanthu/store"
)

// round does what is due: a poll, then job after job, each picked anew so that
// what turned up meanwhile takes its place in the order. It returns when to come
// again, zero for when kicked, and an error only when the store is unusable.
func (c *Courier) round(ctx context.Context) (next time.Time, err error) {
	select {
	case <-ctx.Done():
		return time.Time{}, ctx.Err()
	case <-c.turn:
	}
	defer func() { c.turn <- struct{}{} }()
	defer c.keep()
	next, err = c.work(ctx)
	switch left := c.clear(); {
	case errors.Is(left, store.ErrFull):
		next = earlier(next, c.o.Clock().Add(linkMost))
	case err == nil:
		err = left
	}
	return next, err
}

func (c *Courier) work(ctx context.Context) (next time.Time, err error) {
	for ctx.Err() == nil {
		open, next := c.gate()
		if !open {
			return next, c.glance()
		}
		if c.pollDue() {
			if err := c.polling(ctx); err != nil {
				return time.Time{}, err
			}
			continue
		}
		more, next, err := c.runNext(ctx)
		if !more || err != nil {
			return next, err
		}
	}
	return time.Time{}, ctx.Err()
}

// runNext runs the job whose turn it is. more is false when none is due.
func (c *Courier) runNext(ctx context.Context) (more bool, next time.Time, err error) {
	now := c.o.Clock()
	choice, err := c.pick(now)
	if err != nil {
		return false, time.Time{}, err
	}
	next = earlier(choice.next, c.nextPoll(now))
	if !choice.found || c.refused() {
		return false, next, nil
	}
	if c.done.due(now) {
		err = c.clear()
	}
	if err == nil {
		err = c.run(ctx, choice.job)
	}
	if errors.Is(err, store.ErrFull) { // no room to note the outcome: come again
		return false, earlier(next, now.Add(linkMost)), nil
	}
	return err == nil, next, err
}

// pick finds the job whose turn it is, as it is in the store now.
func (c *Courier) pick(now time.Time) (choice, error) {
	if c.queue == nil {
		q, err := load(c.o.Store)
		if err != nil {
			return choice{}, err
		}
		c.queue = q
	}
	for {
		if err := c.glance(); err != nil {
			return choice{}, err
		}
		chosen := c.queue.next(now)
		if !chosen.found {
			return chosen, nil
		}
		current, err := c.reread(chosen.job.ID)
		if err != nil {
			return choice{}, err
		}
		if current != nil && current.State == store.Waiting && !current.NextTry.After(now) {
			chosen.job = *current
			return chosen, nil
		}
		c.queue.put(chosen.job.ID, nil) // it changed under our hands
		c.queue.put(chosen.job.ID, current)
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

// pollDue tells whether it is time to poll.
func (c *Courier) pollDue() bool {
	if c.o.Poll == nil {
		return false
	}
	now := c.o.Clock()
	return !now.Before(c.nextPoll(now))
}

// nextPoll is the moment of the next poll, zero when there are none.
func (c *Courier) nextPoll(now time.Time) time.Time {
	if c.o.Poll == nil {
		return time.Time{}
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.link.polled.IsZero() || c.link.polled.After(now) { // never, or the clock was set back
		return now
	}
	return c.link.polled.Add(c.o.Every)
}

// refused tells that the other side refused the poll itself: the account is
// wrong, and jobs would only be refused one by one.
func (c *Courier) refused() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.link.pollErr != nil && lasting(Class(c.link.pollErr)) && !errors.Is(c.link.pollErr, ErrBroken)
}

// polling polls with the store and the screen in order: what is done is gone, or
// the poll might see it as still open, and the figures stand before a long wait.
func (c *Courier) polling(ctx context.Context) error {
	if err := errors.Join(c.clear(), c.glance()); err != nil && !errors.Is(err, store.ErrFull) {
		return err
	}
	c.poll(ctx)
	return nil
}

// poll asks the other side what is new and keeps the outcome.
func (c *Courier) poll(ctx context.Context) {
	err := c.attempt(ctx, c.o.Poll)
	if ctx.Err() != nil {
		return
	}
	c.mu.Lock()
	c.link.polled, c.link.pollErr = c.o.Clock(), err
	c.mu.Unlock()
	c.heard(err)
}

// heard draws what an outcome says about the link.
func (c *Courier) heard(err error) {
	c.note(err)
	switch Class(err) {
	case "offline":
		c.lost()
	case "", "rejected":
		c.reached()
	}
}

// attempt runs fn under a context that switching the link off ends, and makes a
// panic an error.
func (c *Courier) attempt(ctx context.Context, fn func(context.Context) error) (err error) {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	c.mu.Lock()
	c.link.cancel = cancel
	on := c.link.on
	c.mu.Unlock()
	if !on {
		return fmt.Errorf("%w: %w", ErrOffline, errSwitchedOff)
	}
	err = protect(ctx, fn)
	c.mu.Lock()
	c.link.cancel = nil
	c.mu.Unlock()
	if err != nil && errors.Is(context.Cause(ctx), errSwitchedOff) {
		return fmt.Errorf("%w: %w", ErrOffline, errSwitchedOff)
	}
	return err
}

func protect(ctx context.Context, fn func(context.Context) error) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("%w: internal error: %v", ErrBroken, r)
		}
	}()
	return fn(ctx)
}
