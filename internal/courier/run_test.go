package courier

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"vanthu/store"
)

func TestClass(t *testing.T) {
	for _, c := range []struct {
		err  error
		want string
	}{
		{nil, ""},
		{fmt.Errorf("send: %w", ErrOffline), "offline"},
		{fmt.Errorf("send: %w", context.DeadlineExceeded), "offline"},
		{fmt.Errorf("%w: %w", ErrBusy, context.DeadlineExceeded), "busy"},
		{ErrRejected, "rejected"},
		{ErrNeedsClerk, "needs-clerk"},
		{ErrBroken, "broken"},
		{ErrConflict, "conflict"},
		{errors.New("never heard of"), "busy"},
	} {
		if got := Class(c.err); got != c.want {
			t.Errorf("%v: %q, want %q", c.err, got, c.want)
		}
	}
}

func TestLastingErrorsHoldAtOnce(t *testing.T) {
	for _, class := range []error{ErrRejected, ErrNeedsClerk, ErrBroken} {
		t.Run(class.Error(), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				d := newDesk(t, nil)
				d.o.Handlers["send"] = d.answer(fmt.Errorf("code 18: %w", class))
				d.queue(t, store.Job{ID: "send/1", Kind: "send"}, store.Job{ID: "send/2", Kind: "send"})
				stop := d.start(t)
				time.Sleep(24 * time.Hour)
				synctest.Wait()
				j, _ := d.job(t, "send/1")
				if j.State != store.Held || j.Attempts != 1 || j.Class != Class(class) || !strings.Contains(j.Reason, "code 18") {
					t.Errorf("job %+v", j)
				}
				if !slices.Equal(d.log, []string{"send/1", "send/2"}) {
					t.Errorf("log %v", d.log)
				}
				if s := d.State(); s.Held != 1 || s.Waiting != 0 {
					t.Errorf("state %+v", s)
				}
				if err := d.Retry("send/1"); err != nil {
					t.Fatal(err)
				}
				synctest.Wait()
				if _, open := d.job(t, "send/1"); open {
					t.Error("retried job still open")
				}
				stop()
			})
		})
	}
}

func TestBusyEndsAfterItsTries(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDesk(t, func(o *Options) { o.MaxTries = 4 })
		var at []time.Duration
		begin := time.Now()
		d.o.Handlers["send"] = func(context.Context, store.Job, func(int64, int64)) error {
			at = append(at, time.Since(begin))
			return errors.New("503")
		}
		d.queue(t, store.Job{ID: "send/1", Kind: "send"})
		stop := d.start(t)
		time.Sleep(24 * time.Hour)
		synctest.Wait()
		j, _ := d.job(t, "send/1")
		if len(at) != 4 || j.State != store.Held || j.Attempts != 4 || j.Class != "busy" || j.Reason != "503" {
			t.Errorf("tried at %v, job %+v", at, j)
		}
		for i := 2; i < len(at); i++ {
			if at[i]-at[i-1] <= at[i-1]-at[i-2] {
				t.Errorf("waits do not grow: %v", at)
			}
		}
		stop()
	})
}

// A full disk is mended by making room: the job waits for it, however long.
func TestFullDiskIsWaitedFor(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDesk(t, func(o *Options) { o.MaxTries = 4 })
		var room atomic.Bool
		d.o.Handlers["fetch"] = func(context.Context, store.Job, func(int64, int64)) error {
			if room.Load() {
				return nil
			}
			return fmt.Errorf("write: %w", ErrFull)
		}
		d.queue(t, store.Job{ID: "fetch/1", Kind: "fetch"})
		stop := d.start(t)
		time.Sleep(24 * time.Hour)
		synctest.Wait()
		if j, _ := d.job(t, "fetch/1"); j.State != store.Waiting || j.Attempts != 0 || j.Class != "full" {
			t.Errorf("job %+v", j)
		}
		room.Store(true)
		time.Sleep(2 * roomWait)
		synctest.Wait()
		if _, open := d.job(t, "fetch/1"); open {
			t.Error("with room again the job is still open")
		}
		stop()
	})
}

func TestKindWithoutHandlerIsHeld(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDesk(t, nil)
		d.queue(t, store.Job{ID: "x", Kind: "unknown"})
		sum, err := d.Drain(t.Context())
		if j, _ := d.job(t, "x"); err != nil || sum.Held != 1 || j.State != store.Held || j.Class != "needs-clerk" {
			t.Errorf("%+v %v, job %+v", sum, err, j)
		}
		d.close(t)
	})
}

func TestPanicHoldsTheJob(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDesk(t, nil)
		d.o.Handlers["send"] = func(context.Context, store.Job, func(int64, int64)) error { panic("nil map") }
		d.o.Handlers["ack"] = d.answer()
		d.queue(t, store.Job{ID: "send/1", Kind: "send", Urgency: 3}, store.Job{ID: "ack/1", Kind: "ack"})
		sum, err := d.Drain(t.Context())
		if j, _ := d.job(t, "send/1"); err != nil || sum.Held != 1 || sum.Done != 1 || j.State != store.Held || j.Class != "broken" {
			t.Errorf("%+v %v, job %+v", sum, err, j)
		}
		d.close(t)
	})
}

func TestLinkSwitchedOffStopsTheJob(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDesk(t, nil)
		first := true
		d.o.Handlers["send"] = func(ctx context.Context, _ store.Job, progress func(int64, int64)) error {
			if progress(50, 100); !first {
				return nil
			}
			first = false
			<-ctx.Done()
			return ctx.Err()
		}
		d.queue(t, store.Job{ID: "send/1", Kind: "send"})
		stop := d.start(t)
		synctest.Wait()
		if s := d.State(); len(s.Running) != 1 || s.Running[0].Done != 50 || s.Running[0].Total != 100 {
			t.Errorf("state while running %+v", s)
		}
		d.SetLink(false)
		time.Sleep(time.Hour)
		synctest.Wait()
		j, _ := d.job(t, "send/1")
		if j.Attempts != 0 || j.State != store.Waiting || j.Done != 50 {
			t.Errorf("job %+v", j)
		}
		if s := d.State(); s.On || s.Online || len(s.Running) != 0 || s.LastError != "offline" || s.Waiting != 1 {
			t.Errorf("state %+v", s)
		}
		polls := d.polls.Load()
		time.Sleep(time.Hour)
		synctest.Wait()
		if d.polls.Load() != polls {
			t.Error("polled with the link switched off")
		}
		d.SetLink(true)
		synctest.Wait()
		if _, open := d.job(t, "send/1"); open {
			t.Error("job still open with the link on again")
		}
		stop()
	})
}

func TestWakeTriesAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDesk(t, nil)
		d.o.Handlers["send"] = d.answer()
		d.answerPolls(ErrOffline)
		d.queue(t, store.Job{ID: "send/1", Kind: "send"})
		stop := d.start(t)
		time.Sleep(time.Hour)
		synctest.Wait()
		d.answerPolls(nil)
		d.Wake()
		synctest.Wait() // no time passes
		if _, open := d.job(t, "send/1"); open {
			t.Error("job still open")
		}
		stop()
	})
}

// TestOfflineInAJob: the link goes in the middle of a job; the others wait with it.
func TestOfflineInAJob(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDesk(t, func(o *Options) { o.Poll = nil })
		d.o.Handlers["send"] = d.answer(ErrOffline, ErrOffline)
		d.queue(t, store.Job{ID: "send/1", Kind: "send"}, store.Job{ID: "send/2", Kind: "send"})
		sum, err := d.Drain(t.Context())
		if !errors.Is(err, ErrOffline) || sum.Done != 0 || sum.Waiting != 2 || len(d.log) != 1 {
			t.Errorf("%+v %v %v", sum, err, d.log)
		}
		stop := d.start(t)
		time.Sleep(10 * time.Minute)
		synctest.Wait()
		if !slices.Equal(d.log, []string{"send/1", "send/1", "send/1", "send/2"}) {
			t.Errorf("log %v", d.log)
		}
		stop()
	})
}

// TestRefusedAccountHoldsNothing: when the poll itself is refused, jobs are not
// sent into the same refusal one by one.
func TestRefusedAccountHoldsNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDesk(t, nil)
		d.o.Handlers["send"] = d.answer()
		d.answerPolls(fmt.Errorf("wrong secret: %w", ErrRejected))
		d.queue(t, store.Job{ID: "send/1", Kind: "send"})
		if _, err := d.Drain(t.Context()); !errors.Is(err, ErrRejected) {
			t.Errorf("drain: %v", err)
		}
		if j, open := d.job(t, "send/1"); !open || j.Attempts != 0 || len(d.log) != 0 {
			t.Errorf("job %+v", j)
		}
		d.answerPolls(nil)
		if sum, err := d.Drain(t.Context()); err != nil || sum.Done != 1 {
			t.Errorf("%+v %v", sum, err)
		}
		d.close(t)
	})
}

// TestHandlerMayFinishItself, and what it queued anew under the same id stays.
func TestHandlerMayFinishItself(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDesk(t, nil)
		again := true
		d.o.Handlers["status"] = func(_ context.Context, j store.Job, _ func(int64, int64)) error {
			return d.store.Update(store.Act{What: "sent"}, func(tx *store.Tx) error {
				if err := tx.FinishJob(j.ID); err != nil || !again {
					return err
				}
				again = false
				return tx.Queue(store.Job{ID: j.ID, Kind: "status"})
			})
		}
		d.queue(t, store.Job{ID: "status/1", Kind: "status"})
		sum, err := d.Drain(t.Context())
		if err != nil || sum.Done != 2 || sum.Waiting != 0 {
			t.Errorf("%+v %v", sum, err)
		}
		d.close(t)
	})
}

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
