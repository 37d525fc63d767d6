package outbox

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"time"

	"vanthu/internal/document"
	"vanthu/store"
)

// Kind is the kind of record outgoing documents are kept under in the store.
const Kind = "outgoing"

// Indexes of outgoing documents. Few on purpose: each costs pages per commit.
const (
	indexTime     = "time"     // creation, for the whole list
	indexOpen     = "open"     // urgency, then creation, of what is on its way to being issued
	indexState    = "state"    // state, then creation
	indexID       = "docid"    // DocumentID on the axis
	indexCode     = "code"     // year and reference
	indexDelivery = "delivery" // waiting, failed, refused: once per document
)

var _ store.Record = (*Document)(nil)

// Kind names the record kind for the store.
func (d *Document) Kind() string { return Kind }

// Key is the document's ID.
func (d *Document) Key() string { return d.ID }

// Index lists the entries a document is found by.
func (d *Document) Index() []store.Entry {
	created := stamp(d.Created)
	entries := []store.Entry{
		{Index: indexTime, Value: created},
		{Index: indexState, Value: string(d.State) + "/" + created},
	}
	if d.State.Open() {
		entries = append(entries, store.Entry{Index: indexOpen, Value: fmt.Sprintf("%d/%s", d.Draft.Urgency, created)})
	}
	if d.DocumentID != "" {
		entries = append(entries, store.Entry{Index: indexID, Value: clip(d.DocumentID)})
	}
	if key := codeKey(d.Code, d.Date); key != "" {
		entries = append(entries, store.Entry{Index: indexCode, Value: clip(key)})
	}
	for _, v := range d.Delivery {
		if mark := v.trouble(); mark != "" {
			entries = append(entries, store.Entry{Index: indexDelivery, Value: mark})
		}
	}
	return entries
}

// trouble is what the board counts a delivery under, "" when it is on its way.
func (d Delivery) trouble() string {
	switch {
	case d.Returned():
		return "refused"
	case d.Status == document.StatusRefused:
		return ""
	case d.Transport != TransportSent:
		return d.Transport
	case d.Status == "":
		return "unanswered"
	}
	return ""
}

// Blobs lists the files and the packet, so that the store keeps them: the
// sealed PDF is the retained copy (Decree 30 Art. 19).
func (d *Document) Blobs() []store.Hash {
	var hashes []store.Hash
	for _, h := range []store.Hash{d.File.Hash, d.Source, d.Packet} {
		if h != "" {
			hashes = append(hashes, h)
		}
	}
	for _, f := range d.Attachments {
		hashes = append(hashes, f.Hash)
	}
	if d.Archive != nil {
		hashes = append(hashes, d.Archive.Hash)
	}
	return hashes
}

// codeKey is "2026/15/QĐ-UBND": number and notation are unique within a year.
func codeKey(ref document.Reference, date document.Date) string {
	if ref.Number == "" || date.IsZero() {
		return ""
	}
	return fmt.Sprintf("%04d/%s", date.Year, ref)
}

// stamp is a moment as sortable text in Vietnam's time.
func stamp(t time.Time) string {
	return t.In(document.Zone()).Format("2006-01-02T15:04:05.000")
}

// maxIndexed is the longest untrusted text indexed as it is, in bytes.
const maxIndexed = 200

// clip bounds untrusted text for an index: a longer one stands for its hash.
func clip(s string) string {
	if len(s) <= maxIndexed {
		return s
	}
	sum := sha256.Sum256([]byte(s))
	return hex.EncodeToString(sum[:])
}
