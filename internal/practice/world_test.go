package practice

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"vanthu/internal/axis"
	"vanthu/internal/document"
	"vanthu/internal/edxml"
	"vanthu/internal/office"
	"vanthu/internal/verdict"
	"vanthu/signer"
)

// stage is a practice world under a clock of its own, with our client to it.
type stage struct {
	t     *testing.T
	home  office.Home
	world *World
	ours  *axis.Client
	now   time.Time
}

func newStage(t *testing.T) *stage {
	t.Helper()
	s := &stage{t: t, now: time.Date(2026, 11, 21, 8, 0, 0, 0, document.Zone())}
	var err error
	if s.home, err = office.HomeAt(t.TempDir()); err != nil {
		t.Fatal(err)
	}
	if err := Prepare(s.home, s.now); err != nil {
		t.Fatal(err)
	}
	s.open()
	t.Cleanup(func() {
		if err := s.world.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

func (s *stage) open() {
	s.t.Helper()
	var err error
	if s.world, err = Open(s.home, Options{Pace: Living(), Clock: func() time.Time { return s.now }}); err != nil {
		s.t.Fatal(err)
	}
	secret, err := readSecret(s.home.SecretFile())
	if err != nil {
		s.t.Fatal(err)
	}
	s.ours, err = axis.New(axis.Config{URL: s.world.URL, System: ourSystem, Secret: secret, PlainAllowed: true, HTTP: &http.Client{Transport: s.world.Gate},
		Clock: func() time.Time { return s.now }})
	if err != nil {
		s.t.Fatal(err)
	}
}

// pass lets seconds pass and gives every neighbour its turn each second.
func (s *stage) pass(seconds int) {
	s.t.Helper()
	for range seconds {
		s.now = s.now.Add(time.Second)
		for _, n := range s.world.neighbours {
			if err := n.turn(context.Background()); err != nil {
				s.t.Fatal(err)
			}
		}
	}
}

// fetch takes everything of a kind that waits for us.
func (s *stage) fetch(kind axis.MessageType) []*edxml.Packet {
	s.t.Helper()
	rows, err := s.ours.Received(context.Background(), kind)
	if err != nil {
		s.t.Fatal(err)
	}
	var list []*edxml.Packet
	for _, r := range rows {
		var packet bytes.Buffer
		if _, err := s.ours.Fetch(context.Background(), r.DocID, &packet, maxPacket); err != nil {
			s.t.Fatal(err)
		}
		p, err := edxml.Read(&packet, edxml.ReadOptions{Dir: s.t.TempDir()})
		if err != nil {
			s.t.Fatal(err)
		}
		if err := s.ours.Acknowledge(context.Background(), r.DocID, axis.Done); err != nil {
			s.t.Fatal(err)
		}
		list = append(list, p)
	}
	return list
}

// send issues a document of ours to a neighbour.
func (s *stage) send(number string, to document.Code) {
	s.t.Helper()
	code := document.Reference{Number: number, Notation: "UBND-VP"}
	day := document.DateOf(s.now)
	var packet bytes.Buffer
	err := edxml.WriteDocument(&packet, edxml.Document{From: settings().Agency, To: []document.Agency{{Code: to, Name: "Nơi nhận"}},
		ID: document.NewID(ourCode, day, code), Code: code, Place: ourPlace, Date: day, Subject: "thử", Signer: settings().Leaders[0].Signer,
		Type:     edxml.TypeInfo{Type: 2, Name: "Công văn"},
		Business: edxml.Business{Staff: settings().Clerk},
		Attachments: []edxml.Attachment{{Name: "a.pdf", Size: 4, Open: func() (io.ReadCloser, error) {
			return io.NopCloser(strings.NewReader("%PDF")), nil
		}}}})
	if err != nil {
		s.t.Fatal(err)
	}
	_, err = s.ours.Send(context.Background(), axis.Message{From: ourCode, Type: axis.Edoc, To: []document.Code{to},
		Body: bytes.NewReader(packet.Bytes()), Size: int64(packet.Len())})
	if err != nil {
		s.t.Fatal(err)
	}
}

func TestNeighboursWriteSignedLetters(t *testing.T) {
	s := newStage(t)
	if wrote, err := s.world.FirstLetter(context.Background()); err != nil || !wrote {
		t.Fatalf("first letter: %v, %v", wrote, err)
	}
	if wrote, err := s.world.FirstLetter(context.Background()); err != nil || wrote {
		t.Errorf("a second first letter: %v, %v", wrote, err)
	}
	s.pass(1)
	letters := s.fetch(axis.Edoc)
	if len(letters) != len(bodies()) {
		t.Fatalf("%d letters, want one of each of %d neighbours", len(letters), len(bodies()))
	}
	express := false
	roots, err := signer.LoadTrust(s.home.TrustDir())
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range letters {
		d := p.Document
		express = express || d.Other.Urgency == document.Express
		if len(p.Warnings) > 0 {
			t.Errorf("%s: %v", d.ID, p.Warnings)
		}
		checkSigned(t, d, signer.Policy{Roots: roots, At: s.now, Offline: true})
	}
	if !express {
		t.Error("no letter is Hỏa tốc")
	}
}

// checkSigned wants both signatures of a letter to hold.
func checkSigned(t *testing.T, d *edxml.Document, p signer.Policy) {
	t.Helper()
	f, err := d.Attachments[0].Open()
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	data, err := io.ReadAll(f)
	if err != nil {
		t.Fatal(err)
	}
	r, err := signer.Verify(context.Background(), bytes.NewReader(data), int64(len(data)), p)
	if err != nil {
		t.Fatal(err)
	}
	if r.Document != verdict.ValidOffline || len(r.Signatures) != 2 {
		t.Errorf("%s: %s with %d signatures", d.ID, r.Document, len(r.Signatures))
	}
}

func TestNeighbourReportsStepByStep(t *testing.T) {
	s := newStage(t)
	s.send("01", "H01.152")
	var codes []document.Status
	for range 30 {
		s.pass(1)
		for _, p := range s.fetch(axis.StatusMessage) {
			if p.Status.From.Code != "H01.152" || p.Status.For.Reference.Number != "01" || p.Status.Staff.Name == "" {
				t.Errorf("status %+v", p.Status)
			}
			codes = append(codes, p.Status.Code)
		}
	}
	want := "01 03 04 05 06"
	if got := join(codes); got != want {
		t.Errorf("statuses %s, want %s", got, want)
	}
}

func TestNeighbourRefusesNowAndThen(t *testing.T) {
	s := newStage(t)
	for _, number := range []string{"01", "02", "03", "04"} {
		s.send(number, "H01.153")
	}
	s.pass(30)
	var codes []document.Status
	for _, p := range s.fetch(axis.StatusMessage) {
		if p.Status.For.Reference.Number == "04" {
			codes = append(codes, p.Status.Code)
			if p.Status.Code == document.StatusRefused && len([]rune(p.Status.Description)) < 10 {
				t.Errorf("refused without a reason: %q", p.Status.Description)
			}
		}
	}
	if got := join(codes); got != "01 02" {
		t.Errorf("the fourth document got %s, want 01 02", got)
	}
}

// TestNeighbourRemembers closes and opens the world in the middle of the
// answers: nothing is forgotten and no number is given twice.
func TestNeighbourRemembers(t *testing.T) {
	s := newStage(t)
	s.send("01", "H01.12")
	s.pass(5)
	before := s.world.neighbours[1].memory.now
	if err := s.world.Close(); err != nil {
		t.Fatal(err)
	}
	s.open()
	if got := s.world.neighbours[1].memory.now; got.Number != before.Number || len(got.Owed) != 1 {
		t.Errorf("remembers %+v, want %+v", got, before)
	}
	s.pass(30)
	seen := map[document.Status]int{}
	for _, p := range s.fetch(axis.StatusMessage) {
		seen[p.Status.Code]++
	}
	for _, code := range steps() {
		if seen[code] != 1 {
			t.Errorf("status %s came %d times", code, seen[code])
		}
	}
}

func TestGateCutsUsAlone(t *testing.T) {
	s := newStage(t)
	s.world.Gate.Set(false)
	if _, err := s.ours.Received(context.Background(), axis.Edoc); !errors.Is(err, axis.ErrOffline) {
		t.Errorf("with the gate shut: %v, want ErrOffline", err)
	}
	s.pass(1) // the neighbours write
	s.world.Gate.Set(true)
	if got := len(s.fetch(axis.Edoc)); got != len(bodies()) {
		t.Errorf("%d letters were written meanwhile, want %d", got, len(bodies()))
	}
}

func TestPrepareIsOnceAndNeverOnARealOffice(t *testing.T) {
	h, err := office.HomeAt(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	now := time.Now()
	if err := Prepare(h, now); err != nil {
		t.Fatal(err)
	}
	secret, err := readSecret(h.SecretFile())
	if err != nil {
		t.Fatal(err)
	}
	if err := Prepare(h, now); err != nil {
		t.Fatal(err)
	}
	if again, err := readSecret(h.SecretFile()); err != nil || !bytes.Equal(secret, again) {
		t.Errorf("a second Prepare changed the home (%v)", err)
	}
	for _, d := range drafts(2026) {
		if _, err := filepath.Glob(filepath.Join(DraftsDir(h), d.file)); err != nil {
			t.Error(err)
		}
	}
	o, err := office.Load(h)
	if err != nil {
		t.Fatal(err)
	}
	o.Practice = false
	if err := office.Save(h, o); err != nil {
		t.Fatal(err)
	}
	if err := Prepare(h, now); !errors.Is(err, ErrRealOffice) {
		t.Errorf("got %v, want ErrRealOffice", err)
	}
}

func join(codes []document.Status) string {
	var list []string
	for _, c := range codes {
		list = append(list, string(c))
	}
	return strings.Join(list, " ")
}
