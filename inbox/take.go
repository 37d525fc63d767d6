package inbox

import (
	"fmt"
	"io"
	"path"
	"strings"

	"vanthu/internal/document"
	"vanthu/internal/edxml"
)

// take fills the record with what the packet says. It is done once, on
// arrival; Received is never edited afterwards.
func (d *Document) take(p *edxml.Packet) {
	in := p.Document
	d.Received = received(in)
	d.Business = Business{
		Type: in.Business.Type, Reason: in.Business.Reason,
		DocumentID: in.Business.DocumentID, Paper: in.Business.Paper,
	}
	for _, t := range in.Traces {
		d.Trace = append(d.Trace, Hop{Organ: t.Organ, Time: t.Time})
	}
	for _, w := range p.Warnings {
		d.warn(w)
	}
	d.warnContent()
}

func received(in *edxml.Document) Metadata {
	return Metadata{
		DocumentID: in.ID, TypeName: in.Type.Name, Code: in.Code, Date: in.Date, DateRaw: in.DateRaw,
		Issuer: in.From, Subject: in.Subject, Content: in.Content, Language: "Tiếng Việt",
		Pages: in.Other.Pages, Signer: in.Signer, Urgency: in.Other.Urgency, ToPlaces: in.ToPlaces,
		Due: in.Due, ReplyFor: in.ResponseFor,
	}
}

// warnAddressee says when the packet was not addressed to us: a legal reason to
// return it (Decree 30 Art. 21.2b). An old code of ours in the packet is one
// the axis knows, since it delivered the copy.
func (d *Desk) warnAddressee(doc *Document, to []document.Agency) {
	for _, a := range to {
		if a.Code == d.Agency.Code || a.Code == doc.Origin.To {
			return
		}
	}
	doc.warn("Nơi nhận trong gói tin không có " + d.Agency.Name + " (" + string(d.Agency.Code) + "): có thể gửi nhầm.")
}

// warnContent says what the clerk should look at before registering.
func (d *Document) warnContent() {
	switch d.Business.Type {
	case edxml.Recall:
		d.warn("Gói tin thu hồi văn bản" + quoteReason(d.Business.Reason) + " Trình lãnh đạo trước khi trả lời.")
	case edxml.Update:
		d.warn("Gói tin cập nhật văn bản đã gửi" + quoteReason(d.Business.Reason))
	case edxml.Replace:
		d.warn("Gói tin thay thế văn bản đã gửi" + quoteReason(d.Business.Reason))
	}
	if d.Origin.From != "" && d.Received.Issuer.Code != "" && d.Origin.From != d.Received.Issuer.Code {
		d.warn(fmt.Sprintf("Mã cơ quan gửi trong gói tin (%s) khác mã cơ quan gửi trên trục (%s).", d.Received.Issuer.Code, d.Origin.From))
	}
	if d.Received.Date.After(documentDay(d.Origin)) {
		d.warn("Ngày văn bản (" + d.Received.Date.String() + ") sau ngày đến.")
	}
	if !d.sender().Receives() || !d.named() {
		d.warn("Gói tin thiếu mã cơ quan gửi hoặc số, ký hiệu: không thể báo trạng thái cho cơ quan gửi.")
	}
}

func quoteReason(reason string) string {
	if reason == "" {
		return "."
	}
	return ": " + sentenceEnd(reason)
}

// headSize is enough of a file to tell its kind.
const headSize = 8

// kindReader remembers the first bytes that pass.
type kindReader struct {
	r    io.Reader
	head []byte
}

// Read passes bytes on and keeps the first.
func (k *kindReader) Read(p []byte) (int, error) {
	n, err := k.r.Read(p)
	if room := headSize - len(k.head); room > 0 {
		k.head = append(k.head, p[:min(room, n)]...)
	}
	return n, err
}

// kindOf tells a file's kind by its first bytes; the name only splits the kinds
// that share a container. Labels of senders are not believed.
func kindOf(head []byte, name string) string {
	ext := strings.TrimPrefix(strings.ToLower(path.Ext(name)), ".")
	h := string(head)
	switch {
	case strings.HasPrefix(h, "%PDF"):
		return "pdf"
	case strings.HasPrefix(h, "PK\x03\x04"):
		return among(ext, "zip", "docx", "xlsx", "pptx", "odt", "ods")
	case strings.HasPrefix(h, "\xD0\xCF\x11\xE0"):
		return among(ext, "doc", "xls", "ppt")
	case strings.HasPrefix(h, "\x89PNG"), strings.HasPrefix(h, "\xFF\xD8\xFF"), strings.HasPrefix(h, "II*\x00"), strings.HasPrefix(h, "MM\x00*"):
		return "image"
	}
	return "other"
}

func among(ext, fallback string, kinds ...string) string {
	for _, k := range kinds {
		if ext == k {
			return k
		}
	}
	return fallback
}
