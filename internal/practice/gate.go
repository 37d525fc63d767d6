package practice

import (
	"errors"
	"net/http"
	"sync/atomic"
)

// ErrCut is what a request meets while the gate is shut: no route, as if the
// cable were out.
var ErrCut = errors.New("the line is cut (practice)")

// Gate is our own line to the practice axis. Shutting it cuts us off and
// nobody else: the neighbours go on writing and answering.
type Gate struct {
	shut atomic.Bool
	line *http.Transport
}

// NewGate is an open gate.
func NewGate() *Gate { return &Gate{line: &http.Transport{}} }

// Set opens or shuts the gate.
func (g *Gate) Set(open bool) {
	g.shut.Store(!open)
	if !open {
		g.line.CloseIdleConnections()
	}
}

// Open tells whether the gate is open.
func (g *Gate) Open() bool { return !g.shut.Load() }

// RoundTrip implements http.RoundTripper.
func (g *Gate) RoundTrip(r *http.Request) (*http.Response, error) {
	if g.shut.Load() {
		if r.Body != nil {
			r.Body.Close()
		}
		return nil, ErrCut
	}
	return g.line.RoundTrip(r)
}
