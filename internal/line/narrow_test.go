package line

import (
	"syscall"
	"testing"
	"testing/synctest"
	"time"
)

// bring lets bytes come for a while, evenly.
func bring(f *inflow, rate int, long time.Duration) {
	for range int(long / (100 * time.Millisecond)) {
		time.Sleep(100 * time.Millisecond)
		f.add(rate / 10)
	}
}

func TestNarrow(t *testing.T) {
	for name, tt := range map[string]struct {
		do   func(f *inflow)
		want int
	}{
		"never broken":  {func(f *inflow) { bring(f, 15_000, time.Minute) }, 0},
		"never a byte":  {func(f *inflow) { f.cut() }, 0},
		"too short":     {func(f *inflow) { bring(f, 15_000, 7*time.Second); f.cut() }, 0},
		"slow and cut":  {func(f *inflow) { bring(f, 15_000, 20*time.Second); f.cut() }, 22_500},
		"very slow":     {func(f *inflow) { bring(f, 1000, 20*time.Second); f.cut() }, narrowLeast},
		"fast and cut":  {func(f *inflow) { bring(f, 1_000_000, 20*time.Second); f.cut() }, 0},
		"long ago":      {func(f *inflow) { bring(f, 15_000, 20*time.Second); f.cut(); time.Sleep(time.Hour) }, 0},
		"a line better": {func(f *inflow) { bring(f, 15_000, 20*time.Second); f.cut(); bring(f, 30_000, 20*time.Second) }, 45_000},
		"a poll between": {func(f *inflow) {
			bring(f, 15_000, 20*time.Second)
			time.Sleep(time.Minute)
			f.add(500)
			time.Sleep(time.Minute)
			f.cut()
		}, 22_500},
		"worse for good": {func(f *inflow) {
			bring(f, 30_000, 20*time.Second)
			bring(f, 15_000, 11*time.Minute)
			f.cut()
		}, 22_500},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				f := &inflow{now: time.Now}
				tt.do(f)
				if got := f.bound(); got < tt.want || got > tt.want+tt.want/50 {
					t.Errorf("bound %d, want %d", got, tt.want)
				}
			})
		})
	}
}

// TestNarrowSeesCuts: a connection that broke counts, one that was closed does
// not.
func TestNarrowSeesCuts(t *testing.T) {
	l := open(t, Options{})
	c := l.wrap(brokenConn{nil})
	c.Close()
	if !l.inflow.broke.IsZero() {
		t.Error("closing is no cut")
	}
	c = l.wrap(brokenConn{syscall.ECONNRESET})
	c.Read(make([]byte, 1))
	if l.inflow.broke.IsZero() {
		t.Error("a reset is no cut")
	}
}
