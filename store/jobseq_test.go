package store

import (
	"testing"
	"time"
)

// TestJobsAreNumberedAsQueued: whatever the clock says, over restarts, and when a
// job comes back under the same id; saving keeps the number.
func TestJobsAreNumberedAsQueued(t *testing.T) {
	dir := t.TempDir()
	var last uint64
	for _, hour := range []int{12, 7, 20} {
		s, err := Open(dir, Options{Clock: func() time.Time { return time.Date(2026, 11, 21, hour, 0, 0, 0, time.UTC) }})
		if err != nil {
			t.Fatal(err)
		}
		for range 3 {
			update(t, s, "queue", func(tx *Tx) error {
				if err := tx.Queue(Job{ID: "a", Kind: "send", Seq: 1}); err != nil {
					return err
				}
				j, err := tx.Job("a")
				if err != nil || j.Seq <= last {
					t.Errorf("%d after %d: %v", j.Seq, last, err)
				}
				last = j.Seq
				return tx.SaveJob(j)
			})
			update(t, s, "finish", func(tx *Tx) error {
				if j, err := tx.Job("a"); err != nil || j.Seq != last {
					t.Errorf("saved as %d, want %d: %v", j.Seq, last, err)
				}
				return tx.FinishJob("a")
			})
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
}
