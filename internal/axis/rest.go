package axis

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"time"

	"vanthu/internal/document"
)

// rest is the dialect of hub (a): REST with a JWT (axis.md §5.3 a).
type rest struct{ hub }

// listedDays is how far back the list of what waits is asked for; the hub lists
// by days. What is older was drained long ago (axis.md §5.2).
const listedDays = 90

func newREST(c *Client) (*rest, error) {
	if !sendable(string(c.config.Secret)) {
		return nil, errors.New("the secret must be ASCII text for this protocol")
	}
	d := &rest{hub{Client: c}}
	d.tokens = newTokens(c.config.Clock, func(ctx context.Context) (token, error) {
		o, err := d.json(http.MethodPost, struct{}{}, "v1/auth/login")
		if err != nil {
			return token{}, err
		}
		o.target.RawQuery = "allow_anonymous=true"
		d.identify(o.header)
		return d.login(ctx, o)
	})
	return d, nil
}

// identify says who we are, with the secret in the clear as this hub wants it.
func (d *rest) identify(h http.Header) {
	h["X-SystemId"] = []string{d.config.System}
	h["X-SecretKey"] = []string{string(d.config.Secret)}
}

func (d *rest) prove(ctx context.Context, h http.Header, params []param) error {
	d.identify(h)
	return d.hub.prove(ctx, h, params)
}

func (d *rest) order(what call) (order, error) {
	if err := what.sendable(); err != nil {
		return order{}, err
	}
	switch what.operation {
	case "getReceivedEdocList":
		today := d.config.Clock().In(document.Zone())
		return d.query("v1/syncReceivedEdocList", url.Values{
			"messageType": {what.get("messagetype")},
			"fromDate":    {day(today.AddDate(0, 0, -listedDays))},
			"toDate":      {day(today.AddDate(0, 0, 1))}, // its day may be ahead of ours
		})
	case "getEdoc":
		return d.query("v1/getEdoc", url.Values{"docId": {what.get("docId")}})
	case "getAgenciesList":
		return d.query("v1/getAgenciesList", nil)
	case "updateStatus":
		return d.json(http.MethodPost, struct {
			DocID  string `json:"docId"`
			Status string `json:"status"`
		}{what.get("docId"), what.get("status")}, "v1/updateStatus")
	case "sendEdoc":
		return d.sending(what)
	}
	return order{}, ErrUnsupported
}

func (d *rest) query(path string, values url.Values) (order, error) {
	o, err := d.json(http.MethodGet, nil, path)
	o.target.RawQuery = values.Encode()
	return o, err
}

func day(t time.Time) string { return t.Format("2006/01/02") }

// sending is sendEdoc: a form with the packet as a file. Sender and recipients
// stand in the packet; the hub may ignore the fields that name them.
func (d *rest) sending(what call) (order, error) {
	p := what.parcel
	to, err := recipients(p.To)
	if err != nil {
		return order{}, err
	}
	o, err := d.json(http.MethodPost, nil, "v1/sendEdoc")
	if err != nil {
		return order{}, err
	}
	fields := []param{{"messageType", what.get("messagetype")}, {"from", string(p.From)}, {"to", to}}
	if p.upload != "" {
		fields = append(fields, param{"upload", p.upload}, param{"encoding", p.encoding}, param{"hashFile", d.hash(p.sum)})
	}
	err = p.form(&o, fields)
	return o, err
}
