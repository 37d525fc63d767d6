package inbox

import (
	"fmt"
	"time"

	"vanthu/internal/document"
	"vanthu/store"
)

// Progress adds a note of progress. The first one tells the sender that work
// goes on (status 05); the notes themselves stay in the office.
func (d *Desk) Progress(id, note string) (Document, error) {
	note, err := required("nội dung tiến độ", note)
	if err != nil {
		return Document{}, fmt.Errorf("progress of incoming %s: %w", id, err)
	}
	if mark, found := document.SecretMark(note); found {
		return Document{}, fmt.Errorf("progress of incoming %s: %w", id, document.RefuseSecret(mark))
	}
	return d.act(id, EventProgress, "", func(_ *store.Tx, doc *Document, now time.Time) (string, error) {
		doc.Progress = append(doc.Progress, Note{Text: note, By: d.who(), At: now})
		return sayProgress(doc), nil
	})
}
