package outbox_test

import (
	"bytes"
	"context"
	"errors"
	"testing"
	"time"

	"vanthu/outbox"
)

// service is a Stamper that notes what it was asked for.
type service struct {
	at     time.Time
	asked  []string
	err    error
	before func() // runs while the service is asked
}

func (s *service) stamp(what string, pdf []byte) ([]byte, time.Time, error) {
	s.asked = append(s.asked, what)
	if s.before != nil {
		s.before()
	}
	if s.err != nil {
		return nil, time.Time{}, s.err
	}
	return append(bytes.Clone(pdf), "\n% dấu thời gian"...), s.at, nil
}

func (s *service) Last(_ context.Context, pdf []byte) ([]byte, time.Time, error) {
	return s.stamp("last", pdf)
}
func (s *service) Archive(_ context.Context, pdf []byte) ([]byte, time.Time, error) {
	return s.stamp("archive", pdf)
}

func stampingOffice(t *testing.T) (*office, *service) {
	o := newOffice(t)
	o.Stamps = true
	return o, &service{at: o.now}
}

// TestStampFollowsTheDocument: each state has one place for the time, and once it
// is there nothing more is asked.
func TestStampFollowsTheDocument(t *testing.T) {
	for state, want := range map[outbox.State]string{outbox.Signed: "last", outbox.Numbered: "last", outbox.Sealed: "last", outbox.Issued: "archive"} {
		t.Run(string(state), func(t *testing.T) {
			o, s := stampingOffice(t)
			id := o.bring(state)
			if _, queued := o.jobs()["stamp/"+id]; !queued {
				t.Fatal("no job was queued")
			}
			sent := o.get(id)
			for range 2 {
				if err := o.Stamp(t.Context(), id, s); err != nil {
					t.Fatal(err)
				}
			}
			if len(s.asked) != 1 || s.asked[0] != want {
				t.Fatalf("asked for %v, want %s once", s.asked, want)
			}
			doc := o.get(id)
			if doc.State != state || doc.Packet != sent.Packet {
				t.Errorf("the document changed: %+v", doc)
			}
			if leader := doc.LeaderSigned.Stamped != nil; leader != (state == outbox.Signed || state == outbox.Numbered) {
				t.Errorf("the leader's time: %v", doc.LeaderSigned.Stamped)
			}
			if agency := doc.Sealed != nil && doc.Sealed.Stamped != nil; agency != (state == outbox.Sealed) {
				t.Errorf("the agency's time: %+v", doc.Sealed)
			}
			if state == outbox.Issued && (doc.Archive == nil || doc.File.Hash != sent.File.Hash) {
				t.Errorf("what was sent is %+v, archived %+v", doc.File, doc.Archive)
			}
			o.checkStore()
		})
	}
}

// TestStampOfADraftOrWithoutAService: there is nothing to stamp, nothing is asked.
func TestStampOfADraftOrWithoutAService(t *testing.T) {
	o, s := stampingOffice(t)
	if err := o.Stamp(t.Context(), o.bring(outbox.Drafting), s); err != nil || len(s.asked) != 0 {
		t.Errorf("%v, asked %v", err, s.asked)
	}
	plain := newOffice(t)
	if jobs := plain.jobs(); len(jobs) != 0 {
		t.Errorf("jobs without a service: %v", jobs)
	}
}

// TestStampRefused is seen on the document, until one is taken.
func TestStampRefused(t *testing.T) {
	o, s := stampingOffice(t)
	id := o.bring(outbox.Signed)
	s.err = outbox.ErrStamp
	if err := o.Stamp(t.Context(), id, s); !errors.Is(err, outbox.ErrStamp) {
		t.Fatal(err)
	}
	if doc := o.get(id); doc.StampTrouble == "" || doc.LeaderSigned.Stamped != nil {
		t.Errorf("%+v", doc)
	}
	s.err = nil
	if err := o.Stamp(t.Context(), id, s); err != nil {
		t.Fatal(err)
	}
	if doc := o.get(id); doc.StampTrouble != "" || doc.LeaderSigned.Stamped == nil {
		t.Errorf("%+v", doc)
	}
	s.err, s.asked = errors.New("dịch vụ không trả lời"), nil
	id = o.bring(outbox.Sealed)
	if err := o.Stamp(t.Context(), id, s); !errors.Is(err, s.err) || o.get(id).StampTrouble != "" {
		t.Errorf("out of reach: %v, %+v", err, o.get(id))
	}
}

// TestStampNeverCostsASignature: a stamp that comes while a key works waits; a
// file that was signed meanwhile is not replaced.
func TestStampNeverCostsASignature(t *testing.T) {
	o, s := stampingOffice(t)
	id := o.bring(outbox.Numbered)
	var late error
	doc := must(t)(o.Seal(t.Context(), id, key{before: func() { late = o.Stamp(t.Context(), id, s) }}))
	if doc.State != outbox.Sealed || !errors.Is(late, outbox.ErrConflict) {
		t.Errorf("%s, the stamp: %v", doc.State, late)
	}
	other := o.bring(outbox.Numbered)
	s.before = func() { s.before = nil; must(t)(o.Seal(t.Context(), other, key{})) }
	if err := o.Stamp(t.Context(), other, s); !errors.Is(err, outbox.ErrConflict) {
		t.Errorf("sealed meanwhile: %v", err)
	}
	if doc := o.get(other); doc.State != outbox.Sealed || doc.LeaderSigned.Stamped != nil {
		t.Errorf("%+v", doc)
	}
}
