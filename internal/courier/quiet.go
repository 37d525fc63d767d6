package courier

import "time"

// Quiet are the quiet hours as minutes of the local day, from From until before
// To; they may pass midnight. From equal to To is none.
type Quiet struct {
	From, To int
}

// at tells whether a moment is quiet and when that changes next, zero for never.
func (q Quiet) at(now time.Time) (quiet bool, turns time.Time) {
	if q.From == q.To {
		return false, time.Time{}
	}
	minute := now.Hour()*60 + now.Minute()
	if q.From < q.To {
		quiet = q.From <= minute && minute < q.To
	} else {
		quiet = minute >= q.From || minute < q.To
	}
	if quiet {
		return true, next(now, q.To)
	}
	return false, next(now, q.From)
}

// next is the next moment at a minute of the local day.
func next(now time.Time, minute int) time.Time {
	y, m, d := now.Date()
	at := time.Date(y, m, d, 0, minute, 0, 0, now.Location())
	if !at.After(now) {
		at = time.Date(y, m, d+1, 0, minute, 0, 0, now.Location())
	}
	return at
}

// lull is a stretch of quiet hours that the clerk has set aside.
type lull struct {
	until time.Time // its end
}

func (l lull) lifted(now time.Time) bool { return ahead(l.until, now, 24*time.Hour) }

// SendNow is what "send now" means to the clerk: everything that waits is tried
// at once, also what was to be tried again later and what waits for the end of
// the quiet hours, which are set aside this once. It spends no money and undoes no
// pause: those have calls of their own. The error is the store's.
func (c *Courier) SendNow() error {
	c.mu.Lock()
	now := c.o.Clock()
	if quiet, ends := c.o.Quiet.at(now); quiet {
		c.lull.until = ends
	}
	c.link.hurry = true
	c.mu.Unlock()
	err := c.hasten(waitsForTime)
	c.Wake()
	c.tell()
	return err
}
