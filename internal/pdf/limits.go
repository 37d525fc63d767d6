package pdf

import "errors"

// The classes of refusal. Every error of this package wraps one of them.
var (
	// ErrNotPDF: there is no PDF header or no trailer at all.
	ErrNotPDF = errors.New("not a PDF")
	// ErrDamaged: the structure contradicts itself or exceeds a limit.
	ErrDamaged = errors.New("damaged PDF")
	// ErrEncrypted: the trailer names an encryption dictionary, be the password empty or not.
	ErrEncrypted = errors.New("encrypted PDF")
	// ErrFilter: a stream uses a filter this package does not decode.
	ErrFilter = errors.New("unsupported stream filter")
)

// Limits against hostile files. An honest document of a commune stays far below each.
const (
	maxDepth    = 64       // nesting of arrays and dictionaries, and of resolving one object for another
	maxSections = 1024     // xref sections along /Prev
	maxObjects  = 1 << 19  // object numbers and xref entries in all
	maxObject   = 4 << 20  // bytes of one object without its stream data
	maxTable    = 16 << 20 // bytes of one cross-reference table
	maxInflate  = 64 << 20 // bytes of one decoded structural stream
	maxCache    = 8 << 20  // bytes of objects kept parsed, about
	maxStreams  = 32 << 20 // bytes of object streams kept decoded
	maxPages    = 1 << 16
	maxFields   = 1 << 16
	baseWork    = 128 << 20 // bytes that may be parsed in all, plus workPerByte for every byte of the file
	workPerByte = 16
)
