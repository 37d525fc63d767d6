package axissim

import (
	"bufio"
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"io"
)

// readMembers reads the JSON object of a send, its members in whatever order.
// The packet, in base64 in member data, goes to a file as it comes: it may have
// a hundred megabytes. The file is the caller's also when an error comes with
// it.
func (a *Axis) readMembers(body io.Reader, l *letter) (u *arrival, err error) {
	in := members{bufio.NewReaderSize(body, 32<<10)}
	err = in.each(func(name string) error {
		if name != "data" {
			value, err := in.value()
			if err == nil {
				l.set(name, textOf(value))
			}
			return err
		}
		if u != nil {
			return refused(codeInvalidFile, "Có hai phần data")
		}
		text, err := in.text()
		if err != nil {
			return err
		}
		u, err = receive(a.packetDir(), base64.NewDecoder(base64.StdEncoding, text), a.options.MaxPacket)
		if err == nil && u.size > a.options.MaxPacket {
			err = refused(codeInvalidFile, "Tệp quá lớn")
		}
		return err
	})
	var spoiled base64.CorruptInputError
	if errors.Is(err, errNoJSON) || errors.As(err, &spoiled) || errors.Is(err, io.ErrUnexpectedEOF) {
		err = refused(codeInvalidFile, "Không đọc được yêu cầu")
	}
	return u, err
}

// textOf is a value as a field of a letter: texts as they are, everything else,
// as a list of recipients, as JSON; null and nothing are "".
func textOf(value []byte) string {
	var s string
	if json.Unmarshal(value, &s) == nil {
		return s
	}
	return string(value)
}

var errNoJSON = errors.New("no JSON object as expected")

// members reads one JSON object piece by piece.
type members struct{ r *bufio.Reader }

// maxMember bounds names and values that are held in memory.
const maxMember = 64 << 10

// next is the first byte that is no white space, not yet consumed.
func (m members) next() (byte, error) {
	for {
		c, err := m.r.ReadByte()
		if err == io.EOF {
			return 0, errNoJSON
		}
		if err != nil {
			return 0, err
		}
		if !bytes.ContainsRune([]byte(" \t\r\n"), rune(c)) {
			return c, m.r.UnreadByte()
		}
	}
}

// take consumes one of the bytes allowed and tells which.
func (m members) take(allowed string) (byte, error) {
	c, err := m.next()
	if err != nil {
		return 0, err
	}
	if bytes.IndexByte([]byte(allowed), c) < 0 {
		return 0, errNoJSON
	}
	return m.r.ReadByte()
}

// each calls fn with the name of every member; fn consumes the value.
func (m members) each(fn func(name string) error) error {
	if _, err := m.take("{"); err != nil {
		return err
	}
	for first := true; ; first = false {
		c, err := m.next()
		if err != nil {
			return err
		}
		if first && c == '}' {
			return nil
		}
		if c != '"' {
			return errNoJSON
		}
		raw, err := m.value()
		if err != nil {
			return err
		}
		if _, err := m.take(":"); err != nil {
			return err
		}
		if err := fn(textOf(raw)); err != nil {
			return err
		}
		if c, err := m.take(",}"); err != nil || c == '}' {
			return err
		}
	}
}

// value consumes a value of at most maxMember bytes.
func (m members) value() ([]byte, error) {
	if _, err := m.next(); err != nil {
		return nil, err
	}
	var b []byte
	depth, inText := 0, false
	for {
		c, err := m.r.ReadByte()
		if err == io.EOF || len(b) > maxMember {
			return nil, errNoJSON
		}
		if err != nil {
			return nil, err
		}
		if !inText && depth == 0 && len(b) > 0 && bytes.IndexByte([]byte(",}] \t\r\n:"), c) >= 0 {
			return checked(b), m.r.UnreadByte()
		}
		b = append(b, c)
		switch {
		case inText && c == '\\':
			if c, err = m.r.ReadByte(); err != nil {
				return nil, errNoJSON
			}
			b = append(b, c)
		case c == '"':
			inText = !inText
		case !inText && (c == '{' || c == '['):
			depth++
		case !inText && (c == '}' || c == ']'):
			depth--
		}
		if depth == 0 && !inText && (c == '"' || c == '}' || c == ']') {
			return checked(b), nil
		}
	}
}

// checked is a value that is JSON, or the null it might as well be.
func checked(b []byte) []byte {
	if json.Valid(b) {
		return b
	}
	return []byte("null")
}

// text opens a value that is a text, to be read to its end.
func (m members) text() (io.Reader, error) {
	if _, err := m.take(`"`); err != nil {
		return nil, err
	}
	return &memberText{r: m.r}, nil
}

// memberText is the inside of a text, without its escapes.
type memberText struct {
	r     *bufio.Reader
	ended bool
}

// Read is io.EOF at the closing quote.
func (t *memberText) Read(p []byte) (int, error) {
	if t.ended || len(p) == 0 {
		return 0, io.EOF
	}
	if _, err := t.r.Peek(1); err != nil {
		return 0, io.ErrUnexpectedEOF
	}
	plain, _ := t.r.Peek(min(t.r.Buffered(), len(p)))
	if i := bytes.IndexAny(plain, `"\`); i >= 0 {
		plain = plain[:i]
	}
	if len(plain) > 0 {
		return t.r.Read(p[:len(plain)])
	}
	c, err := t.r.ReadByte()
	if err == nil && c == '"' {
		t.ended = true
		return 0, io.EOF
	}
	p[0], err = t.escaped()
	return 1, err
}

// escaped reads what stands after a backslash. Base64 knows no more than ASCII.
func (t *memberText) escaped() (byte, error) {
	c, err := t.r.ReadByte()
	if err != nil {
		return 0, io.ErrUnexpectedEOF
	}
	raw := []byte{'"', '\\', c, '"'}
	if c == 'u' {
		digits := make([]byte, 4)
		if _, err := io.ReadFull(t.r, digits); err != nil {
			return 0, io.ErrUnexpectedEOF
		}
		raw = append(append(raw[:3], digits...), '"')
	}
	var s string
	if json.Unmarshal(raw, &s) != nil || len(s) != 1 {
		return 0, errNoJSON
	}
	return s[0], nil
}

// smallJSON reads a body of a few members.
func smallJSON(r request, v any) error {
	if err := json.NewDecoder(io.LimitReader(r.Body, maxMember)).Decode(v); err != nil {
		return refused(codeInvalidFile, "Không đọc được yêu cầu")
	}
	return nil
}

// quoted is a text as JSON.
func quoted(s string) string {
	var b bytes.Buffer
	if err := encode(&b, s); err != nil {
		return `""`
	}
	return b.String()
}
