package axis

import (
	"context"
	"sync/atomic"
	"time"
)

// turns let the bodies of packets over the line one after the other, one each
// way. Of two that share a line, a cut takes twice as much that had come out of
// order; what surrounds a body, asking and answering, overlaps all the same.
type turns struct {
	up, down chan struct{}             // full while it is somebody's turn
	broke    atomic.Pointer[time.Time] // when a transfer last broke with the line
}

// longestTurn is how long a packet waits for another before it shares the line:
// a large one must not hold up those behind it.
const longestTurn = 30 * time.Second

// badTimes is how long a line counts as one that is often cut.
const badTimes = 2 * time.Minute

func newTurns() *turns { return &turns{up: make(chan struct{}, 1), down: make(chan struct{}, 1)} }

// take waits for one of the two turns.
func take(ctx context.Context, turn chan struct{}) (end func(), err error) {
	patience := time.NewTimer(longestTurn)
	defer patience.Stop()
	select {
	case turn <- struct{}{}:
		return func() { <-turn }, nil
	case <-patience.C:
		return func() {}, nil
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
}

// turnUp orders uploads where one connection of ours fills the line by itself
// (package line, Paced). Urgent packets wait for nobody.
func (c *Client) turnUp(p *parcel) func(context.Context) (func(), error) {
	if p.Urgent || c.config.Line == nil || !c.config.Line.Paced() {
		return nil
	}
	return func(ctx context.Context) (func(), error) { return take(ctx, c.turns.up) }
}

// turnDown orders downloads while the line is often cut. How the other side
// sends is not known: as long as the line holds, several connections carry more.
func (c *Client) turnDown(ctx context.Context) (func(), error) {
	if t := c.turns.broke.Load(); t == nil || c.config.Clock().Sub(*t) > badTimes {
		return func() {}, nil
	}
	return take(ctx, c.turns.down)
}

// brokeNow notes that a transfer broke with the line.
func (c *Client) brokeNow() {
	now := c.config.Clock()
	c.turns.broke.Store(&now)
}
