package main

import (
	"context"
	"fmt"
	"strings"

	"vanthu/bench/letter"
	"vanthu/internal/document"
	"vanthu/outbox"
)

// answer drafts an outgoing document in the days of incoming document i of n and
// brings it on its way: the last four stop one step earlier each.
func (f *filler) answer(i, n int) error {
	ctx := context.Background()
	doc, err := f.outbox.Create(ctx, outbox.Draft{
		TypeName: "Công văn", Subject: f.letters.Subject(), Signer: letter.Leader(), Recipients: []document.Agency{letter.Sender()},
	}, strings.NewReader(fmt.Sprintf("%%PDF-1.7 %d", i)))
	if err != nil {
		return err
	}
	steps := []func() (outbox.Document, error){
		func() (outbox.Document, error) { return f.outbox.Sign(ctx, doc.ID, key{}) },
		func() (outbox.Document, error) { return f.outbox.AssignNumber(doc.ID) },
		func() (outbox.Document, error) { return f.outbox.Seal(ctx, doc.ID, key{}) },
		func() (outbox.Document, error) { return f.outbox.Issue(doc.ID) },
	}
	steps = steps[:min(len(steps), (n-1-i)/answered)]
	for _, step := range steps {
		if _, err := step(); err != nil {
			return err
		}
	}
	if len(steps) < cap(steps) {
		return nil
	}
	return f.outbox.Sent(doc.ID, []document.Code{letter.Sender().Code}, "sent-"+doc.ID)
}

// paper and key stand for the signer: they only add a line.
type paper struct{}

func (paper) Inspect([]byte) error { return nil }

func (paper) Layout(context.Context, []byte) (document.Layout, error) { return document.Layout{}, nil }

type key struct{}

func (key) Approve(_ context.Context, pdf []byte, _ outbox.Approval) ([]byte, outbox.SignatureNote, error) {
	return append(pdf[:len(pdf):len(pdf)], "\n% lãnh đạo ký"...), outbox.SignatureNote{Holder: letter.Leader().Name}, nil
}

func (key) Seal(_ context.Context, pdf []byte, _ outbox.Sealing) ([]byte, outbox.SignatureNote, error) {
	return append(pdf[:len(pdf):len(pdf)], "\n% cơ quan ký"...), outbox.SignatureNote{Holder: letter.Commune().Agency.Name}, nil
}

// province is all of the directory that is needed.
type province struct{}

// Agency knows the province.
func (province) Agency(code document.Code) (document.Agency, bool, error) {
	return letter.Sender(), code == letter.Sender().Code, nil
}
