package inbox

import (
	"fmt"
	"time"

	"vanthu/internal/document"
	"vanthu/store"
)

// HandOver passes the document to a unit or person and fills columns (7) and
// (8) of its register line. Decree 30 Art. 23.1 allows it right after
// registration when the addressee is fixed by the office's rules; status 04 is
// sent unless the directive sent it. Due is the limit of the work; the zero
// Date leaves the directive's or the sender's in force.
func (d *Desk) HandOver(id, to string, due document.Date) (Document, error) {
	to, err := required("đơn vị hoặc người nhận", to)
	if err != nil {
		return Document{}, fmt.Errorf("hand over incoming %s: %w", id, err)
	}
	return d.act(id, EventHandOver, to, func(_ *store.Tx, doc *Document, now time.Time) (string, error) {
		if err := dueDate(due, now); err != nil {
			return "", err
		}
		if doc.HandOver != nil {
			doc.Earlier = append(doc.Earlier, *doc.HandOver)
		}
		doc.HandOver = &HandOver{To: to, Due: due, By: d.who(), At: now}
		return d.sayHandedOver(*doc.HandOver), nil
	})
}
