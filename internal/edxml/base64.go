package edxml

import (
	"encoding/binary"
	"io"
	"sync"
)

// Entries of sextets that are none.
const (
	b64Space = 0xfd
	b64Pad   = 0xfe
	b64Bad   = 0xff
)

// sextets maps a byte to its sextet. The URL-safe alphabet is taken too: no
// other meaning is possible for '-' and '_' inside content.
var sextets = func() (m [256]byte) {
	for i := range m {
		m[i] = b64Bad
	}
	const std = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
	for i := range len(std) {
		m[std[i]] = byte(i)
	}
	m['-'], m['_'], m['='] = 62, 63, b64Pad
	for _, c := range " \t\r\n" {
		m[c] = b64Space
	}
	return m
}()

// badPair marks a pair of bytes that are not both sextets; real ones have
// twelve bits.
const badPair = 1 << 12

// pairs maps two bytes, the first in the low half, to their twelve bits: half
// the look-ups of byte by byte, in the ten kilobytes of the table that text
// touches. It is made when the first packet comes, not when the program starts.
var pairs = sync.OnceValue(func() *[1 << 16]uint16 {
	var m [1 << 16]uint16
	for i := range m {
		high, low := sextets[i&0xff], sextets[i>>8]
		if m[i] = badPair; high < 64 && low < 64 {
			m[i] = uint16(high)<<6 | uint16(low)
		}
	}
	return &m
})

// decoder turns base64 text into bytes as it passes, in constant memory. It
// never refuses: senders wrap lines, drop padding, join padded pieces. What is
// no base64 is left out and counted in bad.
type decoder struct {
	w     io.Writer
	pairs *[1 << 16]uint16
	out   []byte
	acc   uint32
	n     int // sextets in acc
	bad   int64
}

func newDecoder(w io.Writer) *decoder {
	return &decoder{w: w, pairs: pairs(), out: make([]byte, 0, 128<<10)}
}

// run is the text decoded at once: two groups of four.
const run = 8

// Write decodes p; it never refuses any of it.
func (d *decoder) Write(p []byte) (int, error) {
	for rest := p; len(rest) > 0; {
		if d.n == 0 {
			n, err := d.clean(rest)
			if err != nil {
				return 0, err
			}
			rest = rest[n:]
		}
		slow := min(len(rest), run-d.n) // to the end of a group, if all is well
		if err := d.each(rest[:slow]); err != nil {
			return 0, err
		}
		rest = rest[slow:]
	}
	return len(p), nil
}

// clean decodes whole runs from the start of a group on, as long as they hold
// nothing but base64. What stops it, each judges.
func (d *decoder) clean(p []byte) (taken int, err error) {
	for len(p)-taken >= run {
		if cap(d.out)-len(d.out) < run {
			if err := d.flush(); err != nil {
				return taken, err
			}
		}
		n := d.runs(p[taken:])
		if n == 0 {
			break
		}
		taken += n
	}
	return taken, nil
}

// runs is clean as far as the buffer reaches. It is the innermost loop of
// reading: eight bytes in, six out, with no branch but the ends.
func (d *decoder) runs(p []byte) (taken int) {
	out := d.out[len(d.out):cap(d.out)]
	written := 0
	for len(p)-taken >= run && len(out)-written >= run {
		text := binary.LittleEndian.Uint64(p[taken:])
		a, b := d.pairs[uint16(text)], d.pairs[uint16(text>>16)]
		c, e := d.pairs[uint16(text>>32)], d.pairs[uint16(text>>48)]
		if a|b|c|e >= badPair {
			break
		}
		bits := uint64(a)<<36 | uint64(b)<<24 | uint64(c)<<12 | uint64(e)
		binary.BigEndian.PutUint64(out[written:], bits<<16) // two bytes more than count, overwritten next
		taken, written = taken+run, written+6
	}
	d.out = d.out[:len(d.out)+written]
	return taken
}

// each decodes p byte by byte.
func (d *decoder) each(p []byte) error {
	for _, c := range p {
		v := sextets[c]
		switch {
		case v < 64:
			d.acc, d.n = d.acc<<6|uint32(v), d.n+1
			if d.n == 4 {
				d.out = append(d.out, byte(d.acc>>16), byte(d.acc>>8), byte(d.acc))
				d.acc, d.n = 0, 0
			}
		case v == b64Space:
		case v == b64Pad:
			d.partial()
		default:
			d.bad++
		}
		if len(d.out)+3 > cap(d.out) {
			if err := d.flush(); err != nil {
				return err
			}
		}
	}
	return nil
}

// partial ends a group early: two sextets are one byte, three are two.
func (d *decoder) partial() {
	switch d.n {
	case 1:
		d.bad++
	case 2:
		d.out = append(d.out, byte(d.acc>>4))
	case 3:
		d.out = append(d.out, byte(d.acc>>10), byte(d.acc>>2))
	}
	d.acc, d.n = 0, 0
}

func (d *decoder) flush() error {
	_, err := d.w.Write(d.out)
	d.out = d.out[:0]
	return err
}

// Close writes what is left; it does not close the writer below.
func (d *decoder) Close() error {
	d.partial()
	return d.flush()
}
