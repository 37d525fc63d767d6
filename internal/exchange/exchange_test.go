package exchange_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"vanthu/inbox"
	"vanthu/internal/axis"
	"vanthu/internal/axis/axistest"
	"vanthu/internal/document"
	"vanthu/outbox"
	"vanthu/store"
)

// handle takes a received document through the desk to completion.
func handle(o *office, id string) {
	o.t.Helper()
	doc, err := o.Inbox.Get(id)
	for _, act := range []func() (inbox.Document, error){
		func() (inbox.Document, error) { return o.Inbox.Register(id, inbox.Registration{Meta: doc.Received}) },
		func() (inbox.Document, error) { return o.Inbox.HandOver(id, "Phòng Kinh tế", document.Date{}) },
		func() (inbox.Document, error) { return o.Inbox.Progress(id, "đang làm") },
		func() (inbox.Document, error) { return o.Inbox.Complete(id, "", "") },
	} {
		if err == nil {
			_, err = act()
		}
	}
	if err != nil {
		o.t.Fatal(err)
	}
}

func TestThereAndBack(t *testing.T) {
	w := newWorld(t)
	a, b := w.office(commune(), "dinhmy", "một"), w.office(neighbour(), "vinhhoa", "hai")
	a.drain()
	doc := a.issue(neighbour())
	if got := a.states(doc.ID); got != "Chưa gửi" {
		t.Errorf("before: %s", got)
	}
	a.drain()
	if got := a.states(doc.ID); got != "Đã gửi" {
		t.Errorf("sent: %s", got)
	}
	b.drain()
	rows := b.arrived()
	if len(rows) != 1 || rows[0].Subject != doc.Draft.Subject || rows[0].Code != doc.Code || b.waiting() != 0 {
		t.Fatalf("arrived %+v, %d waiting", rows, b.waiting())
	}
	a.drain()
	if got := a.states(doc.ID); got != "Đã đến" {
		t.Errorf("arrived: %s", got)
	}
	handle(b, rows[0].ID)
	b.drain()
	a.drain()
	if got := a.states(doc.ID); got != "Hoàn thành" {
		t.Errorf("completed: %s", got)
	}
	if len(a.jobs())+len(b.jobs()) != 0 || a.waiting() != 0 || a.sent(axis.Edoc) != 1 || b.sent(axis.StatusMessage) != 5 {
		t.Errorf("left over: %v, %v, %d, %d, %d", a.jobs(), b.jobs(), a.waiting(), a.sent(axis.Edoc), b.sent(axis.StatusMessage))
	}
}

// Every request of the conversation, one after the other, meets a fault; the
// end is always the same: one document, sent once, every status there.
func TestEveryFaultAtEveryRequest(t *testing.T) {
	faults := map[string]axistest.Fault{
		"cut before": axistest.CutBefore, "answer lost": axistest.CutAfter, "answer cut": axistest.CutWithin,
		"busy": axistest.Page(503), "a proxy's page": axistest.Page(200),
	}
	for name, fault := range faults {
		t.Run(name, func(t *testing.T) {
			for n := range requests {
				if name != "answer lost" && n%3 != 0 {
					continue // a lost answer is what could send twice
				}
				if testing.Short() && n%4 != 0 {
					continue
				}
				t.Run(fmt.Sprint(n), func(t *testing.T) {
					t.Parallel() // the time goes into fsync
					faultAt(t, n, fault)
				})
			}
		})
	}
}

// requests is a little more than the conversation of faultAt takes.
const requests = 28

func faultAt(t *testing.T, n int, fault axistest.Fault) {
	w := newWorld(t)
	a, b := w.office(commune(), "dinhmy", "một"), w.office(neighbour(), "vinhhoa", "hai")
	if err := a.Directory.Replace([]axis.Agency{{Agency: neighbour()}, {Agency: province()}}); err != nil {
		t.Fatal(err)
	}
	doc := a.issue(neighbour(), province())
	w.line.Spoil(append(make([]axistest.Fault, n), fault)...)
	a.settle()
	b.settle()
	rows := b.arrived()
	if len(rows) != 1 || rows[0].DuplicateOf != "" {
		t.Fatalf("arrived %+v", rows)
	}
	handle(b, rows[0].ID)
	b.settle()
	a.settle()
	if got := a.states(doc.ID); got != "Hoàn thành, Đã gửi" {
		t.Errorf("states %s", got)
	}
	got, err := a.Outbox.Get(doc.ID)
	if err != nil {
		t.Fatal(err)
	}
	var codes []string
	for _, e := range got.Delivery[0].Events {
		codes = append(codes, string(e.Code))
	}
	if strings.Join(codes, " ") != "01 03 04 05 06" {
		t.Errorf("statuses %v", codes)
	}
	if a.sent(axis.Edoc) != 2 || a.waiting() != 0 || b.waiting() != 0 {
		t.Errorf("the axis took %d copies, offers %d and %d", a.sent(axis.Edoc), a.waiting(), b.waiting())
	}
}

// The axis refuses one of three recipients: the others get theirs, the refused
// one is shown with the reason, and can be sent again later.
func TestOneRecipientRefused(t *testing.T) {
	w := newWorld(t)
	a, b := w.office(commune(), "dinhmy", "một"), w.office(neighbour(), "vinhhoa", "hai")
	dissolved := document.Agency{Code: "H40.9.9", Name: "Ủy ban nhân dân huyện Cũ"}
	if err := a.Directory.Replace([]axis.Agency{{Agency: neighbour()}, {Agency: province()}, {Agency: dissolved}}); err != nil {
		t.Fatal(err)
	}
	doc := a.issue(neighbour(), dissolved, province())
	a.drain()
	if got := a.states(doc.ID); got != "Đã gửi, Gửi lỗi, Đã gửi" {
		t.Fatalf("states %s", got)
	}
	got, err := a.Outbox.Get(doc.ID)
	if err != nil || !strings.HasPrefix(got.Delivery[1].Error, "18 ") || len(a.jobs()) != 0 || a.sent(axis.Edoc) != 2 {
		t.Errorf("%+v, %v, %v", got.Delivery[1], err, a.jobs())
	}
	b.drain()
	if len(b.arrived()) != 1 {
		t.Errorf("arrived %+v", b.arrived())
	}
	if err := a.Outbox.Resend(doc.ID); err != nil {
		t.Fatal(err)
	}
	a.drain()
	if got := a.states(doc.ID); got != "Đã gửi, Gửi lỗi, Đã gửi" && got != "Đã đến, Gửi lỗi, Đã gửi" {
		t.Errorf("after sending again: %s", got)
	}
}

// The same document sent twice by mistake of the axis or a sender: two copies,
// one of them a double, and no second number.
func TestDuplicateCopies(t *testing.T) {
	w := newWorld(t)
	a, b := w.office(commune(), "dinhmy", "một"), w.office(neighbour(), "vinhhoa", "hai")
	a.drain()
	doc := a.issue(neighbour())
	a.drain()
	f, err := a.Store.OpenBlob(doc.Packet)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if _, err := a.client.Send(t.Context(), axis.Message{From: commune().Code, Type: axis.Edoc, Body: f, Size: doc.PacketSize}); err != nil {
		t.Fatal(err)
	}
	b.drain()
	rows := b.arrived()
	if len(rows) != 2 || (rows[0].DuplicateOf == "") == (rows[1].DuplicateOf == "") {
		t.Fatalf("arrived %+v", rows)
	}
}

func TestForwardOverTheAxis(t *testing.T) {
	w := newWorld(t)
	a, b, p := w.office(commune(), "dinhmy", "một"), w.office(neighbour(), "vinhhoa", "hai"), w.office(province(), "tinh", "ba")
	p.drain()
	a.drain()
	doc := p.issue(commune())
	p.drain()
	a.drain()
	in, err := a.Inbox.Get(a.arrived()[0].ID)
	if err != nil {
		t.Fatal(err)
	}
	out, err := a.Outbox.Forward(t.Context(), outbox.Forwarding{
		Incoming: in.ID, From: in.Received.Issuer, TypeName: in.Received.TypeName, Subject: in.Received.Subject, Signer: in.Received.Signer,
		Original: document.Ref{Organ: in.Received.Issuer.Code, Reference: in.Received.Code, Date: in.Received.Date, ID: in.Received.DocumentID},
		Files:    []outbox.File{{Name: in.Files[0].Name, Hash: in.Files[0].Hash, Size: in.Files[0].Size}}, Recipients: []document.Agency{neighbour()},
	})
	if err == nil {
		out, err = a.Outbox.Issue(out.ID)
	}
	if err != nil {
		t.Fatal(err)
	}
	a.drain()
	b.drain()
	got, err := b.Inbox.Get(b.arrived()[0].ID)
	if err != nil || got.Received.DocumentID != doc.DocumentID || got.Files[0].Hash != in.Files[0].Hash || got.Received.Issuer.Code != commune().Code {
		t.Fatalf("%+v, %v", got, err)
	}
	handle(b, got.ID)
	b.drain()
	a.drain()
	if a.states(out.ID) != "Hoàn thành" {
		t.Errorf("states %s", a.states(out.ID))
	}
}

// A copy whose acknowledgement was lost is acknowledged again, not fetched again.
func TestLostAcknowledgement(t *testing.T) {
	w := newWorld(t)
	a, b := w.office(commune(), "dinhmy", "một"), w.office(neighbour(), "vinhhoa", "hai")
	a.drain()
	a.issue(neighbour())
	a.drain()
	if err := b.Poll(t.Context()); err != nil {
		t.Fatal(err)
	}
	for id, j := range b.jobs() {
		if strings.HasPrefix(id, "fetch/") {
			if err := b.Handlers()["fetch"](t.Context(), j, func(int64, int64) {}); err != nil {
				t.Fatal(err)
			}
		}
	}
	err := b.Store.Maintain(func(tx *store.Tx) error {
		var errs error
		for id := range b.jobs() {
			errs = errors.Join(errs, tx.FinishJob(id))
		}
		return errs
	})
	if err != nil {
		t.Fatal(err)
	}
	w.pass(time.Hour)
	b.drain()
	if b.waiting() != 0 || len(b.arrived()) != 1 {
		t.Errorf("%d waiting, %d arrived", b.waiting(), len(b.arrived()))
	}
}

// Polling again before anything was fetched queues nothing twice and writes
// nothing.
func TestPollIsIdempotent(t *testing.T) {
	w := newWorld(t)
	a, b := w.office(commune(), "dinhmy", "một"), w.office(neighbour(), "vinhhoa", "hai")
	a.drain()
	a.issue(neighbour())
	a.drain()
	for range 3 {
		if err := b.Poll(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	jobs := b.jobs()
	if len(jobs) != 2 {
		t.Errorf("jobs %v", jobs)
	}
	if j, ok := jobs["agencies"]; !ok || j.Kind != "agencies" {
		t.Error("the directory is not asked for")
	}
}

// Every handler run twice on the same job does what it does once.
func TestHandlersRunTwice(t *testing.T) {
	w := newWorld(t)
	a, b := w.office(commune(), "dinhmy", "một"), w.office(neighbour(), "vinhhoa", "hai")
	a.drain()
	doc := a.issue(neighbour())
	twice(a)
	for range 4 {
		w.pass(time.Hour)
		if err := b.Poll(t.Context()); err != nil {
			t.Fatal(err)
		}
		twice(b)
	}
	if rows := b.arrived(); len(rows) != 1 || a.sent(axis.Edoc) != 1 {
		t.Errorf("%d arrived, %d sent", len(rows), a.sent(axis.Edoc))
	}
	for range 4 {
		w.pass(time.Hour)
		if err := a.Poll(t.Context()); err != nil {
			t.Fatal(err)
		}
		twice(a)
	}
	if got := a.states(doc.ID); got != "Đã đến" {
		t.Errorf("states %s", got)
	}
	if list, err := a.Outbox.Unmatched(); len(list) != 0 || err != nil {
		t.Errorf("%+v, %v", list, err)
	}
}

func twice(o *office) {
	o.t.Helper()
	for _, j := range o.jobs() {
		for range 2 {
			if err := o.Handlers()[j.Kind](o.t.Context(), j, func(int64, int64) {}); err != nil {
				o.t.Fatalf("%s: %v", j.ID, err)
			}
		}
		if err := o.Store.Maintain(func(tx *store.Tx) error { return tx.FinishJob(j.ID) }); err != nil {
			o.t.Fatal(err)
		}
	}
}
