package store

import (
	"bytes"
	"cmp"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// nasty draws texts that are rich in the bytes keys are built with.
func nasty() *rapid.Generator[string] {
	return rapid.Custom(func(t *rapid.T) string {
		return string(rapid.SliceOfN(rapid.SampledFrom([]byte{0, 1, 2, 'a', 'b', 0xFE, 0xFF}), 0, 6).Draw(t, "bytes"))
	})
}

func TestIndexKeysKeepOrderAndPrefix(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b := nasty().Draw(t, "a"), nasty().Draw(t, "b")
		keyA, keyB := nasty().Draw(t, "keyA"), nasty().Draw(t, "keyB")
		x, y := indexKey("k", keyA, Entry{"i", a}), indexKey("k", keyB, Entry{"i", b})
		want := cmp.Or(strings.Compare(a, b), strings.Compare(keyA, keyB))
		if got := bytes.Compare(x, y); got != want {
			t.Fatalf("%q/%q against %q/%q: %d, want %d", a, keyA, b, keyB, got, want)
		}
		open := appendOpen(indexSpace("k", "i"), b)
		if got, want := bytes.HasPrefix(x, open), strings.HasPrefix(a, b); got != want {
			t.Fatalf("%q begins with %q: %v", a, b, got)
		}
	})
}

func TestIndexKeysComeApart(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		kind, index := nasty().Draw(t, "kind"), nasty().Draw(t, "index")
		value, key := nasty().Draw(t, "value"), nasty().Draw(t, "key")
		k, rest, ok1 := cutTerm(indexKey(kind, key, Entry{index, value})[1:])
		i, rest, ok2 := cutTerm(rest)
		v, rest, ok3 := cutTerm(rest)
		if !ok1 || !ok2 || !ok3 || k != kind || i != index || v != value || string(rest) != key {
			t.Fatalf("got %q %q %q %q", k, i, v, rest)
		}
	})
}

func TestSuccessor(t *testing.T) {
	for _, c := range []struct{ prefix, want string }{
		{"a", "b"}, {"a\xff", "b"}, {"\xff\xff", ""}, {"", ""}, {"a\x00", "a\x01"},
	} {
		if got := successor([]byte(c.prefix)); string(got) != c.want {
			t.Errorf("%q: %q, want %q", c.prefix, got, c.want)
		}
	}
}
