package courier

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"vanthu/store"
)

func TestMain(m *testing.M) {
	goleak.VerifyTestMain(m)
}

// desk is a courier over an empty store, with what happened to it.
type desk struct {
	*Courier
	store *store.Store
	mu    sync.Mutex
	log   []string
	polls atomic.Int64
	link  atomic.Value // of linkAnswer: what poll answers
}

type linkAnswer struct{ err error }

// answerPolls makes polls end with err from now on.
func (d *desk) answerPolls(err error) { d.link.Store(linkAnswer{err}) }

// newDesk must be called inside the bubble whose time it is to live in.
func newDesk(t *testing.T, change func(*Options)) *desk {
	t.Helper()
	s, err := store.Open(t.TempDir(), store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	d := &desk{store: s}
	o := Options{Store: s, Rand: rand.New(rand.NewPCG(1, 2)), Handlers: map[string]Handler{}}
	o.Poll = func(context.Context) error {
		d.polls.Add(1)
		answer, _ := d.link.Load().(linkAnswer)
		return answer.err
	}
	if change != nil {
		change(&o)
	}
	d.Courier = New(o)
	return d
}

func (d *desk) queue(t *testing.T, jobs ...store.Job) {
	t.Helper()
	err := d.store.Update(store.Act{What: "test"}, func(tx *store.Tx) error {
		for _, j := range jobs {
			if err := tx.Queue(j); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func (d *desk) job(t *testing.T, id string) (j store.Job, open bool) {
	t.Helper()
	err := d.store.View(func(tx *store.Tx) (err error) {
		j, err = tx.Job(id)
		return err
	})
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		t.Fatal(err)
	}
	return j, err == nil
}

// start runs the courier; stop ends it and gives back its error.
func (d *desk) start(t *testing.T) (stop func()) {
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- d.Run(ctx) }()
	return func() {
		cancel()
		if err := <-done; !errors.Is(err, context.Canceled) {
			t.Errorf("run: %v", err)
		}
		d.close(t)
	}
}

func (d *desk) close(t *testing.T) {
	t.Helper()
	if err := d.store.Close(); err != nil {
		t.Error(err)
	}
}

// answer is a handler that logs the job and answers with errs in turn, then nil.
func (d *desk) answer(errs ...error) Handler {
	return func(_ context.Context, j store.Job, _ func(int64, int64)) error {
		d.mu.Lock()
		defer d.mu.Unlock()
		d.log = append(d.log, j.ID)
		if len(errs) == 0 {
			return nil
		}
		err := errs[0]
		errs = errs[1:]
		return err
	}
}

func TestJobsRunInOrderAndFinish(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDesk(t, nil)
		d.o.Handlers["send"] = d.answer()
		d.o.Handlers["status"] = d.answer()
		d.queue(t,
			store.Job{ID: "send/large", Kind: "send", Size: 10 << 20},
			store.Job{ID: "send/small", Kind: "send", Size: 1 << 10},
			store.Job{ID: "status/1", Kind: "status"},
			store.Job{ID: "send/urgent", Kind: "send", Size: 1 << 20, Urgency: 2})
		stop := d.start(t)
		synctest.Wait()
		want := []string{"send/urgent", "status/1", "send/small", "send/large"}
		if !slices.Equal(d.log, want) {
			t.Errorf("order %v, want %v", d.log, want)
		}
		if s := d.State(); s.Waiting != 0 || !s.Online || s.LastSuccess.IsZero() || s.LastError != "" {
			t.Errorf("state %+v", s)
		}
		d.queue(t, store.Job{ID: "status/2", Kind: "status"}) // a commit is enough to wake it
		synctest.Wait()
		if _, open := d.job(t, "status/2"); open {
			t.Error("new job was not run")
		}
		stop()
	})
}

func TestOfflineCostsNoTries(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDesk(t, nil)
		d.o.Handlers["send"] = d.answer()
		d.answerPolls(fmt.Errorf("dial: %w", ErrOffline))
		d.queue(t, store.Job{ID: "send/1", Kind: "send"})
		stop := d.start(t)
		time.Sleep(72 * time.Hour)
		synctest.Wait()
		j, open := d.job(t, "send/1")
		if !open || j.Attempts != 0 || j.State != store.Waiting || len(d.log) != 0 {
			t.Errorf("job %+v, log %v", j, d.log)
		}
		if d.polls.Load() < 72*12 || d.polls.Load() > 72*20 {
			t.Errorf("%d polls in 72 hours", d.polls.Load())
		}
		d.answerPolls(nil)
		time.Sleep(5 * time.Minute)
		synctest.Wait()
		if _, open := d.job(t, "send/1"); open {
			t.Error("job still open five minutes after the link came back")
		}
		stop()
	})
}
