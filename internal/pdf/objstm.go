package pdf

import "fmt"

// objectStream is a decoded object stream: several objects in one compressed piece.
type objectStream struct {
	data  []byte
	nums  []int
	start []int
}

func (f *File) readCompressed(num int, e xrefEntry) (cached, error) {
	s, err := f.objectStream(e.stream())
	if err != nil {
		return cached{}, err
	}
	if e.index() < 0 || e.index() >= len(s.nums) || s.nums[e.index()] != num {
		return cached{}, fmt.Errorf("%w: not in object stream %d", ErrDamaged, e.stream())
	}
	end := min(len(s.data), s.start[e.index()]+maxObject)
	p := &parser{data: s.data[:end], pos: s.start[e.index()], base: -1}
	p.space()
	from := p.pos
	v, err := p.value()
	if err != nil {
		return cached{}, err
	}
	if f.work -= int64(p.pos - from); f.work < 0 {
		return cached{}, fmt.Errorf("%w: too much to parse", ErrDamaged)
	}
	loc := Location{Offset: -1, End: -1, In: Ref{Num: e.stream()}, Index: e.index()}
	return cached{value: v, raw: s.data[from:p.pos:p.pos], loc: loc, cost: 256 + 4*(p.pos-from)}, nil
}

// objectStream decodes object stream num and keeps it.
func (f *File) objectStream(num int) (*objectStream, error) {
	if s, ok := f.objStms[num]; ok {
		return s, nil
	}
	if e, ok := f.table[num]; !ok || e.free() || e.inStream() {
		return nil, fmt.Errorf("%w: object stream %d is missing", ErrDamaged, num)
	}
	v, err := f.Object(Ref{Num: num})
	if err != nil {
		return nil, err
	}
	stm, ok := v.(*Stream)
	if !ok || stm.Get("Type") != Name("ObjStm") {
		return nil, fmt.Errorf("%w: %d is not an object stream", ErrDamaged, num)
	}
	data, err := f.Decode(stm, 0)
	if err != nil {
		return nil, err
	}
	s, err := parseObjectStream(stm, data)
	if err != nil {
		return nil, err
	}
	f.keepStream(num, s)
	return s, nil
}

func (f *File) keepStream(num int, s *objectStream) {
	if f.stmSize += int64(len(s.data)); f.stmSize > maxStreams {
		f.objStms = map[int]*objectStream{}
		f.stmSize = int64(len(s.data))
	}
	f.objStms[num] = s
}

func parseObjectStream(stm *Stream, data []byte) (*objectStream, error) {
	n, ok1 := stm.Get("N").(Integer)
	first, ok2 := stm.Get("First").(Integer)
	if !ok1 || !ok2 || n < 0 || n > maxObjects || first < 0 || int64(first) > int64(len(data)) {
		return nil, fmt.Errorf("%w: object stream header", ErrDamaged)
	}
	s := &objectStream{data: data}
	p := &parser{data: data[:first], base: -1}
	for range n {
		num, err := p.integer()
		if err != nil {
			return nil, err
		}
		off, err := p.integer()
		if err != nil {
			return nil, err
		}
		if num < 0 || num > maxObjects*8 || off < 0 || off > int64(len(data))-int64(first) {
			return nil, fmt.Errorf("%w: object stream index", ErrDamaged)
		}
		s.nums = append(s.nums, int(num))
		s.start = append(s.start, int(first)+int(off))
	}
	return s, nil
}
