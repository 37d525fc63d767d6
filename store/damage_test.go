package store

import (
	"bytes"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"
)

// wholeFile is the file of a small store with something of everything.
func wholeFile(t *testing.T) []byte {
	t.Helper()
	dir := t.TempDir()
	s := openTest(t, dir)
	for i := range 60 {
		update(t, s, "register", func(tx *Tx) error {
			id := fmt.Sprintf("mark-%03d", i)
			tx.About(id)
			if err := tx.Put(note{ID: id, Text: "text of " + id, Tags: []Entry{{"state", "x"}}}); err != nil {
				return err
			}
			if _, err := tx.Enter(Book{"den", 2026}, "2026-11-21", id, nil); err != nil {
				return err
			}
			if err := tx.SetValue("v", i); err != nil {
				return err
			}
			return tx.Queue(Job{ID: id, Kind: "send"})
		})
	}
	var used bytes.Buffer // without the room to grow, where damage does not matter
	err := s.View(func(tx *Tx) error {
		_, err := tx.b.WriteTo(&used)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return used.Bytes()
}

// survey opens a damaged file and does everything with it. The errors must be of
// class ErrDamaged, and a panic or a fault ends the test binary. It tells whether
// the damage was noticed.
func survey(t *testing.T, raw []byte) (noticed bool) {
	t.Helper()
	dir := t.TempDir()
	if err := os.Mkdir(filepath.Join(dir, blobFolder), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, fileName), raw, 0o600); err != nil {
		t.Fatal(err)
	}
	s, err := Open(dir, Options{Clock: testClock})
	if err != nil {
		if !errors.Is(err, ErrDamaged) {
			t.Fatalf("open: %v", err)
		}
		return true
	}
	defer s.Close()
	faults, err := s.Check()
	if err != nil && !errors.Is(err, ErrDamaged) {
		t.Fatalf("check: %v", err)
	}
	bad := func(what string, err error) bool {
		if err != nil && !errors.Is(err, ErrDamaged) {
			t.Fatalf("%s: %v", what, err)
		}
		return err != nil
	}
	seen := bad("view", s.View(readAll))
	seen = bad("update", s.Update(Act{What: "try"}, func(tx *Tx) error {
		return tx.Put(note{ID: "mark-031", Text: "new", Tags: []Entry{{"state", "y"}}})
	})) || seen
	bad("view again", s.View(readAll))
	_, err = s.CollectBlobs(t.Context())
	seen = bad("collect", err) || seen
	return seen || len(faults) != 0
}

func readAll(tx *Tx) error {
	for i := range 60 {
		var n note
		err := tx.Get(fmt.Sprintf("mark-%03d", i), &n)
		if errors.Is(err, ErrNotFound) {
			err = damaged("%v", err)
		}
		if err != nil {
			return err
		}
	}
	if _, err := List[note](tx, Window{Index: "state", Newest: true}); err != nil {
		return err
	}
	tx.Count("note", "state", "")
	tx.Books()
	for _, err := range tx.Lines(Book{"den", 2026}, 1) {
		if err != nil {
			return err
		}
	}
	for _, err := range tx.Jobs() {
		if err != nil {
			return err
		}
	}
	for _, err := range tx.Journal(0) {
		if err != nil {
			return err
		}
	}
	return nil
}

func TestDamagedFilesAreErrorsNotPanics(t *testing.T) {
	whole := wholeFile(t)
	if survey(t, whole) {
		t.Fatal("the whole file counts as damaged")
	}
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	r := rand.New(rand.NewPCG(seed, 0))
	page := os.Getpagesize()
	kinds := []struct {
		name   string
		damage func(b []byte) []byte
	}{
		{"one bit", func(b []byte) []byte { b[r.IntN(len(b))] ^= 1 << r.IntN(8); return b }},
		{"head of a page", func(b []byte) []byte { b[r.IntN(len(b)/page)*page+r.IntN(64)] ^= byte(1 + r.IntN(255)); return b }},
		{"page of noise", func(b []byte) []byte { noise(r, b[r.IntN(len(b)/page)*page:][:page]); return b }},
		{"sector of noise", func(b []byte) []byte { noise(r, b[r.IntN(len(b)/512)*512:][:512]); return b }},
		{"page of zeros", func(b []byte) []byte { clear(b[r.IntN(len(b)/page)*page:][:page]); return b }},
		{"page elsewhere", func(b []byte) []byte {
			copy(b[r.IntN(len(b)/page)*page:][:page], b[r.IntN(len(b)/page)*page:][:page])
			return b
		}},
		{"cut", func(b []byte) []byte { return b[:r.IntN(len(b))] }},
		{"cut at a page", func(b []byte) []byte { return b[:r.IntN(len(b)/page)*page] }},
	}
	for _, k := range kinds {
		t.Run(k.name, func(t *testing.T) {
			tries, noticed := 40, 0
			if testing.Short() {
				tries = 5
			}
			for range tries {
				if survey(t, k.damage(bytes.Clone(whole))) {
					noticed++
				}
			}
			t.Logf("noticed %d of %d", noticed, tries)
		})
	}
}

func noise(r *rand.Rand, b []byte) {
	for i := range b {
		b[i] = byte(r.Uint32())
	}
}

// TestDamagedFileGivesItsLockBack: bbolt panics half-way through opening; the file
// must not stay locked by this process, or a restored one could not be opened.
func TestDamagedFileGivesItsLockBack(t *testing.T) {
	whole := wholeFile(t)
	for name, bad := range map[string][]byte{
		"half":         whole[:len(whole)/2],
		"short":        whole[:100],
		"no free list": append(bytes.Clone(whole[:2*os.Getpagesize()]), make([]byte, len(whole)-2*os.Getpagesize())...),
	} {
		dir := t.TempDir()
		path := filepath.Join(dir, fileName)
		if err := os.WriteFile(path, bad, 0o600); err != nil {
			t.Fatal(err)
		}
		for range 2 {
			if _, err := Open(dir, Options{}); !errors.Is(err, ErrDamaged) {
				t.Errorf("%s: %v", name, err)
			}
		}
		if err := os.WriteFile(path, whole, 0o600); err != nil {
			t.Fatal(err)
		}
		noFaults(t, openTest(t, dir))
	}
}

// TestNoiseInAnyPageInUseIsNoticed spoils each page of the trees in turn.
func TestNoiseInAnyPageInUseIsNoticed(t *testing.T) {
	whole := wholeFile(t)
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, fileName), whole, 0o600); err != nil {
		t.Fatal(err)
	}
	s := openTest(t, dir)
	p := pageChecker{file: bytes.NewReader(whole), size: os.Getpagesize(), seen: map[uint64]bool{}}
	p.end = uint64(len(whole) / p.size)
	err := s.View(func(tx *Tx) error { return p.buckets(tx.b) })
	if err != nil || len(p.seen) < len(bucketNames()) {
		t.Fatalf("%d pages in use, %v", len(p.seen), err)
	}
	for id := range p.seen {
		bad := bytes.Clone(whole)
		noise(rand.New(rand.NewPCG(id, 0)), bad[int(id)*p.size:][:p.size])
		if !survey(t, bad) {
			t.Errorf("noise in page %d was not noticed", id)
		}
	}
}

// TestFlippedValueIsNamed flips a byte inside every copy of one record's value.
func TestFlippedValueIsNamed(t *testing.T) {
	raw := wholeFile(t)
	old, bad := []byte("text of mark-017"), []byte("text of mork-017")
	if !bytes.Contains(raw, old) {
		t.Fatal("value not found in the file")
	}
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, fileName), bytes.ReplaceAll(raw, old, bad), 0o600); err != nil {
		t.Fatal(err)
	}
	s := openTest(t, dir)
	var n note
	err := s.View(func(tx *Tx) error { return tx.Get("mark-017", &n) })
	if !errors.Is(err, ErrDamaged) {
		t.Errorf("get: %v", err)
	}
	if err := s.View(func(tx *Tx) error { return tx.Get("mark-018", &n) }); err != nil {
		t.Errorf("its neighbour: %v", err)
	}
	faults, err := s.Check()
	if err != nil || len(faults) == 0 || faults[0].What != "giá trị không khớp mã kiểm" {
		t.Errorf("check: %v %v", faults, err)
	}
}
