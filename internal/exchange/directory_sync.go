package exchange

import (
	"context"
	"errors"
	"fmt"

	"vanthu/internal/axis"
	"vanthu/internal/document"
	"vanthu/store"
)

// ErrShrunken: a list with less than half of the bodies of the last one. It is
// not believed, until the clerk asks for it again and it is the same.
var ErrShrunken = errors.New("the list of agencies has shrunk")

// errNoChanges: the axis has no list of changes worth asking for.
var errNoChanges = errors.New("no list of changes")

// Replace puts a new list in the place of the old one, however short it is; what
// is not in it any more stays as such. An empty list only renews the date of a
// directory that has entries.
func (d *Directory) Replace(list []axis.Agency) error {
	return d.takeList(context.Background(), func(take func(axis.Agency) error) error {
		for _, a := range list {
			if err := take(a); err != nil {
				return err
			}
		}
		return nil
	}, nil, false)
}

// each gives rows one after the other; an error of take ends it.
type each[T any] func(take func(T) error) error

// takeList replaces the directory by the axis's whole list, as it streams in. olds,
// which may be nil, names old codes apart from it; it is asked only when the list
// itself names none. Whatever error comes, the directory is as it was.
func (d *Directory) takeList(ctx context.Context, list, olds each[axis.Agency], guarded bool) error {
	old, err := d.sheet()
	if err != nil {
		return err
	}
	b := d.newBuild(ctx, old, true)
	defer b.close()
	n, mapped := 0, false
	err = list(func(a axis.Agency) error {
		n, mapped = n+1, mapped || a.OldCode != ""
		return b.take(row{Agency: a.Agency, id: a.ID, parent: a.Parent, olds: []document.Code{a.OldCode}})
	})
	if err != nil {
		return err
	}
	if n == 0 {
		old.At = d.Clock()
		return d.keep(old)
	}
	if !mapped && olds != nil {
		if err := olds(func(a axis.Agency) error { return b.mapping(a.Code, a.OldCode) }); err != nil {
			return err
		}
	}
	return b.finish(func(next *sheet) error { return judge(next, b, guarded) })
}

// judge decides on a whole list by its length.
func judge(next *sheet, b *build, guarded bool) error {
	if guarded && 2*b.listed < b.old.Rows && !about(b.listed, b.old.Refused) {
		refused := b.old
		refused.Refused = b.listed
		return errors.Join(shrunken(b.listed, b.old.Rows), b.d.keep(refused))
	}
	next.Listed, next.Rows, next.Refused = b.today, b.listed, 0
	return nil
}

// about tells whether two lists are of the same length but for a tenth.
func about(n, m int) bool { return 10*max(n-m, m-n) <= max(n, m) }

func shrunken(now, before int) error {
	return document.Refuse(ErrShrunken,
		fmt.Sprintf("Danh bạ cơ quan trên Trục chỉ còn %d cơ quan, lần trước có %d. Chương trình giữ danh bạ cũ.", now, before),
		"Hỏi đơn vị vận hành Trục. Nếu danh bạ đúng là đã rút gọn, cho thử lại việc này để nhận.")
}

// takeUnits applies the axis's list of changes since the newest one taken in, on
// top of the last sheet. errNoChanges when there are no versions in it or it
// gives what was taken in before: such a list costs as much as the whole one.
func (d *Directory) takeUnits(ctx context.Context, units func(since int64, take func(axis.Unit) error) error) error {
	old, err := d.sheet()
	if err != nil {
		return err
	}
	b := d.newBuild(ctx, old, false)
	defer b.close()
	var seen changes
	err = units(old.Version, func(u axis.Unit) error {
		seen.note(u, old.Version)
		return b.unit(u)
	})
	switch {
	case err != nil:
		return err
	case old.Version == 0 && seen.agencies == 0, seen.rows > 0 && seen.newest == 0:
		return errNoChanges
	case seen.rows == 0:
		old.At = d.Clock()
		return d.keep(old)
	}
	return b.finish(func(next *sheet) error {
		if next.Version = max(old.Version, seen.newest); 2*seen.stale > old.Rows {
			next.NoUnits = d.Clock() // taken in once more, but not asked for again
		}
		return nil
	})
}

// changes counts what is in a list of changes.
type changes struct {
	rows, agencies int
	stale          int // not newer than what was asked for
	newest         int64
}

func (c *changes) note(u axis.Unit, since int64) {
	c.rows++
	c.newest = max(c.newest, u.Version)
	if u.IsAgency {
		c.agencies++
	}
	if since > 0 && u.Version <= since {
		c.stale++
	}
}

// withoutUnits notes that the axis has no list of changes.
func (d *Directory) withoutUnits() error {
	s, err := d.sheet()
	if err != nil {
		return err
	}
	s.NoUnits = d.Clock()
	return d.keep(s)
}

// unit adds a row of the list of changes. What is no agency only gives its name
// to those below it.
func (b *build) unit(u axis.Unit) error {
	r := row{id: u.ID, parent: u.Parent, version: u.Version}
	r.Code, r.Name, r.Email = document.Code(u.Code), u.Name, u.Email
	if u.Deleted {
		r.ended = b.today
		if at, ok := rowTime(u.Modified); ok && !document.DateOf(at).After(b.today) {
			r.ended = document.DateOf(at)
		}
	}
	if !u.IsAgency {
		return b.parentOnly(r)
	}
	return b.take(r)
}

// finish makes the blobs and, when judge agrees, puts them into force.
func (b *build) finish(judge func(next *sheet) error) error {
	err := b.before()
	if err == nil {
		err = b.join()
	}
	var lines, names store.Hash
	if err == nil {
		lines, names, err = b.write()
	}
	if err != nil {
		return fmt.Errorf("directory: %w", err)
	}
	next := b.old
	if err := judge(&next); err != nil {
		return err
	}
	next.Lines, next.Names, next.Count, next.At = lines, names, b.force, b.d.Clock()
	return b.d.keep(next)
}

// listedOn is the day of the last whole list, this one if it is one.
func (b *build) listedOn() document.Date {
	if b.whole {
		return b.today
	}
	return b.old.Listed
}
