package courier

import (
	"errors"
	"fmt"
	"time"

	"vanthu/store"
)

const pauseKey = "courier/pause"

// pause is the clerk's stop, as it is kept in the store.
type pause struct {
	On    bool      `json:"on"`
	At    time.Time `json:"at,omitzero"`    // when it was made
	Until time.Time `json:"until,omitzero"` // zero: until Resume
}

// at tells whether it holds, and until when. A clock set back behind its
// beginning does not make it longer than it was meant to be.
func (p *pause) at(now time.Time) (holds bool, until time.Time) {
	switch {
	case !p.On || p.Until.IsZero():
		return p.On, time.Time{}
	case now.Before(p.At):
		p.At, p.Until = now, now.Add(p.Until.Sub(p.At))
	case !now.Before(p.Until):
		*p = pause{}
	}
	return p.On, p.Until
}

var errPaused = errors.New("paused")

// Pause stops everything until a moment, or until Resume when it is zero, also
// over restarts. What runs is stopped, which costs it no try. It holds at once,
// even when the error says that it could not be kept.
func (c *Courier) Pause(until time.Time) error {
	now := c.o.Clock()
	if !until.IsZero() && !until.After(now) {
		return c.Resume()
	}
	p := pause{On: true, At: now.Round(0), Until: until.Round(0)}
	c.mu.Lock()
	c.pause = p
	c.stopLanes(errPaused)
	c.mu.Unlock()
	return c.keepPause(p)
}

// Resume ends a pause and tries at once.
func (c *Courier) Resume() error {
	c.mu.Lock()
	was := c.pause.On
	c.pause = pause{}
	c.mu.Unlock()
	if !was {
		return nil
	}
	c.force()
	return c.keepPause(pause{})
}

func (c *Courier) keepPause(p pause) error {
	signal(c.kick)
	c.tell()
	err := c.o.Store.Maintain(func(tx *store.Tx) error { return tx.SetValue(pauseKey, p) })
	if err != nil {
		return fmt.Errorf("pause: %w", err)
	}
	return nil
}
