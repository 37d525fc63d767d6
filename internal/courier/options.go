package courier

import (
	"context"
	"math/rand/v2"
	"time"

	"vanthu/store"
)

// Handler does one job. It reports bytes moved through progress, at the borders
// of chunks, and returns nil when the work is done; it may have finished the job
// in a transaction of its own. Running it twice must be harmless. It must return
// soon after ctx ends; the cause ErrYield says that it will be called again as
// soon as something more urgent is through. Handlers of different records run at
// the same time.
type Handler func(ctx context.Context, j store.Job, progress func(done, total int64)) error

const (
	defaultEvery = 5 * time.Minute
	defaultTries = 12 // about three hours of a busy server
	mostLanes    = 4
)

// Options say what a courier works with. Its functions must not call the courier.
type Options struct {
	Store    *store.Store
	Clock    func() time.Time // time.Now when nil; its location is that of the local day
	Rand     *rand.Rand       // jitter; a random seed when nil
	Poll     func(ctx context.Context) error
	Every    time.Duration // between polls, 5 minutes when 0
	Handlers map[string]Handler
	MaxTries int // tries of a busy job before it is held, 12 when 0

	// Lanes says how many jobs may run at once, 1 to 4. It is asked again before
	// each start: a line that loses packets carries more in several connections,
	// a good one does not. While they move documents one small answer runs beside
	// them. nil is strictly one job at a time.
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

func (o Options) filledIn() Options {
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
	return o
}

func (o Options) lanes() int {
	if o.Lanes == nil {
		return 1
	}
	return min(max(o.Lanes(), 1), mostLanes)
}
