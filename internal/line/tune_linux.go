package line

import (
	"syscall"

	"golang.org/x/sys/unix"
)

// tuned tells that tune bounds what waits unsent in the system.
const tuned = true

// unsent is how much may wait unsent in the system. Without a bound a whole
// document vanishes there at once, and progress, the watchdog and preemption
// all look at the wrong end.
const unsent = 16 << 10

// tune asks for bbr, which holds the link under loss where others halve it,
// bounds the send buffer, and the receive buffer to receive bytes, if any. A
// system without one of these is served as it is.
func tune(c syscall.RawConn, receive int) error {
	return c.Control(func(fd uintptr) {
		unix.SetsockoptString(int(fd), unix.IPPROTO_TCP, unix.TCP_CONGESTION, "bbr")
		unix.SetsockoptInt(int(fd), unix.IPPROTO_TCP, unix.TCP_NOTSENT_LOWAT, unsent)
		if receive > 0 {
			unix.SetsockoptInt(int(fd), unix.SOL_SOCKET, unix.SO_RCVBUF, receive)
		}
	})
}

// paced tells whether a connection has bbr.
func paced(c syscall.RawConn) bool {
	name := ""
	err := c.Control(func(fd uintptr) {
		name, _ = unix.GetsockoptString(int(fd), unix.IPPROTO_TCP, unix.TCP_CONGESTION)
	})
	return err == nil && name == "bbr"
}

// counters are what the system knows of a connection: segments with data, and
// those of them that had to come again or came out of order.
func counters(c syscall.RawConn) (segments, lost uint32, ok bool) {
	err := c.Control(func(fd uintptr) {
		info, err := unix.GetsockoptTCPInfo(int(fd), unix.IPPROTO_TCP, unix.TCP_INFO)
		if err != nil {
			return
		}
		segments, lost, ok = info.Data_segs_out+info.Data_segs_in, info.Total_retrans+info.Rcv_ooopack, true
	})
	return segments, lost, ok && err == nil
}
