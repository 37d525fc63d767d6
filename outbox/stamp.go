package outbox

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"vanthu/internal/document"
	"vanthu/store"
)

// Stamper proves when a file was signed, by a time-stamp service. Last puts the
// time into the own room of the last signature, the only one that may still be
// touched; Archive adds it over the whole file. Each returns the file and the time.
// ErrStamp: the service refuses, or its answer is not to be believed.
type Stamper interface {
	Last(ctx context.Context, pdf []byte) ([]byte, time.Time, error)
	Archive(ctx context.Context, pdf []byte) ([]byte, time.Time, error)
}

// ErrStamp: a time stamp that was refused or is not acceptable.
var ErrStamp = errors.New("time stamp refused or not acceptable")

// stampJob is the payload of a "stamp" job.
type stampJob struct {
	ID string `json:"id"`
}

// unstamped tells that a signature of the document has no proven time, which
// Stamp can give it now.
func (d *Document) unstamped() bool {
	lacks := func(n *SignatureNote) bool { return n != nil && n.Stamped == nil }
	switch d.State {
	case Signed, Numbered:
		return lacks(d.LeaderSigned)
	case Sealed:
		return lacks(d.Sealed)
	case Issued:
		return d.Archive == nil && (lacks(d.LeaderSigned) || lacks(d.Sealed))
	}
	return false
}

// queueStamp queues the job that gives a signature its time later. It names no
// record: jobs of one record wait for each other, and a document never waits for
// its stamp.
func (d *Desk) queueStamp(tx *store.Tx, doc *Document) error {
	if !d.Stamps || !doc.unstamped() {
		return nil
	}
	payload, err := json.Marshal(stampJob{ID: doc.ID})
	if err != nil {
		return err
	}
	return tx.Queue(store.Job{ID: "stamp/" + doc.ID, Kind: "stamp", Urgency: int(document.Normal), Payload: payload})
}

// Stamp gives the last signature of a document its proven time, when it has none
// yet: in the file itself while it has not been issued, afterwards in a copy for
// our archive, since what others have been sent is never changed. ErrConflict:
// somebody is signing it, or has changed it meanwhile; try again. What the service
// refuses is noted on the document.
func (d *Desk) Stamp(ctx context.Context, id string, s Stamper) error {
	doc, err := d.Get(id)
	if err != nil || !doc.unstamped() {
		return err
	}
	out, at, err := d.stamped(ctx, doc, s)
	if errors.Is(err, ErrStamp) {
		return errors.Join(err, d.keepStamp(doc, func(now *Document) { now.StampTrouble = err.Error() }))
	}
	if err != nil {
		return fmt.Errorf("stamp outgoing %s: %w", id, err)
	}
	hash, size, err := d.Store.PutBlob(bytes.NewReader(out), int64(len(out)))
	if err != nil {
		return fmt.Errorf("stamp outgoing %s: %w", id, err)
	}
	file := File{Name: doc.File.Name, Hash: hash, Size: size}
	return d.keepStamp(doc, func(now *Document) { now.takeStamp(file, at) })
}

func (d *Desk) stamped(ctx context.Context, doc Document, s Stamper) ([]byte, time.Time, error) {
	pdf, err := d.read(doc.File)
	if err != nil {
		return nil, time.Time{}, err
	}
	if doc.State == Issued {
		return s.Archive(ctx, pdf)
	}
	return s.Last(ctx, pdf)
}

// takeStamp puts a stamped file in its place.
func (d *Document) takeStamp(f File, at time.Time) {
	d.StampTrouble = ""
	switch d.State {
	case Issued:
		d.Archive = &f
		return
	case Sealed:
		d.Sealed.Stamped = &at
	default:
		d.LeaderSigned.Stamped = &at
	}
	d.File = f
}

// keepStamp writes the outcome unless the document has moved on since before, or
// somebody has it in hand: a key's work is never lost to a stamp.
func (d *Desk) keepStamp(before Document, change func(*Document)) error {
	ran, err := d.hands.idle(before.ID, func() error {
		act := store.Act{Who: "system", What: "time-stamp", Record: before.ID}
		return d.Store.Update(act, func(tx *store.Tx) error {
			var doc Document
			if err := tx.Get(before.ID, &doc); err != nil {
				return err
			}
			if doc.State != before.State || doc.File.Hash != before.File.Hash {
				return refuseConflict()
			}
			change(&doc)
			return tx.Put(&doc)
		})
	})
	if !ran {
		err = refuseConflict()
	}
	if err != nil {
		return fmt.Errorf("stamp outgoing %s: %w", before.ID, err)
	}
	return nil
}
