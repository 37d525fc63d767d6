package edxml

import (
	"errors"
	"fmt"
)

// Classes of a packet that cannot be read. Errors of the disk and of the
// reader itself are returned as they are: they say nothing about the packet.
var (
	// ErrBroken: not a whole, well-formed packet of QCVN 102.
	ErrBroken = errors.New("broken packet")
	// ErrEncoding: the text is not UTF-8. It is also an ErrBroken.
	ErrEncoding = fmt.Errorf("%w: not UTF-8", ErrBroken)
	// ErrTooLarge: more than the reader was told to take, packed or unpacked,
	// or nested and repeated beyond any real packet.
	ErrTooLarge = errors.New("packet too large")
	// ErrForbidden: a DTD or an entity declaration.
	ErrForbidden = errors.New("packet holds a forbidden construct")
)

// ErrIncomplete is the class of values that make no valid packet: WriteDocument
// and WriteStatus return it (as a *document.Problem) before the first byte.
var ErrIncomplete = errors.New("incomplete packet")
