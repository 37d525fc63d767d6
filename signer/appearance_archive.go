package signer

import (
	"regexp"

	"vanthu/internal/pdf"
)

// maxMetadata bounds the XMP of a file in bytes.
const maxMetadata = 1 << 20

// firstArchive tells whether a file declares itself PDF/A-1 (ISO 19005-1), which
// forbids what later parts allow: transparency (6.4), and subset fonts that do
// not list their glyphs (6.3.5). What is drawn into such a file keeps to that.
// Metadata that cannot be read declare nothing.
func firstArchive(f *pdf.File) bool {
	catalog, err := f.Catalog()
	if err != nil {
		return false
	}
	v, err := f.Resolve(catalog.Get("Metadata"))
	stream, ok := v.(*pdf.Stream)
	if err != nil || !ok {
		return false
	}
	xmp, err := f.Decode(stream, maxMetadata)
	if err != nil {
		return false
	}
	return regexp.MustCompile(`pdfaid:part\s*(?:=\s*["']|>\s*)1\s*["'<]`).Match(xmp)
}
