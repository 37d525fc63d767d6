package courier

import (
	"time"

	"vanthu/store"
)

// State is what the screen shows of the courier.
type State struct {
	On          bool // switched on by the clerk
	Online      bool // the last attempt got through
	LastSuccess time.Time
	LastError   string      // class of the last failure since the last success, "" for none
	Waiting     int         // jobs in the queue
	Held        int         // jobs that need the clerk
	Running     []store.Job // in the order in which they began, with Done and Total as they are now

	Why         string    // what holds jobs back: WhyPaused, WhyQuiet, WhyBudget, "" for nothing
	Until       time.Time // when Why ends by itself, zero when it does not
	Paused      bool      // by Pause
	PausedUntil time.Time // zero: until Resume

	Rate float64       // bytes a second while something is moving, 0 unknown
	Left int64         // bytes waiting, as far as known
	ETA  time.Duration // until the queue is empty, 0 unknown

	Spent  int64 // bytes moved this local day, counted with Options.Traffic
	Budget int64 // bytes allowed a day, 0 for any number
	Lifted bool  // the clerk has lifted today's budget
}

// lastState is what the courier remembers for State. Guarded by Courier.mu.
type lastState struct {
	success time.Time
	saved   time.Time // success as it was last written to the store
	class   string
	why     string
	figures figures
	told    time.Time // when Changed was last signalled
	telling bool      // it will be again
	counts  Summary
}

const (
	successKey = "courier/lastSuccess"
	// saveEvery is how often technical state that nobody would miss is written.
	saveEvery = 30 * time.Second
	// keepEvery is how often the time of the last success is written.
	keepEvery = 15 * time.Minute
	// tellEvery is how often Changed is signalled at most: many jobs a second are
	// no reason to draw the screen as often.
	tellEvery = 100 * time.Millisecond
)

// State is a copy of the present state.
func (c *Courier) State() State {
	c.mu.Lock()
	defer c.mu.Unlock()
	now := c.o.Clock()
	s := State{On: c.link.on, Online: c.link.online, LastSuccess: c.last.success, LastError: c.last.class,
		Waiting: c.last.figures.waiting, Held: c.last.figures.held, Budget: c.o.Budget}
	s.Paused, s.PausedUntil = c.pause.at(now)
	p := c.ruled(now)
	s.Why, s.Until = p.why, p.whyEnds
	c.spend(now)
	today := c.ledger.today(now)
	s.Spent, s.Lifted = today.Bytes, today.Lifted
	c.forecast(&s, now)
	return s
}

// forecast fills in what runs, what is left and how long it will take.
func (c *Courier) forecast(s *State, now time.Time) {
	left, unsized := c.last.figures.bytes, c.last.figures.unsized
	for _, l := range c.lanes {
		if l.poll() {
			continue
		}
		j := l.job
		j.Payload, j.Done, j.Total = nil, l.done, l.total
		s.Running = append(s.Running, j)
		more, known := bytesLeft(j)
		left += more
		if !known {
			unsized++
		}
	}
	s.Left, s.Rate = left, c.weather.rate(now)
	if s.Why == "" && s.Online {
		s.ETA = c.weather.eta(now, left, unsized, c.o.lanes())
	}
}

func (c *Courier) counts() Summary {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.last.counts
}

func (s Summary) since(before Summary) Summary {
	return Summary{Done: s.Done - before.Done, Delayed: s.Delayed - before.Delayed, Held: s.Held - before.Held}
}

// tell signals Changed, at once unless it has just done so.
func (c *Courier) tell() {
	c.mu.Lock()
	defer c.mu.Unlock()
	now := c.o.Clock()
	since := now.Sub(c.last.told)
	switch {
	case c.last.telling:
	case since >= 0 && since < tellEvery:
		c.last.telling = true
		time.AfterFunc(tellEvery-since, c.tellLater)
	default:
		c.last.told = now
		signal(c.changed)
	}
}

func (c *Courier) tellLater() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.last.told, c.last.telling = c.o.Clock(), false
	signal(c.changed)
}

// note keeps the outcome of an attempt.
func (c *Courier) note(err error) {
	c.mu.Lock()
	if c.last.class = Class(err); err == nil {
		c.last.success = c.o.Clock()
	}
	c.mu.Unlock()
	c.tell()
}

// tally adds to the counts of the Summary.
func (c *Courier) tally(count func(*Summary)) {
	c.mu.Lock()
	defer c.mu.Unlock()
	count(&c.last.counts)
}

// recall reads what earlier runs kept. What is not there, or cannot be read,
// simply is not there.
func (c *Courier) recall() {
	c.ledger.saved = c.o.Clock()
	_ = c.o.Store.View(func(tx *store.Tx) error {
		var at time.Time
		if tx.Value(successKey, &at) == nil {
			c.last.success, c.last.saved = at, at
		}
		_ = tx.Value(pauseKey, &c.pause)
		_ = tx.Value(ledgerKey, &c.ledger.days)
		return nil
	})
	if c.o.Traffic != nil {
		c.ledger.meter = c.o.Traffic()
	}
}

// keep writes the time of the last success and the day's bytes now and then, and
// the bytes whenever the courier stops. Losing them is harmless.
func (c *Courier) keep(leaving bool) {
	if c.ledgerDue(leaving) {
		_ = c.keepLedger()
	}
	c.mu.Lock()
	at := c.last.success
	due := !at.IsZero() && elapsed(c.last.saved, at, keepEvery)
	if due {
		c.last.saved = at
	}
	c.mu.Unlock()
	if due {
		_ = c.o.Store.Maintain(func(tx *store.Tx) error { return tx.SetValue(successKey, at) })
	}
}

// glance brings the figures of State up to date: from the queue once it is loaded,
// before that by counting in the store, which reads no jobs.
func (c *Courier) glance() error {
	if c.queue != nil {
		c.queue.update()
		c.figures(c.queue.figures)
		return nil
	}
	return c.o.Store.View(func(tx *store.Tx) error {
		waiting, held := tx.CountStates()
		c.figures(figures{waiting: waiting, held: held})
		return nil
	})
}

func (c *Courier) figures(f figures) {
	c.mu.Lock()
	differs := c.last.figures != f
	c.last.figures = f
	c.mu.Unlock()
	if differs {
		c.tell()
	}
}
