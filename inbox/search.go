package inbox

import (
	"fmt"
	"strings"

	"vanthu/internal/textfilter"
	"vanthu/store"
)

// search asks for the documents that hold all words of a text.
func (d *Desk) search(text string) textfilter.Filter { return d.texts.Words(d.fold(text)) }

// found reads a document; nil is one that the filter does not admit.
func (d *Desk) found(tx *store.Tx, f textfilter.Filter, id string) (*Document, error) {
	if f.Misses(id) {
		return nil, nil
	}
	var doc Document
	if err := tx.Get(id, &doc); err != nil {
		return nil, fmt.Errorf("incoming %s: %w", id, err)
	}
	if !f.Admits(id, func() string { return d.text(doc) }) {
		return nil, nil
	}
	return &doc, nil
}

// text is what a document is found by: subject, type, reference, issuer,
// arrival number.
func (d *Desk) text(doc Document) string {
	m := doc.Meta()
	text := d.fold(strings.Join([]string{m.Subject, m.TypeName, m.Code.String(), m.Issuer.Name, string(m.Issuer.Code)}, "\n"))
	if doc.Entry != nil {
		text += fmt.Sprintf("\n%d", doc.Entry.Number)
	}
	return text
}
