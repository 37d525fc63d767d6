package page

import (
	"errors"
	"strings"
	"testing"

	"vanthu/internal/document"
)

// FuzzPlace searches pages of any text in any place: the search never panics,
// what it finds lies on its page, what it refuses is a Problem.
func FuzzPlace(f *testing.F) {
	f.Add("Số:        /QĐ-UBND\tĐịnh Mỹ, ngày      tháng      năm 2026\nQUYẾT ĐỊNH", "\tTM. ỦY BAN NHÂN DÂN\n\tCHỦ TỊCH\n\n\n\n\n\tLê Văn Tám", "Lê Văn Tám")
	f.Add("Số: 15/QĐ", "KT. CHỦ TỊCH", "")
	f.Add("ngày...tháng...năm....", "M Ậ T", "x")
	f.Fuzz(func(t *testing.T, head, foot, name string) {
		pages := []Page{textPage(1, 60, head), textPage(2, 500, foot)}
		l, err := place(pages, document.Signer{Position: foot, Name: name}, 102)
		if err != nil {
			var problem *document.Problem
			if !errors.As(err, &problem) || !l.IsZero() {
				t.Fatalf("%+v, %v", l, err)
			}
			return
		}
		for _, b := range []document.Box{l.Number, l.Day, l.Month, l.Year, l.Sign, l.Seal} {
			if b.IsZero() {
				continue
			}
			if b.Page < 1 || b.Page > 2 || b.W <= 0 || b.H <= 0 || !near(b, within(pages[b.Page-1], b), 0.001) {
				t.Fatalf("%+v of %+v", b, l)
			}
		}
		if l.Sign.IsZero() || l.Seal.IsZero() {
			t.Fatalf("no place to sign: %+v", l)
		}
		pages[0].secretMark()
	})
}

// textPage sets lines 17 points apart; a tab jumps to the right column.
func textPage(number int, down float64, text string) Page {
	var lines []typed
	for line := range strings.SplitSeq(text, "\n") {
		for i, part := range strings.Split(line, "\t") {
			lines = append(lines, typed{60 + 260*float64(i), down, part})
		}
		down += 17
	}
	return typedPage(number, lines...)
}
