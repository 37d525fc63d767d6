package transfer

import (
	"bufio"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"os"
)

// Header says what a Part holds bytes of.
type Header struct {
	Name     string `json:"name"`               // of the thing, the caller's
	ETag     string `json:"etag,omitempty"`     // strong, or "": then it cannot be resumed
	Encoding string `json:"encoding,omitempty"` // of the bytes: "", zstd or gzip
	Type     string `json:"type,omitempty"`     // Content-Type
	Total    int64  `json:"total"`              // length of the bytes; -1: unknown
}

// Part is the file in which a download grows. It is a sequence of frames: the
// length (4 bytes, big endian), the CRC-32C of everything so far and then the
// bytes. The first frame is the Header, an empty one the end. A frame that was
// not written whole, or not by us, ends the part where it begins: neither a
// crash nor a loss of power leaves a byte that did not come.
//
// A Part is used by one goroutine of one process.
type Part struct {
	f      *os.File
	name   string
	header Header
	have   int64  // payload bytes
	end    int64  // of the last good frame
	sum    uint32 // of everything so far
	whole  bool
	seams  bool // more than one answer is in it, as far as is known
}

const frameHead = 8

// castagnoli is computed by the processor where it can.
func checksum(sum uint32, p []byte) uint32 {
	return crc32.Update(sum, crc32.MakeTable(crc32.Castagnoli), p)
}

// OpenPart opens or makes the part at path and keeps what is sound of it. One
// of another name begins empty.
func OpenPart(path, name string) (*Part, error) {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, err
	}
	p := &Part{f: f, name: name}
	err = p.recover()
	if err == nil && p.header.Name != name {
		err = p.Empty()
	}
	if err != nil {
		return nil, errors.Join(err, f.Close())
	}
	p.seams = p.have > 0 // an earlier try may have joined it
	return p, nil
}

// recover reads the sound frames and cuts off what follows them.
func (p *Part) recover() error {
	r := bufio.NewReaderSize(p.f, chunk)
	frame := make([]byte, 0, chunk)
	for !p.whole {
		body, sum, ok, err := readFrame(r, frame, p.sum)
		if err != nil {
			return err
		}
		if !ok || p.end == 0 && json.Unmarshal(body, &p.header) != nil {
			break
		}
		if p.end > 0 {
			p.have += int64(len(body))
			p.whole = len(body) == 0
		}
		p.end += frameHead + int64(len(body))
		p.sum = sum
	}
	return p.f.Truncate(p.end)
}

// readFrame reads one frame into space; ok is false where the sound ones end.
func readFrame(r io.Reader, space []byte, sum uint32) (body []byte, next uint32, ok bool, err error) {
	var head [frameHead]byte
	if _, err := io.ReadFull(r, head[:]); err != nil {
		return nil, 0, false, unlessShort(err)
	}
	n := binary.BigEndian.Uint32(head[:4])
	if n > chunk {
		return nil, 0, false, nil
	}
	body = space[:n]
	if _, err := io.ReadFull(r, body); err != nil {
		return nil, 0, false, unlessShort(err)
	}
	next = checksum(sum, body)
	return body, next, next == binary.BigEndian.Uint32(head[4:]), nil
}

// unlessShort keeps errors other than that the file ends.
func unlessShort(err error) error {
	if err == io.EOF || err == io.ErrUnexpectedEOF {
		return nil
	}
	return err
}

// Header is what the part holds; the zero Header before anything came.
func (p *Part) Header() Header { return p.header }

// Have is how many bytes have come, as they are encoded.
func (p *Part) Have() int64 { return p.have }

// Joined tells that the part may hold bytes of more than one answer. If what it
// holds turns out to be broken, the server may have mixed two bodies under one
// ETag.
func (p *Part) Joined() bool { return p.seams }

// Whole tells that everything has come.
func (p *Part) Whole() bool { return p.whole }

// resumable tells whether the rest alone can be asked for.
func (p *Part) resumable() bool { return p.have > 0 && p.header.ETag != "" && !p.whole }

// Empty throws away what has come.
func (p *Part) Empty() error {
	p.header, p.have, p.end, p.sum, p.whole, p.seams = Header{}, 0, 0, 0, false, false
	return p.f.Truncate(0)
}

// begin empties the part for the body that h describes.
func (p *Part) begin(h Header) error {
	h.Name = p.name
	text, err := json.Marshal(h)
	if err == nil && len(text) > chunk {
		err = fmt.Errorf("%w: a header of %d bytes", ErrProtocol, len(text))
	}
	if err == nil {
		err = p.Empty()
	}
	if err == nil {
		err = p.frame(text)
	}
	p.header = h
	return err
}

// Write appends bytes that came.
func (p *Part) Write(b []byte) (int, error) {
	written := 0
	for len(b) > 0 {
		piece := b[:min(len(b), chunk)]
		if err := p.frame(piece); err != nil {
			return written, err
		}
		p.have += int64(len(piece))
		written += len(piece)
		b = b[len(piece):]
	}
	return written, nil
}

func (p *Part) finish() error {
	if err := p.frame(nil); err != nil {
		return err
	}
	p.whole = true
	return nil
}

// frame appends one frame; a failed one is overwritten by the next.
func (p *Part) frame(body []byte) error {
	sum := checksum(p.sum, body)
	head := binary.BigEndian.AppendUint32(nil, uint32(len(body)))
	head = binary.BigEndian.AppendUint32(head, sum)
	_, err := p.f.WriteAt(append(head, body...), p.end)
	if err != nil {
		return err
	}
	p.end += frameHead + int64(len(body))
	p.sum = sum
	return nil
}

// reader gives the bytes of a whole part as they came.
func (p *Part) reader() (io.Reader, error) {
	if !p.whole {
		return nil, fmt.Errorf("%w: %d bytes of %d", ErrContent, p.have, p.header.Total)
	}
	r := &frames{r: bufio.NewReaderSize(io.NewSectionReader(p.f, 0, p.end), chunk), space: make([]byte, 0, chunk)}
	if err := r.next(); err != nil { // the header
		return nil, err
	}
	r.rest = nil
	return r, nil
}

// Close keeps the file for the next try.
func (p *Part) Close() error { return p.f.Close() }

// Remove closes the part and deletes its file.
func (p *Part) Remove() error { return errors.Join(p.f.Close(), os.Remove(p.f.Name())) }

// frames reads the bytes of frames and checks them once more.
type frames struct {
	r     io.Reader
	space []byte
	rest  []byte
	sum   uint32
	done  bool
}

func (f *frames) next() error {
	body, sum, ok, err := readFrame(f.r, f.space, f.sum)
	switch {
	case err != nil:
		return err
	case !ok:
		return fmt.Errorf("%w: the part changed on the disk", ErrContent)
	}
	f.rest, f.sum, f.done = body, sum, len(body) == 0
	return nil
}

// Read reads on to the end frame.
func (f *frames) Read(b []byte) (int, error) {
	if len(f.rest) == 0 && !f.done {
		if err := f.next(); err != nil {
			return 0, err
		}
	}
	if f.done {
		return 0, io.EOF
	}
	n := copy(b, f.rest)
	f.rest = f.rest[n:]
	return n, nil
}
