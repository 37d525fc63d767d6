package exchange_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"strings"
	"syscall"
	"testing"

	"vanthu/inbox"
	"vanthu/internal/axis"
	"vanthu/internal/courier"
	"vanthu/internal/document"
	"vanthu/outbox"
	"vanthu/store"
)

// fake is an axis whose answers the test writes down.
type fake struct {
	received map[axis.MessageType][]axis.Received
	packets  map[string]string
	sent     []axis.Sent
	err      error // of every call
	refuse   error // of Send
	messages []axis.Message
	acks     []string

	agencies, qd20 []axis.Agency
	units          []axis.Unit
	asked          []int64 // the versions units were asked for
	ignoresVersion bool
	noUnits        error // of EachUnit
}

func (f *fake) EachReceived(_ context.Context, t axis.MessageType, take func(axis.Received) error) error {
	for _, r := range f.received[t] {
		if err := take(r); err != nil {
			return err
		}
	}
	return f.err
}

func (f *fake) Fetch(_ context.Context, docID string, w io.Writer, limit int64) (int64, error) {
	if int64(len(f.packets[docID])) > limit {
		return 0, axis.ErrTooLarge
	}
	n, err := io.WriteString(w, f.packets[docID])
	return int64(n), errors.Join(err, f.err)
}

func (f *fake) Acknowledge(_ context.Context, docID string, s axis.TransportStatus) error {
	f.acks = append(f.acks, docID+" "+string(s))
	return f.err
}

func (f *fake) Send(_ context.Context, m axis.Message) (string, error) {
	f.messages = append(f.messages, m)
	return "sent-1", errors.Join(f.err, f.refuse)
}

func (f *fake) Sent(context.Context, axis.Filter) ([]axis.Sent, error) { return f.sent, f.err }

func (f *fake) EachAgency(_ context.Context, take func(axis.Agency) error) error {
	for _, a := range f.agencies {
		if err := take(a); err != nil {
			return err
		}
	}
	return f.err
}

func (f *fake) EachAgencyQD20(_ context.Context, take func(axis.Agency) error) error {
	for _, a := range f.qd20 {
		if err := take(a); err != nil {
			return err
		}
	}
	return f.err
}

func (f *fake) EachUnit(_ context.Context, since int64, take func(axis.Unit) error) error {
	f.asked = append(f.asked, since)
	for _, u := range f.units {
		if u.Version <= since && !f.ignoresVersion {
			continue
		}
		if err := take(u); err != nil {
			return err
		}
	}
	return errors.Join(f.err, f.noUnits)
}

func fakeOffice(t *testing.T) (*office, *fake) {
	o := newWorld(t).office(commune(), "dinhmy", "một")
	f := &fake{agencies: []axis.Agency{{Agency: neighbour()}, {Agency: province()}}, packets: map[string]string{}, received: map[axis.MessageType][]axis.Received{}}
	o.Axis = f
	if err := o.Directory.Replace([]axis.Agency{{Agency: neighbour()}, {Agency: province()}}); err != nil {
		t.Fatal(err)
	}
	return o, f
}

// run does one open job as the courier would, without ending it.
func (o *office) run(id string) error {
	o.t.Helper()
	j, ok := o.jobs()[id]
	if !ok {
		o.t.Fatalf("no job %s among %v", id, o.jobs())
	}
	return o.Handlers()[j.Kind](o.t.Context(), j, func(int64, int64) {})
}

func TestErrorClasses(t *testing.T) {
	cases := []struct {
		err  error
		want error
	}{
		{axis.ErrOffline, courier.ErrOffline},
		{axis.ErrUnanswered, courier.ErrOffline},
		{context.DeadlineExceeded, courier.ErrOffline},
		{axis.ErrBusy, courier.ErrBusy},
		{axis.ErrMalformed, courier.ErrBusy},
		{errors.New("something else"), courier.ErrBusy},
		{&axis.Rejected{Code: "-1"}, courier.ErrBusy},
		{&axis.Rejected{Code: "15"}, courier.ErrNeedsClerk},
		{&axis.Rejected{Code: "19"}, courier.ErrNeedsClerk},
		{&axis.Rejected{Code: "22"}, courier.ErrRejected},
		{axis.ErrTooLarge, courier.ErrNeedsClerk},
		{store.ErrFull, courier.ErrFull},
		{&fs.PathError{Op: "write", Path: "x", Err: syscall.ENOSPC}, courier.ErrFull},
		{store.ErrDamaged, courier.ErrNeedsClerk},
		{outbox.ErrConflict, courier.ErrConflict},
		{store.ErrNotFound, courier.ErrBroken},
	}
	for _, c := range cases {
		o, f := fakeOffice(t)
		f.err = fmt.Errorf("wrapped: %w", c.err)
		f.received[axis.Edoc] = nil
		if err := o.Poll(t.Context()); !errors.Is(err, c.want) || !errors.Is(err, c.err) {
			t.Errorf("%v becomes %v", c.err, err)
		}
	}
	o, f := fakeOffice(t)
	f.err = context.Canceled
	if err := o.Poll(t.Context()); !errors.Is(err, context.Canceled) || courier.Class(err) != "busy" {
		t.Errorf("cancelled becomes %v", err)
	}
}

func TestWithoutAConnectionEverythingWaits(t *testing.T) {
	o, _ := fakeOffice(t)
	o.issue(neighbour())
	o.Axis = nil
	if err := o.Poll(t.Context()); !errors.Is(err, courier.ErrOffline) {
		t.Errorf("poll: %v", err)
	}
	for id := range o.jobs() {
		if err := o.run(id); !errors.Is(err, courier.ErrOffline) {
			t.Errorf("%s: %v", id, err)
		}
	}
}

func TestPollTakesOnlyOurs(t *testing.T) {
	o, f := fakeOffice(t)
	f.received[axis.Edoc] = []axis.Received{
		{DocID: "1", To: commune().Code}, {DocID: "2", To: neighbour().Code}, {DocID: "3"},
		{DocID: strings.Repeat("x", 600), To: commune().Code}, {DocID: "\xff", To: commune().Code},
	}
	if err := o.Poll(t.Context()); err != nil {
		t.Fatal(err)
	}
	jobs := o.jobs()
	if len(jobs) != 2 || jobs["fetch/1"].Kind != "fetch" || jobs["fetch/3"].Kind != "fetch" {
		t.Errorf("jobs %v", jobs)
	}
	old := entry(string(commune().Code), "000.22.32.H12", commune().Name, "1", "")
	f.received[axis.Edoc] = append(f.received[axis.Edoc], axis.Received{DocID: "4", To: "000.22.32.H12"})
	if err := errors.Join(o.Directory.Replace([]axis.Agency{old}), o.Poll(t.Context())); err != nil || o.jobs()["fetch/4"].Kind != "fetch" {
		t.Errorf("a copy under our old code: %v, %v", err, o.jobs())
	}
	o.Ours = func(c document.Code) bool { return c == neighbour().Code }
	if err := o.Poll(t.Context()); err != nil || o.jobs()["fetch/2"].Kind != "fetch" {
		t.Errorf("%v, jobs %v", err, o.jobs())
	}
}

// A list that mislabels its packets: the packet decides which desk it is for.
func TestMislabelledPackets(t *testing.T) {
	o, f := fakeOffice(t)
	doc := o.issue(neighbour())
	packet, err := o.Store.OpenBlob(doc.Packet)
	if err != nil {
		t.Fatal(err)
	}
	defer packet.Close()
	text, err := io.ReadAll(packet)
	if err != nil {
		t.Fatal(err)
	}
	f.packets["doc"] = string(text)
	f.packets["status"] = statusPacket(doc)
	f.packets["broken"], f.packets["also broken"] = "không phải gói tin", "cũng không"
	f.received[axis.StatusMessage] = []axis.Received{{DocID: "doc", Type: axis.StatusMessage}, {DocID: "broken", Type: axis.StatusMessage}}
	f.received[axis.Edoc] = []axis.Received{{DocID: "status", Type: axis.Edoc}, {DocID: "also broken", Type: axis.Edoc}}
	if err := o.Poll(t.Context()); err != nil {
		t.Fatal(err)
	}
	for _, id := range []string{"doc", "status", "broken", "also broken"} {
		j := o.jobs()["fetch/"+id]
		for range 2 {
			if err := o.Handlers()["fetch"](t.Context(), j, func(int64, int64) {}); err != nil {
				t.Fatal(id, err)
			}
		}
		if _, open := o.jobs()[j.ID]; open {
			t.Errorf("%s is still open", j.ID)
		}
		if err := o.run("ack/" + id); err != nil {
			t.Fatal(id, err)
		}
	}
	if got := o.states(doc.ID); got != "Đã tiếp nhận" {
		t.Errorf("states %s", got)
	}
	if rows := o.arrived(); len(rows) != 2 || rows[1].Subject != doc.Draft.Subject || rows[0].State != inbox.Quarantined {
		t.Errorf("arrived %+v", rows)
	}
	if got := strings.Join(f.acks, ", "); got != "doc done, status done, broken fail, also broken fail" {
		t.Errorf("acks %s", got)
	}
	// The rows come back although they are acknowledged: so are the marks.
	for id := range o.jobs() {
		if strings.HasPrefix(id, "ack/") {
			if err := o.Store.Maintain(func(tx *store.Tx) error { return tx.FinishJob(id) }); err != nil {
				t.Fatal(err)
			}
		}
	}
	f.acks = nil
	if err := o.Poll(t.Context()); err != nil {
		t.Fatal(err)
	}
	for _, id := range []string{"doc", "broken"} {
		if err := o.run("ack/" + id); err != nil {
			t.Fatal(err)
		}
	}
	if got := strings.Join(f.acks, ", "); got != "doc done, broken fail" {
		t.Errorf("acks again %s", got)
	}
}

func statusPacket(doc outbox.Document) string {
	return `<?xml version="1.0"?><edXML xmlns="http://www.mic.gov.vn/TBT/QCVN_102_2016"><edXMLEnvelope><edXMLHeader><MessageHeader>` +
		`<From><OrganId>` + string(neighbour().Code) + `</OrganId><OrganName>Xã Vĩnh Hòa</OrganName></From>` +
		`<ResponseFor><OrganId>` + string(commune().Code) + `</OrganId><Code>` + doc.Code.String() + `</Code><PromulgationDate>` + doc.Date.Axis() +
		`</PromulgationDate><DocumentId>` + doc.DocumentID + `</DocumentId></ResponseFor><StatusCode>03</StatusCode><Description>đã tiếp nhận</Description>` +
		`<Timestamp>2026/11/20 09:00:00</Timestamp></MessageHeader></edXMLHeader></edXMLEnvelope></edXML>`
}

func TestTooLargeNeedsTheClerk(t *testing.T) {
	o, f := fakeOffice(t)
	f.packets["1"] = strings.Repeat("x", 2000)
	f.received[axis.Edoc] = []axis.Received{{DocID: "1"}}
	o.MaxPacket = 1000
	if err := o.Poll(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := o.run("fetch/1"); !errors.Is(err, courier.ErrNeedsClerk) {
		t.Errorf("%v", err)
	}
	if len(o.arrived()) != 0 {
		t.Error("half a packet was received")
	}
}

// What the axis refuses for good is written on the delivery; what the office
// must mend first holds the job and leaves the delivery waiting.
func TestRefusedSends(t *testing.T) {
	cases := map[string]struct {
		code, states string
		class        error
	}{
		"format":      {"22", "Gửi lỗi", nil},
		"file":        {"10", "Gửi lỗi", nil},
		"receiver":    {"18", "Gửi lỗi", nil},
		"our secret":  {"15", "Chưa gửi", courier.ErrNeedsClerk},
		"we are new":  {"19", "Chưa gửi", courier.ErrNeedsClerk},
		"unexplained": {"77", "Chưa gửi", courier.ErrBusy},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			o, f := fakeOffice(t)
			doc := o.issue(neighbour())
			f.refuse = &axis.Rejected{Code: c.code, Desc: "lý do"}
			if err := o.run("send/" + doc.ID); !errors.Is(err, c.class) {
				t.Errorf("error %v, want %v", err, c.class)
			}
			if got := o.states(doc.ID); got != c.states {
				t.Errorf("states %s", got)
			}
		})
	}
}

// Before a send is repeated the sent list is read; only a row that is surely
// this document's copy counts.
func TestReconcile(t *testing.T) {
	o, f := fakeOffice(t)
	sure := func(doc outbox.Document) axis.Sent {
		return axis.Sent{SenderDocID: "ax-7", Notation: doc.Code.String(), From: commune().Code, To: neighbour().Code, SentTime: "20/11/2026 08:31:00"}
	}
	cases := map[string]struct {
		change func(*axis.Sent)
		ours   bool
	}{
		"our copy":          {func(*axis.Sent) {}, true},
		"no sender":         {func(r *axis.Sent) { r.From = "" }, true},
		"odd time":          {func(r *axis.Sent) { r.SentTime = "hôm qua" }, true},
		"another recipient": {func(r *axis.Sent) { r.To = province().Code }, false},
		"another number":    {func(r *axis.Sent) { r.Notation = "99/UBND-VP" }, false},
		"another sender":    {func(r *axis.Sent) { r.From = "H41" }, false},
		"last year":         {func(r *axis.Sent) { r.SentTime = "20/11/2025 08:31:00" }, false},
		"it failed":         {func(r *axis.Sent) { r.SendStatus = axis.Fail }, false},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			o.t = t
			doc := o.issue(neighbour())
			if _, err := o.Outbox.Attempt(doc.ID); err != nil {
				t.Fatal(err)
			}
			row := sure(doc)
			c.change(&row)
			f.sent, f.messages = []axis.Sent{row}, nil
			if err := o.run("send/" + doc.ID); err != nil {
				t.Fatal(err)
			}
			if again := len(f.messages) > 0; again == c.ours {
				t.Errorf("sent again: %v", again)
			}
			if got := o.states(doc.ID); got != "Đã gửi" {
				t.Errorf("states %s", got)
			}
		})
	}
}

// While the list cannot be read, nothing is repeated.
func TestNoListNoRepetition(t *testing.T) {
	o, f := fakeOffice(t)
	doc := o.issue(neighbour())
	f.err = axis.ErrUnanswered
	for range 2 {
		if err := o.run("send/" + doc.ID); !errors.Is(err, courier.ErrOffline) {
			t.Fatal(err)
		}
	}
	if len(f.messages) != 1 {
		t.Errorf("%d messages went out", len(f.messages))
	}
}

// A first attempt sends without asking for the list: that costs the line.
func TestOneSendForAllRecipients(t *testing.T) {
	o, f := fakeOffice(t)
	doc := o.issue(neighbour(), province())
	if err := o.run("send/" + doc.ID); err != nil {
		t.Fatal(err)
	}
	if len(f.messages) != 1 || len(f.messages[0].To) != 2 || f.messages[0].Size != doc.PacketSize {
		t.Errorf("messages %+v", f.messages)
	}
}
