package axistest

import (
	"bytes"
	"context"
	"errors"
	"slices"
	"strings"
	"testing"

	"vanthu/internal/axis"
	"vanthu/internal/document"
	"vanthu/internal/edxml"
)

// Gateway is an axis under test: a client of a system that serves From and all
// of To.
type Gateway struct {
	Config axis.Config
	From   document.Agency
	To     []document.Agency // at least two
	Serial int               // of the first document; a real gateway must not meet one twice
}

// Run runs the suite.
func Run(t *testing.T, g Gateway) {
	t.Helper()
	client, err := axis.New(g.Config)
	if err != nil {
		t.Fatal(err)
	}
	s := &suite{Gateway: g, client: client}
	t.Run("directory", s.directory)
	t.Run("document", s.document)
	t.Run("narrowed", s.narrowed)
	t.Run("report", s.report)
	t.Run("failed", s.failed)
	t.Run("refusals", s.refusals)
	t.Run("secret", s.secret)
}

type suite struct {
	Gateway
	client *axis.Client
	used   int
}

func (s *suite) serial() int {
	s.used++
	return s.Serial + s.used
}

func (s *suite) directory(t *testing.T) {
	all, err := s.client.Agencies(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range append([]document.Agency{s.From}, s.To...) {
		if !slices.ContainsFunc(all, func(a axis.Agency) bool { return a.Code == want.Code || a.OldCode == want.Code }) {
			t.Errorf("%s is not in the directory", want.Code)
		}
	}
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

// fate checks the sender's list: one row per recipient.
func (s *suite) fate(t *testing.T, id string, d edxml.Document, want axis.TransportStatus) {
	t.Helper()
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

// refusals: the axis says no with a code, never with silence.
func (s *suite) refusals(t *testing.T) {
	packet, _ := Packet(t, s.serial(), s.From, s.To, nil)
	nobody, _ := Packet(t, s.serial(), s.From, []document.Agency{{Code: "Z99.999.9", Name: "Không có"}}, nil)
	for name, tt := range map[string]struct {
		from   document.Code
		packet []byte
		codes  string
	}{
		"unknown receiver": {s.From.Code, nobody, axis.CodeUnknownReceiver},
		"unknown sender":   {"Z99.999.8", packet, axis.CodeUnknownSender},
		"no packet":        {s.From.Code, []byte("đây không phải là gói tin"), "10 21 22"},
		"cut packet":       {s.From.Code, packet[:len(packet)/2], "10 21 22"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := s.client.Send(t.Context(), axis.Message{
				From: tt.from, Type: axis.Edoc, Body: bytes.NewReader(tt.packet), Size: int64(len(tt.packet)),
			})
			var no *axis.Rejected
			if !errors.As(err, &no) || !no.Permanent() || !slices.Contains(strings.Fields(tt.codes), no.Code) {
				t.Errorf("%v, want code %s", err, tt.codes)
			}
		})
	}
	if _, err := s.client.Fetch(t.Context(), "00000000-0000-4000-8000-000000000000", &bytes.Buffer{}, 1<<20); err == nil || errors.Is(err, axis.ErrOffline) {
		t.Errorf("fetching an unknown docId: %v", err)
	}
}

// secret: a wrong one is told apart from every other trouble, and never shown.
func (s *suite) secret(t *testing.T) {
	c := s.Config
	c.Secret = []byte("sai-bi-mat-" + s.Config.System)
	client, err := axis.New(c)
	if err != nil {
		t.Fatal(err)
	}
	_, err = client.Received(context.Background(), axis.Edoc)
	var no *axis.Rejected
	if !errors.As(err, &no) || no.Code != axis.CodeWrongSecret {
		t.Errorf("wrong secret: %v", err)
	}
	if err != nil && strings.Contains(err.Error(), "sai-bi-mat") {
		t.Error("the secret is in the error")
	}
}
