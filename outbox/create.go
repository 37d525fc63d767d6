package outbox

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"vanthu/internal/document"
	"vanthu/store"
)

// NewFile is a file on its way into a draft.
type NewFile struct {
	Name string
	R    io.Reader
}

// Create begins a draft with its PDF and its attachments. The PDF must be one
// that can be signed. Refusals: those of the draft, of Press, ErrField for an
// attachment that is empty or too large.
func (d *Desk) Create(ctx context.Context, r Draft, pdf io.Reader, attachments ...NewFile) (Document, error) {
	doc, err := d.create(ctx, r, pdf, attachments)
	if err != nil {
		return Document{}, fmt.Errorf("create outgoing: %w", err)
	}
	return doc, nil
}

func (d *Desk) create(ctx context.Context, r Draft, pdf io.Reader, attachments []NewFile) (Document, error) {
	r, err := d.settle(r)
	if err != nil {
		return Document{}, err
	}
	doc := Document{ID: d.NewID(), Draft: r, Created: d.now()}
	if err := d.takePDF(ctx, &doc, pdf); err != nil {
		return Document{}, err
	}
	for _, a := range attachments {
		f, err := d.keep(ctx, a)
		if err != nil {
			return Document{}, err
		}
		doc.Attachments = append(doc.Attachments, f)
	}
	err = d.begin(&doc, store.Act{Who: d.who(), What: string(EventCreate), Record: doc.ID, Detail: r.Subject})
	return doc, err
}

// errTaken guards an older record against an ID given twice.
var errTaken = errors.New("record id is taken")

// begin writes a new record through its first event.
func (d *Desk) begin(doc *Document, act store.Act) error {
	return d.Store.Update(act, func(tx *store.Tx) error {
		if err := tx.Get(doc.ID, &Document{}); !errors.Is(err, store.ErrNotFound) {
			return cmp.Or(err, errTaken)
		}
		return d.step(tx, doc, EventCreate, func(*store.Tx, *Document, time.Time) error { return nil })
	})
}

// takePDF checks a PDF, finds its layout and makes it the document's file.
func (d *Desk) takePDF(ctx context.Context, doc *Document, r io.Reader) error {
	pdf, err := io.ReadAll(io.LimitReader(r, d.maxFile()+1))
	if err != nil {
		return err
	}
	if int64(len(pdf)) > d.maxFile() {
		return d.refuseLarge("Tệp PDF")
	}
	if err := d.Press.Inspect(pdf); err != nil {
		return err
	}
	proposed, layout, err := d.layOut(ctx, doc.Draft, pdf)
	if err != nil {
		return err
	}
	hash, size, err := d.Store.PutBlob(bytes.NewReader(pdf), d.maxFile())
	if err != nil {
		return err
	}
	name := document.CleanName(strings.ReplaceAll(doc.Draft.TypeName+" "+doc.Draft.Subject, "/", "-") + ".pdf")
	doc.File, doc.Source = File{Name: name, Hash: hash, Size: size}, hash
	doc.Layout, doc.Proposed = layout, proposed
	return nil
}

func (d *Desk) keep(ctx context.Context, a NewFile) (File, error) {
	name := document.CleanName(a.Name)
	if mark, found := document.SecretMark(name); found {
		return File{}, document.RefuseSecret(mark)
	}
	content, err := io.ReadAll(io.LimitReader(a.R, d.maxFile()+1))
	switch {
	case err != nil:
		return File{}, err
	case int64(len(content)) > d.maxFile():
		return File{}, d.refuseLarge("Tệp “" + name + "”")
	case len(content) == 0:
		return File{}, document.Refuse(ErrField, "Tệp “"+name+"” rỗng.", "Chọn lại tệp.")
	}
	if err := d.refuseMarked(ctx, content); err != nil {
		return File{}, fmt.Errorf("file %q: %w", name, err)
	}
	hash, size, err := d.Store.PutBlob(bytes.NewReader(content), d.maxFile())
	return File{Name: name, Hash: hash, Size: size}, err
}

// refuseMarked refuses an attached PDF that bears a secrecy mark, or that
// cannot be looked into, before a byte of it is kept.
func (d *Desk) refuseMarked(ctx context.Context, content []byte) error {
	if d.PageMark == nil || !document.LooksPDF(content) {
		return nil
	}
	mark, found, err := d.PageMark(ctx, content)
	if err == nil && found {
		err = document.RefuseSecret(mark)
	}
	return err
}

func (d *Desk) refuseLarge(what string) error {
	return document.Refuse(ErrField,
		fmt.Sprintf("%s lớn hơn %d MB.", what, d.maxFile()>>20), "Giảm dung lượng tệp (quét lại 200 dpi) rồi làm lại.")
}
