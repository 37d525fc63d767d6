package pdf

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"sort"
)

// Update collects new and changed objects and writes them as one more revision
// after the bytes of the file. The new section is of the kind of the last one
// (table or stream) and takes over every trailer entry as it stands.
type Update struct {
	f       *File
	objects map[Ref][]byte
	next    int
}

// NewUpdate starts a revision on top of the file.
func (f *File) NewUpdate() *Update {
	next := 1
	if n, ok := f.trailer.Get("Size").(Integer); ok && n > 0 && n <= 8*maxObjects {
		next = int(n)
	}
	for n := range f.table {
		next = max(next, n+1)
	}
	for _, s := range f.sections {
		next = max(next, s.own+1)
	}
	return &Update{f: f, objects: map[Ref][]byte{}, next: next}
}

// Reserve gives the next unused object number.
func (u *Update) Reserve() Ref {
	r := Ref{Num: u.next}
	u.next++
	return r
}

// Put sets the body of an object: what stands between "obj" and "endobj".
func (u *Update) Put(ref Ref, body []byte) {
	u.next = max(u.next, ref.Num+1)
	u.objects[ref] = body
}

// Add puts a new object and returns its reference.
func (u *Update) Add(body []byte) Ref {
	r := u.Reserve()
	u.Put(r, body)
	return r
}

// Body returns what the update will write for ref, or the bytes of the file when it does not change it.
func (u *Update) Body(ref Ref) ([]byte, error) {
	if b, ok := u.objects[ref]; ok {
		return b, nil
	}
	return u.f.Raw(ref)
}

// Span is where an object of the update stands in the new file: its body, without "obj" and "endobj".
type Span struct{ Start, End int64 }

// Tail is what has to be appended to the file.
type Tail struct {
	Bytes []byte
	Spans map[Ref]Span // absolute offsets in the new file
}

// Tail writes the revision.
func (u *Update) Tail() (Tail, error) {
	refs := make([]Ref, 0, len(u.objects))
	for r := range u.objects {
		refs = append(refs, r)
	}
	sort.Slice(refs, func(i, j int) bool { return refs[i].Num < refs[j].Num })
	t := Tail{Spans: map[Ref]Span{}}
	var b bytes.Buffer
	if err := u.startLine(&b); err != nil {
		return t, err
	}
	offsets := make(map[int]int64, len(refs)+1)
	for _, r := range refs {
		offsets[r.Num] = u.f.size + int64(b.Len())
		fmt.Fprintf(&b, "%d %d obj\n", r.Num, r.Gen)
		start := u.f.size + int64(b.Len())
		b.Write(u.objects[r])
		t.Spans[r] = Span{start, u.f.size + int64(b.Len())}
		b.WriteString("\nendobj\n")
	}
	at := u.f.size + int64(b.Len())
	if at-u.f.shift > 9_999_999_999 {
		return t, fmt.Errorf("%w: file too large for a cross-reference", ErrDamaged)
	}
	if u.f.sections[0].Stream {
		u.writeStream(&b, refs, offsets, at)
	} else {
		u.writeTable(&b, refs, offsets)
	}
	fmt.Fprintf(&b, "startxref\n%d\n%%%%EOF\n", at-u.f.shift)
	t.Bytes = b.Bytes()
	return t, nil
}

// startLine ends the last line of the file when it is open.
func (u *Update) startLine(b *bytes.Buffer) error {
	last, err := u.f.window(u.f.size-1, 1)
	if err != nil {
		return err
	}
	if last[0] != '\n' && last[0] != '\r' {
		b.WriteByte('\n')
	}
	return nil
}

func (u *Update) writeTable(b *bytes.Buffer, refs []Ref, offsets map[int]int64) {
	b.WriteString("xref\n")
	for i := 0; i < len(refs); {
		n := 1
		for i+n < len(refs) && refs[i+n].Num == refs[i].Num+n {
			n++
		}
		fmt.Fprintf(b, "%d %d\n", refs[i].Num, n)
		for _, r := range refs[i : i+n] {
			fmt.Fprintf(b, "%010d %05d n \n", offsets[r.Num]-u.f.shift, r.Gen)
		}
		i += n
	}
	b.WriteString("trailer\n")
	b.Write(u.trailer(b.Bytes()).Bytes())
	b.WriteByte('\n')
}

func (u *Update) writeStream(b *bytes.Buffer, refs []Ref, offsets map[int]int64, at int64) {
	own := u.Reserve()
	refs = append(refs, own)
	offsets[own.Num] = at
	var data bytes.Buffer
	index := ""
	for i, r := range refs {
		off := offsets[r.Num] - u.f.shift
		data.Write([]byte{1, byte(off >> 32), byte(off >> 24), byte(off >> 16), byte(off >> 8), byte(off), byte(r.Gen >> 8), byte(r.Gen)})
		if i > 0 {
			index += " "
		}
		index += fmt.Sprintf("%d 1", r.Num)
	}
	d := u.trailer(b.Bytes()).With("Type", "/XRef").With("W", "[1 5 2]").With("Index", "["+index+"]")
	fmt.Fprintf(b, "%d 0 obj\n", own.Num)
	b.Write(StreamBody(d, data.Bytes()))
	b.WriteString("\nendobj\n")
}

// trailer carries over the entries of the newest trailer that describe the document, not the section.
func (u *Update) trailer(written []byte) *Dict {
	old := u.f.trailer
	d := old.Without("Prev", "Size", "XRefStm", "Type", "W", "Index", "Length", "Filter", "DecodeParms", "DL", "F", "FFilter", "FDecodeParms")
	d = d.With("Size", fmt.Sprint(u.next)).With("Prev", fmt.Sprint(u.f.sections[0].Offset-u.f.shift))
	if id, ok := old.Get("ID").(Array); ok && len(id) == 2 {
		if first, ok := id[0].(String); ok {
			sum := sha256.Sum256(append(fmt.Appendf(nil, "%d %x ", u.f.size, first.Bytes), written...))
			d = d.With("ID", "["+WriteHex(first.Bytes)+" "+WriteHex(sum[:16])+"]")
		}
	}
	return d
}

// StreamBody writes a stream with the dictionary and its data as given; /Length is set.
func StreamBody(d *Dict, data []byte) []byte {
	var b bytes.Buffer
	b.Write(d.With("Length", fmt.Sprint(len(data))).Bytes())
	b.WriteString("\nstream\n")
	b.Write(data)
	b.WriteString("\nendstream")
	return b.Bytes()
}
