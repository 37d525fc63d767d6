package exchange_test

import (
	"context"
	"errors"
	"fmt"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"vanthu/inbox"
	"vanthu/internal/axis"
	"vanthu/internal/axis/axissim"
	"vanthu/internal/axis/axistest"
	"vanthu/internal/courier"
	"vanthu/internal/document"
	"vanthu/internal/exchange"
	"vanthu/internal/viet"
	"vanthu/outbox"
	"vanthu/store"
)

// world is an axis on loopback with a spoilable line before it, and offices
// that speak to it.
type world struct {
	t        testing.TB
	sim      *axissim.Axis
	line     *axistest.Line
	url      string // through the line
	plain    string // past it
	protocol axis.Protocol
	mu       sync.Mutex
	now      time.Time
}

func commune() document.Agency {
	return document.Agency{Code: "H40.5.2", Name: "Ủy ban nhân dân xã Định Mỹ"}
}

func neighbour() document.Agency {
	return document.Agency{Code: "H40.5.3", Name: "Ủy ban nhân dân xã Vĩnh Hòa"}
}

func province() document.Agency {
	return document.Agency{Code: "H40", Name: "Ủy ban nhân dân tỉnh Cà Mau"}
}

func newWorld(t testing.TB, change ...func(*axissim.Options)) *world {
	w := &world{t: t, now: time.Date(2026, 11, 20, 8, 30, 0, 0, document.Zone())}
	agency := func(a document.Agency, system string) axissim.Agency {
		return axissim.Agency{Agency: a, System: system, Parent: "H40", OldCode: document.Code("000." + strings.ReplaceAll(string(a.Code), ".", "") + ".H53")}
	}
	o := axissim.Options{
		Dir: t.TempDir(), Clock: w.clock,
		Systems:  []axissim.System{{ID: "dinhmy", Secret: []byte("một")}, {ID: "vinhhoa", Secret: []byte("hai")}, {ID: "tinh", Secret: []byte("ba")}},
		Agencies: []axissim.Agency{agency(commune(), "dinhmy"), agency(neighbour(), "vinhhoa"), agency(province(), "tinh")},
	}
	for _, f := range change {
		f(&o)
	}
	w.protocol = axis.Protocol(o.Mode)
	sim, err := axissim.New(o)
	if err != nil {
		t.Fatal(err)
	}
	w.sim, w.line = sim, axistest.NewLine(sim.Handler())
	server, direct := httptest.NewServer(w.line), httptest.NewServer(sim.Handler())
	w.url, w.plain = server.URL, direct.URL
	t.Cleanup(func() {
		server.Close()
		direct.Close()
		if err := sim.Close(); err != nil {
			t.Error(err)
		}
	})
	return w
}

func (w *world) clock() time.Time {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.now
}

// pass lets time go by, more than any job waits.
func (w *world) pass(d time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.now = w.now.Add(d)
}

func (w *world) set(now time.Time) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.now = now
}

// office is one office with everything it needs.
type office struct {
	*exchange.Exchange
	t       testing.TB
	w       *world
	courier *courier.Courier
	client  *axis.Client
	close   func()
}

func (w *world) office(a document.Agency, system, secret string) *office {
	return w.officeIn(w.t.TempDir(), a, system, secret)
}

// build puts an office together the way the program does.
func build(dir, url string, clock func() time.Time, a document.Agency, system, secret string) (*exchange.Exchange, error) {
	temp := filepath.Join(dir, "tmp")
	s, err := store.Open(dir, store.Options{Clock: clock})
	if err == nil {
		err = os.MkdirAll(temp, 0o700)
	}
	if err != nil {
		return nil, err
	}
	client, err := axis.New(axis.Config{URL: url, PlainAllowed: true, System: system, Secret: []byte(secret), Clock: clock, Timeout: 10 * time.Second})
	if err != nil {
		return nil, err
	}
	ids := 0
	newID := func() string { ids++; return fmt.Sprintf("%s-%d-%03d", system, clock().UnixNano(), ids) }
	staff := document.Staff{Name: "Nguyễn Thị Lan", Mobile: "0912000001"}
	directory := &exchange.Directory{Store: s, Clock: clock, Fold: viet.Fold}
	return &exchange.Exchange{
		Axis: client, Store: s, Directory: directory, Clock: clock, TempDir: temp,
		Inbox: &inbox.Desk{Store: s, Clock: clock, NewID: newID, Agency: a, Staff: staff, TempDir: temp},
		Outbox: &outbox.Desk{Store: s, Clock: clock, NewID: newID, Agency: a, Staff: staff, TempDir: temp,
			Abbr: "UBND", Place: "Định Mỹ", Press: press{}, Directory: directory, AllowSoft: true},
	}, nil
}

func newCourier(e *exchange.Exchange) *courier.Courier {
	return courier.New(courier.Options{Store: e.Store, Clock: e.Clock, Poll: e.Poll, Handlers: e.Handlers()})
}

// officeIn opens an office in a folder. The test's own questions to the axis
// go past the line, so that only the office meets its faults.
func (w *world) officeIn(dir string, a document.Agency, system, secret string) *office {
	w.t.Helper()
	e, err := build(dir, w.url, w.clock, a, system, secret)
	if err != nil {
		w.t.Fatal(err)
	}
	plain, err := axis.New(axis.Config{URL: w.plain, Protocol: w.protocol, PlainAllowed: true, System: system, Secret: []byte(secret), Clock: w.clock})
	if err != nil {
		w.t.Fatal(err)
	}
	o := &office{t: w.t, w: w, Exchange: e, client: plain, courier: newCourier(e)}
	var once sync.Once
	o.close = func() {
		once.Do(func() {
			faults, err := e.Store.Check()
			if err := errors.Join(err, e.Store.Close()); err != nil {
				w.t.Error(err)
			}
			for _, f := range faults {
				w.t.Errorf("store of %s: %s: %s", a.Name, f.Where, f.What)
			}
		})
	}
	w.t.Cleanup(o.close)
	return o
}

// press and key stand for the signer: they only add a line.
type press struct{}

func (press) Inspect([]byte) error { return nil }

func (press) Layout(context.Context, []byte) (document.Layout, error) { return document.Layout{}, nil }

type key struct{}

func (key) Approve(_ context.Context, pdf []byte, _ outbox.Approval) ([]byte, outbox.SignatureNote, error) {
	return append(pdf[:len(pdf):len(pdf)], "\n% lãnh đạo ký"...), outbox.SignatureNote{Holder: "Trần Văn A"}, nil
}

func (key) Seal(_ context.Context, pdf []byte, _ outbox.Sealing) ([]byte, outbox.SignatureNote, error) {
	return append(pdf[:len(pdf):len(pdf)], "\n% cơ quan ký"...), outbox.SignatureNote{Holder: "UBND"}, nil
}

// issue makes a document and issues it.
func (o *office) issue(to ...document.Agency) outbox.Document {
	o.t.Helper()
	return o.issueFile("%PDF-1.7 "+strings.Repeat("nội dung ", 500), to...)
}

func (o *office) issueFile(content string, to ...document.Agency) outbox.Document {
	o.t.Helper()
	ctx := o.t.Context()
	doc, err := o.Outbox.Create(ctx, outbox.Draft{
		TypeName: "Công văn", Subject: "V/v phối hợp phòng chống thiên tai", Unit: "VP", Recipients: to,
		Signer: document.Signer{Position: "CHỦ TỊCH", Name: "Trần Văn A"},
	}, strings.NewReader(content))
	for _, act := range []func(string) (outbox.Document, error){
		func(id string) (outbox.Document, error) { return o.Outbox.Sign(ctx, id, key{}) },
		o.Outbox.AssignNumber,
		func(id string) (outbox.Document, error) { return o.Outbox.Seal(ctx, id, key{}) },
		o.Outbox.Issue,
	} {
		if err != nil {
			break
		}
		doc, err = act(doc.ID)
	}
	if err != nil {
		o.t.Fatal(err)
	}
	return doc
}

// drain runs the courier once.
func (o *office) drain() {
	o.t.Helper()
	if _, err := o.courier.Drain(o.t.Context()); err != nil {
		o.t.Fatal(err)
	}
}

// settle drains, whatever happens on the line, until no job is left that could
// still run, letting time pass in between.
func (o *office) settle() {
	o.t.Helper()
	for range 20 {
		_, err := o.courier.Drain(o.t.Context())
		if err == nil && len(o.jobs()) == 0 {
			return
		}
		o.w.pass(time.Hour)
	}
	o.t.Fatalf("jobs that never end: %+v", o.jobs())
}

func (o *office) jobs() map[string]store.Job {
	o.t.Helper()
	jobs := map[string]store.Job{}
	err := o.Store.View(func(tx *store.Tx) error {
		for j, err := range tx.Jobs() {
			if err != nil {
				return err
			}
			jobs[j.ID] = j
		}
		return nil
	})
	if err != nil {
		o.t.Fatal(err)
	}
	return jobs
}

func (o *office) arrived() []inbox.Summary {
	o.t.Helper()
	rows, _, err := o.Inbox.List(inbox.Filter{}, store.Window{})
	if err != nil {
		o.t.Fatal(err)
	}
	return rows
}

// states are a document's deliveries in words.
func (o *office) states(id string) string {
	o.t.Helper()
	doc, err := o.Outbox.Get(id)
	if err != nil {
		o.t.Fatal(err)
	}
	var list []string
	for _, v := range doc.Delivery {
		list = append(list, v.State())
	}
	return strings.Join(list, ", ")
}

// waiting counts what the axis still offers an office, and sent how many copies
// it took from it.
func (o *office) waiting() (n int) {
	o.t.Helper()
	for _, t := range []axis.MessageType{axis.Edoc, axis.StatusMessage} {
		rows, err := o.client.Received(o.t.Context(), t)
		if err != nil {
			o.t.Fatal(err)
		}
		n += len(rows)
	}
	return n
}

func (o *office) sent(t axis.MessageType) int {
	o.t.Helper()
	rows, err := o.client.Sent(o.t.Context(), axis.Filter{Type: t})
	if err != nil {
		o.t.Fatal(err)
	}
	return len(rows)
}
