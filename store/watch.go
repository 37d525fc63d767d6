package store

import "sync"

// watchers are those who want to know of commits.
type watchers struct {
	mu    sync.Mutex
	list  map[chan struct{}]struct{}
	feeds []*JobFeed
}

// Watch returns a channel that is signalled after commits; several commits may
// make one signal. Call stop when done.
func (s *Store) Watch() (commits <-chan struct{}, stop func()) {
	ch := make(chan struct{}, 1)
	s.watch.mu.Lock()
	defer s.watch.mu.Unlock()
	if s.watch.list == nil {
		s.watch.list = map[chan struct{}]struct{}{}
	}
	s.watch.list[ch] = struct{}{}
	return ch, func() { s.watch.remove(ch) }
}

func (w *watchers) remove(ch chan struct{}) {
	w.mu.Lock()
	defer w.mu.Unlock()
	delete(w.list, ch)
}

// signal tells of a commit. It is called in the order of the commits.
func (w *watchers) signal(jobs map[string]*Job) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, f := range w.feeds {
		f.add(jobs)
	}
	for ch := range w.list {
		select {
		case ch <- struct{}{}:
		default:
		}
	}
}
