package viet

// act is what a key does to the word before it.
type act struct {
	kind  actKind
	tone  tone
	bases string // letters a circumflex, breve or horn may go on
}

type actKind uint8

const (
	writes      actKind = iota // the key is a letter
	setsTone                   // one of the five written tones
	clearsTone                 // back to the level tone
	circumflexs                // â ê ô
	hooks                      // ơ ư and, with bases holding a, ă
	strokes                    // đ
)

// telex is the meaning of a key in the Telex method.
func telex(key rune) act {
	switch key {
	case 's':
		return act{kind: setsTone, tone: acute}
	case 'f':
		return act{kind: setsTone, tone: grave}
	case 'r':
		return act{kind: setsTone, tone: hook}
	case 'x':
		return act{kind: setsTone, tone: tilde}
	case 'j':
		return act{kind: setsTone, tone: dot}
	case 'z':
		return act{kind: clearsTone}
	case 'a', 'e', 'o':
		return act{kind: circumflexs, bases: string(key)}
	case 'w':
		return act{kind: hooks, bases: "aou"}
	case 'd':
		return act{kind: strokes}
	}
	return act{}
}
