package inbox_test

import (
	"fmt"
	"testing"
	"time"

	"vanthu/inbox"
	"vanthu/internal/document"
	"vanthu/store"
)

// BenchmarkLists measures what the screen asks for on a store of ten thousand
// documents, a hundred of them open.
func BenchmarkLists(b *testing.B) {
	o := newOffice(b)
	const n = 10_000
	for from := 0; from < n; from += 1000 {
		err := o.Store.Update(store.Act{What: "fill"}, func(tx *store.Tx) error {
			for i := from; i < from+1000; i++ {
				if err := tx.Put(benchDocument(i, n)); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			b.Fatal(err)
		}
	}
	for name, f := range map[string]inbox.Filter{
		"newest": {}, "reception": {State: inbox.Received}, "text found": {Text: "so 99"}, "text missing": {Text: "không có chữ này"},
	} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				if _, _, err := o.List(f, store.Window{Limit: 40}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
	b.Run("counts", func(b *testing.B) {
		for b.Loop() {
			if _, err := o.Counts(); err != nil {
				b.Fatal(err)
			}
		}
	})
}

func benchDocument(i, n int) *inbox.Document {
	doc := &inbox.Document{
		ID: fmt.Sprintf("den-%05d", i), State: inbox.Completed,
		Origin: inbox.Origin{AxisID: fmt.Sprintf("ax-%05d", i), From: "H40", To: "H40.5.2", Arrived: time.Date(2026, 1, 1, 8, i, 0, 0, document.Zone())},
		Received: inbox.Metadata{DocumentID: fmt.Sprintf("id-%d", i), TypeName: "Công văn", Subject: fmt.Sprintf("V/v tăng cường công tác văn thư điện tử số %d", i),
			Code: document.Reference{Number: fmt.Sprint(i), Notation: "UBND-TH"}, Date: document.Date{Year: 2026, Month: 1, Day: 1}, Issuer: province()},
	}
	if i >= n-100 {
		doc.State = inbox.Received
	}
	return doc
}
