package edxml

import (
	"encoding/base64"
	"io"
)

// Pieces of an attachment on its way into a packet: large enough that neither
// the file nor the packet sees small reads and writes, and whole groups of
// base64, so that only the last piece has padding.
const (
	plainPiece   = 48 << 10 // a multiple of three
	encodedPiece = plainPiece / 3 * 4
)

// encoder turns bytes into base64 text on one line, in constant memory.
type encoder struct {
	w     io.Writer
	plain []byte // not yet encoded; shorter than plainPiece between calls
	text  [encodedPiece]byte
}

func newEncoder(w io.Writer) *encoder {
	return &encoder{w: w, plain: make([]byte, 0, plainPiece)}
}

// Write encodes whole pieces of p and keeps the rest.
func (e *encoder) Write(p []byte) (int, error) {
	for rest := p; len(rest) > 0; {
		n := copy(e.plain[len(e.plain):plainPiece], rest)
		e.plain, rest = e.plain[:len(e.plain)+n], rest[n:]
		if len(e.plain) == plainPiece {
			if err := e.flush(); err != nil {
				return 0, err
			}
		}
	}
	return len(p), nil
}

// ReadFrom encodes r without copying it a second time.
func (e *encoder) ReadFrom(r io.Reader) (total int64, err error) {
	for {
		n, err := r.Read(e.plain[len(e.plain):plainPiece])
		e.plain = e.plain[:len(e.plain)+n]
		total += int64(n)
		if len(e.plain) == plainPiece {
			if err := e.flush(); err != nil {
				return total, err
			}
		}
		if err == io.EOF {
			return total, nil
		}
		if err != nil {
			return total, err
		}
	}
}

func (e *encoder) flush() error {
	n := base64.StdEncoding.EncodedLen(len(e.plain))
	base64.StdEncoding.Encode(e.text[:n], e.plain)
	e.plain = e.plain[:0]
	_, err := e.w.Write(e.text[:n])
	return err
}

// Close encodes what is left; it does not close the writer below.
func (e *encoder) Close() error { return e.flush() }
