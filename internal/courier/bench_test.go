package courier

import (
	"context"
	"fmt"
	"strconv"
	"testing"

	"vanthu/store"
)

// BenchmarkDrain empties a queue that has piled up; what a job costs must not
// depend on how many there are.
func BenchmarkDrain(b *testing.B) {
	for _, n := range []int{2000, 20_000} {
		b.Run(strconv.Itoa(n), func(b *testing.B) {
			for b.Loop() {
				b.StopTimer()
				c, s := piledUp(b, n)
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

func piledUp(b *testing.B, n int) (*Courier, *store.Store) {
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
	nothing := func(context.Context, store.Job, func(int64, int64)) error { return nil }
	return New(Options{Store: s, Handlers: map[string]Handler{"ack": nothing}}), s
}
