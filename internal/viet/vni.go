package viet

// vni is the meaning of a key in the VNI method: digits after the letters.
func vni(key rune) act {
	switch key {
	case '1':
		return act{kind: setsTone, tone: acute}
	case '2':
		return act{kind: setsTone, tone: grave}
	case '3':
		return act{kind: setsTone, tone: hook}
	case '4':
		return act{kind: setsTone, tone: tilde}
	case '5':
		return act{kind: setsTone, tone: dot}
	case '6':
		return act{kind: circumflexs, bases: "aeo"}
	case '7':
		return act{kind: hooks, bases: "ou"}
	case '8':
		return act{kind: hooks, bases: "a"}
	case '9':
		return act{kind: strokes}
	case '0':
		return act{kind: clearsTone}
	}
	return act{}
}
