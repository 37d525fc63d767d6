package outbox

import (
	"context"
	"errors"
	"fmt"
	"io"
	"reflect"
	"time"

	"vanthu/internal/document"
	"vanthu/store"
)

// Edit replaces what was typed about a draft. Once the document is signed only
// its addresses may change: recipients, places, due date, urgency, copies and
// what it answers; the register line follows. The same holds for a document of
// another body that is being forwarded. Refusals as in Create.
func (d *Desk) Edit(id string, r Draft) (Document, error) {
	doc, err := d.Get(id)
	if err != nil {
		return Document{}, err
	}
	if doc.Forwarded != nil {
		err = errors.Join(refuseSecret(r.Secrecy), d.settleRecipients(&r))
	} else {
		r, err = d.settle(r)
	}
	fresh, again := doc, false
	if err == nil {
		again, err = d.layOutAgain(context.Background(), &fresh, r)
	}
	if err != nil {
		return Document{}, fmt.Errorf("edit outgoing %s: %w", id, err)
	}
	e := EventEdit
	if doc.State != Drafting && doc.State.Open() {
		e = EventReaddress
	}
	return d.act(id, e, r.Subject, func(_ *store.Tx, doc *Document, _ time.Time) error {
		if (e == EventReaddress || doc.Forwarded != nil) && !sameContent(doc.Draft, r) {
			return document.Refuse(ErrState, "Văn bản đã được ký nên không sửa được nội dung.",
				"Chỉ sửa nơi nhận, hạn trả lời, độ khẩn, số lượng bản; cần sửa nội dung thì soạn lại.")
		}
		if again {
			doc.Layout, doc.Proposed = fresh.Layout, fresh.Proposed
		}
		doc.Draft = r
		return nil
	})
}

// sameContent tells that two drafts differ at most in their addresses.
func sameContent(a, b Draft) bool {
	addresses := func(from, to *Draft) {
		to.Recipients, to.ToPlaces, to.Due = from.Recipients, from.ToPlaces, from.Due
		to.Urgency, to.Copies, to.ReplyTo, to.Secrecy = from.Urgency, from.Copies, from.ReplyTo, from.Secrecy
	}
	addresses(&a, &b)
	return reflect.DeepEqual(a, b)
}

// Revise changes what was typed about a draft and its PDF in one act, so that
// a file that is refused leaves the words as they were. Refusals as in Create.
func (d *Desk) Revise(ctx context.Context, id string, r Draft, pdf io.Reader) (Document, error) {
	doc, err := d.check(id, EventReplace)
	if err == nil {
		r, err = d.settle(r)
	}
	fresh := Document{Draft: r}
	if err == nil {
		err = d.takePDF(ctx, &fresh, pdf)
	}
	if err != nil {
		return Document{}, fmt.Errorf("revise outgoing %s: %w", id, err)
	}
	return d.act(id, EventReplace, string(fresh.File.Hash), func(_ *store.Tx, now *Document, _ time.Time) error {
		if now.File.Hash != doc.File.Hash || !reflect.DeepEqual(now.Draft, doc.Draft) {
			return refuseConflict()
		}
		now.Draft, now.File, now.Source = r, fresh.File, fresh.Source
		now.Layout, now.Proposed = fresh.Layout, fresh.Proposed
		return nil
	})
}

// ReplaceFile puts another PDF in the place of the draft's.
func (d *Desk) ReplaceFile(id string, pdf io.Reader) (Document, error) {
	doc, err := d.check(id, EventReplace)
	if err != nil {
		return Document{}, fmt.Errorf("replace file of outgoing %s: %w", id, err)
	}
	fresh := Document{Draft: doc.Draft}
	if err := d.takePDF(context.Background(), &fresh, pdf); err != nil {
		return Document{}, fmt.Errorf("replace file of outgoing %s: %w", id, err)
	}
	return d.act(id, EventReplace, string(fresh.File.Hash), func(_ *store.Tx, doc *Document, _ time.Time) error {
		doc.File, doc.Source = fresh.File, fresh.Source
		doc.Layout, doc.Proposed = fresh.Layout, fresh.Proposed
		return nil
	})
}
