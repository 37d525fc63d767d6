package signer

import (
	"context"
	"fmt"
	"time"

	"vanthu/internal/document"
	"vanthu/internal/pdf"
)

// Approval is what the leader's signature needs besides the key.
type Approval struct {
	Layout document.Layout
	Image  []byte // PNG of the handwritten signature, blue on transparent; nil: text is drawn
	Signer document.Signer
	Time   time.Time // claimed time of signing
}

// Approve puts the leader's signature on a document and returns the new file:
// the bytes of in, a revision with the empty fields for number, date and
// agency signature, a revision with the signature. A document that a leader
// has already signed gets a second leader's signature and keeps its fields.
//
// The key is asked exactly once, after everything else has succeeded. Errors
// about the file are a *document.Problem (ErrNotPDF, ErrEncrypted,
// ErrCannotSign, ErrTampered, ErrImage); the key's own come through as they are.
func Approve(ctx context.Context, in []byte, key Key, a Approval) ([]byte, error) {
	out, _, err := approve(ctx, in, key, a)
	if err != nil {
		return nil, explain(err)
	}
	return out, nil
}

// approve also tells which road was taken.
func approve(ctx context.Context, in []byte, key Key, a Approval) ([]byte, road, error) {
	if err := Inspect(in); err != nil {
		return nil, "", err
	}
	if err := refuseExpired(key.Certificate(), a.Time); err != nil {
		return nil, "", err
	}
	prepared, name, err := prepareApproval(in, a.Layout)
	if err != nil {
		return nil, "", fmt.Errorf("prepare fields: %w", err)
	}
	plan, err := planLeader(prepared, name, key, a)
	if err != nil {
		return nil, "", err
	}
	p, r, err := prepareLeader(ctx, plan)
	if err != nil {
		return nil, r, fmt.Errorf("prepare signature: %w", err)
	}
	expect, err := expectAfter(in, prepared, name)
	if err != nil {
		return nil, r, err
	}
	if err := p.rehearse(ctx, a.Time); err != nil {
		return nil, r, fmt.Errorf("check before signing: %w", err)
	}
	out, err := signPending(ctx, p, key, expect)
	return out, r, err
}

// prepareApproval makes the fields unless a first leader's signature brought them, and names the new field.
func prepareApproval(in []byte, l document.Layout) (prepared []byte, name string, err error) {
	f, err := pdf.Parse(in)
	if err != nil {
		return nil, "", err
	}
	fields, err := f.Fields()
	if err != nil {
		return nil, "", err
	}
	leaders := 0
	for _, fd := range fields {
		if isLeaderField(fd.Name) {
			leaders++
		}
	}
	if leaders >= maxLeaders {
		return nil, "", document.Refuse(ErrCannotSign, fmt.Sprintf("Văn bản đã có %d chữ ký của lãnh đạo.", leaders), "Không ký thêm vào tệp này được nữa.")
	}
	if leaders > 0 {
		return in, leaderField(leaders + 1), nil
	}
	prepared, err = prepareFields(in, l)
	return prepared, FieldLeader, err
}

func planLeader(in []byte, name string, key Key, a Approval) (leaderPlan, error) {
	f, err := pdf.Parse(in)
	if err != nil {
		return leaderPlan{}, err
	}
	pages, err := f.Pages()
	if err != nil {
		return leaderPlan{}, err
	}
	at, err := placeBox(pages, a.Layout.Sign)
	if err != nil {
		return leaderPlan{}, fmt.Errorf("signature: %w", err)
	}
	hole, err := holeFor(key)
	if err != nil {
		return leaderPlan{}, err
	}
	return leaderPlan{in: in, file: f, at: at, page: a.Layout.Sign.Page, name: name, approval: a, key: key, hole: hole}, nil
}

// signPending compares the finished revision with what was there, asks the key once and fills the hole.
func signPending(ctx context.Context, p *pending, key Key, expect expectation) ([]byte, error) {
	if err := expect.check(p.out); err != nil {
		return nil, fmt.Errorf("check before signing: %w", err)
	}
	c := cmsSignature{cert: key.Certificate(), chain: key.Chain(), digest: p.digest()}
	cms, err := c.sign(ctx, key)
	if err != nil {
		return nil, fmt.Errorf("sign: %w", err)
	}
	out, err := p.finish(cms)
	if err != nil {
		return nil, err
	}
	return out, expect.checkSigned(out, cms)
}
