package axis

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"

	"vanthu/internal/document"
	"vanthu/internal/transfer"
)

// Message is a packet to send. The axis takes the recipients from the packet;
// To, when given, narrows them.
type Message struct {
	From document.Code
	Type MessageType
	To   []document.Code
	Body io.ReadSeeker
	Size int64

	// Urgent lets the packet share the line with one that is on its way.
	Urgent bool

	// Part is the path, without an ending, of the files in which an upload is
	// kept between tries; the caller removes them (RemovePart) when the packet is
	// sent or given up. "" keeps nothing. While they are there, sending again is
	// safe: the axis knows the upload and answers as before.
	Part string
	// Progress is told of the bytes that have gone out and of all, those of the
	// compressed packet where it goes so, after at most 32 KB. nil is told nothing.
	Progress func(done, total int64)
}

// Send sends a packet and returns the docId of the sender's side: resumable and
// compressed where the axis offers it (upload.go), whole otherwise. The body is
// read twice, for its hash and for the line, and never held in memory. An error
// of class ErrUnanswered leaves open whether the axis has it.
func (c *Client) Send(ctx context.Context, m Message) (docID string, err error) {
	if m.Progress == nil {
		m.Progress = func(int64, int64) {}
	}
	p, err := newParcel(m)
	if err == nil {
		docID, err = c.bestSend(ctx, p)
	}
	if err != nil {
		return "", fmt.Errorf("send: %w", c.veil(err))
	}
	return docID, nil
}

// bestSend sends the way that suits the axis and falls back without noise.
func (c *Client) bestSend(ctx context.Context, p *parcel) (string, error) {
	offer, err := c.offered(ctx)
	if err != nil {
		return "", fmt.Errorf("ask what is offered: %w", err)
	}
	if offer.tus && p.Size >= uploadFrom {
		docID, err := c.sendUploaded(ctx, p, offer.encoding)
		if !errors.Is(err, errNoUpload) {
			return docID, err
		}
		c.withdrawn(func(t *today) { t.offer.tus = false })
		if p.Part != "" { // from here on it is not sent by its name
			if err := RemovePart(p.Part); err != nil {
				return "", err
			}
		}
	}
	if offer.encoding != "" && p.Size >= packFrom {
		docID, err := c.sendPacked(ctx, p, offer.encoding)
		if !errors.Is(err, errNotPacked) {
			return docID, err
		}
		c.withdrawn(func(t *today) { t.offer.encoding = "" })
	}
	return c.sendWhole(ctx, p)
}

// packFrom is the length from which packing is worth it, in bytes: less fits
// into one packet of the line anyway.
const packFrom = 1200

// errNotPacked tells that the axis does not take the packed form after all.
var errNotPacked = errors.New("packed body refused")

// sendWhole sends as the SDK does.
func (c *Client) sendWhole(ctx context.Context, p *parcel) (docID string, err error) {
	o, err := c.dialect.order(sending(p))
	if err == nil {
		docID, err = c.postInTurn(ctx, p, o)
	}
	return docID, err
}

// sendPacked sends the same request with its body packed (RFC 7694).
func (c *Client) sendPacked(ctx context.Context, p *parcel, encoding string) (docID string, err error) {
	o, err := c.dialect.order(sending(p))
	if err != nil {
		return "", err
	}
	base, temporary, err := p.base()
	if err != nil {
		return "", err
	}
	defer func() { err = errors.Join(err, temporary()) }()
	packed, err := pack(o, base, encoding)
	if err != nil {
		return "", err
	}
	defer func() { err = errors.Join(err, packed.Remove()) }()
	if !packed.Saves(o.size) {
		return c.sendWhole(ctx, p)
	}
	o.header = o.header.Clone()
	o.header["Content-Encoding"] = []string{encoding}
	o.size, o.body = packed.Size(), func() (io.Reader, error) { return packed.Body(0), nil }
	return c.postInTurn(ctx, p, o)
}

// postInTurn posts a body that cannot be resumed. Two that shared the line would
// each take twice as long, and what a cut ends begins anew.
func (c *Client) postInTurn(ctx context.Context, p *parcel, o order) (docID string, err error) {
	end := func() {}
	if wait := c.turnUp(p); wait != nil && o.size >= uploadFrom {
		if end, err = wait(ctx); err != nil {
			return "", err
		}
	}
	end = sync.OnceFunc(end)
	defer end()
	return c.post(ctx, reported(o, func(done, total int64) {
		if done == total { // the answer is waited for without the line
			end()
		}
		p.Progress(done, total)
	}))
}

// pack writes the body of an order, packed, to files at base.
func pack(o order, base, encoding string) (*transfer.Outgoing, error) {
	body, err := o.body()
	if err != nil {
		return nil, err
	}
	return transfer.NewOutgoing(base, "packed", body, o.size, encoding)
}

func sending(p *parcel) call {
	what := service("sendEdoc", p.Type)
	what.parcel = p
	return what
}

// post makes the request of a send and reads its answer.
func (c *Client) post(ctx context.Context, o order) (docID string, err error) {
	err = c.asked(ctx, "sendEdoc", o, func(r reply) error {
		e, err := c.dialect.read(r, c.config.MaxAnswer, skip)
		docID = e.docID
		switch {
		case err != nil && o.header["Content-Encoding"] != nil && (r.status == http.StatusUnsupportedMediaType || misread(r.status, err)):
			return fmt.Errorf("%w: %w", errNotPacked, err)
		case err != nil && (r.status == http.StatusGone || r.status == http.StatusConflict):
			return fmt.Errorf("%w: %w", errUploadGone, err)
		case err == nil && e.docID == "" && !e.enveloped: // a gateway's page that says all is well
			return malformed("no word of the packet")
		}
		return err
	})
	return docID, err
}

// misread tells a refusal that may come of how the packet went rather than of
// what it is: before that is believed, it goes once more as it is.
func misread(status int, err error) bool {
	var rejected *Rejected
	if !errors.As(err, &rejected) {
		return status == http.StatusBadRequest
	}
	return rejected.Code == CodeInvalidFile || rejected.Code == CodeProcessing || rejected.Code == CodeWrongFormat
}

// asked is do for an order that is made already.
func (c *Client) asked(ctx context.Context, operation string, o order, take func(reply) error) error {
	h, err := c.ask(ctx, o, take)
	if errors.Is(err, errProof) && c.dialect.refused(h) {
		_, err = c.ask(ctx, o, take)
	}
	if err != nil {
		return fmt.Errorf("%s: %w", operation, err)
	}
	return nil
}

// reported tells progress as the body of an order goes out.
func reported(o order, progress func(done, total int64)) order {
	open := o.body
	o.body = func() (io.Reader, error) {
		r, err := open()
		return &gauge{r: r, total: o.size, progress: progress}, err
	}
	return o
}

// gauge reports the bytes read through it, in steps of 32 KB at most.
type gauge struct {
	r           io.Reader
	done, total int64
	progress    func(done, total int64)
}

// Read reads on.
func (g *gauge) Read(p []byte) (int, error) {
	n, err := g.r.Read(p[:min(len(p), 32<<10)])
	if n > 0 {
		g.done += int64(n)
		g.progress(g.done, g.total)
	}
	return n, err
}

// parcel is a message with what is known of its bytes.
type parcel struct {
	Message
	sum    []byte // SHA-256
	ending string // the last two bytes

	// upload is the name under which the axis has the packet already, "" when it
	// is in the request; encoding is how it lies there.
	upload, encoding string
}

func newParcel(m Message) (*parcel, error) {
	sum, ending, err := digest(m)
	return &parcel{Message: m, sum: sum, ending: ending}, err
}

// base is where files of the send may lie, and what removes them when nothing
// is to be kept.
func (p *parcel) base() (base string, remove func() error, err error) {
	if p.Part != "" {
		return p.Part, func() error { return nil }, nil
	}
	dir, err := os.MkdirTemp("", "axis-send-")
	return filepath.Join(dir, "packet"), func() error { return os.RemoveAll(dir) }, err
}

// Uploading tells whether an upload is kept at Message.Part that the axis may
// have begun to hold: whatever was sent since then was sent by its name.
func Uploading(base string) bool { return transfer.Begun(base) }

// RemovePart deletes what is kept of an upload at Message.Part, if anything.
func RemovePart(base string) error { return transfer.RemoveOutgoing(base) }

// open gives the packet from its start.
func (p *parcel) open() (io.Reader, error) {
	_, err := p.Body.Seek(0, io.SeekStart)
	return io.LimitReader(p.Body, p.Size), err
}

// digest is the SHA-256 of the packet and its last two bytes.
func digest(m Message) (sum []byte, ending string, err error) {
	if m.Body == nil || m.Size <= 0 {
		return nil, "", fmt.Errorf("%w: no packet", ErrValue)
	}
	if _, err := m.Body.Seek(0, io.SeekStart); err != nil {
		return nil, "", err
	}
	h, last := sha256.New(), &lastBytes{}
	n, err := io.Copy(io.MultiWriter(h, last), m.Body)
	if err == nil && n != m.Size {
		err = fmt.Errorf("%w: packet of %d bytes announced as %d", ErrValue, n, m.Size)
	}
	return h.Sum(nil), string(last.b), err
}

// lastBytes remembers the last two bytes written.
type lastBytes struct{ b []byte }

// Write remembers the end of p.
func (l *lastBytes) Write(p []byte) (int, error) {
	l.b = append(l.b, p[max(0, len(p)-2):]...)
	l.b = bytes.Clone(l.b[max(0, len(l.b)-2):])
	return len(p), nil
}

// hash prints hash-file. The SDK prints bytes below 0x10 with one digit; which
// form the axis checks is unknown.
func (c *Client) hash(sum []byte) string {
	if !c.config.HashUnpadded {
		return hex.EncodeToString(sum)
	}
	var b strings.Builder
	for _, v := range sum {
		b.WriteString(strconv.FormatUint(uint64(v), 16))
	}
	return b.String()
}

// recipients is the JSON text of header to; "" for none.
func recipients(to []document.Code) (string, error) {
	if len(to) == 0 {
		return "", nil
	}
	for _, code := range to {
		if code == "" {
			return "", errors.Join(ErrValue, errors.New("recipient without a code"))
		}
	}
	b, err := json.Marshal(to)
	return string(b), err
}
