package transfer

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
)

// Classes of what can go wrong. The end of the caller's context comes back as
// its cause.
var (
	// ErrLine: the connection failed or nothing moved for too long. What came
	// is kept: try again later.
	ErrLine = errors.New("the line broke")
	// ErrProtocol: the server does not keep to what it offered: a wrong range, an
	// offset beyond the end, another host. Do it without the offer.
	ErrProtocol = errors.New("the server breaks the transfer protocol")
	// ErrContent: the body is not what its encoding or its checksum says.
	ErrContent = errors.New("damaged content")
	// ErrTooLarge: more bytes than the limit.
	ErrTooLarge = errors.New("larger than allowed")
	// ErrEndless: the answer does not say where it ends, so that a cut cannot be
	// told from the end.
	ErrEndless = errors.New("an answer without an end")
)

// errStalled is why a request was ended by its watchdog.
var errStalled = errors.New("nothing moved for too long")

// Status is an answer that is no success. Body is the beginning of its text,
// as it came.
type Status struct {
	Code   int
	Header http.Header
	Body   []byte
}

// Error names the HTTP status only: the body is untrusted.
func (s *Status) Error() string { return fmt.Sprintf("HTTP %d", s.Code) }

// broken classes an error of the connection. The URL, which net/http puts into
// it, stays out.
func (c *Client) broken(ctx, own context.Context, err error) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	if cause := context.Cause(own); cause != nil {
		return fmt.Errorf("%w: %w", ErrLine, cause)
	}
	if c.Line != nil && !c.Line(err) {
		return err
	}
	var u *url.Error
	if errors.As(err, &u) {
		err = u.Err
	}
	return fmt.Errorf("%w: %w", ErrLine, err)
}
