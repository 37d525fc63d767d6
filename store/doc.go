// Package store keeps everything an office owns: records and their indexes,
// the registers with their gap-free numbers, the jobs waiting for the link,
// the hash-chained journal, and the files themselves (blobs).
//
// Counting and paging cost what they show and not what the store holds: windows
// have bounds on both sides, counts touch keys only, and a JobFeed tells what
// became of jobs so that nobody reads them all twice.
//
// The four types: Store is the open home, Tx one transaction, Record what
// callers keep, Window a page of a list.
//
// Invariants:
//
//   - One act is one transaction: the record, its indexes, the register line,
//     the jobs and the journal entry are durable together or not at all.
//     A commit costs two fsyncs.
//   - A number once given is never lost, reused or given twice: the counter of
//     a book only moves by one and only together with its line; a void line
//     stays where it is.
//   - Whatever is read back has been checked: every value sits in an envelope
//     with a format version and a CRC-32C over bucket, key and bytes, because
//     the pages of bbolt carry no checksum. Damage is an error of class
//     ErrDamaged, never a panic.
//   - A blob's bytes, name and folder are durable before PutBlob returns, so
//     before any record can name it.
//   - The package knows no documents: kinds, index names and payloads belong to
//     the callers, and it imports nothing of ours.
//
// Measured (bench_test.go; strace): a commit makes 2.0 fdatasyncs; registering a
// document (record of 2 KB, four index entries moved, register line, two jobs,
// journal) writes 114 KB at 10,000 documents and 145 KB at 100,000, nearly all of
// it whole pages of the index; an act that only changes a record and no index
// writes 40 KB. The incoming desk registering in a tidy home of 10,000 (bench/fill)
// writes 79 KB, twenty pages: root, branch and leaf of four buckets, and three
// places of the index. A page of 50 takes 1.3 ms at either size. A blob costs two fsyncs,
// three when its folder is new.
//
// On disk, DIR/vanthu.db is one bbolt file with seven buckets (bucket.go; each
// bucket an act touches costs 8–12 KB a commit, so all indexes share one) and
// DIR/blobs/ab/abcdef… are content-addressed files beside it, because a file in
// bbolt is written 4.65 times over and beside it 1.14 times.
//
// A Store may be used by several goroutines at once, a Tx only by the function
// it was given to. Calling View, Update or Maintain inside another transaction
// of the same Store blocks for ever.
//
// Start reading at store.go, then tx.go and record.go.
package store
