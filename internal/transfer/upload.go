package transfer

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"sync"
	"time"
)

// tusVersion is the version of the tus protocol spoken (tus.io, 1.0.0).
const tusVersion = "1.0.0"

// piece is how much of a body is handed to the connection at once, in bytes: TLS
// makes a record of it, and a record that a cut leaves half received is lost.
const piece = 4 << 10

// Upload is one body to bring up with tus.
type Upload struct {
	Create string // URL where uploads are created
	Body   *Outgoing
	// Turn waits until the body may go out and returns what ends the turn, which
	// is called when the last byte is handed to the connection, or none will be.
	// nil does not wait.
	Turn func(context.Context) (end func(), err error)
	// Progress is told of the bytes that have gone out and of all, after at most
	// 32 KB.
	Progress func(done, total int64)
}

// Errors that begin an upload anew, once.
var (
	errGone     = errors.New("the server has no such upload")
	errConflict = errors.New("the server has another offset")
)

// Upload brings the body up, on from where the server has it, and returns the
// URL under which it lies there. Errors: ErrLine (where it lies is remembered),
// *Status, ErrProtocol, and those of the disk.
func (c *Client) Upload(ctx context.Context, u Upload) (string, error) {
	if u.Progress == nil {
		u.Progress = func(int64, int64) {}
	}
	renewals, conflicts, reached := 0, 0, int64(-1)
	for !u.Body.Complete() {
		err := c.Again(ctx, func() (bool, error) {
			start, err := c.advance(ctx, u)
			// Bytes handed to a dead connection are no progress: only what the
			// server turns out to have is.
			further := start > reached
			if further {
				reached, conflicts = start, 0
			}
			return further, err
		})
		switch {
		case errors.Is(err, errGone) && renewals == 0:
			renewals++
			reached = -1
			if err = u.Body.Forget(); err == nil {
				continue
			}
		case errors.Is(err, errConflict) && conflicts < maxLies:
			conflicts++
			continue
		}
		if errors.Is(err, errGone) || errors.Is(err, errConflict) {
			err = fmt.Errorf("%w: %w", ErrProtocol, err)
		}
		if err != nil {
			return "", err
		}
	}
	return u.Body.URL(), nil
}

// advance makes one try: where the upload stands, then everything from there in
// one request. start is how much the server had before; -1: it could not be
// asked.
func (c *Client) advance(ctx context.Context, u Upload) (start int64, err error) {
	if u.Body.URL() == "" {
		err = c.create(ctx, u)
	} else {
		start, err = c.offset(ctx, u)
	}
	if err != nil {
		return -1, err
	}
	end := start
	if start < u.Body.Size() {
		end, err = c.patch(ctx, u, start)
	}
	if err != nil {
		return start, err
	}
	if end < u.Body.Size() { // it took less: on from there
		return start, fmt.Errorf("%w: the server took up to byte %d", ErrLine, end)
	}
	u.Progress(end, u.Body.Size())
	return start, u.Body.moved(u.Body.URL(), true)
}

// request makes a signed tus request.
func (u Upload) request(ctx context.Context, method, target string, headers map[string]int64) (*http.Request, error) {
	req, err := http.NewRequestWithContext(ctx, method, target, nil)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrProtocol, err)
	}
	req.Header.Set("Tus-Resumable", tusVersion)
	for name, value := range headers {
		req.Header.Set(name, strconv.FormatInt(value, 10))
	}
	if method == http.MethodPatch {
		req.Header.Set("Content-Type", "application/offset+octet-stream")
	}
	return req, nil
}

// create makes the upload at the server and remembers where.
func (c *Client) create(ctx context.Context, u Upload) error {
	return c.exchange(ctx, func(ctx context.Context, _ *watchdog) (*http.Request, error) {
		return u.request(ctx, http.MethodPost, u.Create, map[string]int64{"Upload-Length": u.Body.Size()})
	}, func(resp *http.Response, body io.Reader) error {
		if resp.StatusCode != http.StatusCreated {
			return refusal(resp, body)
		}
		target, err := u.location(resp.Header.Get("Location"))
		if err != nil {
			return err
		}
		return u.Body.moved(target, false)
	})
}

// location resolves where the upload lies. Our signature goes to no other host;
// the scheme stays ours, for servers behind a proxy tell a wrong one.
func (u Upload) location(text string) (string, error) {
	base, err := url.Parse(u.Create)
	if err != nil {
		return "", fmt.Errorf("%w: %w", ErrProtocol, err)
	}
	target, err := base.Parse(text)
	switch {
	case err != nil || text == "":
		return "", fmt.Errorf("%w: location %.80q", ErrProtocol, text)
	case target.Hostname() != base.Hostname() || target.User != nil:
		return "", fmt.Errorf("%w: an upload on another host", ErrProtocol)
	}
	target.Scheme, target.Host, target.Fragment = base.Scheme, base.Host, ""
	return target.String(), nil
}

// offset asks how much of the upload the server has.
func (c *Client) offset(ctx context.Context, u Upload) (offset int64, err error) {
	err = c.exchange(ctx, func(ctx context.Context, _ *watchdog) (*http.Request, error) {
		return u.request(ctx, http.MethodHead, u.Body.URL(), nil)
	}, func(resp *http.Response, body io.Reader) error {
		if resp.StatusCode/100 != 2 {
			return u.refused(resp, body)
		}
		if length := resp.Header.Get("Upload-Length"); length != "" && length != strconv.FormatInt(u.Body.Size(), 10) {
			return fmt.Errorf("%w: an upload of length %.20q", errGone, length)
		}
		offset, err = u.told(resp)
		return err
	})
	return offset, err
}

// told is the offset that an answer names.
func (u Upload) told(resp *http.Response) (int64, error) {
	offset, err := decimal(resp.Header.Get("Upload-Offset"))
	if err != nil || offset > u.Body.Size() {
		return 0, fmt.Errorf("%w: offset %.20q of %d", errGone, resp.Header.Get("Upload-Offset"), u.Body.Size())
	}
	return offset, nil
}

// refused classes an answer about an upload that is no success.
func (u Upload) refused(resp *http.Response, body io.Reader) error {
	switch resp.StatusCode {
	case http.StatusNotFound, http.StatusGone, http.StatusForbidden:
		return fmt.Errorf("%w: HTTP %d", errGone, resp.StatusCode)
	case http.StatusConflict:
		return errConflict
	case http.StatusLocked: // by our own broken connection, of which it does not know yet
		return fmt.Errorf("%w: the upload is locked", ErrLine)
	}
	return refusal(resp, body)
}

// turn waits for a turn, if there is to be one, and gives what ends it, once.
func (u Upload) turn(ctx context.Context) (end func(), err error) {
	if u.Turn == nil {
		return func() {}, nil
	}
	if end, err = u.Turn(ctx); err != nil {
		return nil, err
	}
	return sync.OnceFunc(end), nil
}

// patch sends everything from offset on and returns what the server then has.
func (c *Client) patch(ctx context.Context, u Upload, offset int64) (reached int64, err error) {
	end, err := u.turn(ctx)
	if err != nil {
		return offset, err
	}
	defer end()
	err = c.exchange(ctx, func(own context.Context, dog *watchdog) (*http.Request, error) {
		req, err := u.request(own, http.MethodPatch, u.Body.URL(), map[string]int64{"Upload-Offset": offset})
		if err != nil {
			return nil, err
		}
		req.ContentLength = u.Body.Size() - offset
		req.Body = &departing{r: u.Body.Body(offset), dog: dog, answer: or(c.Answer, DefaultAnswer),
			done: offset, total: u.Body.Size(), progress: u.Progress, out: end}
		return req, nil
	}, func(resp *http.Response, body io.Reader) error {
		if resp.StatusCode/100 != 2 {
			return u.refused(resp, body)
		}
		reached, err = u.told(resp)
		if err == nil && reached <= offset {
			err = fmt.Errorf("%w: it stands at %d after %d", errConflict, reached, offset)
		}
		return err
	})
	return reached, err
}

// departing is a request body that tells the watchdog and reports progress.
type departing struct {
	r           io.Reader
	dog         *watchdog
	answer      time.Duration
	done, total int64
	told        int64
	progress    func(done, total int64)
	out         func() // called when all is out
}

// Read hands out a piece. After the last one the answer may take longer: some of
// the body still lies in buffers.
func (d *departing) Read(p []byte) (int, error) {
	if err := d.dog.ctx.Err(); err != nil {
		return 0, err
	}
	n, err := d.r.Read(p[:min(len(p), piece)])
	if n == 0 {
		return n, err
	}
	d.dog.moved()
	d.done += int64(n)
	if d.done == d.total {
		d.dog.patient(d.answer)
		d.out()
	}
	if d.done-d.told >= chunk/2 {
		d.told = d.done
		d.progress(d.done, d.total)
	}
	return n, err
}

// Close leaves the file open.
func (d *departing) Close() error { return nil }
