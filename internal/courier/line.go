package courier

import (
	"container/heap"
	"time"
)

// seat is the place of a job in a line. A seat that is left stays in its line
// until it comes up.
type seat struct {
	of   *entry
	row  row
	due  time.Time // when the job may run
	left bool
}

func olderFirst(a, b *seat) bool {
	if !a.of.since.Equal(b.of.since) {
		return a.of.since.Before(b.of.since)
	}
	return queuedBefore(a.of.job, b.of.job) < 0
}

func dueFirst(a, b *seat) bool { return a.due.Before(b.due) }

// line is a heap of seats.
type line struct {
	seats  []*seat
	before func(a, b *seat) bool
}

var _ heap.Interface = (*line)(nil)

// head is the first seat that is taken, nil when there is none.
func (l *line) head() *seat {
	for len(l.seats) > 0 && l.seats[0].left {
		heap.Pop(l)
	}
	if len(l.seats) == 0 {
		return nil
	}
	return l.seats[0]
}

// Len counts the seats, left ones too. The five methods are container/heap's.
func (l *line) Len() int { return len(l.seats) }

// Less tells whether seat i comes before seat j.
func (l *line) Less(i, j int) bool { return l.before(l.seats[i], l.seats[j]) }

// Swap exchanges two seats.
func (l *line) Swap(i, j int) { l.seats[i], l.seats[j] = l.seats[j], l.seats[i] }

// Push adds a seat at the end.
func (l *line) Push(s any) { l.seats = append(l.seats, s.(*seat)) }

// Pop takes the last seat off.
func (l *line) Pop() any {
	last := len(l.seats) - 1
	s := l.seats[last]
	l.seats[last], l.seats = nil, l.seats[:last]
	return s
}
