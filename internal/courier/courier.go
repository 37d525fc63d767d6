package courier

import (
	"context"
	"errors"
	"sync"
	"time"

	"vanthu/store"
)

// Courier runs jobs. Its methods may be called from any goroutine.
type Courier struct {
	o       Options
	turn    chan struct{} // holds the one token of who may run jobs
	kick    chan struct{} // ends a wait
	changed chan struct{}
	ended   chan *lane // lanes that have ended

	queue *queue // nil until a job may run; of whoever has the turn
	done  done   // of whoever has the turn

	mu      sync.Mutex
	lanes   []*lane // what runs; changed by whoever has the turn
	link    link
	pause   pause
	lull    lull
	ledger  ledger
	weather weather
	last    lastState
}

// New makes a courier with its link switched on, and paused if it was when it
// was last used. It does nothing until Run or Drain.
func New(o Options) *Courier {
	c := &Courier{o: o.filledIn(), turn: make(chan struct{}, 1), kick: make(chan struct{}, 1),
		changed: make(chan struct{}, 1), ended: make(chan *lane, mostLanes+2)}
	c.link.on = true
	c.turn <- struct{}{}
	c.recall()
	return c
}

// Run polls and runs due jobs until ctx ends, and returns the error of ctx, or
// earlier an error that makes the store unusable. No handler runs any more then.
func (c *Courier) Run(ctx context.Context) error {
	defer c.follow(ctx)()
	defer c.keep(true)
	for {
		next, err := c.round(ctx)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err != nil {
			return err
		}
		c.wait(ctx, next)
	}
}

// follow turns commits into looks at the queue and redraws until it is stopped.
func (c *Courier) follow(ctx context.Context) (stop func()) {
	commits, unwatch := c.o.Store.Watch()
	ctx, cancel := context.WithCancel(ctx)
	var forwarding sync.WaitGroup
	forwarding.Go(func() { c.forward(ctx, commits) })
	return func() {
		cancel()
		forwarding.Wait()
		unwatch()
	}
}

func (c *Courier) forward(ctx context.Context, commits <-chan struct{}) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-commits:
			signal(c.kick)
			c.tell()
		}
	}
}

// longestSleep is how long a moment of the wall clock is waited for before it is
// looked at again: the clock may be set, and the PC may sleep.
const longestSleep = 5 * time.Minute

// timer is one for next, nil when it is zero. Stop it.
func (c *Courier) timer(next time.Time) (due <-chan time.Time, stop func()) {
	if next.IsZero() {
		return nil, func() {}
	}
	timer := time.NewTimer(min(max(0, next.Sub(c.o.Clock())), longestSleep))
	return timer.C, func() { timer.Stop() }
}

// wait sleeps until next (zero: for ever), a kick or the end of ctx.
func (c *Courier) wait(ctx context.Context, next time.Time) {
	due, stop := c.timer(next)
	defer stop()
	select {
	case <-ctx.Done():
	case <-c.kick:
	case <-due:
	}
}

// Summary is what a Drain did.
type Summary struct {
	Done    int // jobs finished
	Delayed int // jobs to be tried again later
	Held    int // jobs that now need the clerk
	Waiting int // jobs left in the queue, not counting held ones
}

// Drain polls once and runs jobs until none is due or may run, in all lanes; none
// runs any more when it returns. It keeps to the pause, the quiet hours and the
// budget: State.Why says what it left for their sake, which is no error. Errors of
// single jobs are in the Summary and in the jobs; the error is that of the poll,
// ErrOffline when the link went, or one of the store.
func (c *Courier) Drain(ctx context.Context) (Summary, error) {
	if err := c.hasten(waitsForRoom); err != nil {
		return Summary{}, err
	}
	defer c.follow(ctx)()
	defer c.keep(true)
	c.force()
	before := c.counts()
	_, err := c.round(ctx)
	sum := c.counts().since(before)
	sum.Waiting = c.State().Waiting
	switch {
	case ctx.Err() != nil:
		return sum, ctx.Err()
	case err != nil:
		return sum, err
	}
	return sum, c.linkError()
}

// round makes passes until nothing runs and nothing may start. It returns when to
// come again, zero for when kicked, and an error only when the store is unusable.
func (c *Courier) round(ctx context.Context) (next time.Time, err error) {
	if err := c.takeTurn(ctx); err != nil {
		return time.Time{}, err
	}
	defer func() { c.turn <- struct{}{} }()
	defer c.keep(false)
	next, err = c.work(ctx)
	switch full := c.clear(); {
	case errors.Is(full, store.ErrFull):
		c.noRoom()
		next = earlier(next, c.permit().until)
	case err == nil:
		err = full
	}
	return next, err
}

// takeTurn waits for the turn. Whoever has it meanwhile gets the kick that may
// have brought us here.
func (c *Courier) takeTurn(ctx context.Context) error {
	select {
	case <-c.turn:
		return nil
	default:
		signal(c.kick)
	}
	select {
	case <-c.turn:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// Changed is signalled after the state or the books may have changed, at the
// latest a tenth of a second after; several changes may make one signal. One
// listener only.
func (c *Courier) Changed() <-chan struct{} { return c.changed }

func signal(ch chan struct{}) {
	select {
	case ch <- struct{}{}:
	default:
	}
}
