package axis

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"path"

	"vanthu/internal/transfer"
)

// uploadFrom is the length from which an upload of its own is worth its two
// further round trips, in bytes.
const uploadFrom = 32 << 10

var (
	// errNoUpload: the packet is to go whole; it has certainly not been sent.
	errNoUpload = errors.New("no upload")
	// errUploadGone: the axis does not have the upload, or not all of it.
	errUploadGone = errors.New("the upload is gone")
)

// sendUploaded brings the packet up with tus and then sends it by the upload's
// name. Both halves may be repeated: the axis answers a name it has sent already
// with the same docId.
func (c *Client) sendUploaded(ctx context.Context, p *parcel, encoding string) (docID string, err error) {
	base, temporary, err := p.base()
	if err != nil {
		return "", err
	}
	out, err := outgoingOf(p, base, encoding)
	if err != nil {
		return "", errors.Join(err, temporary())
	}
	defer func() { err = errors.Join(err, out.Close(), temporary()) }()
	for range 2 {
		if docID, err = c.sendUpload(ctx, p, out); !errors.Is(err, errUploadGone) {
			return docID, err
		}
		if err := out.Forget(); err != nil {
			return "", err
		}
	}
	return "", fmt.Errorf("%w: %w", errNoUpload, err)
}

// outgoingOf takes up what an earlier try left, or prepares the packet anew.
func outgoingOf(p *parcel, base, encoding string) (*transfer.Outgoing, error) {
	name := hex.EncodeToString(p.sum)
	out, err := transfer.OpenOutgoing(base, name)
	switch {
	case err == nil && (out.URL() != "" || out.Encoding() == encoding):
		return out, nil
	case err == nil:
		err = out.Close()
	case errors.Is(err, fs.ErrNotExist):
		err = nil
	}
	if err != nil {
		return nil, err
	}
	return prepare(p, base, name, encoding)
}

// prepare packs the packet where that saves something.
func prepare(p *parcel, base, name, encoding string) (*transfer.Outgoing, error) {
	for {
		body, err := p.open()
		if err != nil {
			return nil, err
		}
		out, err := transfer.NewOutgoing(base, name, body, p.Size, encoding)
		if err != nil || encoding == "" || out.Saves(p.Size) {
			return out, err
		}
		encoding = ""
		if err := out.Close(); err != nil {
			return nil, err
		}
	}
}

// sendUpload brings up what the axis does not have yet and sends it.
func (c *Client) sendUpload(ctx context.Context, p *parcel, out *transfer.Outgoing) (docID string, err error) {
	t := c.transfers(func(req *http.Request) (*http.Response, error) { return c.signed(req) })
	url, err := t.Upload(ctx, transfer.Upload{Create: c.uploadURL().String(), Body: out, Progress: p.Progress, Turn: c.turnUp(p)})
	if err != nil {
		return "", notUploaded(out, err)
	}
	p.upload, p.encoding = path.Base(url), out.Encoding()
	err = t.Again(ctx, func() (bool, error) {
		docID, err = c.commit(ctx, p)
		if errors.Is(err, ErrOffline) { // perhaps it has acted: it will answer the same again
			err = fmt.Errorf("%w: %w", transfer.ErrLine, err)
		}
		return false, err
	})
	if misread(http.StatusOK, err) {
		return "", fmt.Errorf("%w: %w", errNoUpload, err)
	}
	return docID, err
}

// notUploaded tells an axis that does not keep to tus from one that is busy in
// the middle of it, and from a line or a disk that fails.
func notUploaded(out *transfer.Outgoing, err error) error {
	var status *transfer.Status
	switch {
	case errors.As(err, &status) && out.URL() != "" && errors.Is(classOf(status.Code), ErrBusy):
		return fmt.Errorf("upload: %w", classOf(status.Code))
	case errors.As(err, &status), errors.Is(err, transfer.ErrProtocol):
		return fmt.Errorf("%w: %w", errNoUpload, err)
	}
	return unsent(transferred(err))
}

// commit sends the packet that lies on the axis as an upload.
func (c *Client) commit(ctx context.Context, p *parcel) (string, error) {
	what := sending(p)
	if !c.hub() {
		to, err := recipients(p.To)
		if err != nil {
			return "", err
		}
		what.parcel = nil
		what.contentType = "application/octet-stream"
		what = what.with("hash-file", c.hash(p.sum)).with("from", string(p.From)).with("to", to).
			with("upload", p.upload).with("encoding", p.encoding)
	}
	o, err := c.dialect.order(what)
	if err != nil {
		return "", err
	}
	return c.post(ctx, o)
}
