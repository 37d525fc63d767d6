package axissim

import (
	"time"

	"vanthu/internal/document"
)

// Transport statuses of a copy.
const (
	initial    = "initial"
	processing = "processing"
	done       = "done"
	fail       = "fail"
)

// event is one line of the log: exactly one of its parts.
type event struct {
	Time   time.Time `json:"time"`
	Sent   *message  `json:"sent,omitempty"`
	Status *change   `json:"status,omitempty"`
	Agency *Agency   `json:"agency,omitempty"`
	Delete string    `json:"delete,omitempty"`
}

// message is a packet as its sender gave it.
type message struct {
	DocID    string        `json:"docId"`  // of the sender's side; names the packet's file
	System   string        `json:"system"` // of the sender
	Type     string        `json:"type"`   // edoc or status
	From     document.Code `json:"from"`
	Title    string        `json:"title"`
	Notation string        `json:"notation"`
	Copies   []*copyOf     `json:"copies"`
	Upload   string        `json:"upload,omitempty"` // it came as, and the recipients named
	Sent     time.Time     `json:"sent"`
}

// copyOf is a recipient's copy of a message.
type copyOf struct {
	DocID   string        `json:"docId"`
	To      document.Code `json:"to"`
	status  string
	desc    string
	updated time.Time
}

func (c *copyOf) open() bool { return c.status == initial || c.status == processing }

type change struct {
	DocID  string `json:"docId"`
	Status string `json:"status"`
	Desc   string `json:"desc,omitempty"`
}

// state is what the log adds up to. The Axis's mutex guards it.
type state struct {
	directory
	messages []*message
	copies   map[string]held // by the copy's docId
	sent     map[string]*message
	uploads  map[string]*message // by message.Upload
}

// held is a copy with the message it belongs to.
type held struct {
	*message
	*copyOf
}

func newState(d directory) state {
	return state{directory: d, copies: map[string]held{}, sent: map[string]*message{}, uploads: map[string]*message{}}
}

func (s *state) apply(e event) {
	switch {
	case e.Sent != nil:
		s.messages = append(s.messages, e.Sent)
		s.sent[e.Sent.DocID] = e.Sent
		if e.Sent.Upload != "" {
			s.uploads[e.Sent.Upload] = e.Sent
		}
		for _, c := range e.Sent.Copies {
			c.status, c.updated = initial, e.Time
			s.copies[c.DocID] = held{e.Sent, c}
		}
	case e.Status != nil:
		if h, ok := s.copies[e.Status.DocID]; ok {
			h.status, h.desc, h.updated = e.Status.Status, e.Status.Desc, e.Time
		}
	case e.Agency != nil:
		s.enter(*e.Agency, e.Time)
	case e.Delete != "":
		s.dissolve(e.Delete, e.Time)
	}
}

// waiting calls fn for every open copy of a kind for a system, oldest first.
func (s *state) waiting(system, kind string, fn func(held)) {
	for _, m := range s.messages {
		for _, c := range m.Copies {
			if m.Type == kind && c.open() && s.serves(system, string(c.To)) {
				fn(held{m, c})
			}
		}
	}
}
