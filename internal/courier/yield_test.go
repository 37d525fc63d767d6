package courier

import (
	"fmt"
	"testing"
	"testing/synctest"
	"time"
)

// TestUrgentTakesTheLane at the next border of a chunk; what it stopped goes on
// where it was and has spent no try.
func TestUrgentTakesTheLane(t *testing.T) {
	inWorld(t, nil, func(t *testing.T, w *world) {
		w.queue(doc("large", 100))
		w.sleep(50 * time.Second)
		w.queue(doc("express", 2, as(3)))
		w.sleep(chunkTime)
		if _, ok := w.rides()["express"]; !ok {
			t.Errorf("after a chunk still running: %v", ids(w.rides()))
		}
		if j := w.jobs()["large"]; j.Attempts != 0 || j.Done < 12*chunk || !j.NextTry.IsZero() || j.Class != "" {
			t.Errorf("%+v", j)
		}
		w.sleep(time.Hour)
		w.want("express", "large")
		if w.traffic != 102*chunk {
			t.Errorf("%d chunks moved", w.traffic/chunk)
		}
	})
}

// TestWhoYields: one of the lowest for each that is more urgent, and nobody to
// his equal or whose kind cannot go on.
func TestWhoYields(t *testing.T) {
	for _, c := range []struct {
		running, come []int
		kind          string
		want          int // running of those that came, after a chunk
	}{
		{[]int{0, 0}, []int{0, 0}, "send", 0},
		{[]int{0, 1}, []int{1}, "send", 1},
		{[]int{1, 1}, []int{1, 2}, "send", 1},
		{[]int{0, 0}, []int{1, 2}, "send", 2},
		{[]int{0, 0, 0}, []int{3, 3, 3, 3}, "send", 3},
		{[]int{0, 0}, []int{3, 3}, "agencies", 0},
	} {
		t.Run(fmt.Sprint(c), func(t *testing.T) {
			inWorld(t, nil, func(t *testing.T, w *world) {
				w.sleep(time.Second)
				w.set(func() { w.lanesNow = len(c.running) })
				for i, u := range c.running {
					w.queue(doc(fmt.Sprint("running", i), 50, as(u), kind(c.kind)))
				}
				w.sleep(10 * time.Second)
				for i, u := range c.come {
					w.queue(doc(fmt.Sprint("come", i), 50, as(u)))
				}
				w.sleep(chunkTime)
				got := 0
				for id := range w.rides() {
					if id[:4] == "come" {
						got++
					}
				}
				if got != c.want || len(w.rides()) != len(c.running) {
					t.Errorf("running %v", ids(w.rides()))
				}
			})
		})
	}
}

// TestStarvingItemsAgeUp: everyday mail gets through although something urgent
// waits at all times; what is really express is not kept by it.
func TestStarvingItemsAgeUp(t *testing.T) {
	inWorld(t, nil, func(t *testing.T, w *world) {
		w.queue(doc("everyday", 10))
		for i := 0; len(w.effects) < 2000 && w.effects["everyday"] == 0; i++ {
			w.queue(doc(fmt.Sprint("urgent", i), 15, as(1)))
			w.sleep(time.Minute)
		}
		if age := time.Since(time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)); w.effects["everyday"] != 1 || age > agingStep+5*time.Minute {
			t.Errorf("everyday mail came after %s: %v", age, w.effects["everyday"])
		}
	})
}

// TestYieldOfAnUnwillingHandler: one that ends well although it was asked to
// yield is done; one that fails with its context is not.
func TestYieldOfAnUnwillingHandler(t *testing.T) {
	inWorld(t, nil, func(t *testing.T, w *world) {
		w.queue(doc("nearly", 3))
		w.sleep(3*chunkTime - time.Second)
		w.queue(doc("express", 1, as(3)))
		w.sleep(time.Minute)
		if len(w.jobs()) != 0 || w.effects["nearly"] != 1 || w.effects["express"] != 1 {
			t.Errorf("%v, left %+v", w.effects, w.jobs())
		}
	})
}

// TestPausedOverRestarts: nothing moves, not even a poll, and what ran is stopped
// at once; Resume goes on where it was.
func TestPausedOverRestarts(t *testing.T) {
	inWorld(t, nil, func(t *testing.T, w *world) {
		w.queue(doc("a", 10), doc("b", 1, as(4)))
		w.sleep(20 * time.Second)
		if err := w.Pause(time.Time{}); err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		if s := w.State(); len(s.Running) != 0 || !s.Paused || s.Why != WhyPaused || !s.PausedUntil.IsZero() || !s.Until.IsZero() || s.ETA != 0 {
			t.Errorf("%+v", s)
		}
		w.kill()
		traffic := w.traffic
		w.sleep(48 * time.Hour)
		w.Wake()
		if err := w.SendNow(); err != nil {
			t.Fatal(err)
		}
		if sum, err := w.Drain(t.Context()); err != nil || sum != (Summary{Waiting: 1}) {
			t.Errorf("%+v %v", sum, err)
		}
		if w.traffic != traffic || !w.State().Paused {
			t.Errorf("something moved: %+v", w.State())
		}
		if err := w.Resume(); err != nil {
			t.Fatal(err)
		}
		w.sleep(time.Minute)
		w.want("b", "a")
		if w.traffic != 11*chunk+0 && w.traffic != 12*chunk {
			t.Errorf("%d chunks", w.traffic/chunk)
		}
		w.kill()
		if w.State().Paused {
			t.Error("paused again")
		}
	})
}

// TestPauseEnds by itself, and does not last longer because the clock was set
// back.
func TestPauseEnds(t *testing.T) {
	for _, set := range []time.Duration{0, -10 * time.Hour, 10 * time.Hour} {
		t.Run(fmt.Sprint(set), func(t *testing.T) {
			inWorld(t, nil, func(t *testing.T, w *world) {
				if err := w.Pause(w.now().Add(2 * time.Hour)); err != nil {
					t.Fatal(err)
				}
				w.queue(doc("a", 1))
				w.sleep(time.Hour)
				if s := w.State(); !s.Paused || len(w.effects) != 0 || s.Until.Sub(w.now()) != time.Hour {
					t.Errorf("%+v", s)
				}
				w.set(func() { w.offset = set })
				w.State()
				w.sleep(2*time.Hour + longestSleep + 10*time.Second)
				if s := w.State(); s.Paused || s.Why != "" || len(w.effects) != 1 {
					t.Errorf("%+v", s)
				}
			})
		})
	}
	inWorld(t, nil, func(t *testing.T, w *world) {
		if err := w.Pause(w.now()); err != nil || w.State().Paused {
			t.Errorf("a pause that is over: %v %+v", err, w.State())
		}
	})
}

// TestUrgentDuringADrain: while Run waits for its time, a Drain that has the turn
// sees at once what is queued.
func TestUrgentDuringADrain(t *testing.T) {
	inWorld(t, nil, func(t *testing.T, w *world) {
		w.set(func() { w.down = true })
		w.Wake()
		w.queue(doc("large", 100))
		w.sleep(time.Hour) // now Run waits for minutes
		w.set(func() { w.down = false })
		c, drained := w.Courier, make(chan error, 1)
		go func() {
			_, err := c.Drain(t.Context())
			drained <- err
		}()
		w.sleep(2 * time.Second)
		w.queue(doc("express", 2, as(3)))
		w.sleep(chunkTime)
		if _, ok := w.rides()["express"]; !ok {
			t.Errorf("running: %v", ids(w.rides()))
		}
		if err := <-drained; err != nil {
			t.Error(err)
		}
		w.want("express", "large")
	})
}
