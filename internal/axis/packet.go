package axis

import (
	"bufio"
	"bytes"
	"encoding/base64"
	"errors"
	"io"
	"mime"
	"net/http"
	"slices"
)

// readPacket takes the packet out of an answer and writes it to w: the member
// data in base64 or, where Content-Type says so, the body itself.
func (c *Client) readPacket(r reply, w io.Writer, limit int64) (int64, error) {
	out := &packetWriter{w: w, left: limit}
	b := bufio.NewReaderSize(r.body, 4<<10)
	r.body = b
	packet, err := raw(r, b)
	switch {
	case err != nil:
	case packet:
		_, err = io.Copy(out, b)
	default:
		_, err = c.dialect.read(r, limit/3*4+limit/16+maxText, out.decode)
	}
	switch {
	case out.failed != nil:
		return 0, out.failed
	case err != nil && out.n > 0 && errors.Is(err, errProof): // w cannot begin again
		return 0, malformed("a packet, then a refusal")
	case err != nil:
		return 0, err
	case out.n == 0:
		return 0, malformed("an answer without a packet")
	}
	return out.n, nil
}

// raw tells of an answer that is a packet, not JSON with a packet in it, nor a
// page under a packet's name. What stands before the XML of a real one is not
// judged here (axis.md §6.5).
func raw(r reply, body *bufio.Reader) (bool, error) {
	kind, _, _ := mime.ParseMediaType(r.header.Get("Content-Type"))
	if r.status != http.StatusOK || !slices.Contains([]string{"application/xml", "text/xml", "application/octet-stream"}, kind) {
		return false, nil
	}
	start, err := body.Peek(64)
	if err != nil && err != io.EOF {
		return false, err
	}
	start = bytes.ToLower(bytes.TrimLeft(start, "\ufeff \t\r\n"))
	for _, other := range []string{"{", "<!doctype html", "<html"} {
		if bytes.HasPrefix(start, []byte(other)) {
			return false, nil
		}
	}
	return true, nil
}

// packetWriter keeps the errors of our own side apart from the axis's.
type packetWriter struct {
	w       io.Writer
	left, n int64
	failed  error
}

// decode takes a packet that comes as a string in base64. Other values are no
// packet.
func (o *packetWriter) decode(s *scanner) error {
	if c, err := s.next(); err != nil || c != '"' {
		return or(err, skip(s))
	}
	if o.n > 0 {
		return malformed("two packets")
	}
	text, err := s.stream()
	if err != nil {
		return err
	}
	_, err = io.Copy(o, base64.NewDecoder(base64.StdEncoding, noSpace{text}))
	var corrupt base64.CorruptInputError
	if errors.As(err, &corrupt) || errors.Is(err, io.ErrUnexpectedEOF) {
		return malformed("data is no base64")
	}
	return err
}

// Write writes all of p or, past the limit, nothing.
func (o *packetWriter) Write(p []byte) (int, error) {
	if int64(len(p)) > o.left {
		o.failed = ErrTooLarge
		return 0, o.failed
	}
	n, err := o.w.Write(p)
	o.left, o.n = o.left-int64(n), o.n+int64(n)
	o.failed = err
	return n, err
}

// noSpace leaves out the blanks and tabs that base64.NewDecoder would refuse.
type noSpace struct{ r io.Reader }

// Read may give fewer bytes than it read.
func (f noSpace) Read(p []byte) (int, error) {
	n, err := f.r.Read(p)
	kept := p[:0]
	for _, c := range p[:n] {
		if c != ' ' && c != '\t' {
			kept = append(kept, c)
		}
	}
	return len(kept), err
}
