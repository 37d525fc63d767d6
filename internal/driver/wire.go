package driver

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"

	"github.com/miekg/pkcs11"
)

// A frame is its length in four bytes, an operation or 0 in one, and fields. A
// field is its length in four bytes and its bytes; a number is a field of eight.

// maxFrame bounds a frame, in bytes: the largest thing on a token is a
// certificate.
const maxFrame = 1 << 20

var errFrame = errors.New("broken frame")

// frame is a frame that is being written.
type frame struct{ b []byte }

func newFrame(op byte) *frame { return &frame{b: []byte{0, 0, 0, 0, op}} }

func (f *frame) bytes(p []byte) *frame {
	f.b = binary.BigEndian.AppendUint32(f.b, uint32(len(p)))
	f.b = append(f.b, p...)
	return f
}

func (f *frame) text(s string) *frame { return f.bytes([]byte(s)) }

func (f *frame) number(n uint) *frame {
	return f.bytes(binary.BigEndian.AppendUint64(nil, uint64(n)))
}

// secret appends a field without leaving a copy in a buffer outgrown by append.
func (f *frame) secret(p []byte) *frame {
	grown := make([]byte, len(f.b), len(f.b)+4+len(p))
	copy(grown, f.b)
	f.b = grown
	return f.bytes(p)
}

// send writes the frame and wipes it.
func (f *frame) send(w io.Writer) error {
	defer clear(f.b)
	binary.BigEndian.PutUint32(f.b, uint32(len(f.b)-4))
	_, err := w.Write(f.b)
	return err
}

// fields is a frame that is being read. The first thing that does not fit stays
// as err, and whatever is read after it is empty.
type fields struct {
	op   byte
	rest []byte
	err  error
}

func receive(r io.Reader) (*fields, error) {
	var head [5]byte
	if _, err := io.ReadFull(r, head[:]); err != nil {
		return nil, err
	}
	n := binary.BigEndian.Uint32(head[:])
	if n < 1 || n > maxFrame {
		return nil, fmt.Errorf("%w: %d bytes", errFrame, n)
	}
	body := make([]byte, n-1)
	if _, err := io.ReadFull(r, body); err != nil {
		return nil, err
	}
	return &fields{op: head[4], rest: body}, nil
}

// bytes is the next field; it lies in the frame.
func (f *fields) bytes() []byte {
	if len(f.rest) >= 4 {
		n := int64(binary.BigEndian.Uint32(f.rest))
		if n <= int64(len(f.rest)-4) {
			p := f.rest[4 : 4+n : 4+n]
			f.rest = f.rest[4+n:]
			return p
		}
	}
	f.err = errFrame
	return nil
}

func (f *fields) text() string { return string(f.bytes()) }

func (f *fields) number() uint {
	p := f.bytes()
	if len(p) != 8 {
		f.err = errFrame
		return 0
	}
	return uint(binary.BigEndian.Uint64(p))
}

// numbers is a list: how many, then each.
func (f *fields) numbers() []uint {
	var list []uint
	for n := f.number(); n > 0 && f.err == nil; n-- {
		list = append(list, f.number())
	}
	return list
}

func (f *frame) numbers(list []uint) *frame {
	f.number(uint(len(list)))
	for _, n := range list {
		f.number(n)
	}
	return f
}

// template is a list of attributes: how many, then kind and value of each.
func (f *frame) template(attributes []*pkcs11.Attribute) *frame {
	f.number(uint(len(attributes)))
	for _, a := range attributes {
		f.number(a.Type).bytes(a.Value)
	}
	return f
}

func (f *fields) template() []*pkcs11.Attribute {
	var list []*pkcs11.Attribute
	for n := f.number(); n > 0 && f.err == nil; n-- {
		list = append(list, &pkcs11.Attribute{Type: f.number(), Value: f.bytes()})
	}
	return list
}

// An answer begins with how the call went: a number, which is PKCS#11's return
// code, or otherFailure with a text.
const otherFailure = ^uint(0)

func answer(err error) *frame {
	var code pkcs11.Error
	switch {
	case err == nil:
		return newFrame(0).number(pkcs11.CKR_OK)
	case errors.As(err, &code):
		return newFrame(0).number(uint(code))
	}
	return newFrame(0).number(otherFailure).text(err.Error())
}

// outcome reads the beginning of an answer.
func (f *fields) outcome() error {
	code := f.number()
	switch {
	case f.err != nil:
		return f.err
	case code == pkcs11.CKR_OK:
		return nil
	case code == otherFailure:
		return errors.New(f.text())
	}
	return pkcs11.Error(code)
}
