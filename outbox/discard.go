package outbox

import (
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"vanthu/internal/document"
	"vanthu/store"
)

// MinReason is the shortest reason for voiding a number, in letters.
const MinReason = 10

// Discard gives up a document that has no number yet. The reason may be empty.
func (d *Desk) Discard(id, reason string) (Document, error) {
	return d.giveUp(id, EventDiscard, strings.TrimSpace(reason))
}

// Void gives up a document that has its number: the line stays in the register,
// struck, with the reason; the number is never used again. ErrReason.
func (d *Desk) Void(id, reason string) (Document, error) {
	reason = strings.TrimSpace(reason)
	if utf8.RuneCountInString(reason) < MinReason {
		return Document{}, fmt.Errorf("void outgoing %s: %w", id, document.Refuse(ErrReason,
			fmt.Sprintf("Lý do hủy số phải có ít nhất %d ký tự.", MinReason), "Ghi rõ lý do; lý do được giữ trong sổ."))
	}
	return d.giveUp(id, EventVoid, reason)
}

func (d *Desk) giveUp(id string, e Event, reason string) (Document, error) {
	return d.act(id, e, reason, func(_ *store.Tx, doc *Document, now time.Time) error {
		doc.GivenUp = &GivenUp{Reason: reason, By: d.who(), At: now}
		return nil
	})
}
