package edxml

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
)

// Bounds of what is left of a packet when the attachments are out. A circular
// to ten thousand bodies stays below them.
const (
	maxSkeleton = 16 << 20
	maxTag      = 64 << 10
	maxJunk     = 4 << 10 // bytes before the first tag
)

const contentElement = "ContentTransferEncoded"

// endOfMark closes the number of a file in the skeleton, so that text which
// the sender puts behind it cannot make it another number.
const endOfMark = ";"

// splitter parts a packet while it streams by: the text of every
// ContentTransferEncoded element goes decoded to a file of its own and leaves
// the number of that file in its place; comments and processing instructions
// are dropped; everything else is the skeleton. It knows just enough XML for
// that, since encoding/xml would hold each attachment in memory as one token;
// well-formedness is judged afterwards, on the skeleton, by encoding/xml.
type splitter struct {
	in    *bufio.Reader
	out   bytes.Buffer
	files *spools
}

// limited passes at most left bytes and then fails with ErrTooLarge.
type limited struct {
	r    io.Reader
	left int64
}

// Read reads one byte more than is allowed, to tell the end from too much.
func (l *limited) Read(p []byte) (int, error) {
	if l.left < 0 {
		return 0, ErrTooLarge
	}
	if int64(len(p)) > l.left+1 {
		p = p[:l.left+1]
	}
	n, err := l.r.Read(p)
	if l.left -= int64(n); l.left < 0 {
		return 0, ErrTooLarge
	}
	return n, err
}

// split returns the skeleton of the packet in r; the attachments are in files.
func split(r io.Reader, max int64, files *spools) ([]byte, error) {
	s := &splitter{in: bufio.NewReaderSize(&limited{r, max}, 64<<10), files: files}
	if err := s.prologue(); err != nil {
		return nil, err
	}
	for {
		switch err := s.step(); {
		case err == io.EOF:
			return s.out.Bytes(), nil
		case err != nil:
			return nil, err
		case s.out.Len() > maxSkeleton:
			return nil, fmt.Errorf("packet without its attachments: %w", ErrTooLarge)
		}
	}
}

// prologue skips what field systems put before the XML: a byte order mark,
// blank lines, stray digits ("1212<?xml").
func (s *splitter) prologue() error {
	head, err := s.in.Peek(maxJunk)
	if len(head) == 0 && err != nil {
		return broken(err)
	}
	if bytes.HasPrefix(head, []byte{0xff, 0xfe}) || bytes.HasPrefix(head, []byte{0xfe, 0xff}) || bytes.IndexByte(head[:min(4, len(head))], 0) >= 0 {
		return ErrEncoding
	}
	start := bytes.Index(head, []byte("<?xml"))
	if start < 0 {
		start = bytes.IndexByte(head, '<')
	}
	if start < 0 {
		return fmt.Errorf("%w: no XML", ErrBroken)
	}
	_, err = s.in.Discard(start)
	return err
}

// step takes the text up to the next tag and the tag itself.
func (s *splitter) step() error {
	if err := s.copyText(); err != nil {
		return err
	}
	head, err := s.in.Peek(9)
	if err != nil && err != io.EOF {
		return err
	}
	switch {
	case bytes.HasPrefix(head, []byte("<!--")):
		return s.until("-->", io.Discard)
	case bytes.Equal(head, []byte("<![CDATA[")):
		return s.until("]]>", s.bounded())
	case bytes.HasPrefix(head, []byte("<!")):
		return ErrDTD
	case bytes.HasPrefix(head, []byte("<?")):
		return s.until("?>", io.Discard)
	}
	return s.tag()
}

// copyText copies to the skeleton up to the next '<'. At the end of the packet
// it returns io.EOF.
func (s *splitter) copyText() error {
	for {
		chunk, found, err := s.chunk("<")
		s.out.Write(chunk)
		if found || err != nil {
			return err
		}
		if s.out.Len() > maxSkeleton {
			return fmt.Errorf("packet without its attachments: %w", ErrTooLarge)
		}
	}
}

// chunk takes buffered bytes up to any of stop, which is left unread.
func (s *splitter) chunk(stop string) (chunk []byte, found bool, err error) {
	if _, err := s.in.Peek(1); err != nil {
		return nil, false, err
	}
	chunk, _ = s.in.Peek(s.in.Buffered())
	for _, c := range []byte(stop) { // many times as fast as IndexAny
		if i := bytes.IndexByte(chunk, c); i >= 0 {
			chunk, found = chunk[:i], true
		}
	}
	_, err = s.in.Discard(len(chunk))
	return chunk, found, err
}

// until passes everything up to and with end to w.
func (s *splitter) until(end string, w io.Writer) error {
	var tail []byte
	for {
		chunk, err := s.in.ReadSlice(end[len(end)-1])
		if err != nil && err != bufio.ErrBufferFull {
			return broken(err)
		}
		if _, err := w.Write(chunk); err != nil {
			return err
		}
		tail = append(tail, chunk[max(0, len(chunk)-len(end)):]...)
		if strings.HasSuffix(string(tail), end) {
			return nil
		}
		tail = tail[max(0, len(tail)-len(end)):]
	}
}

// bounded is the skeleton as a writer that fails when it grows too large.
func (s *splitter) bounded() io.Writer {
	return &capped{w: &s.out, left: int64(maxSkeleton - s.out.Len() + maxTag)}
}

// tag copies one tag and, if it opens a content element, diverts the content.
func (s *splitter) tag() error {
	start := s.out.Len()
	var quote byte
	for {
		c, err := s.in.ReadByte()
		if err != nil {
			return broken(err)
		}
		s.out.WriteByte(c)
		switch {
		case quote != 0:
			if c == quote {
				quote = 0
			}
		case c == '"' || c == '\'':
			quote = c
		case c == '>':
			return s.opened(s.out.Bytes()[start:])
		}
		if s.out.Len()-start > maxTag {
			return fmt.Errorf("tag: %w", ErrTooLarge)
		}
	}
}

func (s *splitter) opened(tag []byte) error {
	name := string(tag[1 : len(tag)-1])
	if i := strings.IndexAny(name, " \t\r\n/"); i >= 0 {
		name = name[:i]
	}
	if _, local, ok := strings.Cut(name, ":"); ok {
		name = local
	}
	if name != contentElement || tag[len(tag)-2] == '/' {
		return nil
	}
	return s.divert()
}

// divert decodes the content that follows into a file and leaves the file's
// number in the skeleton.
func (s *splitter) divert() error {
	var bad int64
	sp, err := s.files.fill(func(w io.Writer) error {
		d := newDecoder(w)
		if err := s.content(d); err != nil {
			return err
		}
		err := d.Close()
		bad = d.bad
		return err
	})
	if err != nil {
		return err
	}
	sp.bad = bad
	s.out.WriteString(strconv.Itoa(len(s.files.all)-1) + endOfMark)
	return nil
}

// content feeds d until a tag that is no comment, CDATA or instruction.
func (s *splitter) content(d *decoder) error {
	for {
		chunk, found, err := s.chunk("<&")
		if err != nil {
			return broken(err)
		}
		if _, err := d.Write(chunk); err != nil {
			return err
		}
		if !found {
			continue
		}
		if more, err := s.markup(d); !more || err != nil {
			return err
		}
	}
}

// markup handles what interrupts content; more tells that content goes on.
func (s *splitter) markup(d *decoder) (more bool, err error) {
	head, err := s.in.Peek(9)
	if err != nil && err != io.EOF {
		return false, err
	}
	switch {
	case head[0] == '&':
		return true, s.reference(d)
	case bytes.HasPrefix(head, []byte("<!--")):
		return true, s.until("-->", io.Discard)
	case bytes.HasPrefix(head, []byte("<?")):
		return true, s.until("?>", io.Discard)
	case bytes.Equal(head, []byte("<![CDATA[")):
		s.in.Discard(len(head))
		return true, s.cdata(d)
	}
	return false, nil
}

// cdata feeds a CDATA section; "]]>" holds no base64, so its end may pass too.
func (s *splitter) cdata(d *decoder) error {
	if err := s.until("]]>", d); err != nil {
		return err
	}
	d.bad -= int64(len("]]>")) // counted as it passed
	return nil
}

// reference feeds a character reference: Java printers write "&#13;" for the
// carriage returns of wrapped base64.
func (s *splitter) reference(d *decoder) error {
	var text strings.Builder
	for text.Len() < 12 {
		c, err := s.in.ReadByte()
		if err != nil {
			return broken(err)
		}
		text.WriteByte(c)
		if c == ';' {
			break
		}
	}
	number, ok := strings.CutPrefix(strings.TrimSuffix(text.String(), ";"), "&#")
	base := 10
	if hex, isHex := strings.CutPrefix(number, "x"); isHex {
		number, base = hex, 16
	}
	v, err := strconv.ParseUint(number, base, 7)
	if !ok || err != nil {
		d.bad++
		return nil
	}
	_, err = d.Write([]byte{byte(v)})
	return err
}

// broken says that the packet ends too early; other errors pass as they are.
func broken(err error) error {
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return fmt.Errorf("%w: it ends too early", ErrBroken)
	}
	return err
}
