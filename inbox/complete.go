package inbox

import (
	"strings"
	"time"

	"vanthu/store"
)

// Complete closes the work on a registered document (status 06). Reply is the
// number and notation of the answer that was issued, such as "15/UBND-VP", and
// goes into column (10); it may be empty.
func (d *Desk) Complete(id, note, reply string) (Document, error) {
	note, reply = strings.TrimSpace(note), strings.TrimSpace(reply)
	return d.act(id, EventComplete, reply, func(_ *store.Tx, doc *Document, now time.Time) (string, error) {
		doc.Completion = &Completion{Note: note, Reply: reply, By: d.who(), At: now}
		return d.sayCompleted(*doc.Completion), nil
	})
}
