package axis

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
)

// Protocol is how an axis wants to be spoken to.
type Protocol string

// The protocols. Most communes reach the axis through a hub of their province.
const (
	SDK    Protocol = "sdk"    // the axis itself, as its SDK does (axis.md §1); also ""
	REST   Protocol = "rest"   // hub with a JWT (axis.md §5.3 a)
	OAuth2 Protocol = "oauth2" // hub behind an API manager (axis.md §5.3 b)
)

// dialect is what differs between the protocols: how a call becomes a request,
// how a request proves who asks, how an answer is read.
type dialect interface {
	// order translates a call; ErrUnsupported for what this kind of axis lacks.
	order(what call) (order, error)
	// prove puts into the headers of one request who asks. It may ask the axis
	// for a token first. params are what the SDK's signature covers; they become
	// headers with it.
	prove(ctx context.Context, h http.Header, params []param) error
	// refused takes note that the axis did not take the proof in h; true tells
	// that the next one will differ, so that asking once more makes sense.
	refused(h http.Header) bool
	// read reads an answer whose payload goes to data, and judges it.
	read(r reply, max int64, data func(*scanner) error) (envelope, error)
}

func (c *Client) choose() (dialect, error) {
	switch c.config.Protocol {
	case "", SDK:
		return &sdk{c}, nil
	case REST:
		return newREST(c)
	case OAuth2:
		return newOAuth(c), nil
	}
	return nil, fmt.Errorf("unknown protocol %.20q", c.config.Protocol)
}

// order is a call as HTTP knows it, short of the proof.
type order struct {
	method string
	target *url.URL
	header http.Header // names in the case they are to have on the wire
	params []param     // for prove
	body   func() (io.Reader, error)
	size   int64 // of the body; 0 for none
	reads  bool  // changes nothing on the axis: may be repeated by Config.Reading
}

// text makes a text the body.
func (o *order) text(s string) {
	o.body, o.size = func() (io.Reader, error) { return strings.NewReader(s), nil }, int64(len(s))
}

// request makes the HTTP request of an order, its body at the start.
func (o order) request(ctx context.Context) (*http.Request, error) {
	req, err := http.NewRequestWithContext(ctx, o.method, o.target.String(), nil)
	if err != nil {
		return nil, err
	}
	for name, values := range o.header {
		req.Header[name] = values
	}
	if o.size > 0 {
		body, err := o.body()
		if err != nil {
			return nil, err
		}
		req.Body, req.ContentLength = io.NopCloser(body), o.size
		if o.reads { // otherwise net/http may not repeat it of itself, whatever it thinks
			req.GetBody = func() (io.ReadCloser, error) {
				body, err := o.body()
				return io.NopCloser(body), err
			}
		}
	}
	return req, nil
}

// reply is an answer of which nothing is believed yet.
type reply struct {
	status int
	header http.Header
	body   io.Reader
}
