package courier

import (
	"math/rand/v2"
	"time"
)

// Waiting times. Each failure doubles the time; jitter keeps a province full of
// communes from coming back in the same second.
const (
	linkFirst = time.Second
	linkMost  = 5 * time.Minute
	busyFirst = 10 * time.Second
	busyMost  = 30 * time.Minute
	silence   = 15 * time.Second // of a lane after another has lost the link
	roomWait  = time.Minute      // until somebody may have made room on the disk

	// quickTries is how many losses of the link in a row are answered by trying
	// the job again: a short cut is over within seconds. Then polls cost less.
	quickTries = 3
)

// backoff is the time to wait after n failures (n ≥ 1): first·2ⁿ⁻¹, at most most,
// of which the last quarter is left to chance.
func backoff(first, most time.Duration, n int, r *rand.Rand) time.Duration {
	d := first
	for i := 1; i < n && d < most; i++ {
		d *= 2
	}
	d = min(d, most)
	quarter := int64(d / 4)
	return d - time.Duration(r.Int64N(quarter+1))
}
