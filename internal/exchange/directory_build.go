package exchange

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"

	"vanthu/internal/document"
	"vanthu/store"
)

// build makes a new sheet of what the axis lists and of the sheet before, in
// constant memory: two sorts over the disk.
//
// The first brings together what has to do with the same id of the axis: a body,
// the same body in the sheet before, and the bodies below it, which want its
// name. The second brings together what has the same key, and its result is
// the sheet.
type build struct {
	d     *Directory
	ctx   context.Context
	old   sheet
	whole bool          // the list is the whole one, not of changes
	today document.Date // of the list

	ids, keys *runs
	scratch   []byte

	listed int // different bodies listed
	force  int // bodies in force in the new sheet
}

// The kinds of lines of the first sort; a line is "id\tkind\t...".
const (
	idListed = '1' // code and name of the body with this id, as listed
	idBefore = '2' // the same in the sheet before
	idChild  = '3' // the line of a body below the one with this id
)

func (d *Directory) newBuild(ctx context.Context, old sheet, whole bool) *build {
	return &build{
		d: d, ctx: ctx, old: old, whole: whole, today: document.DateOf(d.Clock()),
		ids: &runs{dir: d.TempDir}, keys: &runs{dir: d.TempDir},
	}
}

// close removes what is left on the disk.
func (b *build) close() { _ = errors.Join(b.ids.close(), b.keys.close()) } // the next start sweeps

// take adds a body of the list. What cannot be looked up by a code is left out.
func (b *build) take(r row) error {
	if r.Code = codeField(r.Code); r.Code == "" {
		return nil
	}
	r.Name, r.InCharge, r.Email, r.id, r.parent = field(r.Name), field(r.InCharge), field(r.Email), field(r.id), field(r.parent)
	olds := r.olds
	r.olds = nil
	for _, c := range olds {
		r.had(codeField(c))
	}
	for _, c := range r.olds {
		if err := b.pair(c, kindAlias, r.Code); err != nil {
			return err
		}
	}
	return b.enter(r, kindListed, idListed)
}

// mapping adds an old code of a body that the list names without.
func (b *build) mapping(code, old document.Code) error {
	code, old = codeField(code), codeField(old)
	if code == "" || old == "" || code == old {
		return nil
	}
	return errors.Join(b.pair(old, kindAlias, code), b.pair(code, kindOld, old))
}

// parentOnly adds a body that is listed for those below it only.
func (b *build) parentOnly(r row) error {
	return b.name(field(r.id), idListed, "", field(r.Name))
}

func (b *build) pair(key document.Code, kind byte, code document.Code) error {
	b.scratch = pair(b.scratch[:0], key, kind, code)
	return b.keys.add(b.scratch)
}

func (b *build) name(id string, kind byte, code document.Code, name string) error {
	if id == "" {
		return nil
	}
	b.scratch = fmt.Appendf(b.scratch[:0], "%s\t%c\t%s\t%s", id, kind, code, name)
	return b.ids.add(b.scratch)
}

// enter adds a body to the sorts: to the first under its own id and under that
// of the body above it, without one straight to the second.
func (b *build) enter(r row, kind, idKind byte) error {
	if err := b.name(r.id, idKind, r.Code, r.Name); err != nil {
		return err
	}
	if r.parent == "" || r.parent == r.id || kind == kindListed && r.InCharge != "" {
		b.scratch = r.line(b.scratch[:0], kind)
		return b.keys.add(b.scratch)
	}
	b.scratch = r.line(fmt.Appendf(b.scratch[:0], "%s\t%c\t", r.parent, idChild), kind)
	return b.ids.add(b.scratch)
}

// before adds the sheet before.
func (b *build) before() error {
	p, err := b.d.open()
	if err != nil || p == nil {
		return err
	}
	defer p.close()
	lines := bufio.NewScanner(p.lines)
	lines.Buffer(nil, columns*(maxField+maxOlds*maxCode))
	for n := 0; lines.Scan(); n++ {
		if n%1024 == 0 && b.ctx.Err() != nil {
			return context.Cause(b.ctx)
		}
		if err := b.carry(lines.Bytes()); err != nil {
			return err
		}
	}
	return lines.Err()
}

// carry adds a line of the sheet before; one that cannot be read is left behind.
func (b *build) carry(line []byte) error {
	_, kind, _, ok := keyOf(line)
	if !ok || kind == kindAlias {
		if !ok {
			return nil
		}
		return b.keys.add(line)
	}
	r, ok := parseRow(string(line))
	if !ok {
		return nil
	}
	return b.enter(r, kindBody, idBefore)
}

// join goes through the first sort: bodies get the name of the one above them,
// and a body that has the id and the name of one before, but another code, had
// that one's code.
func (b *build) join() error {
	var group struct {
		id, name string
		listed   bool
		code     document.Code // as listed
	}
	return b.ids.each(b.ctx, func(line []byte) error {
		id, kind, rest, ok := keyOf(line)
		if !ok {
			return nil
		}
		if string(id) != group.id {
			group.id, group.name, group.listed, group.code = string(id), "", false, ""
		}
		if kind == idChild {
			return b.child(string(rest), group.name)
		}
		code, name, _ := bytes.Cut(rest, []byte{'\t'})
		switch {
		case kind == idListed && !group.listed:
			group.name, group.listed, group.code = string(name), true, document.Code(code)
		case kind == idBefore && !group.listed:
			group.name = string(name)
		case kind == idBefore && string(name) == group.name && group.code != "":
			return b.mapping(group.code, document.Code(code))
		}
		return nil
	})
}

// child passes the line of a body on, with the name of the one above it.
func (b *build) child(line, above string) error {
	_, kind, _, ok := keyOf([]byte(line))
	r, parsed := parseRow(line)
	if !ok || !parsed {
		return nil
	}
	if above != "" {
		r.InCharge = above
	}
	b.scratch = r.line(b.scratch[:0], kind)
	return b.keys.add(b.scratch)
}

// write goes through the second sort and puts both blobs into the store.
func (b *build) write() (lines, names store.Hash, err error) {
	f, err := os.CreateTemp(b.d.TempDir, "agencies-*.names")
	if err != nil {
		return "", "", err
	}
	defer func() { _ = errors.Join(f.Close(), os.Remove(f.Name())) }() // the next start sweeps
	index := bufio.NewWriterSize(f, 64<<10)
	lines, err = b.put(func(w io.Writer) error {
		s := &sheetWriter{build: b, w: bufio.NewWriterSize(w, 64<<10), names: index}
		if err := b.keys.each(b.ctx, s.line); err != nil {
			return err
		}
		return errors.Join(s.flush(), s.w.Flush())
	})
	if err == nil {
		err = index.Flush()
	}
	if err == nil {
		_, err = f.Seek(0, io.SeekStart)
	}
	if err == nil {
		names, _, err = b.d.Store.PutBlob(f, store.MaxBlob)
	}
	return lines, names, err
}

// put keeps what fill writes as a blob.
func (b *build) put(fill func(io.Writer) error) (store.Hash, error) {
	r, w := io.Pipe()
	done := make(chan struct{})
	go func() {
		defer close(done)
		w.CloseWithError(fill(w))
	}()
	h, _, err := b.d.Store.PutBlob(r, store.MaxBlob)
	r.CloseWithError(err) // ends fill when it is the store that failed
	<-done
	return h, err
}
