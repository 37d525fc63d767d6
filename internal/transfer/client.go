package transfer

import (
	"context"
	"errors"
	"io"
	"net/http"
	"time"
)

// Defaults of Client.
const (
	DefaultStall    = 20 * time.Second
	DefaultAnswer   = 60 * time.Second
	DefaultPatience = 20 * time.Second
	DefaultGrace    = 5 * time.Second
)

// chunk is the most that moves between two reports of progress, in bytes.
const chunk = 32 << 10

// maxRefusal is how much of an answer that is no success is read, in bytes.
const maxRefusal = 64 << 10

// Client makes the requests of transfers. It is safe for concurrent use.
type Client struct {
	// Do signs and sends one request. It must not follow redirects.
	Do func(*http.Request) (*http.Response, error)
	// Line tells which errors of Do, and of reading its answers, are of the
	// line and worth another try. nil: all.
	Line func(error) bool

	// Stall ends a request in whose body no byte has moved for so long; a new
	// connection that resumes costs less than a dead one that is waited for.
	Stall time.Duration
	// Answer ends the wait for an answer after the body went out: some of it may
	// still lie in buffers on the way.
	Answer time.Duration
	// Patience is how long the line is tried again without a byte moving before
	// the call gives up, once it has moved some; Grace before that. Negative: not
	// at all.
	Patience, Grace time.Duration

	Now   func() time.Time                           // nil is time.Now
	Sleep func(context.Context, time.Duration) error // nil waits
}

func or[T comparable](value, fallback T) T {
	var zero T
	if value == zero {
		return fallback
	}
	return value
}

func (c *Client) now() time.Time {
	if c.Now != nil {
		return c.Now()
	}
	return time.Now()
}

func (c *Client) sleep(ctx context.Context, d time.Duration) error {
	if c.Sleep != nil {
		return c.Sleep(ctx, d)
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return context.Cause(ctx)
	case <-t.C:
		return nil
	}
}

// Pauses between fruitless tries. A line that is cut for seconds must not cost
// more than that; one that is gone must not be hammered.
const (
	firstPause = 250 * time.Millisecond
	lastPause  = 2 * time.Second
)

// Again runs try as long as it breaks with the line, at once while it gets
// further in between and with growing pauses when it does not, for Patience.
func (c *Client) Again(ctx context.Context, try func() (further bool, err error)) error {
	since, pause, most := c.now(), firstPause, or(c.Grace, DefaultGrace)
	for {
		further, err := try()
		if !errors.Is(err, ErrLine) {
			return err
		}
		if further {
			since, pause, most = c.now(), firstPause, or(c.Patience, DefaultPatience)
			continue
		}
		if c.now().Sub(since)+pause > most {
			return err
		}
		if err := c.sleep(ctx, pause); err != nil {
			return err
		}
		pause = min(2*pause, lastPause)
	}
}

// exchange sends a request under a watchdog and hands the answer to take. Errors
// of the line are of class ErrLine; take's stay as they are.
func (c *Client) exchange(ctx context.Context, build func(context.Context, *watchdog) (*http.Request, error), take func(*http.Response, io.Reader) error) error {
	own, dog := watch(ctx, or(c.Stall, DefaultStall))
	defer dog.stop()
	req, err := build(own, dog)
	if err != nil {
		return err
	}
	resp, err := c.Do(req)
	if err != nil {
		return c.broken(ctx, own, err)
	}
	defer resp.Body.Close()
	dog.moved()
	in := &arriving{r: resp.Body, dog: dog}
	err = take(resp, in)
	if in.failed != nil {
		return c.broken(ctx, own, in.failed)
	}
	if err == nil { // to its very end, so that the connection can be used again
		io.Copy(io.Discard, io.LimitReader(in, 1<<10))
	}
	return err
}

// refusal makes the error of an answer that is no success.
func refusal(resp *http.Response, body io.Reader) error {
	text, err := io.ReadAll(io.LimitReader(body, maxRefusal))
	if err != nil {
		return err
	}
	return &Status{Code: resp.StatusCode, Header: resp.Header, Body: text}
}
