package courier

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"vanthu/store"
)

// TestFailureDoesNotUndoTheHandler: a handler that changed its job and then failed
// finds its changes the next time.
func TestFailureDoesNotUndoTheHandler(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDesk(t, nil)
		d.o.Handlers["send"] = func(_ context.Context, j store.Job, progress func(int64, int64)) error {
			err := d.store.Maintain(func(tx *store.Tx) error {
				j.Payload = []byte(`"half"`)
				return tx.SaveJob(j)
			})
			progress(5, 10)
			return errors.Join(err, ErrBusy)
		}
		d.queue(t, store.Job{ID: "send/1", Kind: "send", Payload: []byte(`"all"`)})
		if sum, err := d.Drain(t.Context()); err != nil || sum.Delayed != 1 {
			t.Errorf("%+v %v", sum, err)
		}
		if j, _ := d.job(t, "send/1"); string(j.Payload) != `"half"` || j.Attempts != 1 || j.Done != 5 || j.NextTry.IsZero() {
			t.Errorf("job %+v", j)
		}
		d.close(t)
	})
}

// TestUrgentOvertakesBetweenJobs: what is queued while a job runs takes its place
// in the order.
func TestUrgentOvertakesBetweenJobs(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDesk(t, nil)
		d.o.Handlers["send"] = func(_ context.Context, j store.Job, _ func(int64, int64)) error {
			if d.log = append(d.log, j.ID); len(d.log) == 1 {
				d.queue(t, store.Job{ID: "urgent", Kind: "send", Urgency: 3, Size: 1 << 20})
			}
			return nil
		}
		d.queue(t, store.Job{ID: "a", Kind: "send"}, store.Job{ID: "b", Kind: "send"})
		if _, err := d.Drain(t.Context()); err != nil {
			t.Error(err)
		}
		if !slices.Equal(d.log, []string{"a", "urgent", "b"}) {
			t.Errorf("log %v", d.log)
		}
		d.close(t)
	})
}

// TestIdleDoesNothing: without a poll and jobs no timer is left and no commit is
// made, however long it lasts.
func TestIdleDoesNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDesk(t, func(o *Options) { o.Poll = nil })
		d.o.Handlers["send"] = d.answer()
		stop := d.start(t)
		synctest.Wait()
		commits, end := d.store.Watch()
		defer end()
		for len(d.Changed()) > 0 {
			<-d.Changed()
		}
		time.Sleep(30 * 24 * time.Hour)
		synctest.Wait()
		if len(commits) != 0 || len(d.Changed()) != 0 {
			t.Error("something happened")
		}
		stop()
	})
}

// TestPollsAtItsPace: one poll each period and not one more; the time of the last
// success survives.
func TestPollsAtItsPace(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDesk(t, func(o *Options) { o.Every = 10 * time.Minute })
		stop := d.start(t)
		time.Sleep(24*time.Hour + time.Minute)
		synctest.Wait()
		if d.polls.Load() != 24*6+1 {
			t.Errorf("%d polls in a day", d.polls.Load())
		}
		if New(d.o).State().LastSuccess.Before(time.Now().Add(-2 * keepEvery)) {
			t.Error("last success was forgotten")
		}
		stop()
	})
}

// TestProgressIsSavedRarely counts commits during a long transfer.
func TestProgressIsSavedRarely(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDesk(t, nil)
		saves := 0
		d.o.Handlers["send"] = func(_ context.Context, _ store.Job, progress func(int64, int64)) error {
			commits, end := d.store.Watch()
			defer end()
			for i := range int64(6000) {
				time.Sleep(100 * time.Millisecond)
				progress(i, 6000)
				select {
				case <-commits:
					saves++
				default:
				}
			}
			return nil
		}
		d.queue(t, store.Job{ID: "send/1", Kind: "send"})
		if _, err := d.Drain(t.Context()); err != nil {
			t.Error(err)
		}
		if saves < 10 || saves > 20 {
			t.Errorf("%d commits in ten minutes", saves)
		}
		d.close(t)
	})
}

// TestStopLeavesTheJobAsItWas: ending the courier costs the running job no try.
func TestStopLeavesTheJobAsItWas(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDesk(t, nil)
		d.o.Handlers["send"] = func(ctx context.Context, _ store.Job, _ func(int64, int64)) error {
			<-ctx.Done()
			return fmt.Errorf("%w: %w", ErrRejected, ctx.Err())
		}
		d.queue(t, store.Job{ID: "send/1", Kind: "send"})
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan error, 1)
		go func() { done <- d.Run(ctx) }()
		synctest.Wait()
		cancel()
		if err := <-done; !errors.Is(err, context.Canceled) {
			t.Errorf("run: %v", err)
		}
		if j, _ := d.job(t, "send/1"); j.State != store.Waiting || j.Attempts != 0 {
			t.Errorf("job %+v", j)
		}
		d.close(t)
	})
}

// TestClosedStoreEndsRun: without a store there is nothing left to do.
func TestClosedStoreEndsRun(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDesk(t, nil)
		d.close(t)
		if err := d.Run(t.Context()); !errors.Is(err, store.ErrClosed) {
			t.Errorf("run: %v", err)
		}
	})
}

// TestFiguresWithoutLoading: the screen shows them while the first poll is under
// way and while there is no link, when no job is read.
func TestFiguresWithoutLoading(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDesk(t, nil)
		d.queue(t, store.Job{ID: "a", Kind: "send"}, store.Job{ID: "b", Kind: "send"}, store.Job{ID: "c", Kind: "send", State: store.Held})
		d.o.Poll = func(context.Context) error {
			if s := d.State(); s.Waiting != 2 || s.Held != 1 {
				t.Errorf("while polling: %+v", s)
			}
			return ErrOffline
		}
		stop := d.start(t)
		synctest.Wait()
		d.queue(t, store.Job{ID: "e", Kind: "send"})
		synctest.Wait()
		if s := d.State(); s.Waiting != 3 || s.Held != 1 || d.Courier.queue != nil {
			t.Errorf("offline: %+v", s)
		}
		stop()
	})
}

// TestAnswersAreRemovedTogether: a commit for each would cost more than the
// answers. Figures do not wait for it, and a poll finds none of them left.
func TestAnswersAreRemovedTogether(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDesk(t, nil)
		const n = 3*doneMost + 7
		for i := range n {
			d.queue(t, store.Job{ID: fmt.Sprint("ack/", i), Kind: "ack"})
		}
		commits, end := d.store.Watch()
		defer end()
		saves, left := 0, n
		d.o.Handlers["ack"] = func(context.Context, store.Job, func(int64, int64)) error {
			select {
			case <-commits:
				saves++
			default:
			}
			if s := d.State(); s.Waiting != left {
				t.Errorf("%d waiting, want %d", s.Waiting, left)
			}
			left--
			return nil
		}
		if sum, err := d.Drain(t.Context()); err != nil || sum.Done != n || sum.Waiting != 0 {
			t.Errorf("%+v %v", sum, err)
		}
		if saves > 4 {
			t.Errorf("%d commits for %d answers", saves, n)
		}
		_ = d.store.View(func(tx *store.Tx) error {
			if open := tx.CountJobs(); open != 0 {
				t.Errorf("%d jobs left", open)
			}
			return nil
		})
		d.close(t)
	})
}

// TestOldAnswersAreRemovedBeforeALongJob, so that a crash in it repeats none.
func TestOldAnswersAreRemovedBeforeALongJob(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDesk(t, nil)
		d.o.Handlers["ack"] = func(context.Context, store.Job, func(int64, int64)) error {
			time.Sleep(doneAge / 2)
			return nil
		}
		d.o.Handlers["send"] = func(context.Context, store.Job, func(int64, int64)) error {
			if _, open := d.job(t, "ack/1"); open {
				t.Error("an old answer is still open")
			}
			return nil
		}
		d.queue(t, store.Job{ID: "ack/1", Kind: "ack"}, store.Job{ID: "ack/2", Kind: "ack"}, store.Job{ID: "ack/3", Kind: "ack"}, store.Job{ID: "send/1", Kind: "send"})
		if sum, err := d.Drain(t.Context()); err != nil || sum.Done != 4 {
			t.Errorf("%+v %v", sum, err)
		}
		d.close(t)
	})
}

// TestChangedIsSeldomWhileMuchHappens: the screen has better things to do than to
// follow each of many jobs; the last change is told all the same.
func TestChangedIsSeldomWhileMuchHappens(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDesk(t, nil)
		told := 0
		d.o.Handlers["ack"] = func(context.Context, store.Job, func(int64, int64)) error {
			time.Sleep(time.Millisecond)
			select {
			case <-d.Changed():
				told++
			default:
			}
			return nil
		}
		for i := range 1000 {
			d.queue(t, store.Job{ID: fmt.Sprint("ack/", i), Kind: "ack"})
		}
		if _, err := d.Drain(t.Context()); err != nil {
			t.Fatal(err)
		}
		if told < 8 || told > 12 {
			t.Errorf("told %d times in a second", told)
		}
		time.Sleep(tellEvery)
		synctest.Wait()
		if len(d.Changed()) != 1 || d.State().Waiting != 0 {
			t.Error("the end was not told")
		}
		d.close(t)
	})
}
