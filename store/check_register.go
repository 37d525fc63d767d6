package store

import (
	"encoding/json"
	"fmt"
)

// registers proves counters against lines: no gap, no double, dates in order,
// nothing before the opening number or after the counter.
func (c *checker) registers(tx *Tx) error {
	r := registerCheck{checker: c, books: map[Book]*bookCheck{}}
	if err := c.each(tx, bucketRegisters, "sổ", []byte{spaceBook}, r.counter); err != nil {
		return err
	}
	if err := c.each(tx, bucketRegisters, "sổ", []byte{spaceLine}, r.line); err != nil {
		return err
	}
	for _, b := range r.order {
		if b.next != b.counter.Last+1 {
			c.add(bookName(b.counter.Book), "bộ đếm ghi số cuối là %d nhưng dòng cuối là số %d", b.counter.Last, b.next-1)
		} else if b.date != b.counter.Date {
			c.add(bookName(b.counter.Book), "bộ đếm ghi ngày cuối là %q nhưng dòng cuối ngày %q", b.counter.Date, b.date)
		}
	}
	return nil
}

// registerCheck walks the lines, which lie in the order of their numbers.
type registerCheck struct {
	*checker
	books map[Book]*bookCheck
	order []*bookCheck
}

// bookCheck is how far a book was walked.
type bookCheck struct {
	counter counter
	next    int    // number that must follow
	date    string // of the line before
}

func bookName(b Book) string { return fmt.Sprintf("sổ %s", b) }

func lineName(l Line) string { return fmt.Sprintf("sổ %s, số %d", l.Book, l.Number) }

func (r *registerCheck) counter(key, payload []byte) error {
	var c counter
	err := json.Unmarshal(payload, &c)
	if err != nil || string(bookKey(spaceBook, c.Book)) != string(key) {
		r.add(fmt.Sprintf("sổ %q", readable(key)), "bộ đếm hỏng")
		return nil
	}
	b := &bookCheck{counter: c, next: c.Opening}
	r.books[c.Book] = b
	r.order = append(r.order, b)
	return nil
}

func (r *registerCheck) line(key, payload []byte) error {
	var l Line
	err := json.Unmarshal(payload, &l)
	if err != nil || string(lineKey(l.Book, l.Number)) != string(key) {
		r.add(fmt.Sprintf("sổ %q", readable(key)), "dòng hỏng")
		return nil
	}
	b := r.books[l.Book]
	if b == nil {
		r.add(lineName(l), "sổ không có bộ đếm")
		b = &bookCheck{counter: counter{Book: l.Book}, next: l.Number}
		r.books[l.Book] = b
	}
	r.follows(b, l)
	return nil
}

// follows compares a line with the one before it.
func (r *registerCheck) follows(b *bookCheck, l Line) {
	switch {
	case l.Number == b.next:
	case l.Number == b.next+1:
		r.add(lineName(l), "thiếu số %d trước số này", b.next)
	default:
		r.add(lineName(l), "thiếu các số từ %d đến %d trước số này", b.next, l.Number-1)
	}
	if l.Date < b.date {
		r.add(lineName(l), "ngày %s sớm hơn ngày %s của dòng trước", l.Date, b.date)
	}
	if _, ok := r.keys[l.Record]; !ok && l.Record != "" {
		r.add(lineName(l), "trỏ đến văn bản %s không tồn tại", l.Record)
	}
	b.next, b.date = l.Number+1, l.Date
}
