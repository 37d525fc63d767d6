package ui

import (
	"strings"
	"unicode"
	"unicode/utf8"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"vanthu/internal/viet"
)

// editor is one line of text being typed. It is right for input methods that send a
// backspace and the letters again in one write, for decomposed letters and for pastes.
type editor struct {
	text   []rune
	caret  int // in text
	max    int // characters; 0 is viet.MaxLine
	mask   bool
	engine viet.Engine
}

func newEditor(s string) editor {
	t := []rune(viet.NFC(s))
	return editor{text: t, caret: len(t)}
}

func (e *editor) String() string { return string(e.text) }

// set replaces the text.
func (e *editor) set(s string) {
	limit := e.max
	*e = editor{text: []rune(viet.NFC(s)), max: limit, mask: e.mask}
	e.caret = len(e.text)
}

// wipe overwrites and empties the text.
func (e *editor) wipe() {
	clear(e.text[:cap(e.text)])
	e.text, e.caret = nil, 0
	e.engine.Reset()
}

// key applies a key; ok is false when the key is none of a line's.
func (e *editor) key(k tea.KeyPressMsg, method viet.Method) (ok bool) {
	if e.mask {
		method = viet.Off
	}
	if e.engine.Method != method {
		e.endWord()
		e.engine = viet.Engine{Method: method}
	}
	switch name(k) {
	case "backspace", "shift+backspace":
		e.backspace()
	case "delete":
		e.engine.Reset()
		if e.caret < len(e.text) {
			e.text = append(e.text[:e.caret], e.text[e.caret+1:]...)
		}
	case "left", "right", "home", "end", "ctrl+a", "ctrl+e":
		e.travel(name(k))
	case "ctrl+u":
		e.engine.Reset()
		e.text, e.caret = append([]rune(nil), e.text[e.caret:]...), 0
	case "ctrl+w":
		e.wordBack()
	default:
		if k.Text == "" {
			return false
		}
		e.typeText(k.Text)
	}
	return true
}

func (e *editor) travel(key string) {
	e.endWord()
	switch key {
	case "left":
		e.caret = max(0, e.caret-1)
	case "right":
		e.caret = min(len(e.text), e.caret+1)
	case "home", "ctrl+a":
		e.caret = 0
	default:
		e.caret = len(e.text)
	}
}

func (e *editor) wordBack() {
	e.engine.Reset()
	i := e.caret
	for i > 0 && e.text[i-1] == ' ' {
		i--
	}
	for i > 0 && e.text[i-1] != ' ' {
		i--
	}
	e.text, e.caret = append(e.text[:i], e.text[e.caret:]...), i
}

func (e *editor) backspace() { e.apply(e.engine.Backspace()) }

// endWord finishes the word being typed, before the caret goes elsewhere.
func (e *editor) endWord() { e.apply(e.engine.End()) }

// apply performs an edit before the caret and keeps the text composed.
func (e *editor) apply(x viet.Edit) {
	from := max(0, e.caret-x.Delete)
	insert := []rune(x.Insert)
	head := []rune(viet.NFC(string(e.text[:from]) + string(insert)))
	tail := append([]rune(nil), e.text[e.caret:]...)
	if over := len(head) + len(tail) - e.limit(); over > 0 {
		head = head[:max(0, len(head)-over)]
		e.engine.Reset() // what it shows is no longer what stands here
	}
	e.text, e.caret = append(head, tail...), len(head)
}

func (e *editor) limit() int {
	if e.max > 0 {
		return e.max
	}
	return viet.MaxLine
}

// typeText takes what one key press brought. More than one character is an input
// method's word and stands as it is.
func (e *editor) typeText(s string) {
	if r, n := utf8.DecodeRuneInString(s); n == len(s) && r != utf8.RuneError {
		if unicode.Is(unicode.Mn, r) {
			e.insert(s)
			return
		}
		e.apply(e.engine.Type(r))
		return
	}
	e.insert(s)
}

// insert puts text at the caret as it is, cleaned.
func (e *editor) insert(s string) {
	e.endWord()
	if e.caret > 0 && combines(s) { // a mark for the letter before
		s = string(e.text[e.caret-1]) + s
		e.apply(viet.Edit{Delete: 1, Insert: viet.Clean(s)})
		return
	}
	e.apply(viet.Edit{Insert: viet.Clean(s)})
}

func combines(s string) bool {
	r, _ := utf8.DecodeRuneInString(s)
	return unicode.Is(unicode.Mn, r)
}

// render draws the text in w cells around the caret and says in which cell the caret is.
func (e *editor) render(w int) (line string, x int) {
	shown := e.shown()
	before := drawn(shown[:e.caret])
	skip := max(0, width(before)-(w-1))
	all := drawn(shown)
	if skip > 0 {
		before, all = ansi.TruncateLeft(before, skip, ""), ansi.TruncateLeft(all, skip, "")
	}
	return cut(all, w), min(width(before), max(0, w-1))
}

// shown is the text, or as many stars.
func (e *editor) shown() []rune {
	if e.mask {
		return []rune(strings.Repeat("*", len(e.text)))
	}
	return e.text
}

// plain is the text as it is read when the caret is elsewhere.
func (e *editor) plain() string { return drawn(e.shown()) }

// drawn is typed text as drawn: it was cleaned, but marks may meet at the caret.
func drawn(r []rune) string { return clean(string(r)) }
