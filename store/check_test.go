package store

import (
	"encoding/json"
	"os"
	"strings"
	"testing"

	bolt "go.etcd.io/bbolt"
)

// spoil writes past the store's rules, as a bug or a hand in the file would.
func spoil(t *testing.T, s *Store, fn func(b *bolt.Tx) error) {
	t.Helper()
	if err := s.db.Update(fn); err != nil {
		t.Fatal(err)
	}
}

func putRaw(name string, key []byte, v any) func(*bolt.Tx) error {
	return func(b *bolt.Tx) error {
		raw, err := json.Marshal(v)
		if err != nil {
			return err
		}
		return b.Bucket([]byte(name)).Put(key, seal(name, key, raw))
	}
}

func remove(name string, key []byte) func(*bolt.Tx) error {
	return func(b *bolt.Tx) error { return b.Bucket([]byte(name)).Delete(key) }
}

// TestCheckNamesEachFault spoils a whole store in one place each time.
func TestCheckNamesEachFault(t *testing.T) {
	book := Book{"den", 2026}
	entry := Entry{"state", "new"}
	for _, c := range []struct {
		name  string
		spoil func(*bolt.Tx) error
		want  string
	}{
		{"index entry gone", remove(bucketIndex, indexKey("note", "a", entry)), `bản ghi note a: không có trong chỉ mục state`},
		{"index entry of nothing", func(b *bolt.Tx) error {
			return b.Bucket([]byte(bucketIndex)).Put(indexKey("note", "z", entry), nil)
		}, `chỉ mục state: trỏ đến bản ghi note z không tồn tại`},
		{"index entry not claimed", func(b *bolt.Tx) error {
			return b.Bucket([]byte(bucketIndex)).Put(indexKey("note", "a", Entry{"state", "old"}), nil)
		}, `chỉ mục state: bản ghi note a không mang giá trị "old"`},
		{"record gone", remove(bucketRecords, recordKey("note", "a")), `trỏ đến văn bản a không tồn tại`},
		{"line gone", remove(bucketRegisters, lineKey(book, 2)), `sổ den/2026, số 3: thiếu số 2 trước số này`},
		{"last line gone", remove(bucketRegisters, lineKey(book, 3)), `sổ den/2026: bộ đếm ghi số cuối là 3 nhưng dòng cuối là số 2`},
		{"counter gone", remove(bucketRegisters, counterKey(book)), `sổ den/2026: sổ không có bộ đếm`},
		{"counter set back", putRaw(bucketRegisters, counterKey(book), counter{Book: book, Opening: 1, Last: 2, Date: "2026-11-21"}),
			`sổ den/2026: bộ đếm ghi số cuối là 2 nhưng dòng cuối là số 3`},
		{"dates out of order", putRaw(bucketRegisters, lineKey(book, 2), Line{Book: book, Number: 2, Date: "2026-01-01", Record: "a"}),
			`sổ den/2026, số 2: ngày 2026-01-01 sớm hơn`},
		{"line under another number", putRaw(bucketRegisters, lineKey(book, 2), Line{Book: book, Number: 1, Date: "2026-11-21"}), `dòng hỏng`},
		{"journal entry changed", putRaw(bucketJournal, seqKey(2), JournalEntry{Seq: 2, Who: "Mallory", What: "enter"}),
			`nhật ký, mục 2: nội dung đã bị sửa`},
		{"journal entry gone", remove(bucketJournal, seqKey(2)), `nhật ký, mục 3: thiếu mục 2`},
		{"journal cut", remove(bucketJournal, seqKey(4)), `nhật ký: phải có 4 mục nhưng mục cuối là 3`},
		{"journal not indexed", remove(bucketIndex, append(journalSpace("a"), seqKey(2)...)), `nhật ký, mục 2: không có trong chỉ mục của a`},
		{"job under another id", putRaw(bucketJobs, []byte("x"), Job{ID: "y", Kind: "k", State: Waiting}), `việc chờ gửi x: mang mã khác: y`},
		{"foreign index key", func(b *bolt.Tx) error { return b.Bucket([]byte(bucketIndex)).Put([]byte("?"), nil) }, `mục lạ`},
		{"bucket gone", func(b *bolt.Tx) error { return b.DeleteBucket([]byte(bucketValues)) }, `tệp vanthu.db: không đọc được`},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := openTest(t, t.TempDir())
			update(t, s, "put", func(tx *Tx) error { return tx.Put(note{ID: "a", Tags: []Entry{entry}}) })
			for range 3 {
				update(t, s, "enter", func(tx *Tx) error {
					tx.About("a")
					_, err := tx.Enter(book, "2026-11-21", "a", nil)
					return err
				})
			}
			noFaults(t, s)
			spoil(t, s, c.spoil)
			wantFault(t, s, c.want)
		})
	}
}

func wantFault(t *testing.T, s *Store, want string) {
	t.Helper()
	faults, err := s.Check()
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range faults {
		if strings.Contains(f.String(), want) {
			return
		}
	}
	t.Errorf("faults %v, want one with %q", faults, want)
}

// TestChainBreaksWhenAnEntryIsForged: an entry with a right hash of its own still
// breaks the chain at the next.
func TestChainBreaksWhenAnEntryIsForged(t *testing.T) {
	s := openTest(t, t.TempDir())
	for range 3 {
		update(t, s, "act", func(*Tx) error { return nil })
	}
	var e JournalEntry
	err := s.View(func(tx *Tx) error { return tx.getJSON(bucketJournal, seqKey(2), &e) })
	if err != nil {
		t.Fatal(err)
	}
	e.Who = "Mallory"
	e.Hash = e.sum()
	spoil(t, s, putRaw(bucketJournal, seqKey(2), e))
	wantFault(t, s, "nhật ký, mục 3: không nối với mục trước")
}

func TestCheckFindsLostAndChangedBlobs(t *testing.T) {
	s := openTest(t, t.TempDir())
	lost, changed := putBlob(t, s, "lost"), putBlob(t, s, "changed")
	update(t, s, "put", func(tx *Tx) error { return tx.Put(note{ID: "a", Files: []Hash{lost, changed}}) })
	if err := os.Remove(s.BlobPath(lost)); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(s.BlobPath(changed), []byte("other"), 0o600); err != nil {
		t.Fatal(err)
	}
	wantFault(t, s, "bản ghi note a: không đọc được tệp lưu "+string(lost))
	wantFault(t, s, "bản ghi note a: tệp lưu "+string(changed)+" đã bị thay đổi")
	update(t, s, "go on", func(tx *Tx) error { return tx.Put(note{ID: "a", Text: "still writable", Files: []Hash{lost, changed}}) })
}

func TestCheckStopsCounting(t *testing.T) {
	s := openTest(t, t.TempDir())
	spoil(t, s, func(b *bolt.Tx) error {
		for i := range 3 * maxFaults {
			if err := b.Bucket([]byte(bucketValues)).Put(seqKey(uint64(i)), []byte("no envelope")); err != nil {
				return err
			}
		}
		return nil
	})
	faults, err := s.Check()
	if err != nil || len(faults) != maxFaults+1 || !strings.Contains(faults[maxFaults].What, "còn 100 lỗi khác") {
		t.Errorf("%d faults, %v", len(faults), err)
	}
}
