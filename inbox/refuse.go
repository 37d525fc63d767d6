package inbox

import (
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"vanthu/internal/document"
	"vanthu/store"
)

// MinReason and MaxReason bound the reason of a refusal, in letters.
const (
	MinReason = 10
	MaxReason = 1000
)

// Refuse returns a document to its sender with a reason (status 02). Only
// before registration; a refused document takes no arrival number. A
// quarantined packet is set aside the same way, but nobody is told: the packet
// could not be read. ErrReason, ErrState.
func (d *Desk) Refuse(id, reason string) (Document, error) {
	reason = strings.TrimSpace(reason)
	if n := utf8.RuneCountInString(reason); n < MinReason || n > MaxReason {
		return Document{}, fmt.Errorf("refuse incoming %s: %w", id, document.Refuse(ErrReason,
			fmt.Sprintf("Lý do từ chối phải từ %d đến %d ký tự.", MinReason, MaxReason),
			"Ghi rõ lý do để cơ quan gửi biết cần sửa gì."))
	}
	return d.act(id, EventRefuse, reason, func(_ *store.Tx, doc *Document, now time.Time) (string, error) {
		doc.Refusal = &Refusal{Reason: reason, By: d.who(), At: now}
		return d.sayRefused(reason), nil
	})
}
