package signer

import (
	"context"
	"crypto/sha256"
	"fmt"
	"io"
	"os"
	"testing"
	"time"
)

// BenchmarkApprove and BenchmarkSeal sign files of 1, 10 and 50 MB where they
// lie. Besides the time they report it as a multiple of a plain SHA-256 of the
// file, and the bytes a signature adds. The memory is TestMemory's to measure.
func BenchmarkApprove(b *testing.B) {
	keys := newPKI(b)
	a := testApproval(b)
	for _, mb := range []int{1, 10, 50} {
		b.Run(fmt.Sprintf("%dMB", mb), func(b *testing.B) {
			benchFile(b, bigFile(b, mb, 1), func(in *os.File, size int64, out io.Writer) error {
				return ApproveFile(context.Background(), in, size, out, keys.leader, a)
			})
		})
	}
}

// BenchmarkSeal: see BenchmarkApprove.
func BenchmarkSeal(b *testing.B) {
	keys := newPKI(b)
	a, s := testApproval(b), testSealing(b)
	for _, mb := range []int{1, 10, 50} {
		b.Run(fmt.Sprintf("%dMB", mb), func(b *testing.B) {
			name := bigFile(b, mb, 1)
			onFile(b, name, name+".1", func(in *os.File, size int64, out io.Writer) error {
				return ApproveFile(context.Background(), in, size, out, keys.leader, a)
			})
			benchFile(b, name+".1", func(in *os.File, size int64, out io.Writer) error {
				return SealFile(context.Background(), in, size, out, keys.agency, s)
			})
		})
	}
}

func benchFile(b *testing.B, name string, sign func(in *os.File, size int64, out io.Writer) error) {
	b.Helper()
	plain := plainSum(b, name)
	b.ReportAllocs()
	b.ResetTimer()
	for b.Loop() {
		onFile(b, name, name+".out", sign)
	}
	b.StopTimer()
	before, err := os.Stat(name)
	must(b, err)
	after, err := os.Stat(name + ".out")
	must(b, err)
	b.ReportMetric(float64(b.Elapsed())/float64(b.N)/float64(plain), "x-SHA-256")
	b.ReportMetric(float64(after.Size()-before.Size()), "B-added")
}

// plainSum is the least time of five that a SHA-256 of the file takes.
func plainSum(b *testing.B, name string) time.Duration {
	b.Helper()
	best := time.Hour
	for range 5 {
		start := time.Now()
		f, err := os.Open(name)
		must(b, err)
		_, err = io.Copy(sha256.New(), f)
		must(b, err)
		must(b, f.Close())
		best = min(best, time.Since(start))
	}
	return best
}
