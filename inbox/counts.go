package inbox

import (
	"fmt"

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

// Counts counts what waits for somebody, as of the desk's clock.
func (d *Desk) Counts() (Counts, error) {
	var c Counts
	today := d.today()
	err := d.Store.View(func(tx *store.Tx) error {
		state := func(s State) int { return tx.Count(Kind, indexState, string(s)+"/") }
		for u := range c.ByUrgency {
			c.ByUrgency[u] = tx.Count(Kind, indexState, fmt.Sprintf("%s/%d/", Received, u))
			c.Waiting += c.ByUrgency[u]
		}
		c.ToSubmit, c.ToDirect, c.ToHandOver = state(Registered), state(Submitted), state(Directed)
		c.InProgress = state(HandedOver) + state(InProgress)
		c.Quarantined = state(Quarantined)
		c.DueToday = tx.Count(Kind, indexDue, today.ISO())
		var err error
		c.Late, err = count(tx, store.Window{Index: indexState, Prefix: string(Received) + "/"}, func(doc *Document) bool { return doc.late(today) })
		if err != nil {
			return err
		}
		c.Overdue, err = count(tx, store.Window{Index: indexDue}, func(doc *Document) bool { return doc.overdue(today) })
		return err
	})
	if err != nil {
		return Counts{}, fmt.Errorf("incoming counts: %w", err)
	}
	return c, nil
}

func count(tx *store.Tx, w store.Window, wanted func(*Document) bool) (int, error) {
	n := 0
	for _, key := range tx.Keys(Kind, w) {
		var doc Document
		if err := tx.Get(key, &doc); err != nil {
			return 0, err
		}
		if wanted(&doc) {
			n++
		}
	}
	return n, nil
}
