package courier

import (
	"context"
	"errors"
	"time"

	"vanthu/store"
)

// calmEvery is the least time between polls while a rule holds back what they
// find.
const calmEvery = time.Hour

// vouchedFor is how long a success lets jobs be tried beside the first poll.
const vouchedFor = 24 * time.Hour

// pollDue tells whether to poll now.
func (c *Courier) pollDue(p permit, now time.Time) bool {
	next := c.pollNext(p, now)
	return !next.IsZero() && !next.After(now)
}

// pollNext is the moment of the next poll, zero when there are none or one is
// under way.
func (c *Courier) pollNext(p permit, now time.Time) time.Time {
	if c.o.Poll == nil || c.polling() {
		return time.Time{}
	}
	every := c.o.Every
	if p.why != "" {
		every = max(every, calmEvery)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.link.polled.IsZero() || !ahead(c.link.polled.Add(every), now, every) {
		return now
	}
	return c.link.polled.Add(every)
}

// polling tells whether a poll is under way.
func (c *Courier) polling() bool {
	for _, l := range c.lanes {
		if l.poll() {
			return true
		}
	}
	return false
}

// vouched tells whether jobs may be tried: a poll got through, or something did
// lately and the next poll runs beside them. When the other side refused the poll
// itself the account is wrong, and jobs would only be refused one by one.
func (c *Courier) vouched(now time.Time) bool {
	if c.o.Poll == nil {
		return true
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.link.pollErr != nil && lasting(Class(c.link.pollErr)) && !errors.Is(c.link.pollErr, ErrBroken) {
		return false
	}
	lately := c.o.Lanes != nil && c.link.failures <= quickTries && !elapsed(c.last.success, now, vouchedFor)
	return lately || !c.link.polled.IsZero()
}

// startPoll polls with the store and the screen in order: what is done is gone, or
// the poll might see it as still open, and the figures stand before a long wait.
func (c *Courier) startPoll(ctx context.Context) error {
	if err := errors.Join(c.clear(), c.glance()); err != nil && !errors.Is(err, store.ErrFull) {
		return err
	}
	c.launch(ctx, &lane{courier: c}, c.o.Poll)
	return nil
}

// settlePoll keeps the outcome of a poll.
func (c *Courier) settlePoll(l *lane) {
	if l.err != nil && l.stopped != nil {
		c.noteStop(l)
		return
	}
	c.mu.Lock()
	c.link.pollErr = l.err
	if Class(l.err) != Class(ErrOffline) {
		c.link.polled = c.o.Clock()
	}
	c.mu.Unlock()
	c.heard(l)
}
