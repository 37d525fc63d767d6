package journey

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"vanthu/inbox"
	"vanthu/internal/axis"
	"vanthu/internal/document"
	"vanthu/outbox"
)

var (
	kills = flag.Int("kills", 15, "how often the crash journey kills the program")
	seed  = flag.Uint64("seed", 0, "seed of the crash journey; 0: from the clock")
)

// documents that pass through the desk in the crash journey at one time.
const (
	crashIncoming = 4
	crashOutgoing = 3
)

// TestCrashNeverLosesANumberOrADocument kills the program with SIGKILL at
// random moments of a day's work and goes on each time where the office stands:
// no number is missing or doubled, no document is lost or sent twice as a new
// one, and the store proves itself clean after every kill.
func TestCrashNeverLosesANumberOrADocument(t *testing.T) {
	if *seed == 0 {
		*seed = uint64(time.Now().UnixNano())
	}
	t.Logf("-seed %d -kills %d", *seed, *kills)
	d := &day{scene: newScene(t), rand: rand.New(rand.NewPCG(*seed, 0)), took: map[string]time.Duration{}}
	d.do(nil, "sync", "--once") // the directory of agencies, before the first draft
	for d.killed < *kills {
		d.morning()
		for args := d.next(); args != nil; args = d.next() {
			if d.run(args) {
				d.proveClean()
			}
			if t.Failed() {
				t.FailNow()
			}
		}
	}
	d.evening()
	t.Logf("%d kills in %d runs: %d documents in, %d out; killed verbs: %v", d.killed, d.runs, len(d.sentToUs), len(d.outgoing()), d.victims)
}

type day struct {
	*scene
	rand         *rand.Rand
	round        int
	drafted      int // drafts wanted so far
	synced       bool
	sentToUs     []string
	runs, killed int
	victims      map[string]int
	took         map[string]time.Duration // how long each verb takes, to aim within it
}

// morning brings new work.
func (d *day) morning() {
	d.round++
	d.synced = false
	for range crashIncoming {
		n := len(d.sentToUs) + 1
		d.sentToUs = append(d.sentToUs, d.receives(n, fmt.Sprintf("V/v phối hợp tuần tra giáp ranh đợt %d", n)))
	}
	d.drafted += crashOutgoing
}

func (d *day) incoming() []inbox.Summary {
	var list struct{ Documents []inbox.Summary }
	d.do(&list, "list", "incoming", "--limit", "100000")
	return list.Documents
}

func (d *day) outgoing() []outbox.Summary {
	var list struct{ Documents []outbox.Summary }
	d.do(&list, "list", "outgoing", "--limit", "100000")
	return list.Documents
}

// next looks at where the office stands and chooses what a clerk would do next;
// nil when the day's work is done and the link drained.
func (d *day) next() []string {
	var choices [][]string
	in, out := d.incoming(), d.outgoing()
	if len(in) < len(d.sentToUs) {
		choices = append(choices, []string{"sync", "--once"})
	}
	if len(out) < d.drafted {
		choices = append(choices, []string{"draft", d.draft, "--type", "Quyết định", "--to", string(neighbour().Code),
			"--subject", fmt.Sprintf("Về việc thành lập Tổ công tác số %d", len(out)+1)})
	}
	for _, doc := range in {
		if args := incomingAct(doc); args != nil {
			choices = append(choices, args)
		}
	}
	for _, doc := range out {
		if args := d.outgoingAct(doc); args != nil {
			choices = append(choices, args)
		}
	}
	switch {
	case len(choices) > 0:
		d.synced = false
		return choices[d.rand.IntN(len(choices))]
	case !d.synced:
		return []string{"sync", "--once"}
	}
	return nil
}

func incomingAct(doc inbox.Summary) []string {
	switch doc.State {
	case inbox.Received:
		return []string{"register", doc.ID}
	case inbox.Registered:
		return []string{"hand-over", doc.ID, "--to", "Phòng Kinh tế"}
	case inbox.HandedOver:
		return []string{"complete", doc.ID, "--note", "Đã phối hợp."}
	}
	return nil
}

func (d *day) outgoingAct(doc outbox.Summary) []string {
	switch doc.State {
	case outbox.Drafting:
		return []string{"sign", doc.ID, "--pin-file", d.pin}
	case outbox.Signed:
		return []string{"number", doc.ID}
	case outbox.Numbered:
		return []string{"seal", doc.ID, "--pin-file", d.pin}
	case outbox.Sealed:
		return []string{"issue", doc.ID}
	}
	return nil
}

// run runs a verb and, two times in three, kills it somewhere on its way.
func (d *day) run(args []string) (killed bool) {
	d.t.Helper()
	d.runs++
	verb := args[0]
	cmd := d.command(args...)
	var complaint strings.Builder
	cmd.Stderr = &complaint
	began := time.Now()
	d.ok(cmd.Start())
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	var err error
	if known := d.took[verb]; known > 0 && d.rand.IntN(3) > 0 {
		select {
		case err = <-ended:
		case <-time.After(time.Duration(d.rand.Int64N(int64(known)))):
			_ = cmd.Process.Signal(syscall.SIGKILL)
			err = <-ended
		}
	} else {
		err = <-ended
		d.took[verb] = time.Since(began)
	}
	if status := cmd.ProcessState.Sys().(syscall.WaitStatus); status.Signaled() {
		d.killed++
		if d.victims == nil {
			d.victims = map[string]int{}
		}
		d.victims[verb]++
		return true
	}
	if err != nil {
		d.t.Fatalf("vanthu %s: %v: %s", strings.Join(args, " "), err, complaint.String())
	}
	if verb == "sync" {
		d.synced = true
	}
	return false
}

// proveClean asks the program itself, which proves journal, counters, lines,
// indexes and blobs against each other, and looks at the registers from outside.
func (d *day) proveClean() {
	d.t.Helper()
	if out, complaint, code := d.try("check"); code != 0 {
		d.t.Fatalf("after kill %d check says:\n%s%s", d.killed, out, complaint)
	}
	var in struct{ Lines []inbox.Row }
	var out struct{ Lines []outbox.Row }
	d.do(&in, "book", "incoming")
	d.do(&out, "book", "outgoing")
	seen := map[string]bool{}
	once := func(i, number int, record string) {
		if number != i+1 || seen[record] {
			d.t.Errorf("after kill %d: line %d bears number %d of %s (seen before: %v)", d.killed, i+1, number, record, seen[record])
		}
		seen[record] = true
	}
	for i, row := range in.Lines {
		once(i, row.ArrivalNumber, row.Record)
	}
	for i, row := range out.Lines {
		once(i, row.Number, row.Record)
	}
}

// evening proves that everything arrived on both sides, and once.
func (d *day) evening() {
	d.t.Helper()
	d.proveClean()
	var ours []string
	for _, doc := range d.incoming() {
		var full inbox.Document
		d.do(&full, "show", doc.ID)
		ours = append(ours, full.Received.DocumentID)
	}
	slices.Sort(ours)
	want := slices.Sorted(slices.Values(d.sentToUs))
	if !slices.Equal(ours, want) {
		d.t.Errorf("received %q\nsent to us %q", ours, want)
	}
	d.proveSentOnce()
	d.proveAnswered()
	d.proveTidy()
}

// proveTidy: nothing is left in the home's folder for files on their way; that of
// interrupted transfers stays, with nothing in it.
func (d *day) proveTidy() {
	d.t.Helper()
	for _, pattern := range []string{"*", "parts/*"} {
		left, err := filepath.Glob(filepath.Join(d.home, "tmp", pattern))
		d.ok(err)
		left = slices.DeleteFunc(left, func(path string) bool { return filepath.Base(path) == "parts" })
		if len(left) > 0 {
			d.t.Errorf("left in the home's tmp folder: %v", left)
		}
	}
}

func (d *day) proveSentOnce() {
	d.t.Helper()
	copies := map[string]int{}
	for _, p := range d.arrivals(axis.Edoc) {
		copies[p.Document.ID]++
	}
	for _, doc := range d.outgoing() {
		if doc.State != outbox.Issued || copies[doc.DocumentID] != 1 {
			d.t.Errorf("%s (%s) is %s, the neighbour has it %d times", doc.ID, doc.DocumentID, doc.State, copies[doc.DocumentID])
		}
		delete(copies, doc.DocumentID)
	}
	if len(copies) > 0 {
		d.t.Errorf("the neighbour has documents we do not know: %v", copies)
	}
}

// proveAnswered: each document was answered with 01, 03, 04 and 06. A status
// may come twice, for delivery is at least once on the wire.
func (d *day) proveAnswered() {
	d.t.Helper()
	answered := map[string]map[document.Status]bool{}
	for _, p := range d.arrivals(axis.StatusMessage) {
		id := p.Status.For.ID
		if answered[id] == nil {
			answered[id] = map[document.Status]bool{}
		}
		answered[id][p.Status.Code] = true
	}
	for _, id := range d.sentToUs {
		for _, code := range []document.Status{document.StatusArrived, document.StatusAccepted, document.StatusAssigned, document.StatusCompleted} {
			if !answered[id][code] {
				d.t.Errorf("%s was never answered with %s", id, code)
			}
		}
	}
}
