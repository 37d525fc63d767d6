package courier

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"vanthu/store"
)

// world is a courier over a real store, with a line and another side that do what
// a seed says, and a clock that may be set. Time is that of a synctest bubble: it
// moves only when everybody waits, so whoever wakes alone sees things at rest.
type world struct {
	t    *testing.T
	r    *rand.Rand
	seed uint64
	dir  string
	*Courier
	store   *store.Store
	options Options
	stop    func()

	mu       sync.Mutex
	offset   time.Duration // of the PC's clock
	down     bool          // the line is cut
	refused  bool          // the other side does not know us
	lanesNow int
	traffic  int64
	polls    int
	life     int // grows with each kill
	running  map[string]*ride
	effects  map[string]int
	offsets  map[string]int64 // how far resumable jobs got: on disk, it survives
	outcomes map[string][]error
	failures map[string]int // that cost a try
	most     int            // running at once
	log      []string
}

// ride is one run of a handler.
type ride struct {
	job     store.Job
	borders int
}

const (
	chunk     = 32 << 10
	chunkTime = 4 * time.Second
)

func newWorld(t *testing.T, seed uint64, change func(*Options)) *world {
	t.Helper()
	w := &world{t: t, r: rand.New(rand.NewPCG(seed, 1)), seed: seed, dir: t.TempDir(), lanesNow: 1, running: map[string]*ride{},
		effects: map[string]int{}, offsets: map[string]int64{}, outcomes: map[string][]error{}, failures: map[string]int{}}
	w.options = Options{Clock: w.now, Rand: rand.New(rand.NewPCG(seed, 2)), Poll: w.poll,
		Lanes:     func() int { w.mu.Lock(); defer w.mu.Unlock(); return w.lanesNow },
		Resumable: []string{"send", "fetch"}, Traffic: func() int64 { w.mu.Lock(); defer w.mu.Unlock(); return w.traffic }}
	if change != nil {
		change(&w.options)
	}
	w.open(w.storeDir())
	return w
}

func (w *world) now() time.Time {
	w.mu.Lock()
	defer w.mu.Unlock()
	return time.Now().Add(w.offset)
}

// open starts a courier over the store in dir.
func (w *world) open(dir string) {
	w.t.Helper()
	s, err := store.Open(dir, store.Options{Clock: w.now})
	if err != nil {
		w.t.Fatal(err)
	}
	o := w.options
	o.Store = s
	life := w.life
	o.Handlers = maps.Clone(w.options.Handlers)
	if o.Handlers == nil {
		o.Handlers = map[string]Handler{}
	}
	for _, kind := range []string{"send", "fetch", "agencies", "ack", "status"} {
		o.Handlers[kind] = func(ctx context.Context, j store.Job, progress func(int64, int64)) error {
			return w.handle(ctx, life, j, progress)
		}
	}
	w.store, w.Courier = s, New(o)
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	c := w.Courier
	go func() { done <- c.Run(ctx) }()
	w.stop = func() {
		cancel()
		if err := <-done; !errors.Is(err, context.Canceled) {
			w.t.Errorf("run: %v", err)
		}
		if err := s.Close(); err != nil {
			w.t.Error(err)
		}
	}
}

// kill goes on from what a kill -9 at this moment would have left.
func (w *world) kill() {
	w.t.Helper()
	old := w.storeDir()
	w.set(func() { w.life++; clear(w.running) })
	if err := os.CopyFS(w.storeDir(), os.DirFS(old)); err != nil {
		w.t.Fatal(err)
	}
	w.stop()
	w.open(w.storeDir())
}

func (w *world) storeDir() string { return filepath.Join(w.dir, fmt.Sprint("life", w.life)) }

func (w *world) poll(ctx context.Context) error {
	if err := pass(ctx, 300*time.Millisecond); err != nil {
		return err
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.polls++
	if w.refused {
		return fmt.Errorf("wrong secret: %w", ErrNeedsClerk)
	}
	if w.down {
		return ErrOffline
	}
	return nil
}

// pass lets time go by unless ctx ends.
func pass(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}

// handle moves a job over the line, chunk after chunk, and ends as the other side
// has been told.
func (w *world) handle(ctx context.Context, life int, j store.Job, progress func(int64, int64)) error {
	ride := w.enter(life, j)
	defer w.leave(life, j)
	done := int64(0)
	if slices.Contains(w.options.Resumable, j.Kind) {
		done = w.moved(j.ID, 0)
	}
	for total := max(j.Size, 1); done < total; {
		if err := pass(ctx, chunkTime); err != nil {
			return err
		}
		done = min(done+chunk, total)
		if !w.chunk(life, j.ID, done) {
			return fmt.Errorf("cut: %w", ErrOffline)
		}
		w.mu.Lock()
		ride.borders++
		w.mu.Unlock()
		progress(done, total)
		if ctx.Err() != nil {
			return ctx.Err()
		}
	}
	return w.effect(life, j)
}

// moved keeps the furthest a job got.
func (w *world) moved(id string, done int64) int64 {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.offsets[id] = max(w.offsets[id], done)
	return w.offsets[id]
}

// chunk moves one, if the line is there.
func (w *world) chunk(life int, id string, done int64) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.down || life != w.life {
		return false
	}
	w.traffic += chunk
	w.offsets[id] = max(w.offsets[id], done)
	return true
}

// effect is what the other side does with a job that came through.
func (w *world) effect(life int, j store.Job) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if life != w.life {
		return ErrOffline
	}
	w.log = append(w.log, j.ID)
	if list := w.outcomes[j.ID]; len(list) > 0 {
		w.outcomes[j.ID] = list[1:]
		if list[0] != nil && !errors.Is(list[0], ErrOffline) && !errors.Is(list[0], ErrFull) {
			w.failures[j.ID]++
		}
		if errors.Is(list[0], errPanic) {
			panic("as told")
		}
		if list[0] != nil {
			return list[0]
		}
	}
	w.effects[j.ID]++
	return nil
}

var errPanic = errors.New("panic")

func (w *world) enter(life int, j store.Job) *ride {
	w.mu.Lock()
	defer w.mu.Unlock()
	r := &ride{job: j}
	if life != w.life {
		return r
	}
	for id, other := range w.running {
		if id == j.ID || j.Record != "" && other.job.Record == j.Record {
			w.t.Errorf("seed %d: %s runs together with %s", w.seed, j.ID, id)
		}
	}
	w.running[j.ID] = r
	w.most = max(w.most, len(w.running))
	return r
}

func (w *world) leave(life int, j store.Job) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if life == w.life {
		delete(w.running, j.ID)
	}
}

func (w *world) rides() map[string]ride {
	w.mu.Lock()
	defer w.mu.Unlock()
	list := map[string]ride{}
	for id, r := range w.running {
		list[id] = *r
	}
	return list
}

func (w *world) set(change func()) {
	w.mu.Lock()
	defer w.mu.Unlock()
	change()
}

func (w *world) queue(jobs ...store.Job) {
	w.t.Helper()
	err := w.store.Update(store.Act{What: "test"}, func(tx *store.Tx) error {
		for _, j := range jobs {
			if err := tx.Queue(j); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		w.t.Fatal(err)
	}
}

// jobs are those in the store.
func (w *world) jobs() map[string]store.Job {
	list := map[string]store.Job{}
	err := w.store.View(func(tx *store.Tx) error {
		for j, err := range tx.Jobs() {
			if err != nil {
				return err
			}
			list[j.ID] = j
		}
		return nil
	})
	if err != nil {
		w.t.Fatal(err)
	}
	return list
}

func ids[T any](m map[string]T) []string { return slices.Sorted(maps.Keys(m)) }

// sleep lets time go by and everybody come to rest. What was looked at before is
// looked at before.
func (w *world) sleep(d time.Duration) {
	w.set(func() {})
	time.Sleep(d)
	synctest.Wait()
}
