package signer

import (
	"bytes"
	"fmt"
	"testing"
)

// BenchmarkVerify checks a document with two signatures as it is usual, and
// one of 50 MB, whose bytes are only streamed by.
func BenchmarkVerify(b *testing.B) {
	for _, mb := range []int{0, 50} {
		b.Run(fmt.Sprintf("%dMB", mb), func(b *testing.B) {
			keys := newPKI(b)
			big := "6 0 obj\n" + string(rawObject("", string(bytes.Repeat([]byte{'x'}, mb<<20)))) + "\nendobj\n"
			approved, err := Approve(b.Context(), sheet{objs: big}.build(b), keys.leader, testApproval(b))
			must(b, err)
			sealed, err := Seal(b.Context(), approved, keys.agency, testSealing(b))
			must(b, err)
			policy := Policy{Roots: newRoots(keys)}
			b.ReportAllocs()
			b.SetBytes(int64(len(sealed)))
			for b.Loop() {
				check(b, sealed, policy)
			}
		})
	}
}
