package pdf

import (
	"bytes"
	"encoding/hex"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf16"
)

// Text decodes a text string: UTF-16BE or UTF-8 with a mark, else PDFDocEncoding
// (read as Latin-1, which differs only in a few signs).
func (s String) Text() string {
	b := s.Bytes
	switch {
	case bytes.HasPrefix(b, []byte{0xFE, 0xFF}):
		return decodeUTF16(b[2:])
	case bytes.HasPrefix(b, []byte{0xEF, 0xBB, 0xBF}):
		return strings.ToValidUTF8(string(b[3:]), "\uFFFD")
	}
	var out strings.Builder
	for _, c := range b {
		out.WriteRune(rune(c))
	}
	return out.String()
}

func decodeUTF16(b []byte) string {
	u := make([]uint16, 0, len(b)/2)
	for i := 0; i+1 < len(b); i += 2 {
		u = append(u, uint16(b[i])<<8|uint16(b[i+1]))
	}
	return string(utf16.Decode(u))
}

// WriteText writes a text string as hex UTF-16BE with its mark. Hex, because the
// low byte of "ĩ" is a closing parenthesis and unescaped strings break on it.
func WriteText(s string) string {
	var b strings.Builder
	b.WriteString("<FEFF")
	for _, u := range utf16.Encode([]rune(strings.ToValidUTF8(s, "\uFFFD"))) {
		fmt.Fprintf(&b, "%04X", u)
	}
	b.WriteByte('>')
	return b.String()
}

// WriteHex writes bytes as a hex string.
func WriteHex(b []byte) string { return "<" + strings.ToUpper(hex.EncodeToString(b)) + ">" }

// WriteName writes a name with its slash, escaping what a name may not hold.
func WriteName(n Name) string {
	var b strings.Builder
	b.WriteByte('/')
	for i := range len(n) {
		c := n[i]
		if c <= ' ' || c >= 0x7F || isDelim(c) || c == '#' {
			fmt.Fprintf(&b, "#%02X", c)
			continue
		}
		b.WriteByte(c)
	}
	return b.String()
}

// WriteNumber writes a number with at most four decimals and no exponent.
func WriteNumber(x float64) string {
	s := strconv.FormatFloat(x, 'f', 4, 64)
	s = strings.TrimRight(strings.TrimRight(s, "0"), ".")
	if s == "" || s == "-0" || s == "-" {
		return "0"
	}
	return s
}

// WriteRect writes a rectangle.
func WriteRect(r Rect) string {
	return "[" + WriteNumber(r.X0) + " " + WriteNumber(r.Y0) + " " + WriteNumber(r.X1) + " " + WriteNumber(r.Y1) + "]"
}
