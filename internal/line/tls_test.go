package line

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"errors"
	"io"
	"log"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"
)

// authority signs certificates for one test.
type authority struct {
	cert *x509.Certificate
	key  *ecdsa.PrivateKey
	pool *x509.CertPool
}

func newCA(t *testing.T) *authority {
	t.Helper()
	key := newKey(t)
	plan := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "CA của tỉnh"}, IsCA: true, BasicConstraintsValid: true,
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour), KeyUsage: x509.KeyUsageCertSign,
	}
	der, err := x509.CreateCertificate(rand.Reader, plan, plan, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	pool := x509.NewCertPool()
	pool.AddCert(cert)
	return &authority{cert, key, pool}
}

func newKey(t *testing.T) *ecdsa.PrivateKey {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

// issue makes a certificate for a server on loopback or for a client.
func (a *authority) issue(t *testing.T, use x509.ExtKeyUsage) tls.Certificate {
	t.Helper()
	key := newKey(t)
	plan := &x509.Certificate{
		SerialNumber: big.NewInt(2), Subject: pkix.Name{CommonName: "xã Định Mỹ"}, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour), ExtKeyUsage: []x509.ExtKeyUsage{use},
	}
	der, err := x509.CreateCertificate(rand.Reader, plan, a.cert, key.Public(), a.key)
	if err != nil {
		t.Fatal(err)
	}
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}
}

// server is a TLS server of this authority, which may ask for certificates of
// its clients.
func (a *authority) server(t *testing.T, asks bool, handler http.HandlerFunc) *httptest.Server {
	t.Helper()
	s := httptest.NewUnstartedServer(handler)
	s.Config.ErrorLog = log.New(io.Discard, "", 0)
	s.TLS = &tls.Config{Certificates: []tls.Certificate{a.issue(t, x509.ExtKeyUsageServerAuth)}}
	if asks {
		s.TLS.ClientCAs, s.TLS.ClientAuth = a.pool, tls.RequireAndVerifyClientCert
	}
	s.StartTLS()
	t.Cleanup(s.Close)
	return s
}

func TestTLS(t *testing.T) {
	ours, others := newCA(t), newCA(t)
	server := ours.server(t, true, func(w http.ResponseWriter, r *http.Request) {
		io.WriteString(w, r.TLS.PeerCertificates[0].Subject.CommonName+" "+r.Proto)
	})
	mine := []tls.Certificate{ours.issue(t, x509.ExtKeyUsageClientAuth)}
	for name, tt := range map[string]struct {
		o  Options
		ok bool
	}{
		"private roots and a certificate": {Options{Roots: ours.pool, Certificates: mine}, true},
		"the system's roots":              {Options{Certificates: mine}, false},
		"roots of somebody else":          {Options{Roots: others.pool, Certificates: mine}, false},
		"no certificate":                  {Options{Roots: ours.pool}, false},
		"certificate of somebody else":    {Options{Roots: ours.pool, Certificates: []tls.Certificate{others.issue(t, x509.ExtKeyUsageClientAuth)}}, false},
		"certificate for servers":         {Options{Roots: ours.pool, Certificates: []tls.Certificate{ours.issue(t, x509.ExtKeyUsageServerAuth)}}, false},
	} {
		text, err := get(t, open(t, tt.o).Transport(), server.URL)
		if (err == nil) != tt.ok || tt.ok && text != "xã Định Mỹ HTTP/1.1" {
			t.Errorf("%s: %q %v", name, text, err)
		}
	}
	var unknown x509.UnknownAuthorityError
	if _, err := get(t, open(t, Options{Roots: others.pool}).Transport(), server.URL); !errors.As(err, &unknown) {
		t.Errorf("unknown authority: %v", err)
	}
}

// proxyServer is an HTTP proxy for both kinds of requests. It remembers what it
// was asked and by whom.
type proxyServer struct {
	*httptest.Server
	mu    sync.Mutex
	asked []string
}

func newProxy(t *testing.T, allow bool) *proxyServer {
	t.Helper()
	p := &proxyServer{}
	p.Server = httptest.NewServer(p.handler(allow))
	t.Cleanup(p.Close)
	return p
}

func (p *proxyServer) handler(allow bool) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		user, password, _ := (&http.Request{Header: http.Header{"Authorization": r.Header["Proxy-Authorization"]}}).BasicAuth()
		p.mu.Lock()
		p.asked = append(p.asked, r.Method+" "+r.RequestURI+" "+user+"/"+password)
		p.mu.Unlock()
		switch {
		case !allow:
			http.Error(w, "no", http.StatusProxyAuthRequired)
		case r.Method == http.MethodConnect:
			tunnel(w, r)
		default:
			resp, err := http.DefaultTransport.RoundTrip(r)
			if err != nil {
				http.Error(w, err.Error(), http.StatusBadGateway)
				return
			}
			defer resp.Body.Close()
			io.Copy(w, resp.Body)
		}
	}
}

// tunnel joins the two ends of a CONNECT until one closes.
func tunnel(w http.ResponseWriter, r *http.Request) {
	there, err := net.Dial("tcp", r.Host)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadGateway)
		return
	}
	defer there.Close()
	here, buffered, err := http.NewResponseController(w).Hijack()
	if err != nil {
		return
	}
	defer here.Close()
	io.WriteString(here, "HTTP/1.1 200 OK\r\n\r\n")
	done := make(chan struct{})
	go func() {
		io.Copy(there, buffered)
		there.Close()
		close(done)
	}()
	io.Copy(here, there)
	here.Close()
	<-done
}

func (p *proxyServer) url(t *testing.T) *url.URL {
	t.Helper()
	u, err := url.Parse(p.URL)
	if err != nil {
		t.Fatal(err)
	}
	u.User = url.UserPassword("ten", "mat-khau")
	return u
}

func TestProxy(t *testing.T) {
	plain, _ := hello(t)
	ca := newCA(t)
	secure := ca.server(t, false, func(w http.ResponseWriter, r *http.Request) { io.WriteString(w, "xin chào") })
	for name, tt := range map[string]struct{ url, asked string }{
		"plain":   {plain.URL + "/getEdoc", "GET " + plain.URL + "/getEdoc ten/mat-khau"},
		"CONNECT": {secure.URL + "/getEdoc", "CONNECT " + strings.TrimPrefix(secure.URL, "https://") + " ten/mat-khau"},
	} {
		proxy := newProxy(t, true)
		l := open(t, Options{Proxy: proxy.url(t), Roots: ca.pool, PlainAllowed: true})
		text, err := get(t, l.Transport(), tt.url)
		if err != nil || text != "xin chào" {
			t.Errorf("%s: %q %v", name, text, err)
		}
		if len(proxy.asked) != 1 || proxy.asked[0] != tt.asked {
			t.Errorf("%s: the proxy was asked %q, want %q", name, proxy.asked, tt.asked)
		}
		if got := l.Traffic(); got.In == 0 || got.Out == 0 {
			t.Errorf("%s: %+v counted", name, got)
		}
		l.Close()
	}
	http.DefaultTransport.(*http.Transport).CloseIdleConnections()
}

// TestProxyPasswordIsNotTold: neither by a proxy that refuses nor by one that is
// not there.
func TestProxyPasswordIsNotTold(t *testing.T) {
	refuses, dead := newProxy(t, false), newProxy(t, true)
	dead.Close()
	for name, proxy := range map[string]*proxyServer{"refuses": refuses, "dead": dead} {
		l := open(t, Options{Proxy: proxy.url(t)})
		_, err := get(t, l.Transport(), "https://axis.example/")
		if err == nil || strings.Contains(err.Error(), "mat-khau") {
			t.Errorf("%s: %v", name, err)
		}
	}
}
