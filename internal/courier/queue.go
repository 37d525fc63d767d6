package courier

import (
	"container/heap"
	"time"

	"vanthu/store"
)

// queue keeps the open jobs in memory, without their payloads, so that the next
// one is found without reading them all: after a week without link there are tens
// of thousands. It is loaded when a job may run for the first time and from then
// on fed with what commits change.
//
// Jobs that may run stand in rows of equal urgency, kind and size, the oldest
// first. Within a row waiting lifts nobody past one who waits longer, so only the
// heads of the rows have to be compared, and nothing moves as time goes by.
type queue struct {
	feed    *store.JobFeed
	clock   func() time.Time
	jobs    map[string]*entry
	rows    map[row]*line
	later   line // jobs whose next try is not due yet, the earliest first
	records map[string]*record
	figures figures
}

// stage is where an entry is between the store and the lanes.
type stage int

const (
	idle    stage = iota // seated, behind another of its record, or held
	running              // in a lane
	over                 // done, still to be removed from the store
)

// entry is a job in the queue.
type entry struct {
	job   store.Job
	since time.Time // from when its age counts, never in the future
	turns *record   // whose turns it takes, nil for nobody's
	seat  *seat     // nil while it is not its turn
	stage stage
	// latest is the job as it is in the store while job runs; nil when it is gone.
	latest *store.Job
	stall  stall
}

// now is the job as it is in the store, nil when it is gone.
func (e *entry) now() *store.Job {
	if e.stage == running {
		return e.latest
	}
	return &e.job
}

// figures are sums over the jobs.
type figures struct {
	waiting, held int
	bytes         int64 // still to be moved for those waiting, as far as known
	unsized       int   // those waiting of which it is not known
}

func newQueue(feed *store.JobFeed, clock func() time.Time) *queue {
	return &queue{feed: feed, clock: clock, jobs: map[string]*entry{}, rows: map[row]*line{},
		later: line{before: dueFirst}, records: map[string]*record{}}
}

// load reads all jobs. The feed begins before, so that nothing is missed.
func load(s *store.Store, clock func() time.Time) (*queue, error) {
	q := newQueue(s.FollowJobs(), clock)
	err := s.View(func(tx *store.Tx) error {
		for j, err := range tx.Jobs() {
			if err != nil {
				return err
			}
			j.Payload = nil
			q.put(j.ID, &j)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return q, nil
}

// update takes in what was committed since.
func (q *queue) update() {
	for id, j := range q.feed.Take() {
		q.put(id, j)
	}
}

// put notes a job as it is now; nil is one that is gone. What runs keeps its lane
// and is looked at again when it is released.
func (q *queue) put(id string, j *store.Job) {
	e := q.jobs[id]
	switch {
	case e == nil:
		q.enter(j, entry{})
	case e.stage == running:
		q.count(e, -1)
		e.latest = j
		q.count(e, 1)
	case e.stage == over && j != nil && sameJob(e.job, *j): // on its way out
	case j != nil && sameSeat(e.job, *j):
		q.count(e, -1)
		e.job = *j
		q.count(e, 1)
	default:
		q.leave(e)
		q.enter(j, *e)
	}
}

// sameSeat tells that nothing changed but figures.
func sameSeat(a, b store.Job) bool {
	return rowOf(a) == rowOf(b) && a.State == b.State && sameJob(a, b) && a.NextTry.Equal(b.NextTry) && a.Record == b.Record
}

// enter brings a job in; before is the entry it had.
func (q *queue) enter(j *store.Job, before entry) {
	if j == nil {
		return
	}
	e := &entry{job: *j, since: q.clock()}
	if j.Created.Before(e.since) {
		e.since = j.Created
	}
	if before.job.ID != "" && sameJob(before.job, *j) {
		e.since, e.stall = before.since, before.stall
	}
	q.jobs[j.ID] = e
	q.count(e, 1)
	switch {
	case j.State == store.Held:
	case j.Record == "":
		q.sit(e, rowOf(*j))
	default:
		q.join(e, j.Record)
	}
}

// leave takes an entry out.
func (q *queue) leave(e *entry) {
	delete(q.jobs, e.job.ID)
	q.count(e, -1)
	q.stand(e)
	q.part(e)
}

// count adds an entry to the figures, or with -1 takes it off. What is in a lane
// counts as waiting but with its bytes still to be told by the lane.
func (q *queue) count(e *entry, by int) {
	j := e.now()
	switch {
	case j == nil || e.stage == over:
		return
	case j.State == store.Held:
		q.figures.held += by
		return
	}
	q.figures.waiting += by
	if e.stage == running {
		return
	}
	left, known := bytesLeft(*j)
	q.figures.bytes += int64(by) * left
	if !known {
		q.figures.unsized += by
	}
}

// bytesLeft is what a job still has to move, as far as known.
func bytesLeft(j store.Job) (left int64, known bool) {
	size := max(j.Total, j.Size)
	return max(0, size-j.Done), size > 0
}

// sit gives an entry a seat where it may be found.
func (q *queue) sit(e *entry, in row) {
	e.seat = &seat{of: e, row: in, due: e.due()}
	if ahead(e.seat.due, q.clock(), busyMost) {
		heap.Push(&q.later, e.seat)
		return
	}
	q.lineUp(e.seat)
}

// stand takes an entry off its seat.
func (q *queue) stand(e *entry) {
	if e.seat != nil {
		e.seat.left, e.seat = true, nil
	}
}

func (q *queue) lineUp(s *seat) {
	if q.rows[s.row] == nil {
		q.rows[s.row] = &line{before: olderFirst}
	}
	heap.Push(q.rows[s.row], s)
}

// next is the entry whose turn it is among the rows that may run, nil for none.
// It stays where it is until it is started or put anew.
func (q *queue) next(now time.Time, may func(row) bool) *entry {
	q.ripen(now)
	var best *seat
	for in, l := range q.rows {
		head := l.head()
		switch {
		case head == nil:
			delete(q.rows, in)
		case may(in) && (best == nil || compare(head, best, now) < 0):
			best = head
		}
	}
	if best == nil {
		return nil
	}
	return best.of
}

// first are the first n entries whose turn it is.
func (q *queue) first(n int, now time.Time, may func(row) bool) []*seat {
	var list []*seat
	for len(list) < n {
		e := q.next(now, may)
		if e == nil {
			break
		}
		list = append(list, e.seat)
		q.stand(e)
	}
	for _, s := range list {
		q.sit(s.of, s.row)
	}
	return list
}

// ripen seats what has become due in its row.
func (q *queue) ripen(now time.Time) {
	for head := q.later.head(); head != nil && !ahead(head.due, now, busyMost); head = q.later.head() {
		heap.Pop(&q.later)
		q.lineUp(head)
	}
}

// nextDue is when the next waiting job becomes due, zero for never.
func (q *queue) nextDue() time.Time {
	if head := q.later.head(); head != nil {
		return head.due
	}
	return time.Time{}
}
