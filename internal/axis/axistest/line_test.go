package axistest

import (
	"bytes"
	"errors"
	"net/http"
	"net/http/httptest"
	"testing"

	"vanthu/internal/axis"
	"vanthu/internal/axis/axissim"
	"vanthu/internal/document"
)

// office is two systems on one axis behind a line that can be spoilt.
type office struct {
	axis         *axissim.Axis
	line         *Line
	ours, theirs *axis.Client
	us, them     document.Agency
	url          string
}

func newOffice(t *testing.T) office {
	t.Helper()
	o := office{
		us:   document.Agency{Code: "H40.1.2", Name: "UBND xã Định Mỹ"},
		them: document.Agency{Code: "H40", Name: "UBND tỉnh"},
	}
	var err error
	o.axis, err = axissim.New(axissim.Options{
		Dir:      t.TempDir(),
		Systems:  []axissim.System{{ID: "xa.01", Secret: []byte("a")}, {ID: "tinh.01", Secret: []byte("b")}},
		Agencies: []axissim.Agency{{Agency: o.us, Parent: "H40", System: "xa.01"}, {Agency: o.them, System: "tinh.01"}},
	})
	if err != nil {
		t.Fatal(err)
	}
	o.line = NewLine(o.axis.Handler())
	server := httptest.NewServer(o.line)
	o.url = server.URL
	o.ours = dial(t, server.URL, "xa.01", "a")
	o.theirs = dial(t, server.URL, "tinh.01", "b")
	t.Cleanup(func() {
		server.Close()
		o.axis.Close()
	})
	return o
}

func dial(t *testing.T, url, system, secret string, change ...func(*axis.Config)) *axis.Client {
	t.Helper()
	// A connection per call: net/http by itself repeats a request whose old
	// connection broke before the first byte.
	config := axis.Config{URL: url, PlainAllowed: true, NoProbe: true, System: system, Secret: []byte(secret), Patience: -1, HTTP: &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}}
	for _, f := range change {
		f(&config)
	}
	c, err := axis.New(config)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func (o office) send(t *testing.T, packet []byte) (string, error) {
	t.Helper()
	return o.ours.Send(t.Context(), axis.Message{From: o.us.Code, Type: axis.Edoc, Body: bytes.NewReader(packet), Size: int64(len(packet))})
}

// TestLostAnswer: the axis acted, the answer was lost. The client says that it
// does not know, and the sender's list tells.
func TestLostAnswer(t *testing.T) {
	o := newOffice(t)
	packet, d := Packet(t, 1, o.us, []document.Agency{o.them}, nil)
	for name, fault := range map[string]Fault{"cut after": CutAfter, "cut within": CutWithin} {
		o.line.Spoil(fault)
		if _, err := o.send(t, packet); !errors.Is(err, axis.ErrUnanswered) {
			t.Errorf("%s: %v", name, err)
		}
	}
	sent, err := o.ours.Sent(t.Context(), axis.Filter{})
	if err != nil || len(sent) != 2 || sent[0].Notation != d.Code.String() || sent[0].Title != d.Subject {
		t.Errorf("%+v, %v", sent, err)
	}
	waiting, err := o.theirs.Received(t.Context(), axis.Edoc)
	if err != nil || len(waiting) != 2 {
		t.Fatalf("%+v, %v", waiting, err)
	}
	o.line.Spoil(CutAfter)
	if err := o.theirs.Acknowledge(t.Context(), waiting[0].DocID, axis.Done); !errors.Is(err, axis.ErrOffline) {
		t.Errorf("lost acknowledgement: %v", err)
	}
	if err := o.theirs.Acknowledge(t.Context(), waiting[0].DocID, axis.Done); err != nil {
		t.Errorf("acknowledging again: %v", err)
	}
}

// TestSpoiltAnswers: whatever comes instead of an answer is an error of the right
// class, never an empty list.
func TestSpoiltAnswers(t *testing.T) {
	o := newOffice(t)
	packet, _ := Packet(t, 1, o.us, []document.Agency{o.them}, nil)
	if _, err := o.send(t, packet); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		name  string
		fault Fault
		class error
	}{
		{"cut before", CutBefore, axis.ErrOffline},
		{"cut after", CutAfter, axis.ErrOffline},
		{"cut within", CutWithin, axis.ErrOffline},
		{"page with 200", Page(200), axis.ErrMalformed},
		{"page with 503", Page(503), axis.ErrBusy},
		{"empty with 200", Answer(200, "text/plain", ""), axis.ErrMalformed},
		{"gateway time-out", Answer(504, "application/json", `{"message":"timeout"}`), axis.ErrBusy},
	} {
		t.Run(tt.name, func(t *testing.T) {
			o.line.Spoil(tt.fault)
			if list, err := o.theirs.Received(t.Context(), axis.Edoc); !errors.Is(err, tt.class) {
				t.Errorf("list: %d rows, %v", len(list), err)
			}
			waiting, err := o.theirs.Received(t.Context(), axis.Edoc)
			if err != nil || len(waiting) != 1 {
				t.Fatalf("the line is sound again: %v, %v", waiting, err)
			}
			var b bytes.Buffer
			o.line.Spoil(tt.fault)
			if _, err := o.theirs.Fetch(t.Context(), waiting[0].DocID, &b, 1<<20); !errors.Is(err, tt.class) {
				t.Errorf("fetch: %v", err)
			}
		})
	}
}

// TestNotOurs: a system sees and touches only the packets of its agencies.
func TestNotOurs(t *testing.T) {
	o := newOffice(t)
	packet, _ := Packet(t, 1, o.us, []document.Agency{o.them}, nil)
	if _, err := o.send(t, packet); err != nil {
		t.Fatal(err)
	}
	waiting, err := o.theirs.Received(t.Context(), axis.Edoc)
	if err != nil || len(waiting) != 1 {
		t.Fatal(waiting, err)
	}
	if mine, err := o.ours.Received(t.Context(), axis.Edoc); err != nil || len(mine) != 0 {
		t.Errorf("%v, %v", mine, err)
	}
	var no *axis.Rejected
	if err := o.ours.Acknowledge(t.Context(), waiting[0].DocID, axis.Done); !errors.As(err, &no) {
		t.Errorf("acknowledging another's: %v", err)
	}
	if _, err := o.ours.Fetch(t.Context(), waiting[0].DocID, &bytes.Buffer{}, 1<<20); !errors.As(err, &no) {
		t.Errorf("fetching another's: %v", err)
	}
	_, err = o.ours.Send(t.Context(), axis.Message{From: o.them.Code, Type: axis.Edoc, Body: bytes.NewReader(packet), Size: int64(len(packet))})
	if !errors.As(err, &no) || no.Code != axis.CodeUnknownSender {
		t.Errorf("sending as another: %v", err)
	}
}

func TestDown(t *testing.T) {
	o := newOffice(t)
	o.axis.SetDown(true)
	if _, err := o.ours.Received(t.Context(), axis.Edoc); !errors.Is(err, axis.ErrOffline) {
		t.Errorf("down: %v", err)
	}
	packet, _ := Packet(t, 1, o.us, []document.Agency{o.them}, nil)
	if _, err := o.send(t, packet); !errors.Is(err, axis.ErrOffline) {
		t.Errorf("down: %v", err)
	}
	o.axis.SetDown(false)
	if sent, err := o.ours.Sent(t.Context(), axis.Filter{}); err != nil || len(sent) != 0 {
		t.Errorf("up again: %v, %v", sent, err)
	}
}
