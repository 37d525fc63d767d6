package exchange

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"vanthu/internal/courier"
	"vanthu/outbox"
	"vanthu/store"
)

// stampJob is the payload of a "stamp" job.
type stampJob struct {
	ID string `json:"id"`
}

// stamp gives a document's signature the time it was made without. A service that
// refuses is for somebody to see to; without a service there is nothing to do.
func (e *Exchange) stamp(ctx context.Context, j store.Job, _ func(done, total int64)) error {
	var p stampJob
	if err := json.Unmarshal(j.Payload, &p); err != nil {
		return fmt.Errorf("stamp job: %w", err)
	}
	if e.Stamper == nil {
		return nil
	}
	err := e.Outbox.Stamp(ctx, p.ID, e.Stamper)
	if errors.Is(err, outbox.ErrStamp) {
		return fmt.Errorf("%w: %w", courier.ErrNeedsClerk, err)
	}
	return classify(err)
}
