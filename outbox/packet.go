package outbox

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"slices"
	"strings"
	"time"

	"vanthu/internal/document"
	"vanthu/internal/edxml"
	"vanthu/store"
)

// administrative is DocumentType/Type of administrative documents; TypeDetail
// then is the number in list B.
const administrative = 2

// traceLayout is how packets write the time of a hop, in Vietnam's time.
const traceLayout = "2006/01/02 15:04:05"

// writePacket writes the packet of a document to a temporary file and from
// there into the store. The bytes depend on the document and the time only.
func (d *Desk) writePacket(doc Document, at time.Time) (store.Hash, int64, error) {
	f, err := os.CreateTemp(d.TempDir, "packet-*.edxml")
	if err != nil {
		return "", 0, err
	}
	defer func() { _ = errors.Join(f.Close(), os.Remove(f.Name())) }()
	if err := edxml.WriteDocument(f, d.packet(doc, at)); err != nil {
		return "", 0, fmt.Errorf("packet: %w", err)
	}
	size, err := f.Seek(0, io.SeekEnd)
	if err == nil {
		_, err = f.Seek(0, io.SeekStart)
	}
	if err != nil {
		return "", 0, err
	}
	return d.Store.PutBlob(f, size)
}

func (d *Desk) packet(doc Document, at time.Time) edxml.Document {
	r := doc.Draft
	p := edxml.Document{
		From: d.Agency, To: addressed(r.Recipients), ID: doc.DocumentID, Code: doc.Code, Place: d.Place, Date: doc.Date,
		Type: typeInfo(r.TypeName), Subject: r.Subject, Content: r.Subject, Signer: r.Signer, Due: r.Due,
		Other:    edxml.Other{Urgency: r.Urgency, Amount: max(r.Copies, 1), Pages: r.Pages},
		ToPlaces: places(r),
		Traces:   []edxml.Trace{{Organ: string(d.Agency.Code), Time: at.In(document.Zone()).Format(traceLayout)}},
		Business: edxml.Business{Type: edxml.New, Reason: "Văn bản điện tử mới", Staff: d.Staff},
	}
	if r.ReplyTo != nil {
		p.ResponseFor = []document.Ref{r.ReplyTo.Ref}
	}
	if doc.Forwarded != nil {
		forwarded(&p, doc.Forwarded)
	}
	p.Attachments = d.attachments(doc)
	return p
}

// addressed are the recipients with names that fit a packet; the directory's
// may be longer.
func addressed(recipients []document.Agency) []document.Agency {
	list := slices.Clone(recipients)
	for i := range list {
		list[i].Name = cut(list[i].Name, 200)
	}
	return list
}

// cut shortens a text to a field's length (Decree 30 Annex VI); the store keeps
// the whole one.
func cut(s string, letters int) string {
	if r := []rune(s); len(r) > letters {
		return string(r[:letters-1]) + "…"
	}
	return s
}

// forwarded puts our covering line into the packet of another body's document
// and the bodies it passed through before us. Its texts are cut to what a
// packet carries: they are not ours to shorten in the record.
func forwarded(p *edxml.Document, f *Forwarded) {
	p.Content = cut(cmp.Or(f.Note, p.Content), 500)
	p.Subject, p.Type.Name = cut(p.Subject, 500), cut(p.Type.Name, 100)
	p.Signer.Position, p.Signer.Name = cut(p.Signer.Position, 100), cut(p.Signer.Name, 50)
	p.Business.Reason = "Chuyển tiếp văn bản của " + f.From.Name
	var before []edxml.Trace
	for _, h := range f.Trace {
		before = append(before, edxml.Trace{Organ: h.Organ, Time: h.Time})
	}
	p.Traces = append(before, p.Traces...)
}

func typeInfo(name string) edxml.TypeInfo {
	t, _ := document.TypeByName(name)
	return edxml.TypeInfo{Type: administrative, Detail: t.List, Name: name}
}

func (d *Desk) attachments(doc Document) []edxml.Attachment {
	files := append([]File{d.mainFile(doc)}, doc.Attachments...)
	var list []edxml.Attachment
	for i, f := range files {
		list = append(list, edxml.Attachment{
			ID: fmt.Sprintf("%s-%d", doc.ID, i+1), Name: f.Name, Size: f.Size,
			Open: func() (io.ReadCloser, error) { return d.Store.OpenBlob(f.Hash) },
		})
	}
	return list
}

// mainFile names the document's own file after its number, "15-QĐ-UBND.pdf",
// so that the recipient sees what it is. A forwarded file keeps its name.
func (d *Desk) mainFile(doc Document) File {
	f := doc.File
	if doc.Forwarded == nil && !doc.Code.IsZero() {
		f.Name = document.CleanName(strings.ReplaceAll(doc.Code.String(), "/", "-") + cmp.Or(path.Ext(f.Name), ".pdf"))
	}
	return f
}
