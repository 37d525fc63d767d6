package outbox

import (
	"vanthu/store"
)

// Counts are the figures of today's board.
type Counts struct {
	Drafts     int `json:"drafts"`     // to be signed by the leader, or to be forwarded
	ToNumber   int `json:"toNumber"`   // signed
	ToSeal     int `json:"toSeal"`     // numbered
	ToIssue    int `json:"toIssue"`    // sealed
	Waiting    int `json:"waiting"`    // documents with copies not handed to the axis
	Failed     int `json:"failed"`     // documents with copies the axis refused
	Refused    int `json:"refused"`    // documents a recipient returned (02)
	Unanswered int `json:"unanswered"` // documents with a recipient that reported nothing yet
	Unmatched  int `json:"unmatched"`  // statuses that fit no document
}

// Counts counts what waits for somebody.
func (d *Desk) Counts() (Counts, error) {
	var c Counts
	err := d.Store.View(func(tx *store.Tx) error {
		state := func(s State) int { return tx.Count(Kind, indexState, string(s)+"/") }
		delivery := func(mark string) int { return tx.Count(Kind, indexDelivery, mark) }
		c = Counts{
			Drafts: state(Drafting), ToNumber: state(Signed), ToSeal: state(Numbered), ToIssue: state(Sealed),
			Waiting: delivery(TransportWaiting), Failed: delivery(TransportFailed),
			Refused: delivery("refused"), Unanswered: delivery("unanswered"),
			Unmatched: tx.Count(FeedbackKind, indexMatched, "no/"),
		}
		return nil
	})
	return c, err
}
