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
// Jobs that may run stand in lanes of equal urgency, kind and size, the oldest
// first. Within a lane waiting lifts nobody past one who waits longer, so only the
// heads of the lanes have to be compared, and nothing moves as time goes by.
type queue struct {
	feed  *store.JobFeed
	jobs  map[string]*seat
	lanes map[lane]*line
	later line // jobs whose next try is not due yet, the earliest first
	held  int
}

// lane is what jobs of one order have in common but for their age.
type lane struct{ urgency, kind, size int }

func newQueue(feed *store.JobFeed) *queue {
	return &queue{feed: feed, jobs: map[string]*seat{}, lanes: map[lane]*line{}, later: line{before: dueFirst}}
}

// load reads all jobs. The feed begins before, so that nothing is missed.
func load(s *store.Store) (*queue, error) {
	q := newQueue(s.FollowJobs())
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

// put seats a job as it is now; nil is one that is gone.
func (q *queue) put(id string, j *store.Job) {
	old := q.jobs[id]
	if old != nil && j != nil && sameSeat(old.job, *j) {
		old.job = *j
		return
	}
	if old != nil {
		q.leave(old)
	}
	if j != nil {
		q.enter(&seat{job: *j})
	}
}

func (q *queue) enter(s *seat) {
	q.jobs[s.job.ID] = s
	switch {
	case s.job.State == store.Held:
		q.held++
	case !s.job.NextTry.IsZero():
		heap.Push(&q.later, s)
	default:
		q.lineUp(s)
	}
}

// sameSeat tells that nothing changed but figures.
func sameSeat(a, b store.Job) bool {
	return laneOf(a) == laneOf(b) && a.State == b.State && a.Created.Equal(b.Created) && a.NextTry.Equal(b.NextTry)
}

func (q *queue) leave(s *seat) {
	s.left = true
	delete(q.jobs, s.job.ID)
	if s.job.State == store.Held {
		q.held--
	}
}

func laneOf(j store.Job) lane { return lane{j.Urgency, kindRank(j.Kind), sizeRank(j.Size)} }

// lineUp seats a job in its lane.
func (q *queue) lineUp(s *seat) {
	of := laneOf(s.job)
	if q.lanes[of] == nil {
		q.lanes[of] = &line{before: olderFirst}
	}
	heap.Push(q.lanes[of], s)
}

// choice is the job to run now and when the next waiting one becomes due, zero
// for never.
type choice struct {
	job   store.Job
	found bool
	next  time.Time
}

// next finds the job to run now. It stays where it is until it is put anew.
func (q *queue) next(now time.Time) choice {
	var c choice
	for head := q.later.head(); head != nil; head = q.later.head() {
		if head.job.NextTry.After(now) {
			c.next = head.job.NextTry
			break
		}
		heap.Pop(&q.later)
		q.lineUp(head)
	}
	for of, l := range q.lanes {
		head := l.head()
		if head == nil {
			delete(q.lanes, of)
			continue
		}
		if !c.found || compare(head.job, c.job, now) < 0 {
			c.job, c.found = head.job, true
		}
	}
	return c
}
