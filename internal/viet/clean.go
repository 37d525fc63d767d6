package viet

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// Replacement is what a clerk sees where a character was not fit to be shown.
// Nothing is removed silently: an odd title must look odd.
const Replacement = '\uFFFD'

const (
	// MaxLine is the longest text, in characters, that [Clean] lets through. The decree
	// allows 500 for a subject (Annex VI Part II); real packets go beyond it.
	MaxLine = 2000
	// maxMarks combining marks may stand on one letter; Vietnamese needs two.
	maxMarks = 2
)

// Clean makes untrusted text fit for one line of a screen, a log or a message: NFC,
// line ends and odd spaces become a space; controls (C0, C1, DEL), bidirectional and
// zero-width characters, tags and everything else without a visible shape become
// [Replacement]; heaps of combining marks and text beyond [MaxLine] are cut.
// Cleaning twice changes nothing.
func Clean(s string) string { return CleanMax(s, MaxLine) }

// CleanMax is [Clean] with a limit of its own, in characters.
func CleanMax(s string, limit int) string {
	if plainASCII(s) && len(s) <= limit {
		return s
	}
	c := cleaner{limit: limit}
	for _, r := range norm.NFC.String(s) {
		if !c.take(r) {
			break
		}
	}
	return c.out.String()
}

// CleanText is [Clean] for text of several lines: line ends stay.
func CleanText(s string) string {
	lines := strings.Split(strings.ReplaceAll(s, "\r\n", "\n"), "\n")
	for i, l := range lines {
		lines[i] = Clean(l)
	}
	return strings.Join(lines, "\n")
}

// Altered reports whether cleaning s would change more than its composition, so that
// a warning can stand beside what is shown.
func Altered(s string) bool { return Clean(s) != NFC(s) }

func plainASCII(s string) bool {
	for i := range len(s) {
		if s[i] < 0x20 || s[i] > 0x7E {
			return false
		}
	}
	return true
}

type cleaner struct {
	out          strings.Builder
	limit, count int
	marks        int
}

// take adds one character and reports whether there is room for more.
func (c *cleaner) take(r rune) bool {
	if unicode.In(r, unicode.Mn, unicode.Me) && !shapeless(r) {
		return c.mark(r)
	}
	c.marks = 0
	if c.count == c.limit {
		return false
	}
	if c.count == c.limit-1 && c.limit > 1 {
		c.put('…')
		return false
	}
	c.put(visible(r))
	return true
}

// mark adds a combining mark while its letter has room; further ones are dropped, and
// the first of these shows as a replacement so that the heap is noticed.
func (c *cleaner) mark(r rune) bool {
	c.marks++
	switch {
	case c.count == 0 || c.marks == maxMarks+1:
		c.marks = maxMarks + 1
		if c.count < c.limit {
			c.put(Replacement)
		}
	case c.marks <= maxMarks:
		c.out.WriteRune(r)
	}
	return true
}

func (c *cleaner) put(r rune) {
	c.out.WriteRune(r)
	c.count++
}

// visible maps a character to itself, to a space or to [Replacement].
func visible(r rune) rune {
	switch {
	case r == '\n', r == '\r', r == '\t', r == '\v', r == '\f', unicode.In(r, unicode.Z):
		return ' '
	case unicode.In(r, unicode.C), r == unicode.ReplacementChar, shapeless(r):
		return Replacement
	case r > unicode.MaxRune, r&0xFFFE == 0xFFFE, r >= 0xFDD0 && r <= 0xFDEF:
		return Replacement
	}
	return r
}

// shapeless holds letters and marks that print as nothing, or change their neighbour.
func shapeless(r rune) bool {
	switch {
	case r == 0x115F, r == 0x1160, r == 0x3164, r == 0xFFA0, r == 0x2800, r == 0x034F:
		return true // fillers and the blank Braille cell
	case r >= 0x180B && r <= 0x180F, r >= 0xFE00 && r <= 0xFE0F, r >= 0xE0100 && r <= 0xE01EF:
		return true // variation selectors
	case r >= 0x1F3FB && r <= 0x1F3FF:
		return true // skin tones: one or two cells, terminals differ
	}
	return false
}
