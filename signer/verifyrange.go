package signer

import (
	"bytes"
	"context"
	"crypto"
	"errors"
	"io"
	"time"

	"vanthu/internal/pdf"
	"vanthu/internal/verdict"
)

// hole is the part of the file that a signature leaves out: the hex string of
// its own /Contents, brackets included.
type hole struct {
	start, end int64 // of the hex string
	covered    int64 // end of the second range
}

// locate checks the signed range against the file and against the hole
// (ISO 32000-2 §12.8.1 and signing.md §4.2).
func (v *verifier) locate(s *signature) error {
	h, err := readRange(s.dict, v.file.Size())
	if err != nil {
		return err
	}
	contents, ok := s.dict.Find("Contents")
	text, isText := contents.Value.(pdf.String)
	if !ok || !isText || !text.Hex || contents.Offset < 0 || len(contents.Raw) < 4 {
		return fault(reasonContents)
	}
	// The raw bytes are read again from the file: whitespace in the string
	// would let two readers see two holes.
	for _, c := range contents.Raw[1 : len(contents.Raw)-1] {
		if !isHex(c) {
			return fault(reasonContents)
		}
	}
	if h.start != contents.Offset || h.end != contents.Offset+int64(len(contents.Raw)) {
		return fault(reasonByteRange)
	}
	s.hole = h
	return v.overlap(s)
}

// overlap refuses two signatures that leave out the same bytes.
func (v *verifier) overlap(s *signature) error {
	for _, other := range v.signatures {
		if other == s || other.hole.end == 0 {
			continue
		}
		if s.hole.start < other.hole.end && other.hole.start < s.hole.end {
			return fault(reasonShared)
		}
	}
	return nil
}

// readRange reads /ByteRange: four whole numbers, from byte 0, one gap, inside
// the file.
func readRange(d *pdf.Dict, size int64) (hole, error) {
	a, ok := d.Get("ByteRange").(pdf.Array)
	if !ok || len(a) != 4 {
		return hole{}, fault(reasonByteRange)
	}
	var n [4]int64
	for i, o := range a {
		x, ok := o.(pdf.Integer)
		if !ok || x < 0 || int64(x) > size {
			return hole{}, fault(reasonByteRange)
		}
		n[i] = int64(x)
	}
	if n[0] != 0 || n[1] == 0 || n[1] >= n[2] || n[3] == 0 || n[3] > size-n[2] {
		return hole{}, fault(reasonByteRange)
	}
	return hole{start: n[1], end: n[2], covered: n[2] + n[3]}, nil
}

func isHex(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'a' && c <= 'f' || c >= 'A' && c <= 'F'
}

// message reads the CMS message in the hole and proves it over the range.
func (v *verifier) message(s *signature) error {
	contents := s.dict.Get("Contents").(pdf.String).Bytes
	if len(bytes.Trim(contents, "\x00")) == 0 {
		return fault(reasonContents)
	}
	if s.out.Role == verdict.Timestamp {
		return v.documentStamp(s, contents)
	}
	sub, _ := s.dict.Get("SubFilter").(pdf.Name)
	if sub != "adbe.pkcs7.detached" && sub != "ETSI.CAdES.detached" {
		return fault(reasonFormat)
	}
	m, err := parseCMS(contents)
	if err != nil {
		return err
	}
	s.cms = m
	s.cert = m.signer(v.policy.Intermediates)
	if m.content != nil {
		return fault(reasonEmbeddedContent)
	}
	if s.cert == nil {
		return fault(reasonNoCertificate)
	}
	s.out.Role = roleOf(s.field.Name, s.cert)
	pades := sub == "ETSI.CAdES.detached"
	digest, err := v.rangeDigest(s.hole, digestHash(m.digestAlg))
	if err != nil {
		return err
	}
	if err := m.check(s.cert, digest, cmsRules{contentType: idData, attributes: pades, certificate: pades}); err != nil {
		return err
	}
	v.readStamp(s)
	return nil
}

// readStamp checks the embedded time stamp: a bad one breaks the signature's
// proof of time, not the signature.
func (v *verifier) readStamp(s *signature) {
	if t, ok := s.cms.claimed(); ok && s.out.ClaimedTime == nil {
		s.out.ClaimedTime = &t
	}
	if len(s.cms.timeStamps) == 0 {
		return
	}
	imprint := func(oid string) []byte {
		if h := digestHash(oid); h != 0 {
			return hashOf(h, s.cms.signature)
		}
		return nil
	}
	st, err := checkStamp(s.cms.timeStamps[0], imprint, v.policy, v.policy.At)
	if err != nil {
		s.lower(verdict.NotEnoughData, reasonTimestampBad)
		return
	}
	s.stamp = st
	s.out.ProvenTime = &st.time
	s.out.Reasons = append(s.out.Reasons, st.reasons...)
	if st.trusted {
		s.proven = st.time
	}
	v.compareClaim(s)
}

// compareClaim notes a claimed time far from the stamp. Vietnamese programs
// write local time marked as UTC, seven hours ahead: that is no difference.
func (v *verifier) compareClaim(s *signature) {
	if s.out.ClaimedTime == nil {
		return
	}
	off := s.out.ClaimedTime.Sub(s.stamp.time)
	for _, d := range []time.Duration{off, off - 7*time.Hour} {
		if d.Abs() <= claimSlack {
			return
		}
	}
	s.out.Reasons = append(s.out.Reasons, reasonClaimedTimeDiffer)
}

// claimSlack is how far clock and stamp may differ without a word about it.
const claimSlack = 30 * time.Minute

// documentStamp checks a document time stamp (ETSI EN 319 142-1 §5.4.3).
func (v *verifier) documentStamp(s *signature, contents []byte) error {
	imprint := func(oid string) []byte {
		if h := digestHash(oid); h != 0 {
			if digest, err := v.rangeDigest(s.hole, h); err == nil {
				return digest
			}
		}
		return nil
	}
	m, err := parseCMS(contents)
	if err != nil {
		return err
	}
	st, err := checkStamp(contents, imprint, v.policy, v.policy.At)
	if err != nil {
		return err
	}
	s.cms, s.stamp, s.cert = m, st, st.cert
	s.out.ProvenTime = &st.time
	if st.trusted {
		s.proven = st.time
	}
	return nil
}

// proveTimes gives earlier signatures the time of a trusted document time
// stamp that covers them; the earliest proof counts.
func (v *verifier) proveTimes() {
	for _, s := range v.signatures {
		for _, d := range v.signatures {
			if s.broken || d.broken || d.out.Role != verdict.Timestamp || d.proven.IsZero() || s.out.Role == verdict.Timestamp {
				continue
			}
			if d.rev > s.rev && (s.proven.IsZero() || d.proven.Before(s.proven)) {
				s.proven = d.proven
				s.out.ProvenTime = &d.stamp.time
			}
		}
	}
}

// rangeDigest hashes the signed bytes without holding them in memory.
func (v *verifier) rangeDigest(h hole, hash crypto.Hash) ([]byte, error) {
	if hash == 0 {
		return nil, fault(reasonAlgorithm)
	}
	sum := hash.New()
	for _, part := range []struct{ start, end int64 }{{0, h.start}, {h.end, h.covered}} {
		src := io.NewSectionReader(v.r, part.start, part.end-part.start)
		if _, err := io.Copy(sum, ctxReader{v.ctx, src}); err != nil {
			return nil, err
		}
	}
	return sum.Sum(nil), nil
}

// ctxReader stops reading when its context ends.
type ctxReader struct {
	ctx context.Context
	r   io.Reader
}

// Read implements io.Reader.
func (c ctxReader) Read(b []byte) (int, error) {
	if err := c.ctx.Err(); err != nil {
		return 0, err
	}
	return c.r.Read(b)
}

// coverage finds the revision that the range covers and proves that this
// revision, opened alone, holds the same signature.
func (v *verifier) coverage(s *signature) error {
	revs := v.file.Revisions()
	s.rev = -1
	for i, r := range revs {
		if s.hole.covered >= r.EOF && (s.hole.covered <= r.End || v.blank(r.End, s.hole.covered)) {
			s.rev = i
		}
	}
	if s.rev < 0 {
		return fault(reasonNotARevision)
	}
	alone, err := v.prefix(s.rev)
	if err != nil || !s.sameIn(alone) {
		return fault(reasonNotARevision)
	}
	if v.isLast(s.rev) && v.blank(s.hole.covered, v.file.Size()) {
		s.out.Covers = verdict.Whole
		return nil
	}
	s.out.Covers = verdict.Revision
	return nil
}

// isLast reports whether the file as it stands is this revision, so that no
// section without a proper end was put behind it.
func (v *verifier) isLast(i int) bool {
	revs := v.file.Revisions()
	return i == len(revs)-1 && revs[i].Section == v.file.Sections()[0]
}

// sameIn looks for the signature in a revision opened alone.
func (s *signature) sameIn(f *pdf.File) bool {
	fields, err := f.Fields()
	if err != nil {
		return false
	}
	for _, fd := range fields {
		if fd.Type != "Sig" || fd.Name != s.field.Name {
			continue
		}
		d, err := f.Dict(fd.Value)
		if err == nil && d != nil && contentsOffset(d) == s.hole.start && pdf.Equal(d.Get("ByteRange"), s.dict.Get("ByteRange")) {
			s.then = fd
			return true
		}
	}
	return false
}

// blank reports whether only white space stands between two offsets.
func (v *verifier) blank(from, to int64) bool {
	const most = 4096 // more padding than that is not an accident
	if to-from > most {
		return false
	}
	if to <= from {
		return to == from
	}
	b := make([]byte, to-from)
	if _, err := v.r.ReadAt(b, from); err != nil && !errors.Is(err, io.EOF) {
		return false
	}
	return len(bytes.Trim(b, " \t\r\n\f\x00")) == 0
}

// mentions looks for a word anywhere in a file.
func mentions(ctx context.Context, r io.ReaderAt, size int64, word []byte) (bool, error) {
	src := ctxReader{ctx, io.NewSectionReader(r, 0, size)}
	buf := make([]byte, 0, 1<<16)
	for {
		n, err := src.Read(buf[len(buf):cap(buf)])
		buf = buf[:len(buf)+n]
		if bytes.Contains(buf, word) {
			return true, nil
		}
		if errors.Is(err, io.EOF) {
			return false, nil
		}
		if err != nil {
			return false, err
		}
		if len(buf) > len(word) {
			buf = buf[:copy(buf, buf[len(buf)-len(word):])]
		}
	}
}

// parseDate reads a PDF date, "D:20241001160240+07'00'" (ISO 32000-2 §7.9.4).
func parseDate(s string) (time.Time, bool) {
	s = trimDate(s)
	for _, layout := range []string{"20060102150405Z0700", "20060102150405Z07", "20060102150405", "200601021504", "20060102"} {
		if t, err := time.Parse(layout, s); err == nil {
			return t, true
		}
	}
	return time.Time{}, false
}

// trimDate drops the mark and the apostrophes: "20241001160240+0700".
func trimDate(s string) string {
	out := make([]byte, 0, len(s))
	for i := range len(s) {
		if s[i] != '\'' {
			out = append(out, s[i])
		}
	}
	out = bytes.TrimPrefix(out, []byte("D:"))
	if i := bytes.IndexByte(out, 'Z'); i >= 0 {
		out = out[:i+1] // "Z00'00'" is Z
	}
	return string(out)
}
