package store

import (
	"maps"
	"sync"
)

// JobFeed gathers what commits do to jobs, so that whoever runs them need not
// read them all again after each one.
type JobFeed struct {
	mu      sync.Mutex
	changes map[string]*Job
}

// FollowJobs begins a feed. Whoever reads the jobs after this call and then takes
// what the feed gathers misses nothing; a change may show in both. A feed that
// nobody takes from grows to one entry for each job.
func (s *Store) FollowJobs() *JobFeed {
	f := &JobFeed{}
	s.watch.mu.Lock()
	defer s.watch.mu.Unlock()
	s.watch.feeds = append(s.watch.feeds, f)
	return f
}

// Take gives the jobs changed since the last Take by their ids, each as its last
// commit left it but without its Payload; nil is a finished one.
func (f *JobFeed) Take() map[string]*Job {
	f.mu.Lock()
	defer f.mu.Unlock()
	taken := f.changes
	f.changes = nil
	return taken
}

func (f *JobFeed) add(changes map[string]*Job) {
	if len(changes) == 0 {
		return
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.changes == nil {
		f.changes = map[string]*Job{}
	}
	maps.Copy(f.changes, changes)
}

// changed notes what the transaction does to a job, for the feeds.
func (tx *Tx) changed(id string, j *Job) {
	if tx.jobs == nil {
		tx.jobs = map[string]*Job{}
	}
	tx.jobs[id] = j
}
