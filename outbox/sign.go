package outbox

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"time"

	"vanthu/internal/document"
	"vanthu/store"
)

// Sign puts the leader's signature on the draft's PDF (Decree 30 Art. 13). The
// key works outside any transaction; its result is kept only if the document
// is still a draft of the very same file, else the error is ErrConflict.
// ErrSoftKey: a key in a file, outside practice.
func (d *Desk) Sign(ctx context.Context, id string, key Key) (Document, error) {
	return d.sign(ctx, id, EventSign, d.approving(ctx, key))
}

// Seal puts the agency's signature on the numbered PDF, with number and date
// (Decree 30 Art. 17), as an addition: the bytes the leader signed must still
// begin the file, else the error is ErrSignature. ErrConflict and ErrSoftKey as
// in Sign.
func (d *Desk) Seal(ctx context.Context, id string, key Key) (Document, error) {
	return d.sign(ctx, id, EventSeal, d.sealing(ctx, key))
}

func (d *Desk) approving(ctx context.Context, key Key) signing {
	return func(doc Document, pdf []byte) ([]byte, SignatureNote, error) {
		return key.Approve(ctx, pdf, Approval{Layout: doc.Layout, Signer: doc.Draft.Signer, Time: d.now()})
	}
}

func (d *Desk) sealing(ctx context.Context, key Key) signing {
	return func(doc Document, pdf []byte) ([]byte, SignatureNote, error) {
		out, note, err := key.Seal(ctx, pdf, Sealing{
			Layout: doc.Layout, Reference: doc.Code, Date: doc.Date, Place: d.Place, Time: d.now(),
		})
		if err == nil && !bytes.HasPrefix(out, pdf) {
			err = document.Refuse(ErrSignature, "Chữ ký của cơ quan đã làm thay đổi phần lãnh đạo ký nên không được nhận.", "Không phát hành; kiểm tra lại phần mềm ký.")
		}
		return out, note, err
	}
}

// MaySign tells whether Sign (EventSign) or Seal (EventSeal) would begin: to be
// asked before a PIN is spent on opening the key. Refusals: ErrState, ErrDate.
func (d *Desk) MaySign(id string, e Event) error {
	_, err := d.maySign(id, e)
	return err
}

func (d *Desk) maySign(id string, e Event) (Document, error) {
	doc, err := d.check(id, e)
	if err == nil && doc.Number > 0 {
		err = d.refuseBeforeDate(doc)
	}
	return doc, err
}

type signing func(doc Document, pdf []byte) ([]byte, SignatureNote, error)

func (d *Desk) sign(ctx context.Context, id string, e Event, sign signing) (Document, error) {
	defer d.hands.hold(id)()
	before, err := d.maySign(id, e)
	if err != nil {
		return Document{}, fmt.Errorf("%s outgoing %s: %w", e, id, err)
	}
	file, made, err := d.signFile(ctx, before, sign)
	if err != nil {
		return Document{}, fmt.Errorf("%s outgoing %s: %w", e, id, err)
	}
	return d.act(id, e, made.Holder, func(_ *store.Tx, doc *Document, now time.Time) error {
		if doc.File.Hash != before.File.Hash || doc.Code != before.Code || doc.Layout != before.Layout {
			return refuseConflict()
		}
		if made.At.IsZero() {
			made.At = now
		}
		doc.File = file
		if e == EventSeal {
			doc.Sealed = &made
		} else {
			doc.LeaderSigned = &made
		}
		return nil
	})
}

// signFile signs the current bytes of a document and makes the result durable.
func (d *Desk) signFile(ctx context.Context, doc Document, sign signing) (File, SignatureNote, error) {
	pdf, err := d.read(doc.File)
	if err != nil {
		return File{}, SignatureNote{}, err
	}
	out, note, err := sign(doc, pdf)
	if err == nil {
		err = ctx.Err()
	}
	if err != nil {
		return File{}, SignatureNote{}, err
	}
	if note.Soft && !d.AllowSoft {
		return File{}, SignatureNote{}, document.Refuse(ErrSoftKey,
			"Khóa ký lưu trong tệp chỉ dùng để thực hành, không dùng để ký văn bản thật.", "Cắm thiết bị lưu khóa bí mật (token) do Ban Cơ yếu Chính phủ cấp rồi ký lại.")
	}
	if len(out) <= len(pdf) {
		return File{}, SignatureNote{}, document.Refuse(ErrSignature, "Tệp sau khi ký không có chữ ký nào được thêm vào.", "Ký lại; nếu vẫn lỗi, kiểm tra phần mềm ký.")
	}
	// Two signatures of a large file may lift it over the limit of a new one.
	hash, size, err := d.Store.PutBlob(bytes.NewReader(out), int64(len(out)))
	return File{Name: doc.File.Name, Hash: hash, Size: size}, note, err
}

func (d *Desk) read(f File) ([]byte, error) {
	r, err := d.Store.OpenBlob(f.Hash)
	if err != nil {
		return nil, err
	}
	defer r.Close()
	return io.ReadAll(r)
}

func refuseConflict() error {
	return document.Refuse(ErrConflict, "Văn bản vừa được thay đổi ở nơi khác trong lúc đang xử lý.", "Mở lại văn bản, xem lại rồi làm lại bước này.")
}
