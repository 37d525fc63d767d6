package axis

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"vanthu/internal/document"
	"vanthu/internal/transfer"
)

// offer is what an axis can do for bad lines beyond the SDK. The zero offer is a
// plain axis.
type offer struct {
	encoding string // of request bodies: "", zstd or gzip (RFC 7694)
	tus      bool   // resumable uploads (tus 1.0, creation)
}

// today remembers for a day what the axis offers, and what turned out not to be
// so. An axis is asked once, and what it does not answer it does not offer.
type today struct {
	asking sync.Mutex // one asks, the others wait for its answer

	mu     sync.Mutex // guards what follows
	day    string
	asked  bool
	broken int // times the question got no answer: the line broke, the axis was busy
	offer  offer
	raw    bool // downloadEdoc has done
	noRaw  bool // it does not
	plain  bool // what it compresses does not unpack
}

// probeTime bounds the question; something in between may swallow OPTIONS.
const probeTime = 20 * time.Second

// maxProbes is how often a question without an answer is put off rather than
// taken for a no.
const maxProbes = 2

var errProbeTime = errors.New("no answer to OPTIONS")

// offered tells what the axis offers, asking it at most once a day. The error, of
// class ErrOffline or ErrBusy, is that the question got no answer; nothing has
// been sent then.
func (c *Client) offered(ctx context.Context) (offer, error) {
	c.today.asking.Lock()
	defer c.today.asking.Unlock()
	var known offer
	if c.noted(func(t *today) bool { known = t.offer; return t.asked }) || c.config.NoProbe {
		return known, nil
	}
	found, err := c.probe(ctx)
	if err != nil && (ctx.Err() != nil || !errors.Is(err, ErrOffline) && !errors.Is(err, ErrBusy)) {
		return offer{}, err
	}
	if err != nil && !c.noted(func(t *today) bool { t.broken++; return t.broken >= maxProbes }) {
		return offer{}, unsent(err)
	}
	c.noted(func(t *today) bool { t.asked, t.offer = true, found; return true })
	return found, nil
}

// probe asks. Whatever is no clear offer is none.
func (c *Client) probe(ctx context.Context) (offer, error) {
	own, cancel := context.WithTimeoutCause(ctx, probeTime, fmt.Errorf("%w: %w", ErrOffline, errProbeTime))
	defer cancel()
	req, err := http.NewRequestWithContext(own, http.MethodOptions, c.sendURL().String(), nil)
	if err != nil {
		return offer{}, err
	}
	resp, err := c.signed(req)
	if err != nil {
		return offer{}, err
	}
	defer resp.Body.Close()
	io.Copy(io.Discard, io.LimitReader(resp.Body, 1<<14)) // so that the connection can be used again
	switch status := resp.StatusCode; {
	case status == http.StatusServiceUnavailable, status == http.StatusTooManyRequests:
		return offer{}, classOf(status)
	case status/100 != 2: // 500 too: some servers answer so to what they do not know
		return offer{}, nil
	}
	h := resp.Header
	return offer{
		encoding: transfer.Choose(strings.Join(h.Values("Accept-Encoding"), ",")),
		tus:      listed(h.Values("Tus-Version"), "1.0.0") && listed(h.Values("Tus-Extension"), "creation"),
	}, nil
}

// signed sends a request that is no operation of the SDK.
func (c *Client) signed(req *http.Request, params ...param) (*http.Response, error) {
	if req.Header.Get("Content-Type") == "" {
		req.Header.Set("Content-Type", "application/json")
	}
	return c.exchange(req, params...)
}

// listed tells whether one of the values, each a list with commas, has a word.
func listed(values []string, word string) bool {
	for _, item := range strings.Split(strings.Join(values, ","), ",") {
		if strings.TrimSpace(item) == word {
			return true
		}
	}
	return false
}

// sendURL is where packets are sent to, and uploadURL where uploads are made.
func (c *Client) sendURL() *url.URL {
	switch c.config.Protocol {
	case REST:
		return c.base.JoinPath("v1", "sendEdoc")
	case OAuth2:
		return c.base.JoinPath("truclienthong", "v1.0.0", "vanbans")
	}
	return c.base.JoinPath("sendEdoc")
}

func (c *Client) uploadURL() *url.URL { return c.sendURL().JoinPath("..", "uploads/") }

// withdrawn notes what does not hold of what was offered; it is not asked for
// again today.
func (c *Client) withdrawn(note func(t *today)) {
	c.noted(func(t *today) bool { note(t); return true })
}

// noted reads or changes the day's notes, which begin anew each day.
func (c *Client) noted(do func(t *today) bool) bool {
	t := &c.today
	t.mu.Lock()
	defer t.mu.Unlock()
	if day := c.config.Clock().In(document.Zone()).Format(time.DateOnly); day != t.day {
		t.day, t.asked, t.broken, t.offer, t.raw, t.noRaw, t.plain = day, false, 0, offer{}, false, false, false
	}
	return do(t)
}

// transfers is how packets move. do sends one request, signed.
func (c *Client) transfers(do func(*http.Request) (*http.Response, error)) *transfer.Client {
	return &transfer.Client{
		Do:       do,
		Line:     func(err error) bool { return errors.Is(err, ErrOffline) },
		Stall:    min(c.config.Timeout, transfer.DefaultStall),
		Answer:   min(c.config.Timeout, transfer.DefaultAnswer),
		Patience: c.config.Patience,
		Grace:    min(c.config.Patience, 0), // negative: none either
	}
}

// unsent makes of an error that leaves open whether the axis has acted one that
// does not: what broke was no send yet.
func unsent(err error) error {
	if errors.Is(err, ErrUnanswered) {
		return fmt.Errorf("%w: %s", ErrOffline, strings.TrimPrefix(err.Error(), ErrUnanswered.Error()+": "))
	}
	return err
}

// transferred gives an error of a transfer the class it has here.
func transferred(err error) error {
	switch {
	case err == nil, errors.Is(err, ErrOffline):
		return err
	case errors.Is(err, transfer.ErrLine):
		return fmt.Errorf("%w: %w", ErrOffline, err)
	case errors.Is(err, transfer.ErrTooLarge):
		return fmt.Errorf("%w: %w", ErrTooLarge, err)
	case errors.Is(err, transfer.ErrProtocol), errors.Is(err, transfer.ErrContent), errors.Is(err, transfer.ErrEndless):
		return fmt.Errorf("%w: %w", ErrMalformed, err)
	}
	return err
}
