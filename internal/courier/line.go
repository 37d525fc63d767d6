package courier

import (
	"container/heap"

	"vanthu/store"
)

// seat is the place of a job in a line. A seat that is left stays in its line
// until it comes up.
type seat struct {
	job  store.Job
	left bool
}

func olderFirst(a, b store.Job) bool {
	if !a.Created.Equal(b.Created) {
		return a.Created.Before(b.Created)
	}
	return a.ID < b.ID
}

func dueFirst(a, b store.Job) bool { return a.NextTry.Before(b.NextTry) }

// line is a heap of seats.
type line struct {
	seats  []*seat
	before func(a, b store.Job) bool
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
func (l *line) Less(i, j int) bool { return l.before(l.seats[i].job, l.seats[j].job) }

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
