package cli

import (
	"context"
	"fmt"

	"vanthu/inbox"
	"vanthu/internal/document"
	"vanthu/outbox"
)

type forwardVerb struct {
	inOffice
	ID   string   `arg:"" help:"Văn bản đến."`
	To   []string `required:"" placeholder:"MÃ" sep:"," help:"Mã định danh cơ quan nhận; dùng nhiều lần được."`
	Note string   `placeholder:"CHỮ" help:"Dòng ghi kèm khi chuyển tiếp."`
}

// Run makes an outgoing record of the incoming document; issue sends it.
func (v *forwardVerb) Run(c *call) error {
	return c.outgoing(func(ctx context.Context, w *workplace) (outbox.Document, error) {
		in, err := w.inbox.Get(v.ID)
		if err != nil {
			return outbox.Document{}, err
		}
		if err := in.MayForward(); err != nil {
			return outbox.Document{}, fmt.Errorf("forward incoming %s: %w", v.ID, err)
		}
		f := forwarding(in)
		f.Note = v.Note
		for _, code := range v.To {
			f.Recipients = append(f.Recipients, document.Agency{Code: document.Code(code)})
		}
		return w.outbox.Forward(ctx, f)
	}, "Đã lập bản chuyển tiếp, phát hành bằng `vanthu issue`")
}

// original names an incoming document across bodies.
func original(in inbox.Document) document.Ref {
	m := in.Received
	organ := m.Issuer.Code
	if organ == "" {
		organ = in.Origin.From
	}
	return document.Ref{Organ: organ, Reference: m.Code, Date: m.Date, ID: m.DocumentID}
}

// forwarding hands an incoming document to the outgoing desk in plain values,
// its files untouched.
func forwarding(in inbox.Document) outbox.Forwarding {
	m := in.Received
	f := outbox.Forwarding{Incoming: in.ID, Original: original(in), From: m.Issuer, TypeName: m.TypeName, Subject: m.Subject,
		Signer: m.Signer, Urgency: m.Urgency, Due: m.Due, Pages: m.Pages}
	for _, file := range in.Files {
		f.Files = append(f.Files, outbox.File{Name: file.Name, Hash: file.Hash, Size: file.Size})
	}
	for _, hop := range in.Trace {
		f.Trace = append(f.Trace, outbox.Hop{Organ: hop.Organ, Time: hop.Time})
	}
	return f
}
