package signer

import (
	"errors"
	"fmt"
)

// maxBER bounds the nesting of a CMS message; an honest one has about twelve.
const maxBER = 32

// errBER: the bytes are not BER, or nest too deep.
var errBER = errors.New("damaged BER")

// toDER rewrites the first BER value of data with definite, minimal lengths
// and whole strings, as some signing devices do not write DER. It returns the
// rest of data as well. Order and content of values stay as they are.
func toDER(data []byte) (der, rest []byte, err error) {
	return berValue(data, 0)
}

// berValue converts one value.
func berValue(data []byte, depth int) (der, rest []byte, err error) {
	tag, body, rest, indefinite, err := berHeader(data)
	if err != nil || depth > maxBER {
		return nil, nil, fmt.Errorf("%w at depth %d", errBER, depth)
	}
	if len(tag) == 0 {
		return nil, nil, errBER
	}
	constructed := tag[0]&0x20 != 0
	if !constructed {
		return berWrite(tag, body), rest, nil
	}
	var parts [][]byte
	if indefinite {
		parts, rest, err = berUntilEnd(body, depth)
	} else {
		parts, err = berAll(body, depth)
	}
	if err != nil {
		return nil, nil, err
	}
	if tag[0] == 0x24 { // OCTET STRING in pieces
		return berJoin(parts, rest)
	}
	var whole []byte
	for _, p := range parts {
		whole = append(whole, p...)
	}
	return berWrite(tag, whole), rest, nil
}

// berJoin makes one OCTET STRING of its pieces.
func berJoin(parts [][]byte, rest []byte) ([]byte, []byte, error) {
	var whole []byte
	for _, p := range parts {
		tag, body, _, _, err := berHeader(p)
		if err != nil || len(tag) != 1 || tag[0] != 0x04 {
			return nil, nil, errBER
		}
		whole = append(whole, body...)
	}
	return berWrite([]byte{0x04}, whole), rest, nil
}

// berAll converts the values that fill body.
func berAll(body []byte, depth int) (parts [][]byte, err error) {
	for len(body) > 0 {
		var part []byte
		if part, body, err = berValue(body, depth+1); err != nil {
			return nil, err
		}
		parts = append(parts, part)
	}
	return parts, nil
}

// berUntilEnd converts values up to the end-of-contents mark.
func berUntilEnd(body []byte, depth int) (parts [][]byte, rest []byte, err error) {
	for {
		if len(body) < 2 {
			return nil, nil, errBER
		}
		if body[0] == 0 && body[1] == 0 {
			return parts, body[2:], nil
		}
		var part []byte
		if part, body, err = berValue(body, depth+1); err != nil {
			return nil, nil, err
		}
		parts = append(parts, part)
	}
}

// berHeader splits tag, content and what follows. With an indefinite length
// body is all that follows and rest is nil.
func berHeader(data []byte) (tag, body, rest []byte, indefinite bool, err error) {
	if len(data) < 2 || data[0]&0x1f == 0x1f { // CMS uses no long tags
		return nil, nil, nil, false, errBER
	}
	tag, length, data := data[:1], int(data[1]), data[2:]
	switch {
	case length == 0x80:
		if tag[0]&0x20 == 0 {
			return nil, nil, nil, false, errBER
		}
		return tag, data, nil, true, nil
	case length > 0x80:
		n := length & 0x7f
		if n > 4 || n > len(data) {
			return nil, nil, nil, false, errBER
		}
		length = 0
		for _, b := range data[:n] {
			length = length<<8 | int(b)
		}
		data = data[n:]
	}
	if length < 0 || length > len(data) {
		return nil, nil, nil, false, errBER
	}
	return tag, data[:length], data[length:], false, nil
}

// berWrite writes a value with the shortest length.
func berWrite(tag, body []byte) []byte {
	n := len(body)
	out := append(make([]byte, 0, n+6), tag...)
	switch {
	case n < 0x80:
		out = append(out, byte(n))
	case n <= 0xff:
		out = append(out, 0x81, byte(n))
	case n <= 0xffff:
		out = append(out, 0x82, byte(n>>8), byte(n))
	case n <= 0xffffff:
		out = append(out, 0x83, byte(n>>16), byte(n>>8), byte(n))
	default:
		out = append(out, 0x84, byte(n>>24), byte(n>>16), byte(n>>8), byte(n))
	}
	return append(out, body...)
}
