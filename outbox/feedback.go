package outbox

import (
	"time"

	"vanthu/internal/document"
	"vanthu/store"
)

// FeedbackKind is the kind of record received statuses are kept under.
const FeedbackKind = "feedback"

const indexMatched = "matched" // "no/…" for what waits for the clerk's eye, "yes/…" otherwise

// Feedback is one status packet received over the axis, kept as evidence. Its
// key is the axis's id of the copy, so that it is taken once.
type Feedback struct {
	AxisID string          `json:"axisID"`
	From   document.Agency `json:"from"`
	For    document.Ref    `json:"for"`
	Code   document.Status `json:"code,omitempty"`
	Text   string          `json:"text,omitempty"`
	Staff  document.Staff  `json:"staff,omitzero"`
	Sent   time.Time       `json:"sent,omitzero"` // as the recipient says
	At     time.Time       `json:"at"`            // taken by us
	Packet store.Hash      `json:"packet"`
	Size   int64           `json:"size"`
	// Record is the outgoing document it speaks of; empty when none is known.
	Record string `json:"record,omitempty"`
	// Problem says, in Vietnamese, why it could not be matched or read.
	Problem string `json:"problem,omitempty"`
	// Unreadable packets are acknowledged "fail".
	Unreadable bool `json:"unreadable,omitempty"`
	Seen       bool `json:"seen,omitempty"` // the clerk has looked at the problem
}

var _ store.Record = (*Feedback)(nil)

// Kind names the record kind for the store.
func (f *Feedback) Kind() string { return FeedbackKind }

// Key is the axis's id of the copy.
func (f *Feedback) Key() string { return clip(f.AxisID) }

// Index lists the entries a status is found by.
func (f *Feedback) Index() []store.Entry {
	mark := "yes/"
	if f.Problem != "" && !f.Seen {
		mark = "no/"
	}
	return []store.Entry{{Index: indexMatched, Value: mark + stamp(f.At)}}
}

// Blobs names the packet.
func (f *Feedback) Blobs() []store.Hash { return []store.Hash{f.Packet} }
