package axis

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"
)

// call is one operation, by the name the SDK gives it, its parameters in order,
// and a body.
type call struct {
	operation   string
	method      string // "" is POST
	params      []param
	body        func() (io.Reader, error) // from its start, every time
	size        int64
	contentType string  // "" is application/json
	parcel      *parcel // what sendEdoc sends
	reads       bool    // changes nothing on the axis
}

type param struct{ key, value string }

func (c call) with(key, value string) call {
	if value != "" {
		c.params = append(c.params[:len(c.params):len(c.params)], param{key, value})
	}
	return c
}

// get is the value of a parameter; "" without.
func (c call) get(key string) string {
	for _, p := range c.params {
		if p.key == key {
			return p.value
		}
	}
	return ""
}

// sendable tells of parameters that could not stand in a header; where they
// stand elsewhere, the same are refused.
func (c call) sendable() error {
	for _, p := range c.params {
		if !sendable(p.value) {
			return fmt.Errorf("%w: %s is %.40q", ErrValue, p.key, p.value)
		}
	}
	return nil
}

// emptyObject is the body of the operations that the SDK sends "{}" with.
func (c call) emptyObject() call { return c.text("{}") }

func (c call) text(s string) call {
	c.body, c.size = func() (io.Reader, error) { return strings.NewReader(s), nil }, int64(len(s))
	return c
}

// do performs a call and hands the answer to take. Only take's errors and
// transport errors come back; an answer is never half a success. When the axis
// does not take a token any more, the call is made once more with a new one.
func (c *Client) do(ctx context.Context, what call, take func(reply) error) error {
	o, err := c.dialect.order(what)
	if err == nil {
		var h http.Header
		if h, err = c.ask(ctx, o, take); errors.Is(err, errProof) && c.dialect.refused(h) {
			_, err = c.ask(ctx, o, take)
		}
	}
	if err != nil {
		return fmt.Errorf("%s: %w", what.operation, c.veil(err))
	}
	return nil
}

// ask makes one request of an order; h is what it was proved with.
func (c *Client) ask(ctx context.Context, o order, take func(reply) error) (h http.Header, err error) {
	req, err := o.request(ctx)
	if err != nil {
		return nil, err
	}
	if err := c.dialect.prove(ctx, req.Header, o.params); err != nil {
		return nil, err
	}
	by := c.http
	if o.reads {
		by = c.reading
	}
	resp, err := c.tripBy(by, req)
	if err != nil {
		return req.Header, err
	}
	defer resp.Body.Close()
	return req.Header, settle(resp, take)
}

// exchange proves and sends a request of any method and URL. It is asked once
// more when the axis does not take its proof, another can be had and no body is
// in the way. The HTTP status is not judged otherwise.
func (c *Client) exchange(req *http.Request, params ...param) (*http.Response, error) {
	if err := c.dialect.prove(req.Context(), req.Header, params); err != nil {
		return nil, err
	}
	resp, err := c.trip(req)
	if err != nil || resp.StatusCode != http.StatusUnauthorized || !c.dialect.refused(req.Header) {
		return resp, err
	}
	if req.Body != nil && req.Body != http.NoBody {
		return resp, nil
	}
	resp.Body.Close()
	if err := c.dialect.prove(req.Context(), req.Header, params); err != nil {
		return nil, err
	}
	return c.trip(req)
}

// settle hands an answer of trip to take. When the line broke, that is the
// error, whatever take made of the stump.
func settle(resp *http.Response, take func(reply) error) error {
	err := take(reply{resp.StatusCode, resp.Header, resp.Body})
	if in, ok := resp.Body.(*incoming); ok && err != nil && in.failed != nil {
		return in.failed
	}
	if err == nil { // to its very end, so that the connection can be used again
		io.Copy(io.Discard, io.LimitReader(resp.Body, 1<<10))
	}
	return err
}

// trip sends a request that is proved already. The call ends when nothing has
// moved for Config.Timeout, either way, until the answer's body is closed.
// Errors, those of reading the body too, are classed: ErrOffline, ErrUnanswered
// or the caller's own end.
func (c *Client) trip(req *http.Request) (*http.Response, error) { return c.tripBy(c.http, req) }

func (c *Client) tripBy(by *http.Client, req *http.Request) (*http.Response, error) {
	ctx := req.Context()
	own, watch := watch(ctx, c.config.Timeout)
	out := &outgoing{watch: watch, left: req.ContentLength, begun: time.Now()}
	begun := c.config.Clock() // asked here only: it need not bear other goroutines
	sent := req.WithContext(out.trace(own))
	if req.Body != nil && req.Body != http.NoBody {
		out.r, sent.Body = req.Body, out
	}
	resp, err := by.Do(sent)
	if err != nil {
		defer watch.stop()
		return nil, offline(ctx, own, out.finished(), err)
	}
	c.noteDate(resp.Header.Get("Date"), begun.Add(time.Duration(out.took.Load())))
	class := func(err error) error { return offline(ctx, own, true, err) }
	resp.Body = &incoming{body: resp.Body, watch: watch, class: class}
	return resp, nil
}
