package inbox

import (
	"fmt"
	"strings"
	"time"

	"vanthu/internal/document"
	"vanthu/store"
)

// Kind is the kind of record incoming documents are kept under in the store.
const Kind = "incoming"

// Indexes of incoming documents. Few on purpose: each costs pages per commit.
const (
	indexAxis  = "axis"  // axis id: the same copy is received once
	indexID    = "docid" // DocumentID: the same document over another copy
	indexCode  = "code"  // year and reference: the same document without an id
	indexTime  = "time"  // arrival, for the whole list
	indexOpen  = "open"  // urgency, then arrival, of what still needs somebody
	indexState = "state" // state, then urgency while open, then arrival
	indexDue   = "due"   // due day of what is still open
)

var _ store.Record = (*Document)(nil)

// Kind names the record kind for the store.
func (d *Document) Kind() string { return Kind }

// Key is the document's ID.
func (d *Document) Key() string { return d.ID }

// Index lists the entries a document is found by.
func (d *Document) Index() []store.Entry {
	arrived := stamp(d.Origin.Arrived)
	entries := []store.Entry{
		{Index: indexTime, Value: arrived},
		{Index: indexState, Value: stateValue(d.State, d.Meta().Urgency, arrived)},
	}
	add := func(index, value string) {
		if value != "" {
			entries = append(entries, store.Entry{Index: index, Value: value})
		}
	}
	add(indexAxis, clip(d.Origin.AxisID))
	add(indexID, clip(d.Received.DocumentID))
	for _, key := range d.codeKeys() {
		add(indexCode, clip(key))
	}
	if d.State.Open() {
		add(indexOpen, urgencyValue(d.Meta().Urgency, arrived))
		add(indexDue, d.Due().ISO())
	}
	return entries
}

// stateValue sorts what is still to be done by urgency and then in the order of
// arrival, in which numbers are given (Decree 30 Art. 22.2); what is done by
// arrival alone.
func stateValue(s State, u document.Urgency, arrived string) string {
	if s.Open() {
		arrived = urgencyValue(u, arrived)
	}
	return string(s) + "/" + arrived
}

// urgencyValue sorts the most urgent first, then by arrival; urgencies have one
// digit.
func urgencyValue(u document.Urgency, arrived string) string {
	return fmt.Sprintf("%d/%s", 9-u, arrived)
}

// Blobs lists the packet, the files and the status packets, so that the store
// keeps them.
func (d *Document) Blobs() []store.Hash {
	var hashes []store.Hash
	if d.Origin.Packet != "" {
		hashes = append(hashes, d.Origin.Packet)
	}
	for _, f := range d.Files {
		hashes = append(hashes, f.Hash)
	}
	for _, r := range d.Reported {
		hashes = append(hashes, r.Packet)
	}
	return hashes
}

// codeKeys are the year and reference as received and as registered.
func (d *Document) codeKeys() []string {
	keys := []string{codeKey(d.Received)}
	if d.Entry != nil {
		if k := codeKey(d.Entry.Meta); k != keys[0] {
			keys = append(keys, k)
		}
	}
	return keys
}

// codeKey is "2026/7/QĐ-UBND": a number is unique only within a year.
func codeKey(m Metadata) string {
	if m.Code.Number == "" || m.Date.IsZero() {
		return ""
	}
	number := strings.TrimLeft(m.Code.Number, "0")
	ref := document.Reference{Number: number, Notation: strings.TrimPrefix(m.Code.Notation, m.Code.Number+"/")}
	return fmt.Sprintf("%04d/%s", m.Date.Year, strings.ToUpper(ref.String()))
}

// stamp is a moment as sortable text in Vietnam's time.
func stamp(t time.Time) string {
	return t.In(document.Zone()).Format("2006-01-02T15:04:05.000")
}
