package line

import (
	"sync"
	"syscall"
	"time"
)

// What Lossy calls lossy.
const (
	lately     = 5 * time.Minute
	fewLost    = 4  // so many lost segments may be chance, or one cut
	lossShare  = 50 // one in so many segments
	fewBroken  = 2  // so many broken connections, where segments cannot be counted
	checkPause = time.Second
)

// losses watches connections for lost segments, and where the system does not
// tell, for connections that break.
type losses struct {
	mu      sync.Mutex
	now     func() time.Time
	read    func(syscall.RawConn) (segments, lost uint32, ok bool)
	open    map[*conn]*tally
	past    []sighting
	checked time.Time
}

// tally is what a connection's counters were at the last look.
type tally struct {
	raw            syscall.RawConn
	segments, lost uint32
}

// sighting is what happened between two looks.
type sighting struct {
	at             time.Time
	segments, lost uint32
	broken         int
}

func newLosses(now func() time.Time) *losses {
	return &losses{now: now, read: counters, open: map[*conn]*tally{}}
}

// watch begins to look at a connection that has counters.
func (l *losses) watch(c *conn) {
	s, ok := c.Conn.(syscall.Conn)
	if !ok {
		return
	}
	raw, err := s.SyscallConn()
	if err != nil {
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.open[c] = &tally{raw: raw}
}

// leave looks a last time, while the connection is still open.
func (l *losses) leave(c *conn, broken bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	seen := l.look(l.open[c])
	delete(l.open, c)
	if broken {
		seen.broken = 1
	}
	l.add(seen)
}

// look is what has happened to a connection since the last look.
func (l *losses) look(t *tally) sighting {
	if t == nil {
		return sighting{}
	}
	segments, lost, ok := l.read(t.raw)
	if !ok {
		return sighting{}
	}
	s := sighting{segments: segments - t.segments, lost: lost - t.lost}
	t.segments, t.lost = segments, lost
	return s
}

func (l *losses) add(s sighting) {
	if s.at = l.now(); s != (sighting{at: s.at}) {
		l.past = append(l.past, s)
	}
	for len(l.past) > 0 && s.at.Sub(l.past[0].at) > lately {
		l.past = l.past[1:]
	}
}

// seen looks at all connections, at most once a second, and judges.
func (l *losses) seen() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if now := l.now(); now.Sub(l.checked) >= checkPause || now.Before(l.checked) {
		l.checked = now
		var all sighting
		for _, t := range l.open {
			s := l.look(t)
			all.segments, all.lost = all.segments+s.segments, all.lost+s.lost
		}
		l.add(all)
	}
	var sum sighting
	for _, s := range l.past {
		sum.segments, sum.lost, sum.broken = sum.segments+s.segments, sum.lost+s.lost, sum.broken+s.broken
	}
	if sum.segments == 0 {
		return sum.broken >= fewBroken
	}
	return sum.lost >= fewLost && sum.lost*lossShare >= sum.segments
}
