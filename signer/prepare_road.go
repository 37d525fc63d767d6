package signer

import (
	"context"
	"fmt"

	"vanthu/internal/document"
	"vanthu/internal/pdf"
)

// road is who writes the objects of a signature.
type road string

const (
	roadPdfsign road = "pdfsign"
	roadOwn     road = "own"
)

// maxPdfsign is the largest file given to pdfsign: with the guard it takes ten
// times the file's size in memory, the own writer next to nothing, and signing
// may take 64 MB for a file of any size (TestMemory).
const maxPdfsign = 2 << 20

// THE RULE of the two roads, stated here and nowhere else:
//
//   - The leader's signature, a new field on a page, goes through pdfsign
//     (digitorus/pdfsign v1.0.0-rc1) as the preparer: it makes the signature
//     dictionary, the widget and numbers our appearance's objects. What it
//     re-serialises with loss (page, catalog, AcroForm, cross-reference,
//     trailer: signing.md §9.2) is taken from the original bytes instead.
//   - The own writer makes the same two objects when pdfsign cannot be used:
//     the file is too large for it, it cannot read the file, it panics, or the
//     guard finds harm in what it wrote (prepare_pdfsign.go).
//   - The agency's signature always goes through the own writer: it fills an
//     empty field that exists, which pdfsign cannot do.
//
// The choice is made while preparing, before the key is touched: a device
// operation is never spent on a file that is then thrown away.
func chooseRoad(size int64) road {
	if size > maxPdfsign {
		return roadOwn
	}
	return roadPdfsign
}

// leaderPlan is everything that a road needs to prepare the leader's signature.
type leaderPlan struct {
	in       sized
	file     *pdf.File
	at       placed
	page     int // from 1
	name     string
	approval Approval
	key      Key
	hole     int
}

// leaderObjects is what a road delivers: the two dictionaries that matter, and
// the objects of the appearance, which the update already holds.
type leaderObjects struct {
	sig, widget *pdf.Dict
}

// prepareLeader makes the revision with the leader's signature, all but the
// signature itself.
func prepareLeader(ctx context.Context, plan leaderPlan) (*revision, road, error) {
	r := chooseRoad(plan.in.Size())
	u := plan.file.NewUpdate()
	var objs leaderObjects
	var err error
	if r == roadPdfsign {
		if objs, err = plan.pdfsign(ctx, u); err != nil {
			r, u = roadOwn, plan.file.NewUpdate() // nothing of the failed attempt stays
		}
	}
	if ctx.Err() != nil {
		return nil, r, ctx.Err()
	}
	if r == roadOwn {
		if objs, err = plan.own(u); err != nil {
			return nil, r, err
		}
	}
	p, err := plan.compose(u, objs)
	return p, r, err
}

// compose adds to either road's objects what makes the signature ours: PAdES
// sub-filter, hole, claimed time, name, lock; and hooks them into page and form
// with every original byte kept.
func (l leaderPlan) compose(u *pdf.Update, objs leaderObjects) (*revision, error) {
	root := l.file.Trailer().Get("Root").(pdf.Ref)
	reference, lock := fieldLock(root, "Exclude", openFields())
	sig := objs.sig
	for _, e := range signatureDict(l.hole, l.holder(), l.approval.Time).Entries {
		sig = sig.With(e.Key, string(e.Raw))
	}
	sigRef := u.Add(sig.With("Reference", reference).Bytes())
	widget := objs.widget.With("T", "("+l.name+")").With("TU", pdf.WriteText("Chữ ký số của người ký văn bản")).
		With("V", sigRef.String()).With("Lock", u.Add([]byte(lock)).String())
	widgetRef := u.Add(widget.Bytes())
	e := formEdit{l.file, u}
	if err := e.addToForm(formChange{fields: []pdf.Ref{widgetRef}, signed: true}); err != nil {
		return nil, err
	}
	seal, err := fieldRefs(l.file, FieldAgency)
	if err != nil {
		return nil, err
	}
	// below the agency's field: the seal is stamped over the signature
	if err := e.addToPage(l.at.page, []pdf.Ref{widgetRef}, seal); err != nil {
		return nil, err
	}
	return newRevision(l.in, u, sigRef)
}

// holder is the name the signature carries: the signer of the document, else the certificate's.
func (l leaderPlan) holder() string {
	if n := l.approval.Signer.Name; n != "" {
		return n
	}
	return l.key.Info().Holder
}

// fieldRefs finds fields by name.
func fieldRefs(f *pdf.File, names ...string) ([]pdf.Ref, error) {
	fields, err := f.Fields()
	if err != nil {
		return nil, err
	}
	var out []pdf.Ref
	for _, fd := range fields {
		for _, n := range names {
			if fd.Name == n {
				out = append(out, fd.Ref)
			}
		}
	}
	return out, nil
}

// own makes the leader's objects without pdfsign.
func (l leaderPlan) own(u *pdf.Update) (leaderObjects, error) {
	ap, err := l.appearance(u)
	if err != nil {
		return leaderObjects{}, err
	}
	widget, err := pdf.ParseDict(fmt.Appendf(nil, "<< /Type /Annot /Subtype /Widget /FT /Sig /F 132 /Rect %s /P %s%s /AP << /N %s >> >>",
		pdf.WriteRect(l.at.rect), l.at.page.Ref, l.at.rotation(), u.Add(ap)))
	return leaderObjects{sig: &pdf.Dict{}, widget: widget}, err
}

// appearance draws the leader's signature: the picture of it, else lines of text.
func (l leaderPlan) appearance(u adder) ([]byte, error) {
	if len(l.approval.Image) > 0 {
		return imageBlock(u, l.at, l.approval.Image, firstArchive(l.file))
	}
	return textBlock(u, l.at, l.at.w, signerLines(l.holder(), l.key, l.approval), inkBlue, firstArchive(l.file))
}

// signerLines are the lines that government signatures show.
func signerLines(holder string, key Key, a Approval) []string {
	lines := []string{"Người ký: " + holder}
	if org := key.Info().Organization; org != "" {
		lines = append(lines, "Cơ quan: "+org)
	}
	return append(lines, "Thời gian ký: "+a.Time.In(document.Zone()).Format("02.01.2006 15:04:05 -07:00"))
}
