//go:build linux

package main

import (
	"cmp"
	"encoding/binary"
	"fmt"
	"io"
	"maps"
	"net"
	"slices"
	"sync"
	"time"

	"golang.org/x/sys/unix"
)

// watcher counts what passes through one end of a line.
type watcher struct {
	fd    int
	ended chan struct{}

	mu    sync.Mutex
	began time.Time
	flows map[uint16]*flow // open ones by the client's port
	past  []*flow          // whose port was taken again
	ip    [2]int64         // bytes of IP packets: in (delivered here), out (sent from here)
	log   []moment
}

// flow is one TCP connection, both ways.
type flow struct {
	base  [2]uint32 // sequence number of the first byte, in and out
	known [2]bool
	bytes [2]int64 // stream bytes seen, each once
	raw   [2]int64 // with repetitions
	whole [2]int64 // stream bytes seen without a hole before them
	later [2][]span
}

// span is a piece of a stream behind a hole.
type span struct{ from, to int64 }

// join adds a piece of a stream to what is whole, or keeps it for later.
func (f *flow) join(way int, s span) {
	f.later[way] = append(f.later[way], s)
	slices.SortFunc(f.later[way], func(a, b span) int { return cmp.Compare(a.from, b.from) })
	for len(f.later[way]) > 0 && f.later[way][0].from <= f.whole[way] {
		f.whole[way] = max(f.whole[way], f.later[way][0].to)
		f.later[way] = f.later[way][1:]
	}
}

// moment is something that happened, for -trace.
type moment struct {
	at   time.Duration
	port uint16
	what string // "syn", "fin", "rst", "" for data
	way  int
	n    int64
}

const (
	in  = 0
	out = 1
)

// everyPacket is ETH_P_ALL in network order: a socket for ETH_P_IP is not given
// what goes out.
const everyPacket = unix.ETH_P_ALL << 8

// watch begins counting in a namespace.
func watch(ns string) (*watcher, error) {
	w := &watcher{ended: make(chan struct{}), began: time.Now(), flows: map[uint16]*flow{}}
	err := within(ns, func() (err error) {
		w.fd, err = unix.Socket(unix.AF_PACKET, unix.SOCK_DGRAM|unix.SOCK_CLOEXEC, everyPacket)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("watch %s: %w", ns, err)
	}
	if err := unix.SetsockoptTimeval(w.fd, unix.SOL_SOCKET, unix.SO_RCVTIMEO, &unix.Timeval{Usec: 200_000}); err != nil {
		return nil, err
	}
	go w.run()
	return w, nil
}

func (w *watcher) run() {
	buf := make([]byte, 65536)
	for {
		select {
		case <-w.ended:
			unix.Close(w.fd)
			return
		default:
		}
		n, from, err := unix.Recvfrom(w.fd, buf, 0)
		if err != nil {
			continue
		}
		way := in
		if a, ok := from.(*unix.SockaddrLinklayer); ok && a.Pkttype == unix.PACKET_OUTGOING {
			way = out
		}
		w.packet(way, buf[:n])
	}
}

func (w *watcher) stop() { close(w.ended) }

// packet counts one IP packet.
func (w *watcher) packet(way int, p []byte) {
	if len(p) < 20 || p[0]>>4 != 4 || p[9] != unix.IPPROTO_TCP {
		return
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	total, head := int(binary.BigEndian.Uint16(p[2:])), int(p[0]&15)*4
	if total > len(p) || len(p) < head+20 || net.IP(p[12:16]).String() != clientAddr && net.IP(p[16:20]).String() != clientAddr {
		return
	}
	w.ip[way] += int64(total)
	t := p[head:total]
	port := binary.BigEndian.Uint16(t) // the client's
	if net.IP(p[16:20]).String() == clientAddr {
		port = binary.BigEndian.Uint16(t[2:])
	}
	f := w.flows[port]
	if f == nil {
		f = &flow{}
		w.flows[port] = f
	}
	w.segment(f, way, port, t)
}

func (w *watcher) segment(f *flow, way int, port uint16, t []byte) {
	seq, flags, n := binary.BigEndian.Uint32(t[4:]), t[13], int64(len(t)-int(t[12]>>4)*4)
	m := moment{at: time.Since(w.began), port: port, way: way}
	switch {
	case flags&2 != 0:
		if f.known[way] && f.base[way] != seq+1 { // the port is taken again
			w.past = append(w.past, f)
			f = &flow{}
			w.flows[port] = f
		}
		f.base[way], f.known[way], m.what = seq+1, true, "syn"
	case flags&1 != 0:
		m.what = "fin"
	case flags&4 != 0:
		m.what = "rst"
	}
	if n > 0 && f.known[way] && flags&2 == 0 {
		f.raw[way] += n
		end := int64(int32(seq-f.base[way])) + n
		if end > f.bytes[way] {
			m.n, f.bytes[way] = end-f.bytes[way], end
		}
		f.join(way, span{end - n, end})
	}
	if m.what != "" || n > 0 {
		w.log = append(w.log, m)
	}
}

// traffic is the sum of what was counted.
type traffic struct {
	conns   int
	stream  [2]int64
	repeats [2]int64
	holes   [2]int64 // bytes behind holes that were never filled
	ip      [2]int64
}

func (w *watcher) traffic() (t traffic) {
	w.mu.Lock()
	defer w.mu.Unlock()
	t.ip = w.ip
	for _, f := range slices.AppendSeq(slices.Clone(w.past), maps.Values(w.flows)) {
		if f.bytes[in] > 0 {
			t.conns++
		}
		for way := range f.bytes {
			t.stream[way] += f.bytes[way]
			t.repeats[way] += f.raw[way] - f.bytes[way]
			t.holes[way] += f.bytes[way] - f.whole[way]
		}
	}
	return t
}

// print tells second by second which connections moved how many new bytes.
func (w *watcher) print(out io.Writer) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for from := 0; from < len(w.log); {
		second := w.log[from].at / time.Second
		sums, events := map[uint16][2]int64{}, ""
		for ; from < len(w.log) && w.log[from].at/time.Second == second; from++ {
			m := w.log[from]
			s := sums[m.port]
			s[m.way] += m.n
			sums[m.port] = s
			if m.what != "" {
				events += fmt.Sprintf(" %s%s:%d@%.2f", []string{"<", ">"}[m.way], m.what, m.port, m.at.Seconds())
			}
		}
		fmt.Fprintf(out, "%4d s ", second)
		var ports []uint16
		for port := range sums {
			ports = append(ports, port)
		}
		slices.Sort(ports)
		for _, port := range ports {
			fmt.Fprintf(out, " %d:%d<%d>", port, sums[port][in], sums[port][1])
		}
		fmt.Fprintln(out, events)
	}
}
