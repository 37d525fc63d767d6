package pdf

import "bytes"

func (p *parser) name() (Object, error) {
	p.pos++
	w, err := p.word()
	if err != nil {
		return nil, err
	}
	return Name(unescapeName(w)), nil
}

func unescapeName(w string) string {
	if !bytes.ContainsRune([]byte(w), '#') {
		return w
	}
	out := make([]byte, 0, len(w))
	for i := 0; i < len(w); i++ {
		if w[i] == '#' && i+2 < len(w) && unhex(w[i+1]) >= 0 && unhex(w[i+2]) >= 0 {
			out = append(out, byte(unhex(w[i+1])<<4|unhex(w[i+2])))
			i += 2
			continue
		}
		out = append(out, w[i])
	}
	return string(out)
}

func unhex(c byte) int {
	switch {
	case c >= '0' && c <= '9':
		return int(c - '0')
	case c >= 'a' && c <= 'f':
		return int(c-'a') + 10
	case c >= 'A' && c <= 'F':
		return int(c-'A') + 10
	}
	return -1
}

func (p *parser) hex() (Object, error) {
	out := []byte{}
	high := -1
	for p.pos++; p.pos < len(p.data); p.pos++ {
		c := p.data[p.pos]
		if c == '>' {
			p.pos++
			if high >= 0 {
				out = append(out, byte(high<<4))
			}
			return String{Bytes: out, Hex: true}, nil
		}
		d := unhex(c)
		switch {
		case isSpace(c):
		case d < 0:
			return nil, p.damaged("not a hex digit")
		case high < 0:
			high = d
		default:
			out = append(out, byte(high<<4|d))
			high = -1
		}
	}
	return nil, p.end()
}

func (p *parser) literal() (Object, error) {
	out := []byte{}
	open := 1
	for p.pos++; p.pos < len(p.data); p.pos++ {
		c := p.data[p.pos]
		switch c {
		case '(':
			open++
		case ')':
			open--
			if open == 0 {
				p.pos++
				return String{Bytes: out}, nil
			}
		case '\\':
			var ok bool
			if out, ok = p.escape(out); !ok {
				return nil, p.end()
			}
			continue
		case '\r':
			if p.pos+1 < len(p.data) && p.data[p.pos+1] == '\n' {
				p.pos++
			}
			c = '\n'
		}
		out = append(out, c)
	}
	return nil, p.end()
}

// escape reads what follows a backslash and leaves pos on its last byte.
func (p *parser) escape(out []byte) ([]byte, bool) {
	p.pos++
	if p.pos >= len(p.data) {
		return out, false
	}
	c := p.data[p.pos]
	if i := bytes.IndexByte([]byte("nrtbf"), c); i >= 0 {
		return append(out, "\n\r\t\b\f"[i]), true
	}
	switch {
	case c == '\n':
		return out, true
	case c == '\r':
		if p.pos+1 < len(p.data) && p.data[p.pos+1] == '\n' {
			p.pos++
		}
		return out, true
	case c < '0' || c > '7':
		return append(out, c), true
	}
	n := int(c - '0')
	for i := 0; i < 2 && p.pos+1 < len(p.data) && p.data[p.pos+1] >= '0' && p.data[p.pos+1] <= '7'; i++ {
		p.pos++
		n = n<<3 | int(p.data[p.pos]-'0')
	}
	return append(out, byte(n)), true
}
