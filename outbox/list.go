package outbox

import (
	"fmt"
	"time"

	"vanthu/internal/document"
	"vanthu/store"
)

// Filter chooses documents for a list. The zero Filter is all of them.
type Filter struct {
	State State  `json:"state,omitempty"`
	Text  string `json:"text,omitempty"` // words, all of which must occur in subject, type, reference or recipients
	Open  bool   `json:"open,omitempty"` // only what is on its way to being issued
}

// Summary is one row of a list.
type Summary struct {
	ID         string             `json:"id"`
	State      State              `json:"state"`
	Number     int                `json:"number,omitempty"`
	Code       document.Reference `json:"code,omitzero"`
	Date       document.Date      `json:"date,omitzero"`
	DocumentID string             `json:"documentID,omitempty"`
	Created    time.Time          `json:"created"`
	IssuedAt   time.Time          `json:"issuedAt,omitzero"`
	TypeName   string             `json:"typeName"`
	Subject    string             `json:"subject"`
	Signer     document.Signer    `json:"signer"`
	Urgency    document.Urgency   `json:"urgency,omitempty"`
	Recipients int                `json:"recipients"`
	Waiting    int                `json:"waiting,omitempty"` // copies not handed to the axis
	Failed     int                `json:"failed,omitempty"`
	Refused    int                `json:"refused,omitempty"`   // status 02
	Accepted   int                `json:"accepted,omitempty"`  // status 03 to 06
	Forwarded  bool               `json:"forwarded,omitempty"` // another body's document
	ReplyTo    string             `json:"replyTo,omitempty"`   // record of the incoming desk
}

// List reads one window of documents, newest first; of the open ones the urgent
// first. Only After and Limit of the window are used. The cursor is where the next
// window begins; it is empty at the end.
func (d *Desk) List(f Filter, w store.Window) ([]Summary, store.Cursor, error) {
	limit := w.Limit
	w.Index, w.Prefix = f.index()
	w.Limit, w.Newest = 0, true
	words := d.search(f.Text)
	var rows []Summary
	var next store.Cursor
	err := d.Store.View(func(tx *store.Tx) error {
		for cursor, key := range tx.Keys(Kind, w) {
			if limit > 0 && len(rows) == limit {
				return nil
			}
			doc, err := d.found(tx, words, key)
			if err != nil {
				return err
			}
			if doc != nil && (!f.Open || doc.State.Open()) {
				rows, next = append(rows, Summarize(*doc)), cursor
			}
		}
		next = ""
		return nil
	})
	return rows, next, err
}

func (f Filter) index() (index, prefix string) {
	switch {
	case f.State != "":
		return indexState, string(f.State) + "/"
	case f.Open:
		return indexOpen, ""
	}
	return indexTime, ""
}

// Summarize makes the list row of a document.
func Summarize(doc Document) Summary {
	s := Summary{
		ID: doc.ID, State: doc.State, Number: doc.Number, Code: doc.Code, Date: doc.Date, DocumentID: doc.DocumentID,
		Created: doc.Created, IssuedAt: doc.IssuedAt, TypeName: doc.Draft.TypeName, Subject: doc.Draft.Subject,
		Signer: doc.Draft.Signer, Urgency: doc.Draft.Urgency, Recipients: len(doc.Draft.Recipients),
		Forwarded: doc.Forwarded != nil,
	}
	if doc.Draft.ReplyTo != nil {
		s.ReplyTo = doc.Draft.ReplyTo.Incoming
	}
	for _, v := range doc.Delivery {
		switch {
		case v.Status == document.StatusRefused:
			s.Refused++
		case v.Status >= document.StatusAccepted:
			s.Accepted++
		case v.Transport == TransportWaiting:
			s.Waiting++
		case v.Transport == TransportFailed:
			s.Failed++
		}
	}
	return s
}

// Unmatched lists received statuses that fit no document of ours or could not
// be read, newest first, until Dismiss puts them aside.
func (d *Desk) Unmatched() ([]Feedback, error) {
	var list []Feedback
	err := d.Store.View(func(tx *store.Tx) (err error) {
		list, err = store.List[Feedback](tx, store.Window{Index: indexMatched, Prefix: "no/", Newest: true})
		return err
	})
	return list, err
}

// Dismiss notes that the clerk has looked at an unmatched status. The record
// stays.
func (d *Desk) Dismiss(axisID string) error {
	err := d.Store.Update(store.Act{Who: d.who(), What: "dismiss status", Detail: axisID}, func(tx *store.Tx) error {
		var f Feedback
		if err := tx.Get(clip(axisID), &f); err != nil {
			return err
		}
		f.Seen = true
		return tx.Put(&f)
	})
	if err != nil {
		return fmt.Errorf("dismiss status %s: %w", axisID, err)
	}
	return nil
}
