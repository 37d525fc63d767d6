package exchange_test

import (
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"vanthu/inbox"
	"vanthu/internal/axis"
	"vanthu/internal/axis/axissim"
	"vanthu/internal/axis/axistest"
	"vanthu/internal/courier"
	"vanthu/internal/document"
	"vanthu/outbox"
)

// TestQueueBehindMisbehaviours: for every row of the matrix, each kind of work
// meets the fault through a real courier. After one round the queue stands as the
// table says; when the fault is gone everything arrives, each thing once.
func TestQueueBehindMisbehaviours(t *testing.T) {
	for i, m := range axistest.Misbehaviours() {
		if testing.Short() && i%8 != 0 {
			continue
		}
		t.Run(m.Does, func(t *testing.T) {
			t.Parallel() // the time goes into fsync
			b := newBench(t, m)
			b.t = t
			sent := b.sending()
			b.polling()
			b.fetching()
			b.reporting(sent)
			b.reconciling()
			b.refreshing()
			b.books()
		})
	}
	if testing.Verbose() {
		t.Logf("\n%s", table(axistest.Misbehaviours()))
	}
}

// issueTo issues a document of ours to the neighbour and the province.
func (b *bench) issueTo() outbox.Document {
	doc := b.ours.issue(neighbour(), province())
	b.subjects = append(b.subjects, doc.Code.String())
	return doc
}

// sending: a document for two meets the fault.
func (b *bench) sending() outbox.Document {
	b.t.Helper()
	doc := b.issueTo()
	b.round(b.ours, "sendEdoc")
	left, states := b.ours.left("send/"+doc.ID), b.ours.states(doc.ID)
	switch b.m.Queue.Send {
	case axistest.Refused:
		b.want("send", left, axistest.Gone)
		b.want("deliveries", states, map[bool]string{true: "Đã gửi, Gửi lỗi", false: "Gửi lỗi, Gửi lỗi"}[b.m.Sends])
		defer b.resend(doc)
	case axistest.Gone:
		b.want("send", left, axistest.Gone)
		b.want("deliveries", states, "Đã gửi, Đã gửi")
	default:
		b.want("send", left, b.m.Queue.Send)
		b.want("deliveries", states, "Chưa gửi, Chưa gửi")
	}
	copies := 2 * b.m.Acts
	if b.m.Sends {
		copies = 1
	}
	if n := b.ours.sent(axis.Edoc); n != copies {
		b.t.Errorf("the axis took %d copies, want %d", n, copies)
	}
	b.recover(b.ours)
	return doc
}

// resend is the clerk who sends again to those that were refused.
func (b *bench) resend(doc outbox.Document) {
	b.t.Helper()
	if err := b.ours.Outbox.Resend(doc.ID); err != nil {
		b.t.Fatal(err)
	}
	b.recover(b.ours)
}

// polling: the list of what waits for the neighbour meets the fault.
func (b *bench) polling() {
	b.t.Helper()
	before := len(b.theirs.jobs())
	defer b.hurry(b.theirs)()
	b.spoil(b.m.Fault, "getReceivedEdocList")
	err := b.theirs.Poll(b.t.Context())
	if b.lift() == 0 {
		b.t.Error("the poll met no fault")
	}
	got := courier.Class(err)
	switch {
	case err == nil && len(b.theirs.jobs()) > before:
		got = axistest.Listed
	case err == nil:
		got = axistest.Nothing
	}
	b.want("poll", got, b.m.Queue.Poll)
}

// fetching: three copies meet the fault, one on the raw way, one on the way of
// the older SDK, and one with its acknowledgement.
func (b *bench) fetching() {
	b.t.Helper()
	b.pass(time.Hour)
	b.round(b.theirs, "getEdoc", "downloadEdoc")
	b.fetched("raw fetch", b.m.Queue.Raw, 0, b.copies())
	before := len(b.theirs.arrived())
	b.issueTo()
	b.recover(b.ours)
	b.old.Store(true)
	b.round(b.theirs, "getEdoc")
	b.fetched("fetch", b.m.Queue.Fetch, before, before+1)
	b.old.Store(false)
	b.acknowledging()
	b.want("still waiting on the axis", fmt.Sprint(b.theirs.waiting()), "0")
}

// fetched checks what is left of a fetch and how many documents there are with
// it and without.
func (b *bench) fetched(what, want string, without, with int) {
	b.t.Helper()
	b.want(what, b.theirs.left(b.waitingID("fetch/")), want)
	there := without
	if want == axistest.Gone {
		there = with
	}
	b.want("arrived by "+what, fmt.Sprint(len(b.theirs.arrived())), fmt.Sprint(there))
	b.recover(b.theirs)
	b.want("arrived after "+what, fmt.Sprint(len(b.theirs.arrived())), fmt.Sprint(with))
}

// acknowledging: a document arrives, and its acknowledgement meets the fault.
func (b *bench) acknowledging() {
	b.t.Helper()
	doc := b.issueTo()
	b.recover(b.ours)
	b.round(b.theirs, "updateStatus")
	b.want("ack", b.theirs.left(b.waitingID("ack/")), b.m.Queue.Ack)
	b.want("arrived before its acknowledgement", fmt.Sprint(b.has(doc)), "true")
	b.recover(b.theirs)
}

// waitingID is the job of a kind that is open, or one that never was.
func (b *bench) waitingID(prefix string) string {
	for _, id := range slices.Sorted(maps.Keys(b.theirs.jobs())) {
		if strings.HasPrefix(id, prefix) {
			return id
		}
	}
	return prefix
}

// copies is how many copies of the first document the neighbour got.
func (b *bench) copies() int { return max(1, b.m.Acts*b.twice()) }

// twice is 1 where the fault makes doubles of what is sent.
func (b *bench) twice() int {
	if b.m.Acts > 1 {
		return 1
	}
	return 0
}

func (b *bench) has(doc outbox.Document) bool {
	return slices.ContainsFunc(b.theirs.arrived(), func(s inbox.Summary) bool { return s.Code == doc.Code })
}

// reporting: the neighbour registers a document, and the status meets the fault.
func (b *bench) reporting(doc outbox.Document) {
	b.t.Helper()
	rows := b.theirs.arrived()
	i := slices.IndexFunc(rows, func(s inbox.Summary) bool { return s.Code == doc.Code && s.DuplicateOf == "" })
	if i < 0 {
		b.t.Fatalf("%s is not in the books: %+v", doc.Code, rows)
	}
	row := rows[i]
	in, err := b.theirs.Inbox.Get(row.ID)
	if err == nil {
		_, err = b.theirs.Inbox.Register(row.ID, inbox.Registration{Meta: in.Received})
	}
	if err != nil {
		b.t.Fatal(err)
	}
	id := b.waitingID("status/")
	b.round(b.theirs, "sendEdoc")
	b.want("status", b.theirs.left(id), b.m.Queue.Status)
	b.recover(b.theirs, b.ours)
	got, err := b.ours.Outbox.Get(doc.ID)
	if err != nil {
		b.t.Fatal(err)
	}
	var codes []string
	for _, e := range got.Delivery[0].Events {
		codes = append(codes, string(e.Code))
	}
	b.want("statuses", strings.Join(codes, " "), "01 03")
}

// reconciling: an answer to a send was lost, and the list of what was sent meets
// the fault: nothing is sent again before it can be read.
func (b *bench) reconciling() {
	b.t.Helper()
	doc, before := b.issueTo(), b.ours.sent(axis.Edoc)
	b.spoil(axistest.CutAfter, "sendEdoc")
	if _, err := b.ours.courier.Drain(b.t.Context()); courier.Class(err) != "offline" {
		b.t.Fatalf("lost answer: %v", err)
	}
	b.pass(time.Hour)
	b.round(b.ours, "getSentEdocList")
	b.want("reconcile", b.ours.left("send/"+doc.ID), b.m.Queue.Reconcile)
	b.recover(b.ours)
	b.want("deliveries after a lost answer", b.ours.states(doc.ID), "Đã gửi, Đã gửi")
	if n := b.ours.sent(axis.Edoc) - before; n != 2 && b.m.Queue.Reconcile != axistest.Gone {
		b.t.Errorf("the axis took %d copies of a document for two", n)
	}
	b.recover(b.theirs, b.ours)
}

// refreshing: the directory meets the fault. The old one stays, then the new one
// comes.
func (b *bench) refreshing() {
	b.t.Helper()
	today := document.DateOf(b.clock())
	b.set(today.AddDays(1).Time().Add(14 * time.Hour))
	b.enter()
	b.round(b.theirs, "getAgenciesList", "getAgenciesListQD20", "getSynchronizeUnit")
	b.want("agencies", b.theirs.left("agencies"), b.m.Queue.Agencies)
	if a, ok, err := b.theirs.Directory.Agency(commune().Code); !ok || err != nil || a.Name != commune().Name {
		b.t.Errorf("after a fault the directory says %v, %v, %v", a, ok, err)
	}
	b.recover(b.theirs)
	b.set(today.AddDays(9).Time().Add(14 * time.Hour)) // the whole list, whatever came of the changes
	b.recover(b.theirs, b.ours)
	if a, ok, err := b.theirs.Directory.Agency("H40.5.4"); !ok || err != nil {
		b.t.Errorf("the directory did not come anew: %v, %v, %v", a, ok, err)
	}
}

// enter adds a body to the axis's directory.
func (b *bench) enter() {
	b.t.Helper()
	err := b.sim.Enter(axissim.Agency{Agency: document.Agency{Code: "H40.5.4", Name: "Ủy ban nhân dân xã Mới"}, Parent: "H40", System: "tinh"})
	if err != nil {
		b.t.Fatal(err)
	}
}

// books: every document is in the neighbour's books once, whole, and nothing
// else; doubles are marked as such.
func (b *bench) books() {
	b.t.Helper()
	var once []string
	for _, s := range b.theirs.arrived() {
		in, err := b.theirs.Inbox.Get(s.ID)
		if err != nil || s.State == inbox.Quarantined || len(in.Files) != 1 {
			b.t.Errorf("%s: %+v, %v", s.Code, in, err)
		}
		if s.DuplicateOf == "" {
			once = append(once, s.Code.String())
		}
	}
	slices.Sort(once)
	slices.Sort(b.subjects)
	b.want("books", strings.Join(once, ", "), strings.Join(b.subjects, ", "))
	if list, err := b.ours.Outbox.Unmatched(); len(list) > 0 || err != nil {
		b.t.Errorf("statuses of nothing: %+v, %v", list, err)
	}
	if n := b.ours.waiting() + b.theirs.waiting(); n != 0 {
		b.t.Errorf("%d copies wait on the axis", n)
	}
}

// table prints the matrix.
func table(rows []axistest.Misbehaviour) string {
	var b strings.Builder
	columns := []string{"the server", "poll", "raw fetch", "fetch", "send", "ack", "status", "sent list", "directory", "acts"}
	line := func(cells ...string) {
		for i, c := range cells {
			width := 22
			if i == 0 {
				width = 40
			}
			fmt.Fprintf(&b, "%-*s", width, c)
		}
		b.WriteByte('\n')
	}
	line(columns...)
	for _, m := range rows {
		q := m.Queue
		line(m.Does, q.Poll, q.Raw, q.Fetch, q.Send, q.Ack, q.Status, q.Reconcile, q.Agencies, fmt.Sprint(m.Acts))
	}
	return b.String()
}

// A busy axis uses up tries, each later than the one before; the twelfth holds
// the job, and the clerk's word sets it going again.
func TestBusyForHours(t *testing.T) {
	b := newBench(t, axistest.Misbehaviour{Fault: axistest.Page(http.StatusServiceUnavailable)})
	doc := b.issueTo()
	for tries := 1; tries <= 12; tries++ {
		b.round(b.ours, "sendEdoc")
		want := fmt.Sprintf("waiting busy %d later", tries)
		if tries == 12 {
			want = "held busy 12"
		}
		b.want("send", b.ours.left("send/"+doc.ID), want)
		b.pass(31 * time.Minute)
	}
	b.ours.drain()
	b.want("send that is held", b.ours.left("send/"+doc.ID), "held busy 12")
	b.recover(b.ours, b.theirs, b.ours)
	b.want("deliveries", b.ours.states(doc.ID), "Đã đến, Đã gửi")
	b.books()
}
