package courier

import (
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"vanthu/store"
)

func noon() time.Time { return time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC) }

func TestOrder(t *testing.T) {
	ago := func(d time.Duration) time.Time { return noon().Add(-d) }
	jobs := []store.Job{ // in the order they must run
		{ID: "status of an express document", Kind: "status", Urgency: 3, Created: ago(0)},
		{ID: "express document", Kind: "send", Urgency: 3, Size: 9 << 20, Created: ago(0)},
		{ID: "status, very urgent", Kind: "status", Urgency: 2, Created: ago(0)},
		{ID: "large, starving", Kind: "send", Size: 30 << 20, Created: ago(5 * time.Hour)},
		{ID: "ack", Kind: "ack", Created: ago(0)},
		{ID: "small, old", Kind: "send", Size: 20 << 10, Created: ago(time.Hour)},
		{ID: "small, new", Kind: "fetch", Size: 10 << 10, Created: ago(time.Minute)},
		{ID: "large", Kind: "send", Size: 10 << 20, Created: ago(90 * time.Minute)},
		{ID: "agencies", Kind: "agencies", Created: ago(time.Hour)},
	}
	for i := range jobs {
		jobs[i].State = store.Waiting
	}
	shuffled := slices.Clone(jobs)
	r := rand.New(rand.NewPCG(7, 7))
	for range 20 {
		r.Shuffle(len(shuffled), func(i, j int) { shuffled[i], shuffled[j] = shuffled[j], shuffled[i] })
		left := slices.Clone(shuffled)
		for _, want := range jobs {
			c := pick(left, noon())
			if !c.found || c.job.ID != want.ID {
				t.Fatalf("picked %q, want %q", c.job.ID, want.ID)
			}
			left = slices.DeleteFunc(left, func(j store.Job) bool { return j.ID == c.job.ID })
		}
	}
}

func TestPickLeavesHeldAndLaterJobs(t *testing.T) {
	later, latest := noon().Add(time.Minute), noon().Add(time.Hour)
	c := pick([]store.Job{
		{ID: "held", State: store.Held, Urgency: 4},
		{ID: "latest", State: store.Waiting, Urgency: 4, NextTry: latest},
		{ID: "later", State: store.Waiting, Urgency: 4, NextTry: later},
	}, noon())
	if c.found || !c.next.Equal(later) {
		t.Errorf("%+v", c)
	}
	if c := pick(nil, noon()); c.found || !c.next.IsZero() {
		t.Errorf("%+v", c)
	}
}

// TestCompareIsAnOrder: pick depends on it.
func TestCompareIsAnOrder(t *testing.T) {
	draw := rapid.Custom(func(t *rapid.T) store.Job {
		return store.Job{
			ID:      rapid.StringMatching(`[ab]`).Draw(t, "id"),
			Kind:    rapid.SampledFrom([]string{"ack", "status", "send", "fetch", "agencies", "?"}).Draw(t, "kind"),
			Urgency: rapid.IntRange(0, 4).Draw(t, "urgency"),
			Size:    rapid.Int64Range(-1, 1<<22).Draw(t, "size"),
			Created: noon().Add(time.Duration(rapid.IntRange(-600, 60).Draw(t, "age")) * time.Minute),
		}
	})
	rapid.Check(t, func(t *rapid.T) {
		a, b, c := draw.Draw(t, "a"), draw.Draw(t, "b"), draw.Draw(t, "c")
		if compare(a, b, noon()) != -compare(b, a, noon()) {
			t.Fatal("not antisymmetric")
		}
		if compare(a, b, noon()) <= 0 && compare(b, c, noon()) <= 0 && compare(a, c, noon()) > 0 {
			t.Fatal("not transitive")
		}
	})
}

func TestBackoff(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 0))
		n := rapid.IntRange(1, 1000).Draw(t, "n")
		full := min(busyFirst<<min(n-1, 20), busyMost)
		if d := backoff(busyFirst, busyMost, n, r); d > full || d < full*3/4 {
			t.Fatalf("after %d failures %s, want %s less up to a quarter", n, d, full)
		}
	})
}
