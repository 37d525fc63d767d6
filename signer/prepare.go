package signer

import (
	"fmt"
	"strings"
	"time"

	"golang.org/x/text/unicode/norm"

	"vanthu/internal/document"
	"vanthu/internal/pdf"
)

// maxSigned is the largest file that is signed.
const maxSigned = 256 << 20

// holeSpare is the room left in a signature beyond what it needs now, so that a
// time stamp can be put into it later without touching anything else.
const holeSpare = 8 << 10

// byteRangeRoom is the room for the numbers of a ByteRange, filled with blanks.
const byteRangeRoom = 44

// signatureDict is the signature dictionary of one of our fields: PAdES
// (ETSI EN 319 142-1), the claimed time in /M only.
func signatureDict(hole int, name string, at time.Time) *pdf.Dict {
	d := &pdf.Dict{}
	for _, e := range [][2]string{
		{"Type", "/Sig"}, {"Filter", "/Adobe.PPKLite"}, {"SubFilter", "/ETSI.CAdES.detached"},
		{"ByteRange", rangePlaceholder()}, {"Contents", holePlaceholder(hole)},
		{"M", pdfTime(at)}, {"Name", pdf.WriteText(norm.NFC.String(name))},
	} {
		d = d.With(pdf.Name(e[0]), e[1])
	}
	return d
}

func rangePlaceholder() string { return "[" + strings.Repeat(" ", byteRangeRoom) + "]" }

// holePlaceholder is a hex string with room for n bytes.
func holePlaceholder(n int) string { return "<" + strings.Repeat("0", 2*n) + ">" }

// pdfTime writes the claimed time as the people here read it: local time with its true zone.
func pdfTime(t time.Time) string {
	return "(" + t.In(document.Zone()).Format("D:20060102150405") + "+07'00')"
}

// fieldLock is the reference that ties form fields to a signature (FieldMDP):
// action Include locks the named ones, Exclude all others.
func fieldLock(catalog pdf.Ref, action string, names []string) (reference, lock string) {
	list := make([]string, len(names))
	for i, n := range names {
		list[i] = "(" + n + ")" // our names are plain letters and hyphens
	}
	params := fmt.Sprintf("/Action /%s /Fields [%s]", action, strings.Join(list, " "))
	reference = fmt.Sprintf("[<< /Type /SigRef /TransformMethod /FieldMDP /Data %s /DigestMethod /SHA256 /TransformParams << /Type /TransformParams /V /1.2 %s >> >>]", catalog, params)
	return reference, "<< /Type /SigFieldLock " + params + " >>"
}

// holeFor is the size of the hole for a key, known before it is asked: a key signs once.
func holeFor(key Key) (int, error) {
	n, err := cmsSize(key.Certificate(), key.Chain())
	if err != nil {
		return 0, fmt.Errorf("%w: %w", ErrCannotSign, err)
	}
	return (n + holeSpare + 1023) / 1024 * 1024, nil
}
