package axis

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"sync/atomic"
	"time"

	"vanthu/internal/line"
)

// MessageType is the kind of packet a call is about.
type MessageType string

// The two kinds.
const (
	Edoc          MessageType = "edoc"   // documents
	StatusMessage MessageType = "status" // reports
)

// TransportStatus is the state of one copy of a packet on the axis. It has
// nothing to do with the statuses inside packets. Unknown ones are kept.
type TransportStatus string

// The transport statuses (axis.md §1.5), in lower case as we compare them.
const (
	Initial    TransportStatus = "initial"    // waits for the receiver
	Processing TransportStatus = "processing" // fetched, not confirmed
	Done       TransportStatus = "done"       // the receiver stored it; leaves the list
	Fail       TransportStatus = "fail"       // the receiver could not use it
)

// Defaults of Config.
const (
	DefaultTimeout   = 90 * time.Second
	DefaultMaxAnswer = 128 << 20 // the national directory is about 30 MB
)

// Config are the settings of one connection to the axis.
type Config struct {
	URL    string // endpoint; operations are appended as a path element
	System string // system id
	Secret []byte // key of the HMAC; never sent, never printed; hubs' password or consumer secret

	// Protocol is how the axis is spoken to; "" is SDK.
	Protocol Protocol

	// Line is the way there; nil is one with the defaults of package line. HTTP,
	// when given, takes its place: whatever decorates a line's transport, or a
	// test's client.
	Line *line.Line
	HTTP *http.Client
	// Reading decorates requests that only read (lists, counts, directory), as
	// line.Retried does; nil leaves them as they are.
	Reading func(http.RoundTripper) http.RoundTripper

	// PlainAllowed lets URL be http://, which everyone on the way can read. The
	// signature still holds, the hubs' credentials go in the clear.
	PlainAllowed bool
	Clock        func() time.Time

	HashUnpadded bool // hash-file as the SDK misprints it (axis.md §1.4)
	TrailingCRLF bool // CRLF after the packet, as the SDK sends it

	// NoProbe never asks the axis what it offers beyond the SDK: packets then go
	// up whole and as they are.
	NoProbe bool
	// Patience is how long one transfer of a packet tries a broken line again
	// before the call gives up; 0 means 20 s once bytes have moved and 5 s before,
	// negative: not at all.
	Patience time.Duration

	Timeout   time.Duration // longest time without a byte moving; 0 means DefaultTimeout
	MaxAnswer int64         // bytes of an answer other than a packet; 0 means DefaultMaxAnswer
}

// String leaves the secret out.
func (c Config) String() string { return c.System + " at " + c.URL }

// GoString leaves the secret out.
func (c Config) GoString() string { return c.String() }

// Client speaks to one axis as one system. It is safe for concurrent use.
type Client struct {
	config  Config
	base    *url.URL
	http    *http.Client
	reading *http.Client // for requests that only read
	dialect dialect
	skew    atomic.Pointer[time.Duration]
	today   today         // what the axis offers
	bodies  chan struct{} // full while the body of an upload goes out (turn.go)
}

// String leaves the secret out.
func (c *Client) String() string { return "axis client of " + c.config.String() }

// GoString leaves the secret out.
func (c *Client) GoString() string { return c.String() }

// New checks the settings and makes a client; nothing is sent. The error is of
// class ErrConfig.
func New(c Config) (*Client, error) {
	base, err := c.check()
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrConfig, err)
	}
	if c.Clock == nil {
		c.Clock = time.Now
	}
	if c.Timeout <= 0 {
		c.Timeout = DefaultTimeout
	}
	if c.MaxAnswer <= 0 {
		c.MaxAnswer = DefaultMaxAnswer
	}
	made := &Client{config: c, base: base, bodies: make(chan struct{}, 1)}
	if made.http, err = httpClient(c); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrConfig, err)
	}
	made.reading = made.http
	if c.Reading != nil {
		copied := *made.http
		copied.Transport = c.Reading(transportOf(made.http))
		made.reading = &copied
	}
	if made.dialect, err = made.choose(); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrConfig, err)
	}
	return made, nil
}

// check reads the URL and looks at what must be there.
func (c Config) check() (base *url.URL, err error) {
	base, err = url.Parse(strings.TrimSpace(c.URL))
	switch {
	case err != nil:
		return nil, errors.New("the URL cannot be read")
	case base.Scheme != "http" && base.Scheme != "https" || base.Host == "":
		return nil, errors.New("the URL must start with http:// or https:// and a host")
	case base.User != nil || base.RawQuery != "" || base.Fragment != "":
		return nil, errors.New("the URL must hold no user, query or fragment")
	case base.Scheme == "http" && (!c.PlainAllowed || c.HTTP == nil && c.Line != nil && !c.Line.PlainAllowed()):
		return nil, errors.New("http:// is not encrypted and not allowed by the settings")
	case !sendable(c.System) || c.System == "":
		return nil, errors.New("the system id must be ASCII text")
	case len(c.Secret) == 0:
		return nil, errors.New("no secret")
	}
	return base, nil
}

// httpClient gives the caller's client, or one over the line. Signed requests
// never follow a redirect: only a portal in between would send one.
func httpClient(c Config) (*http.Client, error) {
	h := &http.Client{}
	switch {
	case c.HTTP != nil:
		*h = *c.HTTP
	case c.Line != nil:
		h.Transport = c.Line.Transport()
	default:
		l, err := line.New(line.Options{PlainAllowed: c.PlainAllowed, Timeout: min(c.Timeout, line.DefaultTimeout)})
		if err != nil {
			return nil, err
		}
		h.Transport = l.Transport()
	}
	h.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return h, nil
}

func transportOf(h *http.Client) http.RoundTripper {
	if h.Transport != nil {
		return h.Transport
	}
	return http.DefaultTransport
}
