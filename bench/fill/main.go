// Fill makes an office's home with many documents, through the same desks that
// receive, register and issue them in earnest: packets, files, register lines,
// statuses and journal are all there. The screen benchmark runs on it.
//
//	go run ./bench/fill -home DIR [-n 10000] [-untidy] [-seed 1]
//
// By default the home is tidy, as after a good year: all incoming documents but
// the last 60 are completed, those 60 stand in all states, one in 250 brought an
// outgoing one (signed by a stand-in), and no job waits for the link.
//
// With -untidy nobody has looked at anything for two days and there is no link:
// all documents wait to be received by the clerk, and the acknowledgement and the
// first status of each wait to be sent.
//
// Ten thousand take about two minutes on an SSD and half of that untidy; in a
// folder in memory (/dev/shm) a few seconds.
package main

import (
	"flag"
	"fmt"
	"os"
	"time"

	"vanthu/bench/letter"
	"vanthu/inbox"
	"vanthu/internal/document"
	"vanthu/internal/office"
	"vanthu/internal/viet"
	"vanthu/outbox"
	"vanthu/store"
)

func main() {
	dir := flag.String("home", "", "folder of the home to make")
	n := flag.Int("n", 10_000, "incoming documents")
	untidy := flag.Bool("untidy", false, "leave all documents waiting and all jobs pending")
	seed := flag.Uint64("seed", 1, "seed of the made-up documents")
	flag.Parse()
	if *dir == "" {
		fmt.Fprintln(os.Stderr, "usage: fill -home DIR [-n DOCUMENTS] [-untidy] [-seed N]")
		os.Exit(2)
	}
	if err := fill(*dir, *n, *untidy, *seed); err != nil {
		fmt.Fprintln(os.Stderr, "fill:", err)
		os.Exit(1)
	}
}

func fill(dir string, n int, untidy bool, seed uint64) error {
	home, err := makeHome(dir)
	if err != nil {
		return err
	}
	f, err := open(home, seed)
	if err != nil {
		return err
	}
	defer f.store.Close()
	span := 200 * 24 * time.Hour
	if untidy {
		span = 48 * time.Hour
	}
	f.now = time.Now().Add(-span)
	for i := range n {
		f.now = f.now.Add(span / time.Duration(n+1))
		if err := f.day(i, n, untidy); err != nil {
			return fmt.Errorf("document %d: %w", i, err)
		}
	}
	if untidy {
		return nil
	}
	return f.finishJobs()
}

func makeHome(dir string) (office.Home, error) {
	home, err := office.HomeAt(dir)
	if err == nil {
		err = home.Make()
	}
	if err == nil {
		err = office.Save(home, letter.Commune())
	}
	if err == nil {
		err = os.WriteFile(home.SecretFile(), []byte("bench\n"), 0o600)
	}
	return home, err
}

type filler struct {
	now     time.Time
	ids     int
	letters *letter.Writer
	store   *store.Store
	inbox   *inbox.Desk
	outbox  *outbox.Desk
}

func open(home office.Home, seed uint64) (*filler, error) {
	f := &filler{letters: letter.New(seed)}
	s, err := store.Open(home.StoreDir(), store.Options{Clock: f.clock})
	if err != nil {
		return nil, err
	}
	ours := letter.Commune()
	newID := func() string { f.ids++; return fmt.Sprintf("fill%09d", f.ids) }
	f.store = s
	f.inbox = &inbox.Desk{Store: s, Clock: f.clock, NewID: newID, Agency: ours.Agency, Staff: ours.Clerk, TempDir: os.TempDir(), Fold: viet.Fold}
	f.outbox = &outbox.Desk{Store: s, Clock: f.clock, NewID: newID, Agency: ours.Agency, Staff: ours.Clerk, TempDir: os.TempDir(), Fold: viet.Fold,
		Abbr: ours.Abbr, Place: ours.Place, Press: paper{}, Directory: province{}}
	return f, nil
}

// clock moves with each document, so that the last of them came just now.
func (f *filler) clock() time.Time { return f.now }

// The tidy home: how many documents are open, and how often one is answered.
const (
	openLast = 60
	answered = 250
	batch    = 100 // documents between two removals of jobs
)

// day is what happens with document i of n.
func (f *filler) day(i, n int, untidy bool) error {
	doc, err := f.receive(i)
	if err != nil || untidy {
		return err
	}
	stage := completed
	if left := n - i; left <= openLast {
		stage = left % completed
	}
	if err := f.advance(doc, stage); err != nil {
		return err
	}
	if i%answered == answered-1 {
		if err := f.answer(i, n); err != nil {
			return fmt.Errorf("outgoing: %w", err)
		}
	}
	if i%batch == 0 {
		return f.finishJobs()
	}
	return nil
}

// finishJobs removes all jobs, as a link would have done.
func (f *filler) finishJobs() error {
	return f.store.Maintain(func(tx *store.Tx) error {
		var ids []string
		for j, err := range tx.Jobs() {
			if err != nil {
				return err
			}
			ids = append(ids, j.ID)
		}
		for _, id := range ids {
			if err := tx.FinishJob(id); err != nil {
				return err
			}
		}
		return nil
	})
}

// today is the day of the filler's clock.
func (f *filler) today() document.Date { return document.DateOf(f.now) }
