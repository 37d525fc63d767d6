package axissim

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"time"
)

// Fault puts one kind of trouble before a handler.
type Fault func(next http.Handler) http.Handler

// Wait waits for d, or less when ctx ends. Tests inject one that does not.
type Wait func(ctx context.Context, d time.Duration)

// Sleep is the Wait of a running program.
func Sleep(ctx context.Context, d time.Duration) {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
	case <-ctx.Done():
	}
}

// abort ends the connection at once; net/http logs nothing of it.
func abort() { panic(http.ErrAbortHandler) }

// Latency lets every request wait before it is acted on.
func Latency(d time.Duration, wait Wait) Fault {
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			wait(r.Context(), d)
			next.ServeHTTP(w, r)
		})
	}
}

// Drop ends the connection before anything is acted on.
func Drop(http.Handler) http.Handler {
	return http.HandlerFunc(func(http.ResponseWriter, *http.Request) { abort() })
}

// Lose acts on the request and ends the connection without a word.
func Lose(next http.Handler) http.Handler {
	return http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		next.ServeHTTP(&recorder{header: http.Header{}}, r)
		abort()
	})
}

// Twice acts on the request twice and gives the second answer, as when a JDK
// repeats a POST whose connection broke. It holds the request in memory.
func Twice(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			abort()
		}
		for _, out := range []http.ResponseWriter{&recorder{header: http.Header{}}, w} {
			again := r.Clone(r.Context())
			again.Body = io.NopCloser(bytes.NewReader(body))
			next.ServeHTTP(out, again)
		}
	})
}

// Cut acts on the request and ends the connection after n bytes of the answer's
// body. Shorter answers pass.
func Cut(n int) Fault {
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			next.ServeHTTP(&cutter{ResponseWriter: w, left: n}, r)
		})
	}
}

type cutter struct {
	http.ResponseWriter
	left int
}

// Write passes what is left and then ends the connection.
func (c *cutter) Write(p []byte) (int, error) {
	if len(p) <= c.left {
		c.left -= len(p)
		return c.ResponseWriter.Write(p)
	}
	c.ResponseWriter.Write(p[:c.left])
	http.NewResponseController(c.ResponseWriter).Flush()
	abort()
	return 0, nil
}

// Unwrap is for http.ResponseController.
func (c *cutter) Unwrap() http.ResponseWriter { return c.ResponseWriter }

// CutUpload ends the connection after n bytes of the request's body, before it
// is acted on. Shorter requests pass.
func CutUpload(n int64) Fault {
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			r.Body = &cutBody{r.Body, n}
			next.ServeHTTP(w, r)
		})
	}
}

type cutBody struct {
	io.ReadCloser
	left int64
}

// Read does not return from byte n on.
func (c *cutBody) Read(p []byte) (int, error) {
	n, err := c.ReadCloser.Read(p)
	if c.left -= int64(n); c.left < 0 {
		abort()
	}
	return n, err
}

// Trickle gives the answer n bytes at a time, with a pause before each piece:
// a slow line.
func Trickle(n int, pause time.Duration, wait Wait) Fault {
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			next.ServeHTTP(&trickler{w, n, func() { wait(r.Context(), pause) }}, r)
		})
	}
}

type trickler struct {
	http.ResponseWriter
	n     int
	pause func()
}

// Write writes p in pieces.
func (t *trickler) Write(p []byte) (done int, err error) {
	for done < len(p) && err == nil {
		t.pause()
		var n int
		n, err = t.ResponseWriter.Write(p[done:min(done+t.n, len(p))])
		http.NewResponseController(t.ResponseWriter).Flush()
		done += n
	}
	return done, err
}

// Unwrap is for http.ResponseController.
func (t *trickler) Unwrap() http.ResponseWriter { return t.ResponseWriter }

// recorder keeps an answer back.
type recorder struct {
	header http.Header
	status int
	body   bytes.Buffer
}

// Header is the answer's own.
func (r *recorder) Header() http.Header { return r.header }

// WriteHeader remembers the status.
func (r *recorder) WriteHeader(status int) { r.status = status }

// Write keeps p.
func (r *recorder) Write(p []byte) (int, error) { return r.body.Write(p) }
