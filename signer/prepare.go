package signer

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"time"

	"vanthu/internal/document"
	"vanthu/internal/pdf"
)

// maxSigned is the largest file that is signed; everything is held in memory once.
const maxSigned = 256 << 20

// holeSpare is the room left in a signature beyond what it needs now, so that a
// time stamp can be put into it later without touching anything else.
const holeSpare = 8 << 10

// pending is a revision that is complete but for the signature in its hole.
type pending struct {
	out   []byte // the whole new file
	start int    // offset of the hole's "<"
	end   int    // just after its ">"
}

// byteRangeRoom is the room for the numbers of a ByteRange, filled with blanks.
const byteRangeRoom = 44

// signatureDict is the signature dictionary of one of our fields: PAdES
// (ETSI EN 319 142-1), the claimed time in /M only.
func signatureDict(hole int, name string, at time.Time) *pdf.Dict {
	d := &pdf.Dict{}
	for _, e := range [][2]string{
		{"Type", "/Sig"}, {"Filter", "/Adobe.PPKLite"}, {"SubFilter", "/ETSI.CAdES.detached"},
		{"ByteRange", rangePlaceholder()}, {"Contents", holePlaceholder(hole)},
		{"M", pdfTime(at)}, {"Name", pdf.WriteText(name)},
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

// newPending writes the revision after the file and finds the hole of sig in
// it by where the object stands, never by searching the file: an older
// signature's zero padding, or a page that quotes one, would match.
func newPending(in []byte, u *pdf.Update, sig pdf.Ref) (*pending, error) {
	tail, err := u.Tail()
	if err != nil {
		return nil, err
	}
	span, ok := tail.Spans[sig]
	if !ok {
		return nil, errors.New("signature dictionary was not written")
	}
	p := &pending{out: append(append(make([]byte, 0, len(in)+len(tail.Bytes)), in...), tail.Bytes...)}
	body := p.out[span.Start:span.End]
	open := bytes.Index(body, []byte("/Contents <"))
	ranges := bytes.Index(body, []byte("/ByteRange "+rangePlaceholder()))
	if open < 0 || ranges < 0 {
		return nil, errors.New("signature dictionary has no hole")
	}
	p.start = int(span.Start) + open + len("/Contents ")
	p.end = p.start + bytes.IndexByte(p.out[p.start:span.End], '>') + 1
	text := fmt.Sprintf("0 %d %d %d", p.start, p.end, len(p.out)-p.end)
	if p.end <= p.start || len(text) > byteRangeRoom {
		return nil, errors.New("byte range does not fit")
	}
	copy(p.out[int(span.Start)+ranges+len("/ByteRange ["):], text)
	return p, nil
}

// digest is the SHA-256 of everything but the hole.
func (p *pending) digest() []byte {
	h := sha256.New()
	h.Write(p.out[:p.start])
	h.Write(p.out[p.end:])
	return h.Sum(nil)
}

// room is how many bytes the hole takes.
func (p *pending) room() int { return (p.end - p.start - 2) / 2 }

// finish puts the signature into the hole.
func (p *pending) finish(cms []byte) ([]byte, error) {
	if len(cms) > p.room() {
		return nil, fmt.Errorf("signature of %d bytes does not fit into %d", len(cms), p.room())
	}
	hex.Encode(p.out[p.start+1:], cms)
	return p.out, nil
}

// holeFor is the size of the hole for a key, known before it is asked: a key signs once.
func holeFor(key Key) (int, error) {
	n, err := cmsSize(key.Certificate(), key.Chain())
	if err != nil {
		return 0, fmt.Errorf("%w: %w", ErrCannotSign, err)
	}
	return (n + holeSpare + 1023) / 1024 * 1024, nil
}
