package cli

import (
	"bufio"
	"io"

	"vanthu/internal/document"
	"vanthu/internal/edxml"
	"vanthu/internal/office"
)

// maxLooked is the largest file looked into for a secrecy mark, in bytes.
const maxLooked = 64 << 20

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
		pdf, err := lookInto(a)
		if err != nil {
			return err
		}
		if !document.LooksPDF(pdf) {
			continue
		}
		mark, found, err := pages.SecretMark(c.ctx, pdf)
		if c.ctx.Err() != nil {
			return c.ctx.Err()
		}
		if err == nil && found {
			return document.RefuseSecret(mark)
		}
	}
	return nil
}

// lookInto is what may be a PDF with a mark on it; of other files only the
// beginning, which tells that they are none.
func lookInto(a edxml.Attachment) ([]byte, error) {
	r, err := a.Open()
	if err != nil {
		return nil, err
	}
	defer r.Close()
	content := bufio.NewReaderSize(io.LimitReader(r, maxLooked), 4<<10)
	head, err := content.Peek(4 << 10)
	if err == nil && !document.LooksPDF(head) {
		return head, nil
	}
	return io.ReadAll(content)
}
