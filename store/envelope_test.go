package store

import (
	"bytes"
	"errors"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestEnvelopeFindsEveryFlippedBit(t *testing.T) {
	key, payload := []byte("key"), []byte("some payload")
	whole := seal("records", key, payload)
	if got, err := unseal("records", key, whole); err != nil || !bytes.Equal(got, payload) {
		t.Fatalf("%q %v", got, err)
	}
	for bit := range len(whole) * 8 {
		bad := bytes.Clone(whole)
		bad[bit/8] ^= 1 << (bit % 8)
		if _, err := unseal("records", key, bad); !errors.Is(err, ErrDamaged) {
			t.Errorf("bit %d: %v", bit, err)
		}
	}
	for n := range len(whole) {
		if _, err := unseal("records", key, whole[:n]); !errors.Is(err, ErrDamaged) {
			t.Errorf("cut to %d: %v", n, err)
		}
	}
	if _, err := unseal("records", []byte("other"), whole); !errors.Is(err, ErrDamaged) {
		t.Error("value accepted under another key")
	}
	if _, err := unseal("jobs", key, whole); !errors.Is(err, ErrDamaged) {
		t.Error("value accepted in another bucket")
	}
}

func TestStoredComesBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		want := stored{payload: []byte(rapid.String().Draw(t, "json") + strings.Repeat("về việc ", rapid.IntRange(0, 200).Draw(t, "n")))}
		for range rapid.IntRange(0, 4).Draw(t, "entries") {
			want.entries = append(want.entries, Entry{nasty().Draw(t, "index"), nasty().Draw(t, "value")})
		}
		for range rapid.IntRange(0, 3).Draw(t, "blobs") {
			want.blobs = append(want.blobs, Hash(rapid.StringMatching(`[0-9a-f]{64}`).Draw(t, "hash")))
		}
		var z squeezer
		got, err := decodeStored(want.encode(&z), &z)
		if err != nil || !slices.Equal(got.entries, want.entries) || !slices.Equal(got.blobs, want.blobs) || !bytes.Equal(got.payload, want.payload) {
			t.Fatalf("got %v %v", got, err)
		}
	})
}

// FuzzDecodeStored: whatever the bytes, no panic, no memory without end, and what
// decodes encodes to something that decodes to the same.
func FuzzDecodeStored(f *testing.F) {
	var z squeezer
	f.Add([]byte{})
	f.Add([]byte{0, 0, 0, '{', '}'})
	f.Add([]byte{0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 1})
	f.Add(stored{entries: []Entry{{"state", "a"}}, blobs: []Hash{Hash(strings.Repeat("ab", 32))}, payload: []byte(`{"a":1}`)}.encode(&z))
	f.Add(stored{payload: bytes.Repeat([]byte(`{"subject":"về việc"}`), 50)}.encode(&z))
	f.Fuzz(func(t *testing.T, b []byte) {
		s, err := decodeStored(b, &z)
		if err != nil {
			if !errors.Is(err, ErrDamaged) {
				t.Fatal(err)
			}
			return
		}
		again, err := decodeStored(s.encode(&z), &z)
		if err != nil || !slices.Equal(again.entries, s.entries) || !bytes.Equal(again.payload, s.payload) {
			t.Fatalf("%v against %v: %v", s, again, err)
		}
	})
}

// FuzzUnseal: no byte string makes unseal panic, and none but a sealed one opens.
func FuzzUnseal(f *testing.F) {
	f.Add([]byte("key"), seal("jobs", []byte("key"), []byte("{}")))
	f.Add([]byte{}, []byte{1, 2})
	f.Fuzz(func(t *testing.T, key, value []byte) {
		payload, err := unseal("jobs", key, value)
		if err != nil && !errors.Is(err, ErrDamaged) {
			t.Fatal(err)
		}
		if err == nil && !bytes.Equal(seal("jobs", key, payload), value) {
			t.Fatal("opened what seal would not make")
		}
	})
}
