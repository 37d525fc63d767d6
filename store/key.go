package store

import (
	"bytes"
	"encoding/binary"
	"math"
	"unicode/utf8"
)

// Keys are built from terms. A term is the text with every 0x00 written as
// 0x00 0xFF, closed by 0x00 0x01. So texts of any bytes keep their order, the
// unclosed term of a prefix is a prefix of exactly the terms that begin with
// it, and no two lists of texts share a key.

const (
	spaceRecord  = 'r' // index entries of records
	spaceJournal = 'j' // journal entries by record
)

// Longest parts of a key, in bytes. bbolt allows 32768 for the whole.
const (
	maxName  = 128  // kind, index or book name
	maxKey   = 1024 // record key, job id, value key
	maxValue = 4096 // value of an index entry
)

// appendOpen appends text without closing it.
func appendOpen(key []byte, text string) []byte {
	for i := 0; i < len(text); i++ {
		key = append(key, text[i])
		if text[i] == 0 {
			key = append(key, 0xFF)
		}
	}
	return key
}

func appendTerm(key []byte, text string) []byte {
	return append(appendOpen(key, text), 0, 1)
}

// cutTerm takes the first term off key.
func cutTerm(key []byte) (text string, rest []byte, ok bool) {
	var out []byte
	for i := 0; i < len(key); i++ {
		if key[i] != 0 {
			out = append(out, key[i])
			continue
		}
		if i+1 >= len(key) {
			return "", nil, false
		}
		i++
		switch key[i] {
		case 1:
			return string(out), key[i+1:], true
		case 0xFF:
			out = append(out, 0)
		default:
			return "", nil, false
		}
	}
	return "", nil, false
}

// successor is the smallest key above every key that begins with prefix, nil
// when there is none.
func successor(prefix []byte) []byte {
	end := bytes.Clone(prefix)
	for i := len(end) - 1; i >= 0; i-- {
		if end[i] < 0xFF {
			end[i]++
			return end[:i+1]
		}
	}
	return nil
}

func recordKey(kind, key string) []byte {
	return append(appendTerm(nil, kind), key...)
}

func indexSpace(kind, index string) []byte {
	return appendTerm(appendTerm([]byte{spaceRecord}, kind), index)
}

func indexKey(kind, key string, e Entry) []byte {
	return append(appendTerm(indexSpace(kind, e.Index), e.Value), key...)
}

func journalSpace(record string) []byte {
	return appendTerm([]byte{spaceJournal}, record)
}

// bookSpace is what the keys of a book's lines and of its counter begin with.
func bookSpace(b Book) []byte {
	return binary.BigEndian.AppendUint32(appendTerm(nil, b.Name), uint32(b.Year))
}

func lineKey(b Book, number int) []byte {
	return binary.BigEndian.AppendUint32(bookSpace(b), uint32(number))
}

// counterKey lies right behind the last line a book can have, so that the counter
// and the line it counts are mostly on one page.
func counterKey(b Book) []byte {
	return binary.BigEndian.AppendUint32(bookSpace(b), counterMark)
}

const counterMark = math.MaxUint32

// isCounter tells counters from lines.
func isCounter(key []byte) bool {
	return len(key) >= 4 && binary.BigEndian.Uint32(key[len(key)-4:]) == counterMark
}

func seqKey(seq uint64) []byte {
	return binary.BigEndian.AppendUint64(nil, seq)
}

// checkName refuses what cannot be a name or a key. Names travel through JSON, which
// would quietly change bytes that are not UTF-8; values of index entries do not.
func checkName(what, s string, limit int) error {
	if s == "" {
		return invalid("empty %s", what)
	}
	return checkText(what, s, limit)
}

func checkText(what, s string, limit int) error {
	if !utf8.ValidString(s) {
		return invalid("%s %q is not UTF-8", what, s)
	}
	if len(s) > limit {
		return invalid("%s of %d bytes, at most %d", what, len(s), limit)
	}
	return nil
}
