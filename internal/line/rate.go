package line

import (
	"net"
	"sync"
	"time"
)

// bucket is a token bucket that lends: who takes more than there is waits until
// the debt is paid, which keeps the order of those who wait.
type bucket struct {
	mu      sync.Mutex
	now     func() time.Time
	rate    int64 // bytes per second; 0 is no cap
	tokens  float64
	last    time.Time
	changed chan struct{} // closed when rate changes
}

func newBucket(rate int64, now func() time.Time) *bucket {
	return &bucket{now: now, rate: rate, last: now(), changed: make(chan struct{})}
}

// set changes the rate, forgives debts and wakes those who wait.
func (b *bucket) set(rate int64) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.rate, b.tokens, b.last = rate, 0, b.now()
	close(b.changed)
	b.changed = make(chan struct{})
}

// piece is how many bytes may go at once: a quarter of a second's, so that
// nobody waits long and four connections share fairly.
func (b *bucket) piece() int {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.rate == 0 {
		return 1 << 20
	}
	return int(min(max(b.rate/4, 256), 16<<10))
}

// take pays for n bytes and tells how long to wait, or until changed closes.
func (b *bucket) take(n int) (wait time.Duration, changed <-chan struct{}) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.rate == 0 {
		return 0, b.changed
	}
	now, rate := b.now(), float64(b.rate)
	if past := now.Sub(b.last).Seconds(); past > 0 { // the PC's clock may go back
		b.tokens = min(b.tokens+past*rate, rate/4)
	}
	b.last = now
	if b.tokens -= float64(n); b.tokens >= 0 {
		return 0, b.changed
	}
	return time.Duration(-b.tokens / rate * float64(time.Second)), b.changed
}

// pay takes n bytes and waits for them, or until closed.
func (b *bucket) pay(n int, closed <-chan struct{}) error {
	wait, changed := b.take(n)
	if wait <= 0 {
		return nil
	}
	t := time.NewTimer(wait)
	defer t.Stop()
	select {
	case <-t.C:
	case <-changed:
	case <-closed:
		return net.ErrClosed
	}
	return nil
}
