package axis

import (
	"context"
	"fmt"
	"io"
)

// Fetch writes the packet of a docId to w and returns its length. Memory does
// not grow with it; more than limit bytes is ErrTooLarge. Whatever error comes,
// what w has got until then is to be thrown away: the axis may say only at the
// end that it failed.
func (c *Client) Fetch(ctx context.Context, docID string, w io.Writer, limit int64) (int64, error) {
	if docID == "" {
		return 0, fmt.Errorf("getEdoc: %w: no docId", ErrValue)
	}
	// The SDK tells the axis the local path it will store under; we tell nothing.
	what := call{operation: "getEdoc"}.with("docId", docID).with("filePath", "edoc").emptyObject()
	var n int64
	err := c.do(ctx, what, func(r reply) error {
		var err error
		n, err = c.readPacket(r, w, limit)
		return err
	})
	if err != nil {
		return 0, fmt.Errorf("fetch %s: %w", docID, err)
	}
	return n, nil
}
