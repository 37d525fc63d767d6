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

// inWorld runs a test in a world of its own.
func inWorld(t *testing.T, change func(*Options), test func(t *testing.T, w *world)) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, 1, change)
		synctest.Wait()
		test(t, w)
		w.stop()
	})
}

func (w *world) want(log ...string) {
	w.t.Helper()
	w.mu.Lock()
	defer w.mu.Unlock()
	if !slices.Equal(w.log, log) {
		w.t.Errorf("done %v, want %v", w.log, log)
	}
}

func doc(id string, chunks int64, change ...func(*store.Job)) store.Job {
	j := store.Job{ID: id, Kind: "send", Size: chunks * chunk}
	for _, f := range change {
		f(&j)
	}
	return j
}

func as(urgency int) func(*store.Job)   { return func(j *store.Job) { j.Urgency = urgency } }
func of(record string) func(*store.Job) { return func(j *store.Job) { j.Record = record } }
func kind(k string) func(*store.Job)    { return func(j *store.Job) { j.Kind = k } }

func TestLanesRunSeveralJobs(t *testing.T) {
	for _, lanes := range []int{-1, 1, 2, 4, 9} {
		t.Run(fmt.Sprint(lanes), func(t *testing.T) {
			inWorld(t, nil, func(t *testing.T, w *world) {
				w.set(func() { w.lanesNow = lanes })
				w.sleep(time.Second)
				begin := time.Now()
				for i := range 8 {
					w.queue(doc(fmt.Sprint(i), 2))
				}
				synctest.Wait()
				if want := min(max(lanes, 1), 4); len(w.State().Running) != want {
					t.Errorf("%d running, want %d", len(w.State().Running), want)
				}
				for len(w.jobs()) > 0 {
					w.sleep(time.Second)
				}
				want := 16 * chunkTime / time.Duration(min(max(lanes, 1), 4))
				if took := time.Since(begin); took < want || took > want+3*time.Second {
					t.Errorf("took %s, want about %s", took, want)
				}
			})
		})
	}
}

// TestRecordsTakeTurns: in the order of queuing, whatever their urgency, size and
// the clock say, and others in between.
func TestRecordsTakeTurns(t *testing.T) {
	inWorld(t, nil, func(t *testing.T, w *world) {
		w.set(func() { w.lanesNow, w.down = 4, true })
		w.Wake()
		w.sleep(time.Second)
		w.queue(doc("a1", 9, of("a")))
		w.set(func() { w.offset = -5 * time.Hour })
		w.queue(doc("a2", 1, of("a"), kind("status"), as(3)))
		w.set(func() { w.offset = 5 * time.Hour })
		w.queue(doc("a3", 0, of("a"), kind("ack")), doc("b", 3))
		w.set(func() { w.down = false })
		w.Wake()
		w.sleep(time.Hour)
		w.want("b", "a1", "a2", "a3")
		if w.most != 2 {
			t.Errorf("%d at once", w.most)
		}
	})
}

// TestFirstOfARecordIsAsUrgentAsTheLast: the urgent one behind it waits for it.
func TestFirstOfARecordIsAsUrgentAsTheLast(t *testing.T) {
	inWorld(t, nil, func(t *testing.T, w *world) {
		w.sleep(time.Second)
		w.queue(doc("first", 2))
		synctest.Wait()
		w.queue(doc("very", 2, as(2)), doc("a1", 20, of("a")), doc("express", 1, of("a"), as(3)))
		w.sleep(time.Hour)
		w.want("a1", "express", "very", "first")
	})
}

// TestHeldIsOutOfTurn: what needs the clerk holds up nothing else of its record,
// and takes its turn again on Retry. What is delayed holds up.
func TestHeldIsOutOfTurn(t *testing.T) {
	inWorld(t, nil, func(t *testing.T, w *world) {
		w.outcomes["a1"] = []error{ErrRejected}
		w.outcomes["a2"] = []error{ErrBusy}
		w.queue(doc("a1", 1, of("a")), doc("a2", 1, of("a")), doc("a3", 1, of("a")))
		w.sleep(12 * time.Second)
		w.want("a1", "a2")
		if err := w.Retry("a3"); err != nil { // it cannot pass a2, which therefore runs at once too
			t.Fatal(err)
		}
		w.sleep(9 * time.Second)
		w.want("a1", "a2", "a2", "a3")
		if err := w.Retry("a1"); err != nil {
			t.Fatal(err)
		}
		w.sleep(time.Minute)
		w.want("a1", "a2", "a2", "a3", "a1")
	})
}

// TestSmallAnswersRunBesideDocuments but not beside what is more urgent, and one
// at a time.
func TestSmallAnswersRunBesideDocuments(t *testing.T) {
	inWorld(t, nil, func(t *testing.T, w *world) {
		w.queue(doc("doc", 30, as(1)))
		w.sleep(time.Second)
		w.queue(doc("everyday", 1, kind("status")))
		w.sleep(10 * time.Second)
		w.want()
		w.queue(doc("large", 3, kind("status"), as(1)), doc("s1", 1, kind("status"), as(1)), doc("s2", 1, kind("ack"), as(2)))
		w.sleep(10 * time.Second)
		w.want("s2", "s1")
		if w.most != 2 {
			t.Errorf("%d at once", w.most)
		}
		w.sleep(time.Hour)
		w.want("s2", "s1", "doc", "large", "everyday")
	})
}

// TestOneLossStopsAllLanes: one retry for all, no tries spent, and what they had
// moved is not moved again.
func TestOneLossStopsAllLanes(t *testing.T) {
	inWorld(t, nil, func(t *testing.T, w *world) {
		w.set(func() { w.lanesNow = 4 })
		for i := range 4 {
			w.queue(doc(fmt.Sprint(i), 10))
			w.sleep(time.Second)
		}
		w.sleep(10 * time.Second)
		w.set(func() { w.down = true })
		w.sleep(2 * time.Second) // only the first lane has come to its next chunk by then
		if s := w.State(); s.Online || s.LastError != "offline" {
			t.Errorf("%+v", s)
		}
		w.Courier.mu.Lock()
		failures := w.link.failures
		w.Courier.mu.Unlock()
		if failures != 1 {
			t.Errorf("%d failures for one loss", failures)
		}
		w.set(func() { w.down = false })
		w.sleep(time.Minute)
		if len(w.jobs()) != 0 || w.traffic > 44*chunk {
			t.Errorf("%v left, %d chunks moved", ids(w.jobs()), w.traffic/chunk)
		}
		for id, n := range w.effects {
			if n != 1 {
				t.Errorf("%s came %d times", id, n)
			}
		}
	})
}

// TestSilentLanesAreStopped soon after another found no link; those that move on
// are not, and show that it was not the link.
func TestSilentLanesAreStopped(t *testing.T) {
	var stopped time.Duration
	hang := func(ctx context.Context, _ store.Job, _ func(int64, int64)) error {
		if stopped > 0 {
			return ErrNeedsClerk
		}
		begin := time.Now()
		<-ctx.Done()
		stopped = time.Since(begin)
		if !errors.Is(context.Cause(ctx), errLost) {
			t.Errorf("stopped by %v", context.Cause(ctx))
		}
		return ctx.Err()
	}
	inWorld(t, func(o *Options) { o.Handlers = map[string]Handler{"hang": hang} }, func(t *testing.T, w *world) {
		w.set(func() { w.lanesNow = 3 })
		w.outcomes["dead"] = []error{ErrOffline}
		w.sleep(time.Second)
		w.queue(doc("moves", 20), doc("hang", 1, kind("hang")), doc("dead", 1, kind("agencies")))
		w.sleep(chunkTime + time.Second)
		if s := w.State(); s.Online || len(s.Running) != 3 {
			t.Errorf("%+v", s)
		}
		w.sleep(chunkTime - time.Second/2) // the next chunk of moves, before the end of the second try of dead
		if s := w.State(); !s.Online || len(s.Running) < 2 {
			t.Errorf("%+v", s)
		}
		w.sleep(time.Minute)
		if stopped < silence || stopped > silence+2*chunkTime || w.jobs()["hang"].Class != "needs-clerk" {
			t.Errorf("stopped after %s: %+v", stopped, w.jobs())
		}
		w.sleep(time.Minute)
		if w.traffic != 22*chunk || w.effects["moves"] != 1 || w.effects["dead"] != 1 {
			t.Errorf("%d chunks, %v", w.traffic/chunk, w.effects)
		}
	})
}

// TestAnswersLeaveTheLanes to the documents of their level.
func TestAnswersLeaveTheLanes(t *testing.T) {
	inWorld(t, nil, func(t *testing.T, w *world) {
		w.set(func() { w.lanesNow, w.down = 2, true })
		w.Wake()
		w.sleep(time.Second)
		for i := range 6 {
			w.queue(doc(fmt.Sprint("ack", i), 1, kind("ack")), doc(fmt.Sprint("doc", i), 3))
		}
		w.queue(doc("urgent", 1, kind("status"), as(1)))
		w.set(func() { w.down = false })
		w.Wake()
		for range 8 {
			w.sleep(chunkTime)
			documents, small := 0, 0
			for _, r := range w.rides() {
				if rowOf(r.job).small() && r.job.Urgency == 0 {
					small++
				} else {
					documents++
				}
			}
			if documents != 2 || small > 1 {
				t.Errorf("running %v", ids(w.rides()))
			}
		}
		w.sleep(time.Minute)
		if len(w.jobs()) != 0 {
			t.Errorf("left %v", ids(w.jobs()))
		}
	})
}

// TestClosingLanes: while a job waits for its last answers the next one moves, but
// nobody takes a lane from one that is nearly done.
func TestClosingLanes(t *testing.T) {
	slow := func(ctx context.Context, j store.Job, progress func(int64, int64)) error {
		progress(j.Size, j.Size)
		return pass(ctx, time.Hour)
	}
	change := func(o *Options) {
		o.Handlers = map[string]Handler{"slow": slow}
		o.Resumable = append(o.Resumable, "slow")
	}
	inWorld(t, change, func(t *testing.T, w *world) {
		w.sleep(time.Second)
		w.queue(doc("slow1", 1, kind("slow")), doc("slow2", 1, kind("slow")))
		for i := range 8 {
			moved := func(j *store.Job) { j.Done, j.Total = j.Size, j.Size } // in an earlier try
			w.queue(doc(fmt.Sprint(i), 5, as(i/4), moved))
		}
		w.sleep(10 * time.Second)
		if got := len(w.State().Running); got != 3 || len(w.rides()) != 1 {
			t.Errorf("%d run, of which move %v", got, ids(w.rides()))
		}
		w.sleep(59 * time.Minute)
		if left := ids(w.jobs()); !slices.Equal(left, []string{"slow1", "slow2"}) {
			t.Errorf("left %v", left)
		}
		w.sleep(time.Hour)
		if len(w.jobs()) != 0 {
			t.Errorf("left %v", ids(w.jobs()))
		}
	})
}

// TestFirstPoll: jobs run beside it when something got through in the last day,
// and never once it was refused.
func TestFirstPoll(t *testing.T) {
	for _, c := range []struct {
		away time.Duration
		want []string // that run beside the poll
	}{
		{time.Hour, []string{"a"}},
		{48 * time.Hour, nil},
	} {
		inWorld(t, nil, func(t *testing.T, w *world) {
			w.queue(doc("first", 0))
			w.sleep(time.Hour)
			w.SetLink(false)
			w.sleep(c.away)
			w.kill()
			w.SetLink(false)
			w.queue(doc("a", 3), doc("b", 3))
			w.set(func() { w.refused = true })
			w.SetLink(true)
			w.sleep(100 * time.Millisecond) // the poll takes three times that
			if got := ids(w.rides()); !slices.Equal(got, c.want) {
				t.Errorf("after %s: %v run", c.away, got)
			}
			w.sleep(time.Hour)
			if j, open := w.jobs()["b"]; !open || j.Attempts != 0 || j.State != store.Waiting {
				t.Errorf("%+v", j)
			}
			w.set(func() { w.refused = false })
			w.Wake()
			w.sleep(time.Hour)
			if len(w.jobs()) != 0 {
				t.Errorf("left %v", ids(w.jobs()))
			}
		})
	}
}

// TestCutsEverySoOften: what moved before a cut goes on within about a second
// after it, without a poll between.
func TestCutsEverySoOften(t *testing.T) {
	inWorld(t, func(o *Options) { o.Every = 24 * time.Hour }, func(t *testing.T, w *world) {
		w.queue(doc("send", 40))
		for range 20 {
			w.sleep(17 * time.Second)
			w.set(func() { w.down = true })
			w.sleep(3 * time.Second)
			w.set(func() { w.down = false })
		}
		if len(w.jobs()) != 0 || w.effects["send"] != 1 {
			t.Errorf("after 400 seconds for 160: %+v", w.jobs())
		}
	})
}

// TestADeadJobDoesNotBlock: what finds no link each time, while others would get
// through, steps aside.
func TestADeadJobDoesNotBlock(t *testing.T) {
	inWorld(t, nil, func(t *testing.T, w *world) {
		for range 500 {
			w.outcomes["dead"] = append(w.outcomes["dead"], ErrOffline)
		}
		w.queue(doc("dead", 0, as(3)), doc("a", 5), doc("b", 5), doc("c", 5))
		w.sleep(time.Hour)
		if left := ids(w.jobs()); !slices.Equal(left, []string{"dead"}) {
			t.Errorf("left: %v", left)
		}
		if j := w.jobs()["dead"]; j.Attempts != 0 || j.State != store.Waiting {
			t.Errorf("%+v", j)
		}
		if tries := 500 - len(w.outcomes["dead"]); tries < 5 || tries > 30 {
			t.Errorf("%d tries in an hour", tries)
		}
	})
}

// TestFewerLanes: those that run end by themselves.
func TestFewerLanes(t *testing.T) {
	inWorld(t, nil, func(t *testing.T, w *world) {
		w.set(func() { w.lanesNow = 3 })
		for i := range 9 {
			w.queue(doc(fmt.Sprint(i), 5))
		}
		w.sleep(10 * time.Second)
		w.set(func() { w.lanesNow = 1 })
		w.sleep(12 * time.Second)
		if n := len(w.rides()); n != 1 {
			t.Errorf("%d running", n)
		}
		w.sleep(time.Hour)
		if len(w.jobs()) != 0 {
			t.Errorf("left: %v", ids(w.jobs()))
		}
	})
}
