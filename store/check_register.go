package store

import (
	"encoding/json"
	"errors"
	"fmt"
)

// registers proves counters against lines: no gap, no double, dates in order,
// nothing before the opening number or after the counter.
func (c *checker) registers(tx *Tx) error {
	r := registerCheck{checker: c, books: map[Book]*bookCheck{}}
	for _, b := range tx.Books() {
		if err := r.open(tx, b); err != nil {
			return err
		}
	}
	err := c.each(tx, bucketRegisters, "sổ", nil, func(key, payload []byte) error {
		if !isCounter(key) {
			r.line(key, payload)
		}
		return nil
	})
	for _, b := range r.order {
		r.end(b)
	}
	return err
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

// open reads the counter of a book.
func (r *registerCheck) open(tx *Tx, book Book) error {
	var c counter
	err := tx.getJSON(bucketRegisters, counterKey(book), &c)
	switch {
	case errors.Is(err, ErrNotFound):
		r.add(bookName(book), "sổ không có bộ đếm")
	case errors.Is(err, ErrDamaged) || err == nil && c.Book != book:
		r.add(bookName(book), "bộ đếm hỏng")
	case err != nil:
		return err
	default:
		b := &bookCheck{counter: c, next: c.Opening}
		r.books[book] = b
		r.order = append(r.order, b)
	}
	return nil
}

// end compares the last line of a book with its counter.
func (r *registerCheck) end(b *bookCheck) {
	switch c := b.counter; {
	case b.next != c.Last+1:
		r.add(bookName(c.Book), "bộ đếm ghi số cuối là %d nhưng dòng cuối là số %d", c.Last, b.next-1)
	case b.date != c.Date:
		r.add(bookName(c.Book), "bộ đếm ghi ngày cuối là %q nhưng dòng cuối ngày %q", c.Date, b.date)
	}
}

func (r *registerCheck) line(key, payload []byte) {
	var l Line
	err := json.Unmarshal(payload, &l)
	if err != nil || string(lineKey(l.Book, l.Number)) != string(key) {
		r.add(fmt.Sprintf("sổ %q", readable(key)), "dòng hỏng")
		return
	}
	b := r.books[l.Book]
	if b == nil { // its counter was reported
		b = &bookCheck{counter: counter{Book: l.Book}, next: l.Number}
		r.books[l.Book] = b
	}
	r.follows(b, l)
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
