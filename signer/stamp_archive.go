package signer

import (
	"bytes"
	"context"
	"fmt"
	"strings"
	"time"

	"vanthu/internal/pdf"
	"vanthu/internal/verdict"
)

// FieldStamp begins the names of the fields of document time stamps.
const FieldStamp = "vanthu-stamp"

// stampHole is the room for a time-stamp token, in bytes: government authorities'
// have 4 to 7 KB with their chain.
const stampHole = 16 << 10

// ArchiveStamp adds a document time stamp over everything the file holds (ETSI EN
// 319 142-1 §5.4.3) as a revision of its own: proof of time for signatures whose
// holes may not be touched any more, and for an archive copy. Every signature must
// be sound; none is changed. The result is our archive's: what others have been
// sent stays as it is.
func ArchiveStamp(ctx context.Context, in []byte, s Stamper, p Policy) ([]byte, time.Time, error) {
	v, err := examine(ctx, bytes.NewReader(in), int64(len(in)), p)
	if err == nil {
		err = v.archivable()
	}
	if err != nil {
		return nil, time.Time{}, fmt.Errorf("archive stamp: %w", err)
	}
	out, field, err := v.archiveStamp(in, s)
	if err != nil {
		return nil, time.Time{}, fmt.Errorf("archive stamp: %w", err)
	}
	at, err := provenBy(ctx, out, field, p)
	return out, at, err
}

func (v *verifier) archiveStamp(in []byte, s Stamper) (out []byte, field string, err error) {
	pending, field, err := v.prepareStamp(in)
	if err != nil {
		return nil, "", err
	}
	expect, err := expectAfter(bytes.NewReader(in), field)
	if err == nil {
		err = expect.check(pending)
	}
	if err != nil {
		return nil, "", err
	}
	token, err := v.acceptStamp(s, pending.digest())
	if err != nil {
		return nil, "", err
	}
	if err := pending.fill(token); err != nil {
		return nil, "", fmt.Errorf("%w: %w", ErrStamp, err)
	}
	if err := expect.checkSigned(pending, token); err != nil {
		return nil, "", err
	}
	out, err = whole(pending)
	return out, field, err
}

// archivable wants a person's or an agency's signature, and no broken one.
func (v *verifier) archivable() error {
	signed := false
	for _, s := range v.signatures {
		if s.broken || s.out.Verdict == verdict.Invalid {
			return ErrTampered
		}
		signed = signed || s.out.Role != verdict.Timestamp
	}
	if !signed {
		return ErrNoSignature
	}
	return nil
}

// prepareStamp makes the revision but for the token: a field without a place on
// the page.
func (v *verifier) prepareStamp(in []byte) (*revision, string, error) {
	pages, err := v.file.Pages()
	if err != nil {
		return nil, "", err
	}
	field := v.freeField()
	e := formEdit{v.file, v.file.NewUpdate()}
	sig := e.u.Add(stampDict().Bytes())
	widget := e.u.Add(fmt.Appendf(nil, "<< /Type /Annot /Subtype /Widget /FT /Sig /T (%s) /F 132 /Rect [0 0 0 0] /P %s /V %s >>", field, pages[0].Ref, sig))
	if err := e.addToForm(formChange{fields: []pdf.Ref{widget}, signed: true}); err != nil {
		return nil, "", err
	}
	if err := e.addToPage(pages[0], []pdf.Ref{widget}, nil); err != nil {
		return nil, "", err
	}
	p, err := newRevision(bytes.NewReader(in), e.u, sig)
	return p, field, err
}

// freeField is the first name no field has.
func (v *verifier) freeField() string {
	n := 1
	for _, s := range v.signatures {
		if strings.HasPrefix(s.out.Field, FieldStamp) {
			n++
		}
	}
	return fmt.Sprintf("%s-%d", FieldStamp, n)
}

// stampDict is the dictionary of a document time stamp: nobody's name, no claimed
// time.
func stampDict() *pdf.Dict {
	d := &pdf.Dict{}
	for _, e := range [][2]string{
		{"Type", "/DocTimeStamp"}, {"Filter", "/Adobe.PPKLite"}, {"SubFilter", "/ETSI.RFC3161"}, {"V", "0"},
		{"ByteRange", rangePlaceholder()}, {"Contents", holePlaceholder(stampHole)},
	} {
		d = d.With(pdf.Name(e[0]), e[1])
	}
	return d
}
