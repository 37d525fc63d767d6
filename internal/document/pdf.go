package document

import "bytes"

// pdfWithin is how far into a file its "%PDF" may begin, in bytes: readers of
// PDFs are as patient.
const pdfWithin = 1024

// LooksPDF tells whether a file may be opened as a PDF, by its first bytes.
func LooksPDF(content []byte) bool {
	return bytes.Contains(content[:min(len(content), pdfWithin)], []byte("%PDF"))
}
