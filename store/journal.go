package store

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"iter"
	"strings"
	"time"

	bolt "go.etcd.io/bbolt"
)

// JournalEntry is one act. Hash is the SHA-256 (hex) over all other fields
// including Prev, the hash of the entry before; the first entry's Prev is "".
type JournalEntry struct {
	Seq    uint64    `json:"seq"` // from 1, no gaps
	Time   time.Time `json:"time"`
	Who    string    `json:"who,omitempty"`
	What   string    `json:"what"`
	Record string    `json:"record,omitempty"`
	Detail string    `json:"detail,omitempty"`
	Prev   string    `json:"prev,omitempty"`
	Hash   string    `json:"hash"`
}

// sum hashes the canonical form: a name, then numbers as 8 bytes big endian and
// texts with their length before them, so that no two entries look the same.
func (e JournalEntry) sum() string {
	b := []byte("vanthu journal 1\n")
	b = binary.BigEndian.AppendUint64(b, e.Seq)
	b = binary.BigEndian.AppendUint64(b, uint64(e.Time.Unix()))
	b = binary.BigEndian.AppendUint64(b, uint64(e.Time.Nanosecond()))
	for _, text := range []string{e.Who, e.What, e.Record, e.Detail, e.Prev} {
		b = binary.BigEndian.AppendUint64(b, uint64(len(text)))
		b = append(b, text...)
	}
	hash := sha256.Sum256(b)
	return hex.EncodeToString(hash[:])
}

// writeJournal adds the entry of the act at the end of the chain.
func (tx *Tx) writeJournal() error {
	if err := checkText("record", tx.act.Record, maxKey); err != nil {
		return err
	}
	last, err := tx.lastEntry()
	if err != nil {
		return err
	}
	e := JournalEntry{Seq: last.Seq + 1, Time: tx.now.UTC().Round(0), Who: clean(tx.act.Who), What: clean(tx.act.What),
		Record: tx.act.Record, Detail: clean(tx.act.Detail), Prev: last.Hash}
	e.Hash = e.sum()
	if err := tx.putJSON(bucketJournal, seqKey(e.Seq), e); err != nil {
		return err
	}
	err = tx.writing(bucketJournal, func(b *bolt.Bucket) error { return b.SetSequence(e.Seq) })
	if err != nil || e.Record == "" {
		return err
	}
	return tx.mark(append(journalSpace(e.Record), seqKey(e.Seq)...))
}

const maxDetail = 2000

// clean cuts text to a bounded length and makes it what it will be after a way
// through JSON, for the hash.
func clean(text string) string {
	return strings.ToValidUTF8(text[:min(len(text), maxDetail)], "\uFFFD")
}

// mark writes a key of the index bucket, whose values are empty.
func (tx *Tx) mark(key []byte) error {
	return tx.writing(bucketIndex, func(b *bolt.Bucket) error { return b.Put(key, []byte{}) })
}

// lastEntry is the end of the chain, the zero entry when there is none.
func (tx *Tx) lastEntry() (JournalEntry, error) {
	for p, err := range tx.scan(span{bucket: bucketJournal, newest: true}) {
		if err != nil {
			return JournalEntry{}, err
		}
		return readEntry(p)
	}
	return JournalEntry{}, nil
}

func readEntry(p pair) (JournalEntry, error) {
	var e JournalEntry
	payload, err := unseal(bucketJournal, p.key, p.value)
	if err == nil {
		err = decode(payload, &e)
	}
	return e, err
}

// Journal walks the entries after a sequence number, oldest first.
func (tx *Tx) Journal(after uint64) iter.Seq2[JournalEntry, error] {
	return func(yield func(JournalEntry, error) bool) {
		for p, err := range tx.scan(span{bucket: bucketJournal, after: seqKey(after)}) {
			var e JournalEntry
			if err == nil {
				e, err = readEntry(p)
			}
			if !yield(e, err) || err != nil {
				return
			}
		}
	}
}

// JournalOf walks the entries about one record, oldest first.
func (tx *Tx) JournalOf(record string) iter.Seq2[JournalEntry, error] {
	return func(yield func(JournalEntry, error) bool) {
		space := journalSpace(record)
		for p, err := range tx.scan(span{bucket: bucketIndex, prefix: space, keys: true}) {
			var e JournalEntry
			if err == nil {
				err = tx.getJSON(bucketJournal, p.key[len(space):], &e)
			}
			if !yield(e, err) || err != nil {
				return
			}
		}
	}
}
