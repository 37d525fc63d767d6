package exchange

import (
	"context"
	"errors"
	"strings"
	"time"

	"vanthu/internal/axis"
	"vanthu/internal/document"
	"vanthu/outbox"
)

// Bounds of asking for the list of sent packets.
const (
	sentPage  = 200
	sentPages = 50
	// clockSlack is how far our clock and the axis's may stand apart. Too little
	// only costs a repeated send, which receivers drop.
	clockSlack = 24 * time.Hour
)

// sentSince lists what we sent since sending of a document began, page by page.
// An axis that ignores paging answers the same page again: that ends it. One
// that has no such list (hubs) lets nothing be known: then it is sent again, and
// receivers drop what they have.
func (e *Exchange) sentSince(ctx context.Context, doc outbox.Document) ([]axis.Sent, error) {
	var rows []axis.Sent
	for page := 1; page <= sentPages; page++ {
		more, err := e.Axis.Sent(ctx, axis.Filter{Type: axis.Edoc, From: doc.Attempted.Add(-clockSlack), Page: page, PageSize: sentPage})
		if errors.Is(err, axis.ErrUnsupported) {
			return nil, nil
		}
		if err != nil {
			return nil, err
		}
		if len(more) == 0 || (len(rows) > 0 && more[0] == rows[0]) {
			break
		}
		rows = append(rows, more...)
		if len(more) != sentPage {
			break
		}
	}
	return rows, nil
}

// isCopy tells whether a row of the sent list is this document's copy for a
// recipient: number and notation, sender, recipient and time agree. When in
// doubt it is not: a second copy is dropped by the receiver, a missing one is lost.
func (e *Exchange) isCopy(r axis.Sent, doc outbox.Document, to document.Code) bool {
	if r.To != to || r.SendStatus == axis.Fail || !strings.EqualFold(r.Notation, doc.Code.String()) {
		return false
	}
	if r.From != "" && r.From != e.Outbox.Agency.Code {
		return false
	}
	at, ok := rowTime(r.SentTime)
	return !ok || !at.Before(doc.Attempted.Add(-clockSlack))
}

// rowTime reads the forms of time met in rows; they are specified nowhere.
func rowTime(s string) (time.Time, bool) {
	for _, layout := range []string{
		"02/01/2006 15:04:05", "2006-01-02 15:04:05", "2006/01/02 15:04:05", time.RFC3339, "2006-01-02T15:04:05",
	} {
		if t, err := time.ParseInLocation(layout, strings.TrimSpace(s), document.Zone()); err == nil {
			return t, true
		}
	}
	return time.Time{}, false
}
