package store

import (
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"math"
	"time"
)

// Book is a register of one year. Numbers begin anew with each year (Decree
// 30/2020 Art. 15 and 22), so a new year is a new Book.
type Book struct {
	Name string `json:"name"`
	Year int    `json:"year"` // 0: not bound to a year
}

func (b Book) String() string { return fmt.Sprintf("%s/%d", b.Name, b.Year) }

// Line is one numbered line. Number, date and record stand for ever; the columns
// can be amended and the line can be voided, but not removed.
type Line struct {
	Book    Book            `json:"book"`
	Number  int             `json:"number"`
	Date    string          `json:"date"` // ISO 8601: 2026-11-21
	Record  string          `json:"record,omitempty"`
	Columns json.RawMessage `json:"columns,omitempty"`
	Void    *Void           `json:"void,omitempty"`
	Entered time.Time       `json:"entered"`
}

// Void says why a line does not count any more.
type Void struct {
	Reason string    `json:"reason"`
	Who    string    `json:"who,omitempty"`
	At     time.Time `json:"at"`
}

// counter is the state of a book.
type counter struct {
	Book    Book   `json:"book"`
	Opening int    `json:"opening"` // first number ever given here
	Last    int    `json:"last"`    // Opening-1 when no line was written yet
	Date    string `json:"date"`    // of the last line
}

func (b Book) check() error {
	if b.Year < 0 || b.Year > 9999 {
		return invalid("year %d of register %s", b.Year, b.Name)
	}
	return checkName("register name", b.Name, maxName)
}

// StartBook makes a book whose first line gets the number opening: the last
// number of the paper book plus one. ErrStarted when it has a line already.
// Books that begin with 1 need no start.
func (tx *Tx) StartBook(b Book, opening int) error {
	c, err := tx.counter(b)
	switch {
	case err != nil:
	case opening < 1 || opening > math.MaxInt32:
		err = invalid("opening number %d", opening)
	case c.Last >= c.Opening:
		err = ErrStarted
	default:
		err = tx.saveCounter(counter{Book: b, Opening: opening, Last: opening - 1})
	}
	return inBook(b, err)
}

// Enter gives the next number of the book and writes its line. columns, called
// with the number, returns what is kept as JSON (nil for none). ErrDateOrder when
// the date lies before that of the last line; ErrInvalid when it is no ISO date
// or lies in another year than the book.
func (tx *Tx) Enter(b Book, date, record string, columns func(number int) any) (int, error) {
	n, err := tx.enter(b, date, record, columns)
	return n, inBook(b, err)
}

func (tx *Tx) enter(b Book, date, record string, columns func(int) any) (int, error) {
	c, err := tx.counter(b)
	if err != nil {
		return 0, err
	}
	if err := errors.Join(c.accepts(date), checkText("record", record, maxKey)); err != nil {
		return 0, err
	}
	line := Line{Book: b, Number: c.Last + 1, Date: date, Record: record, Entered: tx.now.Round(0)}
	if columns != nil {
		if line.Columns, err = columnsJSON(columns(line.Number)); err != nil {
			return 0, err
		}
	}
	c.Last, c.Date = line.Number, date
	if err := tx.saveCounter(c); err != nil {
		return 0, err
	}
	return line.Number, tx.saveLine(line)
}

func (c counter) accepts(date string) error {
	day, err := time.Parse(time.DateOnly, date)
	switch {
	case err != nil:
		return invalid("date %q", date)
	case c.Book.Year != 0 && day.Year() != c.Book.Year:
		return invalid("date %s in the register of %d", date, c.Book.Year)
	case date < c.Date:
		return fmt.Errorf("%w: %s after %s", ErrDateOrder, date, c.Date)
	case c.Last >= math.MaxInt32:
		return invalid("register is full")
	}
	return nil
}

func columnsJSON(v any) (json.RawMessage, error) {
	if v == nil {
		return nil, nil
	}
	raw, err := json.Marshal(v)
	if err != nil {
		return nil, invalid("columns: %v", err)
	}
	return raw, nil
}

// Amend replaces the columns of a line; the journal keeps who did it. ErrVoid.
func (tx *Tx) Amend(b Book, number int, columns any) error {
	return inBook(b, tx.change(b, number, func(l *Line) (err error) {
		l.Columns, err = columnsJSON(columns)
		return err
	}))
}

// Void marks a line as not counting any more; it keeps its number. ErrVoid when
// it was voided before.
func (tx *Tx) Void(b Book, number int, reason string) error {
	return inBook(b, tx.change(b, number, func(l *Line) error {
		if reason == "" {
			return invalid("void without a reason")
		}
		l.Void = &Void{Reason: reason, Who: tx.act.Who, At: tx.now.Round(0)}
		return nil
	}))
}

func (tx *Tx) change(b Book, number int, edit func(*Line) error) error {
	if err := tx.may(acting); err != nil {
		return err
	}
	l, err := tx.line(b, number)
	if err != nil {
		return err
	}
	if l.Void != nil {
		return fmt.Errorf("line %d: %w", number, ErrVoid)
	}
	if err := edit(&l); err != nil {
		return err
	}
	return tx.saveLine(l)
}

// Line reads one line. ErrNotFound.
func (tx *Tx) Line(b Book, number int) (Line, error) {
	l, err := tx.line(b, number)
	return l, inBook(b, err)
}

func (tx *Tx) line(b Book, number int) (Line, error) {
	if err := b.check(); err != nil {
		return Line{}, err
	}
	var l Line
	if number < 1 || number > math.MaxInt32 {
		return Line{}, fmt.Errorf("line %d: %w", number, ErrNotFound)
	}
	if err := tx.getJSON(bucketRegisters, lineKey(b, number), &l); err != nil {
		return Line{}, fmt.Errorf("line %d: %w", number, err)
	}
	return l, nil
}

// Lines walks the lines of a book from a number on, in order.
func (tx *Tx) Lines(b Book, from int) iter.Seq2[Line, error] {
	return func(yield func(Line, error) bool) {
		if err := b.check(); err != nil {
			yield(Line{}, inBook(b, err))
			return
		}
		s := span{bucket: bucketRegisters, prefix: bookSpace(b)}
		if from > 1 {
			s.after = lineKey(b, min(from, math.MaxInt32)-1)
		}
		for p, err := range tx.scan(s) {
			if err == nil && isCounter(p.key) {
				return
			}
			var l Line
			if err == nil {
				l, err = readLine(p)
			}
			if !yield(l, inBook(b, err)) || err != nil {
				return
			}
		}
	}
}

func readLine(p pair) (Line, error) {
	var l Line
	payload, err := unseal(bucketRegisters, p.key, p.value)
	if err == nil {
		err = decode(payload, &l)
	}
	return l, err
}

// LastNumber is the number given last, 0 for a book without lines, or the
// opening number minus one when it was started and has no line yet.
func (tx *Tx) LastNumber(b Book) int {
	c, err := tx.counter(b)
	if err != nil {
		return 0
	}
	return c.Last
}

// Books lists the books that have a line or an opening number, by name and year.
// It jumps from book to book.
func (tx *Tx) Books() []Book {
	var list []Book
	var after []byte
	for {
		b, ok := tx.nextBook(after)
		if !ok {
			return list
		}
		list = append(list, b)
		after = counterKey(b)
	}
}

func (tx *Tx) nextBook(after []byte) (Book, bool) {
	for p, err := range tx.scan(span{bucket: bucketRegisters, after: after, keys: true}) {
		if err != nil {
			break
		}
		return cutBook(p.key)
	}
	return Book{}, false
}

// cutBook takes the book out of the key of a line or a counter.
func cutBook(key []byte) (Book, bool) {
	name, rest, ok := cutTerm(key)
	if !ok || len(rest) != 8 {
		return Book{}, false
	}
	return Book{Name: name, Year: int(binary.BigEndian.Uint32(rest))}, true
}

// counter reads the state of a book, that of a new one when there is none.
func (tx *Tx) counter(b Book) (counter, error) {
	c := counter{Book: b, Opening: 1}
	if err := b.check(); err != nil {
		return c, err
	}
	err := tx.getJSON(bucketRegisters, counterKey(b), &c)
	if errors.Is(err, ErrNotFound) {
		return counter{Book: b, Opening: 1}, nil
	}
	return c, err
}

func (tx *Tx) saveCounter(c counter) error {
	if err := tx.may(acting); err != nil {
		return err
	}
	return tx.putJSON(bucketRegisters, counterKey(c.Book), c)
}

func (tx *Tx) saveLine(l Line) error {
	if err := tx.may(acting); err != nil {
		return err
	}
	return tx.putJSON(bucketRegisters, lineKey(l.Book, l.Number), l)
}

func inBook(b Book, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("register %s: %w", b, err)
}
