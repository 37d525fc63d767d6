package store

import (
	"fmt"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// TestJobPage: pages put together are all jobs of the state, each once and in
// order, whatever their payloads say and however long the pages are.
func TestJobPage(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		s := openTest(t, t.TempDir())
		want := map[JobState][]string{}
		n := rapid.IntRange(0, 30).Draw(rt, "jobs")
		err := s.Maintain(func(tx *Tx) error {
			for i := range n {
				j := Job{ID: fmt.Sprintf("send/%02d", i), Kind: "send", State: Waiting, Payload: []byte(`{"state":"held"}`)}
				if rapid.Bool().Draw(rt, "held") {
					j.State, j.Payload = Held, []byte(`{"x":"\"state\":\"waiting\""}`)
				}
				want[j.State] = append(want[j.State], j.ID)
				if err := tx.Queue(j); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			rt.Fatal(err)
		}
		limit := rapid.IntRange(1, 9).Draw(rt, "limit")
		for _, state := range []JobState{Waiting, Held} {
			if got := allPages(rt, s, state, limit); !slices.Equal(got, want[state]) {
				rt.Errorf("%s by %d: %v; want %v", state, limit, got, want[state])
			}
		}
	})
}

func allPages(t *rapid.T, s *Store, state JobState, limit int) []string {
	var ids []string
	for after := ""; ; after = ids[len(ids)-1] {
		var page []Job
		err := s.View(func(tx *Tx) (err error) {
			page, err = tx.JobPage(state, after, limit)
			return err
		})
		if err != nil || len(page) > limit {
			t.Fatal(len(page), err)
		}
		for _, j := range page {
			ids = append(ids, j.ID)
		}
		if len(page) < limit {
			return ids
		}
	}
}

// TestJobPageSaysDamage: a job that cannot be read is not passed over.
func TestJobPageSaysDamage(t *testing.T) {
	s := openTest(t, t.TempDir())
	if err := s.Maintain(func(tx *Tx) error { return tx.Queue(Job{ID: "a", Kind: "send", State: Held}) }); err != nil {
		t.Fatal(err)
	}
	if err := s.Maintain(func(tx *Tx) error {
		b, err := bucket(tx.b, bucketJobs)
		if err != nil {
			return err
		}
		_, v := b.Cursor().First()
		worse := append([]byte(nil), v...)
		worse[len(worse)-1] ^= 1
		return b.Put([]byte("a"), worse)
	}); err != nil {
		t.Fatal(err)
	}
	for _, state := range []JobState{Waiting, Held} {
		err := s.View(func(tx *Tx) error {
			_, err := tx.JobPage(state, "", 5)
			return err
		})
		if err == nil {
			t.Errorf("%s: a damaged job was read", state)
		}
	}
}
