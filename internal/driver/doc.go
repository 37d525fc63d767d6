// Package driver runs a PKCS#11 library in a process of its own. Drivers of
// signing tokens are other people's native code: they hang in C_Finalize, they
// crash when a stick is pulled out, they print to the screen, they keep PINs in
// memory. None of that may reach the program of the clerk, so the library is
// loaded by a helper, which is the same executable under another word
// (Word), and the two talk in frames over the helper's standard input and
// output (wire.go).
//
// A Process is the near end: its methods are the calls of PKCS#11, one at a
// time, each one frame there and one back. Kill ends the helper at once, whatever
// its driver is doing; every call under way and every later one then fails with
// ErrDied. A helper also ends when its near end is gone.
//
// Invariants: a PIN crosses in one frame whose bytes are wiped on both sides
// before the call returns; the helper dumps no core; nothing that the library
// prints can be taken for a frame; no call is ever repeated.
//
// Start reading at process.go, then serve.go.
package driver
