package line

import (
	"context"
	"errors"
	"net"
	"os"
	"sync/atomic"
	"syscall"
	"testing"
	"testing/synctest"
	"time"
)

// closing is a connection that tells when it is closed.
type closing struct {
	net.Conn
	closed atomic.Bool
}

func (c *closing) Close() error {
	c.closed.Store(true)
	return nil
}

// TestRace: a first try that hangs is overtaken, and leaves nothing open.
func TestRace(t *testing.T) {
	refused := errors.New("refused")
	type plan struct {
		takes time.Duration // 0 is for ever
		err   error
	}
	const second, minute = time.Second, time.Minute
	for name, tt := range map[string]struct {
		tries []plan // the last one for all that follow
		want  int    // whose connection, -1 for none
		took  time.Duration
		made  int32
	}{
		"at once":              {[]plan{{second / 2, nil}}, 0, second / 2, 1},
		"the second overtakes": {[]plan{{minute, nil}, {600 * time.Millisecond, nil}}, 1, 1600 * time.Millisecond, 3},
		"the first after all":  {[]plan{{2900 * time.Millisecond, nil}, {0, nil}}, 0, 2900 * time.Millisecond, 5},
		"back after a while":   {[]plan{{0, nil}, {0, nil}, {0, nil}, {0, nil}, {second / 5, nil}}, 4, 2700 * time.Millisecond, 5},
		"refused":              {[]plan{{second / 2, refused}}, -1, second / 2, 1},
		"refused later":        {[]plan{{0, nil}, {second / 5, refused}}, -1, 1200 * time.Millisecond, 2},
		"nobody there":         {[]plan{{0, nil}}, -1, 15 * second, 22},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				conns := make([]closing, 30)
				var tries, made atomic.Int32
				ctx, cancel := context.WithTimeout(t.Context(), 15*time.Second)
				defer cancel()
				start := time.Now()
				c, err := race(ctx, func(ctx context.Context) (net.Conn, error) {
					i := int(tries.Add(1) - 1)
					p := tt.tries[min(i, len(tt.tries)-1)]
					if p.takes == 0 {
						if end, ok := ctx.Deadline(); ok && i > 0 { // as a dialer does: a moment early
							time.Sleep(time.Until(end) - 1)
							return nil, os.ErrDeadlineExceeded
						}
						<-ctx.Done()
						return nil, ctx.Err()
					}
					time.Sleep(p.takes) // a dialer that does not look at its context
					if p.err == nil {
						made.Add(1)
					}
					return &conns[i], p.err
				})
				if took := time.Since(start); took != tt.took || (err == nil) != (tt.want >= 0) || tt.want >= 0 && c != &conns[tt.want] {
					t.Errorf("%v, %v after %v", c, err, took)
				}
				if n := tries.Load(); n != tt.made {
					t.Errorf("%d tries, want %d", n, tt.made)
				}
				time.Sleep(2 * minute)
				open := made.Load()
				for i := range conns {
					if conns[i].closed.Load() {
						open--
					}
				}
				if tt.want >= 0 && (open != 1 || conns[tt.want].closed.Load()) || tt.want < 0 && open != 0 {
					t.Errorf("%d connections are left open", open)
				}
			})
		})
	}
}

// lossyLine is a line with one connection whose counters the test sets.
func lossyLine(t *testing.T) (l *Line, c *conn, now *time.Time, segments, lost *uint32) {
	t.Helper()
	now, segments, lost = new(time.Time), new(uint32), new(uint32)
	*now = time.Date(2026, 11, 21, 8, 0, 0, 0, time.UTC)
	l = open(t, Options{Clock: func() time.Time { return *now }})
	l.loss.read = func(syscall.RawConn) (uint32, uint32, bool) { return *segments, *lost, true }
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { listener.Close() })
	raw, err := net.Dial("tcp", listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	c = l.wrap(raw)
	t.Cleanup(func() { c.Close() })
	return l, c, now, segments, lost
}

func TestLossy(t *testing.T) {
	l, c, now, segments, lost := lossyLine(t)
	for i, step := range []struct {
		pass           time.Duration
		segments, lost uint32 // further ones
		want           bool
	}{
		{0, 0, 0, false},
		{time.Minute, 1000, 3, false}, // chance
		{time.Minute, 100, 30, true},
		{0, 5000, 0, true}, // not looked at again within a second
		{time.Second, 0, 0, false},
		{time.Minute, 300, 100, true},
		{6 * time.Minute, 100, 0, false}, // long ago
		{time.Second, 10, 3, false},      // too few to tell
	} {
		*now = now.Add(step.pass)
		*segments, *lost = *segments+step.segments, *lost+step.lost
		if step.want != l.Lossy() {
			t.Errorf("step %d: lossy %t", i, !step.want)
		}
	}
	*segments, *lost = *segments+20, *lost+10
	c.Close() // what was seen last counts
	if *now = now.Add(time.Second); !l.Lossy() {
		t.Error("losses of a closed connection are forgotten")
	}
}

// TestLossyWithoutCounters: where the system does not count, broken connections
// do, and those that an end has closed do not.
func TestLossyWithoutCounters(t *testing.T) {
	now := time.Date(2026, 11, 21, 8, 0, 0, 0, time.UTC)
	l := open(t, Options{Clock: func() time.Time { return now }})
	lose := func(err error) {
		c := l.wrap(brokenConn{err})
		c.Read(make([]byte, 1))
		c.Close()
	}
	for range 5 {
		lose(net.ErrClosed)
		lose(os.ErrDeadlineExceeded)
	}
	lose(syscall.ECONNRESET)
	if l.Lossy() {
		t.Error("one broken connection")
	}
	lose(syscall.ETIMEDOUT)
	if now = now.Add(time.Second); !l.Lossy() {
		t.Error("two broken connections are not seen")
	}
	if now = now.Add(time.Hour); l.Lossy() {
		t.Error("for ever")
	}
}

type brokenConn struct{ err error }

func (b brokenConn) Read([]byte) (int, error)         { return 0, b.err }
func (b brokenConn) Write([]byte) (int, error)        { return 0, b.err }
func (b brokenConn) Close() error                     { return nil }
func (b brokenConn) LocalAddr() net.Addr              { return nil }
func (b brokenConn) RemoteAddr() net.Addr             { return nil }
func (b brokenConn) SetDeadline(time.Time) error      { return nil }
func (b brokenConn) SetReadDeadline(time.Time) error  { return nil }
func (b brokenConn) SetWriteDeadline(time.Time) error { return nil }
