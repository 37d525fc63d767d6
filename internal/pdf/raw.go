package pdf

import "fmt"

// ParseDict reads a dictionary from bytes this program wrote or took from a file.
func ParseDict(raw []byte) (*Dict, error) {
	p := &parser{data: raw, base: -1}
	v, err := p.value()
	if err != nil {
		return nil, err
	}
	d, ok := v.(*Dict)
	if !ok {
		return nil, fmt.Errorf("%w: expected a dictionary", ErrDamaged)
	}
	return d, nil
}

// SplitArray returns the raw bytes of the elements of an array.
func SplitArray(raw []byte) ([][]byte, error) {
	p := &parser{data: raw, base: -1}
	p.space()
	if p.pos >= len(raw) || raw[p.pos] != '[' {
		return nil, fmt.Errorf("%w: expected an array", ErrDamaged)
	}
	var out [][]byte
	for p.pos++; ; {
		p.space()
		if p.pos >= len(raw) {
			return nil, p.end()
		}
		if raw[p.pos] == ']' {
			return out, nil
		}
		from := p.pos
		if _, err := p.value(); err != nil {
			return nil, err
		}
		out = append(out, raw[from:p.pos:p.pos])
	}
}
