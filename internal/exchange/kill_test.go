package exchange_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"testing"
	"time"

	"vanthu/internal/axis"
	"vanthu/internal/document"
	"vanthu/store"
)

// childVar makes the test binary an office that drains its queue and ends; its
// value is "commune" or "neighbour", the arguments are in the other two.
const (
	childVar = "VANTHU_TEST_OFFICE"
	dirVar   = "VANTHU_TEST_OFFICE_DIR"
	urlVar   = "VANTHU_TEST_OFFICE_AXIS"
)

func TestMain(m *testing.M) {
	if who := os.Getenv(childVar); who != "" {
		if err := child(who); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	os.Exit(m.Run())
}

func child(who string) error {
	a, system, secret := commune(), "dinhmy", "một"
	if who == "neighbour" {
		a, system, secret = neighbour(), "vinhhoa", "hai"
	}
	e, err := build(os.Getenv(dirVar), os.Getenv(urlVar), time.Now, a, system, secret)
	if err != nil {
		return err
	}
	c := newCourier(e)
	for {
		sum, err := c.Drain(context.Background())
		if err != nil || sum.Waiting == 0 {
			return errors.Join(err, e.Store.Close())
		}
	}
}

// Offices are killed with SIGKILL again and again at random moments while they
// exchange documents. Whatever the moment: every document arrives once, goes
// over the line as one message, is acknowledged, and its status comes back.
func TestKilledAtAnyMoment(t *testing.T) {
	if testing.Short() {
		t.Skip("kills processes for some seconds")
	}
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	chance := rand.New(rand.NewPCG(seed, 0))
	w := newWorld(t)
	w.set(time.Now())
	dirA, dirB := t.TempDir(), t.TempDir()
	a := w.officeIn(dirA, commune(), "dinhmy", "một")
	if err := a.Directory.Replace([]axis.Agency{{Agency: neighbour()}}); err != nil {
		t.Fatal(err)
	}
	var ids []string
	for range 6 {
		ids = append(ids, a.issue(neighbour()).ID)
	}
	a.close()
	kills := killing(t, chance, "commune", dirA, w.url) + killing(t, chance, "neighbour", dirB, w.url) + killing(t, chance, "commune", dirA, w.url)
	t.Logf("%d times killed", kills)
	w.set(time.Now().Add(time.Second))
	a, b := w.officeIn(dirA, commune(), "dinhmy", "một"), w.officeIn(dirB, neighbour(), "vinhhoa", "hai")
	if rows := b.arrived(); len(rows) != len(ids) {
		t.Errorf("%d documents arrived, want %d", len(rows), len(ids))
	}
	for _, r := range b.arrived() {
		if r.DuplicateOf != "" {
			t.Errorf("%s arrived twice", r.Code)
		}
	}
	for _, id := range ids {
		if got := a.states(id); got != document.StatusArrived.Name() {
			t.Errorf("%s: %s", id, got)
		}
	}
	if a.sent(axis.Edoc) != len(ids) || a.waiting()+b.waiting() != 0 || open(a)+open(b) != 0 {
		t.Errorf("sent %d, waiting %d and %d, jobs %v and %v", a.sent(axis.Edoc), a.waiting(), b.waiting(), a.jobs(), b.jobs())
	}
}

func open(o *office) (n int) {
	for _, j := range o.jobs() {
		if j.State == store.Waiting || j.State == store.Held {
			n++
		}
	}
	return n
}

// killing starts an office until it has ended by itself, killing it at first.
func killing(t *testing.T, chance *rand.Rand, who, dir, url string) (kills int) {
	t.Helper()
	for try := 0; ; try++ {
		cmd := exec.Command(os.Args[0])
		cmd.Env = append(os.Environ(), childVar+"="+who, dirVar+"="+dir, urlVar+"="+url)
		cmd.Stderr = os.Stderr
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		if try < 25 {
			timer := time.AfterFunc(time.Duration(chance.Int64N(int64(120*time.Millisecond))), func() { _ = cmd.Process.Kill() })
			err := cmd.Wait()
			timer.Stop()
			if err == nil {
				return kills
			}
			kills++
			continue
		}
		if err := cmd.Wait(); err != nil {
			t.Fatalf("%s ends with %v", who, err)
		}
		return kills
	}
}
