//go:build !linux

package driver

import "os"

func harden() {}

// takeLine uses the standard files themselves: elsewhere a library has output
// streams of its own.
func takeLine() (in, out *os.File, err error) { return os.Stdin, os.Stdout, nil }
