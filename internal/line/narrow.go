package line

import (
	"sync"
	"time"
)

// When and how far connections are kept narrow.
const (
	brokenLately = 10 * time.Minute
	slowLine     = 128 << 10 // bytes per second from which on nothing is narrow
	narrowFor    = 1500 * time.Millisecond
	narrowLeast  = 16 << 10
	steady       = 8 * time.Second // of receiving, before its rate says something
	restAfter    = 4 * time.Second // without a byte: the sender has nothing, or the line is cut
)

// inflow measures what the line brings, to bound what may lie in the system's
// receive buffers when it is cut: all that has come behind a lost packet is lost
// with the connection, and with the usual buffers that is a quarter of all. Fast
// lines, and those that do not break, never meet a bound.
type inflow struct {
	mu  sync.Mutex
	now func() time.Time

	begun, last time.Time // of receiving without rest
	bytes       int64     // since begun
	best        float64   // bytes per second, over steady or longer
	bestAt      time.Time
	broke       time.Time // when a connection broke last
}

// add notes bytes that came.
func (f *inflow) add(n int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	now := f.now()
	if now.Sub(f.last) > restAfter {
		f.begun, f.bytes = now, 0 // the bytes of this read came before
		n = 0
	}
	f.last = now
	f.bytes += int64(n)
	took := now.Sub(f.begun)
	if took < steady {
		return
	}
	rate := float64(f.bytes) / took.Seconds()
	if rate >= f.best || now.Sub(f.bestAt) > brokenLately {
		f.best, f.bestAt = rate, now
	}
	f.begun, f.bytes = now, 0
}

// cut notes that a connection broke.
func (f *inflow) cut() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.broke = f.now()
}

// bound is how many bytes a new connection should hold at most; 0 is as many as
// the system likes.
func (f *inflow) bound() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.broke.IsZero() || f.now().Sub(f.broke) > brokenLately || f.best == 0 || f.best > slowLine {
		return 0
	}
	return max(narrowLeast, int(f.best*narrowFor.Seconds()))
}
