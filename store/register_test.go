package store

import (
	"encoding/json"
	"errors"
	"slices"
	"testing"
)

func TestEnterRefuses(t *testing.T) {
	s := openTest(t, t.TempDir())
	book := Book{"den", 2026}
	update(t, s, "enter", func(tx *Tx) error {
		_, err := tx.Enter(book, "2026-11-20", "", nil)
		return err
	})
	for _, c := range []struct {
		name string
		book Book
		date string
		want error
	}{
		{"earlier date", book, "2026-11-19", ErrDateOrder},
		{"other year", book, "2027-01-01", ErrInvalid},
		{"no date", book, "", ErrInvalid},
		{"other form", book, "21/11/2026", ErrInvalid},
		{"no such day", book, "2026-02-30", ErrInvalid},
		{"no name", Book{"", 2026}, "2026-11-21", ErrInvalid},
		{"bad year", Book{"den", -1}, "2026-11-21", ErrInvalid},
	} {
		err := s.Update(Act{What: "enter"}, func(tx *Tx) error {
			_, err := tx.Enter(c.book, c.date, "", nil)
			return err
		})
		if !errors.Is(err, c.want) {
			t.Errorf("%s: %v", c.name, err)
		}
	}
	for name, run := range map[string]func(func(*Tx) error) error{"view": s.View, "maintain": s.Maintain} {
		err := run(func(tx *Tx) error {
			_, err := tx.Enter(book, "2026-11-21", "", nil)
			return err
		})
		if !errors.Is(err, ErrReadOnly) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if n := lastNumber(t, s, book); n != 1 {
		t.Errorf("last number %d after refusals", n)
	}
}

func lastNumber(t *testing.T, s *Store, b Book) (n int) {
	t.Helper()
	if err := s.View(func(tx *Tx) error { n = tx.LastNumber(b); return nil }); err != nil {
		t.Fatal(err)
	}
	return n
}

func TestBooksAreApart(t *testing.T) {
	s := openTest(t, t.TempDir())
	old, book, other := Book{"den", 2026}, Book{"den", 2027}, Book{"den\x00", 2026}
	enter := func(b Book, date string, want int) {
		t.Helper()
		update(t, s, "enter", func(tx *Tx) error {
			n, err := tx.Enter(b, date, "", nil)
			if n != want {
				t.Errorf("%s: number %d, want %d", b, n, want)
			}
			return err
		})
	}
	update(t, s, "start", func(tx *Tx) error { return tx.StartBook(old, 413) })
	if n := lastNumber(t, s, old); n != 412 {
		t.Errorf("last number %d before the first line", n)
	}
	update(t, s, "start again", func(tx *Tx) error { return tx.StartBook(old, 414) })
	enter(old, "2026-12-30", 414)
	enter(old, "2026-12-31", 415)
	enter(book, "2027-01-01", 1)
	enter(other, "2026-12-31", 1)
	err := s.Update(Act{What: "start"}, func(tx *Tx) error { return tx.StartBook(old, 1) })
	if !errors.Is(err, ErrStarted) {
		t.Errorf("start of a book with lines: %v", err)
	}
	err = s.View(func(tx *Tx) error {
		if got, want := tx.Books(), []Book{old, book, other}; !slices.Equal(got, want) {
			t.Errorf("books %v, want %v", got, want)
		}
		var numbers []int
		for l, err := range tx.Lines(old, 415) {
			if err != nil {
				return err
			}
			numbers = append(numbers, l.Number)
		}
		if !slices.Equal(numbers, []int{415}) {
			t.Errorf("lines from 415: %v", numbers)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	noFaults(t, s)
}

func noFaults(t *testing.T, s *Store) {
	t.Helper()
	if faults, err := s.Check(); err != nil || len(faults) != 0 {
		t.Errorf("check: %v %v", faults, err)
	}
}

func TestLinesAreAmendedAndVoidedNotRemoved(t *testing.T) {
	s := openTest(t, t.TempDir())
	book := Book{"di", 2026}
	for range 3 {
		update(t, s, "enter", func(tx *Tx) error {
			_, err := tx.Enter(book, "2026-11-21", "", func(n int) any { return map[string]int{"n": n} })
			return err
		})
	}
	update(t, s, "amend", func(tx *Tx) error { return tx.Amend(book, 2, map[string]string{"note": "đã sửa"}) })
	update(t, s, "void", func(tx *Tx) error { return tx.Void(book, 2, "ghi nhầm") })
	for name, c := range map[string]struct {
		fn   func(*Tx) error
		want error
	}{
		"void twice":     {func(tx *Tx) error { return tx.Void(book, 2, "again") }, ErrVoid},
		"amend void":     {func(tx *Tx) error { return tx.Amend(book, 2, nil) }, ErrVoid},
		"without reason": {func(tx *Tx) error { return tx.Void(book, 1, "") }, ErrInvalid},
		"no such line":   {func(tx *Tx) error { return tx.Void(book, 4, "x") }, ErrNotFound},
		"number 0":       {func(tx *Tx) error { return tx.Amend(book, 0, nil) }, ErrNotFound},
		"the counter":    {func(tx *Tx) error { _, err := tx.Line(book, 0xFFFFFFFF); return err }, ErrNotFound},
	} {
		if err := s.Update(Act{What: "try"}, c.fn); !errors.Is(err, c.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
	err := s.View(func(tx *Tx) error {
		l, err := tx.Line(book, 2)
		if err != nil {
			return err
		}
		if l.Void == nil || l.Void.Reason != "ghi nhầm" || l.Void.Who != "Lan" || !json.Valid(l.Columns) || !l.Entered.Equal(testClock()) {
			t.Errorf("line %+v", l)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if n := lastNumber(t, s, book); n != 3 {
		t.Errorf("last number %d", n)
	}
	noFaults(t, s)
}
