package transfer_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"os"
	"path"
	"path/filepath"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/tus/tusd/v2/pkg/filestore"
	"github.com/tus/tusd/v2/pkg/handler"
	"github.com/tus/tusd/v2/pkg/memorylocker"
	"golang.org/x/exp/slog"

	"vanthu/internal/transfer"
)

// tusd is the reference server of the protocol over a folder.
type tusd struct {
	http.Handler
	dir string

	mu      sync.Mutex
	patches []int64 // offsets asked for
}

func newTusd(t testing.TB) *tusd {
	t.Helper()
	d := &tusd{dir: t.TempDir()}
	composer := handler.NewStoreComposer()
	filestore.New(d.dir).UseIn(composer)
	memorylocker.New().UseIn(composer)
	h, err := handler.NewHandler(handler.Config{
		BasePath: "/uploads/", StoreComposer: composer, AcquireLockTimeout: 5 * time.Second,
		Logger: slog.New(slog.NewTextHandler(io.Discard, nil)),
	})
	if err != nil {
		t.Fatal(err)
	}
	d.Handler = http.StripPrefix("/uploads/", h)
	return d
}

// ServeHTTP notes where the requests to append begin.
func (d *tusd) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method == http.MethodPatch {
		offset, _ := strconv.ParseInt(r.Header.Get("Upload-Offset"), 10, 64)
		d.mu.Lock()
		d.patches = append(d.patches, offset)
		d.mu.Unlock()
	}
	d.Handler.ServeHTTP(w, r)
}

func (d *tusd) stored(t testing.TB, url string) []byte {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(d.dir, path.Base(url)))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// outgoing prepares a body, or takes up what an earlier try left.
func outgoing(t testing.TB, base string, b []byte, coding string) *transfer.Outgoing {
	t.Helper()
	o, err := transfer.OpenOutgoing(base, "công văn")
	if errors.Is(err, os.ErrNotExist) {
		o, err = transfer.NewOutgoing(base, "công văn", bytes.NewReader(b), int64(len(b)), coding)
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { o.Close() })
	return o
}

// counted counts the bytes that reach the server.
type counted struct {
	http.Handler
	mu sync.Mutex
	n  int64
}

func (c *counted) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	r.Body = struct {
		io.Reader
		io.Closer
	}{io.TeeReader(r.Body, c), r.Body}
	c.Handler.ServeHTTP(w, r)
}

// Write counts.
func (c *counted) Write(p []byte) (int, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.n += int64(len(p))
	return len(p), nil
}

// Lines cut at random bytes, restarts at random moments: what the server has is
// exact and nothing that it kept is sent again.
func TestUploadOverCutLines(t *testing.T) {
	for seed := range uint64(20) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			r := rand.New(rand.NewPCG(seed, 3))
			want := body(byte(seed), 1+r.IntN(300_000))
			server := newTusd(t)
			count := &counted{Handler: server}
			url := serve(t, count, func() int { return 600 + r.IntN(70_000) })
			base := filepath.Join(t.TempDir(), "p")
			c := client(t)
			c.Patience, c.Grace = -1, -1 // every cut is a restart of the program
			if seed%2 == 0 {
				c.Patience, c.Grace = 0, 0
			}
			var where string
			for tries := 0; where == ""; tries++ {
				o := outgoing(t, base, want, "")
				var err error
				where, err = c.Upload(t.Context(), transfer.Upload{Create: url + "/uploads/", Body: o, Progress: func(done, total int64) {
					if done > total || total != int64(len(want)) {
						t.Errorf("%d of %d", done, total)
					}
				}})
				if err != nil && !errors.Is(err, transfer.ErrLine) || tries > 2000 {
					t.Fatal(err)
				}
				o.Close()
			}
			if got := server.stored(t, where); !bytes.Equal(got, want) {
				t.Fatalf("%d bytes of %d are stored", len(got), len(want))
			}
			for i, at := range server.patches[1:] {
				if at < server.patches[i] {
					t.Errorf("bytes went out again: from %v", server.patches)
				}
			}
			if count.n != int64(len(want)) {
				t.Errorf("%d bytes of %d reached the server", count.n, len(want))
			}
			if !transfer.Begun(base) || !outgoing(t, base, nil, "").Complete() {
				t.Error("it is not noted as complete")
			}
		})
	}
}

// tusFault is what a server does to one request; true: it was done.
type tusFault func(w http.ResponseWriter, r *http.Request) bool

func on(method string, times int, answer func(w http.ResponseWriter, r *http.Request)) tusFault {
	return func(w http.ResponseWriter, r *http.Request) bool {
		if r.Method != method || times == 0 {
			return false
		}
		times--
		answer(w, r)
		return true
	}
}

func status(code int) func(http.ResponseWriter, *http.Request) {
	return func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(code) }
}

func hangUp(w http.ResponseWriter, _ *http.Request) { panic(http.ErrAbortHandler) }

func told(code int, name, value string) func(http.ResponseWriter, *http.Request) {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set(name, value)
		w.WriteHeader(code)
	}
}

// All the ways of a server that has lost, mislaid or misunderstood an upload.
func TestLyingTusServers(t *testing.T) {
	const always = 1 << 20
	cut := func() tusFault { return on(http.MethodPatch, 1, hangUp) } // so that the offset is asked for
	cases := map[string]struct {
		faults []tusFault
		want   error // nil: it arrives
	}{
		"true":                  {nil, nil},
		"cut":                   {[]tusFault{cut()}, nil},
		"creation fails":        {[]tusFault{on(http.MethodPost, 1, hangUp)}, nil},
		"gone once":             {[]tusFault{cut(), on(http.MethodHead, 1, status(404))}, nil},
		"gone while appending":  {[]tusFault{on(http.MethodPatch, 1, status(410))}, nil},
		"gone for ever":         {[]tusFault{on(http.MethodPatch, always, status(404))}, transfer.ErrProtocol},
		"another offset once":   {[]tusFault{on(http.MethodPatch, 1, status(409))}, nil},
		"another offset always": {[]tusFault{on(http.MethodPatch, always, status(409))}, transfer.ErrProtocol},
		"locked":                {[]tusFault{cut(), on(http.MethodHead, 3, status(423))}, nil},
		"locked for ever":       {[]tusFault{cut(), on(http.MethodHead, always, status(423))}, transfer.ErrLine},
		"offset beyond the end": {[]tusFault{cut(), on(http.MethodHead, 1, told(200, "Upload-Offset", "99999999"))}, nil},
		"offset below zero":     {[]tusFault{cut(), on(http.MethodHead, 1, told(200, "Upload-Offset", "-5"))}, nil},
		"no offset":             {[]tusFault{cut(), on(http.MethodHead, 1, status(204))}, nil},
		"another length": {[]tusFault{cut(), on(http.MethodHead, 1, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Upload-Length", "7")
			w.Header().Set("Upload-Offset", "7")
		})}, nil},
		"nonsense after it":       {[]tusFault{on(http.MethodPatch, always, told(204, "Upload-Offset", "nghìn"))}, transfer.ErrProtocol},
		"takes nothing":           {[]tusFault{on(http.MethodPatch, always, told(204, "Upload-Offset", "0"))}, transfer.ErrProtocol},
		"no location":             {[]tusFault{on(http.MethodPost, always, status(201))}, transfer.ErrProtocol},
		"location elsewhere":      {[]tusFault{on(http.MethodPost, always, told(201, "Location", "http://other.example/x"))}, transfer.ErrProtocol},
		"location unreadable":     {[]tusFault{on(http.MethodPost, always, told(201, "Location", "http://[::1"))}, transfer.ErrProtocol},
		"another scheme and port": {[]tusFault{proxied()}, nil},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			want := body(4, 50_000)
			server := newTusd(t)
			url := serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				for _, f := range c.faults {
					if f(w, r) {
						return
					}
				}
				server.ServeHTTP(w, r)
			}), forEver)
			o := outgoing(t, filepath.Join(t.TempDir(), "p"), want, "")
			where, err := client(t).Upload(t.Context(), transfer.Upload{Create: url + "/uploads/", Body: o})
			if !errors.Is(err, c.want) {
				t.Fatalf("%v, want %v", err, c.want)
			}
			if c.want == nil && !bytes.Equal(server.stored(t, where), want) {
				t.Error("the stored bytes differ")
			}
		})
	}
	for _, code := range []int{401, 412, 413, 500, 503} {
		url := serve(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(code) }), forEver)
		o := outgoing(t, filepath.Join(t.TempDir(), "p"), body(1, 1000), "")
		_, err := client(t).Upload(t.Context(), transfer.Upload{Create: url, Body: o})
		var s *transfer.Status
		if !errors.As(err, &s) || s.Code != code {
			t.Errorf("%d: %v", code, err)
		}
	}
}

// proxied tells a location as a server behind a proxy does, which knows neither
// its scheme nor its port. What is created is created by the next request.
func proxied() tusFault {
	return func(w http.ResponseWriter, r *http.Request) bool {
		if r.Method == http.MethodPost {
			r.Host = "127.0.0.1:1"
			r.Header.Set("X-Forwarded-Proto", "https")
		}
		return false
	}
}

// A turn ends with the last byte, not with the answer; a try that does not get
// so far ends it too.
func TestTurnEndsWithTheBody(t *testing.T) {
	server := newTusd(t)
	ended := make(chan struct{}, 8)
	patches := 0
	url := serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodPatch {
			if patches++; patches == 1 {
				hangUp(w, r)
			}
			defer func() { <-ended }() // the answer waits for it
		}
		server.ServeHTTP(w, r)
	}), forEver)
	turns := 0
	o := outgoing(t, filepath.Join(t.TempDir(), "p"), body(1, 90_000), "")
	_, err := client(t).Upload(t.Context(), transfer.Upload{Create: url + "/uploads/", Body: o, Turn: func(context.Context) (func(), error) {
		if len(ended) != turns {
			t.Errorf("turn %d begins after %d ends", turns, len(ended))
		}
		turns++
		return func() { ended <- struct{}{} }, nil
	}})
	if err != nil || turns != 2 || len(ended) != 1 {
		t.Errorf("%v, %d turns, %d ends left", err, turns, len(ended))
	}
}

// What was kept is not believed when it has changed.
func TestOutgoingIsChecked(t *testing.T) {
	base := filepath.Join(t.TempDir(), "p")
	b := body(1, 5000)
	outgoing(t, base, b, transfer.Zstd).Close()
	for _, spoil := range []func() error{
		func() error { return os.WriteFile(base+".up", b[:4000], 0o600) },
		func() error { return os.WriteFile(base+".json", []byte("{"), 0o600) },
		func() error { return os.Remove(base + ".json") },
		func() error { return os.Remove(base + ".up") },
	} {
		if err := spoil(); err != nil {
			t.Fatal(err)
		}
		if _, err := transfer.OpenOutgoing(base, "công văn"); !errors.Is(err, os.ErrNotExist) {
			t.Errorf("%v", err)
		}
		outgoing(t, base, b, transfer.Zstd).Close()
	}
	if _, err := transfer.OpenOutgoing(base, "văn bản khác"); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("another body: %v", err)
	}
	if err := transfer.RemoveOutgoing(base); err != nil {
		t.Error(err)
	}
	if left, _ := filepath.Glob(base + "*"); len(left) > 0 {
		t.Errorf("left: %v", left)
	}
}
