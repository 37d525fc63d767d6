package signer

import (
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"slices"
	"time"

	"vanthu/internal/document"
	"vanthu/internal/pdf"
	"vanthu/internal/verdict"
)

// ErrTampered: a document was changed after it was signed, or carries a
// forged signature; nothing of ours is to be added to it.
var ErrTampered = errors.New("document changed after signing")

// Policy is what a check trusts and when it takes place.
type Policy struct {
	Roots         []*x509.Certificate // anchors; without one nothing is ever valid
	Intermediates []*x509.Certificate // further certificates for building chains
	At            time.Time           // "now"; zero means the system's clock
	Offline       bool                // ask nobody; today the verifier never does
}

// Verify checks every signature of a PDF of size bytes.
//
// The order is signing.md §4: the form's signature fields, the signed range,
// the CMS message, the revision, what later revisions changed, the chain at
// the best proven time. Nothing is valid that was not checked: revocation is
// not asked yet, so verdict.ValidOffline is the best answer. A file that is
// no PDF, or is encrypted, is an error (ErrNotPDF, ErrEncrypted, as a
// *document.Problem); a damaged one is a report that says so.
func Verify(ctx context.Context, r io.ReaderAt, size int64, p Policy) (*verdict.Report, error) {
	v, err := examine(ctx, r, size, p)
	if errors.Is(err, pdf.ErrDamaged) || errors.Is(err, pdf.ErrFilter) {
		return damaged(ctx, r, size)
	}
	if err != nil {
		return nil, fmt.Errorf("verify: %w", unreadable(err))
	}
	return v.report(), nil
}

// examine checks every signature and keeps what it found.
func examine(ctx context.Context, r io.ReaderAt, size int64, p Policy) (*verifier, error) {
	if p.At.IsZero() {
		p.At = time.Now()
	}
	f, err := pdf.Open(r, size)
	if err != nil {
		return nil, err
	}
	// Copied, so that the caller's list stays as it is.
	p.Intermediates = append(slices.Clone(p.Intermediates), fileCertificates(f)...)
	v := &verifier{ctx: ctx, r: r, file: f, policy: p, prefixes: map[int]*pdf.File{}, steps: map[int]*step{}}
	return v, v.run()
}

// unreadable puts into words why a file cannot be checked at all.
func unreadable(err error) error {
	switch {
	case errors.Is(err, pdf.ErrNotPDF):
		return document.Refuse(errors.Join(ErrNotPDF, err), "Tệp này không phải là PDF.", "Chỉ tệp PDF mới kiểm tra được chữ ký số.")
	case errors.Is(err, pdf.ErrEncrypted):
		return document.Refuse(errors.Join(ErrEncrypted, err), "Tệp PDF đặt mật khẩu nên không kiểm tra được chữ ký số.",
			"Đề nghị nơi gửi gửi lại tệp không đặt mật khẩu.")
	}
	return err
}

// damaged reports on a file whose structure cannot be read: if it ever
// carried a signature, that signature is broken.
func damaged(ctx context.Context, r io.ReaderAt, size int64) (*verdict.Report, error) {
	signed, err := mentions(ctx, r, size, []byte("/ByteRange"))
	if err != nil {
		return nil, fmt.Errorf("verify: %w", err)
	}
	s := verdict.Signature{Verdict: verdict.NotEnoughData, Covers: verdict.Partial, Reasons: []string{ReasonDamagedFile}}
	if signed {
		s.Verdict = verdict.Invalid
	}
	return &verdict.Report{Document: s.Verdict, Signatures: []verdict.Signature{filled(s)}}, nil
}

// verifier is one run of Verify.
type verifier struct {
	ctx    context.Context
	r      io.ReaderAt
	file   *pdf.File
	policy Policy

	signatures []*signature
	prefixes   map[int]*pdf.File // by index of the revision
	steps      map[int]*step     // what revision i+1 changed in revision i
}

// signature is a signature on its way to a verdict.
type signature struct {
	out   verdict.Signature
	field pdf.Field
	dict  *pdf.Dict
	hole  hole
	rev   int       // index of the revision it covers
	then  pdf.Field // the field as that revision has it

	cms    *cmsMessage
	cert   *x509.Certificate
	proven time.Time // trusted time of signing
	stamp  *stamp    // the embedded one, or a document time stamp's own
	broken bool      // a check failed for good; no further one may raise the verdict
}

// fail makes the signature invalid.
func (s *signature) fail(reason string) {
	s.lower(verdict.Invalid, reason)
	s.broken = true
}

// lower notes a reason and keeps the worse verdict.
func (s *signature) lower(v verdict.Verdict, why ...string) {
	s.out.Verdict = worse(s.out.Verdict, v)
	for _, w := range why {
		if !slices.Contains(s.out.Reasons, w) {
			s.out.Reasons = append(s.out.Reasons, w)
		}
	}
}

// failWith turns a fault into a failure; any other error is the file's damage.
func (s *signature) failWith(err error) {
	var f fault
	switch {
	case !errors.As(err, &f):
		s.fail(ReasonDamagedFile)
	case f.undecided():
		s.lower(verdict.NotEnoughData, string(f))
		s.broken = true
	default:
		s.fail(string(f))
	}
}

// worse is the worse of two verdicts; an empty one counts as best.
func worse(a, b verdict.Verdict) verdict.Verdict {
	order := []verdict.Verdict{verdict.Invalid, verdict.NotEnoughData, verdict.ExpiredValidAtSigning,
		verdict.ValidOffline, verdict.Valid}
	for _, v := range order {
		if a == v || b == v {
			return v
		}
	}
	return a
}

// run checks all signatures.
func (v *verifier) run() error {
	v.find()
	for _, s := range v.signatures {
		if err := stopped(v.ctx); err != nil {
			return err
		}
		if !s.broken {
			v.integrity(s)
		}
	}
	v.proveTimes()
	for _, s := range v.signatures {
		if err := stopped(v.ctx); err != nil {
			return err
		}
		v.judge(s)
	}
	return stopped(v.ctx)
}

// integrity does the steps that need no trust: range, message, revision.
func (v *verifier) integrity(s *signature) {
	if err := v.locate(s); err != nil {
		s.failWith(err)
		return
	}
	if err := v.message(s); err != nil {
		s.failWith(err)
	}
	if err := v.coverage(s); err != nil {
		s.failWith(err)
	}
}

// judge looks at later changes and at the chain.
func (v *verifier) judge(s *signature) {
	if s.out.Covers == verdict.Revision {
		v.compare(s)
	}
	if s.cert == nil {
		return
	}
	s.out.Signer = describeSigner(s.cert)
	if s.broken {
		return
	}
	if weak, is := s.cms.weakness(s.cert); is {
		s.lower(verdict.NotEnoughData, weak)
	}
	if s.out.Role == verdict.Timestamp {
		v.judgeTimestamp(s)
		return
	}
	j, chain := newTrust(v.policy, s.cms.certificates).judgeChain(s.cert, v.policy.At, s.proven)
	s.lower(j.verdict, j.reasons...)
	s.out.Chain = describeChain(chain)
	s.out.Revocation = &verdict.Revocation{}
}

// judgeTimestamp gives the verdict on a document time stamp.
func (v *verifier) judgeTimestamp(s *signature) {
	s.out.Chain = describeChain(s.stamp.chain)
	s.out.Revocation = &verdict.Revocation{}
	switch {
	case !s.stamp.trusted:
		s.lower(verdict.NotEnoughData, s.stamp.reasons...)
	case len(s.stamp.reasons) > 0:
		s.lower(verdict.ExpiredValidAtSigning, s.stamp.reasons...)
	default:
		s.lower(verdict.ValidOffline, reasonRevocation)
	}
}

// report puts the verdict on the document together: its worst signature.
func (v *verifier) report() *verdict.Report {
	report := &verdict.Report{Signatures: []verdict.Signature{}}
	signed := false
	for _, s := range v.signatures {
		if s.out.Verdict == "" {
			s.fail(reasonBadDictionary) // no path leaves a signature unjudged
		}
		signed = signed || s.out.Role != verdict.Timestamp || s.out.Verdict == verdict.Invalid
		report.Document = worse(report.Document, s.out.Verdict)
		report.Signatures = append(report.Signatures, filled(s.out))
	}
	if !signed { // a time stamp alone is nobody's signature
		report.Document = verdict.Unsigned
	}
	return report
}

// filled has empty lists where there are none, so that programs read [] and
// not null.
func filled(s verdict.Signature) verdict.Signature {
	s.Reasons = append([]string{}, s.Reasons...)
	s.ChangesAfter = append([]string{}, s.ChangesAfter...)
	s.Chain = append([]verdict.Certificate{}, s.Chain...)
	return s
}
