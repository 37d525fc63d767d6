package exchange

import (
	"context"
	"io"
	"slices"

	"vanthu/inbox"
	"vanthu/internal/axis"
	"vanthu/internal/courier"
	"vanthu/internal/document"
	"vanthu/outbox"
	"vanthu/store"
)

// Axis is what the exchange needs of the axis client; *axis.Client has it.
type Axis interface {
	EachReceived(ctx context.Context, t axis.MessageType, f func(axis.Received) error) error
	Fetch(ctx context.Context, docID string, w io.Writer, limit int64) (int64, error)
	Acknowledge(ctx context.Context, docID string, s axis.TransportStatus) error
	Send(ctx context.Context, m axis.Message) (docID string, err error)
	Sent(ctx context.Context, f axis.Filter) ([]axis.Sent, error)
	EachAgency(ctx context.Context, f func(axis.Agency) error) error
	EachAgencyQD20(ctx context.Context, f func(axis.Agency) error) error
	EachUnit(ctx context.Context, since int64, f func(axis.Unit) error) error
}

// Exchange moves packets between the axis and the desks. All fields but Ours,
// Stamper and MaxPacket must be set; Axis may be nil while the office has no
// connection, every job then waits.
type Exchange struct {
	Axis      Axis
	Store     *store.Store
	Inbox     *inbox.Desk
	Outbox    *outbox.Desk
	Directory *Directory
	Clock     document.Clock
	TempDir   string // for packets on their way into the store
	// Stamper is the time-stamp service; nil when the office has none.
	Stamper outbox.Stamper

	// Ours tells whether copies addressed to a code are for this office: one
	// system may serve several agencies. nil is the office's own code, today's
	// and old ones.
	Ours func(document.Code) bool
	// MaxPacket limits a fetched packet, in bytes; 0 is the packet reader's limit.
	MaxPacket int64
}

// Handlers are the courier's handlers by kind of job.
func (e *Exchange) Handlers() map[string]courier.Handler {
	handlers := map[string]courier.Handler{
		"fetch":    e.fetch,
		"ack":      e.acknowledge,
		"send":     e.send,
		"status":   e.status,
		"agencies": e.agencies,
	}
	for kind, h := range handlers {
		handlers[kind] = e.guarded(h)
	}
	handlers["stamp"] = e.stamp // another line than the axis's
	return handlers
}

// guarded gives every error of a handler its class, and holds all jobs while
// there is no connection.
func (e *Exchange) guarded(h courier.Handler) courier.Handler {
	return func(ctx context.Context, j store.Job, progress func(done, total int64)) error {
		if e.Axis == nil {
			return courier.ErrOffline
		}
		return classify(h(ctx, j, progress))
	}
}

// ours tells whether a listed copy is for this office. A row that does not say
// is: it is in our list. So is one under an old code of ours.
func (e *Exchange) ours(code document.Code) bool {
	own := e.Inbox.Agency.Code
	switch {
	case code == "" || code == own:
		return true
	case e.Ours != nil:
		return e.Ours(code)
	}
	found, err := e.Directory.Today(code)
	return err == nil && slices.ContainsFunc(found, func(a document.Agency) bool { return a.Code == own })
}
