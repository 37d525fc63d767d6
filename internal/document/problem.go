package document

import "time"

// Clock tells the time. It is injected everywhere: order of numbers and the
// time of a signature depend on it, and tests must own it.
type Clock func() time.Time

// Problem is an error a clerk can act on: What happened and what to do Next,
// both in Vietnamese. Class is the sentinel that code asks for with errors.Is.
type Problem struct {
	Class error
	What  string
	Next  string
}

// Refuse makes a Problem of a class.
func Refuse(class error, what, next string) *Problem {
	return &Problem{Class: class, What: what, Next: next}
}

func (p *Problem) Error() string { return p.What }

func (p *Problem) Unwrap() error { return p.Class }
