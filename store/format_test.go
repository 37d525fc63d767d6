package store

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	bolt "go.etcd.io/bbolt"
)

func TestNewerStoreIsRefused(t *testing.T) {
	dir := t.TempDir()
	s := openTest(t, dir)
	spoil(t, s, func(b *bolt.Tx) error { return writeFormat(b, formatVersion+1) })
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(dir, Options{}); !errors.Is(err, ErrNewer) {
		t.Errorf("open: %v", err)
	}
	if _, err := Open(dir, Options{}); !errors.Is(err, ErrNewer) { // the lock was given back
		t.Errorf("open again: %v", err)
	}
}

func TestUpgradeKeepsACopyAndIsOneTransaction(t *testing.T) {
	dir := t.TempDir()
	s := openTest(t, dir)
	update(t, s, "put", func(tx *Tx) error { return tx.Put(note{ID: "a"}) })
	mark := func(b *bolt.Tx) error { return b.Bucket([]byte(bucketValues)).Put([]byte("upgraded"), []byte("x")) }
	bad := errors.New("bad step")
	steps := []step{mark, func(*bolt.Tx) error { return bad }}
	from := func(v uint32) step { return steps[v-formatVersion] }
	if err := s.upgrade(formatVersion+2, from); !errors.Is(err, bad) {
		t.Fatalf("upgrade with a bad step: %v", err)
	}
	if v, err := s.version(); v != formatVersion || err != nil {
		t.Errorf("version %d %v after a bad step", v, err)
	}
	noFaults(t, s)
	if err := s.upgrade(formatVersion+1, from); err != nil {
		t.Fatal(err)
	}
	if v, err := s.version(); v != formatVersion+1 || err != nil {
		t.Errorf("version %d %v", v, err)
	}
	old := t.TempDir()
	raw, err := os.ReadFile(filepath.Join(dir, fileName+".format-1"))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(old, fileName), raw, 0o600); err != nil {
		t.Fatal(err)
	}
	noFaults(t, openTest(t, old))
	if err := s.upgrade(formatVersion+2, upgradeStep); !errors.Is(err, ErrDamaged) {
		t.Errorf("no way up: %v", err)
	}
}

func TestEmptyFileIsNotTakenForNew(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, fileName), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(dir, Options{}); !errors.Is(err, ErrDamaged) {
		t.Errorf("open: %v", err)
	}
}

func TestTwoCreatorsShareOneStore(t *testing.T) {
	dir := t.TempDir()
	s := openTest(t, dir)
	update(t, s, "put", func(tx *Tx) error { return tx.Put(note{ID: "a"}) })
	if err := create(dir); err != nil { // a second process that had seen no store
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	s = openTest(t, dir)
	if err := s.View(func(tx *Tx) error { return tx.Get("a", &note{}) }); err != nil {
		t.Error(err)
	}
}
