package axis

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"

	"vanthu/internal/document"
)

// Registration is what the axis is told of an agency of our system.
type Registration struct {
	ID     string        `json:"id"` // of the axis; empty for a new one
	Parent document.Code `json:"pcode"`
	Code   document.Code `json:"code"`
	Name   string        `json:"name"`
	Email  string        `json:"mail"`
	Mobile string        `json:"mobile"`
	Fax    string        `json:"fax"`
}

// RegisterAgency enters an agency of our system into the directory, or changes
// its entry.
func (c *Client) RegisterAgency(ctx context.Context, r Registration) error {
	if r.Code == "" {
		return fmt.Errorf("registerAgency: %w: no code", ErrValue)
	}
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false) // as Gson
	if err := e.Encode(r); err != nil {
		return fmt.Errorf("registerAgency: %w", err)
	}
	return c.tell(ctx, call{operation: "registerAgency"}.text(string(bytes.TrimSpace(b.Bytes()))))
}

// DeleteAgency takes an agency of our system out of the directory.
func (c *Client) DeleteAgency(ctx context.Context, code document.Code) error {
	if code == "" {
		return fmt.Errorf("deleteAgency: %w: no code", ErrValue)
	}
	return c.tell(ctx, call{operation: "deleteAgency"}.with("AgencyCode", string(code)).emptyObject())
}

// tell performs a call whose answer holds nothing but yes or no.
func (c *Client) tell(ctx context.Context, what call) error {
	return c.do(ctx, what, func(r reply) error {
		_, err := c.dialect.read(r, c.config.MaxAnswer, skip)
		return err
	})
}
