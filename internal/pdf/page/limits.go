package page

import "time"

// What one file may cost. A commune's document has 1 to 50 pages and stays
// under 30 MB; the limits are far above that and far below what hurts.
const (
	maxFile     = 256 << 20        // bytes of a PDF
	maxPlaced   = 4 << 20          // bytes of a PDF that is copied into the sandbox whole; larger ones are read piece by piece
	maxMemory   = 192 << 20        // bytes of the sandbox, the file included; growing can cost Go three times that for a moment
	maxTime     = 30 * time.Second // of one call, when the caller's context has no earlier end
	maxPages    = 500              // read for text
	maxGlyphs   = 1_000_000        // read from one file
	maxSearched = 20_000           // glyphs of a page that is searched for places
	maxPixels   = 40_000_000       // of a picture; A4 at 300 dpi has 8.7 million
	idleTime    = 2 * time.Minute  // after which the sandbox is let go
	wasmPage    = 64 << 10         // bytes
	maxSealMM   = 80.0
	minSealMM   = 10.0
	usualSealMM = 36.0 // diameter of a commune's seal
)
