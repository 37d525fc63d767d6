package axis

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"
)

// One after the other, but nobody waits longer than longestTurn.
func TestTurns(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		turn, begin := make(chan struct{}, 1), time.Now()
		first, err := take(t.Context(), turn)
		if err != nil || time.Since(begin) != 0 {
			t.Fatalf("the first waited %v, %v", time.Since(begin), err)
		}
		large, err := take(t.Context(), turn)
		if err != nil || time.Since(begin) != longestTurn {
			t.Errorf("behind a large one it waited %v, %v", time.Since(begin), err)
		}
		large() // had no turn: ends nobody's
		time.AfterFunc(time.Second, first)
		second, err := take(t.Context(), turn)
		if err != nil || time.Since(begin) != longestTurn+time.Second {
			t.Errorf("the next waited %v, %v", time.Since(begin), err)
		}
		yield := errors.New("more urgent")
		ctx, cancel := context.WithCancelCause(t.Context())
		time.AfterFunc(time.Second, func() { cancel(yield) })
		if _, err := take(ctx, turn); !errors.Is(err, yield) {
			t.Errorf("%v", err)
		}
		second()
	})
}

// Downloads wait for each other only while the line is often cut.
func TestTurnsOfDownloads(t *testing.T) {
	now := time.Date(2026, 11, 21, 8, 0, 0, 0, time.UTC)
	c := &Client{config: Config{Clock: func() time.Time { return now }}, turns: newTurns()}
	held := func() bool {
		end, err := c.turnDown(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		defer end()
		return len(c.turns.down) == 1
	}
	if held() {
		t.Error("a line that holds is not shared")
	}
	c.brokeNow()
	if !held() {
		t.Error("a line that was cut is shared")
	}
	if now = now.Add(badTimes + time.Second); held() {
		t.Error("a line that has held since is not shared")
	}
	if c.turnUp(&parcel{}) != nil {
		t.Error("without a line of ours an upload waits")
	}
}
