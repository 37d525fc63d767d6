package axis

import (
	"encoding/base64"
	"errors"
	"io"
)

// readPacket decodes the member data of the answer into w.
func (c *Client) readPacket(r reply, w io.Writer, limit int64) (n int64, err error) {
	var failed error // of our side: the disk, the limit
	e, err := c.dialect.read(r, limit/3*4+limit/16+maxText, func(s *scanner) error {
		if c, err := s.next(); err != nil || c != '"' {
			return or(err, skip(s))
		}
		text, err := s.stream()
		if err != nil {
			return err
		}
		out := &packetWriter{w: w, left: limit}
		_, err = io.Copy(out, base64.NewDecoder(base64.StdEncoding, noSpace{text}))
		n, failed = limit-out.left, out.failed
		var corrupt base64.CorruptInputError
		if errors.As(err, &corrupt) || errors.Is(err, io.ErrUnexpectedEOF) {
			return malformed("data is no base64")
		}
		return err
	})
	switch {
	case failed != nil:
		return 0, failed
	case err != nil:
		return 0, err
	case n == 0:
		return 0, malformed("answer of code %s without a packet", or0(e.code))
	}
	return n, nil
}

// packetWriter keeps the errors of our own side apart from the axis's.
type packetWriter struct {
	w      io.Writer
	left   int64
	failed error
}

// Write writes all of p or, past the limit, nothing.
func (o *packetWriter) Write(p []byte) (int, error) {
	if int64(len(p)) > o.left {
		o.failed = ErrTooLarge
		return 0, o.failed
	}
	n, err := o.w.Write(p)
	o.left -= int64(n)
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
