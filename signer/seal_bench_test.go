package signer

import (
	"context"
	"fmt"
	"strings"
	"testing"
)

// BenchmarkApprove and BenchmarkSeal sign documents of 1, 10 and 50 MB.
func BenchmarkApprove(b *testing.B) {
	keys := newPKI(b)
	for _, mb := range []int{1, 10, 50} {
		in := bulky(b, mb)
		b.Run(fmt.Sprintf("%dMB", mb), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				_, err := Approve(context.Background(), in, keys.leader, testApproval(b))
				must(b, err)
			}
		})
	}
}

func BenchmarkSeal(b *testing.B) {
	keys := newPKI(b)
	for _, mb := range []int{1, 10, 50} {
		in, err := Approve(context.Background(), bulky(b, mb), keys.leader, testApproval(b))
		must(b, err)
		b.Run(fmt.Sprintf("%dMB", mb), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				_, err := Seal(context.Background(), in, keys.agency, testSealing(b))
				must(b, err)
			}
		})
	}
}

// bulky is a document with a scan of so many MB.
func bulky(b testing.TB, mb int) []byte {
	n := mb << 20
	return sheet{objs: fmt.Sprintf("6 0 obj\n<< /Length %d >>\nstream\n%s\nendstream\nendobj\n", n, strings.Repeat("\x9c", n))}.build(b)
}
