//go:build linux

package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// Addresses of the emulator, the same on every line: each has namespaces of its own.
const (
	clientAddr = "10.77.0.1"
	serverAddr = "10.77.0.2"
	serverPort = "8443"
)

// lineName names line i of this process, in the four letters the emulator allows.
func lineName(i int) string {
	pid := strconv.FormatInt(int64(os.Getpid()%(36*36*36)), 36)
	return fmt.Sprintf("%03s%s", pid, strconv.FormatInt(int64(i%36), 36))
}

// badLine is a running emulator.
type badLine struct {
	name string
	cmd  *exec.Cmd
	up   time.Time // when it stood
	cut  time.Duration
	off  time.Duration
}

// openLine starts an emulator and waits until its namespaces stand.
func openLine(p plan, name string) (*badLine, error) {
	cmd := exec.Command(p.badlink, "-name", name, "-rate", strconv.Itoa(p.rate), "-delay", p.delay.String(),
		"-loss", fmt.Sprint(p.loss), "-cut", p.cut.String(), "-off", p.off.String(), "-seed", strconv.FormatInt(p.seed, 10))
	cmd.Stderr = os.Stderr
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGTERM}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("packet emulator: %w", err)
	}
	said, err := bufio.NewReader(out).ReadString('\n')
	if err != nil || strings.TrimSpace(said) != "up" {
		_ = cmd.Process.Kill()
		return nil, fmt.Errorf("packet emulator said %q: %w", said, err)
	}
	go func() { // what it says at the end must not block it
		for s := bufio.NewScanner(out); s.Scan(); {
		}
	}()
	return &badLine{name: name, cmd: cmd, up: time.Now(), cut: p.cut, off: p.off}, nil
}

func (l *badLine) client() string { return "bad-" + l.name + "-a" }
func (l *badLine) server() string { return "bad-" + l.name + "-b" }

// close ends the emulator, which removes its namespaces.
func (l *badLine) close() {
	_ = l.cmd.Process.Signal(syscall.SIGTERM)
	_ = l.cmd.Wait()
}

// resetting breaks every connection, at both ends, whenever the emulator begins a
// cut: it only loses packets itself.
func (l *badLine) resetting(ctx context.Context) {
	for next := l.up.Add(l.cut); l.cut > 0; next = next.Add(l.cut + l.off) {
		if time.Now().After(next) { // while the documents were made
			continue
		}
		select {
		case <-ctx.Done():
			return
		case <-time.After(time.Until(next)):
		}
		for _, ns := range []string{l.client(), l.server()} {
			_ = exec.CommandContext(ctx, "ip", "netns", "exec", ns, "ss", "-Kntu", "state", "connected").Run()
		}
	}
}

// availability is the share of the time from began to ended that the line was up.
func (l *badLine) availability(began, ended time.Time) float64 {
	if l.cut <= 0 {
		return 1
	}
	var down time.Duration
	for from := l.up.Add(l.cut); from.Before(ended); from = from.Add(l.cut + l.off) {
		to := from.Add(l.off)
		down += max(0, earlier(to, ended).Sub(later(from, began)))
	}
	return 1 - down.Seconds()/ended.Sub(began).Seconds()
}

func earlier(a, b time.Time) time.Time {
	if a.Before(b) {
		return a
	}
	return b
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// command is a program in a namespace.
func command(ns, name string, args ...string) *exec.Cmd {
	cmd := exec.Command("ip", append([]string{"netns", "exec", ns, name}, args...)...)
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGTERM}
	return cmd
}

// dialIn dials from inside a namespace. A socket stays in the namespace it was
// made in, so only the making needs to be there.
func dialIn(ns, congestion string) func(ctx context.Context, network, addr string) (net.Conn, error) {
	return func(ctx context.Context, network, addr string) (conn net.Conn, err error) {
		inside := within(ns, func() error {
			conn, err = (&net.Dialer{Timeout: 20 * time.Second, Control: controlled(congestion)}).DialContext(ctx, network, addr)
			return err
		})
		return conn, inside
	}
}

// controlled gives sockets a congestion control of their own; "" leaves them the
// system's.
func controlled(congestion string) func(network, addr string, c syscall.RawConn) error {
	return func(_, _ string, c syscall.RawConn) (err error) {
		if congestion == "" {
			return nil
		}
		return errors.Join(c.Control(func(fd uintptr) {
			err = unix.SetsockoptString(int(fd), unix.IPPROTO_TCP, unix.TCP_CONGESTION, congestion)
		}), err)
	}
}

// within runs fn on a thread that is in a namespace meanwhile.
func within(ns string, fn func() error) error {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	home, err := unix.Open("/proc/thread-self/ns/net", unix.O_RDONLY|unix.O_CLOEXEC, 0)
	if err != nil {
		return err
	}
	defer unix.Close(home)
	there, err := unix.Open("/var/run/netns/"+ns, unix.O_RDONLY|unix.O_CLOEXEC, 0)
	if err != nil {
		return err
	}
	defer unix.Close(there)
	if err := unix.Setns(there, unix.CLONE_NEWNET); err != nil {
		return err
	}
	defer func() {
		if err := unix.Setns(home, unix.CLONE_NEWNET); err != nil {
			panic(err) // this thread would go on in the wrong network
		}
	}()
	return fn()
}
