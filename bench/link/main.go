//go:build linux

package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"time"
)

// plan is what the flags say.
type plan struct {
	vanthu, badlink string // programs
	rate            int    // bits per second, each way
	delay           time.Duration
	loss            float64
	cut, off        time.Duration
	docs, size      int
	seed            int64
	patience        time.Duration
	only            []string
	congestion      string
	keep            string
	trace           bool
}

func main() {
	var p plan
	var only string
	flag.StringVar(&p.vanthu, "vanthu", "vanthu", "the program measured")
	flag.StringVar(&p.badlink, "badlink", "badlink", "the packet emulator")
	flag.IntVar(&p.rate, "rate", 128_000, "bits per second, each way")
	flag.DurationVar(&p.delay, "delay", 300*time.Millisecond, "one-way delay")
	flag.Float64Var(&p.loss, "loss", 0.05, "share of packets lost")
	flag.DurationVar(&p.cut, "cut", 0, "cut everything this often (0: never)")
	flag.DurationVar(&p.off, "off", 3*time.Second, "length of a cut")
	flag.IntVar(&p.docs, "docs", 4, "documents")
	flag.IntVar(&p.size, "size", 300_000, "random bytes in each")
	flag.Int64Var(&p.seed, "seed", 1, "seed of losses and documents")
	flag.DurationVar(&p.patience, "patience", 165*time.Second, "end of a way that does not finish")
	flag.StringVar(&only, "only", "", "ways to measure, such as offering,down; all when empty")
	flag.StringVar(&p.congestion, "cc", "", "congestion control of vanthu's server; the system's when empty. The naive way has cubic on both sides")
	flag.StringVar(&p.keep, "keep", "", "folder for logs and homes; a temporary one, removed, when empty")
	flag.BoolVar(&p.trace, "trace", false, "print what happened second by second")
	flag.Parse()
	p.only = strings.FieldsFunc(only, func(r rune) bool { return r == ',' })
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := p.run(ctx); err != nil {
		fmt.Fprintln(os.Stderr, "link:", err)
		stop()
		os.Exit(1)
	}
}

// run measures all ways of the plan at once and prints the table.
func (p plan) run(ctx context.Context) error {
	// Others may work on this machine: the emulator must keep its times.
	_ = syscall.Setpriority(syscall.PRIO_PROCESS, 0, -10)
	dir := p.keep
	if dir == "" {
		temp, err := os.MkdirTemp("", "vanthu-link-")
		if err != nil {
			return err
		}
		defer os.RemoveAll(temp)
		dir = temp
	}
	dir, err := filepath.Abs(dir)
	if err != nil {
		return err
	}
	certs, err := makeCertificates(filepath.Join(dir, "tls"))
	if err != nil {
		return err
	}
	ways := p.ways(dir, certs)
	failures := make([]error, len(ways))
	var all sync.WaitGroup
	for i, w := range ways {
		all.Go(func() { failures[i] = w.measure(ctx) })
	}
	all.Wait()
	p.print(os.Stdout, ways)
	return errors.Join(failures...)
}

// ways are the ways to measure.
func (p plan) ways(dir string, certs certificates) (list []*way) {
	for _, client := range []string{"naive", "plain", "offering"} {
		for _, up := range []bool{false, true} {
			w := &way{plan: p, client: client, up: up, certs: certs, dir: filepath.Join(dir, client+"-"+direction(up))}
			w.name = lineName(len(list))
			if p.wanted(client, direction(up)) {
				list = append(list, w)
			}
		}
	}
	return list
}

// wanted tells whether flag -only allows a way.
func (p plan) wanted(client, way string) bool {
	clients, ways := 0, 0
	for _, word := range p.only {
		switch word {
		case client, way:
			continue
		case "down", "up":
			ways++
		default:
			clients++
		}
	}
	has := func(word string) bool { return strings.Contains(","+strings.Join(p.only, ",")+",", ","+word+",") }
	return (clients == 0 || has(client)) && (ways == 0 || has(way))
}

func direction(up bool) string {
	if up {
		return "up"
	}
	return "down"
}
