package store

import (
	"encoding/json"
	"fmt"
)

// journal proves the chain: sequence numbers without a gap, each entry's hash over
// its content and the hash before, the end where the bucket says it is, and each
// entry found under its record.
func (c *checker) journal(tx *Tx) error {
	var last JournalEntry
	err := c.each(tx, bucketJournal, "nhật ký", nil, func(key, payload []byte) error {
		var e JournalEntry
		if err := json.Unmarshal(payload, &e); err != nil || string(seqKey(e.Seq)) != string(key) {
			c.add(fmt.Sprintf("nhật ký, sau mục %d", last.Seq), "mục hỏng")
			return nil
		}
		c.linked(last, e)
		last = e
		return c.journalIndexed(tx, e)
	})
	if err != nil {
		return err
	}
	return c.journalEnd(tx, last)
}

// linked compares an entry with the one before it.
func (c *checker) linked(last, e JournalEntry) {
	where := fmt.Sprintf("nhật ký, mục %d", e.Seq)
	switch {
	case e.Seq != last.Seq+1:
		c.add(where, "thiếu mục %d trước mục này", last.Seq+1)
	case e.Prev != last.Hash:
		c.add(where, "không nối với mục trước: chuỗi mã băm bị đứt")
	}
	if e.Hash != e.sum() {
		c.add(where, "nội dung đã bị sửa: không khớp mã băm")
	}
}

func (c *checker) journalIndexed(tx *Tx, e JournalEntry) error {
	if e.Record == "" {
		return nil
	}
	ok, err := tx.has(bucketIndex, append(journalSpace(e.Record), seqKey(e.Seq)...))
	if err == nil && !ok {
		c.add(fmt.Sprintf("nhật ký, mục %d", e.Seq), "không có trong chỉ mục của %s", e.Record)
	}
	return err
}

// journalEnd finds entries cut off at the end, which the chain alone cannot.
func (c *checker) journalEnd(tx *Tx, last JournalEntry) error {
	var end uint64
	err := guard(func() error {
		b, err := bucket(tx.b, bucketJournal)
		if err == nil {
			end = b.Sequence()
		}
		return err
	})
	if err == nil && end != last.Seq {
		c.add("nhật ký", "phải có %d mục nhưng mục cuối là %d", end, last.Seq)
	}
	return err
}
