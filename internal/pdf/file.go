package pdf

import (
	"bytes"
	"errors"
	"fmt"
	"io"
)

// File is an opened PDF. Objects are read when asked for.
type File struct {
	r        io.ReaderAt
	size     int64
	header   int64 // offset of "%PDF-"
	shift    int64 // added to every offset of the cross-reference: header, or 0 for writers that count from byte 0
	version  string
	sections []*Section // newest first
	table    map[int]xrefEntry
	trailer  *Dict
	revs     []Revision

	cache     map[int]cached
	cacheSize int64
	objStms   map[int]*objectStream
	stmSize   int64
	resolving int
	work      int64 // bytes that may still be parsed
}

// cached is a parsed object with its raw bytes.
type cached struct {
	value Object
	raw   []byte
	loc   Location
	cost  int // bytes that keeping it keeps in memory, about
}

// Location tells where an object stands.
type Location struct {
	Offset int64 // of "12 0 obj"; -1 inside an object stream
	End    int64 // just after "endobj"; -1 inside an object stream
	In     Ref   // the object stream that holds it, or the zero Ref
	Index  int   // in that stream
}

// Open reads the cross-reference of a PDF of size bytes. The reader must stay
// valid as long as the File is used. Errors wrap ErrNotPDF, ErrDamaged or
// ErrEncrypted.
func Open(r io.ReaderAt, size int64) (*File, error) {
	f := &File{r: r, size: size, cache: map[int]cached{}, objStms: map[int]*objectStream{}}
	f.work = baseWork + workPerByte*size
	if err := f.readHeader(); err != nil {
		return nil, err
	}
	start, err := f.lastStartXref()
	if err != nil {
		return nil, err
	}
	if err := f.readSections(start); err != nil {
		return nil, err
	}
	f.trailer = f.sections[0].Trailer
	f.findRevisions()
	if f.trailer.Has("Encrypt") {
		return nil, ErrEncrypted
	}
	if _, err := f.Catalog(); err != nil {
		return nil, err
	}
	return f, nil
}

// Parse opens a PDF held in memory.
func Parse(b []byte) (*File, error) { return Open(bytes.NewReader(b), int64(len(b))) }

// Size is the length of the file in bytes.
func (f *File) Size() int64 { return f.size }

// Header is the offset of "%PDF-"; more than 0 when something stands before it.
func (f *File) Header() int64 { return f.header }

// Version is the version the header names, such as "1.7". The catalog may name a later one.
func (f *File) Version() string { return f.version }

// Trailer is the trailer of the newest revision.
func (f *File) Trailer() *Dict { return f.trailer }

// Catalog is the document catalog.
func (f *File) Catalog() (*Dict, error) {
	root, ok := f.trailer.Get("Root").(Ref)
	if !ok {
		return nil, fmt.Errorf("%w: no catalog", ErrDamaged)
	}
	d, err := f.Dict(root)
	if err != nil {
		return nil, fmt.Errorf("catalog: %w", err)
	}
	if d == nil {
		return nil, fmt.Errorf("%w: the catalog is missing", ErrDamaged)
	}
	return d, nil
}

// ReadAt reads bytes of the file as they stand.
func (f *File) ReadAt(b []byte, off int64) (int, error) { return f.r.ReadAt(b, off) }

func (f *File) readHeader() error {
	if f.size <= 0 {
		return ErrNotPDF
	}
	head, err := f.window(0, 1024)
	if err != nil {
		return err
	}
	at := bytes.Index(head, []byte("%PDF-"))
	if at < 0 || at+8 > len(head) {
		return ErrNotPDF
	}
	f.header = int64(at)
	f.version = string(head[at+5 : at+8])
	return nil
}

// window reads up to n bytes at off; fewer only at the end of the file.
func (f *File) window(off int64, n int) ([]byte, error) {
	if off < 0 || off >= f.size {
		return nil, fmt.Errorf("%w: offset %d outside the file", ErrDamaged, off)
	}
	if int64(n) > f.size-off {
		n = int(f.size - off)
	}
	b := make([]byte, n)
	if _, err := f.r.ReadAt(b, off); err != nil && !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("read at %d: %w", off, err)
	}
	return b, nil
}

// parseAt runs fn on a window at off of first bytes, with a larger one each
// time fn finds it too short, up to limit bytes.
func (f *File) parseAt(off int64, first, limit int, fn func(*parser) error) error {
	for n := first; ; n = min(4*n, limit) {
		b, err := f.window(off, n)
		if err != nil {
			return err
		}
		if f.work -= int64(len(b)); f.work < 0 {
			return fmt.Errorf("%w: too much to parse", ErrDamaged)
		}
		p := &parser{data: b, base: off, more: off+int64(len(b)) < f.size}
		err = fn(p)
		if !errors.Is(err, errShort) {
			return err
		}
		if n >= limit {
			return fmt.Errorf("%w: object at %d is too large", ErrDamaged, off)
		}
	}
}

// Object returns the object ref names. A free, unknown or superseded one is null (nil), as the format demands.
func (f *File) Object(ref Ref) (Object, error) {
	c, err := f.load(ref)
	return c.value, err
}

// Raw returns the bytes of the object between "obj" and "endobj", trimmed. Of a stream, the dictionary only.
func (f *File) Raw(ref Ref) ([]byte, error) {
	c, err := f.load(ref)
	return c.raw, err
}

// Locate tells where the object stands; ok is false for a free or unknown one.
func (f *File) Locate(ref Ref) (loc Location, ok bool, err error) {
	e, known := f.table[ref.Num]
	if !known || e.free() {
		return Location{}, false, nil
	}
	c, err := f.load(ref)
	return c.loc, err == nil && c.raw != nil, err
}

// Resolve follows o when it is a reference, and a reference to a reference, up to a limit.
func (f *File) Resolve(o Object) (Object, error) {
	for range maxDepth {
		ref, ok := o.(Ref)
		if !ok {
			return o, nil
		}
		var err error
		if o, err = f.Object(ref); err != nil {
			return nil, err
		}
	}
	return nil, fmt.Errorf("%w: references in a circle", ErrDamaged)
}

// Dict resolves o to a dictionary (of a stream: its dictionary); nil when it is something else or null.
func (f *File) Dict(o Object) (*Dict, error) {
	v, err := f.Resolve(o)
	switch d := v.(type) {
	case *Dict:
		return d, err
	case *Stream:
		return d.Dict, err
	}
	return nil, err
}

// Array resolves o to an array; nil when it is something else or null.
func (f *File) Array(o Object) (Array, error) {
	v, err := f.Resolve(o)
	a, _ := v.(Array)
	return a, err
}

func (f *File) load(ref Ref) (cached, error) {
	e, ok := f.table[ref.Num]
	if !ok || e.free() || e.gen() != ref.Gen {
		return cached{}, nil
	}
	if c, ok := f.cache[ref.Num]; ok {
		return c, nil
	}
	if f.resolving++; f.resolving > maxDepth {
		f.resolving--
		return cached{}, fmt.Errorf("%w: objects in a circle", ErrDamaged)
	}
	defer func() { f.resolving-- }()
	c, err := f.read(ref, e)
	if err != nil {
		return cached{}, fmt.Errorf("object %d %d: %w", ref.Num, ref.Gen, err)
	}
	f.keep(ref.Num, c)
	return c, nil
}

// firstWindow is what is read of an object at first. An object kept parsed keeps
// its window in memory, and a document has thousands of small ones.
const firstWindow = 512

func (f *File) read(ref Ref, e xrefEntry) (cached, error) {
	if e.inStream() {
		return f.readCompressed(ref.Num, e)
	}
	var c cached
	err := f.parseAt(e.offset+f.shift, firstWindow, maxObject, func(p *parser) (err error) {
		c, err = f.indirect(p, ref)
		return err
	})
	return c, err
}

// keep remembers a parsed object and forgets all of them when they become too many.
func (f *File) keep(num int, c cached) {
	f.cacheSize += int64(c.cost)
	if f.cacheSize > maxCache {
		f.cache = map[int]cached{}
		f.cacheSize = int64(c.cost)
	}
	f.cache[num] = c
}

// indirect reads "12 0 obj … endobj" and demands that it is the object asked for.
func (f *File) indirect(p *parser, want Ref) (cached, error) {
	p.space()
	start := p.offset(p.pos)
	num, err := p.integer()
	if err != nil {
		return cached{}, err
	}
	gen, err := p.integer()
	if err != nil {
		return cached{}, err
	}
	if err := p.keyword("obj"); err != nil {
		return cached{}, err
	}
	if num != int64(want.Num) || gen != int64(want.Gen) {
		return cached{}, p.damaged("another object stands here")
	}
	return f.body(p, start)
}

func (f *File) body(p *parser, start int64) (cached, error) {
	p.space()
	from := p.pos
	v, err := p.value()
	if err != nil {
		return cached{}, err
	}
	c := cached{value: v, raw: p.data[from:p.pos:p.pos], loc: Location{Offset: start}, cost: len(p.data) + 4*(p.pos-from)}
	p.space()
	w, err := p.word()
	if err != nil {
		return cached{}, err
	}
	if d, ok := v.(*Dict); ok && w == "stream" {
		return f.streamBody(p, c, d)
	}
	if w != "endobj" {
		return cached{}, p.damaged("expected endobj")
	}
	c.loc.End = p.offset(p.pos)
	return c, nil
}
