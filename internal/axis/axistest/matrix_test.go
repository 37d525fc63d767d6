package axistest

import (
	"bytes"
	"errors"
	"testing"
	"time"

	"vanthu/internal/axis"
	"vanthu/internal/document"
)

// wantClass checks an error against its class; a refusal is of its code.
func wantClass(t *testing.T, what string, err, class error) {
	t.Helper()
	var want, got *axis.Rejected
	switch {
	case class == nil && err != nil, class != nil && err == nil:
		t.Errorf("%s: %v, want %v", what, err, class)
	case errors.As(class, &want):
		if !errors.As(err, &got) || got.Code != want.Code {
			t.Errorf("%s: %v, want code %s", what, err, want.Code)
		}
	case class != nil && !errors.Is(err, class):
		t.Errorf("%s: %v, want %v", what, err, class)
	}
}

// TestMisbehaviours: whatever the server does, each call comes to the class of
// the table, the axis has done what the table says, and the next call on the
// same client is sound.
func TestMisbehaviours(t *testing.T) {
	for _, m := range Misbehaviours() {
		t.Run(m.Does, func(t *testing.T) {
			o := newOffice(t)
			packet, _ := Packet(t, 1, o.us, []document.Agency{o.them}, nil)
			if _, err := o.send(t, packet); err != nil {
				t.Fatal(err)
			}
			waiting, err := o.theirs.Received(t.Context(), axis.Edoc)
			if err != nil || len(waiting) != 1 {
				t.Fatal(waiting, err)
			}
			sound := o
			if m.Hangs {
				hasty := func(c *axis.Config) { c.Timeout = 50 * time.Millisecond }
				o.ours, o.theirs = dial(t, o.url, "xa.01", "a", hasty), dial(t, o.url, "tinh.01", "b", hasty)
			}
			o.spoilList(t, m)
			o.spoilFetch(t, m, waiting[0].DocID, packet)
			o.spoilSend(t, sound, m, packet)
			o.spoilAcknowledge(t, sound, m, waiting[0].DocID)
		})
	}
	if n := len(Misbehaviours()); n < 40 {
		t.Errorf("only %d misbehaviours", n)
	}
}

func (o office) spoilList(t *testing.T, m Misbehaviour) {
	o.line.Spoil(m.Fault)
	list, err := o.theirs.Received(t.Context(), axis.Edoc)
	wantClass(t, "list", err, m.List)
	if err == nil && len(list) != m.Rows {
		t.Errorf("list: %d rows, want %d", len(list), m.Rows)
	}
}

func (o office) spoilFetch(t *testing.T, m Misbehaviour, docID string, packet []byte) {
	var b bytes.Buffer
	o.line.Spoil(m.Fault)
	_, err := o.theirs.Fetch(t.Context(), docID, &b, 1<<20)
	wantClass(t, "fetch", err, m.Fetch)
	if err == nil && !bytes.Equal(b.Bytes(), packet) {
		t.Errorf("fetch: %q", b.Bytes())
	}
}

func (o office) spoilSend(t *testing.T, sound office, m Misbehaviour, packet []byte) {
	o.line.Spoil(m.Fault)
	_, err := o.send(t, packet)
	wantClass(t, "send", err, m.Act)
	sent, err := sound.ours.Sent(t.Context(), axis.Filter{})
	if err != nil || len(sent) != 1+m.Acts {
		t.Errorf("after the send the axis holds %d packets, %v; want %d", len(sent), err, 1+m.Acts)
	}
}

// spoilAcknowledge: an acknowledgement that was not acted on leaves the packet
// listed, and passes the next time.
func (o office) spoilAcknowledge(t *testing.T, sound office, m Misbehaviour, docID string) {
	o.line.Spoil(m.Fault)
	class, acts := m.Act, m.Acts
	if m.Sends {
		class, acts = nil, 1
	}
	wantClass(t, "acknowledge", o.theirs.Acknowledge(t.Context(), docID, axis.Done), class)
	list, err := sound.theirs.Received(t.Context(), axis.Edoc)
	listed := false
	for _, row := range list {
		listed = listed || row.DocID == docID
	}
	if err != nil || listed != (acts == 0) {
		t.Errorf("after the acknowledgement listed: %v, %v", listed, err)
	}
	if err := sound.theirs.Acknowledge(t.Context(), docID, axis.Done); err != nil {
		t.Errorf("acknowledge again: %v", err)
	}
}
