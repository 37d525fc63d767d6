package outbox

import (
	"math"
	"time"

	"vanthu/internal/document"
	"vanthu/store"
)

// SetLayout keeps the places for number, date, signature and seal as the clerk
// has moved them, and remembers by how much for the next document of the same
// type and unit. Only a draft can be laid out: the leader's signature fixes the
// places for good. Boxes move, they do not change size: the seal is drawn in
// true size (Decree 30/2020 Annex I, II.8a), text as high as its line.
// Refusals: ErrState, ErrField.
func (d *Desk) SetLayout(id string, l document.Layout) (Document, error) {
	return d.act(id, EventEdit, "vị trí số, ngày, chữ ký, dấu", func(tx *store.Tx, doc *Document, _ time.Time) error {
		if doc.Forwarded != nil {
			return document.Refuse(ErrState, "Văn bản chuyển tiếp được gửi nguyên bản: không đặt vị trí ký, dấu.", "Phát hành để gửi, hoặc bỏ nếu không gửi nữa.")
		}
		if !moved(doc.Layout, l) {
			return document.Refuse(ErrField, "Vị trí số, ngày, chữ ký hoặc dấu không hợp lệ.", "Mở lại văn bản và đặt lại vị trí.")
		}
		doc.Layout = l
		return rememberLayout(tx, doc)
	})
}

// moved tells that b has the boxes of a, each of the same size, all of them
// somewhere.
func moved(a, b document.Layout) bool {
	if a.Whole != b.Whole || b.IsZero() {
		return false
	}
	from, to := boxes(&a), boxes(&b)
	for i := range from {
		f, t := from[i], to[i]
		same := f.IsZero() == t.IsZero() && math.Abs(f.W-t.W) < sameSize && math.Abs(f.H-t.H) < sameSize
		if !same || !(t.X >= 0 && t.Y >= 0 && t.X < farthestPlace && t.Y < farthestPlace) || (!t.IsZero() && t.Page < 1) {
			return false
		}
	}
	return true
}

const (
	sameSize      = 0.01    // points; sizes come back through JSON
	farthestPlace = 14400.0 // points, the largest page PDF allows
)

// boxes lists the boxes of a layout in a fixed order.
func boxes(l *document.Layout) [6]*document.Box {
	return [6]*document.Box{&l.Number, &l.Day, &l.Month, &l.Year, &l.Sign, &l.Seal}
}
