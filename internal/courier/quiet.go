package courier

// Quiet are the quiet hours as minutes of the local day, from From until before
// To; they may pass midnight. From equal to To is none.
type Quiet struct {
	From, To int
}
