package courier

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"vanthu/store"
)

// run does one job and keeps the outcome. The error is one of the store.
//
// Chunk preemption belongs here: progress is called at the borders of chunks, so
// progress can compare the running job with what pick would choose now and end
// the job's context with a cause of its own, which settle then treats like a
// link switched off. It waits for handlers that can resume; until then stopping
// a transfer would cost more than it gives.
func (c *Courier) run(ctx context.Context, j store.Job) error {
	handle, ok := c.o.Handlers[j.Kind]
	if !ok {
		return c.settle(j, fmt.Errorf("%w: no handler for jobs of kind %q", ErrNeedsClerk, j.Kind))
	}
	c.begin(j)
	p := &progress{courier: c, job: j, saved: c.o.Clock()}
	err := c.attempt(ctx, func(ctx context.Context) error { return handle(ctx, j, p.report) })
	c.end()
	if err != nil && ctx.Err() != nil { // we are leaving: as if it had not been tried
		return p.save()
	}
	c.heard(err)
	if Class(err) == "offline" {
		return p.save()
	}
	return c.settle(p.job, err)
}

// settle writes the outcome of a job that was tried.
func (c *Courier) settle(j store.Job, err error) error {
	if err == nil {
		c.tally(func(s *Summary) { s.Done++ })
		return c.finish(j)
	}
	class := Class(err)
	full := class == Class(ErrFull)
	held := lasting(class) || !full && j.Attempts+1 >= c.o.MaxTries
	c.tally(func(s *Summary) {
		if held {
			s.Held++
		} else {
			s.Delayed++
		}
	})
	return c.edit(j, func(open *store.Job) {
		if !full {
			open.Attempts++
		}
		open.Class, open.Reason = class, reason(err)
		open.Done, open.Total = j.Done, j.Total
		if held {
			open.State = store.Held
			return
		}
		if full {
			open.NextTry = c.o.Clock().Add(roomWait)
			return
		}
		open.NextTry = c.o.Clock().Add(backoff(busyFirst, busyMost, open.Attempts, c.o.Rand))
	})
}

// edit changes the job as it is in the store now: its handler may have written
// to it, finished it, or put a new one in its place.
func (c *Courier) edit(j store.Job, change func(*store.Job)) error {
	err := c.o.Store.Maintain(func(tx *store.Tx) error {
		now, err := tx.Job(j.ID)
		if err != nil || !now.Created.Equal(j.Created) {
			return err
		}
		change(&now)
		return tx.SaveJob(now)
	})
	return ignoreGone(err)
}

func ignoreGone(err error) error {
	if errors.Is(err, store.ErrNotFound) {
		return nil
	}
	return err
}

// Retry lets a held or delayed job run again at once, with all its tries.
// store.ErrNotFound when it is gone.
func (c *Courier) Retry(id string) error {
	err := c.o.Store.Maintain(func(tx *store.Tx) error {
		j, err := tx.Job(id)
		if err != nil {
			return err
		}
		j.State, j.Attempts, j.NextTry, j.Class, j.Reason = store.Waiting, 0, time.Time{}, "", ""
		return tx.SaveJob(j)
	})
	if err != nil {
		return fmt.Errorf("retry: %w", err)
	}
	c.Wake()
	return nil
}

// roomAgain lets the jobs that wait for room on the disk run now: whoever asks
// for a round has made some, or will be told again.
func (c *Courier) roomAgain() error {
	var waiting []store.Job
	err := c.o.Store.View(func(tx *store.Tx) error {
		for j, err := range tx.Jobs() {
			if err != nil {
				return err
			}
			if j.State == store.Waiting && j.Class == Class(ErrFull) {
				waiting = append(waiting, j)
			}
		}
		return nil
	})
	for _, j := range waiting {
		err = errors.Join(err, c.edit(j, func(open *store.Job) { open.NextTry = time.Time{} }))
	}
	if errors.Is(err, store.ErrFull) { // none yet
		return nil
	}
	return err
}

const maxReason = 500

// reason is the text of an error, short and valid, for the job.
func reason(err error) string {
	text := err.Error()
	if len(text) > maxReason {
		text = text[:maxReason]
	}
	return strings.ToValidUTF8(text, "")
}

// progress is how far a running job is. Its handler reports from one goroutine
// at a time.
type progress struct {
	courier *Courier
	job     store.Job
	saved   time.Time
	dirty   bool
}

// report keeps the figures in memory, shows them a few times a second and writes
// them to the job rarely.
func (p *progress) report(done, total int64) {
	p.job.Done, p.job.Total, p.dirty = done, total, true
	p.courier.show(done, total)
	if now := p.courier.o.Clock(); now.Sub(p.saved) >= saveEvery {
		p.saved = now
		_ = p.save() // only figures; the next save may do better
	}
}

func (p *progress) save() error {
	if !p.dirty {
		return nil
	}
	p.dirty = false
	return p.courier.edit(p.job, func(open *store.Job) { open.Done, open.Total = p.job.Done, p.job.Total })
}

func (c *Courier) show(done, total int64) {
	c.mu.Lock()
	if c.last.running != nil {
		c.last.running.Done, c.last.running.Total = done, total
	}
	c.mu.Unlock()
	c.tell()
}
