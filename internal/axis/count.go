package axis

import (
	"context"
	"strconv"
)

// Count tells how many packets of a kind wait, without listing them.
func (c *Client) Count(ctx context.Context, t MessageType) (int, error) {
	what := service("countReceiveEdoc", t)
	if t == StatusMessage { // the SDK asks for it without any parameter
		what = call{operation: "countReceiveStatus"}
	}
	what.reads = true
	n := 0
	err := c.do(ctx, what.emptyObject(), func(r reply) error {
		e, err := c.dialect.read(r, c.config.MaxAnswer, skip)
		if err != nil {
			return err
		}
		if n, err = strconv.Atoi(e.count); err != nil || n < 0 {
			return malformed("no count")
		}
		return nil
	})
	return n, err
}
