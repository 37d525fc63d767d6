package tsa

import (
	"bytes"
	"context"
	"crypto"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"math/big"
	"net/http"
	"net/url"
	"time"

	"github.com/digitorus/timestamp"
)

// Classes of what can go wrong.
var (
	// ErrUnavailable: no answer of a time-stamp service: no link, a page of
	// something in between, too slow. Try again later.
	ErrUnavailable = errors.New("time-stamp service out of reach")
	// ErrRefused: the service answered that it will not.
	ErrRefused = errors.New("time-stamp service refuses")
	// ErrWrongAnswer: an answer to another question, or a broken one. Its token
	// is never used.
	ErrWrongAnswer = errors.New("wrong answer of the time-stamp service")
)

const (
	maxToken = 64 << 10 // bytes of an answer; real ones have 2 to 7 KB
	tries    = 2        // for one token, where the service is out of reach
	// Patience is how long one try may take.
	Patience = 10 * time.Second
)

// Client asks one service.
type Client struct {
	URL  string
	HTTP *http.Client
	Rand io.Reader // nonces
}

// Stamp returns the token (a CMS in DER) for a SHA-256 imprint.
func (c *Client) Stamp(ctx context.Context, imprint []byte) ([]byte, error) {
	if len(imprint) != sha256.Size {
		return nil, fmt.Errorf("time stamp: imprint of %d bytes", len(imprint))
	}
	var err error
	for range tries {
		var token []byte
		if token, err = c.once(ctx, imprint); err == nil {
			return token, nil
		}
		if !errors.Is(err, ErrUnavailable) || ctx.Err() != nil {
			break
		}
	}
	return nil, fmt.Errorf("time stamp: %w", err)
}

func (c *Client) once(ctx context.Context, imprint []byte) ([]byte, error) {
	nonce, err := c.nonce()
	if err != nil {
		return nil, err
	}
	question, err := (&timestamp.Request{HashAlgorithm: crypto.SHA256, HashedMessage: imprint, Certificates: true, Nonce: nonce}).Marshal()
	if err != nil {
		return nil, err
	}
	answer, err := c.post(ctx, question)
	if err != nil {
		return nil, err
	}
	return read(answer, imprint, nonce)
}

// nonce is a positive number of 64 bits.
func (c *Client) nonce() (*big.Int, error) {
	var b [8]byte
	if _, err := io.ReadFull(c.Rand, b[:]); err != nil {
		return nil, err
	}
	b[0] |= 0x40 // never zero, never short
	b[0] &= 0x7f
	return new(big.Int).SetBytes(b[:]), nil
}

func (c *Client) post(ctx context.Context, question []byte) ([]byte, error) {
	ctx, cancel := context.WithTimeout(ctx, Patience)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, c.URL, bytes.NewReader(question))
	if err != nil {
		return nil, err
	}
	req.Header.Set("Content-Type", "application/timestamp-query")
	resp, err := c.HTTP.Do(req)
	if err != nil {
		return nil, unavailable(err)
	}
	defer resp.Body.Close()
	answer, err := io.ReadAll(io.LimitReader(resp.Body, maxToken+1))
	switch {
	case err != nil:
		return nil, unavailable(err)
	case resp.StatusCode/100 != 2:
		return nil, fmt.Errorf("%w: HTTP %d", ErrUnavailable, resp.StatusCode)
	case len(answer) > maxToken:
		return nil, fmt.Errorf("%w: too long", ErrWrongAnswer)
	}
	return answer, nil
}

// unavailable leaves out the address, which may hold what is nobody's business.
func unavailable(err error) error {
	var u *url.Error
	if errors.As(err, &u) {
		err = u.Err
	}
	return fmt.Errorf("%w: %w", ErrUnavailable, err)
}

// read takes the token out of an answer that fits its question.
func read(answer, imprint []byte, nonce *big.Int) ([]byte, error) {
	status, err := readStatus(answer)
	switch {
	case err != nil:
		return nil, err
	case status > 1: // neither granted nor granted with changes
		return nil, fmt.Errorf("%w: status %d", ErrRefused, status)
	}
	token, err := timestamp.ParseResponse(answer)
	switch {
	case err != nil:
		return nil, fmt.Errorf("%w: %w", ErrWrongAnswer, err)
	case token.HashAlgorithm != crypto.SHA256 || !bytes.Equal(token.HashedMessage, imprint):
		return nil, fmt.Errorf("%w: another imprint", ErrWrongAnswer)
	case token.Nonce == nil || token.Nonce.Cmp(nonce) != 0:
		return nil, fmt.Errorf("%w: another nonce", ErrWrongAnswer)
	}
	return token.RawToken, nil
}
