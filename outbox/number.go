package outbox

import (
	"errors"
	"fmt"
	"time"

	"vanthu/internal/document"
	"vanthu/store"
)

// AssignNumber gives a signed document the next number of its series, today's
// date, its notation and its identifier on the axis, and writes the register
// line (Decree 30 Art. 15, 16). ErrDate: the clock stands before the date of
// the last number.
func (d *Desk) AssignNumber(id string) (Document, error) {
	return d.act(id, EventNumber, "", func(tx *store.Tx, doc *Document, now time.Time) error {
		t, ok := document.TypeByName(doc.Draft.TypeName)
		if !ok {
			return document.Refuse(ErrField, fmt.Sprintf("Không có tên loại văn bản “%s”.", doc.Draft.TypeName), "Soạn lại với tên loại đúng.")
		}
		doc.Date = document.DateOf(now)
		doc.Book, doc.Year = d.series(t.Name), doc.Date.Year
		if err := refuseLateClock(tx, doc); err != nil {
			return err
		}
		symbol := d.symbol(t, doc.Draft.Unit)
		_, err := tx.Enter(doc.register(), doc.Date.ISO(), doc.ID, func(number int) any {
			doc.Number = number
			doc.Code = document.Reference{Number: document.FormatNumber(number), Notation: symbol}
			doc.DocumentID = document.NewID(d.Agency.Code, doc.Date, doc.Code)
			return line(doc)
		})
		if errors.Is(err, store.ErrDateOrder) {
			return refuseClock(doc.Date, "ngày của số cuối cùng trong sổ")
		}
		if err != nil {
			return err
		}
		return refuseTaken(tx, doc)
	})
}

// refuseLateClock refuses a number from a clock that was set back: dated before
// the signature it belongs to, or in a year whose book is closed by a later
// one. The register alone sees only the dates of its own year.
func refuseLateClock(tx *store.Tx, doc *Document) error {
	if s := doc.LeaderSigned; s != nil && doc.Date.Before(document.DateOf(s.At)) {
		return refuseClock(doc.Date, "ngày lãnh đạo ký văn bản ("+document.DateOf(s.At).String()+")")
	}
	for _, b := range tx.Books() {
		if b.Name == doc.Book && b.Year > doc.Year && tx.LastNumber(b) > 0 {
			return refuseClock(doc.Date, fmt.Sprintf("sổ năm %d đã có số", b.Year))
		}
	}
	return nil
}

// refuseClock says that today cannot be: it lies before what is already there.
func refuseClock(today document.Date, what string) error {
	return document.Refuse(ErrDate, "Hôm nay ("+today.String()+") trước "+what+".",
		"Đồng hồ máy tính có thể sai: chỉnh lại ngày giờ rồi làm lại.")
}

// refuseBeforeDate refuses to sign or send a document before its own date.
func (d *Desk) refuseBeforeDate(doc Document) error {
	if today := document.DateOf(d.now()); today.Before(doc.Date) {
		return refuseClock(today, "ngày của văn bản ("+doc.Date.String()+")")
	}
	return nil
}

func (d *Desk) series(typeName string) string {
	if d.Series != nil {
		if book := d.Series(typeName); book != "" {
			return book
		}
	}
	return DefaultSeries
}

func (d *Desk) symbol(t document.Type, unit string) string {
	if d.Symbol != nil {
		if s := d.Symbol(t.Name, unit); s != "" {
			return s
		}
	}
	return document.Notation(t, d.Abbr, unit)
}

// register is the book of the document's number.
func (d *Document) register() store.Book { return store.Book{Name: d.Book, Year: d.Year} }

// refuseTaken guards against two series that give the same number and notation
// in a year, as a careless configuration would (Decree 30 Art. 15.1).
func refuseTaken(tx *store.Tx, doc *Document) error {
	key := clip(codeKey(doc.Code, doc.Date))
	for other, err := range find(tx, indexCode, key) {
		if err != nil {
			return err
		}
		if other.ID != doc.ID && other.Forwarded == nil {
			return document.Refuse(ErrDuplicate, fmt.Sprintf("Số, ký hiệu %s đã có trong năm %d.", doc.Code, doc.Year),
				"Hai dãy số đang cho cùng một ký hiệu: sửa cấu hình dãy số.")
		}
	}
	return nil
}
