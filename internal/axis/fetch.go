package axis

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
)

// Fetch writes the packet of a docId to w and returns its length. Memory does
// not grow with it; more than limit bytes is ErrTooLarge. Whatever error comes,
// what w has got until then is to be thrown away: the axis may say only at the
// end that it failed.
func (c *Client) Fetch(ctx context.Context, docID string, w io.Writer, limit int64) (int64, error) {
	if docID == "" {
		return 0, fmt.Errorf("getEdoc: %w: no docId", ErrValue)
	}
	// The SDK tells the axis the local path it will store under; we tell nothing.
	what := call{operation: "getEdoc"}.with("docId", docID).with("filePath", "edoc").emptyObject()
	var n int64
	err := c.do(ctx, what, func(status int, body io.Reader) error {
		var err error
		n, err = readPacket(status, body, w, limit)
		return err
	})
	if err != nil {
		return 0, fmt.Errorf("fetch %s: %w", docID, err)
	}
	return n, nil
}

// readPacket decodes the member data of the answer into w.
func readPacket(status int, body io.Reader, w io.Writer, limit int64) (n int64, err error) {
	var failed error // of our side: the disk, the limit
	e, err := readAnswer(status, body, limit/3*4+limit/16+maxText, func(s *scanner) error {
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
