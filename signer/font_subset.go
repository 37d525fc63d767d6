package signer

import (
	"bytes"
	"encoding/binary"
	"errors"
	"math/bits"
	"sort"
)

// errFont: the face is not the TrueType font it should be.
var errFont = errors.New("unexpected font program")

// subsetTrueType returns the font with the outlines of the wanted glyphs only.
// Glyph numbers stay as they are (Identity); what is not wanted is empty.
// Hinting programs are left out: they weigh more than the outlines and print
// does not use them.
func subsetTrueType(ttf []byte, want map[uint16]rune) ([]byte, error) {
	t, err := readTables(ttf)
	if err != nil {
		return nil, err
	}
	head, maxp, hhea := t["head"], t["maxp"], t["hhea"]
	if len(head) < 54 || len(maxp) < 32 || len(hhea) < 36 || binary.BigEndian.Uint16(head[50:]) > 1 {
		return nil, errFont
	}
	n := int(binary.BigEndian.Uint16(maxp[4:]))
	s := glyphSubset{loca: t["loca"], glyf: t["glyf"], long: binary.BigEndian.Uint16(head[50:]) == 1, count: n, keep: map[uint16][]byte{}}
	for g := range want {
		if err := s.add(g, 0); err != nil {
			return nil, err
		}
	}
	if err := s.add(0, 0); err != nil {
		return nil, err
	}
	out := map[string][]byte{"head": append([]byte{}, head...), "hhea": hhea, "maxp": append([]byte{}, maxp...)}
	clear(out["maxp"][14:32]) // limits of the hinting programs left out
	copy(out["maxp"][28:32], maxp[28:32])
	binary.BigEndian.PutUint16(out["maxp"][14:], 1) // maxZones
	binary.BigEndian.PutUint16(out["head"][50:], 1)
	binary.BigEndian.PutUint32(out["head"][8:], 0)
	out["glyf"], out["loca"] = s.write()
	out["hmtx"] = s.metrics(t["hmtx"], int(binary.BigEndian.Uint16(hhea[34:])))
	return writeTables(out), nil
}

// readTables splits a font file into its tables.
func readTables(ttf []byte) (map[string][]byte, error) {
	if len(ttf) < 12 {
		return nil, errFont
	}
	n := int(binary.BigEndian.Uint16(ttf[4:]))
	out := map[string][]byte{}
	for i := range n {
		rec := ttf[12+16*i:]
		if len(rec) < 16 {
			return nil, errFont
		}
		off, size := int(binary.BigEndian.Uint32(rec[8:])), int(binary.BigEndian.Uint32(rec[12:]))
		if off > len(ttf) || size > len(ttf)-off {
			return nil, errFont
		}
		out[string(rec[:4])] = ttf[off : off+size]
	}
	return out, nil
}

// glyphSubset collects outlines.
type glyphSubset struct {
	loca, glyf []byte
	long       bool
	count      int
	keep       map[uint16][]byte
}

// outline is the data of a glyph as the font has it; empty for a space.
func (s *glyphSubset) outline(g uint16) ([]byte, error) {
	var from, to int
	switch i := int(g); {
	case i >= s.count:
		return nil, errFont
	case s.long && 4*i+8 <= len(s.loca):
		from, to = int(binary.BigEndian.Uint32(s.loca[4*i:])), int(binary.BigEndian.Uint32(s.loca[4*i+4:]))
	case !s.long && 2*i+4 <= len(s.loca):
		from, to = 2*int(binary.BigEndian.Uint16(s.loca[2*i:])), 2*int(binary.BigEndian.Uint16(s.loca[2*i+2:]))
	default:
		return nil, errFont
	}
	if from > to || to > len(s.glyf) {
		return nil, errFont
	}
	return s.glyf[from:to], nil
}

// add keeps a glyph and the parts it is composed of.
func (s *glyphSubset) add(g uint16, depth int) error {
	if _, ok := s.keep[g]; ok {
		return nil
	}
	data, err := s.outline(g)
	if err != nil || depth > 8 {
		return errFont
	}
	if len(data) < 10 {
		s.keep[g] = nil
		return nil
	}
	if int16(binary.BigEndian.Uint16(data)) >= 0 {
		s.keep[g], err = unhintSimple(data)
		return err
	}
	out, parts, err := unhintComposite(data)
	if err != nil {
		return err
	}
	s.keep[g] = out
	for _, part := range parts {
		if err := s.add(part, depth+1); err != nil {
			return err
		}
	}
	return nil
}

// unhintSimple cuts the instructions out of a simple glyph.
func unhintSimple(data []byte) ([]byte, error) {
	at := 10 + 2*int(binary.BigEndian.Uint16(data))
	if at+2 > len(data) {
		return nil, errFont
	}
	n := int(binary.BigEndian.Uint16(data[at:]))
	if at+2+n > len(data) {
		return nil, errFont
	}
	out := append([]byte{}, data[:at]...)
	out = append(out, 0, 0)
	return append(out, data[at+2+n:]...), nil
}

// unhintComposite cuts the instructions off a composite glyph and lists its parts.
func unhintComposite(data []byte) (out []byte, parts []uint16, err error) {
	const words, scale, more, xyScale, twoByTwo, instructions = 0x1, 0x8, 0x20, 0x40, 0x80, 0x100
	out = append([]byte{}, data...)
	for at := 10; ; {
		if at+4 > len(out) {
			return nil, nil, errFont
		}
		flags := binary.BigEndian.Uint16(out[at:])
		binary.BigEndian.PutUint16(out[at:], flags&^instructions)
		parts = append(parts, binary.BigEndian.Uint16(out[at+2:]))
		at += 6
		if flags&words != 0 {
			at += 2
		}
		switch {
		case flags&scale != 0:
			at += 2
		case flags&xyScale != 0:
			at += 4
		case flags&twoByTwo != 0:
			at += 8
		}
		if at > len(out) {
			return nil, nil, errFont
		}
		if flags&more == 0 {
			return out[:at], parts, nil
		}
	}
}

// write builds the glyph and location tables (long form).
func (s *glyphSubset) write() (glyf, loca []byte) {
	last := 0
	for g := range s.keep {
		last = max(last, int(g))
	}
	for g := range s.count {
		loca = binary.BigEndian.AppendUint32(loca, uint32(len(glyf)))
		if g <= last {
			glyf = append(glyf, s.keep[uint16(g)]...)
			for len(glyf)%4 != 0 {
				glyf = append(glyf, 0)
			}
		}
	}
	return glyf, binary.BigEndian.AppendUint32(loca, uint32(len(glyf)))
}

// glyphList has a bit for each glyph of a subset that has an outline or is used,
// and for the one that stands for missing ones: /CIDSet, first glyph in the
// highest bit.
func glyphList(program []byte, used map[uint16]rune) []byte {
	t, err := readTables(program)
	if err != nil {
		return nil // our own subset can be read
	}
	loca := t["loca"] // long form: see write
	n := len(loca)/4 - 1
	out := make([]byte, (n+7)/8)
	for g := range n {
		if _, wanted := used[uint16(g)]; wanted || g == 0 || binary.BigEndian.Uint32(loca[4*g:]) != binary.BigEndian.Uint32(loca[4*g+4:]) {
			out[g/8] |= 0x80 >> (g % 8)
		}
	}
	return bytes.TrimRight(out, "\x00")
}

// metrics keeps the widths of the wanted glyphs and clears the others, so that they compress to nothing.
func (s *glyphSubset) metrics(hmtx []byte, long int) []byte {
	out := make([]byte, len(hmtx))
	for g := range s.keep {
		if at := 4 * int(g); int(g) < long && at+4 <= len(hmtx) {
			copy(out[at:at+4], hmtx[at:at+4])
		}
	}
	if at := 4 * (long - 1); long > 0 && at+4 <= len(hmtx) {
		copy(out[at:], hmtx[at:]) // the last long width counts for all glyphs after it
	}
	return out
}

// writeTables builds a font file.
func writeTables(t map[string][]byte) []byte {
	names := make([]string, 0, len(t))
	for n := range t {
		names = append(names, n)
	}
	sort.Strings(names)
	n := len(names)
	power := bits.Len(uint(n)) - 1
	out := binary.BigEndian.AppendUint32(nil, 0x00010000)
	for _, v := range []int{n, 16 << power, power, 16*n - 16<<power} {
		out = binary.BigEndian.AppendUint16(out, uint16(v))
	}
	at := 12 + 16*n
	var body []byte
	for _, name := range names {
		data := t[name]
		out = append(out, name...)
		out = binary.BigEndian.AppendUint32(out, tableSum(data))
		out = binary.BigEndian.AppendUint32(out, uint32(at+len(body)))
		out = binary.BigEndian.AppendUint32(out, uint32(len(data)))
		body = append(body, data...)
		for len(body)%4 != 0 {
			body = append(body, 0)
		}
	}
	return append(out, body...)
}

func tableSum(b []byte) uint32 {
	var sum uint32
	for i := 0; i < len(b); i += 4 {
		var word [4]byte
		copy(word[:], b[i:])
		sum += binary.BigEndian.Uint32(word[:])
	}
	return sum
}
