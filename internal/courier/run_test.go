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
