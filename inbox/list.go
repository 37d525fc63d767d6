package inbox

import (
	"iter"
	"time"

	"vanthu/internal/document"
	"vanthu/internal/verdict"
	"vanthu/store"
)

// Filter chooses documents for a list. The zero Filter is all of them.
type Filter struct {
	State State  `json:"state,omitempty"`
	Text  string `json:"text,omitempty"` // words, all of which must occur in subject, type, reference or issuer
	Open  bool   `json:"open,omitempty"` // only what still needs somebody

	// The three below are the lists behind the figures of Counts.
	Late     bool `json:"late,omitempty"`     // waiting, arrived before today
	DueToday bool `json:"dueToday,omitempty"` // open, limit is today
	Overdue  bool `json:"overdue,omitempty"`  // open, limit has passed
}

// Summary is one row of a list.
type Summary struct {
	ID          string             `json:"id"`
	State       State              `json:"state"`
	Number      int                `json:"number,omitempty"` // số đến; 0 before registration
	Year        int                `json:"year,omitempty"`
	Arrived     time.Time          `json:"arrived"`
	Entered     document.Date      `json:"entered,omitzero"` // ngày đến in the register
	Code        document.Reference `json:"code"`
	Date        document.Date      `json:"date,omitzero"`
	Issuer      document.Agency    `json:"issuer"`
	TypeName    string             `json:"typeName"`
	Subject     string             `json:"subject"`
	Urgency     document.Urgency   `json:"urgency,omitempty"`
	Due         document.Date      `json:"due,omitzero"`
	RegisterBy  document.Date      `json:"registerBy,omitzero"` // only while unregistered
	Overdue     bool               `json:"overdue,omitempty"`   // past RegisterBy or past Due
	Assignee    string             `json:"assignee,omitempty"`
	Verdict     verdict.Verdict    `json:"verdict,omitempty"`
	Files       int                `json:"files"`
	Warnings    int                `json:"warnings,omitempty"`
	DuplicateOf string             `json:"duplicateOf,omitempty"`
}

// List reads one window of documents. Lists of what is to be done have the urgent
// ones first, then those that came first; those of limits have the longest past
// first; all others the newest first. Only After and Limit of the window are used.
// The cursor is where the next window begins; it is empty at the end.
func (d *Desk) List(f Filter, w store.Window) ([]Summary, store.Cursor, error) {
	var rows []Summary
	var next store.Cursor
	today := d.today()
	words := d.search(f.Text)
	err := d.Store.View(func(tx *store.Tx) error {
		for cursor, key := range f.walk(tx, today, w.After) {
			if w.Limit > 0 && len(rows) == w.Limit {
				return nil
			}
			doc, err := d.found(tx, words, key)
			if err != nil {
				return err
			}
			if doc != nil && f.admits(*doc, today) {
				rows, next = append(rows, d.Summarize(*doc)), cursor
			}
		}
		next = ""
		return nil
	})
	return rows, next, err
}

// walk yields what the filter may admit, from after on, window by window. All
// windows lie in one index, each behind the one before, so a cursor tells by
// itself which of them are done.
func (f Filter) walk(tx *store.Tx, today document.Date, after store.Cursor) iter.Seq2[store.Cursor, string] {
	return func(yield func(store.Cursor, string) bool) {
		for _, w := range f.windows(today) {
			w.After = after
			for cursor, key := range tx.Keys(Kind, w) {
				if !yield(cursor, key) {
					return
				}
			}
		}
	}
}

func (f Filter) windows(today document.Date) []store.Window {
	switch {
	case f.DueToday:
		return []store.Window{dueToday(today)}
	case f.Overdue:
		return []store.Window{overdue(today)}
	case f.Late:
		return late(today)
	case f.State != "":
		return []store.Window{{Index: indexState, Prefix: string(f.State) + "/", Newest: !f.State.Open()}}
	case f.Open:
		return []store.Window{{Index: indexOpen}}
	}
	return []store.Window{{Index: indexTime, Newest: true}}
}

func (f Filter) admits(doc Document, today document.Date) bool {
	return (f.State == "" || doc.State == f.State) &&
		(!f.Open || doc.State.Open()) &&
		(!f.Late || doc.late(today)) &&
		(!f.DueToday || doc.Due() == today) &&
		(!f.Overdue || doc.overdue(today))
}

// late tells that the document waits since before today.
func (d *Document) late(today document.Date) bool {
	return d.State == Received && documentDay(d.Origin).Before(today)
}

// overdue tells that the limit of the work has passed.
func (d *Document) overdue(today document.Date) bool {
	return d.State.Open() && !d.Due().IsZero() && d.Due().Before(today)
}

// Summarize makes the list row of a document.
func (d *Desk) Summarize(doc Document) Summary {
	m, today := doc.Meta(), d.today()
	s := Summary{
		ID: doc.ID, State: doc.State, Arrived: doc.Origin.Arrived, Code: m.Code, Date: m.Date,
		Issuer: m.Issuer, TypeName: m.TypeName, Subject: m.Subject, Urgency: m.Urgency, Due: doc.Due(),
		Assignee: doc.Assignee(), Files: len(doc.Files), Warnings: len(doc.Warnings), DuplicateOf: doc.DuplicateOf,
	}
	if doc.Entry != nil {
		s.Number, s.Year, s.Entered = doc.Entry.Number, doc.Entry.Year, doc.Entry.Date
	}
	if doc.Check != nil {
		s.Verdict = doc.Check.Report.Document
	}
	if doc.State == Received {
		s.RegisterBy = d.RegisterBy(doc)
		s.Overdue = s.RegisterBy.Before(today)
	}
	s.Overdue = s.Overdue || doc.overdue(today)
	return s
}
