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
	hidden := text
	for _, secret := range c.secrets() {
		hidden = strings.ReplaceAll(hidden, secret, "…")
	}
	if hidden == text {
		return err
	}
	var no *Rejected
	if errors.As(err, &no) {
		return &Rejected{Code: no.Code, Desc: "…"}
	}
	for _, class := range []error{ErrUnanswered, ErrOffline, ErrBusy, ErrTooLarge, ErrValue, ErrMalformed} {
		if errors.Is(err, class) {
			return fmt.Errorf("%w: …", class)
		}
	}
	return errors.New(hidden)
}

// secrets are the texts that must not be told. A secret of a few characters
// stands in every other word by chance and is none.
func (c *Client) secrets() []string {
	all := []string{string(c.config.Secret), base64.StdEncoding.EncodeToString([]byte(c.config.System + ":" + string(c.config.Secret)))}
	if h, ok := c.dialect.(interface{ token() string }); ok {
		all = append(all, h.token())
	}
	kept := all[:0]
	for _, s := range all {
		if len(s) >= 4 {
			kept = append(kept, s)
		}
	}
	return kept
}

// token is the token in use; "" without one.
func (h *hub) token() string { return h.tokens.keep().text }
