package line

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"sync/atomic"
	"time"
)

// DefaultTimeout is the longest connecting, or a TLS handshake, may take.
const DefaultTimeout = 20 * time.Second

// Classes of errors.
var (
	// ErrConfig: New refuses the options.
	ErrConfig = errors.New("line settings")
	// ErrPlain: a request over http:// where only TLS is allowed. Nothing of it
	// went out.
	ErrPlain = errors.New("unencrypted http is not allowed")
)

// Options are the settings of a Line. The zero value is TLS with the system's
// roots, straight or by the proxy the environment names.
type Options struct {
	Roots        *x509.CertPool    // whom we trust; nil is the system's roots
	Certificates []tls.Certificate // who we are, where a server asks
	Proxy        *url.URL          // http:// or https://, with user and password if need be; nil asks the environment
	PlainAllowed bool              // http:// may be spoken, visible to everyone on the way

	Rate    int64         // bytes per second, both ways together; 0 is no cap
	Timeout time.Duration // of connecting and of the TLS handshake; 0 is DefaultTimeout
	Clock   func() time.Time

	// Dial replaces TCP, for tests and tunnels.
	Dial func(ctx context.Context, network, address string) (net.Conn, error)
}

// String leaves keys and the proxy's password out.
func (o Options) String() string {
	proxy := "none"
	if o.Proxy != nil {
		proxy = o.Proxy.Redacted()
	}
	return fmt.Sprintf("line options: proxy %s, plain http %t, rate %d", proxy, o.PlainAllowed, o.Rate)
}

// GoString leaves keys and the proxy's password out.
func (o Options) GoString() string { return o.String() }

// Line is a way to servers. It is safe for concurrent use.
type Line struct {
	options   Options
	transport *http.Transport
	rate      *bucket
	loss      *losses
	inflow    *inflow
	in, out   atomic.Int64
	paced     atomic.Bool
}

// String leaves keys and the proxy's password out.
func (l *Line) String() string { return "line with " + l.options.String() }

// GoString leaves keys and the proxy's password out.
func (l *Line) GoString() string { return l.String() }

// Traffic is what went over a line since it was made, in bytes under TLS:
// handshakes, headers and repeated parts included, TCP and IP not.
type Traffic struct{ In, Out int64 }

// New checks the options and makes a line; nothing is sent. The error is of
// class ErrConfig.
func New(o Options) (*Line, error) {
	if o.Proxy != nil && (o.Proxy.Scheme != "http" && o.Proxy.Scheme != "https" || o.Proxy.Host == "") {
		return nil, fmt.Errorf("%w: the proxy must be http:// or https:// and a host", ErrConfig)
	}
	if o.Rate < 0 {
		return nil, fmt.Errorf("%w: rate below zero", ErrConfig)
	}
	if o.Timeout <= 0 {
		o.Timeout = DefaultTimeout
	}
	if o.Clock == nil {
		o.Clock = time.Now
	}
	l := &Line{options: o, rate: newBucket(o.Rate, o.Clock), loss: newLosses(o.Clock), inflow: &inflow{now: time.Now}}
	l.transport = l.makeTransport()
	return l, nil
}

// makeTransport: connections outlive the pauses between two jobs; net/http
// repeats by itself only requests of which it wrote nothing, and GETs.
func (l *Line) makeTransport() *http.Transport {
	versions := new(http.Protocols)
	versions.SetHTTP1(true)
	return &http.Transport{
		Proxy:       l.proxy,
		DialContext: l.dial,
		TLSClientConfig: &tls.Config{
			MinVersion:         tls.VersionTLS12,
			RootCAs:            l.options.Roots,
			Certificates:       l.options.Certificates,
			Renegotiation:      tls.RenegotiateOnceAsClient, // IIS asks for a client's certificate so
			CurvePreferences:   handshakeCurves(),
			ClientSessionCache: tls.NewLRUClientSessionCache(8), // a resumed handshake is a third of a full one
		},
		TLSHandshakeTimeout:    l.options.Timeout,
		IdleConnTimeout:        90 * time.Second,
		MaxIdleConns:           8,
		MaxIdleConnsPerHost:    8,
		MaxResponseHeaderBytes: 1 << 20,
		Protocols:              versions,
	}
}

// handshakeCurves leaves out the key exchange against future quantum computers:
// its shares make two packets of each hello, and with one packet in twenty lost
// one handshake in five then waits a second for a repetition. After a cut that
// is paid on every connection.
func handshakeCurves() []tls.CurveID { return []tls.CurveID{tls.X25519, tls.CurveP256, tls.CurveP384} }

// proxy chooses the way of a request. It is the one place that sees every
// request before anything of it goes out, so it also keeps plain ones back.
func (l *Line) proxy(r *http.Request) (*url.URL, error) {
	if r.URL.Scheme != "https" && !l.options.PlainAllowed {
		return nil, ErrPlain
	}
	if l.options.Proxy != nil {
		return l.options.Proxy, nil
	}
	return http.ProxyFromEnvironment(r)
}

// Transport is the line for HTTP: the same one at every call, not to be changed.
func (l *Line) Transport() *http.Transport { return l.transport }

// Traffic tells what has gone over the line.
func (l *Line) Traffic() Traffic { return Traffic{In: l.in.Load(), Out: l.out.Load()} }

// SetRate caps all connections together, both ways; 0 takes the cap off. It
// holds from the next piece on, for open connections too.
func (l *Line) SetRate(bytesPerSecond int64) { l.rate.set(max(0, bytesPerSecond)) }

// Lossy tells whether packets have been getting lost in the last minutes: then
// several connections carry more than one (performance.md §3).
func (l *Line) Lossy() bool { return l.loss.seen() }

// PlainAllowed tells whether http:// may go over the line.
func (l *Line) PlainAllowed() bool { return l.options.PlainAllowed }

// Paced tells whether the system has taken bbr for a connection of this line:
// then two connections carry under loss what four do without.
func (l *Line) Paced() bool { return l.paced.Load() }

// Close closes the connections that nobody is using.
func (l *Line) Close() { l.transport.CloseIdleConnections() }
