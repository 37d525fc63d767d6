package store

import bolt "go.etcd.io/bbolt"

// The buckets. Only those an act touches cost anything at a commit.
const (
	bucketMeta      = "meta"      // format version; written at creation and upgrade only
	bucketRecords   = "records"   // term(kind) key → envelope(index entries, blobs, JSON)
	bucketIndex     = "index"     // 'r' term(kind) term(index) term(value) key; 'j' term(record) seq
	bucketRegisters = "registers" // 'b' book → counter; 'l' book number → line
	bucketJobs      = "jobs"      // id → Job
	bucketJournal   = "journal"   // seq → entry; the bucket's sequence is the last seq
	bucketValues    = "values"    // key → JSON
)

func bucketNames() []string {
	return []string{bucketMeta, bucketRecords, bucketIndex, bucketRegisters, bucketJobs, bucketJournal, bucketValues}
}

// valueBuckets are those whose values are envelopes; index entries have none.
func valueBuckets() []string {
	return []string{bucketMeta, bucketRecords, bucketRegisters, bucketJobs, bucketJournal, bucketValues}
}

func makeBuckets(b *bolt.Tx) error {
	for _, name := range bucketNames() {
		if _, err := b.CreateBucketIfNotExists([]byte(name)); err != nil {
			return err
		}
	}
	return nil
}
