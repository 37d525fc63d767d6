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

// Without a line of ours, whose manners are not known, no upload waits.
func TestTurnsNeedAPacedLine(t *testing.T) {
	if (&Client{}).turnUp(&parcel{}) != nil {
		t.Error("an upload waits")
	}
}
