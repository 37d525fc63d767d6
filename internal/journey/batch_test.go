package journey

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"vanthu/internal/verdict"
	"vanthu/outbox"
	"vanthu/store"
)

// batchSize is how many documents one batch of the crash journey signs.
const batchSize = 6

// TestBatchKilled kills the program with SIGKILL at random moments of a batch,
// signing and sealing in turn: every file is either untouched or completely signed,
// each document by itself, and the store proves itself clean.
func TestBatchKilled(t *testing.T) {
	if *seed == 0 {
		*seed = uint64(time.Now().UnixNano())
	}
	t.Logf("-seed %d -kills %d", *seed, *kills)
	b := &killedBatch{scene: newScene(t), rand: rand.New(rand.NewPCG(*seed, 1)), took: map[string]time.Duration{},
		were: map[string]outbox.Document{}, proved: map[store.Hash]string{}}
	b.do(nil, "sync", "--once") // the directory of agencies, before the first draft
	for b.killed < *kills {
		b.work()
	}
	t.Logf("%d kills in %d runs, %d of them with something signed and something left", b.killed, b.runs, b.between)
	if left, err := os.ReadDir(filepath.Join(b.home, "tmp")); err != nil || len(left) > 0 {
		t.Errorf("left in the home's tmp folder: %v, %v", left, err)
	}
}

type killedBatch struct {
	*scene
	rand                  *rand.Rand
	runs, killed, between int
	took                  map[string]time.Duration   // one whole batch of each verb, to aim within it
	were                  map[string]outbox.Document // before the batch
	proved                map[store.Hash]string      // signed files that were verified
}

// work drafts a handful of documents, signs and seals them.
func (b *killedBatch) work() {
	b.t.Helper()
	var ids []string
	for i := range batchSize {
		var doc outbox.Document
		b.do(&doc, "draft", b.draft, "--type", "Quyết định", "--to", string(neighbour().Code), "--subject", fmt.Sprintf("Về việc thành lập Tổ công tác số %d", i+1))
		ids = append(ids, doc.ID)
	}
	b.through("sign", ids, outbox.Drafting, outbox.Signed)
	for _, id := range ids {
		b.do(nil, "number", id)
	}
	b.through("seal", ids, outbox.Numbered, outbox.Sealed)
}

// through runs a batch until all of it is done, however often it is killed.
func (b *killedBatch) through(verb string, ids []string, from, to outbox.State) {
	b.t.Helper()
	b.remember(ids)
	for done := 0; done < len(ids); {
		killed := b.run(verb, ids)
		if killed {
			if out, complaint, code := b.try("check"); code != 0 {
				b.t.Fatalf("after kill %d check says:\n%s%s", b.killed, out, complaint)
			}
		}
		done = b.prove(ids, from, to)
		switch {
		case killed && done > 0 && done < len(ids):
			b.between++
		case !killed && done < len(ids):
			b.t.Fatalf("%s was not killed and left %d documents", verb, len(ids)-done)
		}
	}
}

func (b *killedBatch) remember(ids []string) {
	b.t.Helper()
	for _, id := range ids {
		b.were[id] = b.shown(id)
	}
}

func (b *killedBatch) shown(id string) outbox.Document {
	b.t.Helper()
	var doc outbox.Document
	b.do(&doc, "show", id)
	return doc
}

// run runs the batch and, but for the first of its kind, kills it somewhere on its way.
func (b *killedBatch) run(verb string, ids []string) (killed bool) {
	b.t.Helper()
	b.runs++
	cmd := b.command(append([]string{verb, "--pin-file", b.pin}, ids...)...)
	var complaint strings.Builder
	cmd.Stderr = &complaint
	began := time.Now()
	b.ok(cmd.Start())
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	var err error
	if known := b.took[verb]; known > 0 && b.killed < *kills {
		select {
		case err = <-ended:
		case <-time.After(time.Duration(b.rand.Int64N(int64(known)))):
			_ = cmd.Process.Signal(syscall.SIGKILL)
			err = <-ended
		}
	} else {
		err = <-ended
		b.took[verb] = time.Since(began)
	}
	if status := cmd.ProcessState.Sys().(syscall.WaitStatus); status.Signaled() {
		b.killed++
		return true
	}
	if err != nil {
		b.t.Fatalf("vanthu %s: %v: %s", verb, err, complaint.String())
	}
	return false
}

// prove looks at every document of a batch: as it was, or signed with a file that
// our own verification accepts. It counts the latter.
func (b *killedBatch) prove(ids []string, from, to outbox.State) (done int) {
	b.t.Helper()
	for _, id := range ids {
		doc, was := b.shown(id), b.were[id]
		switch {
		case doc.State == from && doc.File == was.File:
		case doc.State == to && doc.File.Hash != was.File.Hash && doc.File.Size > was.File.Size:
			done++
			if b.proved[doc.File.Hash] == "" {
				b.proved[doc.File.Hash] = id
				b.proveSigned(doc)
			}
		default:
			b.t.Fatalf("after kill %d %s is %s with %+v, was %s with %+v", b.killed, id, doc.State, doc.File, was.State, was.File)
		}
	}
	return done
}

// proveSigned verifies the file of a document from outside.
func (b *killedBatch) proveSigned(doc outbox.Document) {
	b.t.Helper()
	var saved struct{ Path string }
	dir, err := os.MkdirTemp(b.dir, "saved")
	b.ok(err)
	defer os.RemoveAll(dir)
	b.do(&saved, "save", doc.ID, "1", "--to", dir)
	out, complaint, _ := b.try("--json", "verify", saved.Path, "--offline")
	var report verdict.Report
	b.decode(out, &report)
	want := 1
	if doc.State == outbox.Sealed {
		want = 2
	}
	if report.Document != verdict.ValidOffline || len(report.Signatures) != want {
		b.t.Fatalf("%s (%s) is %s with %d signatures: %s", doc.ID, doc.State, report.Document, len(report.Signatures), complaint)
	}
}
