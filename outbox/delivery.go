package outbox

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"vanthu/internal/document"
	"vanthu/store"
)

// errNothing leaves a transaction that has nothing to do, so that the journal
// gets no entry for a repetition.
var errNothing = errors.New("nothing to do")

// Attempt notes that sending begins, before the first byte leaves. It tells
// whether sending had begun before: then an answer may have been lost.
func (d *Desk) Attempt(id string) (before bool, err error) {
	err = d.Store.Maintain(func(tx *store.Tx) error {
		var doc Document
		if err := tx.Get(id, &doc); err != nil {
			return err
		}
		if before = !doc.Attempted.IsZero(); before {
			return nil
		}
		doc.Attempted = d.now()
		return tx.Put(&doc)
	})
	if err != nil {
		return false, fmt.Errorf("send outgoing %s: %w", id, err)
	}
	return before, nil
}

// Sent notes that the axis took the copies of these recipients. Repeating it
// is harmless.
func (d *Desk) Sent(id string, to []document.Code, axisID string) error {
	return d.deliver("sent", id, to, func(v *Delivery, now time.Time) bool {
		if v.Transport == TransportSent {
			return false
		}
		v.Transport, v.AxisID, v.SentAt, v.Error = TransportSent, axisID, now, ""
		return true
	})
}

// Failed notes that the axis refused the copies of these recipients, with its
// code and reason. A copy that was sent stays sent.
func (d *Desk) Failed(id string, to []document.Code, code, reason string) error {
	text := strings.TrimSpace(code + " " + reason)
	return d.deliver("failed", id, to, func(v *Delivery, _ time.Time) bool {
		if v.Transport == TransportSent || (v.Transport == TransportFailed && v.Error == text) {
			return false
		}
		v.Transport, v.Error = TransportFailed, text
		return true
	})
}

// Resend queues the failed copies of these recipients again; of all failed
// ones when to is empty.
func (d *Desk) Resend(id string, to ...document.Code) error {
	again := map[document.Code]bool{}
	for _, c := range to {
		again[c] = true
	}
	return d.change(d.who(), "resend", id, func(tx *store.Tx, doc *Document) (bool, error) {
		changed := false
		for i := range doc.Delivery {
			v := &doc.Delivery[i]
			if v.Transport == TransportFailed && (len(to) == 0 || again[v.Agency.Code]) {
				v.Transport, v.Error, changed = TransportWaiting, "", true
			}
		}
		if !changed {
			return false, nil
		}
		// An open job may name fewer recipients: it is replaced.
		if err := tx.FinishJob("send/" + doc.ID); err != nil {
			return false, err
		}
		return true, queueSend(tx, doc, doc.Unsent())
	})
}

// Returned tells that the recipient refused the document (status 02) and the
// clerk has not put that aside.
func (d Delivery) Returned() bool {
	return d.Status == document.StatusRefused && d.Seen.IsZero()
}

// PutAside notes that the clerk has dealt with the refusals of a document: they
// stay with it and leave today's board. Repeating it is harmless.
func (d *Desk) PutAside(id string) (Document, error) {
	err := d.change(d.who(), "put-aside", id, func(_ *store.Tx, doc *Document) (bool, error) {
		changed := false
		for i := range doc.Delivery {
			if v := &doc.Delivery[i]; v.Returned() {
				v.Seen, changed = d.now(), true
			}
		}
		return changed, nil
	})
	if err != nil {
		return Document{}, err
	}
	return d.Get(id)
}

func (d *Desk) deliver(what, id string, to []document.Code, set func(*Delivery, time.Time) bool) error {
	return d.change("system", what, id, func(_ *store.Tx, doc *Document) (bool, error) {
		changed := false
		for _, code := range to {
			if v := doc.delivery(code); v != nil && set(v, d.now()) {
				changed = true
			}
		}
		return changed, nil
	})
}

// change is an act on an issued document that moves no state; without a change
// nothing is written.
func (d *Desk) change(who, what, id string, fn func(*store.Tx, *Document) (changed bool, err error)) error {
	err := d.Store.Update(store.Act{Who: who, What: what, Record: id}, func(tx *store.Tx) error {
		var doc Document
		if err := tx.Get(id, &doc); err != nil {
			return err
		}
		changed, err := fn(tx, &doc)
		if err != nil {
			return err
		}
		if !changed {
			return errNothing
		}
		return tx.Put(&doc)
	})
	if err == nil || errors.Is(err, errNothing) {
		return nil
	}
	return fmt.Errorf("%s outgoing %s: %w", what, id, err)
}
