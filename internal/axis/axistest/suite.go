package axistest

import (
	"bytes"
	"io"
	"path/filepath"
	"testing"

	"vanthu/internal/axis"
	"vanthu/internal/document"
	"vanthu/internal/edxml"
)

// Gateway is an axis under test: a client of a system that serves From and all
// of To.
type Gateway struct {
	Config axis.Config // its Protocol is the mode of the axis
	From   document.Agency
	To     []document.Agency // at least two
	Serial int               // of the first document; a real gateway must not meet one twice

	// What follows a real gateway may not have; what needs it is left out then.

	Spare  document.Code                   // may be registered and deleted; SDK only
	Locked document.Code                   // packets for it are refused with 23
	Fault  func(t *testing.T, rule string) // lets requests meet a fault of axissim from now on; "" for none
}

// Run runs the suite: every operation and every documented error. What the mode
// does not have must say so.
func Run(t *testing.T, g Gateway) {
	t.Helper()
	client, err := axis.New(g.Config)
	if err != nil {
		t.Fatal(err)
	}
	s := &suite{Gateway: g, client: client}
	for _, part := range []struct {
		name string
		run  func(*testing.T)
	}{
		{"directory", s.directory}, {"QD20", s.qd20}, {"units", s.units}, {"registration", s.registration},
		{"document", s.document}, {"raw", s.raw}, {"narrowed", s.narrowed}, {"report", s.report}, {"failed", s.failed}, {"counts", s.counts},
		{"acknowledged", s.acknowledged}, {"refusals", s.refusals}, {"secret", s.secret}, {"unsupported", s.unsupported},
		{"codes", s.codes}, {"pages", s.pages}, {"rows", s.rows}, {"broken", s.broken}, {"clock", s.clock},
	} {
		t.Run(part.name, part.run)
	}
}

type suite struct {
	Gateway
	client *axis.Client
	used   int
}

// hub tells that the axis is one of a province, with fewer operations.
func (s *suite) hub() bool { return s.Config.Protocol == axis.REST || s.Config.Protocol == axis.OAuth2 }

func (s *suite) serial() int {
	s.used++
	return s.Serial + s.used
}

// send sends a packet and returns the docId of its sender.
func (s *suite) send(t *testing.T, kind axis.MessageType, packet []byte, to ...document.Code) string {
	t.Helper()
	id, err := s.client.Send(t.Context(), axis.Message{
		From: s.From.Code, Type: kind, To: to, Body: bytes.NewReader(packet), Size: int64(len(packet)),
	})
	if err != nil {
		t.Fatal(err)
	}
	return id
}

// arrivals maps recipients to what waits for them and reads as want.
func (s *suite) arrivals(t *testing.T, kind axis.MessageType, want func(*edxml.Packet) bool) map[document.Code]axis.Received {
	t.Helper()
	list, err := s.client.Received(t.Context(), kind)
	if err != nil {
		t.Fatal(err)
	}
	found := map[document.Code]axis.Received{}
	for _, row := range list {
		if p := s.fetch(t, row.DocID); p != nil && want(p) {
			found[row.To] = row
		}
	}
	return found
}

// fetch reads a packet; nil when it is none of ours and cannot be read.
func (s *suite) fetch(t *testing.T, docID string) *edxml.Packet {
	t.Helper()
	var b bytes.Buffer
	if _, err := s.client.Fetch(t.Context(), docID, &b, 64<<20); err != nil {
		t.Logf("fetch %s: %v", docID, err)
		return nil
	}
	p, err := edxml.Read(&b, edxml.ReadOptions{Dir: t.TempDir()})
	if err != nil {
		t.Logf("read %s: %v", docID, err)
	}
	return p
}

func sameDocument(d edxml.Document) func(*edxml.Packet) bool {
	return func(p *edxml.Packet) bool { return p.Document != nil && p.Document.ID == d.ID }
}

// document sends to several, sees each copy arrive whole and stay listed until
// acknowledged, and reads its fate in the sender's list.
func (s *suite) document(t *testing.T) {
	pdf := append([]byte("%PDF-1.7\n"), bytes.Repeat([]byte("Số: 15/QĐ-UBND\n"), 40_000)...)
	packet, d := Packet(t, s.serial(), s.From, s.To, map[string][]byte{"Quyết định 15.pdf": pdf})
	id := s.send(t, axis.Edoc, packet)
	found := s.arrivals(t, axis.Edoc, sameDocument(d))
	if len(found) != len(s.To) {
		t.Fatalf("arrived at %d of %d", len(found), len(s.To))
	}
	ids := map[string]bool{id: true}
	for _, row := range found {
		if ids[row.DocID] || row.From != s.From.Code || row.Type != axis.Edoc {
			t.Errorf("row %+v", row)
		}
		ids[row.DocID] = true
		p := s.fetch(t, row.DocID)
		if p.Document.Subject != d.Subject || p.Document.Attachments[0].Size != int64(len(pdf)) {
			t.Errorf("subject %q, file %+v", p.Document.Subject, p.Document.Attachments)
		}
		s.acknowledge(t, row.DocID, axis.Processing)
		s.acknowledge(t, row.DocID, axis.Done)
		s.acknowledge(t, row.DocID, axis.Done)
	}
	if rest := s.arrivals(t, axis.Edoc, sameDocument(d)); len(rest) != 0 {
		t.Errorf("still listed after done: %v", rest)
	}
	s.fate(t, id, d, axis.Done)
}

func (s *suite) acknowledge(t *testing.T, docID string, status axis.TransportStatus) {
	t.Helper()
	if err := s.client.Acknowledge(t.Context(), docID, status); err != nil {
		t.Errorf("%s: %v", status, err)
	}
}

// fate checks the sender's list, where there is one: one row per recipient.
func (s *suite) fate(t *testing.T, id string, d edxml.Document, want axis.TransportStatus) {
	t.Helper()
	if s.hub() {
		return
	}
	rows, err := s.client.Sent(t.Context(), axis.Filter{DocID: id})
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for _, row := range rows {
		if row.SenderDocID != id {
			continue
		}
		n++
		if row.ReceiveStatus != want || row.Notation != d.Code.String() || row.From != s.From.Code {
			t.Errorf("row %+v", row)
		}
	}
	if n != len(s.To) {
		t.Errorf("%d rows for %d recipients", n, len(s.To))
	}
}

// raw brings a packet down as bad lines like it, in parts that are kept; it is
// the one that Fetch gives.
func (s *suite) raw(t *testing.T) {
	pdf := append([]byte("%PDF-1.7\n"), bytes.Repeat([]byte("Số: 15/QĐ-UBND\n"), 20_000)...)
	packet, d := Packet(t, s.serial(), s.From, s.To[:1], map[string][]byte{"Quyết định 15.pdf": pdf})
	s.send(t, axis.Edoc, packet)
	for _, row := range s.arrivals(t, axis.Edoc, sameDocument(d)) {
		var fetched, brought bytes.Buffer
		if _, err := s.client.Fetch(t.Context(), row.DocID, &fetched, 64<<20); err != nil {
			t.Fatal(err)
		}
		last := int64(0)
		_, err := s.client.Download(t.Context(), row.DocID, axis.Download{
			Part: filepath.Join(t.TempDir(), "part"), Limit: 64 << 20, Progress: func(done, _ int64) { last = done },
			To: func(r io.Reader) error { _, err := io.Copy(&brought, r); return err },
		})
		if err != nil || !bytes.Equal(fetched.Bytes(), brought.Bytes()) || last == 0 {
			t.Errorf("%d bytes instead of %d, %v; progress to %d", brought.Len(), fetched.Len(), err, last)
		}
		s.acknowledge(t, row.DocID, axis.Done)
	}
}

// narrowed sends to one of the packet's recipients only.
func (s *suite) narrowed(t *testing.T) {
	packet, d := Packet(t, s.serial(), s.From, s.To, nil)
	s.send(t, axis.Edoc, packet, s.To[1].Code)
	found := s.arrivals(t, axis.Edoc, sameDocument(d))
	if _, ok := found[s.To[1].Code]; !ok || len(found) != 1 {
		t.Errorf("arrived at %v", found)
	}
	for _, row := range found {
		s.acknowledge(t, row.DocID, axis.Done)
	}
}

// report sends a status packet to the agency it is for.
func (s *suite) report(t *testing.T) {
	_, d := Packet(t, s.serial(), s.To[0], []document.Agency{s.From}, nil)
	s.send(t, axis.StatusMessage, Report(t, s.From, d, document.StatusAccepted))
	found := s.arrivals(t, axis.StatusMessage, func(p *edxml.Packet) bool {
		return p.Status != nil && p.Status.For.ID == d.ID && p.Status.Code == document.StatusAccepted
	})
	row, ok := found[s.To[0].Code]
	if !ok || len(found) != 1 {
		t.Fatalf("arrived at %v", found)
	}
	s.acknowledge(t, row.DocID, axis.Done)
}

// failed acknowledges with fail, which takes the copy off the list as well.
func (s *suite) failed(t *testing.T) {
	packet, d := Packet(t, s.serial(), s.From, s.To, nil)
	id := s.send(t, axis.Edoc, packet)
	for _, row := range s.arrivals(t, axis.Edoc, sameDocument(d)) {
		s.acknowledge(t, row.DocID, axis.Fail)
	}
	if rest := s.arrivals(t, axis.Edoc, sameDocument(d)); len(rest) != 0 {
		t.Errorf("still listed after fail: %v", rest)
	}
	s.fate(t, id, d, axis.Fail)
}

// counts: sending adds to what waits, acknowledging takes away.
func (s *suite) counts(t *testing.T) {
	if s.hub() {
		t.Skip("no counts in this mode")
	}
	for _, kind := range []axis.MessageType{axis.Edoc, axis.StatusMessage} {
		count := func() int {
			n, err := s.client.Count(t.Context(), kind)
			if err != nil {
				t.Fatal(err)
			}
			return n
		}
		before, more := count(), len(s.To)
		packet, d := Packet(t, s.serial(), s.From, s.To, nil)
		mine := sameDocument(d)
		if kind == axis.StatusMessage {
			_, d = Packet(t, s.serial(), s.To[0], []document.Agency{s.From}, nil)
			packet, more = Report(t, s.From, d, document.StatusAccepted), 1
			mine = func(p *edxml.Packet) bool { return p.Status != nil && p.Status.For.ID == d.ID }
		}
		s.send(t, kind, packet)
		if got := count(); got != before+more {
			t.Errorf("%s: %d after %d and %d more", kind, got, before, more)
		}
		for _, row := range s.arrivals(t, kind, mine) {
			s.acknowledge(t, row.DocID, axis.Done)
		}
		if got := count(); got != before {
			t.Errorf("%s: %d in the end, %d before", kind, got, before)
		}
	}
}

// acknowledged: what is done or failed is final, and said again it is fine.
func (s *suite) acknowledged(t *testing.T) {
	packet, d := Packet(t, s.serial(), s.From, s.To[:1], nil)
	s.send(t, axis.Edoc, packet)
	for _, row := range s.arrivals(t, axis.Edoc, sameDocument(d)) {
		for _, status := range []axis.TransportStatus{axis.Done, axis.Processing, axis.Done, axis.Fail} {
			s.acknowledge(t, row.DocID, status)
		}
	}
	if rest := s.arrivals(t, axis.Edoc, sameDocument(d)); len(rest) != 0 {
		t.Errorf("listed again after done: %v", rest)
	}
}
