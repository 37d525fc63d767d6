package exchange

import (
	"context"
	"encoding/json"
	"fmt"

	"vanthu/internal/axis"
	"vanthu/internal/document"
	"vanthu/store"
)

// statusJob is the payload of a "status" job: the fixed bytes and who gets them.
type statusJob struct {
	Packet store.Hash    `json:"packet"`
	Size   int64         `json:"size"`
	To     document.Code `json:"to"`
}

// status sends a report. A repetition after a lost answer is harmless: receivers
// drop a status they have (axis.md §5.2).
func (e *Exchange) status(ctx context.Context, j store.Job, progress func(done, total int64)) error {
	var p statusJob
	if err := json.Unmarshal(j.Payload, &p); err != nil {
		return fmt.Errorf("status job: %w", err)
	}
	base, err := e.part(j.ID)
	if err != nil {
		return err
	}
	to := []document.Code{p.To}
	if _, err = e.post(ctx, parcel{axis.StatusMessage, p.Packet, p.Size, base, true}, to, progress); err != nil {
		return err
	}
	return axis.RemovePart(base)
}

// parcel is a packet of the store on its way out.
type parcel struct {
	kind   axis.MessageType
	packet store.Hash
	size   int64
	part   string // where an upload is kept between tries
	urgent bool
}

// post sends a packet to its recipients.
func (e *Exchange) post(ctx context.Context, p parcel, to []document.Code, progress func(done, total int64)) (string, error) {
	f, err := e.Store.OpenBlob(p.packet)
	if err != nil {
		return "", err
	}
	defer f.Close()
	return e.Axis.Send(ctx, axis.Message{
		From: e.Outbox.Agency.Code, Type: p.kind, To: to,
		Body: f, Size: p.size, Part: p.part, Urgent: p.urgent, Progress: progress,
	})
}
