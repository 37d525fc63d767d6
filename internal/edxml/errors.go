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
	// ErrForbidden: something that no honest packet holds: a DTD, an entity
	// declaration, a name that leads out of its folder.
	ErrForbidden = errors.New("packet holds a forbidden construct")
	// ErrDTD: a document type or entity declaration. It is also an ErrForbidden.
	ErrDTD = fmt.Errorf("%w: document type declaration", ErrForbidden)
	// ErrTraversal: a file's name, in the packet or in a wrapping ZIP, with "..".
	// It is also an ErrForbidden. Other paths occur in honest packets
	// ("C:\Users\a.pdf") and are only cleaned.
	ErrTraversal = fmt.Errorf("%w: file name leads out of its folder", ErrForbidden)
)

// ErrIncomplete is the class of values that make no valid packet: WriteDocument
// and WriteStatus return it (as a *document.Problem) before the first byte.
var ErrIncomplete = errors.New("incomplete packet")
