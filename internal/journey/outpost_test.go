package journey

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"vanthu/inbox"
	"vanthu/internal/document"
	"vanthu/internal/office"
	"vanthu/internal/viet"
	"vanthu/outbox"
	"vanthu/store"
)

// outpost is one of the offices of the traffic journey. While its program is
// dead the test itself is the clerk who issues documents there.
type outpost struct {
	t      *testing.T
	x      *traffic
	agency document.Agency
	peer   document.Agency
	home   office.Home
	system string
	issued []string            // ids of the records
	files  map[string][32]byte // hash of the attachment by DocumentID
	ids    int

	halfway int // how often its death left parts of a packet
}

func newOutpost(t *testing.T, x *traffic, a document.Agency, system string) *outpost {
	t.Helper()
	home, err := office.HomeAt(filepath.Join(x.dir, system))
	o := &outpost{t: t, x: x, agency: a, home: home, system: system, files: map[string][32]byte{}}
	for _, step := range []func() error{
		home.Make,
		func() error { return os.WriteFile(home.SecretFile(), []byte("secret-of-"+system+"\n"), 0o600) },
		func() error {
			return office.Save(home, office.Office{Practice: true, AllowSoftKeys: true, Abbr: "UBND", Place: "Định Mỹ", Agency: a,
				Clerk: clerk(), Leaders: []office.Leader{{Signer: leader()}},
				Axis: office.Axis{URL: "http://" + x.address, AllowPlain: true, Protocol: x.mode, System: system, SecretFile: "axis.secret", PollMinutes: 5}})
		},
		func() error { return o.work(func(*desks) error { return nil }) }, // makes the store
	} {
		if err == nil {
			err = step()
		}
	}
	if err != nil {
		t.Fatal(err)
	}
	return o
}

func clerk() document.Staff {
	return document.Staff{Department: "Văn phòng HĐND và UBND", Name: "Trần Thị Sáu", Mobile: "0912000001"}
}

// desks are an outpost's store and desks, opened by the test.
type desks struct {
	store *store.Store
	in    *inbox.Desk
	out   *outbox.Desk
}

// work opens the store of a dead program.
func (o *outpost) work(do func(*desks) error) error {
	s, err := store.Open(o.home.StoreDir(), store.Options{})
	if err != nil {
		return fmt.Errorf("%s: %w", o.agency.Code, err)
	}
	newID := func() string { o.ids++; return fmt.Sprintf("di-%s-%06d", o.system, o.ids) }
	d := &desks{store: s,
		in: &inbox.Desk{Store: s, Clock: time.Now, NewID: newID, Agency: o.agency, Staff: clerk(), TempDir: o.home.TempDir(), Fold: viet.Fold},
		out: &outbox.Desk{Store: s, Clock: time.Now, NewID: newID, Agency: o.agency, Staff: clerk(), TempDir: o.home.TempDir(), Fold: viet.Fold,
			Abbr: "UBND", Place: "Định Mỹ", Press: stamp{}, Directory: phonebook{}, AllowSoft: true}}
	return errors.Join(do(d), s.Close())
}

// life is one life of the office's program, and what its clerk did before.
func (o *outpost) life(chance *rand.Rand) error {
	documents, check, end := chance.IntN(3), chance.IntN(20) == 0, lifetime(chance, 1200*time.Millisecond)
	sizes := make([]int, documents)
	for i := range sizes {
		if sizes[i] = 100 + chance.IntN(3000); chance.IntN(4) == 0 {
			sizes[i] = 100_000 + chance.IntN(600_000)
		}
	}
	for _, size := range sizes {
		if err := o.issue(size, chance.Uint64()); err != nil {
			return err
		}
	}
	if err := o.unhold(); err != nil {
		return err
	}
	if check {
		if out, err := exec.Command(binary, "--home", o.home.Dir, "check").CombinedOutput(); err != nil {
			return fmt.Errorf("check of %s: %w: %s", o.agency.Code, err, out)
		}
	}
	err := liveAndDie(exec.Command(binary, "--home", o.home.Dir, "sync"), o.log(), end)
	if left, _ := filepath.Glob(filepath.Join(o.home.TempDir(), "*", "*")); len(left) > 0 {
		o.halfway++
	} else if left, _ := filepath.Glob(filepath.Join(o.home.TempDir(), "*.*")); len(left) > 0 {
		o.halfway++
	}
	return err
}

func (o *outpost) log() string { return filepath.Join(o.x.dir, o.system+".log") }

// issue brings a document with a random attachment on its way.
func (o *outpost) issue(size int, content uint64) error {
	return o.work(func(d *desks) error {
		file := make([]byte, size)
		_, _ = rand.NewChaCha8([32]byte{byte(content), byte(content >> 8), byte(content >> 16), byte(content >> 24), 1}).Read(file)
		ctx := context.Background()
		doc, err := d.out.Create(ctx, outbox.Draft{TypeName: document.OfficialLetter, Subject: fmt.Sprintf("V/v phối hợp đợt %d", len(o.issued)+1),
			Signer: leader(), Recipients: []document.Agency{o.peer}}, strings.NewReader("%PDF-1.7"), outbox.NewFile{Name: "so-lieu.bin", R: bytes.NewReader(file)})
		for _, step := range []func() (outbox.Document, error){
			func() (outbox.Document, error) { return d.out.Sign(ctx, doc.ID, stamp{}) },
			func() (outbox.Document, error) { return d.out.AssignNumber(doc.ID) },
			func() (outbox.Document, error) { return d.out.Seal(ctx, doc.ID, stamp{}) },
			func() (outbox.Document, error) { return d.out.Issue(doc.ID) },
		} {
			if err == nil {
				doc, err = step()
			}
		}
		if err != nil {
			return fmt.Errorf("issue: %w", err)
		}
		o.issued, o.files[doc.DocumentID] = append(o.issued, doc.ID), sha256.Sum256(file)
		return nil
	})
}

// unhold lets jobs that wait for a busy axis run at once, as a clerk does who
// presses "try again". A job held for good is a failure of this journey.
func (o *outpost) unhold() error {
	return o.work(func(d *desks) error {
		return d.store.Maintain(func(tx *store.Tx) error {
			var list []store.Job
			for j, err := range tx.Jobs() {
				if err != nil {
					return err
				}
				list = append(list, j)
			}
			for _, j := range list {
				if j.State == store.Held {
					return fmt.Errorf("%s: job %s is held: %s, %s", o.agency.Code, j.ID, j.Class, j.Reason)
				}
				if j.Attempts == 0 && j.NextTry.IsZero() {
					continue
				}
				j.Attempts, j.NextTry, j.Class, j.Reason = 0, time.Time{}, "", ""
				if err := tx.SaveJob(j); err != nil {
					return err
				}
			}
			return nil
		})
	})
}

// jobs are the jobs left.
func (o *outpost) jobs() (list []string) {
	err := o.work(func(d *desks) error {
		return d.store.View(func(tx *store.Tx) error {
			for j, err := range tx.Jobs() {
				if err != nil {
					return err
				}
				list = append(list, fmt.Sprintf("%s (%s, tried %d times, %s %s)", j.ID, j.State, j.Attempts, j.Class, j.Reason))
			}
			return nil
		})
	})
	if err != nil {
		o.t.Fatal(err)
	}
	return list
}

// syncOnce runs the program once; done is the number of jobs it finished.
func (o *outpost) syncOnce() (done int, err error) {
	var complaint bytes.Buffer
	cmd := exec.Command(binary, "--home", o.home.Dir, "--json", "sync", "--once")
	cmd.Stderr = &complaint
	out, err := cmd.Output()
	if err != nil {
		return 0, fmt.Errorf("%s: %w: %s", o.agency.Code, err, &complaint)
	}
	var answer struct{ Done int }
	return answer.Done, json.Unmarshal(out, &answer)
}

// arrived is the number of documents that stand in the register.
func (o *outpost) arrived() (n int) {
	o.t.Helper()
	err := o.work(func(d *desks) error {
		rows, _, err := d.in.List(inbox.Filter{}, store.Window{})
		n = len(rows)
		return err
	})
	if err != nil {
		o.t.Fatal(err)
	}
	return n
}

// proveArrived looks for every document of the sender in the register of this
// office, and returns how many second copies the axis delivered besides.
func (o *outpost) proveArrived(sender *outpost) (extra int) {
	o.t.Helper()
	firsts := map[string]int{}
	err := o.work(func(d *desks) error {
		rows, _, err := d.in.List(inbox.Filter{}, store.Window{})
		for _, row := range rows {
			doc, err := d.in.Get(row.ID)
			if err != nil {
				return err
			}
			id := doc.Received.DocumentID
			if doc.DuplicateOf != "" {
				extra++
			} else {
				firsts[id]++
			}
			if err := o.proveFile(d, doc, sender.files[id]); err != nil {
				o.t.Errorf("%s received by %s: %v", id, o.agency.Code, err)
			}
		}
		return err
	})
	if err != nil {
		o.t.Fatal(err)
	}
	for id := range sender.files {
		if firsts[id] != 1 {
			o.t.Errorf("%s stands %d times in the books of %s", id, firsts[id], o.agency.Code)
		}
		delete(firsts, id)
	}
	for id, n := range firsts {
		o.t.Errorf("%s stands %d times in the books of %s, but nobody issued it", id, n, o.agency.Code)
	}
	return extra
}

// proveFile compares the attachment with the one that was issued.
func (o *outpost) proveFile(d *desks, doc inbox.Document, want [32]byte) error {
	if doc.Unreadable || len(doc.Files) != 2 {
		return fmt.Errorf("unreadable %v, %d files", doc.Unreadable, len(doc.Files))
	}
	got, err := os.ReadFile(d.store.BlobPath(doc.Files[1].Hash))
	if err == nil && sha256.Sum256(got) != want {
		err = fmt.Errorf("the file of %d bytes is not the one issued", len(got))
	}
	return err
}

// proveAnswered looks for exactly one report "arrived" on every document.
func (o *outpost) proveAnswered() (reports int) {
	o.t.Helper()
	err := o.work(func(d *desks) error {
		for _, id := range o.issued {
			doc, err := d.out.Get(id)
			if err != nil {
				return err
			}
			v := doc.Delivery[0]
			reports += len(v.Events)
			if v.AxisID == "" || v.Status != document.StatusArrived || len(v.Events) != 1 {
				o.t.Errorf("%s of %s: axis id %q, status %q, %d reports", id, o.agency.Code, v.AxisID, v.Status, len(v.Events))
			}
		}
		return nil
	})
	if err != nil {
		o.t.Fatal(err)
	}
	return reports
}

// proveClean lets the program prove its own store.
func (o *outpost) proveClean() {
	o.t.Helper()
	if out, err := exec.Command(binary, "--home", o.home.Dir, "check").CombinedOutput(); err != nil {
		o.t.Errorf("check of %s: %v: %s", o.agency.Code, err, out)
	}
}

// stamp stands for page and signer, phonebook for the directory.
type (
	stamp     struct{}
	phonebook struct{}
)

func (stamp) Inspect([]byte) error { return nil }

func (stamp) Layout(context.Context, []byte) (document.Layout, error) { return document.Layout{}, nil }

func (stamp) Approve(_ context.Context, pdf []byte, _ outbox.Approval) ([]byte, outbox.SignatureNote, error) {
	return append(bytes.Clone(pdf), "\n% lãnh đạo ký"...), outbox.SignatureNote{Holder: leader().Name}, nil
}

func (stamp) Seal(_ context.Context, pdf []byte, _ outbox.Sealing) ([]byte, outbox.SignatureNote, error) {
	return append(bytes.Clone(pdf), "\n% cơ quan ký"...), outbox.SignatureNote{Holder: "UBND"}, nil
}

func (phonebook) Agency(code document.Code) (document.Agency, bool, error) {
	for _, a := range []document.Agency{us(), neighbour()} {
		if a.Code == code {
			return a, true, nil
		}
	}
	return document.Agency{}, false, nil
}
