package ui

import (
	"fmt"
	"slices"

	"vanthu/outbox"
)

// marks are the documents of the outgoing list that are to be signed together, in the
// order the clerk marked them.
type marks struct{ docs []outbox.Summary }

// toggle marks a document that waits for a signature, or takes its mark away; ok is
// false for one that waits for none.
func (k *marks) toggle(m *Model, s outbox.Summary) (ok bool) {
	if i := k.index(s.ID); i >= 0 {
		k.docs = slices.Delete(k.docs, i, i+1)
		return true
	}
	if s.Forwarded || s.State != outbox.Drafting && s.State != outbox.Numbered {
		m.warn("Chỉ chọn được dự thảo chờ lãnh đạo ký và văn bản đã cấp số chờ cơ quan ký số.")
		return false
	}
	k.docs = append(k.docs, s)
	return true
}

func (k *marks) index(id string) int {
	return slices.IndexFunc(k.docs, func(s outbox.Summary) bool { return s.ID == id })
}

// taken gives the marks of one state to a batch; nil when there are none.
func (k *marks) taken(state outbox.State) []string {
	var ids []string
	k.docs = slices.DeleteFunc(k.docs, func(s outbox.Summary) bool {
		if s.State == state {
			ids = append(ids, s.ID)
		}
		return s.State == state
	})
	return ids
}

// on shows the mark in the cell of the state.
func (k *marks) on(s outbox.Summary, cells []string) []string {
	if k.index(s.ID) >= 0 {
		cells[1] = "* " + cells[1]
	}
	return cells
}

func (k *marks) above() []string {
	if len(k.docs) == 0 {
		return nil
	}
	return []string{fmt.Sprintf("Đã chọn %d văn bản (dấu *): s để lãnh đạo ký, d để cơ quan ký số, Space để thôi chọn.", len(k.docs))}
}
