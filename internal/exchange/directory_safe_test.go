package exchange_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"vanthu/internal/axis"
	"vanthu/internal/courier"
	"vanthu/internal/document"
	"vanthu/internal/exchange"
	"vanthu/internal/viet"
	"vanthu/store"
)

// A list that broke off, was refused after all, or has lost more than half of
// its bodies leaves the directory as it was; nothing lies about afterwards.
func TestBadListsReplaceNothing(t *testing.T) {
	for name, c := range map[string]struct {
		spoil func(*fake)
		class string
	}{
		"broken off": {func(f *fake) { f.agencies, f.err = f.agencies[:15], axis.ErrUnanswered }, "offline"},
		"malformed":  {func(f *fake) { f.agencies, f.err = f.agencies[:1], axis.ErrMalformed }, "busy"},
		"refused":    {func(f *fake) { f.err = &axis.Rejected{Code: "15"} }, "needs-clerk"},
		"shrunken":   {func(f *fake) { f.agencies = f.agencies[:9] }, "needs-clerk"},
		"repeated":   {func(f *fake) { f.agencies = append(f.agencies[:9:9], f.agencies[:9]...) }, "needs-clerk"},
	} {
		t.Run(name, func(t *testing.T) {
			o, f, sync := synced(t)
			f.noUnits = axis.ErrUnsupported
			o.w.pass(8 * day)
			if err := o.Poll(t.Context()); err != nil {
				t.Fatal(err)
			}
			good := *f
			c.spoil(f)
			if err := o.run("agencies"); courier.Class(err) != c.class {
				t.Errorf("class %q of %v", courier.Class(err), err)
			}
			if _, n, err := o.Directory.Age(); n != 20+2 || err != nil {
				t.Errorf("%d agencies, %v", n, err)
			}
			if left, err := os.ReadDir(o.TempDir); len(left) > 0 || err != nil {
				t.Errorf("left over: %v, %v", left, err)
			}
			*f = good
			if err := errors.Join(o.run("agencies"), sync()); err != nil {
				t.Error(err)
			}
		})
	}
}

// The clerk who lets a shrunken list come again gets it, when it is the same.
func TestShrunkenListAtTheSecondAsking(t *testing.T) {
	o, f, sync := synced(t)
	f.noUnits = axis.ErrUnsupported
	all := f.agencies
	o.w.pass(8 * day)
	f.agencies = all[:9]
	err := sync()
	var told *document.Problem
	if !errors.Is(err, exchange.ErrShrunken) || !errors.As(err, &told) || !strings.Contains(told.What, "chỉ còn 9 cơ quan, lần trước có 20") {
		t.Errorf("%v", err)
	}
	f.agencies = all[:5]
	if err := sync(); !errors.Is(err, exchange.ErrShrunken) {
		t.Errorf("another short list: %v", err)
	}
	if err := sync(); err != nil {
		t.Errorf("the same again: %v", err)
	}
	o.w.pass(2 * day)
	if err := sync(); err != nil {
		t.Error(err)
	}
	if _, n, err := o.Directory.Age(); n != 5 || err != nil {
		t.Errorf("%d agencies, %v", n, err)
	}
}

// An empty list, which many axes give, only renews the date.
func TestEmptyListRenewsTheDate(t *testing.T) {
	o, f, sync := synced(t)
	o.w.pass(8 * day)
	f.agencies = nil
	if err := sync(); err != nil {
		t.Fatal(err)
	}
	if at, n, err := o.Directory.Age(); n != 22 || err != nil || !at.Equal(o.Clock()) {
		t.Errorf("%d agencies of %s, %v", n, at, err)
	}
}

// The directory waits for the quiet hour, but for the first, and for one that was
// missed.
func TestQuietHour(t *testing.T) {
	o, _, _ := syncing(t)
	at := func(days, hour, minute int) bool {
		o.w.set(time.Date(2026, 11, 20+days, hour, minute, 0, 0, document.Zone()))
		if err := o.Poll(t.Context()); err != nil {
			t.Fatal(err)
		}
		_, queued := o.jobs()["agencies"]
		if queued {
			if err := o.Store.Maintain(func(tx *store.Tx) error { return tx.FinishJob("agencies") }); err != nil {
				t.Fatal(err)
			}
		}
		return queued
	}
	for _, c := range []struct {
		days, hour, minute int
		queued             bool
	}{{0, 14, 0, false}, {1, 8, 30, false}, {1, 11, 29, false}, {1, 12, 30, true}, {1, 17, 0, true}, {2, 8, 0, false}, {2, 8, 31, true}, {5, 7, 0, true}} {
		if got := at(c.days, c.hour, c.minute); got != c.queued {
			t.Errorf("%d days later at %d:%02d queued: %v", c.days, c.hour, c.minute, got)
		}
	}
}

// directoryVar makes the test of that name a process that puts lists into a
// directory; its value is the folder.
const directoryVar = "VANTHU_TEST_DIRECTORY"

// openDirectory opens the directory of a folder.
func openDirectory(dir string) (*exchange.Directory, error) {
	s, err := store.Open(filepath.Join(dir, "store"), store.Options{})
	return &exchange.Directory{Store: s, Clock: time.Now, Fold: viet.Fold, TempDir: dir}, err
}

// generation is the n-th list; every name says which.
func generation(n int) (list []axis.Agency) {
	for i := range 2000 {
		list = append(list, entry(fmt.Sprintf("H%d.%d", n%2, i), "", fmt.Sprintf("Danh bạ %d cơ quan %d", n, i), fmt.Sprint(n%2, i), ""))
	}
	return list
}

// TestDirectoryChild is the process that TestKilledWhileReplacing kills.
func TestDirectoryChild(t *testing.T) {
	dir := os.Getenv(directoryVar)
	if dir == "" {
		t.Skip("a child of TestKilledWhileReplacing")
	}
	d, err := openDirectory(dir)
	if err != nil {
		t.Fatal(err)
	}
	for n := 1; n < 200; n++ {
		if err := d.Replace(generation(n)); err != nil {
			t.Fatal(err)
		}
	}
}

// Whenever a process that replaces the directory is killed, a whole one is there:
// what is searched belongs to the lines.
func TestKilledWhileReplacing(t *testing.T) {
	if testing.Short() {
		t.Skip("kills processes for some seconds")
	}
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	chance, dir := rand.New(rand.NewPCG(seed, 0)), t.TempDir()
	for range 10 {
		child := exec.Command(os.Args[0], "-test.run=^TestDirectoryChild$")
		child.Env = append(os.Environ(), directoryVar+"="+dir)
		if err := child.Start(); err != nil {
			t.Fatal(err)
		}
		timer := time.AfterFunc(time.Duration(chance.Int64N(int64(time.Second))), func() { _ = child.Process.Kill() })
		_ = child.Wait() // killed
		timer.Stop()
		wholeDirectory(t, dir)
	}
}

func wholeDirectory(t *testing.T, dir string) {
	t.Helper()
	d, err := openDirectory(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer d.Store.Close()
	if faults, err := d.Store.Check(); len(faults) > 0 || err != nil {
		t.Errorf("store: %v, %v", faults, err)
	}
	at, _, err := d.Age()
	if err != nil || at.IsZero() { // killed before the first
		if err != nil {
			t.Error(err)
		}
		return
	}
	found, err := d.Search(context.Background(), "co quan 1999", 10)
	if err != nil || len(found) == 0 {
		t.Fatalf("found %v, %v", found, err)
	}
	for _, a := range found {
		b, ok, err := d.Agency(a.Code)
		if !ok || err != nil || a != b {
			t.Errorf("search says %v, the lines %v, %v", a, b, err)
		}
	}
}
