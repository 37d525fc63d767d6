package ui

import (
	"context"

	tea "charm.land/bubbletea/v2"

	"vanthu/inbox"
	"vanthu/store"
)

// waitingNext is the document to be received next, "" when none waits.
type waitingNext struct{ id string }

// findNext looks for the first document of the reception list. The clerk works off
// a pile without going back to the list after each one.
func (d *incomingDocument) findNext(m *Model) tea.Cmd {
	desk := m.o.Inbox
	return d.ask(m, "Đang tìm văn bản kế tiếp", func(context.Context) (any, error) {
		rows, _, err := desk.List(inbox.Filter{State: inbox.Received}, store.Window{Limit: 1})
		if err != nil || len(rows) == 0 {
			return waitingNext{}, err
		}
		return waitingNext{rows[0].ID}, nil
	})
}

func (w waitingNext) open(m *Model) tea.Cmd {
	if w.id == "" {
		m.say("Không còn văn bản nào chờ tiếp nhận.")
		return nil
	}
	return m.replace(newIncomingDocument(m, w.id))
}
