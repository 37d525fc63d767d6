package store

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
)

func TestPanicOfACallerIsItsOwn(t *testing.T) {
	s := openTest(t, t.TempDir())
	func() {
		defer func() {
			if r := recover(); r != "mine" {
				t.Errorf("recovered %v", r)
			}
		}()
		_ = s.Update(Act{What: "x"}, func(tx *Tx) error {
			if err := tx.Put(note{ID: "a"}); err != nil {
				return err
			}
			for range tx.Keys("note", Window{}) {
				panic("mine")
			}
			return nil
		})
	}()
	err := s.View(func(tx *Tx) error {
		if n := tx.Count("note", "", ""); n != 0 {
			t.Errorf("%d records of the act that panicked", n)
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
	update(t, s, "go on", func(tx *Tx) error { return tx.Put(note{ID: "b"}) })
}

// TestBrokenStoreRefusesAndGivesItsLockBack: after a commit whose outcome is open
// nothing more is done until the store is opened anew.
func TestBrokenStoreRefusesAndGivesItsLockBack(t *testing.T) {
	dir := t.TempDir()
	s := openTest(t, dir)
	update(t, s, "put", func(tx *Tx) error { return tx.Put(note{ID: "a"}) })
	s.fail(damaged("the disk failed"))
	if err := s.Update(Act{What: "x"}, func(*Tx) error { return nil }); !errors.Is(err, ErrDamaged) {
		t.Errorf("update: %v", err)
	}
	if err := s.View(func(*Tx) error { return nil }); !errors.Is(err, ErrDamaged) {
		t.Errorf("view: %v", err)
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
	noFaults(t, openTest(t, dir))
}

func TestTxAfterItsEnd(t *testing.T) {
	s := openTest(t, t.TempDir())
	var kept *Tx
	update(t, s, "x", func(tx *Tx) error { kept = tx; return nil })
	if err := kept.Put(note{ID: "a"}); !errors.Is(err, ErrClosed) {
		t.Errorf("put: %v", err)
	}
	if err := kept.Get("a", &note{}); !errors.Is(err, ErrClosed) {
		t.Errorf("get: %v", err)
	}
	for range kept.Jobs() {
		break
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
	if err := s.View(func(*Tx) error { return nil }); !errors.Is(err, ErrClosed) {
		t.Errorf("view: %v", err)
	}
}

func TestReadOnly(t *testing.T) {
	s := openTest(t, t.TempDir())
	for name, fn := range map[string]func(*Tx) error{
		"put":      func(tx *Tx) error { return tx.Put(note{ID: "a"}) },
		"delete":   func(tx *Tx) error { return tx.Delete("note", "a") },
		"queue":    func(tx *Tx) error { return tx.Queue(Job{ID: "a", Kind: "k"}) },
		"finish":   func(tx *Tx) error { return tx.FinishJob("a") },
		"setValue": func(tx *Tx) error { return tx.SetValue("a", 1) },
	} {
		if err := s.View(fn); !errors.Is(err, ErrReadOnly) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestPutRefusesBeforeItWrites(t *testing.T) {
	s := openTest(t, t.TempDir())
	long := strings.Repeat("x", maxValue+1)
	for name, n := range map[string]note{
		"no key":       {},
		"long key":     {ID: long},
		"key of bytes": {ID: "\xff"},
		"no index":     {ID: "a", Tags: []Entry{{"", "v"}}},
		"long value":   {ID: "a", Tags: []Entry{{"i", long}}},
		"no hash":      {ID: "a", Files: []Hash{"../../etc/passwd"}},
	} {
		update(t, s, "try", func(tx *Tx) error {
			if err := tx.Put(n); !errors.Is(err, ErrInvalid) {
				t.Errorf("%s: %v", name, err)
			}
			return nil // a refusal spoils nothing: the act goes on
		})
	}
	err := s.Update(Act{What: "x"}, func(tx *Tx) error {
		return tx.Put(note{ID: "a", Files: []Hash{Hash(strings.Repeat("ab", 32))}})
	})
	if !errors.Is(err, ErrNotFound) {
		t.Errorf("missing blob: %v", err)
	}
	noFaults(t, s)
}

func TestWritingInsideALoop(t *testing.T) {
	s := openTest(t, t.TempDir())
	const n = 300
	update(t, s, "fill", func(tx *Tx) error {
		for i := range n {
			if err := tx.Put(note{ID: fmt.Sprintf("%03d", i), Tags: []Entry{{"state", "old"}}}); err != nil {
				return err
			}
		}
		return nil
	})
	for _, newest := range []bool{false, true} {
		from, to := "old", "new"
		if newest {
			from, to = to, from
		}
		update(t, s, "move", func(tx *Tx) error {
			var seen []string
			for _, key := range tx.Keys("note", Window{Index: "state", Prefix: from, Newest: newest}) {
				seen = append(seen, key)
				if err := tx.Put(note{ID: key, Tags: []Entry{{"state", to}}}); err != nil {
					return err
				}
			}
			if slices.Sort(seen); len(slices.Compact(seen)) != n {
				t.Errorf("saw %d of %d", len(seen), n)
			}
			return nil
		})
	}
	noFaults(t, s)
}

// TestEmptiedPages: pages emptied in the same transaction neither end a list early
// nor hang it.
func TestEmptiedPages(t *testing.T) {
	s := openTest(t, t.TempDir())
	const n = 400
	key := func(i int) string { return fmt.Sprintf("%04d", i) }
	update(t, s, "fill", func(tx *Tx) error {
		for i := range n {
			if err := tx.Put(note{ID: key(i), Text: strings.Repeat("x", 300), Tags: []Entry{{"i", key(i)}}}); err != nil {
				return err
			}
		}
		return nil
	})
	update(t, s, "empty", func(tx *Tx) error {
		left := n
		for i := range n {
			if i%97 != 5 { // leave a few far apart
				left--
				if err := tx.Delete("note", key(i)); err != nil {
					return err
				}
			}
		}
		for _, w := range []Window{{}, {Newest: true}, {Index: "i"}, {Index: "i", Newest: true}} {
			if got, err := List[note](tx, w); err != nil || len(got) != left {
				t.Errorf("%+v: %d of %d, %v", w, len(got), left, err)
			}
		}
		for i := range n {
			if i%97 == 5 {
				if err := tx.Delete("note", key(i)); err != nil {
					return err
				}
			}
		}
		for _, w := range []Window{{}, {Newest: true}, {Index: "i"}, {Index: "i", Newest: true}} {
			if got, err := List[note](tx, w); err != nil || len(got) != 0 {
				t.Errorf("%+v: %d of none, %v", w, len(got), err)
			}
		}
		return nil
	})
	noFaults(t, s)
}

func TestMaintainLeavesNoEntry(t *testing.T) {
	s := openTest(t, t.TempDir())
	if err := s.Maintain(func(tx *Tx) error { return tx.SetValue("a", []int{1, 2}) }); err != nil {
		t.Fatal(err)
	}
	err := s.View(func(tx *Tx) error {
		for e := range tx.Journal(0) {
			t.Errorf("entry %+v", e)
		}
		var v []int
		if err := tx.Value("a", &v); err != nil || !slices.Equal(v, []int{1, 2}) {
			t.Errorf("value %v %v", v, err)
		}
		if err := tx.Value("b", &v); !errors.Is(err, ErrNotFound) {
			t.Errorf("missing value: %v", err)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestWatch(t *testing.T) {
	s := openTest(t, t.TempDir())
	commits, stop := s.Watch()
	for range 3 {
		update(t, s, "x", func(*Tx) error { return nil })
	}
	<-commits
	select {
	case <-commits:
		t.Error("three commits made two signals")
	default:
	}
	stop()
	update(t, s, "x", func(*Tx) error { return nil })
	select {
	case <-commits:
		t.Error("signal after stop")
	default:
	}
}

func TestWindowOfAnotherList(t *testing.T) {
	s := openTest(t, t.TempDir())
	err := s.View(func(tx *Tx) error {
		_, err := List[note](tx, Window{Index: "i", After: "!!"})
		return err
	})
	if !errors.Is(err, ErrInvalid) {
		t.Errorf("cursor of nowhere: %v", err)
	}
}

func TestJobs(t *testing.T) {
	s := openTest(t, t.TempDir())
	job := Job{ID: "send/1", Kind: "send", Payload: []byte(`1`)}
	update(t, s, "queue", func(tx *Tx) error { return tx.Queue(job) })
	job.Payload = []byte(`2`)
	update(t, s, "queue again", func(tx *Tx) error {
		if err := tx.Queue(job); err != nil {
			return err
		}
		got, err := tx.Job(job.ID)
		if string(got.Payload) != `1` || got.State != Waiting || !got.Created.Equal(testClock()) {
			t.Errorf("job %+v", got)
		}
		got.State, got.Reason = Held, "từ chối"
		decoy := Job{ID: "send/2", Kind: "send", Payload: []byte(`{"state":"held"}`)}
		return errors.Join(err, tx.SaveJob(got), tx.Queue(decoy))
	})
	update(t, s, "count", func(tx *Tx) error {
		if waiting, held := tx.CountStates(); waiting != 1 || held != 1 || tx.CountJobs() != 2 {
			t.Errorf("%d jobs waiting, %d held, %d in all", waiting, held, tx.CountJobs())
		}
		return tx.FinishJob("send/2")
	})
	update(t, s, "finish", func(tx *Tx) error {
		if err := errors.Join(tx.FinishJob(job.ID), tx.FinishJob(job.ID)); err != nil {
			return err
		}
		if err := tx.SaveJob(job); !errors.Is(err, ErrNotFound) {
			t.Errorf("saving a finished job: %v", err)
		}
		if err := tx.Queue(Job{ID: "x"}); !errors.Is(err, ErrInvalid) {
			t.Errorf("job without a kind: %v", err)
		}
		return nil
	})
}
