package signer

import (
	"strconv"
	"strings"

	"vanthu/internal/pdf"
)

// readCodes reads the bfchar lines of a CMap as fontFace.toUnicode writes them:
// one code, one character of the basic plane. The first code for a character counts.
func readCodes(cmap string) map[rune]uint16 {
	out := map[rune]uint16{}
	for _, l := range strings.Split(cmap, "\n") {
		code, char, ok := strings.Cut(l, "> <")
		if !ok || len(code) != 5 || len(char) != 5 {
			continue
		}
		c, err1 := strconv.ParseUint(code[1:], 16, 16)
		r, err2 := strconv.ParseUint(char[:4], 16, 16)
		if err1 != nil || err2 != nil || out[rune(r)] != 0 {
			continue
		}
		out[rune(r)] = uint16(c)
	}
	return out
}

// readWidths reads /W in the form "code [width]".
func readWidths(w pdf.Array) map[uint16]float64 {
	out := map[uint16]float64{}
	for i := 0; i+1 < len(w); i += 2 {
		code, ok := w[i].(pdf.Integer)
		list, isList := w[i+1].(pdf.Array)
		if !ok || !isList || len(list) != 1 || code < 0 || code > 0xFFFF {
			continue
		}
		if n, ok := pdf.Float(list[0]); ok {
			out[uint16(code)] = n / 1000
		}
	}
	return out
}
