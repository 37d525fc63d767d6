package axistest

import (
	"bytes"
	"errors"
	"testing"
	"time"

	"vanthu/internal/axis"
)

// action is an operation as the client calls it.
type action struct {
	name string
	do   func(*testing.T) error
}

// actions are all that the mode has. They need nothing to be there.
func (s *suite) actions(t *testing.T) []action {
	packet, _ := Packet(t, s.serial(), s.From, s.To, nil)
	all := []action{
		{"getReceivedEdocList", func(t *testing.T) error { _, err := s.client.Received(t.Context(), axis.Edoc); return err }},
		{"getAgenciesList", func(t *testing.T) error { _, err := s.client.Agencies(t.Context()); return err }},
		{"getEdoc", func(t *testing.T) error {
			_, err := s.client.Fetch(t.Context(), "x", &bytes.Buffer{}, 1<<20)
			return err
		}},
		{"updateStatus", func(t *testing.T) error { return s.client.Acknowledge(t.Context(), "x", axis.Done) }},
		{"sendEdoc", func(t *testing.T) error {
			_, err := s.client.Send(t.Context(), axis.Message{From: s.From.Code, Type: axis.Edoc, Body: bytes.NewReader(packet), Size: int64(len(packet))})
			return err
		}},
	}
	if s.hub() {
		return all
	}
	return append(all, []action{
		{"getSentEdocList", func(t *testing.T) error { _, err := s.client.Sent(t.Context(), axis.Filter{}); return err }},
		{"getAgenciesListQD20", func(t *testing.T) error { _, err := s.client.AgenciesQD20(t.Context()); return err }},
		{"getSynchronizeUnit", func(t *testing.T) error {
			return s.client.EachUnit(t.Context(), 0, func(axis.Unit) error { return nil })
		}},
		{"countReceiveEdoc", func(t *testing.T) error { _, err := s.client.Count(t.Context(), axis.Edoc); return err }},
		{"countReceiveStatus", func(t *testing.T) error { _, err := s.client.Count(t.Context(), axis.StatusMessage); return err }},
		{"registerAgency", func(t *testing.T) error {
			return s.client.RegisterAgency(t.Context(), axis.Registration{Code: "H40.8", Name: "Tạm"})
		}},
		{"deleteAgency", func(t *testing.T) error { return s.client.DeleteAgency(t.Context(), "H40.7") }},
	}...)
}

// faults lets every action meet a rule on its operation and hands the error to
// check.
func (s *suite) faults(t *testing.T, rule string, check func(t *testing.T, err error)) {
	t.Helper()
	if s.Fault == nil {
		t.Skip("no faults to be had")
	}
	for _, a := range s.actions(t) {
		t.Run(a.name+" "+rule, func(t *testing.T) {
			s.Fault(t, rule+"@"+a.name)
			defer s.Fault(t, "")
			check(t, a.do(t))
		})
	}
}

// codes: every code of axis.md §1.8, from every operation, is the class it has.
func (s *suite) codes(t *testing.T) {
	for _, code := range []string{"10", "15", "18", "19", "21", "22", "23", "-1", "777"} {
		s.faults(t, "refuse:"+code, func(t *testing.T, err error) {
			var no *axis.Rejected
			if !errors.As(err, &no) || no.Code != code || no.Permanent() == (code == "-1" || code == "777") {
				t.Errorf("code %s is %v", code, err)
			}
		})
	}
	for _, code := range []string{"20", "100"} {
		s.faults(t, "refuse:"+code, func(t *testing.T, err error) {
			if !errors.Is(err, axis.ErrBusy) {
				t.Errorf("code %s is %v", code, err)
			}
		})
	}
}

// pages: a proxy's page is an error, whatever its HTTP status, and so is
// nothing, or an answer whose HTTP status and body do not agree (axis.md §1.6).
func (s *suite) pages(t *testing.T) {
	for _, rule := range []string{"page:200", "empty"} {
		s.faults(t, rule, func(t *testing.T, err error) {
			if !errors.Is(err, axis.ErrMalformed) {
				t.Error(err)
			}
		})
	}
	s.faults(t, "status:500", func(t *testing.T, err error) {
		var no *axis.Rejected // what did not succeed anyway keeps its own code
		if !errors.Is(err, axis.ErrBusy) && (!errors.As(err, &no) || no.Code != "-1") {
			t.Error(err)
		}
	})
	for _, rule := range []string{"page:500", "page:503"} {
		s.faults(t, rule, func(t *testing.T, err error) {
			if !errors.Is(err, axis.ErrBusy) {
				t.Error(err)
			}
		})
	}
}

// broken: a line that breaks before or after the act is no answer at all.
func (s *suite) broken(t *testing.T) {
	for _, rule := range []string{"drop", "lose", "cut:5"} {
		s.faults(t, rule, func(t *testing.T, err error) {
			if !errors.Is(err, axis.ErrOffline) && !errors.Is(err, axis.ErrMalformed) {
				t.Error(err)
			}
		})
	}
}

// rows: damaged, doubled and turned lists lose nothing.
func (s *suite) rows(t *testing.T) {
	if s.Fault == nil {
		t.Skip("no faults to be had")
	}
	packet, d := Packet(t, s.serial(), s.From, s.To, nil)
	s.send(t, axis.Edoc, packet)
	defer s.Fault(t, "")
	for _, rule := range []string{"null-rows", "reorder", "repeat"} {
		s.Fault(t, rule)
		if found := s.arrivals(t, axis.Edoc, sameDocument(d)); len(found) != len(s.To) {
			t.Errorf("%s: %d rows", rule, len(found))
		}
		s.directory(t)
	}
	s.Fault(t, "")
	for _, row := range s.arrivals(t, axis.Edoc, sameDocument(d)) {
		s.acknowledge(t, row.DocID, axis.Done)
	}
}

// clock: an axis whose clock is days off says so; one that then refuses our
// stamps, or our tokens, is told apart from one that cannot be reached.
func (s *suite) clock(t *testing.T) {
	if s.Fault == nil {
		t.Skip("no faults to be had")
	}
	call := func() error { _, err := s.client.Received(t.Context(), axis.Edoc); return err }
	if err := call(); err != nil {
		t.Fatal(err)
	}
	if skew, known := s.client.Skew(); !known || skew.Abs() > 5*time.Minute {
		t.Errorf("skew %v, %v", skew, known)
	}
	defer s.Fault(t, "")
	s.Fault(t, "clock:72h")
	err := call()
	if skew, known := s.client.Skew(); !known || (skew-72*time.Hour).Abs() > 5*time.Minute {
		t.Errorf("skew %v, %v", skew, known)
	}
	var no *axis.Rejected
	switch {
	case s.hub() && err != nil: // an old token is renewed, once
		t.Errorf("after the token's time: %v", err)
	case !s.hub() && (!errors.As(err, &no) || no.Code != axis.CodeWrongSecret):
		t.Errorf("a stamp of another day: %v", err)
	}
	s.Fault(t, "")
	if err := call(); err != nil {
		t.Errorf("when the clock is right again: %v", err)
	}
}
