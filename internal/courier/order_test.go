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
		q := queueOf(shuffled...)
		for _, want := range jobs {
			if e := q.next(noon(), all); e == nil || e.job.ID != want.ID {
				t.Fatalf("picked %+v, want %q", e, want.ID)
			}
			q.put(want.ID, nil)
		}
	}
}

func all(row) bool { return true }

func TestNextLeavesHeldAndLaterJobs(t *testing.T) {
	later, latest := noon().Add(time.Minute), noon().Add(busyMost)
	q := queueOf(
		store.Job{ID: "held", State: store.Held, Urgency: 4},
		store.Job{ID: "latest", State: store.Waiting, Urgency: 4, NextTry: latest},
		store.Job{ID: "later", State: store.Waiting, Urgency: 4, NextTry: later},
	)
	if e := q.next(noon(), all); e != nil || !q.nextDue().Equal(later) {
		t.Errorf("%+v, next %s", e, q.nextDue())
	}
	if e := q.next(latest, all); e.job.ID != "later" || !q.nextDue().IsZero() {
		t.Errorf("%+v, next %s", e, q.nextDue())
	}
	if e := queueOf().next(noon(), all); e != nil || !queueOf().nextDue().IsZero() {
		t.Errorf("%+v", e)
	}
}

func queueOf(jobs ...store.Job) *queue {
	q := newQueue(&store.JobFeed{}, noon)
	for _, j := range jobs {
		q.put(j.ID, &j)
	}
	return q
}

// plain is what the queue must find, written down without haste: all jobs are
// read each time.
type plain struct {
	jobs    map[string]store.Job
	since   map[string]time.Time
	running map[string]bool
}

// next are the job whose turn it is, and when another one becomes due.
func (p plain) next(now time.Time) (best string, due time.Time) {
	var seat *seat
	for id, j := range p.jobs {
		if j.State != store.Waiting || p.running[id] || p.behind(j) {
			continue
		}
		if ahead(j.NextTry, now, busyMost) {
			due = earlier(due, j.NextTry)
			continue
		}
		if s := p.seat(j); seat == nil || compare(s, seat, now) < 0 {
			best, seat = id, s
		}
	}
	return best, due
}

// behind tells whether another of its record runs or goes first.
func (p plain) behind(j store.Job) bool {
	for id, other := range p.jobs {
		if j.Record != "" && other.Record == j.Record && id != j.ID && other.State == store.Waiting &&
			(p.running[id] || queuedBefore(other, j) < 0) {
			return true
		}
	}
	return false
}

func (p plain) seat(j store.Job) *seat {
	in := rowOf(j)
	for _, other := range p.jobs {
		if j.Record != "" && other.Record == j.Record && other.State == store.Waiting {
			in.urgency = max(in.urgency, other.Urgency)
		}
	}
	return &seat{of: &entry{job: j, since: p.since[j.ID]}, row: in}
}

// TestQueueAgainstPlain changes, starts and releases jobs in every way while time
// goes by.
func TestQueueAgainstPlain(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		now := noon()
		q := newQueue(&store.JobFeed{}, func() time.Time { return now })
		p := plain{jobs: map[string]store.Job{}, since: map[string]time.Time{}, running: map[string]bool{}}
		for range rapid.IntRange(1, 40).Draw(t, "steps") {
			now = now.Add(time.Duration(rapid.IntRange(0, 90).Draw(t, "minutes")) * time.Minute)
			id := rapid.StringMatching(`[a-h]`).Draw(t, "id")
			switch what := rapid.IntRange(0, 5).Draw(t, "what"); {
			case what == 0 && !p.running[id]:
				delete(p.jobs, id)
				q.put(id, nil)
			case what == 1:
				if first, _ := p.next(now); first != "" {
					p.running[first] = true
					q.start(q.jobs[first])
				}
			case what == 2:
				for id := range p.running {
					q.release(q.jobs[id])
				}
				clear(p.running)
			case !p.running[id]:
				j := drawJob(now).Draw(t, "job")
				j.ID = id
				if old, ok := p.jobs[id]; !ok || !sameJob(old, j) {
					p.since[id] = now
					if j.Created.Before(now) {
						p.since[id] = j.Created
					}
				}
				p.jobs[id] = j
				q.put(id, &j)
			}
			compareQueues(t, q, p, now)
		}
	})
}

func compareQueues(t *rapid.T, q *queue, p plain, now time.Time) {
	want, due := p.next(now)
	got := ""
	if e := q.next(now, all); e != nil {
		got = e.job.ID
	}
	if got != want || !q.nextDue().Equal(due) {
		t.Fatalf("%q and %s, want %q and %s of %+v", got, q.nextDue(), want, due, p)
	}
	var f figures
	for id, j := range p.jobs {
		left, known := bytesLeft(j)
		switch {
		case j.State == store.Held:
			f.held++
		case p.running[id]:
			f.waiting++
		default:
			f.waiting++
			f.bytes += left
			if !known {
				f.unsized++
			}
		}
	}
	if q.figures != f {
		t.Fatalf("figures %+v, want %+v", q.figures, f)
	}
}

func drawJob(now time.Time) *rapid.Generator[store.Job] {
	return rapid.Custom(func(t *rapid.T) store.Job {
		minutes := func(name string, from, to int) time.Time {
			return now.Add(time.Duration(rapid.IntRange(from, to).Draw(t, name)) * time.Minute)
		}
		j := store.Job{
			ID:      rapid.StringMatching(`[ab]`).Draw(t, "id"),
			Record:  rapid.SampledFrom([]string{"", "", "x", "y"}).Draw(t, "record"),
			Kind:    rapid.SampledFrom([]string{"ack", "status", "send", "fetch", "agencies", "?"}).Draw(t, "kind"),
			Seq:     rapid.Uint64Range(0, 4).Draw(t, "seq"),
			Urgency: rapid.IntRange(0, 4).Draw(t, "urgency"),
			Size:    rapid.Int64Range(-1, 1<<22).Draw(t, "size"),
			Created: minutes("created", -600, 60),
			State:   rapid.SampledFrom([]store.JobState{store.Waiting, store.Waiting, store.Held}).Draw(t, "state"),
		}
		if rapid.Bool().Draw(t, "tried") {
			j.NextTry = minutes("next", -10, 30)
		}
		return j
	})
}

// TestDoneStaysDone although word of an older commit comes later; a new job under
// its id is a new one.
func TestDoneStaysDone(t *testing.T) {
	j := store.Job{ID: "a", State: store.Waiting, Seq: 7, Record: "r"}
	q := queueOf(j, store.Job{ID: "b", State: store.Waiting, Seq: 8, Record: "r"})
	e := q.next(noon(), all)
	q.start(e)
	q.finish(e)
	j.Done, j.Urgency = 5, 1
	q.put("a", &j)
	if next := q.next(noon(), all); next == nil || next.job.ID != "b" || q.figures.waiting != 1 {
		t.Errorf("%+v, %+v", next, q.figures)
	}
	j.Seq = 9
	q.put("a", &j)
	q.forget(e)
	q.put("b", nil)
	if next := q.next(noon(), all); next == nil || next.job.Seq != 9 || q.figures.waiting != 1 {
		t.Errorf("%+v, %+v", next, q.figures)
	}
}

// TestCompareIsAnOrder: the queue depends on it.
func TestCompareIsAnOrder(t *testing.T) {
	draw := drawJob(noon())
	rapid.Check(t, func(t *rapid.T) {
		seatOf := func(name string) *seat {
			j := draw.Draw(t, name)
			return &seat{of: &entry{job: j, since: j.Created}, row: rowOf(j)}
		}
		a, b, c := seatOf("a"), seatOf("b"), seatOf("c")
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
