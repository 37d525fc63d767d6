package courier

import (
	"cmp"
	"math/bits"
	"time"

	"vanthu/store"
)

const (
	// agingStep is the waiting time that lifts a job by one level of urgency.
	agingStep = 2 * time.Hour
	// agingTop is as far as waiting alone can lift (2: "Thượng khẩn"), so that
	// old everyday mail never delays what is really express.
	agingTop = 2
	// urgent is the first urgency that passes quiet hours and budget ("Khẩn").
	urgent = 1
)

// level is an urgency lifted by waiting since a moment, so that nothing starves.
func level(urgency int, since, now time.Time) int {
	lifted := min(urgency+int(max(0, now.Sub(since))/agingStep), agingTop)
	return max(urgency, lifted)
}

// kindRank puts answers before documents: the sender waits for them and they are
// small.
func kindRank(kind string) int {
	switch kind {
	case "ack", "status":
		return answers
	case "agencies":
		return background
	}
	return documents
}

// The ranks of kinds.
const (
	answers = iota
	documents
	background
)

// sizeRank groups sizes by powers of two from 64 KB, so that age decides between
// about equal ones.
func sizeRank(size int64) int { return bits.Len64(uint64(max(0, size)) >> 16) }

// row is what jobs of one order have in common but for their age.
type row struct{ urgency, kind, size int }

func rowOf(j store.Job) row { return row{j.Urgency, kindRank(j.Kind), sizeRank(j.Size)} }

// small tells that the jobs of a row may run beside documents.
func (r row) small() bool { return r.kind == answers && r.size == 0 }

// compare says which seat goes first: the more urgent; of equals answers before
// documents, small before large, old before young.
func compare(a, b *seat, now time.Time) int {
	return cmp.Or(
		cmp.Compare(level(b.row.urgency, b.of.since, now), level(a.row.urgency, a.of.since, now)),
		cmp.Compare(a.row.kind, b.row.kind),
		cmp.Compare(a.row.size, b.row.size),
		a.of.since.Compare(b.of.since),
		queuedBefore(a.of.job, b.of.job),
	)
}

// queuedBefore compares by the order in which jobs were queued. Those of stores
// without numbers come first, as old as they are.
func queuedBefore(a, b store.Job) int {
	return cmp.Or(cmp.Compare(a.Seq, b.Seq), a.Created.Compare(b.Created), cmp.Compare(a.ID, b.ID))
}

// sameJob tells whether b is still the job a, and not a new one under its id.
func sameJob(a, b store.Job) bool { return a.Seq == b.Seq && a.Created.Equal(b.Created) }

// earlier is the earlier of two moments, of which zero means never.
func earlier(a, b time.Time) time.Time {
	if a.IsZero() || !b.IsZero() && b.Before(a) {
		return b
	}
	return a
}

// ahead tells whether a moment that was never more than most away is still to
// come. One that is farther away was set by another clock.
func ahead(at, now time.Time, most time.Duration) bool {
	return at.After(now) && at.Sub(now) <= most
}

// elapsed tells whether a period has passed since a moment, or the clock was set
// back behind it.
func elapsed(since, now time.Time, period time.Duration) bool {
	d := now.Sub(since)
	return d < 0 || d >= period
}
