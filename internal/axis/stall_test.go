package axis

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

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

// served runs fn, inside a bubble with a clock of its own, with a client whose
// patience is a minute and a server that runs handler.
func served(t *testing.T, handler http.HandlerFunc, fn func(t *testing.T, c *Client)) {
	synctest.Test(t, func(t *testing.T) {
		net := newPipes()
		server := &http.Server{Handler: handler}
		go server.Serve(net)
		transport := &http.Transport{DialContext: net.dial, DisableKeepAlives: true}
		fn(t, client(t, "http://axis.example", func(c *Config) {
			c.Timeout, c.HTTP = time.Minute, &http.Client{Transport: transport}
		}))
		transport.CloseIdleConnections()
		server.Close()
		synctest.Wait()
	})
}

// TestStall: an axis that takes the request and says no more is left after the
// time agreed, with the right class.
func TestStall(t *testing.T) {
	silent := func(w http.ResponseWriter, r *http.Request) {
		io.Copy(io.Discard, r.Body)
		if strings.HasSuffix(r.URL.Path, "getEdoc") {
			io.WriteString(w, `{"status":"OK","ErrorCode":"0","data":"PGVk`)
			http.NewResponseController(w).Flush()
		}
		<-r.Context().Done()
	}
	served(t, silent, func(t *testing.T, c *Client) {
		start := time.Now()
		if err := sendOf(c, "<edXML/>", 8); !errors.Is(err, ErrUnanswered) {
			t.Errorf("send: %v", err)
		}
		if waited := time.Since(start); waited != time.Minute {
			t.Errorf("waited %v", waited)
		}
		if _, err := c.Fetch(t.Context(), "a", io.Discard, 1<<20); !errors.Is(err, ErrOffline) || errors.Is(err, ErrMalformed) {
			t.Errorf("fetch: %v", err)
		}
	})
}

// TestSlowIsNotStalled: a line that moves one piece every fifty seconds for an
// hour is slow, not dead.
func TestSlowIsNotStalled(t *testing.T) {
	slow := func(w http.ResponseWriter, r *http.Request) {
		io.Copy(io.Discard, r.Body)
		io.WriteString(w, `{"status":"OK","ErrorCode":"0","data":"`)
		for range 72 {
			io.WriteString(w, "PGVk")
			http.NewResponseController(w).Flush()
			time.Sleep(50 * time.Second)
		}
		io.WriteString(w, `"}`)
	}
	served(t, slow, func(t *testing.T, c *Client) {
		if n, err := c.Fetch(t.Context(), "a", io.Discard, 1<<20); err != nil || n != 72*3 {
			t.Errorf("%d, %v", n, err)
		}
	})
}

// TestCallerEnds: the end of the caller's patience is the caller's error.
func TestCallerEnds(t *testing.T) {
	served(t, func(w http.ResponseWriter, r *http.Request) { <-r.Context().Done() }, func(t *testing.T, c *Client) {
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
		defer cancel()
		if _, err := c.Received(ctx, Edoc); !errors.Is(err, context.DeadlineExceeded) || errors.Is(err, ErrOffline) {
			t.Errorf("%v", err)
		}
	})
}
