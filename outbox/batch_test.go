package outbox_test

import (
	"errors"
	"testing"

	"vanthu/internal/document"
	"vanthu/outbox"
	"vanthu/store"
)

// TestSignSeen: what was reviewed is signed and nothing else; everything that has
// changed meanwhile is passed over without using the key.
func TestSignSeen(t *testing.T) {
	o := newOffice(t)
	changes := map[string]func(doc outbox.Document){
		"subject": func(doc outbox.Document) {
			d := doc.Draft
			d.Subject = "Việc khác hẳn"
			must(t)(o.Edit(doc.ID, d))
		},
		"signer": func(doc outbox.Document) {
			d := doc.Draft
			d.Signer = document.Signer{Competence: "KT.", Position: "Phó Chủ tịch", Name: "Đặng Thị Hường"}
			must(t)(o.Edit(doc.ID, d))
		},
		"layout": func(doc outbox.Document) {
			l := doc.Layout
			l.Sign.X++
			must(t)(o.SetLayout(doc.ID, l))
		},
		"signed":    func(doc outbox.Document) { must(t)(o.Sign(t.Context(), doc.ID, key{})) },
		"discarded": func(doc outbox.Document) { must(t)(o.Discard(doc.ID, "Không ban hành nữa")) },
	}
	for name, change := range changes {
		seen := o.get(o.bring(outbox.Drafting))
		change(seen)
		before := o.get(seen.ID)
		_, err := o.SignSeen(t.Context(), seen, outbox.EventSign, key{})
		if !outbox.PassedOver(err) || o.get(seen.ID).File != before.File {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := o.SignSeen(t.Context(), outbox.Document{ID: "khong-co"}, outbox.EventSign, key{}); !errors.Is(err, store.ErrNotFound) || !outbox.PassedOver(err) {
		t.Errorf("none: %v", err)
	}
	draft := o.get(o.bring(outbox.Drafting))
	must(t)(o.SignSeen(t.Context(), draft, outbox.EventSign, key{}))
	numbered := o.get(o.bring(outbox.Numbered))
	if sealed := must(t)(o.SignSeen(t.Context(), numbered, outbox.EventSeal, key{})); sealed.State != outbox.Sealed {
		t.Errorf("sealed is %s", sealed.State)
	}
	if _, err := o.SignSeen(t.Context(), o.get(o.bring(outbox.Drafting)), outbox.EventSign, key{silent: true}); err == nil || outbox.PassedOver(err) {
		t.Errorf("a failure is passed over: %v", err)
	}
}
