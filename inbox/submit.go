package inbox

import (
	"fmt"
	"time"

	"vanthu/store"
)

// Submit notes that the document was shown to the person who directs (trình,
// Decree 30 Art. 23.1). It may be shown again, to somebody else.
func (d *Desk) Submit(id, to string) (Document, error) {
	to, err := required("người nhận trình", to)
	if err != nil {
		return Document{}, fmt.Errorf("submit incoming %s: %w", id, err)
	}
	return d.act(id, EventSubmit, to, func(_ *store.Tx, doc *Document, now time.Time) (string, error) {
		doc.Submission = &Submission{To: to, By: d.who(), At: now}
		return "", nil
	})
}
