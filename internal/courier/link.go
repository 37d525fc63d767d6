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
		c.reached(l.epoch)
	}
}

// lost notes that a lane found no link: the others stop too, and all wait for one
// moment to try again.
func (c *Courier) lost(l *lane) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if l.epoch != c.link.epoch {
		return
	}
	c.link.epoch++
	c.link.online = false
	c.link.failures++
	c.link.retry = c.o.Clock().Add(backoff(linkFirst, linkMost, c.link.failures, c.o.Rand))
	if l.poll() || c.link.failures > quickTries {
		c.link.polled = time.Time{} // the next attempt begins with a poll
	}
	c.stopLanes(errLost)
}

// reached notes that the other side answered; it tells whether that is news.
func (c *Courier) reached(epoch int) (news bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if epoch != c.link.epoch {
		return false
	}
	news = !c.link.online
	c.link.online, c.link.failures, c.link.retry = true, 0, time.Time{}
	c.link.reaches++
	return news
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
