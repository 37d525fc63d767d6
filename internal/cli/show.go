package cli

import (
	"errors"
	"fmt"
	"io"

	"vanthu/outbox"
	"vanthu/store"
)

type showVerb struct {
	inOffice
	ID string `arg:"" help:"Văn bản đến hoặc đi."`
}

// Run shows the record of either desk that has this ID.
func (v *showVerb) Run(c *call) error {
	return c.inOffice(func(w *workplace) error {
		in, err := w.inbox.Get(v.ID)
		if err == nil {
			return c.say(in, func(out io.Writer) { printIncoming(out, in) })
		}
		if !errors.Is(err, store.ErrNotFound) {
			return err
		}
		doc, err := w.outbox.Get(v.ID)
		if err != nil {
			return err
		}
		return c.say(doc, func(out io.Writer) { printOutgoing(out, doc) })
	})
}

// outgoingTitle names an outgoing document on one line.
func outgoingTitle(d outbox.Document) string {
	return caption(d.Draft.Subject, d.Draft.TypeName, d.Code.String())
}

// printOutgoing shows an outgoing document to a person.
func printOutgoing(w io.Writer, d outbox.Document) {
	fmt.Fprintln(w, outgoingTitle(d))
	field(w, "Mã", d.ID)
	field(w, "Trạng thái", d.State.Name())
	field(w, "Ngày", d.Date)
	field(w, "Người ký", d.Draft.Signer)
	field(w, "Độ khẩn", d.Draft.Urgency)
	field(w, "Hạn trả lời", d.Draft.Due)
	field(w, "Tệp", fmt.Sprintf("%s (%d byte)", d.File.Name, d.File.Size))
	for _, f := range d.Attachments {
		field(w, "Kèm theo", fmt.Sprintf("%s (%d byte)", f.Name, f.Size))
	}
	if d.Forwarded != nil {
		field(w, "Chuyển tiếp của", d.Forwarded.From.Name)
	}
	for _, a := range d.Draft.Recipients {
		if len(d.Delivery) == 0 {
			field(w, "Nơi nhận", fmt.Sprintf("%s (%s)", a.Name, a.Code))
		}
	}
	for _, v := range d.Delivery {
		field(w, "Nơi nhận", fmt.Sprintf("%s (%s): %s %s", v.Agency.Name, v.Agency.Code, v.State(), v.Error))
		for _, e := range v.Events {
			field(w, "  "+string(e.Code), e.Text)
		}
	}
	if d.GivenUp != nil {
		field(w, "Lý do bỏ", d.GivenUp.Reason)
	}
}
