package store

import (
	"strings"
	"testing"
)

// TestJournalSurvivesAnyText: what JSON would change or what is too long must not
// break the chain.
func TestJournalSurvivesAnyText(t *testing.T) {
	s := openTest(t, t.TempDir())
	for _, text := range []string{"\xff\xfe", "<b>&\u2028", strings.Repeat("ệ", 5000), "a\x00b"} {
		if err := s.Update(Act{Who: text, What: "try", Detail: text, Record: "a"}, func(*Tx) error { return nil }); err != nil {
			t.Errorf("%.20q: %v", text, err)
		}
	}
	if err := s.Update(Act{What: "try", Record: "\xff"}, func(*Tx) error { return nil }); err == nil {
		t.Error("record key that is no text")
	}
	n := 0
	err := s.View(func(tx *Tx) error {
		for e, err := range tx.JournalOf("a") {
			if n++; err != nil || e.Hash != e.sum() {
				t.Errorf("entry %d: %v", e.Seq, err)
			}
		}
		return nil
	})
	if err != nil || n != 4 {
		t.Errorf("%d entries, %v", n, err)
	}
	noFaults(t, s)
}
