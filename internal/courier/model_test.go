package courier

import (
	"context"
	"flag"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"vanthu/store"
)

// More: go test ./internal/courier -run Model -seeds 2000 -seed 1
var (
	seeds = flag.Int("seeds", 10, "how many seeds the model runs")
	first = flag.Uint64("seed", 0, "the first seed, 0 for one by the time")
)

// TestModel lets random jobs meet a random line, clerk and fate, looks at things
// at rest every other second, and at the end lets everything through.
func TestModel(t *testing.T) {
	n, from := *seeds, *first
	if testing.Short() {
		n = min(n, 2)
	}
	if from == 0 {
		from = rand.Uint64N(1e9)
	}
	for seed := from; seed < from+uint64(n); seed++ {
		synctest.Test(t, func(t *testing.T) { runModel(t, seed) })
		if t.Failed() {
			t.Fatalf("repeat with -run TestModel -seeds 1 -seed %d", seed)
		}
	}
}

// model is what must be true of a world.
type model struct {
	*world
	clocks  bool // the clock is set now and then: levels cannot be told from outside
	kills   int
	queued  map[string]store.Job
	retried map[string]bool
	// since when, in borders of the lower one, a pair stands the wrong way round
	wrong   map[[2]string]wrongly
	idle    int
	sentNow time.Time // when the clerk set the present quiet hours aside
}

type wrongly struct {
	since   time.Time
	borders int
}

func runModel(t *testing.T, seed uint64) {
	r := rand.New(rand.NewPCG(seed, 3))
	w := newWorld(t, seed, func(o *Options) {
		o.MaxTries = 3
		if r.IntN(2) == 0 {
			from := r.IntN(90)
			o.Quiet = Quiet{From: from, To: (from + r.IntN(90)) % (24 * 60)}
		}
		if r.IntN(2) == 0 {
			o.Budget = int64(1+r.IntN(100)) * chunk
		}
		if r.IntN(4) == 0 {
			o.Resumable = nil
		}
	})
	m := &model{world: w, clocks: r.IntN(4) == 0, queued: map[string]store.Job{}, retried: map[string]bool{}, wrong: map[[2]string]wrongly{}}
	w.sleep(time.Nanosecond) // whoever wakes now wakes alone
	for range 60 {
		m.happen(r)
		for range r.IntN(40) {
			m.sleep(2 * time.Second)
			m.check()
		}
		if t.Failed() {
			break
		}
	}
	m.end()
	w.stop()
}

// happen does one thing; what was stopped goes on more often than not.
func (m *model) happen(r *rand.Rand) {
	if r.IntN(3) > 0 {
		m.set(func() { m.down = false })
		m.SetLink(true)
		m.must(m.Resume())
	}
	switch r.IntN(14) {
	case 0, 1, 2, 3, 4:
		for range 1 + r.IntN(4) {
			m.draw(r)
		}
	case 5:
		m.set(func() { m.down = !m.down })
	case 6:
		m.set(func() { m.lanesNow = 1 + r.IntN(4) })
	case 7:
		m.SetLink(r.IntN(3) > 0)
	case 8:
		m.must(m.Pause([]time.Time{{}, m.now().Add(time.Duration(r.IntN(60)) * time.Minute)}[r.IntN(2)]))
	case 9:
		m.must(m.Resume())
	case 10:
		m.kills++
		m.kill()
		m.forget()
	case 11:
		m.must(m.SendNow())
		if quiet, _ := m.options.Quiet.at(m.now()); quiet {
			m.sentNow = m.now()
		}
	case 12:
		m.retryHeld()
	case 13:
		if m.clocks {
			m.set(func() { m.offset = time.Duration(r.IntN(100)-50) * time.Hour })
		} else if r.IntN(2) == 0 {
			m.sleep(time.Duration(r.IntN(120)) * time.Minute)
		} else {
			m.must(m.LiftBudget())
		}
	}
}

// forget drops the pairs: what was asked to yield has other reasons now.
func (m *model) forget() {
	clear(m.wrong)
	m.sentNow = time.Time{}
}

func (m *model) must(err error) {
	m.t.Helper()
	if err != nil {
		m.t.Error(err)
	}
}

// draw queues a random job with a random fate.
func (m *model) draw(r *rand.Rand) {
	id := fmt.Sprint(len(m.queued))
	j := store.Job{ID: id, Kind: []string{"send", "fetch", "agencies", "ack", "status"}[r.IntN(5)], Urgency: max(0, r.IntN(6)-2)}
	if r.IntN(2) == 0 {
		j.Record = string(rune('a' + r.IntN(4)))
	}
	if kindRank(j.Kind) != answers || r.IntN(4) == 0 {
		j.Size = int64(r.IntN(20)) * chunk
	}
	for range r.IntN(6) - 2 {
		fate := []error{ErrBusy, ErrBusy, ErrOffline, ErrConflict, ErrRejected, errPanic, ErrFull}[r.IntN(7)]
		m.set(func() { m.outcomes[id] = append(m.outcomes[id], fate) })
	}
	m.queued[id] = j
	m.world.queue(j)
}

func (m *model) retryHeld() {
	for _, id := range ids(m.jobs()) {
		if m.jobs()[id].State == store.Held {
			m.must(m.Retry(id))
			m.retried[id] = true
			return
		}
	}
}

// check looks at things at rest.
func (m *model) check() {
	m.t.Helper()
	jobs, rides, state := m.jobs(), m.rides(), m.State()
	now := m.now()
	if len(rides) > mostLanes+1 {
		m.t.Errorf("seed %d: %d run at once", m.seed, len(rides))
	}
	if (state.Paused || !state.On) && len(rides) > 0 {
		m.t.Errorf("seed %d: %v run though paused or off", m.seed, ids(rides))
	}
	m.checkTurns(jobs, rides)
	m.checkTries(jobs)
	if !m.clocks {
		m.checkRules(jobs, rides, state)
		m.checkLevels(jobs, rides, state, now)
	}
}

// checkTries: only what the other side said costs a try, no stop and no loss.
func (m *model) checkTries(jobs map[string]store.Job) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for id, j := range jobs {
		if j.Attempts > m.failures[id] {
			m.t.Errorf("seed %d: %s has spent %d tries, failed %d times", m.seed, id, j.Attempts, m.failures[id])
		}
	}
}

// checkTurns: whoever runs is the first of its record that is not held, and only
// the one. (What was held and let go again takes its turn at the next chance.)
func (m *model) checkTurns(jobs map[string]store.Job, rides map[string]ride) {
	for id, ride := range rides {
		for other, j := range jobs {
			if ride.job.Record != "" && j.Record == ride.job.Record && queuedBefore(j, ride.job) < 0 && j.State == store.Waiting && !m.retried[other] && m.kills == 0 && !m.overYet(other) {
				m.t.Errorf("seed %d: %s runs before %s", m.seed, id, other)
			}
		}
	}
}

// overYet tells whether a job is done though it still lies in the store.
func (m *model) overYet(id string) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.effects[id] > 0
}

// urgency is that of a job, or of who waits behind it.
func (m *model) urgency(j store.Job, jobs map[string]store.Job) int {
	u := j.Urgency
	for _, other := range jobs {
		if j.Record != "" && other.Record == j.Record && other.State == store.Waiting {
			u = max(u, other.Urgency)
		}
	}
	return u
}

// permitted says whether the rules let a job run, by the test's own reckoning of
// the clock and the screen's of the bytes.
func (m *model) permitted(j store.Job, jobs map[string]store.Job, s State) bool {
	quiet, _ := m.options.Quiet.at(m.now())
	over := s.Budget > 0 && s.Spent >= s.Budget && !s.Lifted
	switch {
	case m.urgency(j, jobs) >= 1:
		return true
	case over:
		return false
	}
	return !quiet || s.Why == "" && !m.sentNow.IsZero() || kindRank(j.Kind) == answers
}

// checkRules: what may not run and could stop has not passed two borders since.
func (m *model) checkRules(jobs map[string]store.Job, rides map[string]ride, s State) {
	for id, ride := range rides {
		stops := slices.Contains(m.options.Resumable, ride.job.Kind)
		m.stands([2]string{id, "rule"}, !m.permitted(ride.job, jobs, s) && stops, ride, 0)
	}
}

// stands notes that something must not stay as it is for longer than a chunk and
// some time.
func (m *model) stands(what [2]string, wrong bool, r ride, grace time.Duration) {
	before, known := m.wrong[what]
	switch {
	case !wrong:
		delete(m.wrong, what)
	case !known:
		m.wrong[what] = wrongly{since: time.Now(), borders: r.borders}
	case r.borders > before.borders+1 && time.Since(before.since) > grace+chunkTime:
		m.t.Errorf("seed %d: %v for %s and %d chunks", m.seed, what, time.Since(before.since), r.borders-before.borders)
	}
}

// checkLevels: nobody who could stop runs while one of a higher level waits and
// might; and no lane is free while somebody might run.
func (m *model) checkLevels(jobs map[string]store.Job, rides map[string]ride, s State, now time.Time) {
	up := s.On && s.Online && !s.Paused && !m.pausing(now)
	waiting := map[string]store.Job{}
	for id, j := range jobs {
		if up && j.State == store.Waiting && !j.NextTry.After(now) && rides[id].job.ID == "" && m.permitted(j, jobs, s) && !m.behind(j, jobs, rides) && !m.overYet(id) && !m.aside(id, now) {
			waiting[id] = j
		}
	}
	for w, above := range waiting {
		for id, ride := range rides {
			stops := slices.Contains(m.options.Resumable, ride.job.Kind)
			high, low := m.urgency(above, jobs), m.urgency(ride.job, jobs)
			aged := level(high, above.Created, now) > level(low, ride.job.Created, now)
			m.stands([2]string{id, w}, stops && aged, ride, agePass)
			m.stands([2]string{id, w + "!"}, stops && aged && high > low, ride, 0)
		}
	}
	maps.DeleteFunc(m.wrong, func(pair [2]string, _ wrongly) bool {
		_, runs := rides[pair[0]]
		id := pair[1]
		if id[len(id)-1] == '!' {
			id = id[:len(id)-1]
		}
		_, waits := waiting[id]
		return !runs || id != "rule" && !waits
	})
	m.idle++
	if len(waiting) == 0 || len(rides) > 0 {
		m.idle = 0
	}
	if m.idle > 3 {
		m.t.Errorf("seed %d: %v wait and nothing runs: %+v", m.seed, ids(waiting), s)
	}
}

// pausing tells whether the link is between two tries.
func (m *model) pausing(now time.Time) bool {
	return !m.permit().open
}

// aside tells whether a job has stepped aside. Everybody is at rest, so the queue
// may be looked at; the lock orders the look before what comes next.
func (m *model) aside(id string, now time.Time) bool {
	defer m.online()
	q := m.Courier.queue
	return q != nil && q.jobs[id] != nil && q.jobs[id].stall.until.After(now)
}

func (m *model) behind(j store.Job, jobs map[string]store.Job, rides map[string]ride) bool {
	for id, other := range jobs {
		if j.Record != "" && other.Record == j.Record && id != j.ID && other.State == store.Waiting && !m.overYet(id) &&
			(rides[id].job.ID != "" || queuedBefore(other, j) < 0) {
			return true
		}
	}
	return false
}

// end lets everything through: then every job has come exactly once or is held.
func (m *model) end() {
	m.set(func() { m.down, m.offset = false, 0 })
	m.SetLink(true)
	m.must(m.Resume())
	for range 3 {
		m.must(m.LiftBudget())
		m.sleep(24 * time.Hour)
	}
	sum, err := m.Drain(context.Background())
	m.must(err)
	jobs := m.jobs()
	if sum.Waiting > 0 || sum.Done > 0 {
		m.t.Errorf("seed %d: three days later %+v: %+v", m.seed, sum, jobs)
	}
	for id := range m.queued {
		j, open := jobs[id]
		switch came := m.effects[id]; {
		case open && j.State != store.Held:
			m.t.Errorf("seed %d: %+v neither done nor held", m.seed, j)
		case open && (j.Class == "" || j.Reason == ""):
			m.t.Errorf("seed %d: %+v held without a reason", m.seed, j)
		case open && came > 0 && m.kills == 0, !open && came == 0, came > 1+m.kills:
			m.t.Errorf("seed %d: %s came %d times, %d kills, open %v", m.seed, id, came, m.kills, open)
		}
	}
	if s := m.State(); s.Waiting != 0 || s.Held != len(jobs) || s.Left != 0 || len(s.Running) != 0 {
		m.t.Errorf("seed %d: %d jobs, %+v", m.seed, len(jobs), s)
	}
}
