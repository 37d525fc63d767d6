package office

import (
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"
)

// TestSweepKeepsYoungParts: what a killed process left goes, what a transfer
// goes on with stays for a week.
func TestSweepKeepsYoungParts(t *testing.T) {
	h := newHome(t)
	now := time.Date(2026, 11, 21, 8, 0, 0, 0, time.UTC)
	put := func(name string, age time.Duration) {
		path := filepath.Join(h.TempDir(), name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte("x"), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Chtimes(path, now.Add(-age), now.Add(-age)); err != nil {
			t.Fatal(err)
		}
	}
	put("fetch-1.edxml", time.Minute)
	put("unzip-2/a.pdf", time.Minute)
	put("parts/young", partAge)
	put("parts/young.json", partAge-time.Hour)
	put("parts/old", partAge+time.Second)
	put("parts/ahead", -time.Hour) // the clock was set back
	if err := h.Sweep(now); err != nil {
		t.Fatal(err)
	}
	if got := names(t, h.TempDir()); !slices.Equal(got, []string{"parts"}) {
		t.Errorf("the folder holds %v", got)
	}
	if got := names(t, h.PartsDir()); !slices.Equal(got, []string{"ahead", "young", "young.json"}) {
		t.Errorf("the parts are %v", got)
	}
}

// TestSweepWithoutParts: a new home has none yet; a file of that name is none.
func TestSweepWithoutParts(t *testing.T) {
	h := newHome(t)
	if err := h.Sweep(time.Now()); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(h.PartsDir(), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := h.Sweep(time.Now()); err != nil || len(names(t, h.TempDir())) != 0 {
		t.Errorf("%v, %v", names(t, h.TempDir()), err)
	}
}

func names(t *testing.T, dir string) []string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var list []string
	for _, e := range entries {
		list = append(list, e.Name())
	}
	return list
}
