package page

import (
	"errors"
	"math"
	"testing"

	"vanthu/internal/document"
)

func TestBlanks(t *testing.T) {
	const date = "Định Mỹ, ngày      tháng      năm 2026"
	tests := []struct {
		name              string
		left, right       string
		number, day, none bool
		err               error
	}{
		{"spaces", "Số:        /QĐ-UBND", date, true, true, false, nil},
		{"capitals", "SỐ:        /QĐ-UBND", "ĐỊNH MỸ, NGÀY     THÁNG     NĂM 2026", true, true, false, nil},
		{"space before colon", "Số :       /QĐ-UBND", date, true, true, false, nil},
		{"dots", "Số:........./QĐ-UBND", "Định Mỹ, ngày ..... tháng ..... năm 2026", true, true, false, nil},
		{"ellipsis", "Số: ………/QĐ-UBND", "Định Mỹ, ngày ……tháng ……năm 2026", true, true, false, nil},
		{"underscores", "Số: ____/QĐ-UBND", "Định Mỹ, ngày ____ tháng ____ năm 2026", true, true, false, nil},
		{"minutes without a date line", "Số:        /BB-UBND", "", true, false, false, nil},
		{"no number line", "", date, false, true, false, nil},
		{"nothing", "Kính gửi", "năm 2026", false, false, true, nil},
		{"spaced year", "Số:        /QĐ-UBND", "Định Mỹ, ngày      tháng      năm 20 26", true, true, false, nil},
		{"number typed", "Số: 15/QĐ-UBND", date, false, false, false, ErrNumbered},
		{"number typed among dots", "Số: ..15../QĐ-UBND", date, false, false, false, ErrNumbered},
		{"number with a letter", "Số: 12a/QĐ-UBND", date, false, false, false, ErrNumbered},
		{"date typed", "Số:        /QĐ-UBND", "Định Mỹ, ngày 05 tháng 3 năm 2026", false, false, false, ErrDated},
		{"month typed", "Số:        /QĐ-UBND", "Định Mỹ, ngày      tháng 11 năm 2026", false, false, false, ErrDated},
		{"no year", "Số:        /QĐ-UBND", "Định Mỹ, ngày      tháng      năm ...", true, true, false, nil},
		{"nothing after year", "Số:        /QĐ-UBND", "Định Mỹ, ngày      tháng      năm", true, true, false, nil},
		{"year cut off by text", "Số:        /QĐ-UBND", "Định Mỹ, ngày      tháng      năm ... /.", false, false, false, ErrNoYear},
		{"half a year", "Số:        /QĐ-UBND", "Định Mỹ, ngày      tháng      năm 202...", false, false, false, ErrNoYear},
		{"no room for a number", "Số:/QĐ-UBND", date, false, false, false, ErrNarrow},
		{"no room for a day", "Số:        /QĐ-UBND", "Định Mỹ, ngày tháng      năm 2026", false, false, false, ErrNarrow},
		{"symbol without blank", "Số: QĐ-UBND", date, false, true, false, nil},
		{"number in running text", "Theo Số:     /QĐ-UBND", date, false, true, false, nil},
		{"date in running text", "Số:        /QĐ-UBND", "báo cáo từ ngày      tháng      năm 2026", true, false, false, nil},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			p := typedPage(1, typed{90, 120, test.left}, typed{300, 120, test.right})
			b, err := findBlanks(p)
			if !errors.Is(err, test.err) {
				t.Fatalf("error %v, want %v", err, test.err)
			}
			var problem *document.Problem
			if err != nil && (!errors.As(err, &problem) || problem.Next == "") {
				t.Errorf("%v is no problem with a next step", err)
			}
			if got := !b.number.IsZero(); got != test.number {
				t.Errorf("number box %v", b.number)
			}
			if got := !b.day.IsZero() && !b.month.IsZero(); got != test.day {
				t.Errorf("day %v, month %v", b.day, b.month)
			}
			if test.err == nil && b.none() != test.none {
				t.Errorf("none() = %v", b.none())
			}
		})
	}
}

func TestBlankBoxes(t *testing.T) {
	// Half an em is 6.5 points: "Số:" ends at 90+19.5, "/" begins 8 places on.
	p := typedPage(1, typed{90, 120, "Số:        /QĐ-UBND"}, typed{300, 120, "ngày    tháng     năm 2026"})
	b, err := findBlanks(p)
	if err != nil {
		t.Fatal(err)
	}
	const size = 13.0
	y, h := 842-120-descent*size, (ascent+descent)*size
	number := (5*digit + 1) * size // capped: the blank is wider
	want := map[string][2]document.Box{
		"number": {b.number, {Page: 1, X: 90 + 19.5 + (52-number)/2, Y: y, W: number, H: h}},
		"day":    {b.day, {Page: 1, X: 300 + 26 + blankMargin*size, Y: y, W: 26 - 2*blankMargin*size, H: h}},
		"month":  {b.month, {Page: 1, X: 300 + 26 + 26 + 32.5 + (32.5-2*size)/2, Y: y, W: 2 * size, H: h}},
	}
	if !b.year.IsZero() {
		t.Errorf("year %+v though it is typed", b.year)
	}
	for name, pair := range want {
		if !near(pair[0], pair[1], 0.01) {
			t.Errorf("%s: %+v, want %+v", name, pair[0], pair[1])
		}
	}
}

// TestYearBox: "năm" ends at 300+25 characters, the year has room after it.
func TestYearBox(t *testing.T) {
	const size = 13.0
	for name, test := range map[string]struct {
		x    float64
		text string
		want document.Box
	}{
		"dots":    {300, "ngày    tháng     năm...", document.Box{Page: 1, X: 300 + 21*6.5 + yearSpace*size, W: yearRoom * size}},
		"nothing": {300, "ngày    tháng     năm", document.Box{Page: 1, X: 300 + 21*6.5 + yearSpace*size, W: yearRoom * size}},
		"margin":  {404, "ngày    tháng     năm...", document.Box{Page: 1, X: 404 + 21*6.5 + yearSpace*size, W: 595 - narrowestMargin - (404 + 21*6.5 + yearSpace*size)}},
	} {
		t.Run(name, func(t *testing.T) {
			b, err := findBlanks(typedPage(1, typed{90, 120, "Số:        /QĐ-UBND"}, typed{test.x, 120, test.text}))
			test.want.Y, test.want.H = 842-120-descent*size, (ascent+descent)*size
			if err != nil || !near(b.year, test.want, 0.01) {
				t.Errorf("got %+v, want %+v, %v", b.year, test.want, err)
			}
		})
	}
	if _, err := findBlanks(typedPage(1, typed{420, 120, "ngày    tháng     năm..."})); !errors.Is(err, ErrNoYear) {
		t.Errorf("year beyond the margin: %v", err)
	}
}

func TestBelowTheHeadIsNoHead(t *testing.T) {
	p := typedPage(1, typed{90, 500, "Số:        /QĐ-UBND"}, typed{90, 540, "ngày      tháng      năm 2026"})
	if b, err := findBlanks(p); err != nil || !b.none() {
		t.Errorf("found %+v, %v", b, err)
	}
}

func near(a, b document.Box, by float64) bool {
	return a.Page == b.Page && math.Abs(a.X-b.X) <= by && math.Abs(a.Y-b.Y) <= by && math.Abs(a.W-b.W) <= by && math.Abs(a.H-b.H) <= by
}
