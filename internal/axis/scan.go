package axis

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// Bounds of what an answer may nest and repeat.
const (
	maxDepth = 16
	maxText  = 1 << 20 // bytes of one string that is not streamed
	maxValue = 4 << 20 // bytes, about, of one value in memory: a row, a member
)

// scanner reads JSON as axes and the things before them write it: with raw
// line feeds in strings, unquoted names, names in another case. It is not
// encoding/json because that takes none of this, and holds a packet of tens of
// megabytes in memory as one token; text streams here.
type scanner struct {
	r     *bufio.Reader
	depth int
	room  int // of the value being read into memory
}

func newScanner(r io.Reader) *scanner { return &scanner{r: bufio.NewReaderSize(r, 32<<10)} }

func malformed(format string, a ...any) error {
	return fmt.Errorf("%w: %s", ErrMalformed, fmt.Sprintf(format, a...))
}

// next skips white space, and a byte order mark at that, and peeks.
func (s *scanner) next() (byte, error) {
	for {
		c, err := s.r.ReadByte()
		switch {
		case err == io.EOF:
			return 0, malformed("it ends too early")
		case err != nil:
			return 0, err
		case c == ' ', c == '\t', c == '\r', c == '\n', c == 0xef, c == 0xbb, c == 0xbf:
			continue
		}
		return c, s.r.UnreadByte()
	}
}

// take consumes c if it comes next.
func (s *scanner) take(c byte) (bool, error) {
	got, err := s.next()
	if err != nil || got != c {
		return false, err
	}
	_, err = s.r.ReadByte()
	return true, err
}

// object reads an object, calling member for every name with the scanner before
// the value.
func (s *scanner) object(member func(name string) error) error {
	return s.group('{', '}', func() error {
		name, err := s.name()
		if err != nil {
			return err
		}
		if ok, err := s.take(':'); err != nil || !ok {
			return or(err, malformed("no colon after %.40q", name))
		}
		return member(name)
	})
}

// array reads an array, calling element before every value.
func (s *scanner) array(element func() error) error { return s.group('[', ']', element) }

func (s *scanner) group(open, end byte, item func() error) error {
	if ok, err := s.take(open); err != nil || !ok {
		return or(err, malformed("no %q", open))
	}
	if s.depth++; s.depth > maxDepth {
		return malformed("nested too deep")
	}
	defer func() { s.depth-- }()
	for first := true; ; first = false {
		if done, err := s.take(end); done || err != nil {
			return err
		}
		if !first {
			if ok, err := s.take(','); err != nil || !ok {
				return or(err, malformed("no comma"))
			}
			if done, err := s.take(end); done || err != nil { // a comma too many
				return err
			}
		}
		if err := item(); err != nil {
			return err
		}
	}
}

func or(err, other error) error {
	if err != nil {
		return err
	}
	return other
}

// name reads the name of a member, quoted or bare.
func (s *scanner) name() (string, error) {
	c, err := s.next()
	if err != nil {
		return "", err
	}
	if c == '"' {
		return s.text()
	}
	return s.word(":")
}

// word reads what stands bare: a name, a number, true, false, null.
func (s *scanner) word(end string) (string, error) {
	var b strings.Builder
	for b.Len() < 200 {
		c, err := s.r.ReadByte()
		if err == io.EOF {
			break
		}
		if err != nil {
			return "", err
		}
		if strings.IndexByte(end+",]} \t\r\n\"{[", c) >= 0 {
			if err := s.r.UnreadByte(); err != nil {
				return "", err
			}
			break
		}
		b.WriteByte(c)
	}
	if b.Len() == 0 || strings.ContainsAny(b.String(), "<>") {
		return "", malformed("%.40q is no JSON", b.String())
	}
	return b.String(), nil
}

// text reads a string into memory.
func (s *scanner) text() (string, error) {
	r, err := s.stream()
	if err != nil {
		return "", err
	}
	b, err := io.ReadAll(io.LimitReader(r, maxText+1))
	if err != nil {
		return "", err
	}
	if len(b) > maxText {
		return "", fmt.Errorf("text: %w", ErrTooLarge)
	}
	return strings.ToValidUTF8(string(b), "\uFFFD"), nil
}

// stream reads the string that comes next as it arrives. It must be read to its
// end before the scanner goes on.
func (s *scanner) stream() (io.Reader, error) {
	if ok, err := s.take('"'); err != nil || !ok {
		return nil, or(err, malformed("no string"))
	}
	return &stringReader{s: s}, nil
}

// stringReader gives the unescaped bytes of a string up to its closing quote.
type stringReader struct {
	s    *scanner
	rest []byte // of an escape, when p was full
	done bool
}

// Read gives unescaped bytes; the closing quote is io.EOF.
func (t *stringReader) Read(p []byte) (n int, err error) {
	for n < len(p) && !t.done {
		if len(t.rest) > 0 {
			m := copy(p[n:], t.rest)
			n, t.rest = n+m, t.rest[m:]
			continue
		}
		if m := t.run(p[n:]); m > 0 {
			n += m
			continue
		}
		c, err := t.s.r.ReadByte()
		if err == io.EOF {
			return n, malformed("a string does not end")
		}
		if err != nil {
			return n, err
		}
		switch c {
		case '"':
			t.done = true
		case '\\':
			if t.rest, err = t.s.escape(); err != nil {
				return n, err
			}
		default:
			p[n] = c
			n++
		}
	}
	if n == 0 && t.done && len(p) > 0 {
		return 0, io.EOF
	}
	return n, nil
}

// run takes what is there already up to the next quote or escape: most of a
// packet, a buffer at a time.
func (t *stringReader) run(p []byte) int {
	b, err := t.s.r.Peek(min(t.s.r.Buffered(), len(p)))
	if err != nil {
		return 0
	}
	for _, special := range []byte{'"', '\\'} {
		if i := bytes.IndexByte(b, special); i >= 0 {
			b = b[:i]
		}
	}
	n := copy(p, b)
	t.s.r.Discard(n)
	return n
}

func (s *scanner) escape() ([]byte, error) {
	c, err := s.r.ReadByte()
	if err != nil {
		return nil, or(eof(err), malformed("a string does not end"))
	}
	if i := strings.IndexByte("bfnrt", c); i >= 0 {
		return []byte{"\b\f\n\r\t"[i]}, nil
	}
	if c != 'u' {
		return []byte{c}, nil
	}
	r, err := s.unit()
	if err != nil {
		return nil, err
	}
	if utf16.IsSurrogate(r) {
		if follow, _ := s.r.Peek(2); string(follow) == `\u` {
			s.r.Discard(2)
			low, err := s.unit()
			if err != nil {
				return nil, err
			}
			r = utf16.DecodeRune(r, low)
		}
	}
	return utf8.AppendRune(nil, r), nil
}

func (s *scanner) unit() (rune, error) {
	var hex [4]byte
	if _, err := io.ReadFull(s.r, hex[:]); err != nil {
		return 0, or(eof(err), malformed("a string does not end"))
	}
	v, err := strconv.ParseUint(string(hex[:]), 16, 16)
	if err != nil {
		return utf8.RuneError, nil
	}
	return rune(v), nil
}

// eof is nil for the end of the answer: that is the answer's fault, other
// errors are the line's.
func eof(err error) error {
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return nil
	}
	return err
}

// bounded reads any value into bounded memory.
func (s *scanner) bounded() (any, error) {
	s.room = maxValue
	return s.value()
}

// part reads a value inside another, and pays for the room both take.
func (s *scanner) part(name string) (any, error) {
	v, err := s.value()
	text, _ := v.(string)
	if s.room -= 100 + len(name) + len(text); s.room < 0 {
		return nil, or(err, fmt.Errorf("value: %w", ErrTooLarge))
	}
	return v, err
}

// pass reads any value without keeping it.
func (s *scanner) pass() error {
	c, err := s.next()
	if err != nil {
		return err
	}
	switch c {
	case '"':
		text, err := s.stream()
		if err == nil {
			_, err = io.Copy(io.Discard, text)
		}
		return err
	case '{':
		return s.object(func(string) error { return s.pass() })
	case '[':
		return s.array(s.pass)
	}
	_, err = s.word("")
	return err
}

// value reads any value: nil, a string (numbers and booleans as their text), a
// map with names in lower case, or a list.
func (s *scanner) value() (any, error) {
	c, err := s.next()
	if err != nil {
		return nil, err
	}
	switch c {
	case '"':
		return s.text()
	case '{':
		m := map[string]any{}
		err := s.object(func(name string) error {
			v, err := s.part(name)
			if _, seen := m[strings.ToLower(name)]; !seen || v != nil {
				m[strings.ToLower(name)] = v
			}
			return err
		})
		return m, err
	case '[':
		var list []any
		err := s.array(func() error {
			v, err := s.part("")
			list = append(list, v)
			return err
		})
		return list, err
	}
	word, err := s.word("")
	if err != nil || word == "null" {
		return nil, err
	}
	return word, nil
}
