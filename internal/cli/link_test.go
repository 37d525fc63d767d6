package cli

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"vanthu/store"
)

// fill queues jobs; every seventh needs the clerk.
func fill(t testing.TB, w *workplace, n int) (waiting, held []string) {
	t.Helper()
	err := w.store.Maintain(func(tx *store.Tx) error {
		for i := range n {
			j := store.Job{ID: fmt.Sprintf("send/%05d", i), Kind: "send", State: store.Waiting}
			if i%7 == 3 {
				j.State, j.Class = store.Held, "rejected"
				held = append(held, j.ID)
			} else {
				waiting = append(waiting, j.ID)
			}
			if err := tx.Queue(j); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return waiting, held
}

// TestJobPages: whatever the size of a page, the pages together are the queue:
// what runs, what needs the clerk, the rest, each once.
func TestJobPages(t *testing.T) {
	w := newOwner(t)
	waiting, held := fill(t, w, 61)
	running := []store.Job{{ID: waiting[5], Kind: "send", State: store.Waiting, Done: 5, Total: 10}, {ID: waiting[40], Kind: "send", State: store.Waiting}}
	want := append([]string{waiting[5], waiting[40]}, held...)
	for _, id := range waiting {
		if !contains(running, id) {
			want = append(want, id)
		}
	}
	for _, limit := range []int{2, 3, 7, 11, 61, 100} {
		var got []string
		for after := store.Cursor(""); ; {
			page, next, err := w.jobPage(after, limit, running)
			if err != nil || len(page) > limit || next != "" && len(page) < limit {
				t.Fatalf("by %d after %q: %d jobs, then %q, %v", limit, after, len(page), next, err)
			}
			for _, j := range page {
				got = append(got, j.ID)
			}
			if after = next; next == "" {
				break
			}
		}
		if !slices.Equal(got, want) {
			t.Errorf("by %d:\n got %v\nwant %v", limit, got, want)
		}
	}
}

// TestJobsOfTheScreen: rows that need the clerk say so.
func TestJobsOfTheScreen(t *testing.T) {
	w := newOwner(t)
	fill(t, w, 9)
	rows, next, err := link{place: w}.Jobs("", 3)
	if err != nil || next == "" || len(rows) != 3 || !rows[0].Held || rows[0].Reason == "" || rows[2].Held || rows[0].Running {
		t.Errorf("%+v, %q, %v", rows, next, err)
	}
}

// TestClockIsRemembered: a program that never asks the axis still knows that the
// clock is wrong, for a day.
func TestClockIsRemembered(t *testing.T) {
	w := newOwner(t)
	now := time.Date(2026, 11, 21, 8, 0, 0, 0, time.UTC)
	skew := 7 * time.Minute
	c := &axisClock{store: w.store, now: func() time.Time { return now }, ask: func() (time.Duration, bool) { return skew, true }}
	c.keep()
	later := func(by time.Duration) (time.Duration, bool) {
		other := &axisClock{store: w.store, now: func() time.Time { return now.Add(by) }}
		if err := other.recall(); err != nil {
			t.Fatal(err)
		}
		return other.skew()
	}
	if d, ok := later(time.Hour); d != skew || !ok {
		t.Errorf("an hour later %v, %t", d, ok)
	}
	if d, ok := later(48 * time.Hour); ok {
		t.Errorf("two days later still %v", d)
	}
	skew = 2 * time.Second // set right
	c.keep()
	if d, ok := later(time.Hour); d != skew || !ok {
		t.Errorf("after it was set right %v, %t", d, ok)
	}
	w.clock = c
	if got := w.linkState().Skew; got != 0 {
		t.Errorf("two seconds are shown as %v", got)
	}
	skew = -6 * time.Minute
	if got := w.linkState().Skew; got != skew {
		t.Errorf("six minutes are shown as %v", got)
	}
}

// TestClockWritesSeldom: an idle office writes nothing about a clock that stays.
func TestClockWritesSeldom(t *testing.T) {
	w := newOwner(t)
	now := time.Now()
	c := &axisClock{store: w.store, now: func() time.Time { return now }, ask: func() (time.Duration, bool) { return 3 * time.Second, true }}
	c.keep()
	commits, stop := w.store.Watch()
	defer stop()
	for range 100 {
		now = now.Add(5 * time.Minute)
		c.keep()
	}
	select {
	case <-commits:
		t.Error("it was written again")
	default:
	}
}

func TestHourComesNext(t *testing.T) {
	at := func(s string) time.Time {
		t.Helper()
		m, err := time.Parse(time.RFC3339, s)
		if err != nil {
			t.Fatal(err)
		}
		return m
	}
	for _, c := range []struct{ hour, now, want string }{
		{"14:00", "2026-11-21T08:00:00+07:00", "2026-11-21T14:00:00+07:00"},
		{"14:00", "2026-11-21T14:00:00+07:00", "2026-11-22T14:00:00+07:00"},
		{"6:30", "2026-12-31T23:00:00+07:00", "2027-01-01T06:30:00+07:00"},
		{"01:00", "2026-11-21T17:30:00Z", "2026-11-22T01:00:00+07:00"}, // half past midnight here
	} {
		var h hour
		if err := h.UnmarshalText([]byte(c.hour)); err != nil {
			t.Fatal(err)
		}
		if got := h.next(at(c.now)); !got.Equal(at(c.want)) {
			t.Errorf("%s after %s: %v", c.hour, c.now, got)
		}
	}
	var h hour
	if !h.next(at("2026-11-21T08:00:00Z")).IsZero() {
		t.Error("no hour has a moment")
	}
	for _, bad := range []string{"", "25:00", "14", "14h", "14:60"} {
		if err := h.UnmarshalText([]byte(bad)); err == nil {
			t.Errorf("%q was read", bad)
		}
	}
}

// BenchmarkQueuePage opens a queue of 20,000 jobs.
func BenchmarkQueuePage(b *testing.B) {
	w := newOwner(b)
	fill(b, w, 20_000)
	l := link{place: w}
	for b.Loop() {
		if rows, _, err := l.Jobs("", 100); len(rows) != 100 || err != nil {
			b.Fatal(len(rows), err)
		}
	}
}
