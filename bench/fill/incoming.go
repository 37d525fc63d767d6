package main

import (
	"bytes"
	"context"
	"fmt"

	"vanthu/bench/letter"
	"vanthu/inbox"
	"vanthu/internal/document"
)

// How far an incoming document has come.
const (
	waiting = iota
	registered
	submitted
	directed
	handedOver
	inProgress
	completed
)

// receive takes document i in.
func (f *filler) receive(i int) (inbox.Document, error) {
	packet, err := f.letters.Next(f.today())
	if err != nil {
		return inbox.Document{}, err
	}
	hash, size, err := f.store.PutBlob(bytes.NewReader(packet), 1<<20)
	if err != nil {
		return inbox.Document{}, err
	}
	return f.inbox.Receive(context.Background(), inbox.Arrival{AxisID: fmt.Sprint("fill-", i),
		From: letter.Sender().Code, To: letter.Commune().Agency.Code, Packet: hash, Size: size})
}

// advance brings a received document to a stage. Of the completed ones most need
// nobody but the clerk.
func (f *filler) advance(doc inbox.Document, stage int) error {
	units := letter.Units()
	unit, due := units[f.ids%len(units)], document.Date{}
	if f.ids%2 == 0 {
		due = f.today().AddDays(f.ids % 3) // overdue, due today and later when the filling ends
	}
	steps := []func() (inbox.Document, error){
		registered: func() (inbox.Document, error) {
			return f.inbox.Register(doc.ID, inbox.Registration{Meta: doc.Received, Receiver: unit})
		},
		submitted: func() (inbox.Document, error) { return f.inbox.Submit(doc.ID, letter.Leader().Name) },
		directed: func() (inbox.Document, error) {
			return f.inbox.Direct(doc.ID, inbox.Directive{By: letter.Leader().Name, Text: "Nghiên cứu, tham mưu trả lời.", Lead: unit, Due: due})
		},
		handedOver: func() (inbox.Document, error) { return f.inbox.HandOver(doc.ID, unit, due) },
		inProgress: func() (inbox.Document, error) { return f.inbox.Progress(doc.ID, "Đang lấy ý kiến các ấp.") },
		completed:  func() (inbox.Document, error) { return f.inbox.Complete(doc.ID, "", "") },
	}
	for s := registered; s <= stage; s++ {
		if stage == completed && s > registered && s < completed && f.ids%20 != 0 {
			continue
		}
		if _, err := steps[s](); err != nil {
			return err
		}
	}
	return nil
}
