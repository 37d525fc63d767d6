package exchange_test

import (
	"cmp"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"path"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"vanthu/internal/axis"
	"vanthu/internal/axis/axissim"
	"vanthu/internal/axis/axistest"
	"vanthu/internal/courier"
	"vanthu/store"
)

// trouble stands before an axis and spoils every request for some operations.
type trouble struct {
	next  http.Handler
	mu    sync.Mutex
	fault axistest.Fault
	on    []string
	met   int
	old   atomic.Bool // the axis is of SDK 2.0.0: no downloadEdoc
}

// spoil begins a fault of operations; lift ends it and tells how many requests
// met it.
func (b *trouble) spoil(fault axistest.Fault, operations ...string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.fault, b.on, b.met = fault, operations, 0
}

func (b *trouble) lift() int {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.fault = nil
	return b.met
}

// ServeHTTP lets the request meet the fault, or pass.
func (b *trouble) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if path.Base(r.URL.Path) == "downloadEdoc" && b.old.Load() {
		http.NotFound(w, r)
		return
	}
	b.mu.Lock()
	fault := b.fault
	if !b.concerns(r.URL.Path) {
		fault = nil
	}
	if fault != nil {
		b.met++
	}
	b.mu.Unlock()
	if fault == nil {
		b.next.ServeHTTP(w, r)
		return
	}
	fault(w, r, b.next)
}

// concerns tells whether a path is that of a spoilt operation: its last element,
// or the one before, as in uploads/ID.
func (b *trouble) concerns(p string) bool {
	return slices.Contains(b.on, path.Base(p)) || slices.Contains(b.on, path.Base(path.Dir(p)))
}

// bench is two offices behind one trouble: ours sends, theirs receives. Each is
// a real courier over a real store, with both desks and the exchange.
type bench struct {
	*world
	*trouble
	m            axistest.Misbehaviour
	ours, theirs *office
	subjects     []string // of the documents sent, in order
	patient      map[*office]*axis.Client
	hasty        map[*office]*axis.Client // for rows that hang
	seen         int                      // requests that met a fault
	wrong        time.Duration            // by how much the offices' clocks are wrong
}

// officeClock is the clock by which the offices sign their requests.
func (b *bench) officeClock() time.Time { return b.clock().Add(b.wrong) }

func newBench(t *testing.T, m axistest.Misbehaviour, change ...func(*axissim.Options)) *bench {
	w := newWorld(t, change...)
	b := &bench{world: w, trouble: &trouble{next: w.sim.Handler()}, m: m, patient: map[*office]*axis.Client{}, hasty: map[*office]*axis.Client{}}
	server := httptest.NewServer(b.trouble)
	t.Cleanup(server.Close)
	secret := "một"
	if w.protocol != "" {
		secret = "mot"
	}
	b.ours, b.theirs = w.office(commune(), "dinhmy", secret), w.office(neighbour(), "vinhhoa", "hai")
	for o, c := range map[*office]axis.Config{b.ours: {System: "dinhmy", Secret: []byte(secret)}, b.theirs: {System: "vinhhoa", Secret: []byte("hai")}} {
		// A connection per call: net/http by itself repeats a request whose old
		// connection broke before the first byte.
		c.HTTP = &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
		c.URL, c.Clock, c.PlainAllowed, c.Protocol = server.URL, b.officeClock, true, w.protocol
		c.NoProbe, c.Patience = len(change) == 0, -1
		patient, err := axis.New(c)
		c.Timeout = 400 * time.Millisecond
		hasty, hastyErr := axis.New(c)
		if err := errors.Join(err, hastyErr); err != nil {
			t.Fatal(err)
		}
		o.Axis, b.patient[o], b.hasty[o] = patient, patient, hasty
	}
	b.ours.drain()
	b.theirs.drain()
	return b
}

// round lets an office's courier run once behind the fault.
func (b *bench) round(o *office, operations ...string) (class string) {
	b.t.Helper()
	defer b.hurry(o)()
	b.spoil(b.m.Fault, operations...)
	_, err := o.courier.Drain(b.t.Context())
	if b.lift() == 0 {
		b.t.Errorf("no request for %v met the fault", operations)
	}
	return courier.Class(err)
}

// hurry lets an office be impatient, where only patience ends a fault, until the
// function it returns is called.
func (b *bench) hurry(o *office) func() {
	if b.m.Hangs {
		o.Axis = b.hasty[o]
	}
	return func() { o.Axis = b.patient[o] }
}

// left is what is left of a job, in the words of the table.
func (o *office) left(id string) string {
	j, open := o.jobs()[id]
	if !open {
		return axistest.Gone
	}
	next := "now"
	if !j.NextTry.IsZero() {
		next = "later"
		if !j.NextTry.After(o.w.clock()) {
			next = "overdue"
		}
	}
	if j.State == store.Held {
		next = ""
	}
	return strings.TrimSpace(fmt.Sprintf("%s %s %d %s", j.State, cmp.Or(j.Class, "-"), j.Attempts, next))
}

// recover lets the fault be over: time passes, the clerk lets held jobs be tried
// again, and nothing is left to do.
func (b *bench) recover(offices ...*office) {
	b.t.Helper()
	for _, o := range offices {
		for range 6 {
			b.pass(time.Hour)
			for id, j := range o.jobs() {
				if j.State == store.Held {
					if err := o.courier.Retry(id); err != nil {
						b.t.Fatal(err)
					}
				}
			}
			o.drain()
			if len(o.jobs()) == 0 {
				break
			}
		}
		if jobs := o.jobs(); len(jobs) > 0 {
			b.t.Fatalf("jobs that never end: %+v", jobs)
		}
	}
}

func (b *bench) want(what, got, want string) {
	b.t.Helper()
	if got != want {
		b.t.Errorf("%s: %q, want %q", what, got, want)
	}
}
