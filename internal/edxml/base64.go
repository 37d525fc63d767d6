package edxml

import (
	"bytes"
	"encoding/base64"
	"io"
)

// Entries of decodeMap that are no sextet.
const (
	b64Space = 0xfd
	b64Pad   = 0xfe
	b64Bad   = 0xff
)

// decodeMap maps a byte to its sextet. The URL-safe alphabet is taken too: no
// other meaning is possible for '-' and '_' inside content.
var decodeMap = func() (m [256]byte) {
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

// decoder turns base64 text into bytes as it passes, in constant memory. It
// never refuses: senders wrap lines, drop padding, join padded pieces. What is
// no base64 is left out and counted in bad.
type decoder struct {
	w    io.Writer
	out  []byte
	acc  uint32
	n    int // sextets in acc
	bad  int64
	done int64 // bytes written to w
}

func newDecoder(w io.Writer) *decoder {
	return &decoder{w: w, out: make([]byte, 0, 128<<10)}
}

// Write decodes p; it never refuses any of it.
func (d *decoder) Write(p []byte) (int, error) {
	for rest := p; len(rest) > 0; {
		n, err := d.clean(rest)
		if err != nil {
			return 0, err
		}
		rest = rest[n:]
		slow := min(len(rest), slowRun-d.n) // to the end of a group, if all is well
		if err := d.each(rest[:slow]); err != nil {
			return 0, err
		}
		rest = rest[slow:]
	}
	return len(p), nil
}

const (
	cleanRun = 16 << 10 // text that encoding/base64 decodes at once; a multiple of four
	slowRun  = 64       // text taken byte by byte before clean is tried again; a multiple of four
)

// clean decodes as much of p as encoding/base64 takes, which is many times as
// fast as each: line by line, whole groups, from the start of a group on. What
// it does not take, each judges.
func (d *decoder) clean(p []byte) (taken int, err error) {
	for d.n == 0 {
		run := line(p[taken:min(len(p), taken+cleanRun)])
		if cap(d.out)-len(d.out) < len(run) {
			if err := d.flush(); err != nil {
				return taken, err
			}
		}
		out := d.out[len(d.out):cap(d.out)]
		n, err := base64.StdEncoding.Decode(out, run)
		if bad, ok := err.(base64.CorruptInputError); ok { // up to there, once more: never the same text many times
			run = run[:bad&^3]
			n, err = base64.StdEncoding.Decode(out, run)
		}
		if err != nil || len(run) == 0 {
			break
		}
		d.out, taken = d.out[:len(d.out)+n], taken+len(run)
		for taken < len(p) && (p[taken] == '\r' || p[taken] == '\n') {
			taken++
		}
	}
	return taken, nil
}

// line is the whole groups before the end of a line.
func line(p []byte) []byte {
	for _, end := range []byte{'\n', '\r'} {
		if i := bytes.IndexByte(p, end); i >= 0 {
			p = p[:i]
		}
	}
	return p[:len(p)&^3]
}

// each decodes p byte by byte.
func (d *decoder) each(p []byte) error {
	for _, c := range p {
		v := decodeMap[c]
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
	n, err := d.w.Write(d.out)
	d.done += int64(n)
	d.out = d.out[:0]
	return err
}

// Close writes what is left; it does not close the writer below.
func (d *decoder) Close() error {
	d.partial()
	return d.flush()
}
