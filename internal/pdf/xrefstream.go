package pdf

import "fmt"

// readXRefStream reads a cross-reference stream standing at off.
func (f *File) readXRefStream(off int64) (*Section, error) {
	var c cached
	var own int
	err := f.parseAt(off, 4096, maxObject, func(p *parser) error {
		num, err := p.integer()
		if err != nil {
			return err
		}
		gen, err := p.integer()
		if err != nil {
			return err
		}
		if num <= 0 || num > 8*maxObjects || gen < 0 {
			return p.damaged("cross-reference stream number")
		}
		if err := p.keyword("obj"); err != nil {
			return err
		}
		own = int(num)
		c, err = f.body(p, off)
		return err
	})
	if err != nil {
		return nil, err
	}
	stm, ok := c.value.(*Stream)
	if !ok || stm.Get("Type") != Name("XRef") {
		return nil, fmt.Errorf("%w: no cross-reference stands at %d", ErrDamaged, off)
	}
	s := &Section{Offset: off, End: c.loc.End, Stream: true, Trailer: stm.Dict, entries: map[int]xrefEntry{}, own: own}
	data, err := f.Decode(stm, 0)
	if err != nil {
		return nil, err
	}
	return s, readStreamEntries(s, data)
}

func readStreamEntries(s *Section, data []byte) error {
	w, err := fieldWidths(s.Trailer)
	if err != nil {
		return err
	}
	size, _ := s.Trailer.Get("Size").(Integer)
	index, ok := s.Trailer.Get("Index").(Array)
	if !ok {
		index = Array{Integer(0), size}
	}
	width := w[0] + w[1] + w[2]
	for i := 0; i+1 < len(index); i += 2 {
		first, ok1 := index[i].(Integer)
		count, ok2 := index[i+1].(Integer)
		if !ok1 || !ok2 || first < 0 || count < 0 || count > maxObjects || first+count > 8*maxObjects {
			return fmt.Errorf("%w: cross-reference index", ErrDamaged)
		}
		if int64(count)*int64(width) > int64(len(data)) {
			return fmt.Errorf("%w: cross-reference stream too short", ErrDamaged)
		}
		for n := range int(count) {
			e, err := streamEntry(data[:width], w)
			if err != nil {
				return err
			}
			data = data[width:]
			if _, twice := s.entries[int(first)+n]; !twice {
				s.entries[int(first)+n] = e
			}
		}
	}
	return nil
}

func fieldWidths(d *Dict) ([3]int, error) {
	var w [3]int
	a, _ := d.Get("W").(Array)
	if len(a) != 3 {
		return w, fmt.Errorf("%w: cross-reference widths", ErrDamaged)
	}
	for i := range w {
		n, ok := a[i].(Integer)
		if !ok || n < 0 || n > 8 {
			return w, fmt.Errorf("%w: cross-reference widths", ErrDamaged)
		}
		w[i] = int(n)
	}
	if w[0]+w[1]+w[2] == 0 {
		return w, fmt.Errorf("%w: cross-reference widths", ErrDamaged)
	}
	return w, nil
}

func streamEntry(line []byte, w [3]int) (xrefEntry, error) {
	kind := uint64(1)
	if w[0] > 0 {
		kind = bigEndian(line[:w[0]])
	}
	second := bigEndian(line[w[0] : w[0]+w[1]])
	third := bigEndian(line[w[0]+w[1]:])
	if second > 1<<40 || third > 1<<24 {
		return xrefEntry{}, fmt.Errorf("%w: cross-reference entry", ErrDamaged)
	}
	switch kind {
	case 0:
		return xrefEntry{sub: int32(third)}, nil
	case 1:
		return xrefEntry{kind: 1, offset: int64(second), sub: int32(third)}, nil
	case 2:
		return xrefEntry{kind: 2, offset: int64(second), sub: int32(third)}, nil
	}
	return xrefEntry{}, nil // unknown kinds are null, says the format
}

func bigEndian(b []byte) uint64 {
	var n uint64
	for _, c := range b {
		n = n<<8 | uint64(c)
	}
	return n
}
