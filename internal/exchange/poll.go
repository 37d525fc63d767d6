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

// Bounds of reading a list of waiting copies. Nothing is known of how an axis
// pages it (axis.md §7): one that was not asked for months, or repeats itself
// for ever, must neither fill the memory nor keep the jobs from running.
const (
	listChunk = 500    // rows read before their jobs are queued
	listMost  = 50_000 // rows of one poll; the others stay listed until the next
)

// errEnough ends a list that is longer than one poll takes in.
var errEnough = errors.New("enough rows")

// Poll asks the axis what waits for the office and queues a fetch job for every
// copy not known yet; statuses are listed first. A known copy that is still
// listed has lost its acknowledgement, which is queued again. Once a day the
// directory is queued as well.
//
// A list that breaks off after it named new work is no failed poll: on a line
// that never carries it to its end, the work it named goes first.
func (e *Exchange) Poll(ctx context.Context) error {
	if e.Axis == nil {
		return courier.ErrOffline
	}
	if err := e.queueAgencies(); err != nil {
		return classify(err)
	}
	for _, t := range []axis.MessageType{axis.StatusMessage, axis.Edoc} {
		l := listed{exchange: e}
		err := l.read(ctx, t)
		switch {
		case errors.Is(err, axis.ErrOffline) && l.queued > 0:
			return nil
		case err != nil:
			return classify(fmt.Errorf("poll %s: %w", t, err))
		}
	}
	return classify(errors.Join(e.Outbox.Requeue(), e.SweepParts()))
}

// listed takes in a list of waiting copies as it arrives.
type listed struct {
	exchange *Exchange
	rows     int
	jobs     []store.Job // not queued yet
	queued   int         // new ones
}

// read reads a list to its end or as far as one poll goes. What an answer listed
// that turned out to be none of the axis's is dropped, but for whole chunks
// before: a job for a copy that is not there ends by itself.
func (l *listed) read(ctx context.Context, t axis.MessageType) error {
	err := l.exchange.Axis.EachReceived(ctx, t, l.take)
	switch {
	case errors.Is(err, errEnough), errors.Is(err, axis.ErrOffline):
		return errors.Join(l.flush(), except(err, errEnough))
	case err != nil:
		return err
	}
	return l.flush()
}

func except(err, harmless error) error {
	if errors.Is(err, harmless) {
		return nil
	}
	return err
}

// take takes one row: it is ours, and can name a job.
func (l *listed) take(r axis.Received) error {
	if l.rows++; l.rows > listMost {
		return errEnough
	}
	if !l.exchange.ours(r.To) || r.DocID == "" || len(r.DocID) > maxAxisID || !utf8.ValidString(r.DocID) {
		return nil
	}
	j, err := l.exchange.jobFor(r)
	if err != nil || j.ID == "" {
		return err
	}
	if l.jobs = append(l.jobs, j); len(l.jobs) < listChunk {
		return nil
	}
	return l.flush()
}

func (l *listed) flush() error {
	n, err := l.exchange.queue(l.jobs)
	l.queued += n
	l.jobs = l.jobs[:0]
	return err
}

// queue writes jobs in one technical transaction, none when all are open, and
// tells how many are new.
func (e *Exchange) queue(jobs []store.Job) (int, error) {
	fresh, err := e.fresh(jobs)
	if err != nil || len(fresh) == 0 {
		return 0, err
	}
	return len(fresh), e.Store.Maintain(func(tx *store.Tx) error {
		for _, j := range fresh {
			if err := tx.Queue(j); err != nil {
				return err
			}
		}
		return nil
	})
}

// fresh are the jobs that are not open yet, each once.
func (e *Exchange) fresh(jobs []store.Job) (fresh []store.Job, err error) {
	seen := map[string]bool{}
	err = e.Store.View(func(tx *store.Tx) error {
		for _, j := range jobs {
			_, err := tx.Job(j.ID)
			if err != nil && !errors.Is(err, store.ErrNotFound) {
				return err
			}
			if err != nil && !seen[j.ID] {
				fresh = append(fresh, j)
			}
			seen[j.ID] = true
		}
		return nil
	})
	return fresh, err
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
