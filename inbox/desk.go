package inbox

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"vanthu/internal/document"
	"vanthu/internal/textfilter"
	"vanthu/internal/verdict"
	"vanthu/store"
)

// BookName is the book of incoming documents: one sequence for paper and
// electronic ones (Decree 30 Art. 22.2).
const BookName = "incoming"

// Classes of refusals; what the clerk reads is the *document.Problem around
// them.
var (
	// ErrDuplicate: the document is registered already; the Problem names the
	// arrival number.
	ErrDuplicate = errors.New("document is registered already")
	// ErrReason: a reason is missing or shorter than MinReason.
	ErrReason = errors.New("reason missing or too short")
	// ErrDate: a date is missing, in the future or against the register's order.
	ErrDate = errors.New("date not acceptable")
	// ErrField: a field that must be filled is empty.
	ErrField = errors.New("field missing")
	// ErrNotDocument: the packet is a status report, for the outgoing desk.
	ErrNotDocument = errors.New("packet is not a document")
	// ErrNoVerifier: the desk cannot check signatures.
	ErrNoVerifier = errors.New("no verifier")
	// ErrNoFile: the document has no such file.
	ErrNoFile = errors.New("no such file")
)

// Verifier checks the signatures of one PDF.
type Verifier interface {
	Verify(ctx context.Context, f *os.File) (verdict.Report, error)
}

// Desk is the incoming desk of one office. Its methods may be called from
// several goroutines; each act is one transaction of the store.
type Desk struct {
	Store    *store.Store
	Clock    document.Clock
	NewID    func() string // a fresh record ID
	Agency   document.Agency
	Staff    document.Staff // the clerk who reports to senders
	Verifier Verifier       // may be nil: Inspect then refuses
	TempDir  string         // for files between the packet and the store

	// Fold makes texts comparable without case and diacritics; nil is lower case.
	Fold func(string) string
	// Workday tells working days for deadlines; nil is Monday to Friday.
	Workday func(document.Date) bool
	// PageMark looks for a secrecy mark printed on the first page of a PDF; nil
	// leaves it at the texts of the packet.
	PageMark func(ctx context.Context, pdf io.ReaderAt, size int64) (mark string, found bool, err error)
	// MaxPacket and MaxFile limit a packet and one unpacked file, in bytes; 0
	// is the default of the packet reader.
	MaxPacket, MaxFile int64

	texts textfilter.Memory
}

func (d *Desk) now() time.Time { return d.Clock() }

func (d *Desk) today() document.Date { return document.DateOf(d.now()) }

func (d *Desk) who() string { return cmp.Or(d.Staff.Name, "văn thư") }

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
		return Document{}, fmt.Errorf("incoming %s: %w", id, err)
	}
	return doc, nil
}

// apply changes a document as an event demands and returns the sentence for
// the sender, if the event reports a status.
type apply func(tx *store.Tx, doc *Document, now time.Time) (sentence string, err error)

// act performs one event on one document: state table, change, register line,
// status, record, all in one transaction.
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
		return Document{}, fmt.Errorf("%s incoming %s: %w", e, id, err)
	}
	return doc, nil
}

func (d *Desk) step(tx *store.Tx, doc *Document, e Event, change apply) error {
	t, err := Step(doc.State, e)
	if err != nil {
		return err
	}
	now := d.now()
	sentence, err := change(tx, doc, now)
	if err != nil {
		return err
	}
	doc.State = t.To
	if err := book(tx, doc, t.Book); err != nil {
		return err
	}
	if err := d.acknowledge(tx, doc, t.Ack); err != nil {
		return err
	}
	if err := d.report(tx, doc, t.Status, sentence, now); err != nil {
		return err
	}
	return tx.Put(doc)
}

func required(what, value string) (string, error) {
	value = strings.TrimSpace(value)
	if value == "" {
		return "", document.Refuse(ErrField, "Chưa điền "+what+".", "Điền "+what+" rồi làm lại.")
	}
	return value, nil
}
