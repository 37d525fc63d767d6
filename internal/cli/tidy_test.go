package cli

import (
	"context"
	"errors"
	"os"
	"strings"
	"testing"
	"time"

	"vanthu/internal/courier"
	"vanthu/store"
)

// orphan is a file that nothing names, as a crash leaves one, days old.
func orphan(t *testing.T, w *workplace, content string) store.Hash {
	t.Helper()
	h, _, err := w.store.PutBlob(strings.NewReader(content), 0)
	if err != nil {
		t.Fatal(err)
	}
	old := time.Now().Add(-72 * time.Hour)
	if err := os.Chtimes(w.store.BlobPath(h), old, old); err != nil {
		t.Fatal(err)
	}
	return h
}

// reopened is the same office in a new program.
func reopened(t *testing.T, w *workplace) *workplace {
	t.Helper()
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	again, err := openWorkplace(w.home, openOptions{})
	if err != nil {
		t.Fatal(err)
	}
	return again
}

func there(w *workplace, h store.Hash) bool {
	_, err := os.Stat(w.store.BlobPath(h))
	return err == nil
}

// TestTidyOnceADay: what a crash left goes, once a day, and nothing else.
func TestTidyOnceADay(t *testing.T) {
	w := newPlace(t)
	lost, kept := orphan(t, w, "lạc"), orphan(t, w, "còn việc")
	if err := w.store.Maintain(func(tx *store.Tx) error {
		return tx.Queue(store.Job{ID: "send/1", Kind: "send", Payload: []byte(`{"packet":"` + string(kept) + `"}`)})
	}); err != nil {
		t.Fatal(err)
	}
	w = reopened(t, w)
	defer func() { w.Close() }()
	now := time.Now()
	w.tidy.now = func() time.Time { return now }
	if next, err := w.tidy.once(t.Context()); next != tidyEvery || err != nil {
		t.Fatal(next, err)
	}
	if there(w, lost) || !there(w, kept) {
		t.Errorf("the lost one is there: %t, the named one: %t", there(w, lost), there(w, kept))
	}
	second := orphan(t, w, "lạc lần nữa")
	w = reopened(t, w)
	w.tidy.now = func() time.Time { return now }
	now = now.Add(23 * time.Hour)
	if next, err := w.tidy.once(t.Context()); next != time.Hour || err != nil || !there(w, second) {
		t.Errorf("the same day: next in %v, %v", next, err)
	}
	now = now.Add(time.Hour)
	if _, err := w.tidy.once(t.Context()); err != nil || there(w, second) {
		t.Errorf("the next day it is there: %t, %v", there(w, second), err)
	}
	now = now.Add(-400 * 24 * time.Hour) // the clock was set back: once too often is harmless
	if next, err := w.tidy.once(t.Context()); next != tidyEvery || err != nil {
		t.Error(next, err)
	}
}

// TestTidyWaitsForPackets: while a packet is on its way in nothing is removed; it
// is put, and named later, and stays.
func TestTidyWaitsForPackets(t *testing.T) {
	w := newPlace(t)
	lost := orphan(t, w, "lạc")
	w = reopened(t, w)
	defer func() { w.Close() }()
	put, name, named := make(chan store.Hash), make(chan struct{}), make(chan error)
	fetch := func(context.Context, store.Job, func(done, total int64)) error {
		h := orphan(t, w, "đang về") // as if the clock were wrong: its age tells nothing
		put <- h
		<-name
		return w.store.Maintain(func(tx *store.Tx) error { return tx.SetValue("test", string(h)) })
	}
	handle := w.watched(map[string]courier.Handler{"fetch": fetch})["fetch"]
	go func() { named <- handle(context.Background(), store.Job{}, nil) }()
	coming := <-put
	if next, err := w.tidy.once(t.Context()); next != tidyAgain || err != nil || !there(w, coming) || !there(w, lost) {
		t.Fatalf("beside a packet: next in %v, %v; the packet is there: %t, the lost one: %t", next, err, there(w, coming), there(w, lost))
	}
	close(name)
	if err := <-named; err != nil {
		t.Fatal(err)
	}
	if next, err := w.tidy.once(t.Context()); next != tidyEvery || err != nil || !there(w, coming) || there(w, lost) {
		t.Errorf("after it: next in %v, %v; the packet is there: %t, the lost one: %t", next, err, there(w, coming), there(w, lost))
	}
}

// TestTidyIsLeft: whoever leaves the program does not wait, and nothing is lost: the
// next program tidies.
func TestTidyIsLeft(t *testing.T) {
	w := newPlace(t)
	lost := orphan(t, w, "lạc")
	w = reopened(t, w)
	defer func() { w.Close() }()
	ctx, leave := context.WithCancel(t.Context())
	leave()
	if _, err := w.tidy.once(ctx); !errors.Is(err, context.Canceled) || !there(w, lost) {
		t.Errorf("left in the middle: %v", err)
	}
	if _, err := w.tidy.once(t.Context()); err != nil || there(w, lost) {
		t.Errorf("the next time: %v, the lost one is there: %t", err, there(w, lost))
	}
}

// TestEveryFetchIsWatched: the office's own handlers are the watched ones.
func TestEveryFetchIsWatched(t *testing.T) {
	handlers := map[string]courier.Handler{"fetch": nil, "send": nil}
	w := &workplace{tidy: &tidy{}}
	if got := w.watched(handlers); got["fetch"] == nil || got["send"] != nil {
		t.Error("another one is watched")
	}
}
