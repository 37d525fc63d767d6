package outbox

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"vanthu/internal/document"
	"vanthu/internal/textfilter"
	"vanthu/store"
)

// Classes of refusals; what the clerk reads is the *document.Problem around
// them.
var (
	// ErrRecipient: a recipient is unknown, cannot receive, or there is none.
	ErrRecipient = errors.New("recipient not acceptable")
	// ErrField: a field is missing or not acceptable.
	ErrField = errors.New("field not acceptable")
	// ErrReason: a reason is missing or shorter than MinReason.
	ErrReason = errors.New("reason missing or too short")
	// ErrDate: the clock stands before the date of the series' last number.
	ErrDate = errors.New("date not acceptable")
	// ErrConflict: the document changed while it was being signed or packed.
	ErrConflict = errors.New("document changed meanwhile")
	// ErrSoftKey: a key kept in a file signs only in practice.
	ErrSoftKey = errors.New("soft key not allowed")
	// ErrSignature: what came back from the key is not the document with a signature.
	ErrSignature = errors.New("signature not acceptable")
	// ErrDuplicate: number and notation exist already in the year.
	ErrDuplicate = errors.New("reference exists already")
	// ErrNotStatus: the packet is a document, for the incoming desk.
	ErrNotStatus = errors.New("packet is not a status")
	// ErrNoFile: the document has no such file.
	ErrNoFile = errors.New("no such file")
)

// Press looks at PDFs: whether one may be signed at all, and where number,
// date, signature and seal go.
type Press interface {
	Inspect(pdf []byte) error
	Layout(ctx context.Context, pdf []byte) (document.Layout, error)
}

// Approval is what the leader's signature needs.
type Approval struct {
	Layout document.Layout
	Signer document.Signer
	Time   time.Time
}

// Sealing is what the agency's signature writes and needs.
type Sealing struct {
	Layout    document.Layout
	Reference document.Reference
	Date      document.Date
	Place     string
	Time      time.Time
}

// Key signs PDFs: Approve with the leader's signature, Seal with the agency's,
// which also fills in number and date without touching the first.
type Key interface {
	Approve(ctx context.Context, pdf []byte, a Approval) (out []byte, note SignatureNote, err error)
	Seal(ctx context.Context, pdf []byte, s Sealing) (out []byte, note SignatureNote, err error)
}

// Directory knows the agencies that can be reached over the axis.
type Directory interface {
	Agency(code document.Code) (document.Agency, bool, error)
}

// Desk is the outgoing desk of one office. Its methods may be called from
// several goroutines; each act is one transaction of the store.
type Desk struct {
	Store     *store.Store
	Clock     document.Clock
	NewID     func() string // a fresh record ID
	Agency    document.Agency
	Abbr      string // of the issuer in notations: "UBND"
	Place     string // place of issue on the document
	Staff     document.Staff
	Press     Press
	Directory Directory
	// Series names the number series (register book) of a document type; nil
	// is one common series, DefaultSeries.
	Series func(typeName string) (book string)
	// Symbol overrides the notation of a type; nil or "" is document.Notation.
	Symbol    func(typeName, unit string) string
	AllowSoft bool   // practice: keys in files may sign
	Stamps    bool   // there is a time-stamp service: what is signed without it gets its time later
	TempDir   string // for packets between writing and the store

	// Fold makes texts comparable without case and diacritics; nil is lower case.
	Fold func(string) string
	// PageMark looks for a secrecy mark printed on the first page of an attached
	// PDF; nil leaves it at names. The document's own PDF is Press's to refuse.
	PageMark func(ctx context.Context, pdf []byte) (mark string, found bool, err error)
	// MaxFile limits one file of a document, in bytes; 0 is DefaultMaxFile.
	MaxFile int64

	texts textfilter.Memory
	hands hands
}

// DefaultSeries is the one common series of administrative documents.
const DefaultSeries = "vb"

// DefaultMaxFile is the default limit of one file, in bytes.
const DefaultMaxFile = 64 << 20

func (d *Desk) now() time.Time { return d.Clock() }

func (d *Desk) who() string { return cmp.Or(d.Staff.Name, "văn thư") }

func (d *Desk) maxFile() int64 { return cmp.Or(d.MaxFile, DefaultMaxFile) }

func (d *Desk) fold(s string) string {
	if d.Fold != nil {
		return d.Fold(s)
	}
	return strings.ToLower(s)
}

// Get reads one document. store.ErrNotFound when there is none.
func (d *Desk) Get(id string) (Document, error) {
	var doc Document
	err := d.Store.View(func(tx *store.Tx) error { return tx.Get(id, &doc) })
	if err != nil {
		return Document{}, fmt.Errorf("outgoing %s: %w", id, err)
	}
	return doc, nil
}

// apply changes a document as an event demands.
type apply func(tx *store.Tx, doc *Document, now time.Time) error

// act performs one event on one document: state table, change, register line,
// record, all in one transaction.
func (d *Desk) act(id string, e Event, detail string, change apply) (Document, error) {
	var doc Document
	act := store.Act{Who: d.who(), What: string(e), Record: id, Detail: detail}
	d.texts.Forget(id)
	defer d.texts.Forget(id)
	err := d.Store.Update(act, func(tx *store.Tx) error {
		doc = Document{}
		if err := tx.Get(id, &doc); err != nil {
			return err
		}
		return d.step(tx, &doc, e, change)
	})
	if err != nil {
		return Document{}, fmt.Errorf("%s outgoing %s: %w", e, id, err)
	}
	return doc, nil
}

func (d *Desk) step(tx *store.Tx, doc *Document, e Event, change apply) error {
	t, err := doc.step(e)
	if err != nil {
		return err
	}
	now := d.now()
	if err := change(tx, doc, now); err != nil {
		return err
	}
	doc.State = t.To
	if err := d.book(tx, doc, t.Book); err != nil {
		return err
	}
	if t.Send {
		if err := queueSend(tx, doc, doc.Unsent()); err != nil {
			return err
		}
	}
	if err := d.queueStamp(tx, doc); err != nil {
		return err
	}
	return tx.Put(doc)
}

// step is the state table with one guard more: another body's document is
// forwarded as it is, never signed or numbered by us, and only such a document
// is forwarded.
func (d *Document) step(e Event) (Transition, error) {
	forwards := d.Forwarded != nil
	switch {
	case forwards && (e == EventSign || e == EventReplace):
		return Transition{}, document.Refuse(ErrState,
			"Văn bản chuyển tiếp được gửi nguyên bản: không ký, không cấp số, không thay tệp.", "Phát hành để gửi, hoặc bỏ nếu không gửi nữa.")
	case !forwards && e == EventForward:
		return Step(d.State, EventIssue)
	}
	return Step(d.State, e)
}

// check tells, before slow work such as signing, whether an event will do.
func (d *Desk) check(id string, e Event) (Document, error) {
	doc, err := d.Get(id)
	if err != nil {
		return Document{}, err
	}
	if _, err := doc.step(e); err != nil {
		return Document{}, err
	}
	return doc, nil
}
