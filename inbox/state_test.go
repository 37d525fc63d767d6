package inbox_test

import (
	"errors"
	"fmt"
	"slices"
	"testing"

	"vanthu/inbox"
	"vanthu/internal/document"
)

// legal is the whole table, written a second time in the shape a reviewer
// reads: state, event, next state, status to the sender.
func legal() map[string]string {
	return map[string]string{
		"/arrive": "received 01", "/quarantine": "quarantined", "/secret": "refused 02",
		"received/register": "registered 03", "received/refuse": "refused 02",
		"quarantined/refuse":   "refused",
		"registered/submit":    "submitted",
		"registered/hand-over": "handed-over 04", "registered/complete": "completed 06",
		"submitted/submit": "submitted", "submitted/direct": "directed 04",
		"submitted/hand-over": "handed-over 04", "submitted/complete": "completed 06",
		"directed/direct": "directed 04", "directed/hand-over": "handed-over 04", "directed/complete": "completed 06",
		"handed-over/hand-over": "handed-over 04", "handed-over/progress": "in-progress 05", "handed-over/complete": "completed 06",
		"in-progress/hand-over": "handed-over 04", "in-progress/progress": "in-progress 05", "in-progress/complete": "completed 06",
	}
}

func TestEveryPairOfStateAndEvent(t *testing.T) {
	want := legal()
	seen := 0
	for _, s := range append(inbox.States(), "") {
		for _, e := range inbox.Events() {
			pair := fmt.Sprintf("%s/%s", s, e)
			step, err := inbox.Step(s, e)
			if want[pair] == "" {
				refused(t, err, inbox.ErrState)
				continue
			}
			seen++
			got := string(step.To)
			if step.Status != "" {
				got += " " + string(step.Status)
			}
			if err != nil || got != want[pair] {
				t.Errorf("%s gives %q, %v; want %q", pair, got, err, want[pair])
			}
		}
	}
	if seen != len(want) {
		t.Errorf("%d legal pairs found, want %d", seen, len(want))
	}
}

func TestStatesHaveVietnameseNames(t *testing.T) {
	names := map[string]bool{}
	for _, s := range inbox.States() {
		if s.Name() == "" || names[s.Name()] {
			t.Errorf("state %q has no name of its own: %q", s, s.Name())
		}
		names[s.Name()] = true
	}
}

func TestAllowedIsTheTable(t *testing.T) {
	for _, s := range inbox.States() {
		for _, e := range inbox.Events() {
			_, err := inbox.Step(s, e)
			if allowed := slices.Contains(s.Allowed(), e); allowed != (err == nil) {
				t.Errorf("%s/%s: allowed %v, step says %v", s, e, allowed, err)
			}
		}
	}
}

// Every act, illegal in the state the document is in, changes nothing.
func TestIllegalActsChangeNothing(t *testing.T) {
	acts := map[inbox.Event]func(*office, string) error{
		inbox.EventRegister: func(o *office, id string) error {
			_, err := o.Register(id, inbox.Registration{Meta: o.get(id).Received})
			return err
		},
		inbox.EventRefuse: func(o *office, id string) error { _, err := o.Refuse(id, "gửi nhầm cơ quan nhận"); return err },
		inbox.EventSubmit: func(o *office, id string) error { _, err := o.Submit(id, "Chủ tịch"); return err },
		inbox.EventDirect: func(o *office, id string) error { _, err := o.Direct(id, directive()); return err },
		inbox.EventHandOver: func(o *office, id string) error {
			_, err := o.HandOver(id, "Phòng Kinh tế", document.Date{})
			return err
		},
		inbox.EventProgress: func(o *office, id string) error { _, err := o.Progress(id, "đang soạn trả lời"); return err },
		inbox.EventComplete: func(o *office, id string) error { _, err := o.Complete(id, "", ""); return err },
	}
	for _, s := range inbox.States() {
		t.Run(string(s), func(t *testing.T) {
			o := newOffice(t)
			id := o.bring(s)
			for e, act := range acts {
				if slices.Contains(s.Allowed(), e) {
					continue
				}
				before, entries := o.json(id), o.journal()
				if err := act(o, id); !errors.Is(err, inbox.ErrState) && !errors.Is(err, inbox.ErrField) {
					t.Errorf("%s in %s: %v", e, s, err)
				}
				if o.json(id) != before || o.journal() != entries {
					t.Errorf("%s in %s changed something", e, s)
				}
			}
		})
	}
}

func directive() inbox.Directive {
	return inbox.Directive{By: "Chủ tịch Trần Văn A", Text: "Giao Phòng Kinh tế tham mưu.", Lead: "Phòng Kinh tế", Support: []string{"Công an xã"}}
}

// bring makes a document in a state.
func (o *office) bring(s inbox.State) string {
	o.t.Helper()
	if s == inbox.Quarantined {
		h, n := o.blob([]byte("<edXML>"))
		return must(o.t)(o.Receive(o.t.Context(), inbox.Arrival{AxisID: "ax-q", From: "H40", To: "H40.5.2", Packet: h, Size: n})).ID
	}
	ok := must(o.t)
	id := o.receive("ax-1", letter("7")).ID
	if s == inbox.Refused {
		return ok(o.Refuse(id, "gửi nhầm cơ quan nhận")).ID
	}
	steps := []struct {
		to  inbox.State
		act func() (inbox.Document, error)
	}{
		{inbox.Registered, func() (inbox.Document, error) {
			return o.Register(id, inbox.Registration{Meta: o.get(id).Received})
		}},
		{inbox.Submitted, func() (inbox.Document, error) { return o.Submit(id, "Chủ tịch Trần Văn A") }},
		{inbox.Directed, func() (inbox.Document, error) { return o.Direct(id, directive()) }},
		{inbox.HandedOver, func() (inbox.Document, error) { return o.HandOver(id, "Phòng Kinh tế", document.Date{}) }},
		{inbox.InProgress, func() (inbox.Document, error) { return o.Progress(id, "đang soạn trả lời") }},
		{inbox.Completed, func() (inbox.Document, error) { return o.Complete(id, "đã trả lời", "15/UBND-VP") }},
	}
	for _, step := range steps {
		if o.get(id).State == s {
			break
		}
		if got := ok(step.act()); got.State != step.to {
			o.t.Fatalf("state %s, want %s", got.State, step.to)
		}
	}
	return id
}
