package document

// Box is a rectangle on a page as it is shown: inside the crop box, after
// rotation, origin at the lower left corner, in points (1/72 inch). Page counts
// from 1. The zero Box is none.
type Box struct {
	Page int     `json:"page"`
	X    float64 `json:"x"`
	Y    float64 `json:"y"`
	W    float64 `json:"w"`
	H    float64 `json:"h"`
}

// IsZero tells that no place is given.
func (b Box) IsZero() bool { return b == Box{} }

// Layout says where signing writes on a document (Decree 30 Annex I): the
// number and date given after the leader has signed, the leader's signature,
// the seal.
type Layout struct {
	Number Box `json:"number"`
	Day    Box `json:"day"`
	Month  Box `json:"month"`
	// Whole means that the page has no blanks for number and date. Number then
	// carries "Số: 15/QĐ-UBND", Day the whole line of place and date, and Month
	// is unused.
	Whole bool `json:"whole,omitempty"`
	// Year is the place of the year where the typist left that blank too, as the
	// forms of Annex III do; zero where the year stands on the page.
	Year Box `json:"year,omitzero"`
	Sign Box `json:"sign"`
	Seal Box `json:"seal"`
}

// IsZero tells that nothing has been placed yet.
func (l Layout) IsZero() bool { return l == Layout{} }
