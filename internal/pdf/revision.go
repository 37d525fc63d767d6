package pdf

import (
	"bytes"
	"io"
)

// Revision is a prefix of the file that was the whole file when it was saved.
type Revision struct {
	Section *Section // the newest cross-reference section of this revision
	// StartXref is the offset of the word startxref that closes the revision.
	StartXref int64
	// EOF is the offset just after %%EOF; End is after the line end that follows it, if any.
	EOF, End int64
}

// Revisions lists the revisions, oldest first. The last one is the file as it
// stands; bytes after its End belong to no revision. A linearized file's two
// first sections are one revision. A section without a proper end (no
// startxref naming it, no %%EOF) yields no revision of its own.
func (f *File) Revisions() []Revision { return f.revs }

// Prefix opens the revision alone, as if nothing had been added later.
func (f *File) Prefix(r Revision) (*File, error) {
	return Open(io.NewSectionReader(f.r, 0, r.End), r.End)
}

func (f *File) findRevisions() {
	for i := len(f.sections) - 1; i >= 0; i-- {
		s := f.sections[i]
		r, named, ok := f.closing(s)
		if (!ok || named+f.shift != s.Offset) && i+1 < len(f.sections) && f.sections[i+1].Offset > s.Offset {
			// linearized: this section stands first in the file, its end follows the older section at the end
			r, named, ok = f.closing(f.sections[i+1])
		}
		if !ok || named+f.shift != s.Offset {
			continue
		}
		r.Section = s
		f.revs = append(f.revs, r)
	}
}

// closing reads "startxref N %%EOF" after the section.
func (f *File) closing(s *Section) (r Revision, named int64, ok bool) {
	b, err := f.window(s.End, 1024)
	if err != nil {
		return r, 0, false
	}
	p := &parser{data: b, base: s.End}
	at := bytes.Index(b, []byte("startxref"))
	if at < 0 {
		return r, 0, false
	}
	if p.space(); p.pos != at {
		return r, 0, false
	}
	p.pos += len("startxref")
	if named, err = p.integer(); err != nil {
		return r, 0, false
	}
	for p.pos < len(b) && isSpace(b[p.pos]) {
		p.pos++
	}
	if !bytes.HasPrefix(b[p.pos:], []byte("%%EOF")) {
		return r, 0, false
	}
	p.pos += len("%%EOF")
	r.StartXref, r.EOF = s.End+int64(at), s.End+int64(p.pos)
	r.End = r.EOF + int64(lineEnd(b[p.pos:]))
	return r, named, true
}

// lineEnd is the length of the line end b starts with: 0, 1 or 2.
func lineEnd(b []byte) int {
	switch {
	case bytes.HasPrefix(b, []byte("\r\n")):
		return 2
	case len(b) > 0 && (b[0] == '\n' || b[0] == '\r'):
		return 1
	}
	return 0
}
