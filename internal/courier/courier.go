package courier

import (
	"context"
	"math/rand/v2"
	"sync"
	"time"

	"vanthu/store"
)

// Handler does one job. It reports bytes moved through progress, at the borders
// of chunks, and returns nil when the work is done; it may have finished the job
// in a transaction of its own. Running it twice must be harmless. It must return
// soon after ctx ends.
type Handler func(ctx context.Context, j store.Job, progress func(done, total int64)) error

const (
	defaultEvery = 5 * time.Minute
	defaultTries = 12 // about three hours of a busy server
)

// Options say what a courier works with.
type Options struct {
	Store    *store.Store
	Clock    func() time.Time // time.Now when nil
	Rand     *rand.Rand       // jitter; a random seed when nil
	Poll     func(ctx context.Context) error
	Every    time.Duration // between polls, 5 minutes when 0
	Handlers map[string]Handler
	MaxTries int // tries of a busy job before it is held, 12 when 0

	// Lanes says how many jobs may run at once, 1 to 4; nil is 1. It is asked
	// again before each start: a line that loses packets carries more in several
	// connections, a good one does not.
	Lanes func() int
	// Resumable are the kinds of jobs whose handlers go on where they were
	// stopped. Only these yield to more urgent ones.
	Resumable []string
	// Quiet are the hours in which only urgent jobs and answers run.
	Quiet Quiet
	// Budget is how many bytes may be moved each local day, 0 for any number;
	// when they are used up only urgent jobs run. Traffic counts the bytes moved
	// by this process, both ways; it only grows. Without it there is no budget.
	Budget  int64
	Traffic func() int64
}

// Courier runs jobs. Its methods may be called from any goroutine.
type Courier struct {
	o       Options
	turn    chan struct{} // holds the one token of who may run jobs
	kick    chan struct{} // ends a wait
	changed chan struct{}
	queue   *queue // nil until a job may run; of whoever has the turn
	done    done   // of whoever has the turn

	mu   sync.Mutex
	link link
	last lastState
}

// New makes a courier with its link switched on. It does nothing until Run or
// Drain.
func New(o Options) *Courier {
	if o.Clock == nil {
		o.Clock = time.Now
	}
	if o.Rand == nil {
		o.Rand = rand.New(rand.NewPCG(rand.Uint64(), rand.Uint64()))
	}
	if o.Every <= 0 {
		o.Every = defaultEvery
	}
	if o.MaxTries <= 0 {
		o.MaxTries = defaultTries
	}
	c := &Courier{o: o, turn: make(chan struct{}, 1), kick: make(chan struct{}, 1), changed: make(chan struct{}, 1)}
	c.link.on = true
	c.turn <- struct{}{}
	c.recall()
	return c
}

// Run polls and runs due jobs until ctx ends, and returns the error of ctx, or
// earlier an error that makes the store unusable.
func (c *Courier) Run(ctx context.Context) error {
	commits, stop := c.o.Store.Watch()
	defer stop()
	inner, cancel := context.WithCancel(ctx)
	var forwarding sync.WaitGroup
	forwarding.Go(func() { c.forward(inner, commits) })
	defer forwarding.Wait()
	defer cancel()
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

// forward turns commits into looks at the queue and redraws.
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

// wait sleeps until next (zero: for ever), a kick or the end of ctx.
func (c *Courier) wait(ctx context.Context, next time.Time) {
	var due <-chan time.Time
	if !next.IsZero() {
		timer := time.NewTimer(max(0, next.Sub(c.o.Clock())))
		defer timer.Stop()
		due = timer.C
	}
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

// Drain polls once and runs jobs until none is due. Errors of single jobs are in
// the Summary and in the jobs; the error is that of the poll, ErrOffline when the
// link went, or one of the store.
func (c *Courier) Drain(ctx context.Context) (Summary, error) {
	if err := c.roomAgain(); err != nil {
		return Summary{}, err
	}
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
