package viet

import (
	"strings"
	"unicode"
)

// mark is what a Vietnamese letter carries besides its tone.
type mark uint8

const (
	plain      mark = iota
	circumflex      // â ê ô
	breve           // ă
	horn            // ơ ư
	stroke          // đ
)

// tone is one of the six tones, in the order of the forms in [vowelForms].
type tone uint8

const (
	level tone = iota
	grave
	hook
	tilde
	acute
	dot
)

// letter is one written letter before the tone is placed.
type letter struct {
	base  rune // lower case ASCII
	mark  mark
	upper bool
}

func newLetter(r rune) letter {
	low := unicode.ToLower(r)
	return letter{base: low, upper: low != r}
}

func (l letter) vowel() bool { return strings.ContainsRune("aeiouy", l.base) }

// vowelForms lists each vowel with its six tones: level, grave, hook, tilde, acute, dot.
const vowelForms = "aàảãáạ" + "ăằẳẵắặ" + "âầẩẫấậ" + "eèẻẽéẹ" + "êềểễếệ" + "iìỉĩíị" +
	"oòỏõóọ" + "ôồổỗốộ" + "ơờởỡớợ" + "uùủũúụ" + "ưừửữứự" + "yỳỷỹýỵ"

var vowelRunes = []rune(vowelForms)

// marked is the letter with its mark, lower case, without tone.
func (l letter) marked() rune {
	switch {
	case l.mark == plain:
		return l.base
	case l.mark == stroke:
		return 'đ'
	case l.mark == breve:
		return 'ă'
	case l.mark == horn && l.base == 'o':
		return 'ơ'
	case l.mark == horn:
		return 'ư'
	case l.base == 'a':
		return 'â'
	case l.base == 'e':
		return 'ê'
	}
	return 'ô'
}

// rune is the letter as written, in its case, with tone t.
func (l letter) rune(t tone) rune {
	r := l.marked()
	if t != level {
		for i := 0; i < len(vowelRunes); i += 6 {
			if vowelRunes[i] == r {
				r = vowelRunes[i+int(t)]
				break
			}
		}
	}
	if l.upper {
		return unicode.ToUpper(r)
	}
	return r
}
