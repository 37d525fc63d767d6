package store

import (
	"bytes"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
)

// Record is what callers keep: a JSON value with a kind, a key unique in its
// kind, index entries and the blobs it names. Kind must work on a zero value.
type Record interface {
	Kind() string
	Key() string
	Index() []Entry
	Blobs() []Hash
}

// Entry puts a record into an index. Values sort as bytes and may hold any.
type Entry struct{ Index, Value string }

// stored is a record as it lies in its envelope. It carries its own index
// entries so that the next Put can replace them without asking the caller what
// they used to be.
type stored struct {
	entries []Entry
	blobs   []Hash
	payload []byte
}

// Put writes the record and replaces its index entries. A blob it names for the
// first time must exist.
func (tx *Tx) Put(r Record) error {
	if err := tx.put1(r); err != nil {
		return fmt.Errorf("put %s %s: %w", r.Kind(), r.Key(), err)
	}
	return nil
}

func (tx *Tx) put1(r Record) error {
	next, err := pack(r)
	if err != nil {
		return err
	}
	key := recordKey(r.Kind(), r.Key())
	old, err := tx.stored(key)
	if err != nil && !errors.Is(err, ErrNotFound) {
		return err
	}
	if err := tx.s.mustHave(next.blobs, old.blobs); err != nil {
		return err
	}
	if err := tx.put(bucketRecords, key, next.encode(&tx.s.squeezer)); err != nil {
		return err
	}
	return tx.reindex(r.Kind(), r.Key(), old.entries, next.entries)
}

// pack checks what the caller hands over, before anything is written.
func pack(r Record) (stored, error) {
	s := stored{entries: slices.Clone(r.Index()), blobs: slices.Clone(r.Blobs())}
	err := errors.Join(checkName("kind", r.Kind(), maxName), checkName("key", r.Key(), maxKey))
	for _, e := range s.entries {
		err = errors.Join(err, checkName("index", e.Index, maxName))
		if len(e.Value) > maxValue {
			err = errors.Join(err, invalid("value of index %s of %d bytes, at most %d", e.Index, len(e.Value), maxValue))
		}
	}
	for _, h := range s.blobs {
		if !h.Valid() {
			err = errors.Join(err, invalid("%q is no blob hash", h))
		}
	}
	if err != nil {
		return stored{}, err
	}
	s.entries = distinct(s.entries, compareEntries)
	s.blobs = distinct(s.blobs, compareHashes)
	if s.payload, err = json.Marshal(r); err != nil {
		return stored{}, invalid("%v", err)
	}
	if len(s.payload) > maxRecord {
		return stored{}, invalid("record of %d bytes, at most %d", len(s.payload), maxRecord)
	}
	return s, nil
}

func distinct[T comparable](list []T, compare func(a, b T) int) []T {
	slices.SortFunc(list, compare)
	return slices.Compact(list)
}

func compareEntries(a, b Entry) int {
	if c := bytes.Compare([]byte(a.Index), []byte(b.Index)); c != 0 {
		return c
	}
	return bytes.Compare([]byte(a.Value), []byte(b.Value))
}

func compareHashes(a, b Hash) int { return bytes.Compare([]byte(a), []byte(b)) }

// reindex touches only the entries that differ: each costs a page.
func (tx *Tx) reindex(kind, key string, old, next []Entry) error {
	for _, e := range old {
		if !slices.Contains(next, e) {
			if err := tx.remove(bucketIndex, indexKey(kind, key, e)); err != nil {
				return err
			}
		}
	}
	for _, e := range next {
		if !slices.Contains(old, e) {
			if err := tx.mark(indexKey(kind, key, e)); err != nil {
				return err
			}
		}
	}
	return nil
}

// Get reads the record of r's kind under key into r. ErrNotFound, ErrDamaged.
func (tx *Tx) Get(key string, r Record) error {
	s, err := tx.stored(recordKey(r.Kind(), key))
	if err == nil {
		err = decode(s.payload, r)
	}
	if err != nil {
		return fmt.Errorf("get %s %s: %w", r.Kind(), key, err)
	}
	return nil
}

// Delete removes a record and its index entries. ErrNotFound. Its blobs are
// collected later when nothing else names them.
func (tx *Tx) Delete(kind, key string) error {
	if err := tx.delete1(kind, key); err != nil {
		return fmt.Errorf("delete %s %s: %w", kind, key, err)
	}
	return nil
}

func (tx *Tx) delete1(kind, key string) error {
	if err := tx.may(maintaining); err != nil {
		return err
	}
	old, err := tx.stored(recordKey(kind, key))
	if err != nil {
		return err
	}
	if err := tx.remove(bucketRecords, recordKey(kind, key)); err != nil {
		return err
	}
	return tx.reindex(kind, key, old.entries, nil)
}

func (tx *Tx) stored(key []byte) (stored, error) {
	payload, err := tx.get(bucketRecords, key)
	if err != nil {
		return stored{}, err
	}
	return decodeStored(payload, &tx.s.squeezer)
}

// encode writes counts and lengths as uvarints: entries (index, value), blobs
// (32 bytes each), the length of the JSON when it is deflated and else 0, then the
// JSON to the end.
func (s stored) encode(z *squeezer) []byte {
	out := binary.AppendUvarint(nil, uint64(len(s.entries)))
	for _, e := range s.entries {
		out = appendText(appendText(out, e.Index), e.Value)
	}
	out = binary.AppendUvarint(out, uint64(len(s.blobs)))
	for _, h := range s.blobs {
		raw, _ := hex.DecodeString(string(h)) // pack has checked it
		out = append(out, raw...)
	}
	if small := z.squeeze(s.payload); small != nil {
		return append(binary.AppendUvarint(out, uint64(len(s.payload))), small...)
	}
	return append(append(out, 0), s.payload...)
}

func appendText(out []byte, text string) []byte {
	return append(binary.AppendUvarint(out, uint64(len(text))), text...)
}

// decodeStored is the inverse of encode. The payload may alias b.
func decodeStored(b []byte, z *squeezer) (stored, error) {
	var s stored
	d := decoder{rest: b}
	for n := d.count(2); n > 0 && !d.bad; n-- {
		s.entries = append(s.entries, Entry{Index: d.text(), Value: d.text()})
	}
	for n := d.count(hashSize); n > 0 && !d.bad; n-- {
		s.blobs = append(s.blobs, Hash(hex.EncodeToString(d.take(hashSize))))
	}
	size := d.number()
	if d.bad {
		return stored{}, damaged("record envelope is cut or garbled")
	}
	if s.payload = d.rest; size == 0 {
		return s, nil
	}
	var err error
	s.payload, err = z.swell(d.rest, size)
	return s, err
}

// decoder reads lengths it does not trust.
type decoder struct {
	rest []byte
	bad  bool
}

func (d *decoder) number() uint64 {
	n, used := binary.Uvarint(d.rest)
	if d.bad || used <= 0 {
		d.bad = true
		return 0
	}
	d.rest = d.rest[used:]
	return n
}

// count reads a number of items of at least size bytes each.
func (d *decoder) count(size int) uint64 {
	n := d.number()
	if n > uint64(len(d.rest))/uint64(size) {
		d.bad = true
		return 0
	}
	return n
}

func (d *decoder) take(n uint64) []byte {
	if d.bad || n > uint64(len(d.rest)) {
		d.bad = true
		return nil
	}
	out := d.rest[:n]
	d.rest = d.rest[n:]
	return out
}

func (d *decoder) text() string { return string(d.take(d.count(1))) }
