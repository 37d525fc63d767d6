package driver

import (
	"os"

	"golang.org/x/sys/unix"
)

// harden keeps the memory of the helper, in which a PIN lies for a moment, out
// of core dumps and debuggers. What the system does not grant is done without.
func harden() {
	_ = unix.Prctl(unix.PR_SET_DUMPABLE, 0, 0, 0, 0)
	_ = unix.Setrlimit(unix.RLIMIT_CORE, &unix.Rlimit{})
}

// takeLine takes the two ends of the line for the frames and leaves the library
// a standard input and output that lead nowhere: drivers print.
func takeLine() (in, out *os.File, err error) {
	nowhere, err := unix.Open(os.DevNull, unix.O_RDWR|unix.O_CLOEXEC, 0)
	if err != nil {
		return nil, nil, err
	}
	defer unix.Close(nowhere)
	if in, err = moved(0, nowhere); err != nil {
		return nil, nil, err
	}
	out, err = moved(1, nowhere)
	return in, out, err
}

// moved gives a descriptor a new number, and the old number to another.
func moved(fd, other int) (*os.File, error) {
	kept, err := unix.FcntlInt(uintptr(fd), unix.F_DUPFD_CLOEXEC, 3)
	if err != nil {
		return nil, err
	}
	if err := unix.Dup3(other, fd, 0); err != nil {
		return nil, err
	}
	return os.NewFile(uintptr(kept), "line"), nil
}
