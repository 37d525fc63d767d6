package store

import (
	"errors"
	"fmt"
	"testing"
	"time"
)

// note is the record of these tests.
type note struct {
	ID    string  `json:"id"`
	Text  string  `json:"text"`
	Tags  []Entry `json:"tags,omitempty"`
	Files []Hash  `json:"files,omitempty"`
}

func (n note) Kind() string   { return "note" }
func (n note) Key() string    { return n.ID }
func (n note) Index() []Entry { return n.Tags }
func (n note) Blobs() []Hash  { return n.Files }

func testClock() time.Time { return time.Date(2026, 11, 21, 9, 30, 0, 0, time.UTC) }

func openTest(t testing.TB, dir string) *Store {
	t.Helper()
	s, err := Open(dir, Options{Clock: testClock})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

func update(t testing.TB, s *Store, what string, fn func(*Tx) error) {
	t.Helper()
	if err := s.Update(Act{Who: "Lan", What: what}, fn); err != nil {
		t.Fatal(err)
	}
}

func TestActIsOneTransaction(t *testing.T) {
	dir := t.TempDir()
	s := openTest(t, dir)
	book := Book{"den", 2026}
	update(t, s, "register", func(tx *Tx) error {
		tx.About("a")
		n, err := tx.Enter(book, "2026-11-21", "a", func(n int) any { return n })
		if err != nil || n != 1 {
			return fmt.Errorf("number %d: %w", n, err)
		}
		if err := tx.Queue(Job{ID: "ack/1", Kind: "ack"}); err != nil {
			return err
		}
		return tx.Put(note{ID: "a", Text: "one", Tags: []Entry{{"state", "received"}}})
	})
	stop := errors.New("stop")
	err := s.Update(Act{What: "register"}, func(tx *Tx) error {
		if _, err := tx.Enter(book, "2026-11-21", "b", nil); err != nil {
			return err
		}
		return stop
	})
	if !errors.Is(err, stop) {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	s = openTest(t, dir)
	err = s.View(func(tx *Tx) error {
		list, err := List[note](tx, Window{Index: "state", Prefix: "received"})
		if err != nil || len(list) != 1 || list[0].Text != "one" {
			t.Errorf("list %v %v", list, err)
		}
		if n := tx.LastNumber(book); n != 1 {
			t.Errorf("last number %d", n)
		}
		if n := tx.CountJobs(); n != 1 {
			t.Errorf("%d jobs", n)
		}
		for e, err := range tx.JournalOf("a") {
			if err != nil || e.What != "register" || e.Seq != 1 || e.Hash != e.sum() {
				t.Errorf("journal %v %v", e, err)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Open(dir, Options{}); !errors.Is(err, ErrLocked) {
		t.Errorf("second open: %v", err)
	}
}
