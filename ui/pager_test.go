package ui

import (
	"context"
	"fmt"
	"math/rand/v2"
	"testing"

	"vanthu/store"
)

// TestPager moves at random in lists of many lengths, with rows coming and going, and
// compares the chosen row with the list itself.
func TestPager(t *testing.T) {
	for _, n := range []int{0, 1, 99, 100, 101, 250, 1000, 1234} {
		for _, skips := range []bool{false, true} {
			t.Run(fmt.Sprint(n, skips), func(t *testing.T) { walkPager(t, n, skips, rand.New(rand.NewPCG(uint64(n), 1))) })
		}
	}
}

// walkPager walks in n rows; skips tells whether the end is reached by passing over
// what lies before. Then, too, the list says only by an empty page that it has ended.
func walkPager(t *testing.T, n int, skips bool, rnd *rand.Rand) {
	rows := make([]int, n)
	for i := range rows {
		rows[i] = i
	}
	read := func(after store.Cursor, limit int) ([]int, store.Cursor, error) {
		got, next := slice(rows, after, limit)
		if skips && next == "" && len(got) == limit {
			next = store.Cursor(fmt.Sprint(n))
		}
		return got, next, nil
	}
	p := newPager(read, func(i int) string { return fmt.Sprint(i) })
	if skips {
		p.skip = func(after store.Cursor, limit int) (int, store.Cursor, error) {
			got, next, err := read(after, limit)
			return len(got), next, err
		}
	}
	run := func(work func(context.Context) (any, error)) {
		for work != nil {
			v, err := work(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			p.take(v.(pages[int]))
			work = p.more()
		}
	}
	run(p.reload())
	at := 0
	for range 400 {
		switch move := rnd.IntN(8); move {
		case 0:
			run(p.toTop())
			at = 0
		case 1:
			run(p.toEnd())
			at = n - 1
		case 2:
			run(p.reload())
		default:
			by := rnd.IntN(2*p.height) - p.height
			p.move(by)
			run(p.more())
			at += by
		}
		at = max(0, min(at, n-1))
		got, ok := p.current()
		if ok != (n > 0) || ok && got != at || p.chosen != at {
			t.Fatalf("row %d (%v, chosen %d), want %d", got, ok, p.chosen, at)
		}
		if len(p.rows) > heldPages*pageRows {
			t.Fatalf("%d rows held", len(p.rows))
		}
		seen, from := p.visible(1 + rnd.IntN(40))
		if n > 0 && (from > at || from+len(seen) <= at || seen[0] != from) {
			t.Fatalf("shown from %d, %d rows, chosen %d", from, len(seen), at)
		}
		if len(seen) < min(n, p.height) && from+len(seen) == n {
			run(p.more()) // a higher screen may ask for the page before
			if seen, from = p.visible(p.height); len(seen) < min(n, p.height) {
				t.Fatalf("%d rows of %d from %d on %d lines", len(seen), n, from, p.height)
			}
		}
	}
}

// TestPagerKeepsTheRow: a new document on top does not move the chosen one.
func TestPagerKeepsTheRow(t *testing.T) {
	o := newOffice(t)
	o.fewLetters()
	d := drive(o, 80, 24)
	d.press("2", "right", "right", "left", "left", "down", "down")
	before := chosenRow(d.screen())
	o.receive(letter(50, "V/v mới đến"))
	d.send(changed{})
	d.see("V/v mới đến")
	if after := chosenRow(d.screen()); after != before {
		t.Errorf("chosen %q, was %q", after, before)
	}
}
