package signer

import (
	"bytes"
	"context"
	"crypto"
	"errors"
	"fmt"
	"io"

	dpdf "github.com/digitorus/pdf"
	"github.com/digitorus/pdfsign/sign"

	"vanthu/internal/document"
	"vanthu/internal/pdf"
)

// errHarm: what pdfsign wrote must not be used.
var errHarm = errors.New("pdfsign would harm the file")

// noKey answers pdfsign with a signature of the right length that means
// nothing: it prepares, it does not sign.
type noKey struct {
	public crypto.PublicKey
	size   int
}

func (n noKey) Public() crypto.PublicKey { return n.public }

func (n noKey) Sign(io.Reader, []byte, crypto.SignerOpts) ([]byte, error) {
	return make([]byte, n.size), nil
}

// pdfsign lets pdfsign write the revision, checks it, and takes over its
// objects. It runs apart so that the caller's context ends the wait; a call
// that hangs is left behind with its memory, which maxPdfsign bounds.
func (l leaderPlan) pdfsign(ctx context.Context, u *pdf.Update) (leaderObjects, error) {
	type answer struct {
		out []byte
		err error
	}
	done := make(chan answer, 1)
	go func() {
		out, err := l.runPdfsign()
		done <- answer{out, err}
	}()
	select {
	case <-ctx.Done():
		return leaderObjects{}, ctx.Err()
	case a := <-done:
		if a.err != nil {
			return leaderObjects{}, a.err
		}
		return l.takeOver(u, a.out)
	}
}

// runPdfsign calls pdfsign; its panics on odd files become errors.
func (l leaderPlan) runPdfsign() (out []byte, err error) {
	defer func() {
		if r := recover(); r != nil {
			out, err = nil, fmt.Errorf("%w: panic: %v", errHarm, r)
		}
	}()
	in, err := whole(l.in)
	if err != nil {
		return nil, err
	}
	rdr, err := dpdf.NewReader(bytes.NewReader(in), int64(len(in)))
	if err != nil {
		return nil, fmt.Errorf("pdfsign cannot read the file: %w", err)
	}
	size, err := signatureSize(l.key.Certificate())
	if err != nil {
		return nil, err
	}
	data := sign.SignData{
		Signature: sign.SignDataSignature{CertType: sign.ApprovalSignature, Info: sign.SignDataSignatureInfo{
			// no name, reason or place: pdfsign writes "ĩ" as a closing parenthesis
			Date: l.approval.Time.In(document.Zone()),
		}},
		Signer:          noKey{l.key.Certificate().PublicKey, size},
		DigestAlgorithm: crypto.SHA256,
		Certificate:     l.key.Certificate(),
		Appearance: sign.Appearance{
			Visible: true, Page: uint32(l.page), Renderer: l.render,
			LowerLeftX: l.at.rect.X0, LowerLeftY: l.at.rect.Y0, UpperRightX: l.at.rect.X1, UpperRightY: l.at.rect.Y1,
		},
	}
	var buf bytes.Buffer
	if err := sign.SignWithData(bytes.NewReader(in), &buf, rdr, int64(len(in)), data); err != nil {
		return nil, fmt.Errorf("pdfsign: %w", err)
	}
	return buf.Bytes(), nil
}

// render gives pdfsign our appearance and the objects it needs.
func (l leaderPlan) render(sc *sign.SignContext, _ [4]float64) ([]byte, error) {
	a := pdfsignAdder{sc: sc}
	body, err := l.appearance(&a)
	if a.err != nil {
		return nil, a.err
	}
	return body, err
}

// pdfsignAdder numbers objects through pdfsign.
type pdfsignAdder struct {
	sc  *sign.SignContext
	err error
}

// Add implements adder.
func (a *pdfsignAdder) Add(body []byte) pdf.Ref {
	n, err := a.sc.AddObject(body)
	if err != nil && a.err == nil {
		a.err = err
	}
	return pdf.Ref{Num: int(n)}
}

// takeOver is the guard (signing.md §9.6, items 4 and 8): the output must begin
// with the exact input, hold exactly one new signature whose hole lies in the
// new part, and have the same pages. Only its new objects are used.
func (l leaderPlan) takeOver(u *pdf.Update, out []byte) (leaderObjects, error) {
	var objs leaderObjects
	in, err := whole(l.in)
	if err != nil {
		return objs, err
	}
	if len(out) <= len(in) || !bytes.HasPrefix(out, in) {
		return objs, fmt.Errorf("%w: the original bytes were changed", errHarm)
	}
	if n := bytes.Count(out[len(in):], []byte("/ByteRange")); n != 1 {
		return objs, fmt.Errorf("%w: %d byte ranges in the new part", errHarm, n)
	}
	g, err := pdf.Parse(out)
	if err != nil {
		return objs, fmt.Errorf("%w: %w", errHarm, err)
	}
	if err := samePages(l.file, g); err != nil {
		return objs, fmt.Errorf("%w: %w", errHarm, err)
	}
	known := map[int]bool{}
	for _, r := range l.file.Refs() {
		known[r.Num] = true
	}
	root := g.Trailer().Get("Root")
	for num, used := range g.Sections()[0].Objects() {
		ref := pdf.Ref{Num: num}
		if known[num] || !used || ref == root {
			continue // page and catalog: taken from the original instead
		}
		if err := objs.take(g, u, ref, int64(len(in))); err != nil {
			return objs, err
		}
	}
	if objs.sig == nil || objs.widget == nil {
		return objs, fmt.Errorf("%w: no signature was written", errHarm)
	}
	return objs, nil
}

// take sorts one new object: signature, widget, or a part of the appearance.
func (o *leaderObjects) take(g *pdf.File, u *pdf.Update, ref pdf.Ref, from int64) error {
	v, err := g.Object(ref)
	if err != nil {
		return fmt.Errorf("%w: %w", errHarm, err)
	}
	switch d := v.(type) {
	case *pdf.Dict:
		hole, isSig := d.Find("Contents")
		switch {
		case d.Get("Type") == pdf.Name("Sig") && isSig:
			if o.sig != nil || hole.Offset < from {
				return fmt.Errorf("%w: the hole is not in the new part", errHarm)
			}
			// dead keys that pdfsign leaves in the dictionary of an approval signature
			o.sig = d.Without("TransformMethod", "TransformParams", "DigestMethod")
			return nil
		case d.Get("FT") == pdf.Name("Sig"):
			if o.widget != nil {
				return fmt.Errorf("%w: two signature fields", errHarm)
			}
			o.widget = d
			return nil
		}
		u.Put(ref, d.Bytes())
	case *pdf.Stream:
		if d.Get("Type") == pdf.Name("XRef") {
			return nil
		}
		data, err := g.StreamData(d)
		if err != nil {
			return fmt.Errorf("%w: %w", errHarm, err)
		}
		u.Put(ref, pdf.StreamBody(d.Dict, data))
	default:
		return fmt.Errorf("%w: unexpected object %s", errHarm, ref)
	}
	return nil
}

// samePages tells whether two files have the same pages, by number and object.
func samePages(a, b *pdf.File) error {
	p, err := a.Pages()
	if err != nil {
		return err
	}
	q, err := b.Pages()
	if err != nil {
		return err
	}
	if len(p) != len(q) {
		return fmt.Errorf("%d pages became %d", len(p), len(q))
	}
	for i := range p {
		if p[i].Ref != q[i].Ref || p[i].Rotate != q[i].Rotate || p[i].Media != q[i].Media || p[i].Crop != q[i].Crop {
			return fmt.Errorf("page %d is another one", i+1)
		}
	}
	return nil
}
