package courier

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync/atomic"
	"time"

	"vanthu/store"
)

// lane is a job, or a poll, that is running.
type lane struct {
	courier *Courier
	entry   *entry // nil for a poll
	job     store.Job
	row     row
	beside  bool // a small answer beside the lanes
	began   time.Time
	cancel  context.CancelCauseFunc
	yield   atomic.Bool // to be stopped at the next chunk border

	// As they are when the lane has ended.
	err     error
	stopped error // why its context ended, nil when it did not

	saved time.Time // of the handler, which reports from one goroutine at a time

	// Guarded by Courier.mu; what the handler has written others read.
	dirty       bool // it has reported
	epoch       int  // of the link, when it began or last moved anything
	done, total int64
}

func (l *lane) poll() bool { return l.entry == nil }

// main tells whether it takes up one of Options.Lanes.
func (l *lane) main() bool { return l.entry != nil && !l.beside }

// closing tells whether all has been moved by its own word, not by that of an
// earlier try; Courier.mu is held.
func (l *lane) closing() bool { return l.dirty && l.total > 0 && l.done >= l.total }

// launch starts work in a lane, unless the link was just switched off or paused.
func (c *Courier) launch(ctx context.Context, l *lane, work func(context.Context) error) bool {
	ctx, l.cancel = context.WithCancelCause(ctx)
	c.mu.Lock()
	l.began = c.o.Clock()
	paused, _ := c.pause.at(l.began)
	ok := c.link.on && !paused
	if ok {
		l.epoch = c.link.epoch
		c.lanes = append(c.lanes, l)
		c.weather.begin(l.began, len(c.lanes))
	}
	c.mu.Unlock()
	if !ok {
		l.cancel(nil)
		return false
	}
	go l.drive(ctx, work)
	c.tell()
	return true
}

// drive is the lane's goroutine.
func (l *lane) drive(ctx context.Context, work func(context.Context) error) {
	l.err = protect(ctx, work)
	l.stopped = context.Cause(ctx)
	l.cancel(nil)
	l.courier.ended <- l
}

func protect(ctx context.Context, work func(context.Context) error) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("%w: internal error: %v", ErrBroken, r)
		}
	}()
	return work(ctx)
}

// work does the lane's job.
func (l *lane) work(ctx context.Context) error {
	handle, ok := l.courier.o.Handlers[l.job.Kind]
	if !ok {
		return fmt.Errorf("%w: no handler for jobs of kind %q", ErrNeedsClerk, l.job.Kind)
	}
	return handle(ctx, l.job, l.report)
}

// report is the border of a chunk: the figures are kept in memory, shown a few
// times a second and written to the job rarely; and here the job yields when it
// was asked to.
func (l *lane) report(done, total int64) {
	c := l.courier
	now := c.o.Clock()
	c.mu.Lock()
	news := l.done < done && l.dirty && c.proven(l, now) // the first report may tell what moved in an earlier try
	if l.done < done {
		c.weather.moved(now, done-l.done)
	}
	l.done, l.total, l.dirty = done, total, true
	news = news || l.closing() || c.overBudget(now) && c.last.why != WhyBudget
	c.mu.Unlock()
	if news {
		signal(c.kick)
	}
	c.tell()
	if elapsed(l.saved, now, saveEvery) {
		l.saved = now
		_ = l.save() // only figures; the next save may do better
		c.keep(false)
	}
	if l.yield.Load() {
		l.cancel(ErrYield)
	}
}

// save writes the figures to the job.
func (l *lane) save() error {
	if !l.dirty {
		return nil
	}
	l.courier.mu.Lock()
	done, total := l.done, l.total
	l.courier.mu.Unlock()
	return l.courier.edit(l.job, func(open *store.Job) { open.Done, open.Total = done, total })
}

// retire takes an ended lane off the list.
func (c *Courier) retire(l *lane) {
	c.mu.Lock()
	c.lanes = slices.DeleteFunc(c.lanes, func(other *lane) bool { return other == l })
	now := c.o.Clock()
	c.weather.end(now, len(c.lanes))
	if l.entry != nil && l.err == nil {
		c.weather.finished(l.job, l.dirty, now.Sub(l.began))
	}
	c.mu.Unlock()
	c.tell()
}

var errStore = errors.New("store is unusable")
