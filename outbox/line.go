package outbox

import (
	"cmp"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"vanthu/internal/document"
	"vanthu/store"
)

// Line holds the ten columns of the outgoing register (Decree 30/2020 Annex
// IV.I), as they are printed.
type Line struct {
	Reference  string        `json:"reference"`           // (1) Số, ký hiệu văn bản
	Date       document.Date `json:"date"`                // (2) Ngày tháng văn bản
	Subject    string        `json:"subject"`             // (3) Tên loại và trích yếu nội dung
	Signer     string        `json:"signer"`              // (4) Người ký
	Recipients string        `json:"recipients"`          // (5) Nơi nhận văn bản
	KeptBy     string        `json:"keptBy"`              // (6) Đơn vị, người nhận bản lưu
	Copies     int           `json:"copies"`              // (7) Số lượng bản
	Dispatched document.Date `json:"dispatched,omitzero"` // (8) Ngày chuyển
	Receipt    string        `json:"receipt,omitempty"`   // (9) Ký nhận, signed on the print
	Note       string        `json:"note,omitempty"`      // (10) Ghi chú
}

// Row is one line of the register as stored: its number and columns, the
// record it belongs to and, when the number was voided, why.
type Row struct {
	Number int `json:"number"`
	Line
	Record  string      `json:"record"`
	Void    *store.Void `json:"void,omitempty"`
	Entered time.Time   `json:"entered"`
}

// Book lists the outgoing register of a series ("" is DefaultSeries) and year,
// in the order of the numbers.
func (d *Desk) Book(series string, year int) ([]Row, error) {
	var rows []Row
	book := store.Book{Name: cmp.Or(series, DefaultSeries), Year: year}
	err := d.Store.View(func(tx *store.Tx) error {
		for l, err := range tx.Lines(book, 1) {
			if err != nil {
				return err
			}
			row := Row{Number: l.Number, Record: l.Record, Void: l.Void, Entered: l.Entered}
			if err := json.Unmarshal(l.Columns, &row.Line); err != nil {
				return fmt.Errorf("line %d: %w: %w", l.Number, store.ErrDamaged, err)
			}
			rows = append(rows, row)
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("outgoing register %s: %w", book, err)
	}
	return rows, nil
}

// line builds the columns of a numbered document.
func line(doc *Document) Line {
	r := doc.Draft
	l := Line{
		Reference: doc.Code.String(), Date: doc.Date, Subject: strings.TrimSpace(r.TypeName + " " + r.Subject),
		Signer: r.Signer.Name, Recipients: strings.Join(places(r), "; "),
		KeptBy: keptBy(r.Unit), Copies: max(r.Copies, 1),
	}
	if !doc.IssuedAt.IsZero() {
		l.Dispatched = document.DateOf(doc.IssuedAt)
	}
	if r.ReplyTo != nil {
		l.Note = "trả lời " + r.ReplyTo.Ref.Reference.String()
	}
	return l
}

// places is "Nơi nhận": as printed, else the names of the recipients.
func places(r Draft) []string {
	if len(r.ToPlaces) > 0 {
		return r.ToPlaces
	}
	var names []string
	for _, a := range r.Recipients {
		names = append(names, a.Name)
	}
	return names
}

// keptBy is who keeps the original: "Lưu: VT, {unit}" (Decree 30 Art. 19).
func keptBy(unit string) string {
	if unit == "" {
		return "VT"
	}
	return "VT, " + unit
}

// book does to the register what the event demands. Entering is done by
// AssignNumber itself, which learns the number there.
func (d *Desk) book(tx *store.Tx, doc *Document, e BookEffect) error {
	if doc.Number == 0 {
		return nil // forwarded documents have no line
	}
	switch e {
	case BookAmend:
		return tx.Amend(doc.register(), doc.Number, line(doc))
	case BookVoid:
		return tx.Void(doc.register(), doc.Number, doc.GivenUp.Reason)
	}
	return nil
}
