package inbox

import (
	"fmt"

	"vanthu/internal/document"
	"vanthu/store"
)

// Counts are the figures of today's board.
type Counts struct {
	Waiting     int    `json:"waiting"`     // to receive
	ByUrgency   [5]int `json:"byUrgency"`   // of Waiting, by document.Urgency
	Late        int    `json:"late"`        // of Waiting, arrived before today
	ToSubmit    int    `json:"toSubmit"`    // registered
	ToDirect    int    `json:"toDirect"`    // submitted, the leader has not directed
	ToHandOver  int    `json:"toHandOver"`  // directed
	InProgress  int    `json:"inProgress"`  // handed over or being handled
	DueToday    int    `json:"dueToday"`    // open, limit is today
	Overdue     int    `json:"overdue"`     // open, limit has passed
	Quarantined int    `json:"quarantined"` // unreadable packets to look at
}

// Counts counts what waits for somebody, as of the desk's clock. It scans index
// keys only, so that the board stands at once whatever has piled up.
func (d *Desk) Counts() (Counts, error) {
	var c Counts
	err := d.Store.View(func(tx *store.Tx) error {
		today := d.today()
		c = countStates(tx)
		c.DueToday = tx.CountIn(Kind, dueToday(today))
		c.Overdue = tx.CountIn(Kind, overdue(today))
		for _, w := range late(today) {
			c.Late += tx.CountIn(Kind, w)
		}
		return nil
	})
	if err != nil {
		return Counts{}, fmt.Errorf("incoming counts: %w", err)
	}
	return c, nil
}

func countStates(tx *store.Tx) Counts {
	state := func(s State) int { return tx.Count(Kind, indexState, string(s)+"/") }
	c := Counts{
		ToSubmit: state(Registered), ToDirect: state(Submitted), ToHandOver: state(Directed),
		InProgress: state(HandedOver) + state(InProgress), Quarantined: state(Quarantined),
	}
	for u := range c.ByUrgency {
		c.ByUrgency[u] = tx.Count(Kind, indexState, stateValue(Received, document.Urgency(u), ""))
		c.Waiting += c.ByUrgency[u]
	}
	return c
}

// dueToday is the window of open documents whose limit is today.
func dueToday(today document.Date) store.Window {
	return store.Window{Index: indexDue, Prefix: today.ISO()}
}

// overdue is the window of open documents whose limit has passed.
func overdue(today document.Date) store.Window {
	return store.Window{Index: indexDue, Below: today.ISO()}
}

// late are the windows, one for each urgency and the most urgent first, of
// documents that have waited since before today.
func late(today document.Date) []store.Window {
	var windows []store.Window
	for u := document.ExpressTimed; u >= document.Normal; u-- {
		windows = append(windows, store.Window{
			Index: indexState, Prefix: stateValue(Received, u, ""), Below: stateValue(Received, u, today.ISO()),
		})
	}
	return windows
}
