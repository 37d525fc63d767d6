package courier

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// link is what the courier knows of the way out. Guarded by Courier.mu.
type link struct {
	on       bool // switched on by the clerk
	online   bool // the last attempt got through
	failures int  // attempts in a row that found no link
	retry    time.Time
	polled   time.Time // last poll, zero to poll at once
	pollErr  error     // of the last poll
	cancel   context.CancelCauseFunc
}

var errSwitchedOff = errors.New("link was switched off")

// SetLink switches the link on or off. Off stops the running job, which costs it
// no try; on tries at once.
func (c *Courier) SetLink(on bool) {
	c.mu.Lock()
	c.link.on = on
	if !on {
		c.link.online = false
		if c.link.cancel != nil {
			c.link.cancel(errSwitchedOff)
		}
	}
	c.mu.Unlock()
	if on {
		c.force()
	}
	signal(c.kick)
	c.tell()
}

// Wake tries at once: it polls even when offline.
func (c *Courier) Wake() {
	c.force()
	signal(c.kick)
}

// force forgets the waiting times of the link.
func (c *Courier) force() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.link.retry, c.link.polled, c.link.pollErr = time.Time{}, time.Time{}, nil
}

// lost notes that there is no link.
func (c *Courier) lost() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.link.online = false
	c.link.failures++
	c.link.retry = c.o.Clock().Add(backoff(linkFirst, linkMost, c.link.failures, c.o.Rand))
	c.link.polled = time.Time{} // the next attempt begins with a poll
}

// reached notes that the other side answered.
func (c *Courier) reached() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.link.online, c.link.failures, c.link.retry = true, 0, time.Time{}
}

// gate says whether the link may be used now, and else when to ask again (zero:
// when kicked).
func (c *Courier) gate() (open bool, next time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.link.on {
		return false, time.Time{}
	}
	if c.o.Clock().Before(c.link.retry) {
		return false, c.link.retry
	}
	return true, time.Time{}
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
