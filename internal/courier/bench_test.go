package courier

import (
	"context"
	"fmt"
	"strconv"
	"testing"
	"time"

	"vanthu/store"
)

// BenchmarkDrain empties a queue that has piled up; what a job costs must not
// depend on how many there are.
func BenchmarkDrain(b *testing.B) {
	for _, n := range []int{2000, 20_000} {
		b.Run(strconv.Itoa(n), func(b *testing.B) {
			for b.Loop() {
				b.StopTimer()
				c, s := piledUp(b, n, nil, nothing)
				b.StartTimer()
				if sum, err := c.Drain(b.Context()); err != nil || sum.Done != n {
					b.Fatal(sum, err)
				}
				b.StopTimer()
				s.Close()
				b.StartTimer()
			}
			b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N)/float64(n), "µs/job")
		})
	}
}

func nothing(context.Context, store.Job, func(int64, int64)) error { return nil }

// BenchmarkLanes empties a queue over a line of which each job waits for a round
// trip: what lanes are worth where waiting is all.
func BenchmarkLanes(b *testing.B) {
	const n, trip = 200, 2 * time.Millisecond
	wait := func(context.Context, store.Job, func(int64, int64)) error { time.Sleep(trip); return nil }
	for _, lanes := range []int{1, 2, 4} {
		b.Run(strconv.Itoa(lanes), func(b *testing.B) {
			for b.Loop() {
				b.StopTimer()
				c, s := piledUp(b, n, func() int { return lanes }, wait)
				b.StartTimer()
				if sum, err := c.Drain(b.Context()); err != nil || sum.Done != n {
					b.Fatal(sum, err)
				}
				b.StopTimer()
				s.Close()
				b.StartTimer()
			}
			b.ReportMetric(float64(b.Elapsed())/float64(b.N)/float64(n)/float64(trip), "trips/job")
		})
	}
}

func piledUp(b *testing.B, n int, lanes func() int, handler Handler) (*Courier, *store.Store) {
	s, err := store.Open(b.TempDir(), store.Options{})
	if err != nil {
		b.Fatal(err)
	}
	err = s.Maintain(func(tx *store.Tx) error {
		for i := range n {
			j := store.Job{ID: fmt.Sprint("ack/", i), Kind: "ack", Urgency: i % 5, Payload: []byte(`{"axisID":"ax","status":"done"}`)}
			if err := tx.Queue(j); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		b.Fatal(err)
	}
	return New(Options{Store: s, Lanes: lanes, Handlers: map[string]Handler{"ack": handler}}), s
}
