package exchange

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"unicode/utf8"

	"vanthu/internal/axis"
	"vanthu/internal/courier"
	"vanthu/internal/document"
	"vanthu/store"
)

// fetchJob is the payload of a "fetch" job.
type fetchJob struct {
	AxisID string           `json:"axisID"`
	From   document.Code    `json:"from"`
	To     document.Code    `json:"to"`
	Type   axis.MessageType `json:"messageType"`
}

// ackJob is the payload of an "ack" job.
type ackJob struct {
	AxisID string               `json:"axisID"`
	Status axis.TransportStatus `json:"status"`
}

// maxAxisID is the longest docId taken, in bytes. The axis's are UUIDs; a longer
// one, or one that is no text, can name no job.
const maxAxisID = 500

// Poll asks the axis what waits for the office and queues a fetch job for every
// copy not known yet; statuses are listed first. A known copy that is still
// listed has lost its acknowledgement, which is queued again. Once a day the
// directory is queued as well.
func (e *Exchange) Poll(ctx context.Context) error {
	if e.Axis == nil {
		return courier.ErrOffline
	}
	if err := e.queueAgencies(); err != nil {
		return classify(err)
	}
	for _, t := range []axis.MessageType{axis.StatusMessage, axis.Edoc} {
		rows, err := e.Axis.Received(ctx, t)
		if err == nil {
			err = e.queueFetches(rows)
		}
		if err != nil {
			return classify(fmt.Errorf("poll %s: %w", t, err))
		}
	}
	return classify(e.Outbox.Requeue())
}

func (e *Exchange) queueFetches(rows []axis.Received) error {
	var jobs []store.Job
	for _, r := range rows {
		if !e.ours(r.To) || len(r.DocID) > maxAxisID || !utf8.ValidString(r.DocID) {
			continue
		}
		j, err := e.jobFor(r)
		if err != nil {
			return err
		}
		if j.ID != "" {
			jobs = append(jobs, j)
		}
	}
	return e.queue(jobs)
}

// queue writes jobs in one technical transaction, none when all are open.
func (e *Exchange) queue(jobs []store.Job) error {
	var fresh []store.Job
	err := e.Store.View(func(tx *store.Tx) error {
		for _, j := range jobs {
			if _, err := tx.Job(j.ID); errors.Is(err, store.ErrNotFound) {
				fresh = append(fresh, j)
			} else if err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil || len(fresh) == 0 {
		return err
	}
	return e.Store.Maintain(func(tx *store.Tx) error {
		for _, j := range fresh {
			if err := tx.Queue(j); err != nil {
				return err
			}
		}
		return nil
	})
}

// jobFor is what a listed copy needs; the zero Job is nothing.
func (e *Exchange) jobFor(r axis.Received) (store.Job, error) {
	mark, known, err := e.known(r.DocID)
	switch {
	case err != nil:
		return store.Job{}, err
	case !known:
		return newJob("fetch/"+r.DocID, "fetch", fetchJob{AxisID: r.DocID, From: r.From, To: r.To, Type: r.Type})
	case r.Status == axis.Done || r.Status == axis.Fail:
		return store.Job{}, nil
	}
	return newJob("ack/"+r.DocID, "ack", ackJob{AxisID: r.DocID, Status: mark})
}

// known tells whether a copy was taken in, and how it was acknowledged.
func (e *Exchange) known(axisID string) (axis.TransportStatus, bool, error) {
	doc, ok, err := e.Inbox.ByAxisID(axisID)
	if err != nil || ok {
		if doc.Unreadable {
			return axis.Fail, ok, err
		}
		return axis.Done, ok, err
	}
	f, ok, err := e.Outbox.StatusByAxisID(axisID)
	if f.Unreadable {
		return axis.Fail, ok, err
	}
	return axis.Done, ok, err
}

func newJob(id, kind string, payload any) (store.Job, error) {
	b, err := json.Marshal(payload)
	return store.Job{ID: id, Kind: kind, Payload: b}, err
}
