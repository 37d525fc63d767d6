package courier

import (
	"slices"
	"time"
)

// record is the taking of turns by jobs about one record: one at a time, in the
// order in which they were queued. Held jobs are out of turn.
type record struct {
	name  string
	turns []*entry
}

// join puts an entry in its place among those of its record.
func (q *queue) join(e *entry, name string) {
	r := q.records[name]
	if r == nil {
		r = &record{name: name}
		q.records[name] = r
	}
	at, _ := slices.BinarySearchFunc(r.turns, e, func(a, b *entry) int { return queuedBefore(a.job, b.job) })
	r.turns = slices.Insert(r.turns, at, e)
	e.turns = r
	q.arrange(r)
}

// part takes an entry out of its record's turns.
func (q *queue) part(e *entry) {
	r := e.turns
	if r == nil {
		return
	}
	e.turns = nil
	r.turns = slices.DeleteFunc(r.turns, func(other *entry) bool { return other == e })
	if len(r.turns) == 0 {
		delete(q.records, r.name)
		return
	}
	q.arrange(r)
}

// arrange seats the first of a record unless one of it runs, and nobody else.
func (q *queue) arrange(r *record) {
	first := r.turns[0]
	if slices.ContainsFunc(r.turns, func(e *entry) bool { return e.stage == running }) {
		first = nil
	}
	for _, e := range r.turns {
		if e != first {
			q.stand(e)
		}
	}
	if first == nil {
		return
	}
	if in := q.rowOf(first); first.seat == nil || first.seat.row != in {
		q.stand(first)
		q.sit(first, in)
	}
}

// rowOf is the row of an entry; it is as urgent as the most urgent that waits
// behind it in its record.
func (q *queue) rowOf(e *entry) row {
	own := rowOf(e.job)
	if e.turns != nil {
		for _, other := range e.turns.turns {
			own.urgency = max(own.urgency, other.job.Urgency)
		}
	}
	return own
}

// start moves an entry from its seat into a lane.
func (q *queue) start(e *entry) {
	q.count(e, -1)
	q.stand(e)
	j := e.job
	e.stage, e.latest = running, &j
	q.count(e, 1)
}

// release brings back an entry whose lane has ended, as its job is now.
func (q *queue) release(e *entry) {
	q.leave(e)
	q.enter(e.latest, *e)
}

// finish marks an entry as done: it is out of everybody's way but still known,
// lest word of an older commit bring it back.
func (q *queue) finish(e *entry) {
	q.count(e, -1)
	e.stage = over
	q.part(e)
}

// forget drops an entry whose job was removed.
func (q *queue) forget(e *entry) {
	if q.jobs[e.job.ID] == e {
		delete(q.jobs, e.job.ID)
	}
}

// stall counts how often a job found no link without getting any further than
// ever before, while others got through. It lives in memory only.
type stall struct {
	times    int
	furthest int64
	reaches  int       // of the link, when it was last counted
	until    time.Time // the job steps aside until then
}

// due is when an entry may run, zero for at once.
func (e *entry) due() time.Time {
	if e.stall.until.After(e.job.NextTry) {
		return e.stall.until
	}
	return e.job.NextTry
}
