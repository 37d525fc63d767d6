package ui

import (
	"time"

	"vanthu/internal/document"
	"vanthu/store"
)

// Link is the connection to the axis as the clerk sees it. State is asked on the
// screen's own goroutine and must not block; the others run beside it.
type Link interface {
	State() LinkState
	Set(on bool)
	SendNow() error              // try now, also in quiet hours
	Pause(until time.Time) error // hold everything back; the zero time is until Resume
	Resume() error
	LiftBudget() error // for today
	Retry(id string) error
	// Jobs is a page of the queue: what is running first, then what needs the clerk,
	// then the rest. It costs what it shows.
	Jobs(after store.Cursor, limit int) ([]Job, store.Cursor, error)
	// SkipJobs passes over a page of Jobs: how many there are, and where the next begins.
	SkipJobs(after store.Cursor, limit int) (int, store.Cursor, error)
	Changed() <-chan struct{} // a value when State, the jobs or the desks may have changed
}

// Hold is what holds the queue back.
type Hold string

// What can hold the queue back.
const (
	Free       Hold = ""       // nothing
	Paused     Hold = "paused" // the clerk: nothing moves
	QuietHours Hold = "quiet"  // the hours: what is urgent and the answers move
	OverBudget Hold = "budget" // today's budget is used up: what is urgent moves
)

// LinkState is the weather of the link, for the status line and the queue.
type LinkState struct {
	On, Online    bool
	Idle          bool // nobody has opened it: no screen runs, a verb looks at the queue
	LastSuccess   time.Time
	LastError     string // in Vietnamese, "" when the last attempt was good
	Waiting, Held int    // jobs

	Hold  Hold
	Until time.Time // when Hold ends by itself, zero when it does not

	Rate float64       // bytes a second as measured, 0 unknown
	Left int64         // bytes that wait, as far as known
	ETA  time.Duration // until the queue is empty, 0 unknown

	Spent, Budget int64 // bytes of today, bytes a day; Budget 0 is no budget
	Lifted        bool  // no budget today

	// Skew is how far the axis's clock is ahead of this machine's, below zero behind
	// it; 0 when they agree within [ClockSlack] or nothing is known.
	Skew  time.Duration
	Plain bool // what is sent travels unencrypted
}

// ClockSlack is how far the clocks of machine and axis may be apart unmentioned.
const ClockSlack = 5 * time.Minute

// Job is one thing the link still has to do.
type Job struct {
	ID, Kind string // Kind: fetch, ack, send, status, agencies
	Record   string // the document it serves
	Title    string // what it is, in Vietnamese; "" is made from Kind and Record
	Urgency  document.Urgency
	Size     int64 // bytes
	Created  time.Time
	NextTry  time.Time
	Attempts int
	Held     bool // waits for the clerk
	Running  bool
	Reason   string // why the last attempt failed, in Vietnamese
	// Done of Total bytes have gone; Total is 0 while it is not known.
	Done, Total int64
}

// answers tells the small jobs that quiet hours and budgets let through.
func (j Job) answers() bool { return j.Kind == "ack" || j.Kind == "status" }
