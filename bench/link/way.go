//go:build linux

package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"syscall"
	"time"
)

// way is one client moving the documents in one direction over one line.
type way struct {
	plan
	client string // "naive", "plain" or "offering"
	up     bool
	name   string // of the line
	dir    string
	certs  certificates

	began, ended time.Time // start of the program, last document in the books
	empty        time.Time // the queue too; zero when it never was
	arrived      int       // documents
	traffic      traffic
	limit        float64
}

// measure makes the documents ready, opens the line and lets the client work.
func (w *way) measure(ctx context.Context) error {
	if err := w.try(ctx); err != nil {
		return fmt.Errorf("%s %s: %w", w.client, direction(w.up), err)
	}
	return nil
}

func (w *way) try(ctx context.Context) error {
	if err := os.MkdirAll(w.dir, 0o700); err != nil {
		return err
	}
	line, err := openLine(w.plan, w.name)
	if err != nil {
		return err
	}
	defer line.close()
	axis, err := startAxis(w, line.server())
	if err != nil {
		return err
	}
	defer axis.stop()
	work, err := w.prepare(ctx, line)
	if err != nil {
		return fmt.Errorf("prepare: %w", err)
	}
	receiver := line.client()
	if w.up {
		receiver = line.server()
	}
	watcher, err := watch(receiver)
	if err != nil {
		return err
	}
	defer watcher.stop()
	ctx, cancel := context.WithTimeout(ctx, w.patience)
	defer cancel()
	go line.resetting(ctx)
	w.began = time.Now()
	err = work(ctx, line)
	if w.arrived < w.docs {
		w.ended = time.Now()
	}
	w.traffic = watcher.traffic()
	w.limit = (1 - w.loss) * 1348 / 1400 * line.availability(w.began, w.ended)
	if w.trace {
		var all bytes.Buffer // several ways may end at once
		fmt.Fprintf(&all, "== %s %s\n", w.client, direction(w.up))
		watcher.print(&all)
		_, _ = os.Stdout.Write(all.Bytes())
	}
	if errors.Is(err, context.DeadlineExceeded) {
		return nil // the table tells
	}
	return err
}

// prepare makes the documents and returns the work to be measured. It ends with
// the error of ctx when it is not done in time.
func (w *way) prepare(ctx context.Context, l *badLine) (work func(context.Context, *badLine) error, err error) {
	packets, err := w.packets()
	if err != nil {
		return nil, err
	}
	work = w.sync
	if w.client == "naive" {
		work = func(ctx context.Context, l *badLine) error { return w.naive(ctx, l, packets) }
	} else if err := w.makeHome(l); err != nil {
		return nil, err
	}
	switch {
	case !w.up:
		err = w.post(ctx, l, packets)
	case w.client != "naive":
		err = w.issue()
	}
	return work, err
}

// sync runs the program until everything has arrived and its queue is empty.
func (w *way) sync(ctx context.Context, l *badLine) error {
	log, err := os.Create(filepath.Join(w.dir, "client.log"))
	if err != nil {
		return err
	}
	defer log.Close()
	cmd := command(l.client(), w.vanthu, "--home", w.home(), "sync")
	cmd.Stdout, cmd.Stderr = log, log
	if err := cmd.Start(); err != nil {
		return err
	}
	gone := make(chan error, 1)
	go func() { gone <- cmd.Wait() }()
	defer func() {
		_ = cmd.Process.Signal(syscall.SIGTERM)
		<-gone
	}()
	look := time.NewTicker(300 * time.Millisecond)
	defer look.Stop()
	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case err := <-gone:
			gone <- err
			return fmt.Errorf("vanthu sync ended: %v, see %s", err, log.Name())
		case <-look.C:
		}
		if w.look(ctx, l); !w.empty.IsZero() {
			return nil
		}
	}
}

// look notes how far the documents are. A question that fails is asked again.
func (w *way) look(ctx context.Context, l *badLine) {
	arrived := w.inRegister
	if w.up {
		arrived = func() (int, error) { return w.onAxis(ctx, l) }
	}
	now := time.Now()
	if n, err := arrived(); err == nil && n > w.arrived {
		w.arrived = n
		if n >= w.docs {
			w.ended = now
		}
	}
	if w.arrived < w.docs {
		return
	}
	if n, err := w.queued(); err == nil && n == 0 {
		w.empty = now
	}
}

// goodput is the share of the line that was used for bytes of documents.
func (w *way) goodput() float64 {
	return float64(w.arrived*w.size) * 8 / w.ended.Sub(w.began).Seconds() / float64(w.rate)
}
