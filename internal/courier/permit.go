package courier

import "time"

// What holds jobs back, for State.Why.
const (
	WhyPaused = "paused" // the clerk has stopped the exchange
	WhyQuiet  = "quiet"  // quiet hours: only urgent jobs and answers run
	WhyBudget = "budget" // today's bytes are used up: only urgent jobs run
)

// permit is what may run at a moment.
type permit struct {
	open    bool      // the link may be used at all
	answers bool      // besides what is urgent
	rest    bool      // besides what is urgent, and answers
	why     string    // the rule that holds jobs back, "" for none
	whyEnds time.Time // zero: not by itself
	until   time.Time // when to ask again, zero: when kicked
}

// lets tells whether jobs of a row may run.
func (p permit) lets(r row) bool {
	return p.rest || r.urgency >= urgent || p.answers && r.kind == answers
}

// letsBeside tells whether jobs of a row may run beside the lanes.
func (p permit) letsBeside(r row) bool { return r.small() && p.lets(r) }

// permit says what may run now.
func (c *Courier) permit() permit {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.permitted(c.o.Clock())
}

// permitted is permit; Courier.mu is held.
func (c *Courier) permitted(now time.Time) permit {
	p := c.ruled(now)
	switch {
	case !c.link.on:
		return permit{why: p.why, whyEnds: p.whyEnds}
	case p.why == WhyPaused:
		return p
	case ahead(c.link.retry, now, linkMost):
		p.until = c.link.retry
	case ahead(c.link.room, now, linkMost):
		p.until = c.link.room
	default:
		p.open = true
	}
	return p
}

// ruled says what the rules leave: pause, then budget, then quiet hours.
func (c *Courier) ruled(now time.Time) permit {
	if paused, until := c.pause.at(now); paused {
		return permit{why: WhyPaused, whyEnds: until, until: until}
	}
	p := permit{answers: true, rest: true}
	quiet, turns := c.o.Quiet.at(now)
	p.until = turns
	if quiet && !c.lull.lifted(now) {
		p.rest, p.why, p.whyEnds = false, WhyQuiet, turns
	}
	if c.overBudget(now) {
		tomorrow := midnight(now)
		p.answers, p.rest, p.why, p.whyEnds = false, false, WhyBudget, tomorrow
		p.until = earlier(p.until, tomorrow)
	}
	return p
}

// midnight is the beginning of the next local day.
func midnight(now time.Time) time.Time {
	y, m, d := now.Date()
	return time.Date(y, m, d+1, 0, 0, 0, 0, now.Location())
}

// noteWhy redraws when a rule begins or ends.
func (c *Courier) noteWhy(why string) {
	c.mu.Lock()
	differs := c.last.why != why
	c.last.why = why
	c.mu.Unlock()
	if differs {
		c.tell()
	}
}
