package ui

import (
	"fmt"
	"strconv"

	tea "charm.land/bubbletea/v2"

	"vanthu/inbox"
	"vanthu/outbox"
	"vanthu/store"
)

// voided is what column (10) says of a number that was given up.
func voided(v *store.Void) string {
	if v == nil {
		return ""
	}
	return "HỦY SỐ: " + v.Reason + " (" + v.Who + ", " + moment(v.At) + ")"
}

// incomingLine is one line of the incoming register in the order of books.columns.
func incomingLine(r inbox.Row) []string {
	return []string{strconv.Itoa(r.ArrivalNumber), r.ArrivalDate.String(), clean(r.Issuer), clean(r.Reference), r.Date.String(),
		clean(r.Subject), clean(r.Receiver), r.HandedOver.String(), clean(r.Receipt), joined(r.Note, voided(r.Void))}
}

// outgoingLine is one line of the outgoing register in the order of books.columns.
func outgoingLine(r outbox.Row) []string {
	return []string{clean(r.Reference), r.Date.String(), clean(r.Subject), clean(r.Signer), clean(r.Recipients), clean(r.KeptBy),
		copiesText(r.Copies), r.Dispatched.String(), clean(r.Receipt), joined(r.Note, voided(r.Void))}
}

// heads are the columns in the decree's words and order (Decree 30/2020 Annex IV, I and
// VI); at is where books.columns has each.
func (b *books) heads() (heads []string, at []int) {
	if b.out {
		return []string{"Số, ký hiệu văn bản", "Ngày tháng văn bản", "Tên loại và trích yếu nội dung văn bản", "Người ký", "Nơi nhận văn bản",
			"Đơn vị, người nhận bản lưu", "Số lượng bản", "Ngày chuyển", "Ký nhận", "Ghi chú"}, []int{0, 1, 2, 3, 4, 5, 6, 7, 8, 9}
	}
	return []string{"Ngày đến", "Số đến", "Tác giả", "Số, ký hiệu văn bản", "Ngày tháng văn bản", "Tên loại và trích yếu nội dung",
		"Đơn vị hoặc người nhận", "Ngày chuyển", "Ký nhận", "Ghi chú"}, []int{1, 0, 2, 3, 4, 5, 6, 7, 8, 9}
}

// line is one line of the register with all its columns written out.
func (b *books) line() *question {
	heads, at := b.heads()
	q := &question{title: b.Title(), next: "Enter hoặc Esc để quay lại sổ."}
	for i, h := range heads {
		text := b.rows[b.chosen][at[i]]
		if text == "" {
			text = "(trống)"
		}
		q.lines = append(q.lines, fmt.Sprintf("(%d) %s: %s", i+1, h, text))
	}
	q.yes = func(m *Model, _ *base) tea.Cmd { return m.pop() }
	return q
}
