package edxml

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"strings"
)

var zipMagic = []byte("PK\x03\x04")

// unwrap undoes the ZIP with one entry in which the reference library hides
// every file that is no pdf, doc, docx or zip; the writer's wraps is its other
// side. A name ending in .zip means the archive itself. A ZIP that cannot be
// opened stays as it is, with a warning. inner is the entry's name, "" when
// nothing was unwrapped.
func (p *Packet) unwrap(name string, sp *spool, files *spools) (out *spool, inner string, err error) {
	if extension(name) == ".zip" {
		return sp, "", nil
	}
	f, err := os.Open(sp.path)
	if err != nil {
		return nil, "", err
	}
	defer f.Close()
	entry, ok := soleEntry(f, sp.size)
	if !ok {
		if damagedZip(f, sp.size) {
			p.warn("Tệp nén “%s” hỏng, giữ nguyên như đã nhận.", short(name))
		}
		return sp, "", nil
	}
	if plain(name) && officePart(entry.Name) {
		return sp, "", nil
	}
	if traverses(entry.Name) {
		return nil, "", fmt.Errorf("%w: %.80q in a ZIP", ErrTraversal, entry.Name)
	}
	out, err = inflate(entry, files)
	var damage *damagedEntry
	if errors.As(err, &damage) {
		p.warn("Tệp nén “%s” hỏng, giữ nguyên như đã nhận.", short(name))
		return sp, "", nil
	}
	if err != nil {
		return nil, "", err
	}
	if head, err := out.head(); err != nil || archive(name) && !bytes.HasPrefix(head, zipMagic) {
		return sp, "", err
	}
	return out, entry.Name, nil
}

func extension(name string) string { return strings.ToLower(path.Ext(name)) }

// plain tells which files travel as they are in the reference library; every
// other kind is wrapped.
func plain(name string) bool {
	switch extension(name) {
	case ".pdf", ".doc", ".docx", ".zip":
		return true
	}
	return false
}

// archive tells that a file of this name is itself a ZIP: what is unwrapped
// from it must be one too.
func archive(name string) bool { return extension(name) == ".kmz" || extension(name) == ".jar" }

// officePart tells an entry of an Office document, which is no wrapping: Word
// saves those under .doc too.
func officePart(entry string) bool {
	for _, part := range []string{"mimetype", "[Content_Types].xml", "_rels/", "docProps/", "word/", "xl/", "ppt/", "customXml/"} {
		if strings.HasPrefix(entry, part) {
			return true
		}
	}
	return false
}

// damagedEntry marks an error of the ZIP's content apart from those of the disk
// and the limit.
type damagedEntry struct{ err error }

// Error is that of the ZIP reader.
func (d *damagedEntry) Error() string { return d.err.Error() }

func inflate(entry *zip.File, files *spools) (*spool, error) {
	return files.fill(func(w io.Writer) error {
		r, err := entry.Open()
		if err != nil {
			return &damagedEntry{err}
		}
		defer r.Close()
		// The size the entry claims is not believed: w has its own limit.
		_, err = io.Copy(w, damageReader{r})
		return err
	})
}

// damageReader marks read errors as damage, so that io.Copy's two sides can be
// told apart.
type damageReader struct{ r io.Reader }

// Read reads the entry.
func (d damageReader) Read(p []byte) (int, error) {
	n, err := d.r.Read(p)
	if err != nil && err != io.EOF {
		err = &damagedEntry{err}
	}
	return n, err
}

const (
	eocdSize = 22 // end of central directory without its comment
	maxEOCD  = eocdSize + 1<<16
	// maxDirectory bounds a directory of one entry: name, extra field and
	// comment may hold 64 KB each.
	maxDirectory = 46 + 3<<16
)

// soleEntry opens a ZIP if its directory has exactly one file that is not
// encrypted. The end record is read by hand first: archive/zip would hold a
// directory of millions of entries in memory.
func soleEntry(f *os.File, size int64) (*zip.File, bool) {
	end, at := endRecord(f, size)
	if end == nil {
		return nil, false
	}
	count := binary.LittleEndian.Uint16(end[10:])
	length := int64(binary.LittleEndian.Uint32(end[12:]))
	start := int64(binary.LittleEndian.Uint32(end[16:]))
	if count != 1 || length > maxDirectory || start+length != at {
		return nil, false
	}
	z, err := zip.NewReader(f, size)
	if err != nil || len(z.File) != 1 {
		return nil, false
	}
	entry := z.File[0]
	encrypted := entry.Flags&1 != 0
	return entry, !encrypted && !entry.FileInfo().IsDir()
}

// endRecord finds the end of central directory record and where it lies.
func endRecord(f *os.File, size int64) ([]byte, int64) {
	from := max(0, size-maxEOCD)
	b := make([]byte, size-from)
	if _, err := f.ReadAt(b, from); err != nil && err != io.EOF {
		return nil, 0
	}
	i := bytes.LastIndex(b, []byte("PK\x05\x06"))
	if i < 0 || len(b)-i < eocdSize {
		return nil, 0
	}
	return b[i : i+eocdSize], from + int64(i)
}

// damagedZip tells that a file starts like a ZIP and has no end of one.
func damagedZip(f *os.File, size int64) bool {
	head := make([]byte, len(zipMagic))
	if _, err := f.ReadAt(head, 0); err != nil || !bytes.Equal(head, zipMagic) {
		return false
	}
	end, _ := endRecord(f, size)
	return end == nil
}
