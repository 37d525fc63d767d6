package axis

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"

	"vanthu/internal/transfer"
)

// Download says where a packet is brought to.
type Download struct {
	// Part is the path of the file in which what has come is kept between tries;
	// the caller removes it when it is not needed any more.
	Part  string
	Limit int64 // of the packet, in bytes
	// To takes the packet. It is called once at most; when Download fails
	// nevertheless, what it took is to be thrown away.
	To func(io.Reader) error
	// Progress is told of the bytes that have come and of all, 0 while unknown,
	// after at most 32 KB. Both may be those of the compressed packet.
	Progress func(done, total int64)
}

// Download brings the packet of a docId the way that suits bad lines: raw and
// compressed where the axis can (downloadEdoc, axis.md §1.3), on from where the
// last try ended; else as Fetch does. What it tells of the packet says how far
// one that turns out to be broken is to be believed.
func (c *Client) Download(ctx context.Context, docID string, d Download) (how Brought, err error) {
	if docID == "" {
		return how, fmt.Errorf("downloadEdoc: %w: no docId", ErrValue)
	}
	if d.Progress == nil {
		d.Progress = func(int64, int64) {}
	}
	taken := false
	to := d.To
	d.To = func(r io.Reader) error { taken = true; return to(r) }
	if !c.noted(func(t *today) bool { return t.noRaw }) {
		how, err = c.downloadRaw(ctx, docID, d)
		if err == nil {
			c.withdrawn(func(t *today) { t.raw = true })
		}
		if err == nil || taken || !worthFetching(err) {
			return how, err
		}
	}
	if fetched := c.fetchTo(ctx, docID, d); fetched != nil || err == nil {
		return Brought{}, fetched
	}
	c.withdrawn(func(t *today) { t.noRaw = !t.raw }) // what has worked today was disturbed only
	return Brought{}, nil
}

// Brought says how a packet came.
type Brought struct {
	Raw     bool // as bytes, with nothing around them that would tell a proxy's damage
	Joined  bool // put together from several answers
	Checked bool // its compressed form had a checksum, and it held
}

// Doubtful tells that a packet which cannot be read may have been damaged on the
// way.
func (b Brought) Doubtful() bool { return b.Raw && !b.Checked }

// worthFetching tells whether the other way may help: not when the line is
// broken or the packet too large, nor when the axis says in its own words that
// it is busy or does not know us.
func worthFetching(err error) bool {
	var rejected *Rejected
	var status *transfer.Status
	switch {
	case errors.As(err, &rejected):
		return rejected.Code != CodeWrongSecret && rejected.Code != CodeUnknownSender
	case errors.Is(err, ErrBusy):
		return errors.As(err, &status) && (status.Code == http.StatusInternalServerError || status.Code == http.StatusNotImplemented)
	}
	return errors.Is(err, ErrMalformed)
}

// downloadRaw brings the packet into its part and from there to its taker.
func (c *Client) downloadRaw(ctx context.Context, docID string, d Download) (how Brought, err error) {
	part, err := transfer.OpenPart(d.Part, docID)
	if err != nil {
		return how, fmt.Errorf("download %s: %w", docID, err)
	}
	defer func() { err = errors.Join(err, part.Close()) }()
	if err = c.bring(ctx, docID, part, d); err == nil {
		how = Brought{Raw: true, Joined: part.Joined(), Checked: part.Header().Encoding != ""}
		err = c.unpack(ctx, part, d)
	}
	if err != nil {
		return how, fmt.Errorf("download %s: %w", docID, c.veil(transferred(err)))
	}
	return how, nil
}

// bring fills the part.
func (c *Client) bring(ctx context.Context, docID string, part *transfer.Part, d Download) error {
	what := c.rawCall(docID)
	limit := d.Limit
	if c.hub() { // perhaps it comes as base64 in JSON
		limit = limit/3*4 + limit/16 + maxText
	}
	err := c.transfers(func(req *http.Request) (*http.Response, error) {
		return c.signed(req, what.params...)
	}).Download(ctx, transfer.Download{
		Request: func(ctx context.Context) (*http.Request, error) {
			o, err := c.dialect.order(what)
			if err != nil {
				return nil, err
			}
			req, err := o.request(ctx)
			if err == nil && c.hub() {
				req.Header.Set("Accept", "application/xml")
			}
			return req, err
		},
		Part: part, Limit: limit, Progress: d.Progress, Endless: c.hub(),
		Plain: c.noted(func(t *today) bool { return t.plain }),
	})
	var status *transfer.Status
	if errors.As(err, &status) {
		return fmt.Errorf("%w: %w", c.judged(status), err)
	}
	return err
}

func (c *Client) hub() bool { return c.config.Protocol == REST || c.config.Protocol == OAuth2 }

func (c *Client) rawCall(docID string) call {
	what := call{operation: "downloadEdoc", method: http.MethodGet}
	if c.hub() {
		what.operation = "getEdoc"
	}
	// The SDK tells the axis the local path it will store under; we tell nothing.
	return what.with("docId", docID).with("filePath", "edoc")
}

// judged reads an answer that is no success as those of every call are read.
func (c *Client) judged(s *transfer.Status) error {
	_, err := c.dialect.read(reply{s.Code, s.Header, bytes.NewReader(s.Body)}, c.config.MaxAnswer, skip)
	if err == nil {
		err = malformed("HTTP %d", s.Code)
	}
	return err
}

// unpack hands a whole part on. One that cannot be used is emptied, so that the
// next try does not meet it again.
func (c *Client) unpack(ctx context.Context, part *transfer.Part, d Download) error {
	packed := part.Header().Encoding != ""
	r, err := part.Open(d.Limit/3*4 + d.Limit/16 + maxText)
	if err != nil {
		return errors.Join(err, part.Empty())
	}
	defer r.Close()
	in := &remembering{r: r}
	err = c.sniff(reply{http.StatusOK, http.Header{"Content-Type": {part.Header().Type}}, in}, d)
	if in.failed != nil && ctx.Err() == nil {
		err = in.failed
	}
	if packed && errors.Is(err, transfer.ErrContent) {
		c.withdrawn(func(t *today) { t.plain = true })
	}
	if err != nil && (in.failed != nil || errors.Is(err, ErrMalformed) || isRejected(err)) {
		err = errors.Join(err, part.Empty())
	}
	return err
}

func isRejected(err error) bool {
	var rejected *Rejected
	return errors.As(err, &rejected) || errors.Is(err, ErrBusy)
}

// sniff tells a packet from what else comes with HTTP 200: the SDK takes any
// bytes for one (axis.md §1.3), we do not.
func (c *Client) sniff(r reply, d Download) error {
	head := bufio.NewReaderSize(r.body, 4<<10)
	start, _ := head.Peek(512)
	text := strings.ToLower(strings.TrimLeft(string(start), "\ufeff \t\r\n"))
	kind := strings.ToLower(r.header.Get("Content-Type"))
	switch {
	case text == "":
		return malformed("an empty packet")
	case strings.HasPrefix(text, "{"):
		r.body = head
		return piped(func(w io.Writer) error { _, err := c.readPacket(r, w, d.Limit); return err }, d.To)
	case strings.HasPrefix(kind, "text/html"), strings.Contains(text, "<html"), strings.Contains(text, "<!doctype html"):
		return malformed("a page instead of a packet")
	case !strings.Contains(text, "<"): // some bytes may stand before it (axis.md §6.5)
		return malformed("no packet")
	}
	return d.To(&limited{head, d.Limit})
}

// limited fails, rather than ends, behind its limit.
type limited struct {
	r    io.Reader
	left int64
}

// Read is ErrTooLarge when there is more than the limit.
func (l *limited) Read(p []byte) (int, error) {
	n, err := l.r.Read(p[:min(int64(len(p)), l.left+1)])
	if int64(n) > l.left {
		return 0, ErrTooLarge
	}
	l.left -= int64(n)
	return n, err
}

// remembering keeps the error of its reader apart from that of who reads.
type remembering struct {
	r      io.Reader
	failed error
}

// Read reads on.
func (m *remembering) Read(p []byte) (int, error) {
	n, err := m.r.Read(p)
	if err != nil && err != io.EOF {
		m.failed = err
	}
	return n, err
}

// fetchTo brings the packet as the SDK does, with nothing kept.
func (c *Client) fetchTo(ctx context.Context, docID string, d Download) error {
	return piped(func(w io.Writer) error {
		_, err := c.Fetch(ctx, docID, &counting{w: w, progress: d.Progress}, d.Limit)
		return err
	}, d.To)
}

// counting reports the bytes written through it.
type counting struct {
	w        io.Writer
	done     int64
	progress func(done, total int64)
}

// Write passes bytes on.
func (m *counting) Write(p []byte) (int, error) {
	n, err := m.w.Write(p)
	m.done += int64(n)
	m.progress(m.done, 0)
	return n, err
}

// piped joins who writes a packet with who reads it; read is not called before
// there is something to read. When both fail, one because of the other, the
// error is that of the cause.
func piped(write func(io.Writer) error, read func(io.Reader) error) error {
	p := &pipe{read: read}
	err := write(p)
	if p.taken == nil {
		return err
	}
	p.w.CloseWithError(err)
	taken := <-p.taken
	if taken == nil || err != nil && !errors.Is(err, taken) {
		return err
	}
	return taken
}

// pipe starts its reader with the first byte.
type pipe struct {
	read  func(io.Reader) error
	w     *io.PipeWriter
	taken chan error
}

// Write waits for the reader.
func (p *pipe) Write(b []byte) (int, error) {
	if p.taken == nil {
		var r *io.PipeReader
		r, p.w = io.Pipe()
		p.taken = make(chan error, 1)
		go func(taken chan<- error) {
			err := p.read(r)
			r.CloseWithError(or(err, io.ErrClosedPipe))
			taken <- err
		}(p.taken)
	}
	return p.w.Write(b)
}
