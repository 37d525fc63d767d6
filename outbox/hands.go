package outbox

import "sync"

// hands count who has a document in hand, in this process, for longer than a
// transaction: a key is signing it, its packet is being written.
type hands struct {
	mu  sync.Mutex
	ids map[string]int
}

// hold takes a document in hand until the function returned is called.
func (h *hands) hold(id string) (free func()) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.ids == nil {
		h.ids = map[string]int{}
	}
	h.ids[id]++
	return func() {
		h.mu.Lock()
		defer h.mu.Unlock()
		if h.ids[id]--; h.ids[id] == 0 {
			delete(h.ids, id)
		}
	}
}

// idle runs fn, which must be short, when nobody has the document in hand, and
// lets nobody take it meanwhile; ran is false when somebody has it.
func (h *hands) idle(id string, fn func() error) (ran bool, err error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.ids[id] > 0 {
		return false, nil
	}
	return true, fn()
}
