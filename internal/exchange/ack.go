package exchange

import (
	"context"
	"encoding/json"
	"fmt"

	"vanthu/store"
)

// acknowledge tells the axis what became of a copy. Repeating it is harmless.
func (e *Exchange) acknowledge(ctx context.Context, j store.Job, _ func(done, total int64)) error {
	var p ackJob
	if err := json.Unmarshal(j.Payload, &p); err != nil {
		return fmt.Errorf("ack job: %w", err)
	}
	return e.Axis.Acknowledge(ctx, p.AxisID, p.Status)
}
