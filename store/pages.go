package store

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"io"
	"os"

	bolt "go.etcd.io/bbolt"
)

// The page checker reads the trees of the buckets from the file itself and trusts
// nothing: bbolt follows every offset it finds, and its own check does so in a
// goroutine where a memory fault ends the program. Only what passes here is given
// to it.
//
// A page is: id (8 bytes), flags (2), count (2), overflow (4), all little endian on
// the machines bbolt files move between; then count elements of 16 bytes: in a
// leaf flags, offset from the element, key size, value size (4 each); in a branch
// offset, key size (4 each), page (8).

const (
	pageHead    = 16
	elementSize = 16
	branchFlag  = 0x01
	leafFlag    = 0x02
)

// pageChecker walks trees of pages.
type pageChecker struct {
	file io.ReaderAt
	size int    // of a page, in bytes
	end  uint64 // pages in use
	seen map[uint64]bool
}

// checkPages proves the pages of all buckets; the error is of class ErrDamaged.
func checkPages(b *bolt.Tx) error {
	f, err := os.Open(b.DB().Path())
	if err != nil {
		return err
	}
	defer f.Close()
	size := b.DB().Info().PageSize
	p := pageChecker{file: f, size: size, end: uint64(b.Size()) / uint64(size), seen: map[uint64]bool{}}
	return p.buckets(b)
}

// buckets proves the tree of the bucket names first and then the tree of each.
func (p *pageChecker) buckets(b *bolt.Tx) error {
	if err := p.tree(uint64(b.Cursor().Bucket().RootPage()), nil, nil); err != nil {
		return err
	}
	for _, name := range bucketNames() {
		found, err := bucket(b, name)
		if err != nil {
			return err
		}
		root := uint64(found.RootPage())
		if root == 0 { // so small that it lies inside the tree of names
			continue
		}
		if err := p.tree(root, nil, nil); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
	}
	return nil
}

// tree proves the page id and what hangs on it; keys lie in [from, to), nil being
// no bound.
func (p *pageChecker) tree(id uint64, from, to []byte) error {
	raw, err := p.page(id)
	if err != nil {
		return err
	}
	flags, count := binary.LittleEndian.Uint16(raw[8:]), int(binary.LittleEndian.Uint16(raw[10:]))
	if flags != branchFlag && flags != leafFlag {
		return damaged("page %d is of kind %#x", id, flags)
	}
	if flags == branchFlag && count == 0 || pageHead+count*elementSize > len(raw) {
		return damaged("page %d has %d elements", id, count)
	}
	keys, err := elementKeys(raw, flags, count)
	if err != nil {
		return fmt.Errorf("page %d: %w", id, err)
	}
	for i, key := range keys {
		if i > 0 && bytes.Compare(keys[i-1], key) >= 0 || bytes.Compare(key, from) < 0 || to != nil && bytes.Compare(key, to) >= 0 {
			return damaged("page %d: keys out of order", id)
		}
	}
	if flags == leafFlag {
		return nil
	}
	return p.children(raw, keys, to)
}

func (p *pageChecker) children(raw []byte, keys [][]byte, to []byte) error {
	for i, key := range keys {
		next := to
		if i+1 < len(keys) {
			next = keys[i+1]
		}
		child := binary.LittleEndian.Uint64(raw[pageHead+i*elementSize+8:])
		if err := p.tree(child, key, next); err != nil {
			return err
		}
	}
	return nil
}

// page reads one page with its overflow; no page may belong to two.
func (p *pageChecker) page(id uint64) ([]byte, error) {
	if id < 2 || id >= p.end {
		return nil, damaged("page %d of %d", id, p.end)
	}
	raw := make([]byte, p.size)
	if _, err := p.file.ReadAt(raw, int64(id)*int64(p.size)); err != nil {
		return nil, damaged("page %d: %v", id, err)
	}
	overflow := uint64(binary.LittleEndian.Uint32(raw[12:]))
	if binary.LittleEndian.Uint64(raw) != id || id+overflow >= p.end {
		return nil, damaged("page %d has a wrong head", id)
	}
	for i := id; i <= id+overflow; i++ {
		if p.seen[i] {
			return nil, damaged("page %d belongs to two", i)
		}
		p.seen[i] = true
	}
	if overflow == 0 {
		return raw, nil
	}
	raw = make([]byte, p.size*int(overflow+1))
	if _, err := p.file.ReadAt(raw, int64(id)*int64(p.size)); err != nil {
		return nil, damaged("page %d: %v", id, err)
	}
	return raw, nil
}

// elementKeys cuts out the keys; keys and values must lie inside the page.
func elementKeys(raw []byte, flags uint16, count int) ([][]byte, error) {
	keys := make([][]byte, count)
	for i := range keys {
		at := pageHead + i*elementSize
		e := raw[at:]
		var offset, key, value uint64
		if flags == leafFlag {
			offset, key = uint64(binary.LittleEndian.Uint32(e[4:])), uint64(binary.LittleEndian.Uint32(e[8:]))
			value = uint64(binary.LittleEndian.Uint32(e[12:]))
		} else {
			offset, key = uint64(binary.LittleEndian.Uint32(e)), uint64(binary.LittleEndian.Uint32(e[4:]))
		}
		from := uint64(at) + offset
		if key == 0 && flags == leafFlag || from+key+value > uint64(len(raw)) {
			return nil, damaged("element %d lies outside", i)
		}
		keys[i] = raw[from : from+key]
	}
	return keys, nil
}
