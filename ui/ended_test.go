package ui

import (
	"fmt"
	"testing"

	"vanthu/internal/document"
	"vanthu/outbox"
)

// TestEndedBodyIsNotAddressed: a body that went into another is found by its name,
// cannot be chosen, and the one that took its place is one key away.
func TestEndedBodyIsNotAddressed(t *testing.T) {
	for _, size := range []struct{ w, h int }{{80, 24}, {60, 20}} {
		o := newOffice(t)
		o.receive(letter(11, "V/v công tác văn thư"))
		d := drive(o, size.w, size.h)
		d.press("2", "enter", "d", "ctrl+s", "f").typed("phu thuan")
		golden(t, fmt.Sprintf("noi-da-ngung-%dx%d", size.w, size.h), trimmed(d.screen()))
		d.press("enter")
		golden(t, fmt.Sprintf("noi-thay-the-%dx%d", size.w, size.h), trimmed(d.screen()))
		d.see("! Ủy ban nhân dân xã Phú Thuận cũ").missing("- Ủy ban nhân dân xã Phú Thuận cũ")
		d.press("enter").see("- Ủy ban nhân dân xã Thoại Sơn").missing("! Ủy ban")
		d.typed("noi vu huyen").press("enter").see("! Phòng Nội vụ huyện cũ", "Sở Tài chính tỉnh An Giang")
		d.press("down", "down", "enter").see("- Sở Tài chính tỉnh")
		d.typed("huyen thoai son").press("enter").see("! Ủy ban nhân dân huyện Thoại Sơn")
		f := d.m.top().(*form)
		if got := f.current().agencies(); len(got) != 2 {
			t.Errorf("chosen %v", got)
		}
		if d.press("ctrl+s"); d.m.top() != f {
			t.Error("the form was sent with words that choose nothing")
		}
	}
}

// TestEndedRecipientIsShown: in a document and before it is issued.
func TestEndedRecipientIsShown(t *testing.T) {
	o := newOffice(t)
	doc := outbox.Document{ID: "x", State: outbox.Sealed}
	doc.Draft.Recipients = []document.Agency{bodies()[0], endedBodies()[0].Agency}
	notes, err := notesOn(doc.Draft.Recipients, directory{})
	if err != nil || len(notes) != 1 {
		t.Fatal(notes, err)
	}
	d := drive(o, 80, 24)
	s := newOutgoingDocument("x")
	d.hold = true
	d.m.push(s)
	s.self().leave()
	s.take(d.m, addressed{doc, notes})
	d.see("Ủy ban nhân dân tỉnh An Giang (H01)\n", "Phú Thuận cũ (H01.36) — nay là Ủy ban nhân dân xã")
	d.press("i").see("Phú Thuận cũ (H01.36) — nay là", "Có nơi không nhận văn bản nữa")
}
