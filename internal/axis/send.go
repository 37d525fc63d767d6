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
	"strconv"
	"strings"

	"vanthu/internal/document"
)

// Message is a packet to send. The axis takes the recipients from the packet;
// To, when given, narrows them.
type Message struct {
	From document.Code
	Type MessageType
	To   []document.Code
	Body io.ReadSeeker
	Size int64
}

// Send sends a packet and returns the docId of the sender's side. The body is
// read twice, for its hash and for the line, and never held in memory. An error
// of class ErrUnanswered leaves open whether the axis has it.
func (c *Client) Send(ctx context.Context, m Message) (docID string, err error) {
	p, err := newParcel(m)
	if err != nil {
		return "", fmt.Errorf("send: %w", err)
	}
	what := service("sendEdoc", m.Type)
	what.parcel = p
	err = c.do(ctx, what, func(r reply) error {
		e, err := c.dialect.read(r, c.config.MaxAnswer, skip)
		docID = e.docID
		return err
	})
	if err != nil {
		return "", fmt.Errorf("send: %w", err)
	}
	return docID, nil
}

// parcel is a message with what is known of its bytes.
type parcel struct {
	Message
	sum    []byte // SHA-256
	ending string // the last two bytes
}

func newParcel(m Message) (*parcel, error) {
	sum, ending, err := digest(m)
	return &parcel{m, sum, ending}, err
}

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
