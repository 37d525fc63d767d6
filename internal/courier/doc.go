// Package courier moves what the office has queued whenever the link allows. It
// knows jobs, the link, order and patience; it knows no documents: what a job
// does is a Handler's business.
//
// The types: Courier is the engine, Handler does one kind of job, State is what
// the screen shows.
//
// Invariants:
//
//   - One job runs at a time, picked anew each time by the order in order.go:
//     urgency, statuses before documents, small before large, then age. The order
//     is kept in memory (queue.go) and costs the same with ten jobs and with ten
//     thousand; nothing is read for it before a poll got through.
//   - Being offline is normal: it uses up no tries. The courier waits for the
//     next poll, at most five minutes, for SetLink(true) or for Wake.
//   - Patience ends only for busy servers (MaxTries); then, and at once for
//     whatever retrying cannot mend, the job is held for the clerk with class
//     and reason. A job is never dropped.
//   - A job may run twice (a crash between its effect and its end), so handlers
//     must be idempotent; whoever finished its own job in its own transaction
//     simply returns nil.
//   - Idle costs nothing: one timer for the next due moment and no goroutine
//     that turns.
//   - A panic of a handler holds its job and does not end the courier.
//
// Start reading at courier.go, then round.go.
package courier
