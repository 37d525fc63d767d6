package exchange

import (
	"context"
	"fmt"

	"vanthu/internal/document"
	"vanthu/store"
)

// directorySize is about what the national directory costs on the line, in
// bytes: everything else goes first.
const directorySize = 30 << 20

// queueAgencies queues a refresh of the directory once a day. The first one,
// without which nobody can be addressed, does not wait behind the others.
func (e *Exchange) queueAgencies() error {
	at, count, err := e.Directory.Age()
	if err != nil || (!at.IsZero() && document.DateOf(at) == document.DateOf(e.Clock())) {
		return err
	}
	j := store.Job{ID: "agencies", Kind: "agencies", Urgency: int(document.Normal)}
	if count > 0 {
		j.Size = directorySize
	}
	return e.queue([]store.Job{j})
}

// agencies replaces the directory by the axis's. An empty answer never empties
// a directory that has entries.
func (e *Exchange) agencies(ctx context.Context, _ store.Job, _ func(done, total int64)) error {
	list, err := e.Axis.Agencies(ctx)
	if err != nil {
		return fmt.Errorf("agencies: %w", err)
	}
	return e.Directory.Replace(list)
}
