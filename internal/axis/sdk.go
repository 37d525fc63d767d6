package axis

import (
	"context"
	"io"
	"net/http"
	"strings"
)

// sdk is the dialect of the axis itself, as its SDK speaks it (axis.md §1): the
// parameters travel as signed headers.
type sdk struct{ *Client }

func (d *sdk) order(what call) (order, error) {
	if what.parcel != nil {
		var err error
		if what, err = d.sending(what); err != nil {
			return order{}, err
		}
	}
	o := order{
		method: what.method, target: d.base.JoinPath(what.operation), header: http.Header{},
		params: what.params, body: what.body, size: what.size, reads: what.reads,
	}
	if o.method == "" {
		o.method = http.MethodPost
	}
	o.header["Content-Type"] = []string{what.contentType}
	if what.contentType == "" {
		o.header["Content-Type"] = []string{"application/json"}
	}
	return o, nil
}

func (d *sdk) prove(_ context.Context, h http.Header, params []param) error {
	return d.sign(h, params)
}

// refused is false: a signature that was not taken will not be the second time.
func (d *sdk) refused(http.Header) bool { return false }

func (d *sdk) read(r reply, max int64, data func(*scanner) error) (envelope, error) {
	return readAnswer(r.status, r.body, max, data)
}

// sending puts a packet into the form of sendEdoc.
func (d *sdk) sending(what call) (call, error) {
	p := what.parcel
	to, err := recipients(p.To)
	if err != nil {
		return call{}, err
	}
	what = what.with("hash-file", d.hash(p.sum)).with("from", string(p.From)).with("to", to)
	what.contentType = "application/octet-stream"
	// A server takes one CRLF off before it checks the hash, so a packet that
	// ends with one must get another (axis.md §1.4).
	tail := ""
	if d.config.TrailingCRLF || p.ending == "\r\n" {
		tail = "\r\n"
	}
	what.size = p.Size + int64(len(tail))
	what.body = func() (io.Reader, error) {
		packet, err := p.open()
		return io.MultiReader(packet, strings.NewReader(tail)), err
	}
	return what, nil
}
