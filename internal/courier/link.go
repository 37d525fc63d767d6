package courier

import (
	"errors"
	"fmt"
	"time"
)

// link is what the courier knows of the way out. Guarded by Courier.mu.
type link struct {
	on       bool // switched on by the clerk
	online   bool // the last attempt got through
	failures int  // attempts in a row that found no link
	lostAt   time.Time
	retry    time.Time
	room     time.Time // no room to note an outcome: nothing runs until then
	polled   time.Time // last poll, zero to poll before anything else
	pollErr  error     // of the last poll
	epoch    int       // grows with each loss; what began before one says nothing of the link now
	reaches  int       // grows each time something gets through
	hurry    bool      // nobody steps aside any more
}

var (
	// ErrYield is the cause of the end of a handler's context when a more urgent
	// job, or a rule, takes its lane. It is called again later.
	ErrYield = errors.New("yields to what is more urgent")

	errSwitchedOff = errors.New("link was switched off")
	errLost        = errors.New("link was lost")
)

// SetLink switches the link on or off. Off stops what runs, which costs it no
// try; on tries at once. It is not kept over restarts: Pause is.
func (c *Courier) SetLink(on bool) {
	c.mu.Lock()
	c.link.on = on
	if !on {
		c.link.online = false
		c.stopLanes(errSwitchedOff)
	}
	c.mu.Unlock()
	if on {
		c.force()
	}
	signal(c.kick)
	c.tell()
}

// Wake tries at once: it polls even when offline. The rules stay: see SendNow.
func (c *Courier) Wake() {
	c.force()
	signal(c.kick)
}

// force forgets the waiting times of the link.
func (c *Courier) force() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.link.retry, c.link.room, c.link.polled, c.link.pollErr = time.Time{}, time.Time{}, time.Time{}, nil
}

// stopLanes ends what runs; Courier.mu is held.
func (c *Courier) stopLanes(cause error) {
	for _, l := range c.lanes {
		l.cancel(cause)
	}
}

// heard draws what the outcome of a lane says about the link.
func (c *Courier) heard(l *lane) {
	c.note(l.err)
	switch Class(l.err) {
	case "offline":
		c.lost(l)
	case "", "rejected":
		c.reached(l)
	}
}

// lost notes that a lane found no link: nothing more is started until one moment
// for all. Lanes that go on moving bytes show that it was not the link (proven);
// those that do not are stopped soon (stopSilent).
func (c *Courier) lost(l *lane) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if l.epoch != c.link.epoch {
		return
	}
	now := c.o.Clock()
	c.link.epoch++
	c.link.online, c.link.lostAt = false, now
	c.link.failures++
	c.link.retry = now.Add(backoff(linkFirst, linkMost, c.link.failures, c.o.Rand))
	if l.poll() || c.link.failures > quickTries {
		c.link.polled = time.Time{} // the next attempt begins with a poll
	}
}

// reached notes that the other side answered a lane; not if the link was lost
// since that lane began.
func (c *Courier) reached(l *lane) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if l.epoch == c.link.epoch {
		c.link.prove()
	}
}

// prove notes that something gets through.
func (l *link) prove() {
	l.online, l.failures, l.retry = true, 0, time.Time{}
	l.reaches++
}

// proven notes that bytes move in a lane; it tells whether that is news. Right
// after a loss they may have moved before it. Courier.mu is held.
func (c *Courier) proven(l *lane, now time.Time) (news bool) {
	if c.link.online || l.epoch != c.link.epoch && !elapsed(c.link.lostAt, now, linkFirst) {
		return false
	}
	l.epoch = c.link.epoch
	c.link.prove()
	return true
}

// stopSilent stops the lanes in which nothing has moved since the link was lost,
// and says when to look again, zero for never.
func (c *Courier) stopSilent(now time.Time) (next time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, l := range c.lanes {
		switch stop := c.link.lostAt.Add(silence); {
		case l.epoch == c.link.epoch:
		case ahead(stop, now, silence):
			next = stop
		default:
			l.cancel(errLost)
		}
	}
	return next
}

func (c *Courier) online() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.link.online
}

func (c *Courier) reaches() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.link.reaches
}

// noRoom has everything wait because an outcome could not be written: run again
// at once, it could not be written again.
func (c *Courier) noRoom() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.link.room = c.o.Clock().Add(linkMost)
}

// linkError says why a Drain got no further.
func (c *Courier) linkError() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	switch {
	case !c.link.on:
		return fmt.Errorf("%w: %w", ErrOffline, errSwitchedOff)
	case c.link.pollErr != nil:
		return c.link.pollErr
	case !c.link.retry.IsZero():
		return ErrOffline
	}
	return nil
}
