package axis

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"vanthu/internal/document"
)

// oauth is the dialect of hub (b): an API manager with OAuth2 client credentials
// (axis.md §5.3 b). Transport statuses are in upper case there.
type oauth struct{ hub }

// realm is where the hub keeps its documents.
const realm = "truclienthong/v1.0.0"

func newOAuth(c *Client) *oauth {
	d := &oauth{hub{Client: c}}
	d.tokens = newTokens(c.config.Clock, func(ctx context.Context) (token, error) {
		const grant = "grant_type=client_credentials"
		o, err := d.json(http.MethodPost, nil, "token")
		if err != nil {
			return token{}, err
		}
		req := http.Request{Header: o.header}
		req.SetBasicAuth(d.config.System, string(d.config.Secret))
		o.header.Set("Content-Type", "application/x-www-form-urlencoded")
		o.text(grant)
		return d.login(ctx, o)
	})
	return d
}

func (d *oauth) order(what call) (order, error) {
	if err := what.sendable(); err != nil {
		return order{}, err
	}
	if id := what.get("docId"); id == "." || id == ".." { // they would be another path
		return order{}, fmt.Errorf("%w: docId is %q", ErrValue, id)
	}
	switch what.operation {
	case "getReceivedEdocList":
		o, err := d.json(http.MethodGet, nil, realm, "vanbans")
		o.target.RawQuery = url.Values{"messageType": {what.get("messagetype")}, "status": {"INITIAL"}}.Encode()
		return o, err
	case "getEdoc":
		return d.json(http.MethodGet, nil, realm, "vanbans", url.PathEscape(what.get("docId")))
	case "getAgenciesList":
		return d.json(http.MethodGet, nil, realm, "donvilienthongs")
	case "updateStatus":
		return d.json(http.MethodPut, struct {
			Status string `json:"status"`
		}{strings.ToUpper(what.get("status"))}, realm, "vanbans", url.PathEscape(what.get("docId")))
	case "sendEdoc":
		return d.sending(what)
	}
	return order{}, ErrUnsupported
}

// sending is sendEdoc: a JSON object with the packet in base64.
func (d *oauth) sending(what call) (order, error) {
	p := what.parcel
	if _, err := recipients(p.To); err != nil {
		return order{}, err
	}
	hash := ""
	if p.upload != "" {
		hash = d.hash(p.sum)
	}
	o, err := d.json(http.MethodPost, nil, realm, "vanbans")
	if err != nil {
		return order{}, err
	}
	err = p.object(&o, struct {
		Type     string          `json:"messageType"`
		From     document.Code   `json:"from"`
		To       []document.Code `json:"to,omitempty"`
		Upload   string          `json:"upload,omitempty"`
		Encoding string          `json:"encoding,omitempty"`
		Hash     string          `json:"hashFile,omitempty"`
	}{what.get("messagetype"), p.From, p.To, p.upload, p.encoding, hash})
	return o, err
}
