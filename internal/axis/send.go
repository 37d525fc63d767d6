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
	what, err := c.sending(m)
	if err != nil {
		return "", fmt.Errorf("send: %w", err)
	}
	err = c.do(ctx, what, func(status int, body io.Reader) error {
		e, err := readAnswer(status, body, c.config.MaxAnswer, skip)
		docID = e.docID
		return err
	})
	if err != nil {
		return "", fmt.Errorf("send: %w", err)
	}
	return docID, nil
}

func (c *Client) sending(m Message) (call, error) {
	sum, ending, err := digest(m)
	if err != nil {
		return call{}, err
	}
	to, err := recipients(m.To)
	if err != nil {
		return call{}, err
	}
	what := service("sendEdoc", m.Type).with("hash-file", c.hash(sum)).with("from", string(m.From)).with("to", to)
	what.contentType = "application/octet-stream"
	what.body, what.size = io.LimitReader(m.Body, m.Size), m.Size
	// A server takes one CRLF off before it checks the hash, so a packet that
	// ends with one must get another (axis.md §1.4).
	if c.config.TrailingCRLF || ending == "\r\n" {
		what.body, what.size = io.MultiReader(what.body, strings.NewReader("\r\n")), m.Size+2
	}
	return what, nil
}

// digest is the SHA-256 of the packet and its last two bytes; afterwards the
// body stands at its start.
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
	if err != nil {
		return nil, "", err
	}
	_, err = m.Body.Seek(0, io.SeekStart)
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
