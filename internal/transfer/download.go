package transfer

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"
)

// Download is one body to bring.
type Download struct {
	// Request makes a new signed GET; it is called once for every try.
	Request func(ctx context.Context) (*http.Request, error)
	Part    *Part
	Limit   int64 // of the body unpacked, in bytes
	// Plain asks for no compression.
	Plain bool
	// Endless takes an answer that ends with its connection: its reader can tell
	// a cut from the end.
	Endless bool
	// Progress is told of the bytes that have come and of all, 0 while unknown,
	// after at most 32 KB.
	Progress func(done, total int64)
}

// maxLies is how often a body is begun anew because the server's answers do not
// fit together.
const maxLies = 2

// errLie begins a body anew.
var errLie = errors.New("the answer does not fit what came before")

// Download brings the body into the part, on from what is there. Errors: ErrLine
// (what came is kept), *Status, ErrTooLarge, ErrProtocol, ErrEndless, and those
// of the disk. Afterwards the part is whole; whether it is what was wanted is
// its reader's to say.
func (c *Client) Download(ctx context.Context, d Download) error {
	if d.Progress == nil {
		d.Progress = func(int64, int64) {}
	}
	for lies := 0; !d.Part.Whole(); {
		most := d.Part.Have()
		err := c.Again(ctx, func() (bool, error) {
			err := c.fetch(ctx, d)
			// What is begun anew again and again gets nowhere, though bytes move.
			further := d.Part.Have() > most
			most = max(most, d.Part.Have())
			return further, err
		})
		if !errors.Is(err, errLie) {
			if err != nil {
				return err
			}
			continue
		}
		if lies++; lies > maxLies {
			return fmt.Errorf("%w: %w", ErrProtocol, err)
		}
		if err := d.Part.Empty(); err != nil {
			return err
		}
	}
	return nil
}

// fetch asks once for what is missing.
func (c *Client) fetch(ctx context.Context, d Download) error {
	return c.exchange(ctx, func(ctx context.Context, _ *watchdog) (*http.Request, error) {
		req, err := d.Request(ctx)
		if err != nil {
			return nil, err
		}
		d.ask(req.Header)
		return req, nil
	}, func(resp *http.Response, body io.Reader) error { return d.take(resp, body) })
}

// ask says what may be answered. The encoding is named in any case: else
// net/http asks for gzip and unpacks it unseen.
func (d Download) ask(h http.Header) {
	h.Set("Accept-Encoding", "zstd, gzip")
	if d.Plain {
		h.Set("Accept-Encoding", "identity")
	}
	if d.Part.resumable() {
		h.Set("Range", "bytes="+strconv.FormatInt(d.Part.Have(), 10)+"-")
		h.Set("If-Range", d.Part.Header().ETag)
	}
}

// take adds an answer to the part.
func (d Download) take(resp *http.Response, body io.Reader) error {
	var left int64 // of this answer; -1: to its end
	var err error
	switch resp.StatusCode {
	case http.StatusOK:
		left, err = resp.ContentLength, d.begin(resp)
	case http.StatusPartialContent:
		left, err = d.join(resp)
	case http.StatusRequestedRangeNotSatisfiable:
		return fmt.Errorf("%w: no range from %d on", errLie, d.Part.Have())
	default:
		return refusal(resp, body)
	}
	if err != nil {
		return err
	}
	if err := d.copy(body, left); err != nil {
		return err
	}
	return d.finish(resp)
}

// begin takes an answer that is the whole body: the first one, or one of a server
// that ignores ranges or has another body now.
func (d Download) begin(resp *http.Response) error {
	h := Header{ETag: strong(resp.Header.Get("ETag")), Type: resp.Header.Get("Content-Type"), Total: resp.ContentLength}
	var err error
	if h.Encoding, err = encoding(resp.Header); err != nil {
		return err
	}
	if h.Total > d.most(h.Encoding) {
		return ErrTooLarge
	}
	if h.Total < 0 && !delimited(resp) && !d.Endless {
		return ErrEndless
	}
	return d.Part.begin(h)
}

// delimited tells that an answer of unknown length marks its end: chunks of
// HTTP/1.1, the end of a stream of HTTP/2.
func delimited(resp *http.Response) bool {
	return slices.Contains(resp.TransferEncoding, "chunked") || resp.ProtoMajor >= 2
}

// join checks that an answer goes on exactly where the part ends, and returns
// its length.
func (d Download) join(resp *http.Response) (int64, error) {
	have := d.Part.Header()
	if !d.Part.resumable() {
		return 0, fmt.Errorf("%w: a range nobody asked for", errLie)
	}
	r, ok := parseRange(resp.Header.Get("Content-Range"))
	switch {
	case !ok || r.first != d.Part.Have():
		return 0, fmt.Errorf("%w: range %.60q after %d bytes", errLie, resp.Header.Get("Content-Range"), d.Part.Have())
	case have.Total >= 0 && r.total >= 0 && r.total != have.Total, r.total > d.most(have.Encoding):
		return 0, fmt.Errorf("%w: %d bytes were %d", errLie, r.total, have.Total)
	case have.Total >= 0 && r.last >= have.Total:
		return 0, fmt.Errorf("%w: a range beyond the end", errLie)
	case resp.Header.Get("ETag") != have.ETag:
		return 0, fmt.Errorf("%w: another ETag", errLie)
	case resp.ContentLength >= 0 && resp.ContentLength != r.last-r.first+1:
		return 0, fmt.Errorf("%w: %d bytes for a range of %d", errLie, resp.ContentLength, r.last-r.first+1)
	}
	if resp.Header.Get("Content-Encoding") != "" {
		if e, err := encoding(resp.Header); err != nil || e != have.Encoding {
			return 0, fmt.Errorf("%w: another encoding", errLie)
		}
	}
	if have.Total < 0 { // only now is it told
		d.Part.header.Total = r.total
	}
	d.Part.seams = true
	return r.last - r.first + 1, nil
}

// most is how long a body of the greatest length may be on the line: what cannot
// be compressed grows a little.
func (d Download) most(encoding string) int64 {
	if encoding == "" {
		return d.Limit
	}
	return d.Limit + d.Limit/64 + 64<<10
}

// copy reads left bytes, or to the end of the answer, into the part.
func (d Download) copy(body io.Reader, left int64) error {
	buf := make([]byte, chunk)
	total := max(0, d.Part.header.Total)
	for left != 0 {
		n, err := body.Read(buf)
		if left > 0 && int64(n) > left {
			return fmt.Errorf("%w: more bytes than announced", errLie)
		}
		if d.Part.Have()+int64(n) > d.most(d.Part.header.Encoding) {
			return ErrTooLarge
		}
		if n > 0 {
			if _, err := d.Part.Write(buf[:n]); err != nil {
				return err
			}
			d.Progress(d.Part.Have(), total)
		}
		if left > 0 {
			left -= int64(n)
		}
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
	}
	// One more byte would be one too many; none costs nothing, the end is here.
	if n, _ := body.Read(buf[:1]); n > 0 {
		return fmt.Errorf("%w: more bytes than announced", errLie)
	}
	return nil
}

// finish marks the part whole when all has come. A server may answer a range in
// pieces; then the rest is asked for.
func (d Download) finish(resp *http.Response) error {
	total := d.Part.header.Total
	switch {
	case total == d.Part.Have(), total < 0 && resp.StatusCode == http.StatusOK:
		return d.Part.finish()
	case resp.StatusCode == http.StatusPartialContent && d.Part.Have() < total:
		return fmt.Errorf("%w: a piece of the range", ErrLine)
	}
	return fmt.Errorf("%w: %d bytes of %d", errLie, d.Part.Have(), total)
}

// strong keeps strong validators only: under a weak one two bodies may differ.
func strong(etag string) string {
	if len(etag) < 2 || len(etag) > 1000 || !strings.HasPrefix(etag, `"`) || !strings.HasSuffix(etag, `"`) {
		return ""
	}
	return etag
}

// byteRange is what a Content-Range tells; total is -1 for "*".
type byteRange struct{ first, last, total int64 }

// parseRange reads "bytes 5-9/10" (RFC 9110 §14.4).
func parseRange(s string) (byteRange, bool) {
	s, ok := strings.CutPrefix(strings.TrimSpace(s), "bytes ")
	span, total, ok2 := strings.Cut(s, "/")
	first, last, ok3 := strings.Cut(span, "-")
	if !ok || !ok2 || !ok3 {
		return byteRange{}, false
	}
	r := byteRange{total: -1}
	var errs [3]error
	r.first, errs[0] = decimal(first)
	r.last, errs[1] = decimal(last)
	if total != "*" {
		r.total, errs[2] = decimal(total)
	}
	good := errors.Join(errs[:]...) == nil && r.first <= r.last && (r.total < 0 || r.last < r.total)
	return r, good
}

// decimal reads digits only: no sign, no blank.
func decimal(s string) (int64, error) {
	n, err := strconv.ParseUint(s, 10, 63)
	return int64(n), err
}
