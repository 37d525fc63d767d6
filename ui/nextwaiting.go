package ui

import (
	"context"

	tea "charm.land/bubbletea/v2"

	"vanthu/inbox"
	"vanthu/store"
)

// waitingNext is the document to be received next, "" when none waits.
type waitingNext struct{ id string }

// looksAhead bounds how many waiting documents are looked at for the next one.
const looksAhead = 200

// findNext looks for the most urgent document that waits, the first that came among
// equals: numbers are given in the order of receipt (Decree 30/2020 Art. 22.2). The
// clerk works off a pile without going back to the list after each one.
func (d *incomingDocument) findNext(m *Model) tea.Cmd {
	desk := m.o.Inbox
	return d.ask(m, "Đang tìm văn bản kế tiếp", func(context.Context) (any, error) {
		rows, _, err := desk.List(inbox.Filter{State: inbox.Received}, store.Window{Limit: looksAhead})
		if err != nil || len(rows) == 0 {
			return waitingNext{}, err
		}
		next := rows[0]
		for _, r := range rows {
			if r.Urgency == next.Urgency && r.Arrived.Before(next.Arrived) {
				next = r
			}
		}
		return waitingNext{next.ID}, nil
	})
}

func (w waitingNext) open(m *Model) tea.Cmd {
	if w.id == "" {
		m.say("Không còn văn bản nào chờ tiếp nhận.")
		return nil
	}
	return m.replace(newIncomingDocument(m, w.id))
}
