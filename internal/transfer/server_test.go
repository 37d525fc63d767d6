package transfer_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"vanthu/internal/transfer"
)

// clock is a time that passes only while somebody sleeps.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) Sleep(ctx context.Context, d time.Duration) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
	return ctx.Err()
}

// client makes a transfer client over connections of its own.
func client(t testing.TB) *transfer.Client {
	transport := &http.Transport{}
	t.Cleanup(transport.CloseIdleConnections)
	h := &http.Client{Transport: transport, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	c := &clock{now: time.Date(2026, 11, 21, 8, 0, 0, 0, time.UTC)}
	return &transfer.Client{Do: h.Do, Now: c.Now, Sleep: c.Sleep}
}

func get(url string) func(context.Context) (*http.Request, error) {
	return func(ctx context.Context) (*http.Request, error) {
		return http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	}
}

// openPart opens a part in a folder of the test.
func openPart(t testing.TB, path string) *transfer.Part {
	t.Helper()
	p, err := transfer.OpenPart(path, "văn bản")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { p.Close() })
	return p
}

func newPart(t testing.TB) *transfer.Part { return openPart(t, filepath.Join(t.TempDir(), "p.part")) }

// content unpacks a whole part.
func content(p *transfer.Part, limit int64) ([]byte, error) {
	r, err := p.Open(limit)
	if err != nil {
		return nil, err
	}
	defer r.Close()
	return io.ReadAll(r)
}

// body is n bytes that do not repeat, the same for the same seed.
func body(seed byte, n int) []byte {
	b := make([]byte, n)
	rand.NewChaCha8([32]byte{seed}).Read(b)
	return b
}

// cutting is a listener whose connections break after some bytes, both ways
// together.
type cutting struct {
	net.Listener
	next func() int // bytes the next connection lives; negative: for ever
}

func (c cutting) Accept() (net.Conn, error) {
	conn, err := c.Listener.Accept()
	if err != nil {
		return nil, err
	}
	return &mortal{Conn: conn, left: c.next()}, nil
}

// mortal is a connection that breaks after left bytes.
type mortal struct {
	net.Conn
	mu   sync.Mutex
	left int
}

func (m *mortal) spend(n int) int {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.left < 0 {
		return n
	}
	n = min(n, m.left)
	m.left -= n
	return n
}

func (m *mortal) die() error {
	m.Conn.(*net.TCPConn).SetLinger(0)
	m.Conn.Close()
	return net.ErrClosed
}

func (m *mortal) Read(p []byte) (int, error) {
	n, err := m.Conn.Read(p)
	if kept := m.spend(n); kept < n {
		return kept, m.die()
	}
	return n, err
}

func (m *mortal) Write(p []byte) (int, error) {
	kept := m.spend(len(p))
	n, err := m.Conn.Write(p[:kept])
	if err == nil && kept < len(p) {
		err = m.die()
	}
	return n, err
}

// serve starts a server behind cut lines.
func serve(t testing.TB, h http.Handler, next func() int) string {
	s := httptest.NewUnstartedServer(h)
	s.Listener = cutting{s.Listener, next}
	s.Config.ErrorLog = quiet()
	s.Start()
	t.Cleanup(s.Close)
	return s.URL
}

func forEver() int { return -1 }

// library serves a body as a good server does: strong ETag per coding, ranges.
type library struct {
	mu     sync.Mutex
	plain  []byte
	packed map[string][]byte
	starts []int64 // where the answers began
}

func newLibrary(t testing.TB, plain []byte) *library {
	l := &library{plain: plain, packed: map[string][]byte{"": plain}}
	for _, coding := range []string{transfer.Zstd, transfer.Gzip} {
		l.packed[coding] = pack(t, plain, coding)
	}
	return l
}

func pack(t testing.TB, plain []byte, coding string) []byte {
	var b bytes.Buffer
	if err := transfer.Pack(&b, bytes.NewReader(plain), int64(len(plain)), coding); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func etag(b []byte) string {
	sum := sha256.Sum256(b)
	return `"` + hex.EncodeToString(sum[:8]) + `"`
}

// from is where the client wants to go on; 0 for the whole.
func from(r *http.Request, tag string) int64 {
	start, ok := strings.CutPrefix(r.Header.Get("Range"), "bytes=")
	if !ok || r.Header.Get("If-Range") != tag {
		return 0
	}
	n, _ := strconv.ParseInt(strings.TrimSuffix(start, "-"), 10, 64)
	return n
}

func (l *library) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	l.mu.Lock()
	coding := transfer.Choose(r.Header.Get("Accept-Encoding"))
	b := l.packed[coding]
	start := from(r, etag(b))
	l.starts = append(l.starts, start)
	l.mu.Unlock()
	answer(w, b, coding, start)
}

// answer gives b from start on.
func answer(w http.ResponseWriter, b []byte, coding string, start int64) {
	h := w.Header()
	h.Set("ETag", etag(b))
	if coding != "" {
		h.Set("Content-Encoding", coding)
	}
	h.Set("Content-Length", strconv.FormatInt(int64(len(b))-start, 10))
	if start > 0 {
		h.Set("Content-Range", fmt.Sprintf("bytes %d-%d/%d", start, len(b)-1, len(b)))
		w.WriteHeader(http.StatusPartialContent)
	}
	w.Write(b[start:])
}
