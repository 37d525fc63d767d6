package axis

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/url"
	"strings"
	"unicode"
)

// Classes of what can go wrong with a call. A caller's own context error is
// returned as it is.
var (
	// ErrOffline: no answer came: no connection, broken off, or nothing moved
	// for Config.Timeout. Try again later.
	ErrOffline = errors.New("axis out of reach")
	// ErrUnanswered: as ErrOffline, but the request had gone out whole. The
	// axis may have acted on it: ask Sent before repeating a Send.
	ErrUnanswered = fmt.Errorf("%w: the request went out, no answer came", ErrOffline)
	// ErrUntrusted: as ErrOffline, but somebody was there: one side does not
	// trust the other's certificate, or misses it. Nothing was sent. Time does
	// not cure it, settings do.
	ErrUntrusted = fmt.Errorf("%w: a certificate is not trusted", ErrOffline)
	// ErrBusy: the axis or something before it answers that it cannot now
	// (HTTP 5xx, 408, 429; code 20). Try again later.
	ErrBusy = errors.New("axis busy")
	// ErrMalformed: an answer that is none of the axis's: a proxy's page, an
	// empty or cut body, no envelope.
	ErrMalformed = errors.New("malformed answer of the axis")
	// ErrTooLarge: the answer is longer than it may be.
	ErrTooLarge = errors.New("answer of the axis too large")
	// ErrConfig: New refuses the settings.
	ErrConfig = errors.New("axis settings")
	// ErrValue: a parameter that cannot stand in a header. Never sent: a header
	// with more than ASCII breaks the signature (axis.md §1.7).
	ErrValue = errors.New("not sendable")
	// ErrUnsupported: this kind of axis has no such operation. Never sent.
	ErrUnsupported = errors.New("not an operation of this axis")
)

// Codes of the axis that the desk acts on (axis.md §1.8).
const (
	CodeInvalidFile     = "10"
	CodeWrongSecret     = "15"
	CodeUnknownReceiver = "18"
	CodeUnknownSender   = "19"
	CodeBusy            = "20"
	CodeProcessing      = "21"
	CodeWrongFormat     = "22"
	CodeLockedReceiver  = "23"
)

// Rejected is the axis saying no. Desc is its text for people, cleaned and cut;
// it is never to be parsed, its charset is not even reliable.
type Rejected struct {
	Code string
	Desc string
}

// Error holds code and text of the axis.
func (r *Rejected) Error() string {
	return strings.TrimRight(fmt.Sprintf("axis refuses with code %s: %s", r.Code, r.Desc), ": ")
}

// Permanent tells that the same request will never pass. Codes nobody has
// explained are not permanent.
func (r *Rejected) Permanent() bool {
	switch r.Code {
	case CodeInvalidFile, CodeWrongSecret, CodeUnknownReceiver, CodeUnknownSender,
		CodeProcessing, CodeWrongFormat, CodeLockedReceiver, "413":
		return true
	}
	return false
}

// reject makes the error of a failure code.
func reject(code, desc string) error {
	switch code {
	case CodeBusy, "100":
		return fmt.Errorf("%w: code %s: %s", ErrBusy, code, clean(desc))
	}
	return &Rejected{Code: clean(code), Desc: clean(desc)}
}

// clean makes a text of the axis fit for logs and screens.
func clean(s string) string {
	s = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return ' '
		case unicode.IsControl(r), unicode.Is(unicode.Cf, r):
			return -1
		}
		return r
	}, strings.ToValidUTF8(s, "\uFFFD"))
	if r := []rune(s); len(r) > 300 {
		s = string(r[:300]) + "…"
	}
	return strings.TrimSpace(s)
}

// offline classes a transport error. The URL that net/http puts into it is left
// out; the end of the caller's patience (ctx) is not ours to rename, that of our
// own (call) is.
func offline(ctx, call context.Context, sent bool, err error) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	if cause := context.Cause(call); cause != nil {
		err = cause
	}
	var u *url.Error
	if errors.As(err, &u) {
		err = u.Err
	}
	class := ErrOffline
	switch {
	case untrusted(err):
		class = ErrUntrusted
	case sent:
		class = ErrUnanswered
	}
	return fmt.Errorf("%w: %s", class, clean(err.Error()))
}

// untrusted tells of a TLS handshake that failed over a certificate, ours or
// theirs. In TLS 1.3 a server refuses ours only after the request is on the
// line, but it has not looked at it.
func untrusted(err error) bool {
	var theirs *tls.CertificateVerificationError
	if errors.As(err, &theirs) {
		return true
	}
	var alert *net.OpError // crypto/tls gives alerts of the other side no better type
	if !errors.As(err, &alert) || alert.Op != "remote error" {
		return false
	}
	text := alert.Err.Error()
	return strings.Contains(text, "certificate") || strings.Contains(text, "handshake failure") || strings.Contains(text, "access denied")
}
