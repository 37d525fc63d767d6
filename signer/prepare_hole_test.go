package signer

import (
	"bytes"
	"context"
	"testing"

	"vanthu/internal/pdf"
)

// pending is a revision held whole, as tests like it.
type pending struct {
	*revision
	out        []byte
	start, end int
}

func newPending(in []byte, u *pdf.Update, sig pdf.Ref) (*pending, error) {
	r, err := newRevision(bytes.NewReader(in), u, sig)
	if err != nil {
		return nil, err
	}
	out, err := whole(r)
	return &pending{r, out, int(r.start), int(r.end)}, err
}

func (p *pending) finish(cms []byte) ([]byte, error) {
	if err := p.fill(cms); err != nil {
		return nil, err
	}
	return whole(p.revision)
}

// approveBytes is approve on a file in memory.
func approveBytes(ctx context.Context, in []byte, key Key, a Approval) ([]byte, road, error) {
	r, way, err := approve(ctx, bytes.NewReader(in), key, a)
	if err != nil {
		return nil, way, err
	}
	out, err := whole(r)
	return out, way, err
}

func bytesOf(t testing.TB, r sized) []byte {
	t.Helper()
	b, err := whole(r)
	must(t, err)
	return b
}
