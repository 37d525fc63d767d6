package outbox

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"

	"vanthu/internal/document"
	"vanthu/store"
)

// PlacesKind is the kind of record that remembers places under in the store.
const PlacesKind = "places"

// habit remembers how far the clerk moved the boxes of the last document of a
// type and a unit away from where the page asked for them: a template that is
// read a little wrong is read wrong the same way each time.
type habit struct {
	TypeName string        `json:"typeName"`
	Unit     string        `json:"unit,omitempty"`
	Whole    bool          `json:"whole,omitempty"` // of pages without text, which have other boxes
	Shifts   [6][2]float64 `json:"shifts"`          // right and up in points, in the order of boxes
}

var _ store.Record = (*habit)(nil)

// Kind names the record kind for the store.
func (p *habit) Kind() string { return PlacesKind }

// Key is one for each type, unit and kind of page.
func (p *habit) Key() string {
	sum := sha256.Sum256(fmt.Appendf(nil, "%s\x00%s\x00%t", strings.ToLower(p.TypeName), strings.ToLower(p.Unit), p.Whole))
	return hex.EncodeToString(sum[:16])
}

// Index is empty: places are found by their key.
func (p *habit) Index() []store.Entry { return nil }

// Blobs is empty.
func (p *habit) Blobs() []store.Hash { return nil }

func habitOf(r Draft, whole bool) habit {
	return habit{TypeName: r.TypeName, Unit: r.Unit, Whole: whole}
}

// rememberLayout keeps what moved. Boxes the document lacks keep what an
// earlier one taught; a box on another page teaches nothing.
func rememberLayout(tx *store.Tx, doc *Document) error {
	p := habitOf(doc.Draft, doc.Layout.Whole)
	if err := tx.Get(p.Key(), &p); err != nil && !errors.Is(err, store.ErrNotFound) {
		return err
	}
	if doc.Proposed.IsZero() || doc.Proposed.Whole != doc.Layout.Whole {
		return nil // a draft of an older release
	}
	from, to := boxes(&doc.Proposed), boxes(&doc.Layout)
	for i := range from {
		if !from[i].IsZero() && from[i].Page == to[i].Page {
			p.Shifts[i] = [2]float64{to[i].X - from[i].X, to[i].Y - from[i].Y}
		}
	}
	return tx.Put(&p)
}

// Pager is a Press that also knows the sizes of pages. With one, a remembered
// shift never moves a box off its page; without, shifts are not applied.
type Pager interface {
	// PageSizes gives width and height of each page as shown, in points.
	PageSizes(ctx context.Context, pdf []byte) ([][2]float64, error)
}

// NamedPress is a Press that finds the place of one signer among several: minutes
// bear the names of secretary and chair, a joint document those of two leaders.
type NamedPress interface {
	LayoutFor(ctx context.Context, pdf []byte, signer document.Signer) (document.Layout, error)
}

// propose asks the page for its places.
func (d *Desk) propose(ctx context.Context, r Draft, pdf []byte) (document.Layout, error) {
	if named, ok := d.Press.(NamedPress); ok {
		return named.LayoutFor(ctx, pdf, r.Signer)
	}
	return d.Press.Layout(ctx, pdf)
}

// layOut asks the page for its places, then moves them as the clerk moved those
// of the last document of the kind.
func (d *Desk) layOut(ctx context.Context, r Draft, pdf []byte) (proposed, l document.Layout, err error) {
	proposed, err = d.propose(ctx, r, pdf)
	if err != nil {
		return document.Layout{}, document.Layout{}, err
	}
	pager, ok := d.Press.(Pager)
	if !ok {
		return proposed, proposed, nil
	}
	p := habitOf(r, proposed.Whole)
	err = d.Store.View(func(tx *store.Tx) error { return tx.Get(p.Key(), &p) })
	if errors.Is(err, store.ErrNotFound) {
		return proposed, proposed, nil
	}
	if err != nil {
		return document.Layout{}, document.Layout{}, err
	}
	sizes, err := pager.PageSizes(ctx, pdf)
	if err != nil {
		return document.Layout{}, document.Layout{}, err
	}
	return proposed, p.apply(proposed, sizes), nil
}

// layOutAgain finds the places anew when a draft's signer, type or unit becomes
// another: another name may be meant on the page, other shifts are remembered.
func (d *Desk) layOutAgain(ctx context.Context, doc *Document, r Draft) (again bool, err error) {
	same := doc.Draft.Signer == r.Signer && doc.Draft.TypeName == r.TypeName && doc.Draft.Unit == r.Unit
	if same || doc.State != Drafting || doc.Forwarded != nil {
		return false, nil
	}
	pdf, err := d.read(doc.File)
	if err != nil {
		return false, err
	}
	doc.Proposed, doc.Layout, err = d.layOut(ctx, r, pdf)
	return err == nil, err
}

// apply moves the boxes and keeps each on its page.
func (p *habit) apply(l document.Layout, sizes [][2]float64) document.Layout {
	for i, b := range boxes(&l) {
		if b.IsZero() || b.Page < 1 || b.Page > len(sizes) {
			continue
		}
		size := sizes[b.Page-1]
		b.X = max(min(b.X+p.Shifts[i][0], size[0]-b.W), 0)
		b.Y = max(min(b.Y+p.Shifts[i][1], size[1]-b.H), 0)
	}
	return l
}
