package inbox

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"vanthu/internal/document"
	"vanthu/store"
)

// Line holds the ten columns of the incoming register (Decree 30/2020 Annex
// IV.VI), as they are printed.
type Line struct {
	ArrivalDate   document.Date `json:"arrivalDate"`         // (1) Ngày đến
	ArrivalNumber int           `json:"arrivalNumber"`       // (2) Số đến
	Issuer        string        `json:"issuer"`              // (3) Tác giả
	Reference     string        `json:"reference,omitempty"` // (4) Số, ký hiệu văn bản
	Date          document.Date `json:"date,omitzero"`       // (5) Ngày tháng văn bản
	Subject       string        `json:"subject"`             // (6) Tên loại và trích yếu nội dung
	Receiver      string        `json:"receiver,omitempty"`  // (7) Đơn vị hoặc người nhận
	HandedOver    document.Date `json:"handedOver,omitzero"` // (8) Ngày chuyển
	Receipt       string        `json:"receipt,omitempty"`   // (9) Ký nhận, signed on the print
	Note          string        `json:"note,omitempty"`      // (10) Ghi chú
}

// Row is one line of the register as stored: its columns, the record it
// belongs to and, when the number was voided, why.
type Row struct {
	Line
	Record  string      `json:"record"`
	Void    *store.Void `json:"void,omitempty"`
	Entered time.Time   `json:"entered"`
}

// Book lists the incoming register of a year, in the order of the numbers.
func (d *Desk) Book(year int) ([]Row, error) {
	var rows []Row
	err := d.Store.View(func(tx *store.Tx) error {
		for l, err := range tx.Lines(store.Book{Name: BookName, Year: year}, 1) {
			if err != nil {
				return err
			}
			row := Row{Record: l.Record, Void: l.Void, Entered: l.Entered}
			if err := json.Unmarshal(l.Columns, &row.Line); err != nil {
				return fmt.Errorf("line %d: %w: %w", l.Number, store.ErrDamaged, err)
			}
			rows = append(rows, row)
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("incoming register %d: %w", year, err)
	}
	return rows, nil
}

// line builds the columns of a registered document.
func line(doc *Document, receiver string) Line {
	e := doc.Entry
	l := Line{
		ArrivalDate: e.Date, ArrivalNumber: e.Number, Issuer: e.Meta.Issuer.Name,
		Reference: e.Meta.Code.String(), Date: e.Meta.Date, Subject: typeAndSubject(e.Meta),
		Receiver: receiver, Note: note(doc),
	}
	if doc.HandOver != nil {
		l.Receiver, l.HandedOver = doc.HandOver.To, document.DateOf(doc.HandOver.At)
	}
	return l
}

// note is column (10): the clerk's note, earlier holders, the answer.
func note(doc *Document) string {
	var parts []string
	add := func(s string) {
		if s != "" {
			parts = append(parts, s)
		}
	}
	add(doc.Entry.Meta.Note)
	for _, h := range doc.Earlier {
		add(fmt.Sprintf("đã chuyển %s ngày %s", h.To, document.DateOf(h.At)))
	}
	if doc.Completion != nil && doc.Completion.Reply != "" {
		add("trả lời: " + doc.Completion.Reply)
	}
	return strings.Join(parts, "; ")
}

// book does to the register what the event demands. Entering is done by
// Register itself, which needs the number for its sentence.
func book(tx *store.Tx, doc *Document, b BookEffect) error {
	if b != BookAmend {
		return nil
	}
	in := store.Book{Name: BookName, Year: doc.Entry.Year}
	old, err := tx.Line(in, doc.Entry.Number)
	if err != nil {
		return err
	}
	var columns Line
	if err := json.Unmarshal(old.Columns, &columns); err != nil {
		return fmt.Errorf("%w: %w", store.ErrDamaged, err)
	}
	next := line(doc, columns.Receiver)
	if next == columns {
		return nil
	}
	return tx.Amend(in, doc.Entry.Number, next)
}
