package axis

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"vanthu/internal/line"
)

func TestSkew(t *testing.T) {
	theirs := clock().Add(7 * time.Minute)
	date := theirs.Format(http.TimeFormat)
	ours := clock()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		io.Copy(io.Discard, r.Body)
		w.Header()["Date"] = []string{date}
		if date == "" {
			w.Header()["Date"] = nil
		}
		io.WriteString(w, `{"status":"OK","ErrorCode":"0","data":[]}`)
	}))
	defer server.Close()
	c := client(t, server.URL, func(c *Config) { c.Clock = func() time.Time { return ours } })
	if d, ok := c.Skew(); ok {
		t.Errorf("before any answer: %v", d)
	}
	for _, step := range []struct {
		date string
		want time.Duration
	}{
		{theirs.Format(http.TimeFormat), 7 * time.Minute},
		{"", 7 * time.Minute}, // the last one that told
		{"yesterday", 7 * time.Minute},
		{clock().Add(-10 * 365 * 24 * time.Hour).Format(http.TimeFormat), -10 * 365 * 24 * time.Hour},
		{clock().Format(http.TimeFormat), 0},
	} {
		date = step.date
		if _, err := c.Received(t.Context(), Edoc); err != nil {
			t.Fatal(err)
		}
		if d, ok := c.Skew(); !ok || (d-step.want).Abs() > time.Second {
			t.Errorf("Date %q: %v, %t; want %v", step.date, d, ok, step.want)
		}
	}
}

// TestSkewOfSlowAnswers: half the way is taken off, and what it took to send
// is not part of it.
func TestSkewOfSlowAnswers(t *testing.T) {
	slow := func(w http.ResponseWriter, r *http.Request) {
		io.Copy(io.Discard, r.Body)
		w.Header()["Date"] = []string{time.Now().Add(10 * time.Second).UTC().Format(http.TimeFormat)} // as it stands half way
		time.Sleep(20 * time.Second)
		io.WriteString(w, `{"status":"OK","ErrorCode":"0","DocId":"d"}`)
	}
	served(t, slow, func(t *testing.T, c *Client) {
		c.config.Clock = time.Now
		trickle := &sleeper{strings.NewReader("<edXML/>"), 30 * time.Second}
		if _, err := c.Send(t.Context(), Message{From: "H40", Type: Edoc, Body: trickle, Size: 8}); err != nil {
			t.Fatal(err)
		}
		if d, ok := c.Skew(); !ok || d.Abs() > time.Second {
			t.Errorf("%v, %t", d, ok)
		}
	})
}

// sleeper is a file on a slow disk.
type sleeper struct {
	*strings.Reader
	pause time.Duration
}

func (s *sleeper) Read(p []byte) (int, error) {
	time.Sleep(s.pause)
	return s.Reader.Read(p)
}

func (s *sleeper) WriteTo(w io.Writer) (int64, error) { return io.Copy(w, struct{ io.Reader }{s}) }

// flaky is a server that drops every other connection before it answers.
type flaky struct {
	mu    sync.Mutex
	n     int
	asked []string
}

func (f *flaky) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	io.Copy(io.Discard, r.Body)
	f.mu.Lock()
	f.n++
	n := f.n
	f.asked = append(f.asked, r.URL.Path[1:])
	f.mu.Unlock()
	if n%2 == 1 {
		panic(http.ErrAbortHandler)
	}
	io.WriteString(w, `{"status":"OK","ErrorCode":"0","count":1,"DocId":"d","data":[]}`)
}

// TestReading: what only reads is asked again, once; what acts never.
func TestReading(t *testing.T) {
	for name, tt := range map[string]struct {
		call  func(c *Client) error
		again bool
	}{
		"received": {func(c *Client) error { _, err := c.Received(t.Context(), Edoc); return err }, true},
		"sent":     {func(c *Client) error { _, err := c.Sent(t.Context(), Filter{}); return err }, true},
		"agencies": {func(c *Client) error { _, err := c.Agencies(t.Context()); return err }, true},
		"units":    {func(c *Client) error { return c.EachUnit(t.Context(), 0, func(Unit) error { return nil }) }, true},
		"count":    {func(c *Client) error { _, err := c.Count(t.Context(), Edoc); return err }, true},
		"send":     {func(c *Client) error { return sendOf(c, "<edXML/>", 8) }, false},
		"ack":      {func(c *Client) error { return c.Acknowledge(t.Context(), "d", Done) }, false},
		"register": {func(c *Client) error { return c.RegisterAgency(t.Context(), Registration{Code: "H40"}) }, false},
		"delete":   {func(c *Client) error { return c.DeleteAgency(t.Context(), "H40") }, false},
	} {
		t.Run(name, func(t *testing.T) {
			f := &flaky{}
			server := httptest.NewServer(f)
			defer server.Close()
			l, err := line.New(line.Options{PlainAllowed: true})
			if err != nil {
				t.Fatal(err)
			}
			defer l.Close()
			c := client(t, server.URL, func(c *Config) {
				c.HTTP, c.Line, c.Reading, c.Patience = nil, l, line.Retried, -1
			})
			err = tt.call(c)
			f.mu.Lock()
			defer f.mu.Unlock()
			if tt.again && (err != nil || f.n != 2) || !tt.again && (err == nil || f.n != 1) {
				t.Errorf("%v; asked %q", err, f.asked)
			}
			if l.Traffic().In == 0 && tt.again {
				t.Error("not over the line")
			}
		})
	}
}

// TestPlainNeedsBoth: a line that speaks TLS only refuses http:// at once, not
// as a line that is down.
func TestPlainNeedsBoth(t *testing.T) {
	for _, allowed := range []bool{false, true} {
		l, err := line.New(line.Options{PlainAllowed: allowed})
		if err != nil {
			t.Fatal(err)
		}
		_, err = New(Config{URL: "http://axis.example", System: "s", Secret: []byte("k"), PlainAllowed: true, Line: l})
		if allowed != (err == nil) || !allowed && !errors.Is(err, ErrConfig) {
			t.Errorf("allowed %t: %v", allowed, err)
		}
	}
}

// TestUntrusted: certificates that are not trusted, theirs or ours, are told
// from a line that is down; nothing was sent.
func TestUntrusted(t *testing.T) {
	var hit atomic.Bool
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { hit.Store(true) }))
	server.Config.ErrorLog = log.New(io.Discard, "", 0)
	server.TLS = &tls.Config{ClientAuth: tls.RequireAnyClientCert, MaxVersion: tls.VersionTLS12} // in 1.3 the refusal may get lost
	server.StartTLS()
	defer server.Close()
	trusting := x509.NewCertPool()
	trusting.AddCert(server.Certificate())
	for name, roots := range map[string]*x509.CertPool{"theirs": x509.NewCertPool(), "ours": trusting} {
		l, err := line.New(line.Options{Roots: roots})
		if err != nil {
			t.Fatal(err)
		}
		defer l.Close()
		c := client(t, server.URL, func(c *Config) { c.HTTP, c.Line, c.PlainAllowed, c.Patience = nil, l, false, -1 })
		_, listed := c.Received(t.Context(), Edoc)
		for _, err := range []error{listed, sendOf(c, "<edXML/>", 8)} {
			if !errors.Is(err, ErrUntrusted) || !errors.Is(err, ErrOffline) || errors.Is(err, ErrUnanswered) {
				t.Errorf("%s: %v", name, err)
			}
		}
	}
	if hit.Load() {
		t.Error("a request arrived")
	}
}
