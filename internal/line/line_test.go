package line

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// open makes a line that leaves no connection behind.
func open(t *testing.T, o Options) *Line {
	t.Helper()
	l, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(l.Close)
	return l
}

func get(t *testing.T, rt http.RoundTripper, url string) (string, error) {
	t.Helper()
	resp, err := (&http.Client{Transport: rt}).Get(url)
	if err != nil {
		return "", err
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	return string(b), err
}

// hello is a server that counts its visitors.
func hello(t *testing.T) (*httptest.Server, *atomic.Int32) {
	t.Helper()
	hits := new(atomic.Int32)
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		hits.Add(1)
		io.WriteString(w, "xin chào")
	}))
	t.Cleanup(s.Close)
	return s, hits
}

func TestNewRefuses(t *testing.T) {
	for name, o := range map[string]Options{
		"proxy of another kind": {Proxy: &url.URL{Scheme: "socks5", Host: "a:1"}},
		"proxy without a host":  {Proxy: &url.URL{Scheme: "http"}},
		"rate below zero":       {Rate: -1},
	} {
		if _, err := New(o); !errors.Is(err, ErrConfig) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestOptionsAreNotTold(t *testing.T) {
	proxy, _ := url.Parse("http://ten:matkhau@proxy:3128")
	o := Options{Proxy: proxy}
	for _, verb := range []string{"%v", "%+v", "%#v", "%s"} {
		for _, v := range []any{o, open(t, o)} {
			if text := fmt.Sprintf(verb, v); strings.Contains(text, "matkhau") {
				t.Errorf("%s: %s", verb, text)
			}
		}
	}
}

// TestPlainIsRefused: nothing goes out over http:// unless it may, by a proxy
// neither.
func TestPlainIsRefused(t *testing.T) {
	server, hits := hello(t)
	proxy, _ := url.Parse(server.URL)
	for name, o := range map[string]Options{"straight": {}, "by a proxy": {Proxy: proxy}} {
		if _, err := get(t, open(t, o).Transport(), server.URL); !errors.Is(err, ErrPlain) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if hits.Load() != 0 {
		t.Errorf("%d requests went out", hits.Load())
	}
	if text, err := get(t, open(t, Options{PlainAllowed: true}).Transport(), server.URL); err != nil || text != "xin chào" {
		t.Errorf("allowed: %q %v", text, err)
	}
}

// meter is a connection that counts by itself.
type meter struct {
	net.Conn
	in, out *atomic.Int64
}

func (m meter) Read(p []byte) (int, error) {
	n, err := m.Conn.Read(p)
	m.in.Add(int64(n))
	return n, err
}

func (m meter) Write(p []byte) (int, error) {
	n, err := m.Conn.Write(p)
	m.out.Add(int64(n))
	return n, err
}

// TestTraffic: what is counted is what went over the wire below TLS, handshake
// and all, on every connection.
func TestTraffic(t *testing.T) {
	ca := newCA(t)
	server := ca.server(t, false, func(w http.ResponseWriter, r *http.Request) {
		io.Copy(io.Discard, r.Body)
		w.Write(make([]byte, 100_000))
	})
	var in, out atomic.Int64
	l := open(t, Options{Roots: ca.pool, Dial: func(ctx context.Context, network, address string) (net.Conn, error) {
		c, err := new(net.Dialer).DialContext(ctx, network, address)
		return meter{c, &in, &out}, err
	}})
	for range 3 {
		resp, err := (&http.Client{Transport: l.Transport()}).Post(server.URL, "x", bytes.NewReader(make([]byte, 50_000)))
		if err != nil {
			t.Fatal(err)
		}
		io.Copy(io.Discard, resp.Body)
		resp.Body.Close()
		l.Close()
	}
	got := l.Traffic()
	if got.In != in.Load() || got.Out != out.Load() {
		t.Errorf("counted %+v, in truth %d in, %d out", got, in.Load(), out.Load())
	}
	if got.In < 300_000 || got.Out < 150_000 || got.In > 330_000 || got.Out > 180_000 {
		t.Errorf("counted %+v", got)
	}
}

func TestRetried(t *testing.T) {
	broken := errors.New("connection reset")
	body := func() io.Reader { return strings.NewReader("{}") }
	for name, tt := range map[string]struct {
		fails  int
		body   io.Reader
		tries  int
		passes bool
	}{
		"sound":                 {0, nil, 1, true},
		"broken once":           {1, nil, 2, true},
		"broken twice":          {2, nil, 2, false},
		"with a body":           {1, body(), 2, true},
		"with a body of a pipe": {1, io.NopCloser(body()), 1, false},
	} {
		tries, bodies := 0, ""
		rt := Retried(roundTrip(func(r *http.Request) (*http.Response, error) {
			tries++
			if r.Body != nil {
				b, _ := io.ReadAll(r.Body)
				bodies += string(b)
			}
			if tries <= tt.fails {
				return nil, broken
			}
			return &http.Response{StatusCode: 503, Body: http.NoBody}, nil
		}))
		req, err := http.NewRequest(http.MethodPost, "https://axis.example/getReceivedEdocList", tt.body)
		if err != nil {
			t.Fatal(err)
		}
		_, err = rt.RoundTrip(req)
		if tries != tt.tries || (err == nil) != tt.passes || tt.body != nil && bodies != strings.Repeat("{}", tries) {
			t.Errorf("%s: %d tries, bodies %q, %v", name, tries, bodies, err)
		}
	}
}

// TestRetriedKnowsWhenNobodyWaits: a request that was called off is not sent
// again.
func TestRetriedKnowsWhenNobodyWaits(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	tries := 0
	rt := Retried(roundTrip(func(r *http.Request) (*http.Response, error) {
		tries++
		cancel()
		return nil, context.Canceled
	}))
	req, _ := http.NewRequestWithContext(ctx, http.MethodGet, "https://axis.example", nil)
	if _, err := rt.RoundTrip(req); err == nil || tries != 1 {
		t.Errorf("%d tries, %v", tries, err)
	}
}

type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

func TestLogged(t *testing.T) {
	now := time.Date(2026, 11, 21, 8, 0, 0, 0, time.UTC)
	clock := func() time.Time {
		now = now.Add(time.Second)
		return now
	}
	cut := errors.New("cut")
	for name, tt := range map[string]struct {
		answer io.Reader
		err    error
		want   Entry
	}{
		"whole":     {strings.NewReader("12345"), nil, Entry{Status: 200, In: 5}},
		"cut":       {io.MultiReader(strings.NewReader("123"), failing{cut}), nil, Entry{Status: 200, In: 3, Err: cut}},
		"no answer": {nil, cut, Entry{Err: cut}},
	} {
		var entries []Entry
		rt := Logged(roundTrip(func(r *http.Request) (*http.Response, error) {
			if tt.err != nil {
				return nil, tt.err
			}
			return &http.Response{StatusCode: 200, Body: io.NopCloser(tt.answer)}, nil
		}), clock, func(e Entry) { entries = append(entries, e) })
		req, _ := http.NewRequest(http.MethodPost, "https://ten:bi-mat@hub.example/v1/sendEdoc?token=bi-mat", strings.NewReader("bi-mat!"))
		req.Header.Set("X-SecretKey", "bi-mat")
		if resp, err := rt.RoundTrip(req); err == nil {
			io.ReadAll(resp.Body)
			resp.Body.Close()
			resp.Body.Close()
		}
		tt.want.Method, tt.want.Operation, tt.want.Out, tt.want.Took = "POST", "/v1/sendEdoc", 7, time.Second
		if len(entries) != 1 || entries[0] != tt.want {
			t.Errorf("%s: %+v, want %+v", name, entries, tt.want)
		}
		if text := fmt.Sprintf("%+v", entries); strings.Contains(text, "bi-mat") {
			t.Errorf("%s: %s", name, text)
		}
	}
}

type failing struct{ err error }

func (f failing) Read([]byte) (int, error) { return 0, f.err }
