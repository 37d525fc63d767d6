package outbox_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"vanthu/outbox"
)

// legal is the whole table, written a second time in the shape a reviewer reads.
func legal() map[string]outbox.State {
	return map[string]outbox.State{
		"/create":    outbox.Drafting,
		"draft/edit": outbox.Drafting, "draft/replace": outbox.Drafting, "draft/sign": outbox.Signed,
		"draft/forward": outbox.Issued, "draft/discard": outbox.Discarded,
		"signed/re-address": outbox.Signed, "signed/number": outbox.Numbered, "signed/discard": outbox.Discarded,
		"numbered/re-address": outbox.Numbered, "numbered/seal": outbox.Sealed, "numbered/void": outbox.Voided,
		"sealed/re-address": outbox.Sealed, "sealed/issue": outbox.Issued, "sealed/void": outbox.Voided,
	}
}

func TestEveryPairOfStateAndEvent(t *testing.T) {
	want, seen := legal(), 0
	for _, s := range append(outbox.States(), "") {
		for _, e := range outbox.Events() {
			to, ok := want[fmt.Sprintf("%s/%s", s, e)]
			step, err := outbox.Step(s, e)
			if !ok {
				refused(t, err, outbox.ErrState)
				continue
			}
			seen++
			if err != nil || step.To != to {
				t.Errorf("%s/%s gives %q, %v; want %q", s, e, step.To, err, to)
			}
			if step.Send != (to == outbox.Issued) {
				t.Errorf("%s/%s: send is %v", s, e, step.Send)
			}
		}
	}
	if seen != len(want) {
		t.Errorf("%d legal pairs found, want %d", seen, len(want))
	}
}

// The law's order, asked of the table: nothing is issued that was not signed,
// numbered and sealed before, in this order, whatever way it took.
func TestNoWayAroundTheOrder(t *testing.T) {
	var walk func(s outbox.State, way []outbox.Event)
	walk = func(s outbox.State, way []outbox.Event) {
		if s == outbox.Issued {
			if got := fmt.Sprint(way); got != "[create sign number seal issue]" && got != "[create forward]" {
				t.Errorf("issued by way of %v", way)
			}
			return
		}
		for _, e := range outbox.Events() {
			step, err := outbox.Step(s, e)
			if err == nil && step.To != s {
				walk(step.To, append(way[:len(way):len(way)], e))
			}
		}
	}
	walk("", nil)
}

func TestStatesHaveVietnameseNames(t *testing.T) {
	names := map[string]bool{}
	for _, s := range outbox.States() {
		if s.Name() == "" || names[s.Name()] {
			t.Errorf("state %q has no name of its own: %q", s, s.Name())
		}
		names[s.Name()] = true
	}
}

// Every act, illegal in the state the document is in, changes nothing.
func TestIllegalActsChangeNothing(t *testing.T) {
	acts := map[outbox.Event]func(*office, string) error{
		outbox.EventEdit: func(o *office, id string) error {
			r := draft()
			r.Subject = "khác"
			_, err := o.Edit(id, r)
			return err
		},
		outbox.EventReplace: func(o *office, id string) error {
			_, err := o.ReplaceFile(id, strings.NewReader("%PDF-1.7 khác"))
			return err
		},
		outbox.EventSign:    func(o *office, id string) error { _, err := o.Sign(o.t.Context(), id, key{}); return err },
		outbox.EventNumber:  func(o *office, id string) error { _, err := o.AssignNumber(id); return err },
		outbox.EventSeal:    func(o *office, id string) error { _, err := o.Seal(o.t.Context(), id, key{}); return err },
		outbox.EventDiscard: func(o *office, id string) error { _, err := o.Discard(id, ""); return err },
		outbox.EventVoid:    func(o *office, id string) error { _, err := o.Void(id, "soạn sai thẩm quyền"); return err },
		outbox.EventIssue: func(o *office, id string) error {
			if o.get(id).State == outbox.Issued {
				return outbox.ErrState // repeating is allowed, and tested elsewhere
			}
			_, err := o.Issue(id)
			return err
		},
	}
	for _, s := range outbox.States() {
		t.Run(string(s), func(t *testing.T) {
			o := newOffice(t)
			id := o.bring(s)
			for e, act := range acts {
				if slices.Contains(s.Allowed(), e) {
					continue
				}
				before, entries := o.json(id), o.journal()
				if err := act(o, id); !errors.Is(err, outbox.ErrState) {
					t.Errorf("%s in %s: %v", e, s, err)
				}
				if o.json(id) != before || o.journal() != entries {
					t.Errorf("%s in %s changed something", e, s)
				}
			}
		})
	}
}
