package cli

import (
	"errors"
	"sync/atomic"
	"time"

	"vanthu/store"
)

// axisClock remembers how far the axis's clock is ahead of ours, also for
// programs that look at the queue without ever asking the axis.
type axisClock struct {
	store  *store.Store
	now    func() time.Time
	ask    func() (time.Duration, bool) // of the axis client; nil without one
	latest atomic.Pointer[clockNote]
	saved  clockNote // of whoever polls
}

// clockNote is the difference as it was found.
type clockNote struct {
	Skew time.Duration `json:"skew"`
	At   time.Time     `json:"at"`
}

const (
	clockKey = "link/clock"
	// clockGrain is the change worth writing down.
	clockGrain = 30 * time.Second
	// clockAge is how long an old note tells something: a clock that was wrong
	// yesterday may have been set since.
	clockAge = 24 * time.Hour
)

// recall reads the note of an earlier program; without one nothing is known.
func (c *axisClock) recall() error {
	var n clockNote
	err := c.store.View(func(tx *store.Tx) error { return tx.Value(clockKey, &n) })
	if errors.Is(err, store.ErrNotFound) {
		return nil
	}
	if err == nil {
		c.saved = n
		if age := c.now().Sub(n.At); age.Abs() <= clockAge+n.Skew.Abs() {
			c.latest.Store(&n)
		}
	}
	return err
}

// skew is how far the axis's clock is ahead of ours; false when nothing is known.
func (c *axisClock) skew() (time.Duration, bool) {
	if c.ask != nil {
		if d, ok := c.ask(); ok {
			return d, true
		}
	}
	if n := c.latest.Load(); n != nil {
		return n.Skew, true
	}
	return 0, false
}

// keep writes down what the client has found out, when it is news. Losing it is
// harmless.
func (c *axisClock) keep() {
	if c.ask == nil {
		return
	}
	d, ok := c.ask()
	n := clockNote{Skew: d, At: c.now()}
	stale := n.At.Sub(c.saved.At).Abs() > clockAge/2
	if !ok || (d-c.saved.Skew).Abs() < clockGrain && !stale && !c.saved.At.IsZero() {
		return
	}
	if c.store.Maintain(func(tx *store.Tx) error { return tx.SetValue(clockKey, n) }) == nil {
		c.saved = n
	}
	c.latest.Store(&n)
}
