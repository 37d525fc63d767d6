package store

import bolt "go.etcd.io/bbolt"

// The buckets. Only those an act touches cost anything at a commit.
const (
	bucketMeta      = "meta"      // format version; written at creation and upgrade only
	bucketRecords   = "records"   // term(kind) key → envelope(index entries, blobs, JSON)
	bucketIndex     = "index"     // 'r' term(kind) term(index) term(value) key; 'j' term(record) seq
	bucketRegisters = "registers" // book number → line; book 0xFFFFFFFF → counter
	bucketJobs      = "jobs"      // id → Job
	bucketJournal   = "journal"   // seq → entry; the bucket's sequence is the last seq
	bucketValues    = "values"    // key → JSON
)

// fillPercent is how full a page is left when it splits. Lines, journal and most
// index values grow at their end, where the half page bbolt leaves by default
// would never be filled.
const fillPercent = 0.9

func bucketNames() []string {
	return []string{bucketMeta, bucketRecords, bucketIndex, bucketRegisters, bucketJobs, bucketJournal, bucketValues}
}

func makeBuckets(b *bolt.Tx) error {
	for _, name := range bucketNames() {
		if _, err := b.CreateBucketIfNotExists([]byte(name)); err != nil {
			return err
		}
	}
	return nil
}
