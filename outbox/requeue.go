package outbox

import (
	"errors"

	"vanthu/store"
)

// Requeue gives every document with copies not yet handed to the axis an open
// send job. There always is one, unless a job was finished in the moment in
// which Resend put another in its place; the regular poll mends that.
func (d *Desk) Requeue() error {
	return d.Store.Maintain(func(tx *store.Tx) error {
		for doc, err := range find(tx, indexDelivery, TransportWaiting) {
			if err != nil {
				return err
			}
			_, err = tx.Job("send/" + doc.ID)
			if errors.Is(err, store.ErrNotFound) {
				err = queueSend(tx, &doc, doc.Unsent())
			}
			if err != nil {
				return err
			}
		}
		return nil
	})
}
