package axis

import (
	"context"
	"time"
)

// longestTurn is how long an upload waits for another before it shares the line:
// a large one must not hold up those behind it.
const longestTurn = 30 * time.Second

// turnUp lets the bodies of uploads out one after the other where one connection
// fills the line by itself (package line, Paced): of two that share it, a cut
// takes twice as much that had come out of order, while what surrounds a body,
// asking and answering, overlaps all the same. Urgent packets wait for nobody.
// Downloads share the line: how the other side sends is not known.
func (c *Client) turnUp(p *parcel) func(context.Context) (func(), error) {
	if p.Urgent || c.config.Line == nil || !c.config.Line.Paced() {
		return nil
	}
	return func(ctx context.Context) (func(), error) { return take(ctx, c.bodies) }
}

// take waits for a turn; one that never comes is not ended either.
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
