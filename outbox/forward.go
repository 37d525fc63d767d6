package outbox

import (
	"context"
	"fmt"
	"strings"

	"vanthu/internal/document"
	"vanthu/store"
)

// Forwarding is an incoming document to be passed on, in plain values: the
// files are blobs of the store and stay untouched, so that the signatures in
// them stay valid (Decree 30 Art. 25: an electronic original is not copied but
// forwarded).
type Forwarding struct {
	Incoming   string            `json:"incoming"` // record of the incoming desk
	Original   document.Ref      `json:"original"` // Organ is who issued it
	From       document.Agency   `json:"from"`
	TypeName   string            `json:"typeName"`
	Subject    string            `json:"subject"`
	Signer     document.Signer   `json:"signer"`
	Urgency    document.Urgency  `json:"urgency,omitempty"`
	Due        document.Date     `json:"due,omitzero"`
	Pages      int               `json:"pages,omitempty"`
	Files      []File            `json:"files"`
	Recipients []document.Agency `json:"recipients"`
	Note       string            `json:"note,omitempty"` // covering line
	Trace      []Hop             `json:"trace,omitempty"`
}

// Forward makes an outgoing record of an incoming document: no number, no
// register line, the original's identifier, reference, date, type and subject.
// Issue sends it. Refusals: document.ErrSecret, ErrRecipient, ErrNoFile, ErrField.
func (d *Desk) Forward(_ context.Context, f Forwarding) (Document, error) {
	doc, err := d.forward(f)
	if err != nil {
		return Document{}, fmt.Errorf("forward incoming %s: %w", f.Incoming, err)
	}
	return doc, nil
}

func (d *Desk) forward(f Forwarding) (Document, error) {
	r := Draft{
		TypeName: f.TypeName, Subject: f.Subject, Signer: f.Signer, Urgency: f.Urgency,
		Recipients: f.Recipients, Due: f.Due, Pages: f.Pages,
	}
	f.Note = strings.TrimSpace(f.Note)
	if err := f.check(); err != nil {
		return Document{}, err
	}
	if err := d.settleRecipients(&r); err != nil {
		return Document{}, err
	}
	if f.Original.ID == "" {
		f.Original.ID = document.NewID(f.Original.Organ, f.Original.Date, f.Original.Reference)
	}
	doc := Document{
		ID: d.NewID(), Draft: r, Created: d.now(),
		File: f.Files[0], Source: f.Files[0].Hash, Attachments: f.Files[1:],
		Code: f.Original.Reference, Date: f.Original.Date, DocumentID: f.Original.ID,
		Forwarded: &Forwarded{Incoming: f.Incoming, Original: f.Original, From: f.From, Note: f.Note, Trace: f.Trace},
	}
	err := d.begin(&doc, store.Act{Who: d.who(), What: "forward", Record: doc.ID, Detail: "incoming " + f.Incoming})
	return doc, err
}

func (f *Forwarding) check() error {
	texts := []string{f.TypeName, f.Subject, f.Note, f.Original.Reference.Notation}
	for _, file := range f.Files {
		texts = append(texts, file.Name)
	}
	if err := refuseSecret("", texts...); err != nil {
		return err
	}
	if len(f.Recipients) == 0 {
		return document.Refuse(ErrRecipient, "Chưa chọn nơi nhận văn bản chuyển tiếp.", "Chọn ít nhất một cơ quan nhận.")
	}
	if len(f.Files) == 0 {
		return document.Refuse(ErrNoFile, "Văn bản đến không có tệp nào để chuyển tiếp.", "Chuyển bằng bản giấy, hoặc đề nghị cơ quan gửi gửi lại.")
	}
	if f.TypeName == "" || f.Subject == "" {
		return document.Refuse(ErrField, "Văn bản đến thiếu tên loại hoặc trích yếu.", "Bổ sung khi đăng ký văn bản đến rồi chuyển tiếp.")
	}
	if f.Original.Reference.Number == "" || f.Original.Reference.Notation == "" || f.Original.Date.IsZero() {
		return document.Refuse(ErrField, "Văn bản đến không có số, ký hiệu hoặc ngày nên không chuyển tiếp qua Trục được.", "Bổ sung số, ký hiệu, ngày khi đăng ký, hoặc chuyển bằng bản giấy.")
	}
	return nil
}
