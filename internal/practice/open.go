package practice

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"sync"
	"time"

	"vanthu/internal/axis"
	"vanthu/internal/axis/axissim"
	"vanthu/internal/document"
	"vanthu/internal/office"
)

// World is the axis and the neighbours, running.
type World struct {
	URL  string // of the axis
	Gate *Gate  // our own way to it; the neighbours have theirs

	axis       *axissim.Axis
	server     *http.Server
	neighbours []*neighbour
	living     sync.WaitGroup
	cancel     context.CancelFunc
}

// Options are what a World takes from outside.
type Options struct {
	Clock document.Clock // nil is time.Now
	Pace  Pace
	Log   *slog.Logger // nil is silence
}

// Open starts the axis of a prepared home on a free loopback port. The
// neighbours wait until Live.
func Open(h office.Home, o Options) (*World, error) {
	if o.Clock == nil {
		o.Clock = time.Now
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	sim, err := openAxis(h, o)
	if err != nil {
		return nil, fmt.Errorf("practice axis: %w", err)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, errors.Join(fmt.Errorf("practice axis: %w", err), sim.Close())
	}
	w := &World{URL: "http://" + l.Addr().String(), Gate: NewGate(), axis: sim, cancel: func() {},
		server: &http.Server{Handler: sim.Handler(), ReadHeaderTimeout: 10 * time.Second, ErrorLog: slog.NewLogLogger(o.Log.Handler(), slog.LevelWarn)}}
	w.living.Go(func() { w.server.Serve(l) }) // ends with Close
	for _, b := range bodies() {
		n, err := w.settle(h, b, o)
		if err != nil {
			return nil, errors.Join(err, w.Close())
		}
		w.neighbours = append(w.neighbours, n)
	}
	return w, nil
}

// openAxis opens the axis with everybody's secrets.
func openAxis(h office.Home, o Options) (*axissim.Axis, error) {
	ours, err := readSecret(h.SecretFile())
	if err != nil {
		return nil, err
	}
	systems := []axissim.System{{ID: ourSystem, Secret: ours}}
	agencies := []axissim.Agency{{Agency: settings().Agency, Parent: "H01", System: ourSystem}}
	for _, b := range bodies() {
		secret, err := readSecret(b.secretFile(h))
		if err != nil {
			return nil, err
		}
		systems = append(systems, axissim.System{ID: b.system, Secret: secret})
		for _, a := range append([]document.Agency{b.agency}, b.also...) {
			one := axissim.Agency{Agency: a, System: b.system}
			if a.Code != "H01" {
				one.Parent = "H01"
			}
			agencies = append(agencies, one)
		}
	}
	return axissim.New(axissim.Options{Dir: filepath.Join(folder(h), "truc"), Systems: systems, Agencies: agencies, Clock: o.Clock, Log: o.Log})
}

func readSecret(path string) ([]byte, error) {
	data, err := os.ReadFile(path)
	return bytes.TrimSpace(data), err
}

// settle moves a neighbour in: a client of its own, its memory, its desk.
func (w *World) settle(h office.Home, b body, o Options) (*neighbour, error) {
	secret, err := readSecret(b.secretFile(h))
	if err != nil {
		return nil, err
	}
	client, err := axis.New(axis.Config{URL: w.URL, System: b.system, Secret: secret, Clock: o.Clock, PlainAllowed: true})
	if err != nil {
		return nil, err
	}
	m, err := recall(filepath.Join(folder(h), string(b.agency.Code)+".json"))
	if err != nil {
		return nil, err
	}
	return &neighbour{body: b, client: client, memory: m, pace: o.Pace, clock: o.Clock, temp: h.TempDir(), log: o.Log,
		desk: &desk{body: b, home: h, to: settings().Agency}}, nil
}

// FirstLetter makes the province write its first letter, unless it has
// written before, so that something waits when the office opens.
func (w *World) FirstLetter(ctx context.Context) (wrote bool, err error) {
	first := w.neighbours[0]
	if first.memory.letters() > 0 {
		return false, nil
	}
	return true, first.write(ctx)
}

// Live starts the neighbours; they live until Close.
func (w *World) Live(ctx context.Context) {
	ctx, w.cancel = context.WithCancel(ctx)
	for _, n := range w.neighbours {
		w.living.Go(func() { n.live(ctx) })
	}
}

// Close ends the neighbours, then the axis.
func (w *World) Close() error {
	w.cancel()
	err := w.server.Close()
	w.living.Wait()
	return errors.Join(err, w.axis.Close())
}
