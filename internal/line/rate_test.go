package line

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

func TestBucket(t *testing.T) {
	now := time.Date(2026, 11, 21, 8, 0, 0, 0, time.UTC)
	b := newBucket(1000, func() time.Time { return now })
	for i, step := range []struct {
		pass time.Duration
		take int
		wait time.Duration
	}{
		{0, 250, 250 * time.Millisecond},
		{0, 250, 500 * time.Millisecond}, // behind the first
		{500 * time.Millisecond, 100, 100 * time.Millisecond},
		{time.Hour, 250, 0}, // no more than a quarter of a second's is saved up
		{0, 100, 100 * time.Millisecond},
		{-time.Hour, 100, 200 * time.Millisecond}, // the PC's clock went back
		{time.Second, 200, 0},
	} {
		now = now.Add(step.pass)
		if wait, _ := b.take(step.take); wait.Round(time.Millisecond) != step.wait {
			t.Errorf("step %d: wait %v, want %v", i, wait, step.wait)
		}
	}
	b.set(0)
	if wait, _ := b.take(1 << 30); wait != 0 {
		t.Errorf("without a cap: wait %v", wait)
	}
}

// pipes is a network in memory: under synctest, waiting on it lets the clock
// jump.
type pipes struct {
	conns  chan net.Conn
	closed chan struct{}
	once   sync.Once
}

func newPipes() *pipes { return &pipes{conns: make(chan net.Conn), closed: make(chan struct{})} }

func (p *pipes) Accept() (net.Conn, error) {
	select {
	case c := <-p.conns:
		return c, nil
	case <-p.closed:
		return nil, net.ErrClosed
	}
}

func (p *pipes) Close() error {
	p.once.Do(func() { close(p.closed) })
	return nil
}

func (p *pipes) Addr() net.Addr { return &net.UnixAddr{Name: "pipe"} }

func (p *pipes) dial(context.Context, string, string) (net.Conn, error) {
	ours, theirs := net.Pipe()
	p.conns <- theirs
	return ours, nil
}

// capped runs fn, with a clock of its own, with a line of 8 KB/s to a server
// that sends and takes what it is told to.
func capped(t *testing.T, fn func(t *testing.T, l *Line)) {
	synctest.Test(t, func(t *testing.T) {
		network := newPipes()
		server := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			io.Copy(io.Discard, r.Body)
			if r.URL.Path == "/down" {
				w.Write(make([]byte, 80_000))
			}
		})}
		go server.Serve(network)
		l, err := New(Options{Rate: 8000, PlainAllowed: true, Dial: network.dial})
		if err != nil {
			t.Fatal(err)
		}
		fn(t, l)
		l.Close()
		server.Close()
		synctest.Wait()
	})
}

// move moves 80 KB one way.
func move(t *testing.T, l *Line, path string) error {
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, "http://axis.example"+path, nil)
	if err != nil {
		return err
	}
	if path == "/up" {
		req.Body, req.ContentLength = io.NopCloser(io.LimitReader(zeros{}, 80_000)), 80_000
	}
	resp, err := l.Transport().RoundTrip(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	_, err = io.Copy(io.Discard, resp.Body)
	return err
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) { return len(p), nil }

// near tells that a duration is right within what headers and one piece take.
func near(got, want time.Duration) bool { return got >= want && got <= want+500*time.Millisecond }

func TestRate(t *testing.T) {
	for _, path := range []string{"/down", "/up"} {
		capped(t, func(t *testing.T, l *Line) {
			start := time.Now()
			if err := move(t, l, path); err != nil {
				t.Fatal(err)
			}
			if took := time.Since(start); !near(took, 9750*time.Millisecond) {
				t.Errorf("%s took %v", path, took)
			}
		})
	}
}

// TestRateIsShared: all connections together, both ways.
func TestRateIsShared(t *testing.T) {
	capped(t, func(t *testing.T, l *Line) {
		start := time.Now()
		var all sync.WaitGroup
		for _, path := range []string{"/down", "/up", "/down", "/up"} {
			all.Go(func() {
				if err := move(t, l, path); err != nil {
					t.Error(err)
				}
			})
		}
		all.Wait()
		if took := time.Since(start); !near(took, 39_750*time.Millisecond) {
			t.Errorf("four took %v", took)
		}
	})
}

// TestSetRate: a cap taken off holds at once, in the middle of a transfer.
func TestSetRate(t *testing.T) {
	capped(t, func(t *testing.T, l *Line) {
		start := time.Now()
		time.AfterFunc(5*time.Second, func() { l.SetRate(0) })
		if err := move(t, l, "/up"); err != nil {
			t.Fatal(err)
		}
		if took := time.Since(start); took != 5*time.Second {
			t.Errorf("took %v", took)
		}
		l.SetRate(16_000)
		start = time.Now()
		if err := move(t, l, "/down"); err != nil {
			t.Fatal(err)
		}
		if took := time.Since(start); !near(took, 4750*time.Millisecond) {
			t.Errorf("at the double rate it took %v", took)
		}
	})
}

// TestCloseWakes: who waits for the rate leaves when the connection is closed.
func TestCloseWakes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l, err := New(Options{Rate: 1})
		if err != nil {
			t.Fatal(err)
		}
		ours, theirs := net.Pipe()
		c := l.wrap(ours)
		time.AfterFunc(time.Second, func() { c.Close() })
		start := time.Now()
		if n, err := c.Write(make([]byte, 1000)); n != 0 || !errors.Is(err, net.ErrClosed) || time.Since(start) != time.Second {
			t.Errorf("%d, %v after %v", n, err, time.Since(start))
		}
		theirs.Close()
	})
}
