package viet

import "strings"

// initials are the consonants a syllable may begin with. "kr" and "đr" stand in
// names of the Central Highlands (Krông Nô, Đray Sáp).
const initials = " b c ch d đ dr đr g gh gi h k kh kr l m n ng ngh nh p ph q qu r s t th tr v x "

// rhymes says after which vowels a syllable may end, and how: "-" is the open syllable.
// "êc" and "êng" are there for gi-: giếng. Final k stands in names (Đắk Lắk, Krông Búk).
var rhymes = []rhyme{
	{"a", "- c ch m n ng nh p t k"}, {"ă", "c m n ng p t k"}, {"â", "c m n ng p t"},
	{"e", "- c m n ng p t"}, {"ê", "- c ch m n ng nh p t"}, {"i", "- ch m n nh p t"},
	{"o", "- c m n ng p t"}, {"ô", "- c m n ng p t"}, {"ơ", "- m n p t"},
	{"u", "- c m n ng p t k"}, {"ư", "- c m n ng t"}, {"y", "- ch n nh p t"},
	{"ai", "-"}, {"ao", "-"}, {"au", "-"}, {"ay", "-"}, {"âu", "-"}, {"ây", "-"},
	{"eo", "-"}, {"êu", "-"}, {"ia", "-"}, {"iu", "-"}, {"oi", "-"}, {"ôi", "-"}, {"ơi", "-"},
	{"ua", "-"}, {"ui", "-"}, {"ưa", "-"}, {"ưi", "-"}, {"ưu", "-"},
	{"iê", "c m n ng p t"}, {"iêu", "-"}, {"yê", "m n ng t"}, {"yêu", "-"},
	{"uô", "c m n ng p t"}, {"uôi", "-"}, {"ươ", "- c m n ng p t"}, {"ươi", "-"}, {"ươu", "-"},
	{"oa", "- c ch m n ng nh p t"}, {"oai", "-"}, {"oao", "-"}, {"oay", "-"},
	{"oă", "c m n ng p t"}, {"oe", "- m n t"}, {"oeo", "-"}, {"oo", "c n ng"},
	{"uâ", "n ng t"}, {"uây", "-"}, {"uê", "- ch n nh"}, {"uơ", "-"},
	{"uy", "- ch n nh p t"}, {"uya", "-"}, {"uyê", "n t"}, {"uyu", "-"},
}

type rhyme struct{ vowels, finals string }

// parts are the three stretches of a syllable; rest is what cannot belong to one.
type parts struct{ initial, nucleus, final, rest []letter }

// split divides letters. The u of "qu" and the i of "gi" belong to the initial as soon
// as another vowel follows: quá, già, but gì.
func split(ls []letter) parts {
	i := 0
	for i < len(ls) && !ls[i].vowel() {
		i++
	}
	if i == 1 && len(ls) > 2 && ls[2].vowel() && ls[1].mark == plain &&
		(ls[0].base == 'q' && ls[1].base == 'u' || ls[0].base == 'g' && ls[1].base == 'i') {
		i++
	}
	n := i
	for n < len(ls) && ls[n].vowel() {
		n++
	}
	f := n
	for f < len(ls) && !ls[f].vowel() {
		f++
	}
	return parts{ls[:i], ls[i:n], ls[n:f], ls[f:]}
}

func spell(ls []letter) string {
	var b strings.Builder
	for _, l := range ls {
		b.WriteRune(l.marked())
	}
	return b.String()
}

func member(list, word string) bool {
	for w := range strings.FieldsSeq(list) {
		if w == word {
			return true
		}
	}
	return false
}

// stops take only the acute and the dot tone.
func toneFits(final string, t tone) bool {
	if !member("c ch p t k", final) {
		return true
	}
	return t == level || t == acute || t == dot
}

func (p parts) initialFits() bool {
	return len(p.initial) == 0 || member(initials, spell(p.initial))
}

// complete reports whether the letters with tone t are a Vietnamese syllable.
func complete(ls []letter, t tone) bool {
	p := split(ls)
	if len(p.rest) > 0 || !p.initialFits() {
		return false
	}
	vowels, final := spell(p.nucleus), spell(p.final)
	if !toneFits(final, t) {
		return false
	}
	if final == "" {
		final = "-"
	}
	for _, r := range rhymes {
		if r.vowels == vowels && member(r.finals, final) {
			return true
		}
	}
	return false
}

// possible reports whether typing on may still lead from the letters to a syllable;
// a vowel without mark may get one later ("duong" on the way to "đường").
func possible(ls []letter, t tone) bool {
	p := split(ls)
	if len(p.rest) > 0 || !p.initialFits() || !toneFits(spell(p.final), t) {
		return false
	}
	for _, r := range rhymes {
		if p.onTheWayTo(r) {
			return true
		}
	}
	return false
}

func (p parts) onTheWayTo(r rhyme) bool {
	want := []rune(r.vowels)
	if len(p.nucleus) > len(want) || len(p.final) > 0 && len(p.nucleus) < len(want) {
		return false
	}
	for i, l := range p.nucleus {
		if got := l.marked(); got != want[i] && (l.mark != plain || l.base != foldRune(want[i])) {
			return false
		}
	}
	if len(p.final) == 0 {
		return true
	}
	final := spell(p.final)
	for f := range strings.FieldsSeq(r.finals) {
		if strings.HasPrefix(f, final) {
			return true
		}
	}
	return false
}

// tonePlace is the index of the letter that carries the tone, -1 without a vowel.
// modern is the style "hoà", otherwise "hòa".
func tonePlace(ls []letter, modern bool) int {
	p := split(ls)
	start, v := len(p.initial), p.nucleus
	if len(v) == 0 {
		return -1
	}
	for i := len(v) - 1; i >= 0; i-- {
		if v[i].mark != plain {
			return start + i
		}
	}
	switch {
	case len(v) == 1:
		return start
	case len(p.final) > 0:
		return start + len(v) - 1
	case len(v) > 2:
		return start + 1
	case modern && member("oa oe uy", spell(v)):
		return start + 1
	}
	return start
}
