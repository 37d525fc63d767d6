package journey

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"vanthu/internal/document"
)

var trafficMode = flag.String("mode", "", "protocol of the traffic journey: sdk, rest or oauth2; empty: by the seed")

// TestKilledTrafficArrivesOnce lets two offices exchange documents over an axis
// that loses answers, repeats requests, cuts, refuses for want of time and lists
// in any order, and kills all three with SIGKILL at random moments, as often as
// -kills says. Afterwards every document stands in the register of its recipient
// exactly once and byte for byte, every report came back to its sender, nothing
// waits, and the stores prove themselves clean.
//
// The seed makes the schedule: when each program is killed, what is issued
// between its lives, the faults and offers of each life of the axis.
func TestKilledTrafficArrivesOnce(t *testing.T) {
	if *seed == 0 {
		*seed = uint64(time.Now().UnixNano())
	}
	chance := rand.New(rand.NewPCG(*seed, 100))
	mode := []string{"sdk", "rest", "oauth2"}[chance.IntN(3)]
	if *trafficMode != "" {
		mode = *trafficMode
	}
	t.Logf("-seed %d -kills %d -mode %s", *seed, *kills, mode)
	x := newTraffic(t, mode)
	began := time.Now()
	killed := x.storm(*kills)
	x.t.Logf("%d kills in %.0f s", killed, time.Since(began).Seconds())
	if t.Failed() {
		return
	}
	t.Logf("during the storm %d of %d documents arrived", x.offices[0].arrived()+x.offices[1].arrived(), len(x.offices[0].issued)+len(x.offices[1].issued))
	x.calm()
	x.prove()
}

// traffic is two offices and the axis between them.
type traffic struct {
	t       *testing.T
	dir     string
	mode    string
	address string // of the axis, the same in all its lives
	offices [2]*outpost

	mu     sync.Mutex
	twices int // requests the axis was told to act on twice, at most
	faults map[string]int
}

func newTraffic(t *testing.T, mode string) *traffic {
	t.Helper()
	x := &traffic{t: t, mode: mode, dir: t.TempDir(), address: freeAddress(t), faults: map[string]int{}}
	for i, a := range []document.Agency{us(), neighbour()} {
		x.offices[i] = newOutpost(t, x, a, fmt.Sprintf("xa%d", i))
	}
	x.offices[0].peer, x.offices[1].peer = neighbour(), us()
	return x
}

// storm kills offices and axis n times in all, each on a schedule of its own.
func (x *traffic) storm(n int) (killed int) {
	x.t.Helper()
	lives := []func(*rand.Rand) error{x.axisLife, x.offices[0].life, x.offices[1].life}
	var all sync.WaitGroup
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	outcomes := make([]error, len(lives))
	counts := make([]int, len(lives))
	for who, live := range lives {
		all.Go(func() {
			chance := rand.New(rand.NewPCG(*seed, uint64(who)))
			for counts[who] < share(who, n) && ctx.Err() == nil {
				if err := live(chance); err != nil {
					outcomes[who] = err
					cancel()
					return
				}
				counts[who]++
			}
		})
	}
	all.Wait()
	if err := errors.Join(outcomes...); err != nil {
		x.t.Errorf("after %v kills of axis and offices: %v", counts, err)
	}
	x.t.Logf("killed: axis %d, offices %d and %d, these %d times with a packet half way; %d faults, of kinds %v", counts[0], counts[1], counts[2],
		x.offices[0].halfway+x.offices[1].halfway, sum(x.faults), slices.Sorted(maps.Keys(x.faults)))
	return counts[0] + counts[1] + counts[2]
}

// share is how many of n kills an actor gets: the axis (0) every fourth, for
// offices that find no axis only wait.
func share(who, n int) int {
	if who == 0 {
		return n / 4
	}
	return (n - n/4 + who - 1) / 2
}

func sum(counts map[string]int) (n int) {
	for _, c := range counts {
		n += c
	}
	return n
}

// lifetime is how long a program lives: now and then not even until it is ready,
// mostly long enough to get something done.
func lifetime(chance *rand.Rand, most time.Duration) time.Duration {
	if chance.IntN(5) == 0 {
		most = 100 * time.Millisecond
	}
	return time.Duration(chance.Int64N(int64(most)))
}

// axisLife is one life of the axis, with faults and offers of its own.
func (x *traffic) axisLife(chance *rand.Rand) error {
	end := lifetime(chance, 2*time.Second)
	return liveAndDie(x.axis(x.axisFlags(chance)), filepath.Join(x.dir, "axis.log"), end)
}

// offered are the offers an axis may make.
func offered() []string {
	return []string{"", "", "range", "zstd", "range,zstd", "tus", "range,zstd,tus", "range,zstd,tus"}
}

// axisFlags draws what an axis offers and how it misbehaves.
func (x *traffic) axisFlags(chance *rand.Rand) (flags []string) {
	if o := offered()[chance.IntN(len(offered()))]; o != "" {
		flags = append(flags, "--offer", o)
	}
	if chance.IntN(2) == 0 {
		flags = append(flags, "--reprint")
	}
	x.mu.Lock()
	defer x.mu.Unlock()
	for range chance.IntN(4) {
		fault := drawFault(chance)
		if fault == twice {
			x.twices++
		}
		kind, _, _ := strings.Cut(strings.NewReplacer(":", " ", "@", " ", "*", " ").Replace(fault), " ")
		x.faults[kind]++
		flags = append(flags, "--fault", fault)
	}
	return flags
}

// twice is the one fault that makes two packets of one.
const twice = "twice@sendEdoc*1"

// drawFault draws one kind of trouble and, for most, the requests that meet it.
func drawFault(chance *rand.Rand) string {
	bytes := 1 + chance.IntN(6000)
	if chance.IntN(2) == 0 {
		bytes *= 100
	}
	operation := []string{"", "@sendEdoc", "@sendEdoc", "@uploads", "@getEdoc", "@downloadEdoc", "@updateStatus", "@getReceivedEdocList"}[chance.IntN(8)]
	fault := []string{
		"lose", "lose", "drop", "busy", "busy", "page:500", "page:502", "latency:20ms", "reorder", "repeat", "null-rows", "bandwidth:2000000", "twice",
		fmt.Sprintf("cut:%d", bytes), fmt.Sprintf("cut-upload:%d", bytes),
	}[chance.IntN(15)]
	times := []int{1, 2, 3, 20}[chance.IntN(4)]
	switch fault {
	case "twice":
		return twice
	case "reorder", "repeat", "null-rows":
		return fault
	}
	return fmt.Sprintf("%s%s*%d", fault, operation, times)
}

// calm lets axis and offices live in peace until nothing is left to do.
func (x *traffic) calm() {
	x.t.Helper()
	axis, err := startUntilReady(x.axis(nil), filepath.Join(x.dir, "axis.log"))
	if err != nil {
		x.t.Fatal(err)
	}
	x.t.Cleanup(func() { _ = axis.Process.Kill(); _ = axis.Wait() })
	quiet := 0
	for round := 0; quiet < 2; round++ {
		if round == 50 {
			x.t.Fatalf("never quiet: jobs %v and %v", x.offices[0].jobs(), x.offices[1].jobs())
		}
		quiet++
		for _, o := range x.offices {
			if err := o.unhold(); err != nil {
				x.t.Fatal(err)
			}
			done, err := o.syncOnce()
			if err != nil {
				x.t.Fatal(err)
			}
			if done > 0 || len(o.jobs()) > 0 {
				quiet = 0
			}
		}
	}
}

// prove looks into both stores and at the axis.
func (x *traffic) prove() {
	x.t.Helper()
	extra, reports := 0, 0
	for i, o := range x.offices {
		other := x.offices[1-i]
		extra += o.proveArrived(other)
		reports += o.proveAnswered()
		o.proveClean()
	}
	if x.mode == "sdk" && extra > x.twices {
		x.t.Errorf("%d documents were sent again although the axis had them; it was told to act twice only %d times", extra, x.twices)
	}
	x.t.Logf("%d and %d documents, %d reports; %d second copies, all known as such (the axis acted twice at most %d times)",
		len(x.offices[0].issued), len(x.offices[1].issued), reports, extra, x.twices)
	for _, o := range x.offices {
		if left, err := os.ReadDir(filepath.Join(o.home.TempDir(), "parts")); err == nil && len(left) > 0 {
			x.t.Errorf("%s: %d parts of finished transfers left, such as %s", o.agency.Code, len(left), left[0].Name())
		}
	}
}
