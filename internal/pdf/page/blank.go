package page

import (
	"strings"
	"unicode"

	"vanthu/internal/document"
)

// Widths in ems of the text a blank must take: digits are half an em wide in
// Times New Roman.
const (
	digit       = 0.5
	widestCount = 5   // digits of the longest number
	leastBlank  = 0.7 // below this not even two small digits fit
	leastNumber = 9.0 // points; package signer writes four digits of 4.5 points in them
	blankMargin = 0.12
)

// blanks are the places for number and date in the head of page 1. A zero box
// means that the page has no such place.
type blanks struct {
	number, day, month document.Box
	year               document.Box // zero where the year is typed
}

func (b blanks) none() bool { return b == blanks{} }

// findBlanks reads the head of page 1: the row that begins with "Số:" and the
// row with "ngày … tháng … năm 2026", usually the same. What is typed there
// already is a Problem; a head without either row (a scan) is no error.
func findBlanks(p Page) (blanks, error) {
	var b blanks
	var found struct{ number, date bool }
	for _, r := range p.rows() {
		if r.baseline < p.Height*0.55 {
			break // below the head
		}
		if !found.number {
			box, ok, err := numberBlank(p.Number, r)
			if err != nil {
				return blanks{}, err
			}
			b.number, found.number = box, ok
		}
		if !found.date {
			d, ok, err := dateBlanks(p, r)
			if err != nil {
				return blanks{}, err
			}
			b.day, b.month, b.year, found.date = d.day, d.month, d.year, ok
		}
	}
	return b, nil
}

// numberBlank finds "Số:" at the beginning of a text of the row, and the blank
// before the "/".
func numberBlank(page int, r row) (document.Box, bool, error) {
	c := cursor{row: r}
	for start := range r.glyphs {
		if c.at = start; c.beginning(start) != start {
			continue
		}
		if !c.word("số") {
			continue
		}
		c.spaces()
		if !c.word(":") {
			continue
		}
		from := c.at
		gap := c.filler()
		if c.word("/") {
			box, err := field(page, r, from, c.at-1, widestCount)
			if err == nil && box.W < leastNumber {
				err = narrow()
			}
			return box, err == nil, err
		}
		if typed := c.until('/'); gap != "" || typed != "" {
			if d := digits(typed); d != "" {
				return document.Box{}, false, numbered(d)
			}
		}
	}
	return document.Box{}, false, nil
}

// dateBlanks finds "ngày … tháng … năm 2026" and the two blanks, and a third
// where the year is left blank too. The row must not be running text: what
// stands before "ngày" is a place and a comma.
func dateBlanks(p Page, r row) (b blanks, ok bool, err error) {
	c := cursor{row: r}
	for start := range r.glyphs {
		c.at = start
		if !c.word("ngày") {
			continue
		}
		dayFrom := c.at
		day := c.upTo("tháng")
		dayTo := c.at
		if day == missing || !c.word("tháng") {
			continue
		}
		monthFrom := c.at
		month := c.upTo("năm")
		monthTo := c.at
		if month == missing || !c.word("năm") || !c.atPlace(start) {
			continue
		}
		if digits(day)+digits(month) != "" {
			return blanks{}, false, dated()
		}
		if b.day, err = field(p.Number, r, dayFrom, dayTo, 2); err != nil {
			return blanks{}, false, err
		}
		if b.month, err = field(p.Number, r, monthFrom, monthTo, 2); err != nil {
			return blanks{}, false, err
		}
		b.year, err = c.year(p)
		return b, err == nil, err
	}
	return blanks{}, false, nil
}

// year is the box of a year left blank after "năm", the zero one where four
// digits stand. Half a year is neither.
func (c *cursor) year(p Page) (document.Box, error) {
	typed := c.rest()
	if len(digits(typed)) == yearDigits {
		return document.Box{}, nil
	}
	if strings.TrimFunc(typed, isFiller) != "" {
		return document.Box{}, noYear()
	}
	return yearBox(p, c.row, c.at)
}

// Room of a year, in ems.
const (
	yearDigits = 4
	yearSpace  = 0.13 // after "năm"; with the room around the digits a space
	yearRoom   = yearDigits*digit + 2*blankMargin
)

// yearBox begins after "năm", before glyph at. Nothing bounds it on the right
// but the next text or the margin, so four digits have room beyond the dots.
func yearBox(p Page, r row, at int) (document.Box, error) {
	word := r.glyphs[at-1]
	end := p.Width - narrowestMargin
	for _, g := range r.glyphs[at:] {
		if !isFiller(g.r) {
			end = min(end, g.x0)
			break
		}
	}
	x := word.x1 + yearSpace*word.size
	w := min(yearRoom*word.size, end-x)
	if w < yearRoom*word.size*leastYear {
		return document.Box{}, noYear()
	}
	return document.Box{Page: p.Number, X: x, Y: word.baseline - descent*word.size, W: w, H: (ascent + descent) * word.size}, nil
}

// Bounds of the place of a year.
const (
	leastYear       = 0.75             // of its room: digits of three quarters of the size
	narrowestMargin = 10 * pointsPerMM // nearer to the edge printers cut off
)

// field is the box over the blank between glyph from-1 and glyph to: as high as
// the line, as wide as the blank, but no wider than so many digits need with
// room to spare; then it stands in the blank's middle.
func field(page int, r row, from, to, count int) (document.Box, error) {
	before, after := r.glyphs[from-1], r.glyphs[to]
	size := after.size
	spare := after.x0 - before.x1 - leastBlank*size
	if spare < 0 {
		return document.Box{}, narrow()
	}
	margin := min(blankMargin*size, spare/2)
	x0, x1 := before.x1+margin, after.x0-margin
	if most := (float64(count)*digit + 1) * size; x1-x0 > most {
		middle := (x0 + x1) / 2
		x0, x1 = middle-most/2, middle+most/2
	}
	return document.Box{Page: page, X: x0, Y: after.baseline - descent*size, W: x1 - x0, H: (ascent + descent) * size}, nil
}

// missing marks a word that was not found; no text of a row holds it.
const missing = "\x00"

// cursor reads a row glyph by glyph.
type cursor struct {
	row
	at int
}

// word steps over text if it stands here, whatever its case.
func (c *cursor) word(text string) bool {
	i := c.at
	for _, want := range text {
		if i >= len(c.glyphs) || unicode.ToLower(c.glyphs[i].r) != want {
			return false
		}
		i++
	}
	c.at = i
	return true
}

func (c *cursor) spaces() {
	for c.at < len(c.glyphs) && unicode.IsSpace(c.glyphs[c.at].r) {
		c.at++
	}
}

// filler steps over what typists leave for a blank and returns it.
func (c *cursor) filler() string {
	from := c.at
	for c.at < len(c.glyphs) && isFiller(c.glyphs[c.at].r) {
		c.at++
	}
	return c.text(from, c.at)
}

func isFiller(r rune) bool { return unicode.IsSpace(r) || strings.ContainsRune("._…‥·", r) }

// upTo steps to the given word over fillers and digits only; missing when
// something else comes first.
func (c *cursor) upTo(word string) string {
	from := c.at
	for c.at < len(c.glyphs) {
		here := *c
		if here.word(word) {
			return c.text(from, c.at)
		}
		if r := c.glyphs[c.at].r; !isFiller(r) && !unicode.IsDigit(r) {
			return missing
		}
		c.at++
	}
	return missing
}

// until reads up to a character, at most 12 glyphs on.
func (c *cursor) until(end rune) string {
	for i := c.at; i < len(c.glyphs) && i <= c.at+12; i++ {
		if c.glyphs[i].r == end {
			return c.text(c.at, i)
		}
	}
	return ""
}

// beginning steps back from glyph i over what is not set apart from it and
// gives the first glyph of that text. Spaces do not join: a typist may set
// columns apart with them.
func (c *cursor) beginning(i int) int {
	first := i
	for j := i - 1; j >= 0; j-- {
		if unicode.IsSpace(c.glyphs[j].r) {
			continue
		}
		if apart(c.glyphs[j], c.glyphs[first]) {
			break
		}
		first = j
	}
	return first
}

// rest is the text from here to the next gap.
func (c *cursor) rest() string {
	to := c.at
	for to < len(c.glyphs) && c.beginning(to) <= c.at {
		to++
	}
	return c.text(c.at, to)
}

// atPlace tells that the text before position i is at most a place name and a
// comma, as in "Định Mỹ, ngày".
func (c *cursor) atPlace(i int) bool {
	before := strings.TrimSpace(c.text(c.beginning(i), i))
	return before == "" || strings.HasSuffix(before, ",") && len([]rune(before)) <= 40
}

func (c *cursor) text(from, to int) string {
	var b strings.Builder
	for _, g := range c.glyphs[from:to] {
		b.WriteRune(g.r)
	}
	return b.String()
}

func digits(s string) string {
	return strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' {
			return r
		}
		return -1
	}, s)
}
