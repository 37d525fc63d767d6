package signer

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/asn1"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"time"

	"golang.org/x/crypto/cryptobyte"
	cbasn1 "golang.org/x/crypto/cryptobyte/asn1"

	"vanthu/internal/verdict"
)

// Stamper asks a time-stamp service (RFC 3161) for a token over a SHA-256 imprint.
// It answers for nonce and imprint; whether the authority is trusted is checked
// here.
type Stamper interface {
	Stamp(ctx context.Context, imprint []byte) (token []byte, err error)
}

var (
	// ErrSealedOver: something was signed or added after the signature, so that
	// not even its hole may be touched any more.
	ErrSealedOver = errors.New("signature is not the last of its file")
	// ErrStamped: the signature has its time stamp.
	ErrStamped = errors.New("signature is time-stamped already")
	// ErrStamp: the token is none, or its authority is not to be believed. It is
	// not put into the file.
	ErrStamp = errors.New("time stamp is not acceptable")
)

func oidTimeStampToken() asn1.ObjectIdentifier {
	return asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 16, 2, 14}
}

// AddStamp puts a time stamp into the signature of a field ("" is the last one of
// the file), PAdES B-T (ETSI EN 319 142-1 §5.3), and tells the time it proves. The
// signature must be sound and the last thing in the file: the token goes into the
// spare room of its hole, and not a byte elsewhere changes. Nobody else may have
// the file yet: the caller answers for that.
//
// The token is taken only when its own signature, its imprint and its purpose are
// right and its authority's chain reaches one of p.Roots (ErrStamp otherwise).
func AddStamp(ctx context.Context, in []byte, field string, s Stamper, p Policy) ([]byte, time.Time, error) {
	out, at, err := addStamp(ctx, in, field, s, p)
	if err != nil {
		return nil, time.Time{}, fmt.Errorf("stamp %s: %w", field, err)
	}
	return out, at, nil
}

func addStamp(ctx context.Context, in []byte, field string, s Stamper, p Policy) ([]byte, time.Time, error) {
	v, err := examine(ctx, bytes.NewReader(in), int64(len(in)), p)
	if err != nil {
		return nil, time.Time{}, err
	}
	target, err := v.stampable(field)
	if err != nil {
		return nil, time.Time{}, err
	}
	token, err := v.askStamp(target, s)
	if err != nil {
		return nil, time.Time{}, err
	}
	out, err := target.withToken(in, token)
	if err != nil {
		return nil, time.Time{}, err
	}
	at, err := provenBy(ctx, out, target.out.Field, p)
	return out, at, err
}

// stampable finds the signature and refuses what must not be touched.
func (v *verifier) stampable(field string) (*signature, error) {
	i := len(v.signatures) - 1
	if field != "" {
		i = slices.IndexFunc(v.signatures, func(s *signature) bool { return s.out.Field == field })
	}
	if i < 0 {
		return nil, ErrNoSignature
	}
	s := v.signatures[i]
	switch {
	case s.broken || s.cms == nil || s.out.Verdict == verdict.Invalid:
		return nil, ErrTampered
	case s.out.Covers != verdict.Whole:
		return nil, ErrSealedOver
	case len(s.cms.timeStamps) > 0:
		return nil, ErrStamped
	}
	return s, nil
}

// ErrNoSignature: the file has no signature in that field.
var ErrNoSignature = errors.New("no such signature")

// askStamp gets a token for a signature.
func (v *verifier) askStamp(s *signature, from Stamper) ([]byte, error) {
	sum := sha256.Sum256(s.cms.signature)
	return v.acceptStamp(from, sum[:])
}

// acceptStamp gets a token over a SHA-256 imprint and checks it as Verify will.
func (v *verifier) acceptStamp(from Stamper, imprint []byte) ([]byte, error) {
	token, err := from.Stamp(v.ctx, imprint)
	if err != nil {
		return nil, err
	}
	imprinted := func(h string) []byte {
		if h != oidSHA256().String() {
			return nil
		}
		return imprint
	}
	checked, err := checkStamp(token, imprinted, v.policy, v.policy.At)
	switch {
	case err != nil:
		return nil, fmt.Errorf("%w: %w", ErrStamp, err)
	case !checked.trusted || len(checked.reasons) > 0:
		return nil, fmt.Errorf("%w: %v", ErrStamp, checked.reasons)
	}
	return token, nil
}

// withToken writes the signature with the token into its hole.
func (s *signature) withToken(in, token []byte) ([]byte, error) {
	text := in[s.hole.start+1 : s.hole.end-1]
	old := make([]byte, len(text)/2)
	if _, err := hex.Decode(old, text); err != nil {
		return nil, err
	}
	cms, err := addToken(old, token)
	if err != nil {
		return nil, err
	}
	if len(cms) > len(old) {
		return nil, fmt.Errorf("%w: %d bytes do not fit into the %d of the signature", ErrStamp, len(cms), len(old))
	}
	out := bytes.Clone(in)
	hex.Encode(out[s.hole.start+1:], append(cms, make([]byte, len(old)-len(cms))...))
	return out, nil
}

// addToken appends the unsigned attribute id-aa-timeStampToken (RFC 3161 App. A)
// to the one SignerInfo of a CMS in DER; what follows it, zeros, is left out.
// Every other byte stays, lengths aside.
func addToken(cms, token []byte) ([]byte, error) {
	in := cryptobyte.String(cms)
	var info, content, data, signers, signer cryptobyte.String
	var kind asn1.ObjectIdentifier
	ok := in.ReadASN1(&info, cbasn1.SEQUENCE) && info.ReadASN1ObjectIdentifier(&kind) &&
		info.ReadASN1(&content, contextTag(0)) && info.Empty() &&
		content.ReadASN1(&data, cbasn1.SEQUENCE) && content.Empty()
	before := beforeLast(data)
	rest := data[len(before):]
	ok = ok && rest.ReadASN1(&signers, cbasn1.SET) && rest.Empty() &&
		signers.ReadASN1(&signer, cbasn1.SEQUENCE) && signers.Empty()
	if !ok {
		return nil, fmt.Errorf("%w: signature is not in DER", ErrStamp)
	}
	var b cryptobyte.Builder
	nest(&b, func(b *cryptobyte.Builder) {
		b.AddBytes(before)
		b.AddASN1(cbasn1.SET, func(b *cryptobyte.Builder) {
			b.AddASN1(cbasn1.SEQUENCE, func(b *cryptobyte.Builder) {
				b.AddBytes(signer)
				b.AddASN1(contextTag(1), func(b *cryptobyte.Builder) { addTokenAttribute(b, token) })
			})
		})
	})
	return b.Bytes()
}

// nest writes ContentInfo around the content of a SignedData.
func nest(b *cryptobyte.Builder, signedData func(*cryptobyte.Builder)) {
	b.AddASN1(cbasn1.SEQUENCE, func(b *cryptobyte.Builder) {
		b.AddASN1ObjectIdentifier(oidSignedData())
		b.AddASN1(contextTag(0), func(b *cryptobyte.Builder) { b.AddASN1(cbasn1.SEQUENCE, signedData) })
	})
}

func addTokenAttribute(b *cryptobyte.Builder, token []byte) {
	b.AddASN1(cbasn1.SEQUENCE, func(b *cryptobyte.Builder) {
		b.AddASN1ObjectIdentifier(oidTimeStampToken())
		b.AddASN1(cbasn1.SET, func(b *cryptobyte.Builder) { b.AddBytes(token) })
	})
}

// beforeLast is a sequence's content without its last element.
func beforeLast(content cryptobyte.String) cryptobyte.String {
	rest, end := content, 0
	for !rest.Empty() {
		var element cryptobyte.String
		var tag cbasn1.Tag
		end = len(content) - len(rest)
		if !rest.ReadAnyASN1Element(&element, &tag) {
			return content
		}
	}
	return content[:end]
}

// provenBy reads the result as everybody else will: the time that is proven now.
func provenBy(ctx context.Context, out []byte, field string, p Policy) (time.Time, error) {
	report, err := Verify(ctx, bytes.NewReader(out), int64(len(out)), p)
	if err != nil {
		return time.Time{}, err
	}
	var at time.Time
	for _, s := range report.Signatures {
		if s.Verdict == verdict.Invalid {
			return time.Time{}, fmt.Errorf("%w: %s is invalid with it: %v", ErrStamp, s.Field, s.Reasons)
		}
		if s.Field == field && s.ProvenTime != nil {
			at = *s.ProvenTime
		}
	}
	if at.IsZero() {
		return at, fmt.Errorf("%w: it proves nothing", ErrStamp)
	}
	return at, nil
}
