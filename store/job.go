package store

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"time"

	bolt "go.etcd.io/bbolt"
)

// JobState is the state of an open job; a finished one is gone.
type JobState string

// The states of a job.
const (
	Waiting JobState = "waiting" // runs when it is due and the link is there
	Held    JobState = "held"    // needs the clerk
)

// Job is work for the link, queued in the transaction that makes it necessary
// (transactional outbox).
type Job struct {
	ID       string          `json:"id"` // stable: queuing the same work twice is harmless
	Kind     string          `json:"kind"`
	Record   string          `json:"record,omitempty"`
	Urgency  int             `json:"urgency,omitempty"`
	Size     int64           `json:"size,omitempty"` // bytes to move, about
	Created  time.Time       `json:"created"`
	Seq      uint64          `json:"seq,omitempty"`    // order of queuing, whatever the clock said; 0 in old stores
	NextTry  time.Time       `json:"nextTry,omitzero"` // zero: at once
	Attempts int             `json:"attempts,omitempty"`
	State    JobState        `json:"state"`
	Class    string          `json:"class,omitempty"`  // of the last error
	Reason   string          `json:"reason,omitempty"` // of the last error
	Done     int64           `json:"done,omitempty"`   // bytes
	Total    int64           `json:"total,omitempty"`  // bytes
	Payload  json.RawMessage `json:"payload,omitempty"`
}

// Queue adds a job, numbers it and fills in Created and State when they are
// missing. An open job with the same ID is kept as it is.
func (tx *Tx) Queue(j Job) error {
	if err := tx.may(maintaining); err != nil {
		return inJob(j.ID, err)
	}
	_, err := tx.Job(j.ID)
	if err == nil || !errors.Is(err, ErrNotFound) {
		return err
	}
	if j.Created.IsZero() {
		j.Created = tx.now.Round(0)
	}
	if j.State == "" {
		j.State = Waiting
	}
	err = tx.writing(bucketJobs, func(b *bolt.Bucket) (err error) {
		j.Seq, err = b.NextSequence()
		return err
	})
	if err != nil {
		return inJob(j.ID, err)
	}
	return tx.writeJob(j)
}

// Job reads an open job. ErrNotFound.
func (tx *Tx) Job(id string) (Job, error) {
	var j Job
	err := checkName("job id", id, maxKey)
	if err == nil {
		err = tx.getJSON(bucketJobs, []byte(id), &j)
	}
	return j, inJob(id, err)
}

// SaveJob replaces an open job. ErrNotFound when it was finished meanwhile: a
// finished job does not come back.
func (tx *Tx) SaveJob(j Job) error {
	if _, err := tx.Job(j.ID); err != nil {
		return err
	}
	return tx.writeJob(j)
}

func (tx *Tx) writeJob(j Job) error {
	err := checkName("kind", j.Kind, maxName)
	if err == nil && j.State != Waiting && j.State != Held {
		err = invalid("state %q", j.State)
	}
	if err == nil {
		err = tx.putJSON(bucketJobs, []byte(j.ID), j)
	}
	if err == nil {
		j.Payload = nil
		tx.changed(j.ID, &j)
	}
	return inJob(j.ID, err)
}

// FinishJob removes a job. One that is gone already is no error.
func (tx *Tx) FinishJob(id string) error {
	err := checkName("job id", id, maxKey)
	if err == nil {
		err = tx.remove(bucketJobs, []byte(id))
	}
	if err == nil {
		tx.changed(id, nil)
	}
	return inJob(id, err)
}

// Jobs walks the open jobs in the order of their ids.
func (tx *Tx) Jobs() iter.Seq2[Job, error] {
	return func(yield func(Job, error) bool) {
		for p, err := range tx.scan(span{bucket: bucketJobs}) {
			var j Job
			if err == nil {
				j, err = readJob(p)
			}
			if !yield(j, err) || err != nil {
				return
			}
		}
	}
}

func readJob(p pair) (Job, error) {
	var j Job
	payload, err := unseal(bucketJobs, p.key, p.value)
	if err == nil {
		err = decode(payload, &j)
	}
	return j, err
}

// CountJobs counts the open jobs, waiting and held, without reading them.
func (tx *Tx) CountJobs() int {
	return tx.count(span{bucket: bucketJobs}, func(pair) bool { return true })
}

// CountStates counts the open jobs by state. It reads only those that need the
// clerk, and the few whose payload happens to say the same.
func (tx *Tx) CountStates() (waiting, held int) {
	mark := []byte(`"state":"` + string(Held) + `"`)
	all := tx.count(span{bucket: bucketJobs}, func(p pair) bool {
		if bytes.Contains(p.value, mark) {
			if j, err := readJob(p); err == nil && j.State == Held {
				held++
			}
		}
		return true
	})
	return all - held, held
}

func inJob(id string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("job %s: %w", id, err)
}
