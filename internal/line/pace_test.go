package line

import (
	"testing"
	"testing/synctest"
	"time"
)

// push writes for a while at a rate; share of the time is spent waiting.
func push(f *outflow, rate int, share float64, long time.Duration) {
	const step = 100 * time.Millisecond
	for range int(long / step) {
		time.Sleep(step)
		f.add(rate/10, time.Duration(share*float64(step)))
	}
}

func TestPace(t *testing.T) {
	for name, tt := range map[string]struct {
		do   func(f *outflow)
		want int
	}{
		"nothing sent":       {func(*outflow) {}, 0},
		"too short":          {func(f *outflow) { push(f, 15_000, 1, 13*time.Second) }, 0},
		"slow":               {func(f *outflow) { push(f, 15_000, 1, 20*time.Second) }, 15_900},
		"buffers fill first": {func(f *outflow) { push(f, 60_000, 0.1, 5*time.Second); push(f, 15_000, 1, 15*time.Second) }, 15_900},
		"fast":               {func(f *outflow) { push(f, 1_000_000, 1, 20*time.Second) }, 0},
		"little to say":      {func(f *outflow) { push(f, 500, 0, time.Minute) }, 0},
		"long ago":           {func(f *outflow) { push(f, 15_000, 1, 20*time.Second); time.Sleep(time.Hour) }, 0},
		"better later":       {func(f *outflow) { push(f, 15_000, 1, 20*time.Second); push(f, 30_000, 1, 20*time.Second) }, 31_800},
		"worse for good":     {func(f *outflow) { push(f, 30_000, 1, 20*time.Second); push(f, 15_000, 1, 11*time.Minute) }, 15_900},
		"with rests": {func(f *outflow) {
			for range 5 {
				push(f, 60_000, 1, 5*time.Second)
				time.Sleep(10 * time.Second)
			}
		}, 0},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				f := &outflow{now: time.Now}
				tt.do(f)
				if got := f.pace(); got < tt.want-tt.want/50 || got > tt.want+tt.want/50 {
					t.Errorf("pace %d, want %d", got, tt.want)
				}
			})
		})
	}
}
