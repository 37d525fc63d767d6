package textfilter

import (
	"strings"
	"testing"
)

func TestFilter(t *testing.T) {
	texts := map[string]string{"a": "phong chong thien tai", "b": "phong chay chua chay", "c": ""}
	for query, want := range map[string]string{"": "abc", "phong": "ab", "tai phong": "a", "chay phong": "b", "khong": "", "  chay ": "b"} {
		var m Memory
		for range 2 { // the second time from memory
			got := ""
			f := m.Words(query)
			for _, id := range []string{"a", "b", "c"} {
				if !f.Misses(id) && f.Admits(id, func() string { return texts[id] }) {
					got += id
				}
			}
			if got != want {
				t.Errorf("%q finds %q, want %q", query, got, want)
			}
		}
	}
}

func TestWhatWasReadBeforeAChangeIsNotRemembered(t *testing.T) {
	var m Memory
	f := m.Words("cu")
	m.Forget("a") // somebody changes the record while the reader holds the old one
	f.Admits("a", func() string { return "chu cu" })
	if g := m.Words("moi"); g.Misses("a") {
		t.Error("the old text is remembered after the change")
	}
	m.Words("moi").Admits("a", func() string { return "chu moi" })
	if m.Words("moi").Misses("a") || !m.Words("cu").Misses("a") {
		t.Error("the new text is not remembered")
	}
}

func TestMemoryIsBounded(t *testing.T) {
	var m Memory
	long := strings.Repeat("x", maxTexts/2)
	for _, id := range []string{"a", "b", "c"} {
		m.Words("y").Admits(id, func() string { return long })
	}
	if m.size > maxTexts || m.Words("y").Misses("c") {
		t.Errorf("%d bytes are kept", m.size)
	}
	m.Forget("a")
	m.Words("y").Admits("c", func() string { return long })
	if !m.Words("y").Misses("c") {
		t.Error("what is forgotten leaves no room")
	}
}
