package line

import (
	"sync"
	"time"
)

// How uploads are paced after a cut.
const (
	settling = 6 * time.Second // at the start, while buffers fill
	paceMore = 1.06            // of what the line took: so a better one is found, cut by cut
	paceOf   = 0.7             // share of the time in which writing had to wait
)

// outflow measures what the line takes, to pace connections after a cut: bbr
// keeps seconds of queue standing, a lost packet then takes that long to repair,
// and at a cut all behind it is lost. Only times in which writing had to wait
// count: a sender with little to say tells nothing about the line.
type outflow struct {
	mu  sync.Mutex
	now func() time.Time

	begun, last time.Time // of sending without rest
	from        time.Time // of the piece being measured
	bytes       int64     // since from
	waited      time.Duration
	best        float64 // bytes per second
	bestAt      time.Time
}

// add notes bytes that were written, and how long that took.
func (f *outflow) add(n int, waited time.Duration) {
	f.mu.Lock()
	defer f.mu.Unlock()
	now := f.now()
	if now.Add(-waited).Sub(f.last) > restAfter {
		f.begun = now
	}
	f.last = now
	if now.Sub(f.begun) < settling {
		f.from, f.bytes, f.waited = now, 0, 0
		return
	}
	f.bytes, f.waited = f.bytes+int64(n), f.waited+waited
	took := now.Sub(f.from)
	if took < steady {
		return
	}
	if rate := float64(f.bytes) / took.Seconds(); f.waited.Seconds() >= paceOf*took.Seconds() && (rate >= f.best || now.Sub(f.bestAt) > brokenLately) {
		f.best, f.bestAt = rate, now
	}
	f.from, f.bytes, f.waited = now, 0, 0
}

// pace is how many bytes per second a new connection should send at most on a
// line that breaks; 0 is as many as it likes.
func (f *outflow) pace() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.best == 0 || f.best > slowLine || f.now().Sub(f.bestAt) > brokenLately {
		return 0
	}
	return int(f.best * paceMore)
}
