package outbox

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"time"

	"vanthu/internal/document"
	"vanthu/store"
)

// sendJob is the payload of a "send" job: which document, to whom.
type sendJob struct {
	ID string          `json:"id"`
	To []document.Code `json:"to"`
}

// Issue sends a sealed document, or a forwarded one, on its way: one act fixes
// the packet's bytes, opens a delivery for every recipient and queues one send
// job (Decree 30 Art. 18). Issuing again changes nothing. Refusals: ErrState,
// ErrRecipient, document.ErrSecret; ErrConflict when the document changed while
// its packet was written.
func (d *Desk) Issue(id string) (Document, error) {
	defer d.hands.hold(id)()
	before, err := d.Get(id)
	if err != nil || before.State == Issued {
		return before, err
	}
	e := EventIssue
	if before.Forwarded != nil {
		e = EventForward
	}
	if _, err := before.step(e); err != nil {
		return Document{}, fmt.Errorf("issue outgoing %s: %w", id, err)
	}
	if before.Number > 0 {
		err = d.refuseBeforeDate(before)
	}
	if err := cmp.Or(err, d.ready(before)); err != nil {
		return Document{}, fmt.Errorf("issue outgoing %s: %w", id, err)
	}
	issuedAt := d.now()
	packet, size, err := d.writePacket(before, issuedAt)
	if err != nil {
		return Document{}, fmt.Errorf("issue outgoing %s: %w", id, err)
	}
	doc, err := d.act(id, e, before.Code.String(), func(_ *store.Tx, doc *Document, _ time.Time) error {
		if !reflect.DeepEqual(*doc, before) {
			return refuseConflict()
		}
		doc.Packet, doc.PacketSize, doc.IssuedAt = packet, size, issuedAt
		for _, a := range doc.Draft.Recipients {
			doc.Delivery = append(doc.Delivery, Delivery{Agency: a, Transport: TransportWaiting})
		}
		return nil
	})
	if errors.Is(err, ErrConflict) || errors.Is(err, ErrState) {
		return d.issuedMeanwhile(id, err)
	}
	return doc, err
}

// issuedMeanwhile makes of two issues at once one that did it and one that
// found it done.
func (d *Desk) issuedMeanwhile(id string, cause error) (Document, error) {
	doc, err := d.Get(id)
	if err != nil || doc.State != Issued {
		return Document{}, cause
	}
	return doc, nil
}

// ready checks what must be there before anything leaves: both codes, the
// file, number and date, both signatures, no secrecy mark.
func (d *Desk) ready(doc Document) error {
	if _, err := document.ParseCode(string(d.Agency.Code)); err != nil {
		return document.Refuse(ErrField, "Chưa có mã định danh của cơ quan mình.", "Khai báo mã định danh trong cấu hình cơ quan.")
	}
	if len(doc.Draft.Recipients) == 0 {
		return document.Refuse(ErrRecipient, "Văn bản chưa có nơi nhận qua Trục.", "Chọn ít nhất một cơ quan nhận.")
	}
	r := doc.Draft
	if err := d.settleRecipients(&r); err != nil {
		return err
	}
	if doc.File.Hash == "" {
		return document.Refuse(ErrNoFile, "Văn bản chưa có tệp.", "Đính kèm tệp văn bản trước khi phát hành.")
	}
	if doc.Forwarded == nil {
		return readyOwn(doc)
	}
	return refuseSecret(r.Secrecy, r.TypeName, r.Subject, doc.Forwarded.Note)
}

func readyOwn(doc Document) error {
	if doc.Number == 0 || doc.Date.IsZero() {
		return document.Refuse(ErrState, "Văn bản chưa có số và ngày.", "Cấp số trước khi phát hành.")
	}
	if doc.LeaderSigned == nil || doc.Sealed == nil {
		return document.Refuse(ErrState, "Văn bản chưa đủ chữ ký của người có thẩm quyền và của cơ quan.", "Ký đủ trước khi phát hành.")
	}
	return refuseSecret(doc.Draft.Secrecy, doc.Draft.TypeName, doc.Draft.Subject)
}

// queueSend queues the one send job of a document for the recipients in to.
func queueSend(tx *store.Tx, doc *Document, to []document.Code) error {
	payload, err := json.Marshal(sendJob{ID: doc.ID, To: to})
	if err != nil {
		return err
	}
	return tx.Queue(store.Job{
		ID: "send/" + doc.ID, Kind: "send", Record: doc.ID,
		Urgency: int(doc.Draft.Urgency), Size: doc.PacketSize, Payload: payload,
	})
}
