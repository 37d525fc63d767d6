package form

import "vanthu/internal/document"

// Boxes as internal/pdf/page makes them when it reads the page; a test there
// holds the two together.
const (
	ascent     = 0.891 // of Times New Roman, in ems
	descent    = 0.216
	clearance  = 0.12 // ems between a blank and the words beside it
	signWidth  = 108.0
	signHeight = 64.0
	sealSize   = 36 * mm
)

// blank is the box over the spaces that follow the text before on the line
// that begins at x.
func (s *sheet) blank(f face, x float64, before, spaces string) document.Box {
	from := x + s.width(f, before) + clearance*f.size
	width := s.width(f, spaces) - 2*clearance*f.size
	return s.box(from, s.y+descent*f.size, width, (ascent+descent)*f.size)
}

// box turns a place given from the top of the page into a document.Box; y is
// the lower edge.
func (s *sheet) box(x, y, w, h float64) document.Box {
	return document.Box{Page: s.page, X: x, Y: pageHeight - y, W: w, H: h}
}

// signature leaves the room between position and name, and remembers the
// places of signature and seal in it (boxes 7c and 8 of Annex I): the seal
// covers a third of the signature on its left.
func (s *sheet) signature() {
	above := s.y - 17 + descent*bodySize
	s.y += signatureRoom
	middle := (above + s.y - ascent*bodySize) / 2
	x := stateMid - signWidth/2
	s.layout.Sign = s.box(x, middle+signHeight/2, signWidth, signHeight)
	s.layout.Seal = s.box(x+signWidth/3-sealSize, middle+sealSize/2, sealSize, sealSize)
}
