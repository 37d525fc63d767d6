package cli

import (
	"context"
	"errors"
	"sync"
	"time"

	"vanthu/internal/courier"
	"vanthu/store"
)

// tidy removes the files of the store that nothing names any more, once a day.
//
// The store itself never removes a file put since it was opened, nor one that a
// record, job, value or register line names; a packet on its way in is both new
// and, until its record is written, unnamed. Beside that nothing is removed
// while a packet is being fetched, and none is fetched meanwhile: whoever trusts
// the store's rule alone would have to prove it again with each change of
// fetching.
type tidy struct {
	store *store.Store
	now   func() time.Time

	fetching sync.RWMutex // read while a packet comes in, written while removing
}

const (
	tidyKey   = "store/tidied"
	tidyEvery = 24 * time.Hour
	// tidyAgain is when to begin, and to come back after a packet was on its way in.
	tidyAgain = time.Minute
)

// watched tells tidy of every packet that is on its way in.
func (w *workplace) watched(handlers map[string]courier.Handler) map[string]courier.Handler {
	fetch, ok := handlers["fetch"]
	if !ok {
		return handlers
	}
	handlers["fetch"] = func(ctx context.Context, j store.Job, progress func(done, total int64)) error {
		w.tidy.fetching.RLock()
		defer w.tidy.fetching.RUnlock()
		return fetch(ctx, j, progress)
	}
	return handlers
}

// keep tidies now and then until ctx ends, not before the program has had a
// minute for what the clerk waits for. What goes wrong is harmless: the store's
// check finds real damage.
func (t *tidy) keep(ctx context.Context) {
	for next := tidyAgain; ; next, _ = t.once(ctx) {
		timer := time.NewTimer(next)
		select {
		case <-ctx.Done():
			timer.Stop()
			return
		case <-timer.C:
		}
	}
}

// once tidies if it is time to, and returns how long to wait before the next look.
func (t *tidy) once(ctx context.Context) (next time.Duration, err error) {
	wait, err := t.due()
	if err != nil || wait > 0 {
		return max(wait, tidyAgain), err
	}
	if !t.fetching.TryLock() {
		return tidyAgain, nil
	}
	defer t.fetching.Unlock()
	if _, err := t.store.CollectBlobs(ctx); err != nil {
		return tidyEvery, err
	}
	at := t.now()
	return tidyEvery, t.store.Maintain(func(tx *store.Tx) error { return tx.SetValue(tidyKey, at) })
}

// due is how long it is until the next time, 0 for now.
func (t *tidy) due() (time.Duration, error) {
	var last time.Time
	err := t.store.View(func(tx *store.Tx) error { return tx.Value(tidyKey, &last) })
	if errors.Is(err, store.ErrNotFound) {
		return 0, nil
	}
	since := t.now().Sub(last)
	if err != nil || since < 0 || since >= tidyEvery { // before: the clock was set back
		return 0, err
	}
	return tidyEvery - since, nil
}
