package signer

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"

	"vanthu/internal/pdf"
)

// sized is a file that is read where it is needed and never held whole.
type sized interface {
	io.ReaderAt
	Size() int64
}

// grown is a file with a revision after it that stands nowhere yet.
type grown struct {
	base sized
	tail []byte
}

// Size implements sized.
func (g *grown) Size() int64 { return g.base.Size() + int64(len(g.tail)) }

// ReadAt implements io.ReaderAt.
func (g *grown) ReadAt(b []byte, off int64) (int, error) {
	n, end := 0, g.base.Size()
	if off < end {
		part := b[:min(int64(len(b)), end-off)]
		var err error
		if n, err = g.base.ReadAt(part, off); n < len(part) {
			return n, err
		}
	}
	at := max(0, off+int64(n)-end)
	if at < int64(len(g.tail)) {
		n += copy(b[n:], g.tail[at:])
	}
	if n < len(b) {
		return n, io.EOF
	}
	return n, nil
}

// whole reads a file into memory.
func whole(r sized) ([]byte, error) {
	b := make([]byte, r.Size())
	if n, err := r.ReadAt(b, 0); n < len(b) {
		return nil, fmt.Errorf("read: %w", err)
	}
	return b, nil
}

// openPDF opens a file for the parser.
func openPDF(r sized) (*pdf.File, error) { return pdf.Open(r, r.Size()) }

// revision is a revision that is complete but for the signature in its hole.
type revision struct {
	grown
	start, end int64  // of the hole in the new file: its "<", and just after its ">"
	sum        []byte // SHA-256 of everything but the hole
}

// newRevision writes the revision after the file and finds the hole of sig in
// it by where the object stands, never by searching the file: an older
// signature's zero padding, or a page that quotes one, would match.
func newRevision(base sized, u *pdf.Update, sig pdf.Ref) (*revision, error) {
	tail, err := u.Tail()
	if err != nil {
		return nil, err
	}
	span, ok := tail.Spans[sig]
	if !ok {
		return nil, errors.New("signature dictionary was not written")
	}
	body := tail.Bytes[span.Start-base.Size() : span.End-base.Size()]
	open := bytes.Index(body, []byte("/Contents <"))
	ranges := bytes.Index(body, []byte("/ByteRange "+rangePlaceholder()))
	if open < 0 || ranges < 0 {
		return nil, errors.New("signature dictionary has no hole")
	}
	open += len("/Contents ")
	r := &revision{grown: grown{base, tail.Bytes}, start: span.Start + int64(open)}
	r.end = r.start + int64(bytes.IndexByte(body[open:], '>')) + 1
	text := fmt.Sprintf("0 %d %d %d", r.start, r.end, r.Size()-r.end)
	if r.end <= r.start || len(text) > byteRangeRoom {
		return nil, errors.New("byte range does not fit")
	}
	copy(body[ranges+len("/ByteRange ["):], text)
	return r, r.hash()
}

// hash reads the file once for both the rehearsal's signature and the real one.
func (r *revision) hash() error {
	h := sha256.New()
	for _, part := range [][2]int64{{0, r.start}, {r.end, r.Size()}} {
		n := part[1] - part[0]
		if _, err := io.CopyN(h, io.NewSectionReader(r, part[0], n), n); err != nil {
			return fmt.Errorf("read what is to be signed: %w", err)
		}
	}
	r.sum = h.Sum(nil)
	return nil
}

// digest is the SHA-256 of everything but the hole.
func (r *revision) digest() []byte { return r.sum }

// hole is the digits between the brackets.
func (r *revision) hole() []byte {
	from := r.base.Size()
	return r.tail[r.start+1-from : r.end-1-from]
}

// fill puts the signature into the hole; what it does not need is zero.
func (r *revision) fill(cms []byte) error {
	hole := r.hole()
	if 2*len(cms) > len(hole) {
		return fmt.Errorf("signature of %d bytes does not fit into %d", len(cms), len(hole)/2)
	}
	hex.Encode(hole, cms)
	for i := 2 * len(cms); i < len(hole); i++ {
		hole[i] = '0'
	}
	return nil
}

// writeTo copies the finished file and proves while copying that it is the one
// that was signed: the file below may have been changed meanwhile.
func (r *revision) writeTo(ctx context.Context, w io.Writer) error {
	h := sha256.New()
	for _, part := range []struct {
		from, to int64
		into     io.Writer
	}{{0, r.start, io.MultiWriter(w, h)}, {r.start, r.end, w}, {r.end, r.Size(), io.MultiWriter(w, h)}} {
		src := ctxReader{ctx, io.NewSectionReader(r, part.from, part.to-part.from)}
		if _, err := io.Copy(part.into, src); err != nil {
			return fmt.Errorf("write signed file: %w", err)
		}
	}
	if !bytes.Equal(h.Sum(nil), r.sum) {
		return fmt.Errorf("%w: the file was changed while it was being signed", ErrTampered)
	}
	return nil
}
