package cli

import (
	"errors"
	"io"

	"vanthu/internal/document"
	"vanthu/internal/edxml"
	"vanthu/internal/office"
)

// refuseSecretPacket refuses a packet that bears a secrecy mark in its words,
// in the names of its files or on the first page of one of its PDFs: the
// desks refuse it at their doors, and the packet verbs are doors too. A page
// that cannot be read is left to the clerk's eyes.
func (c *call) refuseSecretPacket(d edxml.Document) error {
	texts := []string{d.Type.Name, d.Subject, d.Content, d.Other.Sphere, d.Other.TyperNotation, d.Code.Number, d.Code.Notation, d.Business.Reason}
	texts = append(texts, d.Other.Appendixes...)
	for _, a := range d.Attachments {
		texts = append(texts, a.Name, a.Description)
	}
	if mark, found := document.SecretMark(texts...); found {
		return document.RefuseSecret(mark)
	}
	pages := newPress(c.home, office.Office{})
	defer pages.Close()
	for _, a := range d.Attachments {
		mark, found, err := c.markIn(pages, a)
		if err != nil {
			return err
		}
		if found {
			return document.RefuseSecret(mark)
		}
	}
	return nil
}

// markIn looks for a mark on the first page of a file, if it is a PDF. The error is
// one of ours: a file that cannot be opened has not been looked at.
func (c *call) markIn(pages *press, a edxml.Attachment) (string, bool, error) {
	r, err := a.Open()
	if err != nil {
		return "", false, err
	}
	defer r.Close()
	file, ok := r.(io.ReaderAt)
	if !ok {
		return "", false, errors.New("not a file")
	}
	head := make([]byte, 1024)
	n, err := file.ReadAt(head, 0)
	if err != nil && err != io.EOF {
		return "", false, err
	}
	if !document.LooksPDF(head[:n]) {
		return "", false, nil
	}
	mark, found, err := pages.secretMarkIn(c.ctx, file, a.Size)
	if err != nil {
		return "", false, c.ctx.Err() // what is on the page is left to the clerk's eyes
	}
	return mark, found, nil
}
