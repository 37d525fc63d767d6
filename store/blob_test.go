package store

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"testing"
	"testing/iotest"
	"time"
)

func putBlob(t *testing.T, s *Store, text string) Hash {
	t.Helper()
	h, n, err := s.PutBlob(strings.NewReader(text), 1<<20)
	if err != nil || n != int64(len(text)) {
		t.Fatalf("%d bytes, %v", n, err)
	}
	return h
}

func TestBlobComesBack(t *testing.T) {
	s := openTest(t, t.TempDir())
	h := putBlob(t, s, "gói tin")
	if again := putBlob(t, s, "gói tin"); again != h {
		t.Errorf("other hash %s", again)
	}
	f, err := s.OpenBlob(h)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if got, err := io.ReadAll(f); err != nil || string(got) != "gói tin" {
		t.Errorf("%q %v", got, err)
	}
	for _, bad := range []Hash{"", "../vanthu.db", Hash(strings.Repeat("A", 64)), Hash(strings.Repeat("0", 64))} {
		if _, err := s.OpenBlob(bad); !errors.Is(err, ErrNotFound) {
			t.Errorf("%q: %v", bad, err)
		}
	}
	if p := s.BlobPath("../vanthu.db"); p != "" {
		t.Errorf("path %q", p)
	}
}

func TestBlobLimit(t *testing.T) {
	s := openTest(t, t.TempDir())
	if _, _, err := s.PutBlob(strings.NewReader("12345"), 4); !errors.Is(err, ErrTooLarge) {
		t.Errorf("over the limit: %v", err)
	}
	if _, _, err := s.PutBlob(strings.NewReader("1234"), 4); err != nil {
		t.Errorf("at the limit: %v", err)
	}
	cut := errors.New("line went dead")
	if _, _, err := s.PutBlob(iotest.ErrReader(cut), 4); !errors.Is(err, cut) {
		t.Errorf("reader's error: %v", err)
	}
	left, err := os.ReadDir(s.dir + "/" + blobFolder)
	if err != nil || len(left) != 1 {
		t.Errorf("left in the folder: %v %v", left, err)
	}
}

func TestBlobIsMendedByPuttingItAgain(t *testing.T) {
	s := openTest(t, t.TempDir())
	h := putBlob(t, s, "whole")
	if err := os.WriteFile(s.BlobPath(h), []byte("rotten"), 0o600); err != nil {
		t.Fatal(err)
	}
	putBlob(t, s, "whole")
	if err := verifyFile(s.BlobPath(h), h); err != nil {
		t.Error(err)
	}
}

func TestCollectKeepsWhatIsNamedYoungOrFresh(t *testing.T) {
	dir := t.TempDir()
	now := testClock()
	open := func() *Store {
		s, err := Open(dir, Options{Clock: func() time.Time { return now }})
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	s := open()
	keep := map[string]Hash{}
	for _, name := range []string{"record", "text", "job", "value", "line"} {
		keep[name] = putBlob(t, s, name)
	}
	orphan := putBlob(t, s, "orphan")
	quoted := func(h Hash) []byte { return fmt.Appendf(nil, `{"packet":%q}`, h) }
	update(t, s, "name", func(tx *Tx) error {
		_, err := tx.Enter(Book{"den", 2026}, "2026-11-21", "", func(int) any { return keep["line"] })
		return errors.Join(err,
			tx.Put(note{ID: "a", Text: "mentions " + string(keep["text"]), Files: []Hash{keep["record"]}}),
			tx.Queue(Job{ID: "status/1", Kind: "status", Payload: quoted(keep["job"])}),
			tx.SetValue("v", keep["value"]))
	})
	collect := func(want int) {
		t.Helper()
		if n, err := s.CollectBlobs(t.Context()); n != want || err != nil {
			t.Errorf("collected %d, %v, want %d", n, err, want)
		}
	}
	now = now.Add(48 * time.Hour)
	collect(0) // put since Open
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	s = open()
	defer s.Close()
	now = testClock().Add(23 * time.Hour)
	collect(0) // young
	now = testClock().Add(25 * time.Hour)
	collect(1)
	if _, err := s.OpenBlob(orphan); !errors.Is(err, ErrNotFound) {
		t.Errorf("orphan: %v", err)
	}
	orphan = putBlob(t, s, "orphan of a program that runs for weeks")
	now = now.Add(48 * time.Hour)
	collect(0)
	s.blobs.fresh[orphan] = time.Now().Add(-25 * time.Hour)
	collect(1)
	for name, h := range keep {
		if err := verifyFile(s.BlobPath(h), h); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	noFaults(t, s)
}

func TestDropBlob(t *testing.T) {
	s := openTest(t, t.TempDir())
	h := putBlob(t, s, "secret")
	update(t, s, "receive", func(tx *Tx) error { return tx.Put(note{ID: "a", Files: []Hash{h}}) })
	if err := s.DropBlob(h); !errors.Is(err, ErrInvalid) {
		t.Errorf("while listed: %v", err)
	}
	update(t, s, "refuse", func(tx *Tx) error { return tx.Put(note{ID: "a", Text: string(h)}) })
	if err := s.DropBlob(h); err != nil {
		t.Error(err)
	}
	if _, err := os.Stat(s.BlobPath(h)); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("still there: %v", err)
	}
	if err := s.DropBlob(h); err != nil {
		t.Errorf("again: %v", err)
	}
}
