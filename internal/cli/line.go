package cli

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"net/url"
	"os"

	"vanthu/internal/axis"
	"vanthu/internal/document"
	"vanthu/internal/line"
	"vanthu/internal/office"
)

// connect makes the way to the axis and the client that speaks over it; both
// stay nil when the office has none. Nothing is sent.
func (w *workplace) connect(opt openOptions) (err error) {
	a := w.office.Axis
	if a.URL == "" {
		return nil
	}
	secret, err := os.ReadFile(w.home.Path(a.SecretFile))
	if err != nil {
		return document.Refuse(office.ErrConfig, "Không đọc được khóa bí mật của trục: "+err.Error(),
			"Ghi khóa bí mật vào tệp ở mục axis.secret_file của vanthu.toml.")
	}
	c := axis.Config{URL: a.URL, System: a.System, Secret: bytes.TrimSpace(secret), Protocol: axis.Protocol(a.Protocol), HTTP: opt.http, Clock: opt.clock,
		HashUnpadded: a.HashUnpadded, TrailingCRLF: a.TrailingCRLF, PlainAllowed: a.AllowPlain, NoProbe: !a.Probes(), Reading: line.Retried}
	if opt.http == nil {
		if w.line, err = w.newLine(opt); err != nil {
			return err
		}
		c.Line = w.line
	}
	w.client, err = axis.New(c)
	return err
}

// newLine makes the line the settings describe.
func (w *workplace) newLine(opt openOptions) (*line.Line, error) {
	o := line.Options{PlainAllowed: w.office.Axis.AllowPlain, Rate: w.office.Link.Rate(), Clock: opt.clock}
	var err error
	if o.Roots, err = w.axisRoots(); err != nil {
		return nil, err
	}
	if o.Certificates, err = w.clientCertificate(); err != nil {
		return nil, err
	}
	if p := w.office.Axis.Proxy; p != "" {
		if o.Proxy, err = url.Parse(p); err != nil {
			return nil, badFile("axis.proxy", "địa chỉ không đọc được")
		}
	}
	return line.New(o)
}

// axisRoots are the only roots trusted for the axis; nil is the system's.
func (w *workplace) axisRoots() (*x509.CertPool, error) {
	path := w.office.Axis.Roots
	if path == "" {
		return nil, nil
	}
	text, err := os.ReadFile(w.home.Path(path))
	if err != nil {
		return nil, badFile("axis.roots", err.Error())
	}
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(text) {
		return nil, badFile("axis.roots", "trong tệp "+path+" không có chứng thư PEM nào")
	}
	return pool, nil
}

// clientCertificate is what this machine shows to an axis that asks for it.
func (w *workplace) clientCertificate() ([]tls.Certificate, error) {
	a := w.office.Axis
	if a.ClientCert == "" {
		return nil, nil
	}
	pair, err := tls.LoadX509KeyPair(w.home.Path(a.ClientCert), w.home.Path(a.ClientKey))
	if err != nil { // names the file or says what does not fit, never what is in it
		return nil, badFile("axis.client_cert, axis.client_key", err.Error())
	}
	return []tls.Certificate{pair}, nil
}

// badFile is a file of the connection that cannot be used.
func badFile(key, why string) error {
	return document.Refuse(office.ErrConfig, "Mục "+key+" trong vanthu.toml không dùng được: "+why+".", "Ghi lại đúng tệp PEM do đơn vị quản lý trục cấp.")
}

// lanes is how many jobs move at once: two, so that one fills the pauses of the
// other; four where packets get lost, because each connection then slows down by
// itself, unless the system paces them (performance.md §3).
func (w *workplace) lanes() int {
	if w.line != nil && w.line.Lossy() && !w.line.Paced() {
		return 4
	}
	return 2
}

// traffic counts the bytes that went over the line.
func (w *workplace) traffic() int64 {
	t := w.line.Traffic()
	return t.In + t.Out
}
