package pdf

import (
	"bytes"
	"fmt"
	"math"
)

// xrefEntry says where one object number stands. It is small, for a document may have 100,000.
type xrefEntry struct {
	offset int64 // kind 1; kind 2: number of the object stream
	sub    int32 // generation, of a free one the next; kind 2: index in the stream
	kind   byte  // 0 free, 1 in the file, 2 in an object stream
}

func (e xrefEntry) free() bool     { return e.kind == 0 }
func (e xrefEntry) inStream() bool { return e.kind == 2 }
func (e xrefEntry) stream() int    { return int(e.offset) }
func (e xrefEntry) index() int     { return int(e.sub) }

// gen is 0 for an object in a stream.
func (e xrefEntry) gen() int {
	if e.inStream() {
		return 0
	}
	return int(e.sub)
}

// Section is one cross-reference section: what one revision adds.
type Section struct {
	Offset  int64 // where it stands in the file
	End     int64 // just after its trailer dictionary, or after "endobj" of a cross-reference stream
	Stream  bool  // a cross-reference stream, not a table
	Hybrid  int64 // offset of the additional stream (/XRefStm) of a hybrid file, or 0
	Trailer *Dict // of a stream: its dictionary
	entries map[int]xrefEntry
	hybrid  map[int]xrefEntry
	own     int // object number of the stream
}

// Objects lists what the section defines: number → false when it frees the number. In a
// hybrid file the table and the additional stream are both listed.
func (s *Section) Objects() map[int]bool {
	out := make(map[int]bool, len(s.entries))
	for n, e := range s.hybrid {
		out[n] = !e.free()
	}
	for n, e := range s.entries {
		out[n] = out[n] || !e.free()
	}
	return out
}

// Sections returns the cross-reference sections, newest first.
func (f *File) Sections() []*Section { return f.sections }

// Refs returns every object that is in use, in no order.
func (f *File) Refs() []Ref {
	out := make([]Ref, 0, len(f.table))
	for n, e := range f.table {
		if !e.free() {
			out = append(out, Ref{Num: n, Gen: e.gen()})
		}
	}
	return out
}

// lastStartXref reads the number after the last "startxref".
func (f *File) lastStartXref() (int64, error) {
	const tail = 1 << 11
	from := max(0, f.size-tail)
	b, err := f.window(from, tail)
	if err != nil {
		return 0, err
	}
	at := bytes.LastIndex(b, []byte("startxref"))
	if at < 0 {
		return 0, fmt.Errorf("%w: no startxref", ErrDamaged)
	}
	p := &parser{data: b, pos: at + len("startxref"), base: from}
	return p.integer()
}

// readSections follows /Prev from the newest section and builds the table of objects.
func (f *File) readSections(start int64) error {
	f.table = map[int]xrefEntry{}
	seen := map[int64]bool{}
	total := 0
	for off := start; ; {
		if seen[off] || len(seen) >= maxSections {
			return fmt.Errorf("%w: cross-reference sections in a circle", ErrDamaged)
		}
		seen[off] = true
		s, err := f.readSection(off)
		if err != nil {
			return fmt.Errorf("cross-reference at %d: %w", off, err)
		}
		f.sections = append(f.sections, s)
		if total += len(s.entries) + len(s.hybrid); total > maxObjects {
			return fmt.Errorf("%w: too many objects", ErrDamaged)
		}
		f.merge(s)
		prev, ok := s.Trailer.Get("Prev").(Integer)
		if !ok {
			return nil
		}
		off = int64(prev)
	}
}

// merge adds what newer sections did not define. In a hybrid section the
// additional stream counts before the table where the table says free.
func (f *File) merge(s *Section) {
	for n, e := range s.entries {
		if h, ok := s.hybrid[n]; ok && e.free() {
			e = h
		}
		if _, known := f.table[n]; !known {
			f.table[n] = e
		}
	}
	for n, e := range s.hybrid {
		if _, known := f.table[n]; !known {
			f.table[n] = e
		}
	}
}

// readSection reads the section a startxref or /Prev names. The first one decides
// whether offsets count from the header or from the start of the file.
func (f *File) readSection(off int64) (*Section, error) {
	if len(f.sections) == 0 && f.header > 0 {
		f.shift = f.header
		if s, err := f.sectionAt(off + f.shift); err == nil {
			return s, nil
		}
		f.shift = 0
	}
	return f.sectionAt(off + f.shift)
}

func (f *File) sectionAt(off int64) (*Section, error) {
	b, err := f.window(off, 64)
	if err != nil {
		return nil, err
	}
	p := &parser{data: b, base: off}
	p.space()
	if bytes.HasPrefix(b[p.pos:], []byte("xref")) {
		return f.readTable(off)
	}
	return f.readXRefStream(off)
}

func (f *File) readTable(off int64) (*Section, error) {
	var s *Section
	err := f.parseAt(off, 1<<14, maxTable, func(p *parser) error {
		s = &Section{Offset: off, entries: map[int]xrefEntry{}}
		if err := p.keyword("xref"); err != nil {
			return err
		}
		if err := readSubsections(p, s.entries); err != nil {
			return err
		}
		v, err := p.value()
		if err != nil {
			return err
		}
		d, ok := v.(*Dict)
		if !ok {
			return p.damaged("expected the trailer dictionary")
		}
		s.Trailer, s.End = d, p.offset(p.pos)
		return nil
	})
	if err != nil {
		return nil, err
	}
	return s, f.readHybrid(s)
}

// readSubsections reads the lines of a table up to and with the word "trailer".
func readSubsections(p *parser, entries map[int]xrefEntry) error {
	for {
		p.space()
		at := p.pos
		w, err := p.word()
		if err != nil {
			return err
		}
		if w == "trailer" {
			return nil
		}
		p.pos = at
		first, err := p.integer()
		if err != nil {
			return err
		}
		count, err := p.integer()
		if err != nil {
			return err
		}
		if first < 0 || count < 0 || first+count > 8*maxObjects || count > maxObjects {
			return p.damaged("cross-reference subsection")
		}
		for n := range count {
			if err := readTableEntry(p, int(first+n), entries); err != nil {
				return err
			}
		}
	}
}

func readTableEntry(p *parser, num int, entries map[int]xrefEntry) error {
	off, err := p.integer()
	if err != nil {
		return err
	}
	gen, err := p.integer()
	if err != nil {
		return err
	}
	p.space()
	w, err := p.word()
	if err != nil {
		return err
	}
	if off < 0 || gen < 0 || gen > math.MaxUint16 || (w != "n" && w != "f") {
		return p.damaged("cross-reference entry")
	}
	e := xrefEntry{offset: off, sub: int32(gen)}
	if w == "n" && off > 0 { // offset 0 in use: some writers mean a free entry
		e.kind = 1
	}
	if _, twice := entries[num]; !twice {
		entries[num] = e
	}
	return nil
}

func (f *File) readHybrid(s *Section) error {
	at, ok := s.Trailer.Get("XRefStm").(Integer)
	if !ok {
		return nil
	}
	extra, err := f.readXRefStream(int64(at) + f.shift)
	if err != nil {
		return fmt.Errorf("hybrid: %w", err)
	}
	s.Hybrid, s.hybrid = extra.Offset, extra.entries
	return nil
}
