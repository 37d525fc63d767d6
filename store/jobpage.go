package store

import (
	"bytes"
	"fmt"
)

// JobPage reads at most limit open jobs of one state, in the order of their ids
// and after the one named, "" being the beginning. A page of waiting jobs costs
// what it shows; a page of held ones looks at all open jobs but reads only those
// it shows: 20,000 cost a few milliseconds.
func (tx *Tx) JobPage(state JobState, after string, limit int) ([]Job, error) {
	var list []Job
	var err error
	if state == Held {
		list, err = tx.heldPage(after, limit)
	} else {
		list, err = tx.jobPage(state, after, limit)
	}
	if err != nil {
		return nil, fmt.Errorf("%s jobs: %w", state, err)
	}
	return list, nil
}

func (tx *Tx) jobPage(state JobState, after string, limit int) ([]Job, error) {
	var list []Job
	s := span{bucket: bucketJobs}
	if after != "" {
		s.after = []byte(after)
	}
	for p, err := range tx.scan(s) {
		var j Job
		if err == nil {
			j, err = readJob(p)
		}
		if err != nil {
			return nil, err
		}
		if j.State == state {
			list = append(list, j)
		}
		if len(list) >= limit {
			break
		}
	}
	return list, nil
}

// heldPage finds held jobs as CountStates does, without copying the others.
func (tx *Tx) heldPage(after string, limit int) (list []Job, err error) {
	mark := []byte(`"state":"` + string(Held) + `"`)
	tx.count(span{bucket: bucketJobs}, func(p pair) bool {
		if err != nil || len(list) >= limit || string(p.key) <= after || !bytes.Contains(p.value, mark) {
			return false
		}
		j, bad := readJob(p)
		if err = bad; err == nil && j.State == Held {
			list = append(list, j)
		}
		return false
	})
	return list, err
}
