// Sync measures how fast an office that was long without link catches up: a
// simulated axis on loopback offers N documents, and one run of the courier, as
// `vanthu sync --once` does it, fetches them, acknowledges them and sends their
// statuses. The pages of the PDFs are not looked at.
//
//	go run ./bench/sync [-n 1000] [-dir DIR] [-cpuprofile FILE]
//
// It prints documents per second and, last, how long a second run takes that
// finds nothing to do. Most of the time is the disk's: compare runs on one disk.
package main

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"net/http/httptest"
	"os"
	"path/filepath"
	"runtime/pprof"
	"time"

	"vanthu/bench/letter"
	"vanthu/inbox"
	"vanthu/internal/axis"
	"vanthu/internal/axis/axissim"
	"vanthu/internal/courier"
	"vanthu/internal/document"
	"vanthu/internal/exchange"
	"vanthu/internal/viet"
	"vanthu/outbox"
	"vanthu/store"
)

func main() {
	n := flag.Int("n", 1000, "documents")
	dir := flag.String("dir", "", "folder to work in; a temporary one when empty")
	profile := flag.String("cpuprofile", "", "file for the CPU profile of the first run")
	flag.Parse()
	if err := measure(*n, *dir, *profile); err != nil {
		fmt.Fprintln(os.Stderr, "sync:", err)
		os.Exit(1)
	}
}

func measure(n int, dir, profile string) error {
	if dir == "" {
		temp, err := os.MkdirTemp("", "vanthu-sync-")
		if err != nil {
			return err
		}
		defer os.RemoveAll(temp)
		dir = temp
	}
	sim, err := axissim.New(axissim.Options{
		Dir:     filepath.Join(dir, "axis"),
		Systems: []axissim.System{{ID: "bench", Secret: secret()}, {ID: "tinh", Secret: secret()}},
		Agencies: []axissim.Agency{
			{Agency: letter.Commune().Agency, System: "bench"}, {Agency: letter.Sender(), System: "tinh"},
		},
	})
	if err != nil {
		return err
	}
	server := httptest.NewServer(sim.Handler())
	defer func() { server.Close(); _ = sim.Close() }()
	if err := post(server.URL, n); err != nil {
		return fmt.Errorf("post: %w", err)
	}
	x, err := open(filepath.Join(dir, "home"), server.URL)
	if err != nil {
		return err
	}
	defer x.Store.Close()
	return catchUp(x, n, profile)
}

func secret() []byte { return []byte("bench") }

// post lets the province send n documents.
func post(url string, n int) error {
	client, err := axis.New(axis.Config{URL: url, System: "tinh", Secret: secret(), PlainAllowed: true})
	if err != nil {
		return err
	}
	w := letter.New(1)
	for range n {
		packet, err := w.Next(document.DateOf(time.Now()))
		if err != nil {
			return err
		}
		_, err = client.Send(context.Background(), axis.Message{From: letter.Sender().Code, Type: axis.Edoc,
			To: []document.Code{letter.Commune().Agency.Code}, Body: bytes.NewReader(packet), Size: int64(len(packet))})
		if err != nil {
			return err
		}
	}
	return nil
}

// open puts the commune together the way the program does.
func open(dir, url string) (*exchange.Exchange, error) {
	temp := filepath.Join(dir, "tmp")
	if err := os.MkdirAll(temp, 0o700); err != nil {
		return nil, err
	}
	s, err := store.Open(dir, store.Options{})
	if err != nil {
		return nil, err
	}
	client, err := axis.New(axis.Config{URL: url, System: "bench", Secret: secret(), PlainAllowed: true})
	if err != nil {
		return nil, errors.Join(err, s.Close())
	}
	ours, ids := letter.Commune(), 0
	newID := func() string { ids++; return fmt.Sprintf("sync%09d", ids) }
	directory := &exchange.Directory{Store: s, Clock: time.Now, Fold: viet.Fold}
	return &exchange.Exchange{
		Axis: client, Store: s, Directory: directory, Clock: time.Now, TempDir: temp,
		Inbox:  &inbox.Desk{Store: s, Clock: time.Now, NewID: newID, Agency: ours.Agency, Staff: ours.Clerk, TempDir: temp, Fold: viet.Fold},
		Outbox: &outbox.Desk{Store: s, Clock: time.Now, NewID: newID, Agency: ours.Agency, Staff: ours.Clerk, TempDir: temp, Fold: viet.Fold},
	}, nil
}

func catchUp(x *exchange.Exchange, n int, profile string) error {
	c := courier.New(courier.Options{Store: x.Store, Poll: x.Poll, Handlers: x.Handlers()})
	if profile != "" {
		f, err := os.Create(profile)
		if err != nil {
			return err
		}
		defer f.Close()
		if err := pprof.StartCPUProfile(f); err != nil {
			return err
		}
		defer pprof.StopCPUProfile()
	}
	for _, what := range []string{"all", "nothing"} {
		began := time.Now()
		sum, err := c.Drain(context.Background())
		if err != nil {
			return fmt.Errorf("%+v: %w", sum, err)
		}
		took := time.Since(began)
		fmt.Printf("%-8s %d jobs in %v", what, sum.Done, took.Round(time.Millisecond))
		if what == "all" {
			fmt.Printf(", %.0f documents/s", float64(n)/took.Seconds())
			pprof.StopCPUProfile()
		}
		fmt.Println()
	}
	return nil
}
