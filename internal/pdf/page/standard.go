package page

import "vanthu/internal/document"

// Margins and boxes of Annex I, I.3 and IV for a page without text, in
// millimetres from the page's edges.
const (
	marginLeft   = 30 * pointsPerMM
	marginRight  = 15 * pointsPerMM
	numberBelow  = 41 * pointsPerMM // baseline of number and date from the top
	lineHeight   = 13 * (ascent + descent)
	stateColumn  = 256.0 // width of Quốc hiệu at 12 pt
	columnGap    = 6.0
	signAbove    = 62 * pointsPerMM // middle of the signature from the bottom, at most a quarter of the page
	standardSize = 13.0
)

// standardHead is where the decree puts box 3, number and notation, and box 4,
// place and date, each as a whole line.
func standardHead(p Page) document.Layout {
	y := p.Height - numberBelow - descent*standardSize
	state := min(stateColumn, (p.Width-marginLeft-marginRight)/2)
	stateX := p.Width - marginRight - state
	return document.Layout{
		Whole:  true,
		Number: within(p, document.Box{Page: p.Number, X: marginLeft, Y: y, W: max(stateX-columnGap-marginLeft, 1), H: lineHeight}),
		Day:    within(p, document.Box{Page: p.Number, X: stateX, Y: y, W: max(state, 1), H: lineHeight}),
	}
}

// standardSign is box 7c at the end of the text, taken as the lower right of
// the last page: a page without text does not tell where its text ends.
func standardSign(p Page) document.Box {
	middle := p.Width - marginRight - stateColumn/2
	return within(p, document.Box{Page: p.Number, X: middle - signWidth/2, Y: min(signAbove, p.Height/4) - signHeight/2, W: signWidth, H: signHeight})
}
