package store

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
)

// Fault is one difference found by Check. Both texts are Vietnamese, for the
// clerk and whoever runs the machine.
type Fault struct {
	Where string // "sổ den/2026, số 7"
	What  string
}

// String is both in one line.
func (f Fault) String() string { return f.Where + ": " + f.What }

// maxFaults is how many faults Check names; after the first few the rest tells
// nothing new.
const maxFaults = 50

// Check proves the store against itself: pages and checksums, the journal's
// chain, counters and lines of the registers, lines and records, indexes and
// records in both directions, jobs, and that every blob named holds the bytes of
// its hash. It names the first differences; none means the store is whole. An
// error means that the check itself could not be made. Writers wait until the
// blobs' turn.
func (s *Store) Check() ([]Fault, error) {
	c := &checker{keys: map[string]struct{}{}, blobs: map[Hash]string{}}
	s.write.Lock()
	err := s.View(c.metadata)
	s.write.Unlock()
	if errors.Is(err, ErrDamaged) {
		c.add("tệp "+fileName, "không đọc được: %v", err)
		err = nil
	}
	if err != nil {
		return nil, fmt.Errorf("check store: %w", err)
	}
	s.checkBlobs(c)
	if c.more > 0 {
		c.faults = append(c.faults, Fault{"kho dữ liệu", fmt.Sprintf("còn %d lỗi khác không liệt kê", c.more)})
	}
	return c.faults, nil
}

// checker gathers faults and what later steps need of earlier ones.
type checker struct {
	faults []Fault
	more   int                 // faults beyond maxFaults
	keys   map[string]struct{} // keys of all records
	blobs  map[Hash]string     // named blob → who names it
}

func (c *checker) add(where, what string, args ...any) {
	if len(c.faults) >= maxFaults {
		c.more++
		return
	}
	c.faults = append(c.faults, Fault{where, fmt.Sprintf(what, args...)})
}

// metadata checks everything in the bbolt file. The pages come first: what follows
// trusts them.
func (c *checker) metadata(tx *Tx) error {
	if err := guard(func() error { return checkPages(tx.b) }); err != nil {
		return err
	}
	steps := []func(*Tx) error{c.pages, c.records, c.index, c.registers, c.jobs, c.journal, c.values}
	for _, step := range steps {
		if err := step(tx); err != nil {
			return err
		}
	}
	return nil
}

// each walks a bucket of envelopes and reports those that do not open.
func (c *checker) each(tx *Tx, name, where string, prefix []byte, fn func(key, payload []byte) error) error {
	for p, err := range tx.scan(span{bucket: name, prefix: prefix}) {
		if err != nil {
			return err
		}
		payload, err := unseal(name, p.key, p.value)
		if err != nil {
			c.add(fmt.Sprintf("%s %q", where, readable(p.key)), "giá trị không khớp mã kiểm")
			continue
		}
		if err := fn(p.key, payload); err != nil {
			return err
		}
	}
	return nil
}

// readable cuts a key short and drops what does not print.
func readable(key []byte) string {
	out := make([]rune, 0, len(key))
	for _, r := range string(key) {
		if r >= ' ' && r != '\uFFFD' && len(out) < 80 {
			out = append(out, r)
		}
	}
	return string(out)
}

func (c *checker) records(tx *Tx) error {
	return c.each(tx, bucketRecords, "bản ghi", nil, func(key, payload []byte) error {
		kind, rest, ok := cutTerm(key)
		where := fmt.Sprintf("bản ghi %s %s", kind, rest)
		s, err := decodeStored(payload, &tx.s.squeezer)
		if !ok || err != nil || !json.Valid(s.payload) {
			c.add(where, "nội dung hỏng")
			return nil
		}
		c.keys[string(rest)] = struct{}{}
		for _, h := range s.blobs {
			c.blobs[h] = where // one of those who name it
		}
		return c.indexed(tx, where, kind, string(rest), s.entries)
	})
}

// indexed looks for the index entries a record claims.
func (c *checker) indexed(tx *Tx, where, kind, key string, entries []Entry) error {
	for _, e := range entries {
		ok, err := tx.has(bucketIndex, indexKey(kind, key, e))
		if err != nil {
			return err
		}
		if !ok {
			c.add(where, "không có trong chỉ mục %s (giá trị %q)", e.Index, e.Value)
		}
	}
	return nil
}

// space is the first byte of an index key.
func space(key []byte) byte {
	if len(key) == 0 {
		return 0
	}
	return key[0]
}

// has tells whether a key is there, without looking at its value.
func (tx *Tx) has(name string, key []byte) (found bool, err error) {
	err = guard(func() error {
		b, err := bucket(tx.b, name)
		if err == nil {
			k, _ := b.Cursor().Seek(key)
			found = string(k) == string(key)
		}
		return err
	})
	return found, err
}

// index walks the index the other way: each entry is claimed by what it names.
func (c *checker) index(tx *Tx) error {
	for p, err := range tx.scan(span{bucket: bucketIndex}) {
		if err != nil {
			return err
		}
		if len(p.value) != 0 {
			c.add("chỉ mục", "mục %q mang giá trị lạ", readable(p.key))
		}
		switch space(p.key) {
		case spaceRecord:
			err = c.recordEntry(tx, p.key)
		case spaceJournal:
			err = c.journalEntry(tx, p.key)
		default:
			c.add("chỉ mục", "mục lạ %q", readable(p.key))
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (c *checker) recordEntry(tx *Tx, key []byte) error {
	kind, rest, ok1 := cutTerm(key[1:])
	index, rest, ok2 := cutTerm(rest)
	value, rest, ok3 := cutTerm(rest)
	if !ok1 || !ok2 || !ok3 {
		c.add("chỉ mục", "mục hỏng %q", readable(key))
		return nil
	}
	s, err := tx.stored(recordKey(kind, string(rest)))
	switch {
	case errors.Is(err, ErrNotFound):
		c.add("chỉ mục "+index, "trỏ đến bản ghi %s %s không tồn tại", kind, rest)
	case errors.Is(err, ErrDamaged): // reported where the record was walked
	case err != nil:
		return err
	case !slices.Contains(s.entries, Entry{index, value}):
		c.add("chỉ mục "+index, "bản ghi %s %s không mang giá trị %q", kind, rest, value)
	}
	return nil
}

func (c *checker) journalEntry(tx *Tx, key []byte) error {
	record, seq, ok := cutTerm(key[1:])
	if !ok || len(seq) != 8 {
		c.add("chỉ mục nhật ký", "mục hỏng %q", readable(key))
		return nil
	}
	var e JournalEntry
	err := tx.getJSON(bucketJournal, seq, &e)
	switch {
	case errors.Is(err, ErrNotFound):
		c.add("chỉ mục nhật ký", "trỏ đến mục nhật ký không tồn tại của %s", record)
	case errors.Is(err, ErrDamaged): // reported where the journal was walked
	case err != nil:
		return err
	case e.Record != record:
		c.add("chỉ mục nhật ký", "mục %d là của %s, không phải của %s", e.Seq, e.Record, record)
	}
	return nil
}

func (c *checker) jobs(tx *Tx) error {
	return c.each(tx, bucketJobs, "việc chờ gửi", nil, func(key, payload []byte) error {
		var j Job
		switch err := json.Unmarshal(payload, &j); {
		case err != nil:
			c.add(fmt.Sprintf("việc chờ gửi %s", key), "nội dung hỏng")
		case j.ID != string(key):
			c.add(fmt.Sprintf("việc chờ gửi %s", key), "mang mã khác: %s", j.ID)
		case j.State != Waiting && j.State != Held:
			c.add(fmt.Sprintf("việc chờ gửi %s", key), "trạng thái lạ %q", j.State)
		}
		return nil
	})
}

func (c *checker) values(tx *Tx) error {
	return c.each(tx, bucketValues, "giá trị", nil, func(key, payload []byte) error {
		if !json.Valid(payload) {
			c.add(fmt.Sprintf("giá trị %s", key), "nội dung hỏng")
		}
		return nil
	})
}

// pages lets bbolt check its pages too: it knows which are free.
func (c *checker) pages(tx *Tx) error {
	return guard(func() error {
		for err := range tx.b.Check() {
			c.add("tệp "+fileName, "cấu trúc trang sai: %v", err)
		}
		return nil
	})
}

// checkBlobs reads every blob a record names.
func (s *Store) checkBlobs(c *checker) {
	for h, where := range c.blobs {
		switch err := verifyFile(s.BlobPath(h), h); {
		case err == nil:
		case errors.Is(err, ErrDamaged):
			c.add(where, "tệp lưu %s đã bị thay đổi", h)
		default:
			c.add(where, "không đọc được tệp lưu %s: %v", h, err)
		}
	}
}
