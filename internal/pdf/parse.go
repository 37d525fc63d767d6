package pdf

import (
	"errors"
	"fmt"
	"math"
	"strconv"
)

// errShort says that the window ended inside a token; the caller reads more and starts again.
var errShort = errors.New("window too short")

// parser reads values from a window of the file or from a decoded object stream.
type parser struct {
	data  []byte
	pos   int
	base  int64 // offset of data[0] in the file; -1 inside an object stream
	more  bool  // the file goes on after data
	depth int
}

func (p *parser) damaged(what string) error {
	return fmt.Errorf("%w: %s at %d", ErrDamaged, what, p.offset(p.pos))
}

func (p *parser) offset(pos int) int64 {
	if p.base < 0 {
		return -1
	}
	return p.base + int64(pos)
}

// end is the error for a value that does not end before the data does.
func (p *parser) end() error {
	if p.more {
		return errShort
	}
	return p.damaged("unexpected end")
}

func isSpace(c byte) bool {
	return c == ' ' || c == '\n' || c == '\r' || c == '\t' || c == '\f' || c == 0
}

func isDelim(c byte) bool {
	switch c {
	case '(', ')', '<', '>', '[', ']', '{', '}', '/', '%':
		return true
	}
	return false
}

func isRegular(c byte) bool { return !isSpace(c) && !isDelim(c) }

// space skips white space and comments.
func (p *parser) space() {
	for p.pos < len(p.data) {
		c := p.data[p.pos]
		if c == '%' {
			for p.pos < len(p.data) && p.data[p.pos] != '\n' && p.data[p.pos] != '\r' {
				p.pos++
			}
			continue
		}
		if !isSpace(c) {
			return
		}
		p.pos++
	}
}

// word reads a run of regular characters; it may be empty.
func (p *parser) word() (string, error) {
	start := p.pos
	for p.pos < len(p.data) && isRegular(p.data[p.pos]) {
		p.pos++
	}
	if p.pos == len(p.data) && p.more {
		return "", errShort
	}
	return string(p.data[start:p.pos]), nil
}

// keyword reads the word after white space and demands that it is w.
func (p *parser) keyword(w string) error {
	p.space()
	got, err := p.word()
	if err != nil {
		return err
	}
	if got != w {
		return p.damaged(fmt.Sprintf("expected %q", w))
	}
	return nil
}

// integer reads a whole number after white space.
func (p *parser) integer() (int64, error) {
	p.space()
	w, err := p.word()
	if err != nil {
		return 0, err
	}
	n, err := strconv.ParseInt(w, 10, 64)
	if err != nil {
		return 0, p.damaged("expected a whole number")
	}
	return n, nil
}

// value reads one value.
func (p *parser) value() (Object, error) {
	p.space()
	if p.pos >= len(p.data) {
		return nil, p.end()
	}
	switch c := p.data[p.pos]; {
	case c == '/':
		return p.name()
	case c == '(':
		return p.literal()
	case c == '[':
		return p.array()
	case c == '<':
		if p.pos+1 >= len(p.data) {
			return nil, p.end()
		}
		if p.data[p.pos+1] == '<' {
			return p.dict()
		}
		return p.hex()
	case isRegular(c):
		return p.plain()
	}
	return nil, p.damaged("unexpected delimiter")
}

// plain reads a number, a reference or a keyword.
func (p *parser) plain() (Object, error) {
	start := p.pos
	w, err := p.word()
	if err != nil {
		return nil, err
	}
	switch w {
	case "true":
		return true, nil
	case "false":
		return false, nil
	case "null":
		return nil, nil
	}
	if n, err := strconv.ParseInt(w, 10, 64); err == nil {
		if n >= 0 && n <= math.MaxInt32 && w[0] != '+' {
			return p.reference(n)
		}
		return Integer(n), nil
	}
	if f, ok := parseReal(w); ok {
		return f, nil
	}
	p.pos = start
	return nil, p.damaged("unknown keyword")
}

// reference looks ahead for "gen R" after a whole number.
func (p *parser) reference(num int64) (Object, error) {
	after := p.pos
	gen, isRef, err := p.generation()
	if err != nil {
		return nil, err
	}
	if isRef && num > 0 {
		return Ref{Num: int(num), Gen: gen}, nil
	}
	p.pos = after
	return Integer(num), nil
}

func (p *parser) generation() (gen int, ok bool, err error) {
	p.space()
	if p.pos == len(p.data) && p.more {
		return 0, false, errShort
	}
	if p.pos >= len(p.data) || p.data[p.pos] < '0' || p.data[p.pos] > '9' {
		return 0, false, nil
	}
	w, err := p.word()
	if err != nil {
		return 0, false, err
	}
	n, convErr := strconv.ParseUint(w, 10, 16)
	if convErr != nil {
		return 0, false, nil
	}
	p.space()
	if p.pos == len(p.data) && p.more {
		return 0, false, errShort
	}
	if p.pos >= len(p.data) || p.data[p.pos] != 'R' {
		return 0, false, nil
	}
	w, err = p.word()
	return int(n), w == "R", err
}

// parseReal reads a decimal number; PDF knows no exponents, infinities or hex floats.
func parseReal(w string) (Real, bool) {
	for _, c := range w {
		if (c < '0' || c > '9') && c != '.' && c != '-' && c != '+' {
			return 0, false
		}
	}
	f, err := strconv.ParseFloat(w, 64)
	if err != nil || math.IsInf(f, 0) {
		return 0, false
	}
	return Real(f), true
}

func (p *parser) enter() error {
	p.depth++
	if p.depth > maxDepth {
		return p.damaged("nested too deeply")
	}
	return nil
}

func (p *parser) array() (Object, error) {
	if err := p.enter(); err != nil {
		return nil, err
	}
	defer func() { p.depth-- }()
	out := Array{}
	for p.pos++; ; {
		p.space()
		if p.pos >= len(p.data) {
			return nil, p.end()
		}
		if p.data[p.pos] == ']' {
			p.pos++
			return out, nil
		}
		v, err := p.value()
		if err != nil {
			return nil, err
		}
		out = append(out, v)
	}
}

func (p *parser) dict() (Object, error) {
	if err := p.enter(); err != nil {
		return nil, err
	}
	defer func() { p.depth-- }()
	d := &Dict{}
	seen := map[Name]bool{}
	for p.pos += 2; ; {
		p.space()
		if p.pos+1 >= len(p.data) {
			return nil, p.end()
		}
		if p.data[p.pos] == '>' && p.data[p.pos+1] == '>' {
			p.pos += 2
			return d, nil
		}
		e, err := p.entry()
		if err != nil {
			return nil, err
		}
		d.Duplicate = d.Duplicate || seen[e.Key]
		seen[e.Key] = true
		d.Entries = append(d.Entries, e)
	}
}

func (p *parser) entry() (Entry, error) {
	if p.data[p.pos] != '/' {
		return Entry{}, p.damaged("expected a name")
	}
	key, err := p.name()
	if err != nil {
		return Entry{}, err
	}
	p.space()
	start := p.pos
	v, err := p.value()
	if err != nil {
		return Entry{}, err
	}
	return Entry{Key: key.(Name), Value: v, Raw: p.data[start:p.pos:p.pos], Offset: p.offset(start)}, nil
}
