package page

import (
	"context"
	"fmt"
	"slices"

	"vanthu/internal/document"
)

// Hints help to find the places on a page.
type Hints struct {
	Signer document.Signer // who is to sign; the name tells his block from others
	SealMM float64         // diameter of the seal in millimetres; 0 is a commune's 36
}

// Layout says where signing writes on a document (Decree 30/2020 Annex I).
//
// Number, Day and Month, and Year where it is left open too, lie over the blanks the typist left on page 1, each as
// high as its line (1.107 ems of Times New Roman: the baseline is 0.195 of the
// height above the lower edge); text is meant to stand in the middle of its
// box. A zero Box means that the document has no such place (minutes bear no
// date in the head) and nothing is written. A page with no blank at all, a
// scan, gets the decree's own boxes and Whole.
//
// Problems: number or date typed already (ErrNumbered, ErrDated), no year
// (ErrNoYear), no room (ErrNarrow), text where number or date would go
// (ErrNoPlace), and those of Text.
func (r *Reader) Layout(ctx context.Context, pdf []byte, h Hints) (document.Layout, error) {
	seal, err := h.seal()
	if err != nil {
		return document.Layout{}, err
	}
	pages, err := r.Text(ctx, pdf)
	if err != nil {
		return document.Layout{}, fmt.Errorf("find places to sign: %w", err)
	}
	l, err := place(pages, h.Signer, seal)
	if err != nil {
		return document.Layout{}, fmt.Errorf("find places to sign: %w", err)
	}
	return l, nil
}

// seal is the diameter in points.
func (h Hints) seal() (float64, error) {
	mm := h.SealMM
	if mm == 0 {
		mm = usualSealMM
	}
	if !(mm >= minSealMM && mm <= maxSealMM) {
		return 0, fmt.Errorf("seal of %g mm: %w", mm, ErrSeal)
	}
	return mm * pointsPerMM, nil
}

// place lays out a document whose pages have been read; there is at least one.
func place(pages []Page, signer document.Signer, seal float64) (document.Layout, error) {
	first := pages[0]
	b, err := findBlanks(first)
	if err != nil {
		return document.Layout{}, err
	}
	l := document.Layout{Number: b.number, Day: b.day, Month: b.month, Year: b.year}
	if b.none() {
		if l = standardHead(first); first.covers(l.Number) || first.covers(l.Day) {
			return document.Layout{}, noPlace()
		}
	}
	last := pages[len(pages)-1]
	l.Sign = standardSign(last)
	if found, ok := findBlock(pages, signer); ok {
		last = pages[found.page-1]
		l.Sign = found.sign()
	}
	l.Seal = within(last, sealOver(l.Sign, seal))
	l.Sign = within(last, l.Sign)
	return l, nil
}

// Size of a signature's image in points, about 38 × 22 mm: what a hand leaves
// in the room of five lines.
const (
	signWidth     = 108.0
	signHeight    = 64.0
	signLeast     = 28.0 // a block without room still gets a visible signature
	pointsPerMM   = 72 / 25.4
	signClearance = 2.0 // from the lines above and below
)

// sign is the box between position and name, in the middle of both, 7c of
// Annex I.
func (b block) sign() document.Box {
	top := b.heading.baseline - descent*b.heading.size - signClearance
	bottom := b.name.baseline + ascent*b.name.size + signClearance
	height := min(max(top-bottom, signLeast), signHeight)
	return document.Box{
		Page: b.page, W: signWidth, H: height,
		X: (b.heading.middle()+b.name.middle())/2 - signWidth/2,
		Y: (top+bottom)/2 - height/2,
	}
}

// sealOver places the seal, box 8: in true size, "covering about 1/3 of the
// signature on its left side" (Annex I, II.8a). A third of the signature is
// covered, so the seal ends a third of the signature's width into it; reckoning
// with a third of the seal instead would let a large seal hide a small
// signature. With the usual sizes both come to the same within 2 points.
func sealOver(sign document.Box, diameter float64) document.Box {
	return document.Box{
		Page: sign.Page, W: diameter, H: diameter,
		X: sign.X + sign.W/3 - diameter,
		Y: sign.Y + sign.H/2 - diameter/2,
	}
}

// covers tells that a word of the page stands in a box.
func (p Page) covers(b document.Box) bool {
	return slices.ContainsFunc(p.Words, func(w Word) bool {
		return w.Box.X < b.X+b.W && b.X < w.Box.X+w.Box.W && w.Box.Y < b.Y+b.H && b.Y < w.Box.Y+w.Box.H
	})
}

// within moves a box onto its page; one larger than the page is cut.
func within(p Page, b document.Box) document.Box {
	b.W, b.H = min(b.W, p.Width), min(b.H, p.Height)
	b.X = min(max(b.X, 0), p.Width-b.W)
	b.Y = min(max(b.Y, 0), p.Height-b.H)
	return b
}
