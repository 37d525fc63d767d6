package inbox

import (
	"context"
	"io"
	"os"
	"time"

	"vanthu/internal/document"
	"vanthu/internal/edxml"
	"vanthu/store"
)

// secretMark looks for a secrecy mark in every text a sender may have put it.
func secretMark(in *edxml.Document) (string, bool) {
	texts := []string{
		in.Type.Name, in.Subject, in.Content, in.Other.Sphere, in.Other.TyperNotation,
		in.Code.Number, in.Code.Notation, in.Business.Reason,
	}
	texts = append(texts, in.Other.Appendixes...)
	texts = append(texts, in.ToPlaces...)
	for _, a := range in.Attachments {
		texts = append(texts, a.Name, a.Description)
	}
	return document.SecretMark(texts...)
}

// pageMark looks for a secrecy mark on the pages of the PDFs that came. A file
// that cannot be looked into is no reason to refuse the document; the clerk is
// told to look.
func (d *Desk) pageMark(ctx context.Context, doc *Document, files []edxml.Attachment) (string, bool, error) {
	if d.PageMark == nil {
		return "", false, nil
	}
	for _, f := range files {
		pdf, err := openPDF(f)
		if err != nil {
			return "", false, err
		}
		if pdf == nil {
			continue
		}
		mark, found, err := d.PageMark(ctx, pdf, f.Size)
		pdf.Close()
		if ctx.Err() != nil {
			return "", false, ctx.Err()
		}
		if found {
			return mark, true, nil
		}
		if err != nil {
			doc.warn("Không xem được trang đầu của tệp “" + document.CleanName(f.Name) + "” để tìm dấu độ mật: văn thư tự kiểm tra.")
		}
	}
	return "", false, nil
}

// openPDF opens an attachment that looks like a PDF; nil for any other.
func openPDF(a edxml.Attachment) (*os.File, error) {
	f, err := os.Open(a.Path)
	if err != nil {
		return nil, err
	}
	head := make([]byte, 1024)
	n, err := f.ReadAt(head, 0)
	if err != nil && err != io.EOF || !document.LooksPDF(head[:n]) {
		f.Close()
		if err == io.EOF {
			err = nil
		}
		return nil, err
	}
	return f, nil
}

// refuseSecret keeps of a secret document only what names it to its sender:
// identifier, reference, date and issuer. No subject, no content, no file, no
// packet (Law 117/2025/QH15).
func (d *Desk) refuseSecret(doc Document, in *edxml.Document, mark string) (Document, error) {
	doc.Origin.Packet = ""
	doc.Received = Metadata{DocumentID: in.ID, Code: in.Code, Date: in.Date, Issuer: in.From}
	doc.warn("Văn bản mang dấu độ mật “" + mark + "” bị từ chối tự động; phần mềm không lưu nội dung. Báo ngay người phụ trách và cơ quan gửi.")
	return d.arrive(doc, EventSecret, "secrecy mark", func(_ *store.Tx, doc *Document, now time.Time) (string, error) {
		reason := "Văn bản mang dấu độ mật “" + mark + "”, không được gửi qua Trục liên thông văn bản quốc gia."
		doc.Refusal = &Refusal{Reason: reason, By: "Phần mềm", At: now}
		return d.sayRefused(reason), nil
	})
}

// dropSecret deletes the packet of a refused secret document. No record names
// it, so a crash before this leaves an orphan for the store to collect.
func (d *Desk) dropSecret(packet store.Hash) error {
	if packet == "" {
		return nil
	}
	return d.Store.DropBlob(packet)
}
