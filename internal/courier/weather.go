package courier

import (
	"math"
	"time"

	"vanthu/store"
)

// weather is what the link has carried lately. Guarded by Courier.mu.
type weather struct {
	bytes, seconds float64   // moved, and taken for it; the past fades
	since          time.Time // of the sample under way, zero while nothing runs
	sample         float64   // bytes in it
	each           float64   // seconds for a job of which no size is known, 0 unknown
}

const (
	// memory is the time after which what was carried counts little: longer than
	// a cut, shorter than the way from one line to another.
	memory = 30 * time.Second
	// eachWeight is the share of the last job in the mean of each.
	eachWeight = 0.1
)

// begin and end are told how many lanes run: only the time in which something
// does counts.
func (w *weather) begin(now time.Time, lanes int) {
	if lanes == 1 {
		w.since, w.sample = now, 0
	}
}

func (w *weather) end(now time.Time, lanes int) {
	w.bytes, w.seconds = w.faded(now)
	w.since, w.sample = now, 0
	if lanes == 0 {
		w.since = time.Time{}
	}
}

func (w *weather) moved(now time.Time, bytes int64) {
	w.sample += float64(bytes)
	if elapsed(w.since, now, time.Second) {
		w.end(now, 1)
	}
}

// finished notes what a job took. One that told nothing moved its size.
func (w *weather) finished(j store.Job, told bool, took time.Duration) {
	if !told {
		w.bytes += float64(j.Size)
	}
	if j.Size > 0 || took < 0 {
		return
	}
	if w.each == 0 {
		w.each = took.Seconds()
	}
	w.each += (took.Seconds() - w.each) * eachWeight
}

// faded are the sums with the sample under way. A clock that was set back makes no
// sample, one that was set forward, or a line that stands still, a long one.
func (w *weather) faded(now time.Time) (bytes, seconds float64) {
	took := now.Sub(w.since)
	if w.since.IsZero() || took < 0 {
		return w.bytes, w.seconds
	}
	took = min(took, memory)
	keep := math.Exp(-took.Seconds() / memory.Seconds())
	return w.bytes*keep + w.sample, w.seconds*keep + took.Seconds()
}

// rate is bytes a second, 0 unknown.
func (w *weather) rate(now time.Time) float64 {
	bytes, seconds := w.faded(now)
	if seconds < 1 {
		return 0
	}
	return bytes / seconds
}

// eta is the time for what is left, 0 unknown.
func (w *weather) eta(now time.Time, left int64, unsized, lanes int) time.Duration {
	rate := w.rate(now)
	if left > 0 && rate <= 0 || unsized > 0 && w.each <= 0 {
		return 0
	}
	seconds := float64(unsized) * w.each / float64(lanes)
	if left > 0 {
		seconds += float64(left) / rate
	}
	const most = 1000 * time.Hour
	if seconds > most.Seconds() {
		return 0
	}
	return time.Duration(seconds * float64(time.Second))
}
