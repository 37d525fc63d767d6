package line

import (
	"io"
	"net"
	"os"
	"slices"
	"strings"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"
)

// TestTune: a real connection has bbr where the system has it, a bound on what
// waits unsent, and counters.
func TestTune(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	got := make(chan int64, 1)
	go func() {
		c, err := listener.Accept()
		if err != nil {
			got <- 0
			return
		}
		defer c.Close()
		n, _ := io.Copy(io.Discard, c)
		got <- n
	}()
	l := open(t, Options{})
	dialed, err := l.dial(t.Context(), "tcp", listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	if l.Paced() != hasBBR() {
		t.Errorf("paced: %t, the system has %q", l.Paced(), available())
	}
	raw, err := dialed.(*conn).Conn.(syscall.Conn).SyscallConn()
	if err != nil {
		t.Fatal(err)
	}
	raw.Control(func(fd uintptr) {
		control, err := unix.GetsockoptString(int(fd), unix.IPPROTO_TCP, unix.TCP_CONGESTION)
		if hasBBR() && (err != nil || control != "bbr") {
			t.Errorf("congestion control %q, %v", control, err)
		}
		if n, err := unix.GetsockoptInt(int(fd), unix.IPPROTO_TCP, unix.TCP_NOTSENT_LOWAT); err != nil || n != unsent {
			t.Errorf("%d bytes may wait unsent, %v", n, err)
		}
	})
	if _, err := dialed.Write(make([]byte, 300_000)); err != nil {
		t.Fatal(err)
	}
	if segments, _, ok := counters(raw); !ok || segments == 0 {
		t.Errorf("%d segments, %t", segments, ok)
	}
	if l.Lossy() {
		t.Error("loopback is lossy")
	}
	dialed.Close()
	if n := <-got; n != 300_000 || l.Traffic().Out != n {
		t.Errorf("%d bytes arrived, %+v counted", n, l.Traffic())
	}
	if _, _, ok := counters(raw); ok {
		t.Error("a closed connection has counters")
	}
}

// available are the congestion controls of this system.
func available() []string {
	b, err := os.ReadFile("/proc/sys/net/ipv4/tcp_available_congestion_control")
	if err != nil {
		return nil
	}
	return strings.Fields(string(b))
}

func hasBBR() bool { return slices.Contains(available(), "bbr") }

// TestNarrowConnections: after a cut on a slow line, a new connection holds
// little, and not before.
func TestNarrowConnections(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	l := open(t, Options{})
	held := func() (size int) {
		c, err := l.tcp(t.Context(), "tcp", listener.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		raw, err := c.(syscall.Conn).SyscallConn()
		if err != nil {
			t.Fatal(err)
		}
		raw.Control(func(fd uintptr) { size, _ = unix.GetsockoptInt(int(fd), unix.SOL_SOCKET, unix.SO_RCVBUF) })
		return size
	}
	usual := held()
	l.inflow.best, l.inflow.bestAt = 16_000, l.inflow.now()
	if got := held(); got != usual {
		t.Errorf("%d bytes before a cut, usually %d", got, usual)
	}
	l.inflow.cut()
	if got := held(); got != 2*24_000 { // the system doubles it, for what surrounds the bytes
		t.Errorf("%d bytes after a cut, usually %d", got, usual)
	}
}
