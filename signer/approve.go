package signer

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"time"

	"vanthu/internal/document"
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
	r, _, err := approve(ctx, bytes.NewReader(in), key, a)
	if err != nil {
		return nil, explain(err)
	}
	return whole(r)
}

// ApproveFile is Approve for a file of size bytes that is not held in memory:
// it is read where needed, and the new file is written to out after the key has
// signed. After an error what out got must be thrown away.
func ApproveFile(ctx context.Context, in io.ReaderAt, size int64, out io.Writer, key Key, a Approval) error {
	r, _, err := approve(ctx, io.NewSectionReader(in, 0, size), key, a)
	if err != nil {
		return explain(err)
	}
	return explain(r.writeTo(ctx, out))
}

// approve also tells which road was taken.
func approve(ctx context.Context, in sized, key Key, a Approval) (*revision, road, error) {
	if err := inspect(in); err != nil {
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
	expect, err := expectAfter(prepared, name)
	if err != nil {
		return nil, r, err
	}
	if err := p.rehearse(ctx, a.Time); err != nil {
		return nil, r, fmt.Errorf("check before signing: %w", err)
	}
	return p, r, p.sign(ctx, key, expect)
}

// prepareApproval makes the fields unless a first leader's signature brought them, and names the new field.
func prepareApproval(in sized, l document.Layout) (prepared sized, name string, err error) {
	f, err := openPDF(in)
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

func planLeader(in sized, name string, key Key, a Approval) (leaderPlan, error) {
	f, err := openPDF(in)
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

// sign compares the finished revision with what was there, asks the key once and fills the hole.
func (r *revision) sign(ctx context.Context, key Key, expect expectation) error {
	if err := expect.check(r); err != nil {
		return fmt.Errorf("check before signing: %w", err)
	}
	if err := secondReading(ctx, expect.before, r, expect.field); err != nil {
		return fmt.Errorf("check before signing: %w", err)
	}
	c := cmsSignature{cert: key.Certificate(), chain: key.Chain(), digest: r.digest()}
	cms, err := c.sign(ctx, key)
	if err != nil {
		return fmt.Errorf("sign: %w", err)
	}
	if err := r.fill(cms); err != nil {
		return err
	}
	return expect.checkSigned(r, cms)
}
