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
)

// level is the urgency of a job, lifted by its age so that nothing starves.
func level(j store.Job, now time.Time) int {
	lifted := min(j.Urgency+int(max(0, now.Sub(j.Created))/agingStep), agingTop)
	return max(j.Urgency, lifted)
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

// compare says which job goes first: the more urgent; of equals answers before
// documents, small before large, old before young.
func compare(a, b store.Job, now time.Time) int {
	return cmp.Or(
		cmp.Compare(level(b, now), level(a, now)),
		cmp.Compare(kindRank(a.Kind), kindRank(b.Kind)),
		cmp.Compare(sizeRank(a.Size), sizeRank(b.Size)),
		a.Created.Compare(b.Created),
		cmp.Compare(a.ID, b.ID),
	)
}

// earlier is the earlier of two moments, of which zero means never.
func earlier(a, b time.Time) time.Time {
	if a.IsZero() || !b.IsZero() && b.Before(a) {
		return b
	}
	return a
}
