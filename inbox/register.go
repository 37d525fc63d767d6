package inbox

import (
	"cmp"
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"vanthu/internal/document"
	"vanthu/store"
)

// Registration is what the clerk enters into the incoming register. Meta is
// the overlay over the received metadata; Date is ngày đến (the zero Date is
// today); Receiver fills column (7) when it is already known.
type Registration struct {
	Meta     Metadata      `json:"meta"`
	Date     document.Date `json:"date,omitzero"`
	Receiver string        `json:"receiver,omitempty"`
	// Separate registers a document although its number, symbol, issuer and
	// year (or its identifier) are registered already: the clerk has looked and
	// knows that it is another document.
	Separate bool `json:"separate,omitempty"`
}

// Register gives the next arrival number of the year of the arrival date,
// writes the register line and queues status 03 (Decree 30 Art. 22). Refusals:
// ErrState, ErrField, ErrDate, ErrDuplicate, document.ErrSecret.
func (d *Desk) Register(id string, e Registration) (Document, error) {
	if err := cmp.Or(d.may(id, EventRegister), e.check()); err != nil {
		return Document{}, fmt.Errorf("register incoming %s: %w", id, err)
	}
	return d.act(id, EventRegister, e.Meta.Code.String(), func(tx *store.Tx, doc *Document, now time.Time) (string, error) {
		date, err := arrivalDate(e.Date, doc.Origin, now)
		if err != nil {
			return "", err
		}
		if !e.Separate {
			if err := d.refuseDuplicate(tx, doc, e.Meta); err != nil {
				return "", err
			}
		}
		doc.Entry = &Entry{Year: date.Year, Date: date, Meta: e.Meta, Separate: e.Separate, By: d.who(), At: now}
		doc.warnEntry()
		number, err := enter(tx, doc, e.Receiver)
		if err != nil {
			return "", err
		}
		doc.Entry.Number = number
		return d.sayRegistered(*doc.Entry), nil
	})
}

// may tells, before what was typed is looked at, whether an event will do.
func (d *Desk) may(id string, e Event) error {
	doc, err := d.Get(id)
	if err != nil {
		return err
	}
	_, err = Step(doc.State, e)
	return err
}

// check refuses an overlay that makes no register line.
func (e *Registration) check() (err error) {
	if mark, found := document.SecretMark(e.Meta.TypeName, e.Meta.Subject, e.Meta.Content, e.Meta.Code.Notation, e.Meta.Note); found {
		return document.RefuseSecret(mark)
	}
	if e.Meta.Subject, err = required("trích yếu nội dung", e.Meta.Subject); err != nil {
		return err
	}
	if e.Meta.Issuer.Name, err = required("tên cơ quan ban hành", e.Meta.Issuer.Name); err != nil {
		return err
	}
	e.Receiver = strings.TrimSpace(e.Receiver)
	return nil
}

// arrivalDate is the day of the register line: not in the future and not
// before the packet came.
func arrivalDate(asked document.Date, o Origin, now time.Time) (document.Date, error) {
	today, arrived := document.DateOf(now), documentDay(o)
	date := asked
	if date.IsZero() {
		date = today
	}
	switch {
	case date.After(today):
		return date, document.Refuse(ErrDate, "Ngày đến "+date.String()+" ở tương lai.", "Sửa ngày đến hoặc kiểm tra đồng hồ máy tính.")
	case today.Before(arrived):
		return date, document.Refuse(ErrDate, fmt.Sprintf("Hôm nay (%s) trước ngày gói tin đến (%s).", today, arrived),
			"Đồng hồ máy tính có thể sai: chỉnh lại ngày giờ rồi đăng ký.")
	case date.Before(arrived):
		return date, document.Refuse(ErrDate,
			fmt.Sprintf("Ngày đến %s trước ngày gói tin đến (%s).", date, arrived), "Ghi ngày đến từ "+arrived.String()+" trở đi.")
	}
	return date, nil
}

// enter writes the line with the next number of the year's book.
func enter(tx *store.Tx, doc *Document, receiver string) (int, error) {
	e := doc.Entry
	number, err := tx.Enter(store.Book{Name: BookName, Year: e.Year}, e.Date.ISO(), doc.ID, func(n int) any {
		e.Number = n
		return line(doc, receiver)
	})
	if errors.Is(err, store.ErrDateOrder) {
		return 0, document.Refuse(ErrDate,
			"Ngày đến "+e.Date.String()+" trước ngày đến của số cuối cùng trong sổ.",
			"Ngày đến không được lùi so với số trước: sửa ngày đến hoặc kiểm tra đồng hồ máy tính.")
	}
	return number, err
}

// limit is a field length of Decree 30 Annex VI Part II §II.
type limit struct {
	what  string
	max   int
	value string
}

// warnEntry says what will not fit the decree's field lengths or looks odd.
// Nothing is cut: the register keeps what the clerk entered.
func (d *Document) warnEntry() {
	m := d.Entry.Meta
	for _, l := range []limit{
		{"Số và ký hiệu hồ sơ", 20, m.FileCode},
		{"Tên loại văn bản", 100, m.TypeName},
		{"Số của văn bản", 11, m.Code.Number},
		{"Ký hiệu của văn bản", 30, m.Code.Notation},
		{"Tên cơ quan ban hành", 200, m.Issuer.Name},
		{"Trích yếu nội dung", 500, m.Subject},
		{"Ngôn ngữ", 30, m.Language},
		{"Ghi chú", 500, m.Note},
		{"Chức vụ người ký", 100, m.Signer.Position},
		{"Họ tên người ký", 50, m.Signer.Name},
		{"Đơn vị hoặc người nhận", 1000, strings.Join(m.ToPlaces, "; ")},
	} {
		if n := utf8.RuneCountInString(l.value); n > l.max {
			d.warn(fmt.Sprintf("%s dài %d ký tự, quá %d ký tự của Nghị định 30/2020/NĐ-CP; phần mềm vẫn lưu đủ.", l.what, n, l.max))
		}
	}
	if m.Pages > 999 {
		d.warn("Số trang lớn hơn 999; phần mềm vẫn lưu đủ.")
	}
	if m.Date.After(d.Entry.Date) {
		d.warn("Ngày văn bản (" + m.Date.String() + ") sau ngày đến (" + d.Entry.Date.String() + ").")
	}
	if !m.Due.IsZero() && m.Due.Before(d.Entry.Date) {
		d.warn("Thời hạn giải quyết (" + m.Due.String() + ") đã qua khi văn bản đến.")
	}
}

// typeAndSubject is column (6): name of the type and subject.
func typeAndSubject(m Metadata) string {
	return strings.TrimSpace(m.TypeName + " " + m.Subject)
}
