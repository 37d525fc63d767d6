package store

import (
	"archive/tar"
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func backedUp(t *testing.T) (raw []byte, h Hash) {
	t.Helper()
	s := openTest(t, t.TempDir())
	h = putBlob(t, s, "gói tin")
	update(t, s, "register", func(tx *Tx) error {
		_, err := tx.Enter(Book{"den", 2026}, "2026-11-21", "a", nil)
		return errors.Join(err, tx.Put(note{ID: "a", Text: "một", Files: []Hash{h}}))
	})
	var out bytes.Buffer
	if err := s.Backup(&out); err != nil {
		t.Fatal(err)
	}
	return out.Bytes(), h
}

func TestBackupComesBack(t *testing.T) {
	raw, h := backedUp(t)
	dir := t.TempDir()
	if err := Restore(dir, bytes.NewReader(raw)); err != nil {
		t.Fatal(err)
	}
	s := openTest(t, dir)
	noFaults(t, s)
	var n note
	if err := s.View(func(tx *Tx) error { return tx.Get("a", &n) }); err != nil || n.Text != "một" {
		t.Errorf("%+v %v", n, err)
	}
	if err := verifyFile(s.BlobPath(h), h); err != nil {
		t.Error(err)
	}
	if err := Restore(dir, bytes.NewReader(raw)); !errors.Is(err, ErrExists) {
		t.Errorf("over a store: %v", err)
	}
}

func TestRestoreRefusesAnythingLess(t *testing.T) {
	raw, h := backedUp(t)
	foreign := func(name string) []byte {
		var out bytes.Buffer
		w := tar.NewWriter(&out)
		if err := w.WriteHeader(header(name, 1, testClock())); err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write([]byte("x")); err != nil {
			t.Fatal(err)
		}
		return append(out.Bytes(), raw...)
	}
	cases := map[string][]byte{
		"empty":        nil,
		"no tar":       []byte(strings.Repeat("x", 2000)),
		"changed blob": bytes.ReplaceAll(raw, []byte("gói tin"), []byte("gói tan")),
		"outside":      foreign("../evil"),
		"blob outside": foreign("blobs/../" + string(h)),
		"wrong folder": foreign("blobs/00/" + string(h)),
	}
	for n := 512; n < len(raw)-1024; n += 4096 + 512 { // the last 1024 bytes are tar's own end
		cases["cut at "+string(rune('a'+n/4096%26))+strings.Repeat("'", n/4096/26)] = raw[:n]
	}
	for name, bad := range cases {
		dir := t.TempDir()
		if err := Restore(dir, bytes.NewReader(bad)); !errors.Is(err, ErrDamaged) {
			t.Errorf("%s: %v", name, err)
		}
		if _, err := os.Stat(filepath.Join(dir, fileName)); !errors.Is(err, os.ErrNotExist) {
			t.Errorf("%s: a store appeared: %v", name, err)
		}
	}
}

func TestBackupFailsOnALostBlob(t *testing.T) {
	s := openTest(t, t.TempDir())
	h := putBlob(t, s, "x")
	update(t, s, "put", func(tx *Tx) error { return tx.Put(note{ID: "a", Files: []Hash{h}}) })
	if err := os.Remove(s.BlobPath(h)); err != nil {
		t.Fatal(err)
	}
	if err := s.Backup(&bytes.Buffer{}); err == nil {
		t.Error("backup without a blob that is named")
	}
}
