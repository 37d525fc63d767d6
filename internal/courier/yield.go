package courier

import (
	"slices"
	"time"
)

// agePass is how often the waiting are compared with the running while nothing
// happens: their age lifts them.
const agePass = time.Minute

// makeRoom asks lanes to yield: those whose job a rule no longer lets run, and for
// every job that is more urgent and found no lane, one of the lowest.
func (c *Courier) makeRoom(p permit, now time.Time) {
	asked, able := 0, []*lane(nil)
	for _, l := range c.lanes {
		switch {
		case !l.main() || !c.resumable(l.job.Kind) || c.closing(l):
		case l.yield.Load():
			asked++
		case !p.lets(c.queue.rowOf(l.entry)):
			l.yield.Store(true)
			asked++
		default:
			able = append(able, l)
		}
	}
	if len(able) == 0 {
		return
	}
	free := asked + c.free() // below zero when lanes were taken away
	for i, s := range c.queue.first(mostLanes, now, p.lets) {
		if i < free {
			continue
		}
		able = c.displace(able, level(s.row.urgency, s.of.since, now), now)
	}
}

// displace asks the lowest of the lanes to yield if it is below a level, and
// returns the others.
func (c *Courier) displace(able []*lane, to int, now time.Time) []*lane {
	if len(able) == 0 {
		return nil
	}
	lowest := slices.MinFunc(able, func(a, b *lane) int { return c.level(a, now) - c.level(b, now) })
	if c.level(lowest, now) >= to {
		return able
	}
	lowest.yield.Store(true)
	return slices.DeleteFunc(able, func(l *lane) bool { return l == lowest })
}

func (c *Courier) closing(l *lane) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.o.Lanes != nil && l.closing()
}

func (c *Courier) resumable(kind string) bool { return slices.Contains(c.o.Resumable, kind) }
