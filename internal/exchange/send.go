package exchange

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"vanthu/internal/axis"
	"vanthu/internal/courier"
	"vanthu/internal/document"
	"vanthu/outbox"
	"vanthu/store"
)

// sendJob is the payload of a "send" job.
type sendJob struct {
	ID string          `json:"id"`
	To []document.Code `json:"to"`
}

// send hands an issued document to the axis, once for all recipients that do
// not have it yet. When sending had begun before, an answer may have been lost:
// the axis's list of sent packets is asked first, and who is in it is not sent
// to again.
func (e *Exchange) send(ctx context.Context, j store.Job, progress func(done, total int64)) error {
	var p sendJob
	if err := json.Unmarshal(j.Payload, &p); err != nil {
		return fmt.Errorf("send job: %w", err)
	}
	doc, err := e.Outbox.Get(p.ID)
	if err != nil {
		return err
	}
	base, err := e.part(j.ID)
	if err != nil {
		return err
	}
	left, err := e.unsent(ctx, doc, base)
	if err == nil && len(left) > 0 {
		err = e.sendTo(ctx, doc, base, left, progress)
	}
	if err != nil {
		return err
	}
	return axis.RemovePart(base)
}

// unsent are the recipients that the document is still to be sent to. While the
// axis holds the upload of a document that nobody is known to have got, nothing
// has to be asked: it answers a repeated send as it did the lost one, and the
// list would cost more than the repetition.
func (e *Exchange) unsent(ctx context.Context, doc outbox.Document, base string) ([]document.Code, error) {
	left := doc.Unsent()
	if len(left) == 0 {
		return nil, nil
	}
	before, err := e.Outbox.Attempt(doc.ID)
	if err != nil || !before || len(left) == len(doc.Delivery) && axis.Uploading(base) {
		return left, err
	}
	return e.reconcile(ctx, doc, left)
}

// sendTo sends to all recipients at once; only when the axis refuses one of
// them (code 18, 23) each gets a send of its own, and the refused ones are
// noted. Any other refusal for good is one of the packet: all have failed.
func (e *Exchange) sendTo(ctx context.Context, doc outbox.Document, base string, to []document.Code, progress func(done, total int64)) error {
	axisID, err := e.post(ctx, parcel{axis.Edoc, doc.Packet, doc.PacketSize, base, doc.Draft.Urgency >= document.Urgent}, to, progress)
	var rejected *axis.Rejected
	switch {
	case err == nil:
		return e.Outbox.Sent(doc.ID, to, axisID)
	case !errors.As(err, &rejected) || !errors.Is(rejection(rejected), courier.ErrRejected):
		return err
	case ofReceiver(rejected) && len(to) > 1:
		return e.split(ctx, doc, base, to, progress)
	}
	return e.Outbox.Failed(doc.ID, to, rejected.Code, rejected.Desc)
}

func ofReceiver(r *axis.Rejected) bool {
	return r.Code == axis.CodeUnknownReceiver || r.Code == axis.CodeLockedReceiver
}

// split sends to each recipient alone. What was done is noted after each, so a
// crash in between repeats at most one.
func (e *Exchange) split(ctx context.Context, doc outbox.Document, base string, to []document.Code, progress func(done, total int64)) error {
	for _, code := range to {
		if err := e.sendTo(ctx, doc, base, []document.Code{code}, progress); err != nil {
			return err
		}
	}
	return nil
}

// reconcile notes the recipients whose copies the axis already has and returns
// the others.
func (e *Exchange) reconcile(ctx context.Context, doc outbox.Document, to []document.Code) ([]document.Code, error) {
	rows, err := e.sentSince(ctx, doc)
	if err != nil {
		return nil, fmt.Errorf("reconcile %s: %w", doc.ID, err)
	}
	var left []document.Code
	for _, code := range to {
		i := slices.IndexFunc(rows, func(r axis.Sent) bool { return e.isCopy(r, doc, code) })
		if i < 0 {
			left = append(left, code)
			continue
		}
		if err := e.Outbox.Sent(doc.ID, []document.Code{code}, rows[i].SenderDocID); err != nil {
			return nil, err
		}
	}
	return left, nil
}
