package outbox

import (
	"iter"

	"vanthu/store"
)

// find yields the records whose entry in an index is exactly value, newest
// first where the value is shared.
func find(tx *store.Tx, index, value string) iter.Seq2[Document, error] {
	return func(yield func(Document, error) bool) {
		if value == "" {
			return
		}
		for _, key := range tx.Keys(Kind, store.Window{Index: index, Prefix: value, Newest: true}) {
			var doc Document
			err := tx.Get(key, &doc)
			if err == nil && !doc.indexed(index, value) {
				continue
			}
			if !yield(doc, err) || err != nil {
				return
			}
		}
	}
}

// indexed tells an entry equal to value from one that only begins with it.
func (d *Document) indexed(index, value string) bool {
	for _, e := range d.Index() {
		if e.Index == index && e.Value == value {
			return true
		}
	}
	return false
}
