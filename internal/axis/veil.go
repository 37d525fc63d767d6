package axis

import (
	"encoding/base64"
	"errors"
	"fmt"
	"strings"
)

// veil keeps secrets out of an error. A server may quote what it was sent, and
// the texts of servers go to logs and screens.
func (c *Client) veil(err error) error {
	text := err.Error()
	hidden := c.hide(text)
	if hidden == text {
		return err
	}
	var no *Rejected
	if errors.As(err, &no) {
		return &Rejected{Code: c.hide(no.Code), Desc: c.hide(no.Desc)}
	}
	for _, class := range []error{ErrUnanswered, ErrUntrusted, ErrOffline, ErrBusy, ErrTooLarge, ErrValue, ErrMalformed} {
		if errors.Is(err, class) {
			return fmt.Errorf("%w: …", class)
		}
	}
	return errors.New(hidden)
}

func (c *Client) hide(text string) string {
	for _, secret := range c.secrets() {
		text = strings.ReplaceAll(text, secret, "…")
	}
	return text
}

// secrets are the texts that must not be told. A secret of a few characters
// stands in every other word by chance; hiding it would tell it.
func (c *Client) secrets() []string {
	all := []string{string(c.config.Secret), base64.StdEncoding.EncodeToString([]byte(c.config.System + ":" + string(c.config.Secret)))}
	if h, ok := c.dialect.(interface{ told() []string }); ok {
		all = append(all, h.told()...)
	}
	kept := all[:0]
	for _, s := range all {
		if len(s) >= 4 {
			kept = append(kept, s)
		}
	}
	return kept
}

// told are the tokens in use and before that.
func (h *hub) told() []string {
	h.tokens.mu.Lock()
	defer h.tokens.mu.Unlock()
	return []string{h.tokens.kept.text, h.tokens.past}
}
