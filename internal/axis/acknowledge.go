package axis

import (
	"context"
	"fmt"
)

// Acknowledge tells the axis what became of our copy. Done and Fail take it off
// the list for good, so the packet must lie durably on our disk before. Doing it
// twice is harmless.
func (c *Client) Acknowledge(ctx context.Context, docID string, s TransportStatus) error {
	if docID == "" || s == "" {
		return fmt.Errorf("updateStatus: %w: no docId or status", ErrValue)
	}
	what := call{operation: "updateStatus"}.with("docId", docID).with("status", string(s)).emptyObject()
	err := c.tell(ctx, what)
	if err != nil {
		return fmt.Errorf("acknowledge %s: %w", docID, err)
	}
	return nil
}
