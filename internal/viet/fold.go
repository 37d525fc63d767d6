package viet

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// NFC returns s in the composed form, the only one that is stored or compared.
func NFC(s string) string { return norm.NFC.String(s) }

// The two stretches of Unicode that hold every composed Latin letter of Vietnamese.
const (
	latinFrom, latinTo           = 0x00C0, 0x0250
	additionalFrom, additionalTo = 0x1E00, 0x1F00
)

// folds maps a composed Latin letter to its bare lower-case letter; built once, read only.
var folds = newFoldTable()

type foldTable struct {
	latin      [latinTo - latinFrom]rune
	additional [additionalTo - additionalFrom]rune
}

func newFoldTable() *foldTable {
	t := new(foldTable)
	for r := rune(latinFrom); r < latinTo; r++ {
		t.latin[r-latinFrom] = bareLetter(r)
	}
	for r := rune(additionalFrom); r < additionalTo; r++ {
		t.additional[r-additionalFrom] = bareLetter(r)
	}
	return t
}

// bareLetter is the letter without marks. Đ has no decomposition in Unicode, hence the case.
func bareLetter(r rune) rune {
	if r == 'đ' || r == 'Đ' {
		return 'd'
	}
	for _, base := range norm.NFD.String(string(r)) {
		return unicode.ToLower(base)
	}
	return r
}

func foldRune(r rune) rune {
	switch {
	case r < latinFrom:
		return unicode.ToLower(r)
	case r < latinTo:
		return folds.latin[r-latinFrom]
	case r >= additionalFrom && r < additionalTo:
		return folds.additional[r-additionalFrom]
	case unicode.Is(unicode.Mn, r):
		return -1
	}
	return unicode.ToLower(r)
}

// Fold returns the key under which s is found: lower case, no tone or vowel marks,
// đ as d. Composed and decomposed text fold to the same key.
func Fold(s string) string { return strings.Map(foldRune, s) }

// Match reports whether every word of query occurs in text, ignoring case and marks.
func Match(text, query string) bool { return MatchFolded(Fold(text), query) }

// MatchFolded is [Match] for text that is already folded.
func MatchFolded(folded, query string) bool {
	for word := range strings.FieldsSeq(Fold(query)) {
		if !strings.Contains(folded, word) {
			return false
		}
	}
	return true
}
