//go:build !linux

package line

import "syscall"

// tuned tells that tune bounds what waits unsent in the system.
const tuned = false

// tune has nothing to say to this system.
func tune(syscall.RawConn, int) error { return nil }

// paced: no bbr here.
func paced(syscall.RawConn) bool { return false }

// counters are not to be had from this system.
func counters(syscall.RawConn) (segments, lost uint32, ok bool) { return 0, 0, false }
