//go:build linux

package store

import (
	"bufio"
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// rounds is how often the crash test kills; 1000 for a serious run.
var rounds = flag.Int("rounds", 12, "rounds of the kill -9 test")

// commitForEver registers documents with a blob each and says so on stdout, each
// time only after the commit.
func commitForEver(dir string) error {
	s, err := Open(dir, Options{})
	if err != nil {
		return err
	}
	for {
		n, err := commitOne(s)
		if err != nil {
			return err
		}
		if _, err := fmt.Println(n); err != nil {
			return err
		}
	}
}

func crashBook() Book { return Book{Name: "den"} }

func commitOne(s *Store) (n int, err error) {
	h, _, err := s.PutBlob(strings.NewReader(fmt.Sprint("packet ", rand.Uint64())), 1<<20)
	if err != nil {
		return 0, err
	}
	err = s.Update(Act{Who: "Lan", What: "register"}, func(tx *Tx) error {
		id := string(h[:16])
		tx.About(id)
		n, err = tx.Enter(crashBook(), "2026-11-21", id, nil)
		if err != nil {
			return err
		}
		if err := tx.Queue(Job{ID: "ack/" + id, Kind: "ack"}); err != nil {
			return err
		}
		return tx.Put(note{ID: id, Tags: []Entry{{"number", fmt.Sprintf("%08d", n)}}, Files: []Hash{h}})
	})
	return n, err
}

// TestKilledProcessLosesNothingAcknowledged kills a committing process again and
// again on one store: what it acknowledged is there, at most one commit more is,
// and everything fits together.
func TestKilledProcessLosesNothingAcknowledged(t *testing.T) {
	dir := t.TempDir()
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	r := rand.New(rand.NewPCG(seed, 0))
	last, unacknowledged := 0, 0
	for round := range *rounds {
		acked := killAfter(t, dir, r.IntN(30), time.Duration(r.IntN(2000))*time.Microsecond)
		acked = max(acked, last)
		s := openTest(t, dir)
		faults, err := s.Check()
		if err != nil || len(faults) != 0 {
			t.Fatalf("round %d: %v %v", round, faults, err)
		}
		must := s.View(func(tx *Tx) error { last = tx.LastNumber(crashBook()); return nil })
		if must != nil || last < acked || last > acked+1 {
			t.Fatalf("round %d: %d acknowledged, %d in the store, %v", round, acked, last, must)
		}
		unacknowledged += last - acked
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
	t.Logf("%d rounds, %d acknowledged commits, %d durable but not yet acknowledged", *rounds, last-unacknowledged, unacknowledged)
}

// killAfter lets the child commit, kills it after so many acknowledgements and a
// moment more, and returns the last number it acknowledged.
func killAfter(t *testing.T, dir string, acks int, moment time.Duration) (last int) {
	t.Helper()
	cmd := child(t, "commit", dir)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(out)
	read := func() bool {
		if !lines.Scan() {
			return false
		}
		_, err := fmt.Sscan(lines.Text(), &last)
		return err == nil
	}
	for i := 0; i < acks && read(); i++ {
	}
	time.Sleep(moment) // not waiting for anything: it varies where the kill strikes
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	for read() {
	}
	if err := cmd.Wait(); err == nil {
		t.Fatal("child ended by itself")
	}
	return last
}

// TestKilledWhileCreating kills while the store is being made: afterwards there is
// a whole store or none.
func TestKilledWhileCreating(t *testing.T) {
	for range *rounds {
		dir := t.TempDir()
		killAfter(t, dir, 0, time.Duration(rand.IntN(6000))*time.Microsecond)
		_, err := os.Stat(filepath.Join(dir, fileName))
		if err != nil && !errors.Is(err, os.ErrNotExist) {
			t.Fatal(err)
		}
		s := openTest(t, dir)
		if faults, err := s.Check(); err != nil || len(faults) != 0 {
			t.Fatalf("%v %v", faults, err)
		}
	}
}
