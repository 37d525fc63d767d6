package courier

import (
	"maps"
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
		q := queueOf(shuffled...)
		for _, want := range jobs {
			c := q.next(noon())
			if !c.found || c.job.ID != want.ID {
				t.Fatalf("picked %q, want %q", c.job.ID, want.ID)
			}
			q.put(want.ID, nil)
		}
	}
}

func TestPickLeavesHeldAndLaterJobs(t *testing.T) {
	later, latest := noon().Add(time.Minute), noon().Add(time.Hour)
	q := queueOf(
		store.Job{ID: "held", State: store.Held, Urgency: 4},
		store.Job{ID: "latest", State: store.Waiting, Urgency: 4, NextTry: latest},
		store.Job{ID: "later", State: store.Waiting, Urgency: 4, NextTry: later},
	)
	if c := q.next(noon()); c.found || !c.next.Equal(later) {
		t.Errorf("%+v", c)
	}
	if c := q.next(latest); c.job.ID != "later" || !c.next.IsZero() {
		t.Errorf("%+v", c)
	}
	if c := queueOf().next(noon()); c.found || !c.next.IsZero() {
		t.Errorf("%+v", c)
	}
}

func queueOf(jobs ...store.Job) *queue {
	q := newQueue(&store.JobFeed{})
	for _, j := range jobs {
		q.put(j.ID, &j)
	}
	return q
}

// pick is what the queue must find, read from all jobs.
func pick(jobs []store.Job, now time.Time) choice {
	var c choice
	for _, j := range jobs {
		switch {
		case j.State != store.Waiting:
		case j.NextTry.After(now):
			c.next = earlier(c.next, j.NextTry)
		case !c.found || compare(j, c.job, now) < 0:
			c.job, c.found = j, true
		}
	}
	return c
}

// TestQueueAgainstPick changes jobs in every way while time goes by.
func TestQueueAgainstPick(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		q, jobs, now := queueOf(), map[string]store.Job{}, noon()
		for range rapid.IntRange(1, 40).Draw(t, "steps") {
			now = now.Add(time.Duration(rapid.IntRange(0, 90).Draw(t, "minutes")) * time.Minute)
			id := rapid.StringMatching(`[a-h]`).Draw(t, "id")
			if rapid.IntRange(0, 3).Draw(t, "what") == 0 {
				delete(jobs, id)
				q.put(id, nil)
			} else {
				j := drawJob(now).Draw(t, "job")
				j.ID = id
				jobs[id] = j
				q.put(id, &j)
			}
			got, want := q.next(now), pick(slices.Collect(maps.Values(jobs)), now)
			if got.found != want.found || got.job.ID != want.job.ID || !got.next.Equal(want.next) {
				t.Fatalf("%+v, want %+v of %+v", got, want, jobs)
			}
			held := 0
			for _, j := range jobs {
				if j.State == store.Held {
					held++
				}
			}
			if len(q.jobs) != len(jobs) || q.held != held {
				t.Fatalf("%d jobs, %d held, want %d and %d", len(q.jobs), q.held, len(jobs), held)
			}
		}
	})
}

func drawJob(now time.Time) *rapid.Generator[store.Job] {
	return rapid.Custom(func(t *rapid.T) store.Job {
		minutes := func(name string, from, to int) time.Time {
			return now.Add(time.Duration(rapid.IntRange(from, to).Draw(t, name)) * time.Minute)
		}
		j := store.Job{
			ID:      rapid.StringMatching(`[ab]`).Draw(t, "id"),
			Kind:    rapid.SampledFrom([]string{"ack", "status", "send", "fetch", "agencies", "?"}).Draw(t, "kind"),
			Urgency: rapid.IntRange(0, 4).Draw(t, "urgency"),
			Size:    rapid.Int64Range(-1, 1<<22).Draw(t, "size"),
			Created: minutes("created", -600, 60),
			State:   rapid.SampledFrom([]store.JobState{store.Waiting, store.Waiting, store.Held}).Draw(t, "state"),
		}
		if rapid.Bool().Draw(t, "tried") {
			j.NextTry = minutes("next", -10, 120)
		}
		return j
	})
}

// TestCompareIsAnOrder: pick depends on it.
func TestCompareIsAnOrder(t *testing.T) {
	draw := drawJob(noon())
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
