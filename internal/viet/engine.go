package viet

import "unicode"

// Method is how Vietnamese letters are typed.
type Method int

// The methods, in the order in which F2 goes through them.
const (
	Off   Method = iota // keys are letters; an input method outside the program may be at work
	Telex               // letters as marks: tieesng vieejt
	VNI                 // digits as marks: tie61ng vie65t
)

// Name is the method's name as a clerk knows it.
func (m Method) Name() string {
	switch m {
	case Telex:
		return "Telex"
	case VNI:
		return "VNI"
	}
	return "tắt"
}

// Next is the method that follows m on the toggle key.
func (m Method) Next() Method { return (m + 1) % 3 }

// Edit changes the text before the caret: Delete characters go, Insert comes.
type Edit struct {
	Delete int
	Insert string
}

// longest is the number of keys after which a word cannot be a Vietnamese syllable.
const longest = 14

// Engine types one word at a time. The zero value types nothing but letters. It knows
// only the keys of the word at the caret; whoever moves the caret or changes the text
// otherwise calls [Engine.Reset].
//
// A word is the pure function of its keys, so taking back the last key takes back its
// whole effect, and a word that is not Vietnamese ("windows") can be given back as typed.
type Engine struct {
	Method Method
	Modern bool // tone on the second vowel of oa, oe, uy: "hoà"; otherwise "hòa"

	keys  []rune
	shown []rune
}

// Type takes one key and says how the text changes.
func (e *Engine) Type(key rune) Edit {
	if e.Method == Off {
		return Edit{Insert: string(key)}
	}
	if !e.composes(key) {
		end := e.End()
		end.Insert += string(key)
		return end
	}
	e.keys = append(e.keys, key)
	return e.show(e.compose(false))
}

// Backspace takes back the last key of the word; without a word, one character.
func (e *Engine) Backspace() Edit {
	if len(e.keys) == 0 {
		return Edit{Delete: 1}
	}
	e.keys = e.keys[:len(e.keys)-1]
	return e.show(e.compose(false))
}

// End finishes the word: what is no Vietnamese syllable becomes the keys as typed.
func (e *Engine) End() Edit {
	if len(e.keys) == 0 {
		return Edit{}
	}
	edit := e.show(e.compose(true))
	e.Reset()
	return edit
}

// Reset forgets the word at the caret without changing the text.
func (e *Engine) Reset() { e.keys, e.shown = nil, nil }

// composes reports whether the key belongs to a word. A digit does only in VNI, after a letter.
func (e *Engine) composes(key rune) bool {
	if key > unicode.MaxASCII {
		return false
	}
	return unicode.IsLetter(key) || e.Method == VNI && unicode.IsDigit(key) && len(e.keys) > 0
}

func (e *Engine) compose(ended bool) []rune {
	if len(e.keys) > longest {
		return e.keys
	}
	meaning := telex
	if e.Method == VNI {
		meaning = vni
	}
	w := word{modern: e.Modern}
	for _, k := range e.keys {
		w.press(k, meaning)
	}
	if w.foreign(ended) {
		return e.keys
	}
	return w.text()
}

// show makes the shortest edit from what stood there to text.
func (e *Engine) show(text []rune) Edit {
	same := 0
	for same < len(text) && same < len(e.shown) && text[same] == e.shown[same] {
		same++
	}
	edit := Edit{Delete: len(e.shown) - same, Insert: string(text[same:])}
	e.shown = append(e.shown[:0:0], text...)
	return edit
}
