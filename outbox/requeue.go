package outbox

import (
	"errors"

	"vanthu/store"
)

// Requeue gives every document with copies not yet handed to the axis an open
// send job. There always is one, unless a job was finished in the moment in
// which Resend put another in its place; the regular poll mends that.
func (d *Desk) Requeue() error {
	missing := false
	err := d.Store.View(func(tx *store.Tx) error { // a poll that finds all well writes nothing
		return withoutJob(tx, func(Document) error { missing = true; return nil })
	})
	if err != nil || !missing {
		return err
	}
	return d.Store.Maintain(func(tx *store.Tx) error {
		return withoutJob(tx, func(doc Document) error { return queueSend(tx, &doc, doc.Unsent()) })
	})
}

func withoutJob(tx *store.Tx, visit func(Document) error) error {
	for doc, err := range find(tx, indexDelivery, TransportWaiting) {
		if err != nil {
			return err
		}
		_, err = tx.Job("send/" + doc.ID)
		if errors.Is(err, store.ErrNotFound) {
			err = visit(doc)
		}
		if err != nil {
			return err
		}
	}
	return nil
}
