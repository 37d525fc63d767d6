package viet

import (
	"slices"
	"strings"
	"unicode"
)

// word is the syllable that a sequence of keys has made so far.
type word struct {
	letters []letter
	tone    tone
	modern  bool
	undone  string // keys whose effect was taken back: letters from now on
	joint   bool   // one key put the horn on both letters of "uo"
}

// press applies one key.
func (w *word) press(key rune, meaning func(rune) act) {
	low := unicode.ToLower(key)
	a := meaning(low)
	if a.kind == writes || strings.ContainsRune(w.undone, low) || !w.apply(a, low) {
		w.write(key)
	}
}

func (w *word) write(key rune) { w.letters = append(w.letters, newLetter(key)) }

// undo turns the key into a letter, now and for the rest of the word. The letter
// itself is written by press, which sees the false.
func (w *word) undo(low rune) bool {
	w.undone += string(low)
	return false
}

// apply reports whether the key changed the word; if not, it is a letter.
func (w *word) apply(a act, low rune) bool {
	switch a.kind {
	case setsTone:
		return w.setTone(a.tone, low)
	case clearsTone:
		cleared := w.tone != level
		w.tone = level
		return cleared
	case circumflexs:
		return w.setCircumflex(a.bases, low)
	case hooks:
		return w.setHook(a.bases, low)
	case strokes:
		return w.setStroke(low)
	}
	return false
}

func (w *word) setTone(t tone, low rune) bool {
	switch {
	case !slices.ContainsFunc(w.letters, letter.vowel):
		return false
	case w.tone == t:
		w.tone = level
		return w.undo(low)
	case !possible(w.letters, t):
		return false
	}
	w.tone = t
	return true
}

// change is a set of marks for letters of the word, tried as one.
type change struct {
	at    []int
	marks []mark
}

// try makes the change if the word may still become a syllable with it.
func (w *word) try(c change) bool {
	before := slices.Clone(w.letters)
	for i, at := range c.at {
		w.letters[at].mark = c.marks[i]
	}
	if possible(w.letters, w.tone) {
		return true
	}
	w.letters = before
	return false
}

func (w *word) has(c change) bool {
	for i, at := range c.at {
		if w.letters[at].mark != c.marks[i] {
			return false
		}
	}
	return true
}

// takeBack removes the marks of c again: the key was pressed twice.
func (w *word) takeBack(c change, low rune) bool {
	for _, at := range c.at {
		w.letters[at].mark = plain
	}
	return w.undo(low)
}

func (w *word) firstThatFits(changes []change, low rune) bool {
	for _, c := range changes {
		if w.has(c) {
			return w.takeBack(c, low)
		}
		if w.try(c) {
			return true
		}
	}
	return false
}

func (w *word) setCircumflex(bases string, low rune) bool {
	var changes []change
	for i := len(w.letters) - 1; i >= 0; i-- {
		l := w.letters[i]
		if !strings.ContainsRune(bases, l.base) {
			continue
		}
		c := change{[]int{i}, []mark{circumflex}}
		if l.base == 'o' && i > 0 && w.letters[i-1].mark == horn { // ươ → uô
			c = change{[]int{i, i - 1}, []mark{circumflex, plain}}
		}
		changes = append(changes, c)
	}
	return w.firstThatFits(changes, low)
}

// setHook prefers both letters of "uo", then the u of "ua", then the last vowel that
// can take the mark: ươ, ưa, oă, ơi.
func (w *word) setHook(bases string, low rune) bool {
	first := len(split(w.letters).initial)
	var pairs, others []change
	for i := len(w.letters) - 1; i >= first; i-- {
		l := w.letters[i]
		if !strings.ContainsRune(bases, l.base) {
			continue
		}
		others = append(others, change{[]int{i}, []mark{hookOf(l.base)}})
		if l.base != 'u' || i+1 >= len(w.letters) {
			continue
		}
		switch next := w.letters[i+1]; {
		case next.base == 'o':
			pairs = append(pairs, change{[]int{i, i + 1}, []mark{horn, horn}})
		case next.base == 'a':
			pairs = append(pairs, change{[]int{i}, []mark{horn}})
		}
	}
	bare := !slices.ContainsFunc(w.letters, func(l letter) bool { return l.mark == horn })
	if !w.firstThatFits(append(pairs, others...), low) {
		return false
	}
	w.joint = w.joint || bare && len(pairs) > 0
	return true
}

func hookOf(base rune) mark {
	if base == 'a' {
		return breve
	}
	return horn
}

// setStroke marks the first letter of a syllable, early or late ("duongd"), or the last
// letter of an abbreviation (QĐ, HĐND).
func (w *word) setStroke(low rune) bool {
	if len(w.letters) == 0 {
		return false
	}
	at := 0
	if w.abbreviation() {
		at = len(w.letters) - 1
	}
	l := &w.letters[at]
	switch {
	case l.base != 'd':
		return false
	case l.mark == stroke && at > 0 && l.upper: // GĐ and one more D: GDĐ, as in GDĐT
		l.mark = plain
		w.letters = append(w.letters, letter{base: 'd', mark: stroke, upper: true})
		return true
	case l.mark == stroke:
		l.mark = plain
		return w.undo(low)
	}
	l.mark = stroke
	if w.abbreviation() || possible(w.letters, w.tone) {
		return true
	}
	l.mark = plain
	return false
}

// abbreviation reports whether the word has no vowel, or ends in a capital without being
// on the way to a syllable (UBKTĐU, QyĐ).
func (w *word) abbreviation() bool {
	if !slices.ContainsFunc(w.letters, letter.vowel) {
		return true
	}
	return w.letters[len(w.letters)-1].upper && !possible(w.letters, w.tone)
}

// spelled returns the letters with "ươ" made whole: one horn is enough while typing
// (dduwocj), but after h, kh, th an open "uơ" keeps its u (thuở).
func (w *word) spelled() []letter {
	ls := slices.Clone(w.letters)
	p := split(ls)
	if len(p.nucleus) < 2 || p.nucleus[0].base != 'u' || p.nucleus[1].base != 'o' {
		return ls
	}
	u, o := &p.nucleus[0], &p.nucleus[1]
	if u.mark != horn && o.mark != horn || o.mark == circumflex {
		return ls
	}
	open := len(p.nucleus) == 2 && len(p.final) == 0
	o.mark = horn
	if open && (w.joint || u.mark == plain) && member("h kh th", spell(p.initial)) {
		u.mark = plain
	} else {
		u.mark = horn
	}
	return ls
}

// text is the word as written.
func (w *word) text() []rune {
	ls := w.spelled()
	place := tonePlace(ls, w.modern)
	out := make([]rune, len(ls))
	for i, l := range ls {
		t := level
		if i == place {
			t = w.tone
		}
		out[i] = l.rune(t)
	}
	return out
}

// changed reports whether any key did more than write a letter.
func (w *word) changed() bool {
	return w.tone != level || slices.ContainsFunc(w.letters, func(l letter) bool { return l.mark != plain })
}

// foreign reports whether the keys should stand as they were typed: the word was
// changed, not by the clerk's own undoing, and is no Vietnamese word. ended asks for a
// whole syllable, otherwise the beginning of one will do.
func (w *word) foreign(ended bool) bool {
	if !w.changed() || w.undone != "" || w.abbreviation() {
		return false
	}
	if !possible(w.letters, w.tone) {
		return true
	}
	return ended && !w.fragment() && !complete(w.spelled(), w.tone)
}

// fragment reports whether the word is a lone letter or vowel group, or has no mark but
// the stroke: such things are written on purpose ("đ/c", "â").
func (w *word) fragment() bool {
	if len(split(w.letters).nucleus) == len(w.letters) && (len(w.letters) == 1 || w.tone == level) {
		return true
	}
	return w.tone == level && !slices.ContainsFunc(w.letters, func(l letter) bool { return l.vowel() && l.mark != plain })
}
