package transfer_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"math/rand/v2"
	"net/http"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"vanthu/internal/transfer"
)

func quiet() *log.Logger { return log.New(io.Discard, "", 0) }

const limit = 1 << 20

// Lines cut at random bytes, restarts at random moments: the body is exact and
// no byte that has come is asked for again.
func TestDownloadOverCutLines(t *testing.T) {
	for seed := range uint64(30) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			r := rand.New(rand.NewPCG(seed, 1))
			want := body(byte(seed), 1+r.IntN(200_000))
			l := newLibrary(t, want)
			url := serve(t, l, func() int { return 400 + r.IntN(60_000) })
			path := filepath.Join(t.TempDir(), "p.part")
			c := client(t)
			c.Patience, c.Grace = -1, -1 // every cut is a restart of the program
			if seed%2 == 0 {
				c.Patience, c.Grace = 0, 0
			}
			var last int64
			for tries := 0; ; tries++ {
				p := openPart(t, path)
				if p.Have() != last {
					t.Fatalf("%d bytes kept of %d", p.Have(), last)
				}
				err := c.Download(t.Context(), transfer.Download{Request: get(url), Part: p, Limit: limit, Plain: seed%3 == 0,
					Progress: func(done, total int64) {
						if done <= last || done > total || done-last > 32<<10 {
							t.Errorf("%d bytes after %d of %d", done, last, total)
						}
						last = done
					}})
				if err == nil {
					break
				}
				if !errors.Is(err, transfer.ErrLine) || tries > 2000 {
					t.Fatal(err)
				}
				p.Close()
			}
			got, err := content(openPart(t, path), limit)
			if err != nil || !bytes.Equal(got, want) {
				t.Fatalf("%d bytes of %d, %v", len(got), len(want), err)
			}
			for i, start := range l.starts[1:] {
				if start < l.starts[i] {
					t.Errorf("answers began at %v", l.starts)
				}
			}
		})
	}
}

// liar serves a body; every answer may be wrong in one of the ways of lies.
type liar struct {
	*library
	r     *rand.Rand
	other []byte // what the body changes to
	lies  []lie
	share int // of answers that are true, in a hundred
}

type lie func(l *liar, w http.ResponseWriter, r *http.Request, b []byte, coding string, start int64)

func (l *liar) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	l.mu.Lock()
	defer l.mu.Unlock()
	coding := transfer.Choose(r.Header.Get("Accept-Encoding"))
	b := l.packed[coding]
	start := from(r, etag(b))
	if len(l.lies) == 0 || l.r.IntN(100) < l.share {
		answer(w, b, coding, start)
		return
	}
	l.lies[l.r.IntN(len(l.lies))](l, w, r, b, coding, start)
}

// part206 answers a range of b that may be another than asked for.
func part206(w http.ResponseWriter, b []byte, tag, coding, span string, from int64) {
	w.Header().Set("ETag", tag)
	w.Header().Set("Content-Range", span)
	if coding != "" {
		w.Header().Set("Content-Encoding", coding)
	}
	w.WriteHeader(http.StatusPartialContent)
	w.Write(b[from:])
}

func lies() map[string]lie {
	span := func(first, last, total int64) string { return fmt.Sprintf("bytes %d-%d/%d", first, last, total) }
	return map[string]lie{
		"ignored range": func(_ *liar, w http.ResponseWriter, _ *http.Request, b []byte, coding string, _ int64) {
			answer(w, b, coding, 0)
		},
		"changed file": func(l *liar, w http.ResponseWriter, r *http.Request, b []byte, coding string, _ int64) {
			l.plain, l.other = l.other, l.plain
			l.packed = map[string][]byte{"": l.plain}
			answer(w, l.plain, "", 0)
		},
		"changed under a range": func(l *liar, w http.ResponseWriter, r *http.Request, b []byte, _ string, start int64) {
			o := l.other
			start = min(start, int64(len(o))-1)
			part206(w, o, etag(o), "", span(start, int64(len(o))-1, int64(len(o))), start)
		},
		"too long": func(_ *liar, w http.ResponseWriter, _ *http.Request, b []byte, _ string, start int64) {
			w.Header().Set("Content-Length", fmt.Sprint(len(b)+1000))
			w.Write(b)
		},
		"garbage after the end": func(_ *liar, w http.ResponseWriter, _ *http.Request, b []byte, coding string, start int64) {
			n := int64(len(b))
			part206(w, append(b[:n:n], "rác"...), etag(b), coding, span(start, n-1, n), start)
		},
		"wrong start": func(_ *liar, w http.ResponseWriter, _ *http.Request, b []byte, coding string, start int64) {
			n := int64(len(b))
			part206(w, b, etag(b), coding, span(start/2, n-1, n), start/2)
		},
		"wrong total": func(_ *liar, w http.ResponseWriter, _ *http.Request, b []byte, coding string, start int64) {
			n := int64(len(b))
			part206(w, b, etag(b), coding, span(start, n-1, n+7), start)
		},
		"no range told": func(_ *liar, w http.ResponseWriter, _ *http.Request, b []byte, coding string, start int64) {
			part206(w, b, etag(b), coding, "", start)
		},
		"silly range": func(l *liar, w http.ResponseWriter, _ *http.Request, b []byte, coding string, start int64) {
			silly := []string{"bytes -1-5/10", "bytes 5-1/10", "bytes 0-99999999999999999999/5", "items 0-1/2", "bytes */10", "bytes 0-1"}
			part206(w, b, etag(b), coding, silly[l.r.IntN(len(silly))], start)
		},
		"short piece": func(_ *liar, w http.ResponseWriter, _ *http.Request, b []byte, coding string, start int64) {
			n := int64(len(b))
			end := start + (n-start+1)/2
			part206(w, b[:end], etag(b), coding, span(start, end-1, n), start)
		},
		"other coding": func(_ *liar, w http.ResponseWriter, _ *http.Request, b []byte, _ string, start int64) {
			n := int64(len(b))
			part206(w, b, etag(b), transfer.Gzip, span(start, n-1, n), start)
		},
		"not packed": func(l *liar, w http.ResponseWriter, _ *http.Request, _ []byte, _ string, _ int64) {
			answer(w, l.plain, transfer.Zstd, 0)
		},
		"unknown coding": func(_ *liar, w http.ResponseWriter, _ *http.Request, b []byte, _ string, _ int64) {
			answer(w, b, "br", 0)
		},
		"416": func(_ *liar, w http.ResponseWriter, _ *http.Request, b []byte, _ string, _ int64) {
			w.Header().Set("Content-Range", fmt.Sprintf("bytes */%d", len(b)))
			w.WriteHeader(http.StatusRequestedRangeNotSatisfiable)
		},
		"500": func(_ *liar, w http.ResponseWriter, _ *http.Request, _ []byte, _ string, _ int64) {
			http.Error(w, "lỗi", http.StatusInternalServerError)
		},
		"weak etag": func(_ *liar, w http.ResponseWriter, _ *http.Request, b []byte, coding string, _ int64) {
			if coding != "" {
				w.Header().Set("Content-Encoding", coding)
			}
			w.Header().Set("ETag", "W/"+etag(b))
			w.Write(b)
		},
		"chunks": func(_ *liar, w http.ResponseWriter, _ *http.Request, b []byte, coding string, _ int64) {
			if coding != "" {
				w.Header().Set("Content-Encoding", coding)
			}
			w.Header().Set("ETag", etag(b))
			for i := 0; i < len(b); i += 5000 {
				w.Write(b[i:min(len(b), i+5000)])
				w.(http.Flusher).Flush()
			}
		},
		"no end told": func(_ *liar, w http.ResponseWriter, _ *http.Request, b []byte, _ string, _ int64) {
			conn, buf, _ := w.(http.Hijacker).Hijack()
			fmt.Fprintf(buf, "HTTP/1.1 200 OK\r\nConnection: close\r\nETag: %s\r\n\r\n", etag(b))
			buf.Write(b[:len(b)/2])
			buf.Flush()
			conn.Close()
		},
		"nothing": func(_ *liar, w http.ResponseWriter, _ *http.Request, _ []byte, _ string, _ int64) {
			w.Header().Set("Content-Length", "0")
		},
	}
}

// Whatever a server does: the body is exact, old or new, or there is an error.
func TestLyingServers(t *testing.T) {
	all := lies()
	for name, one := range all {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for seed := range uint64(8) {
				survive(t, seed, []lie{one}, 30)
			}
		})
	}
	t.Run("all", func(t *testing.T) {
		t.Parallel()
		var every []lie
		for name, one := range all {
			if name != "nothing" { // an empty body is what it was asked for
				every = append(every, one)
			}
		}
		for seed := range uint64(60) {
			survive(t, seed, every, 50)
		}
	})
}

func survive(t *testing.T, seed uint64, lies []lie, share int) {
	r := rand.New(rand.NewPCG(seed, 2))
	first, second := body(1, 30_000+r.IntN(50_000)), body(2, 30_000+r.IntN(50_000))
	l := &liar{library: newLibrary(t, first), r: r, other: second, lies: lies, share: share}
	url := serve(t, l, func() int {
		l.mu.Lock()
		defer l.mu.Unlock()
		return 2000 + r.IntN(60_000)
	})
	path := filepath.Join(t.TempDir(), "p.part")
	for range 40 {
		p := openPart(t, path)
		err := client(t).Download(t.Context(), transfer.Download{Request: get(url), Part: p, Limit: limit})
		if err == nil {
			got, err := content(p, limit)
			if err == nil && len(got) > 0 && !bytes.Equal(got, first) && !bytes.Equal(got, second) {
				t.Fatalf("seed %d: %d wrong bytes", seed, len(got))
			}
			if err == nil {
				return
			}
			if !errors.Is(err, transfer.ErrContent) {
				t.Fatalf("seed %d: %v", seed, err)
			}
			p.Empty()
		}
		p.Close()
	}
}

// The error of each lie, when a server never does anything else.
func TestErrorsOfLies(t *testing.T) {
	all := lies()
	cases := map[string]error{
		"unknown coding": transfer.ErrProtocol, "no end told": transfer.ErrEndless,
		"wrong start": transfer.ErrProtocol, "416": transfer.ErrProtocol, "no range told": transfer.ErrProtocol,
	}
	for name, want := range cases {
		l := &liar{library: newLibrary(t, body(1, 50_000)), r: rand.New(rand.NewPCG(1, 1)), lies: []lie{all[name]}}
		err := client(t).Download(t.Context(), transfer.Download{Request: get(serve(t, l, forEver)), Part: newPart(t), Limit: limit})
		if !errors.Is(err, want) {
			t.Errorf("%s: %v", name, err)
		}
	}
	l := &liar{library: newLibrary(t, body(1, 50_000)), r: rand.New(rand.NewPCG(1, 1)), lies: []lie{all["500"]}}
	err := client(t).Download(t.Context(), transfer.Download{Request: get(serve(t, l, forEver)), Part: newPart(t), Limit: limit})
	var status *transfer.Status
	if !errors.As(err, &status) || status.Code != 500 || !strings.Contains(string(status.Body), "lỗi") {
		t.Errorf("500: %v", err)
	}
}

func TestDownloadLimit(t *testing.T) {
	for _, plain := range []bool{true, false} {
		l := newLibrary(t, body(1, 100_000))
		for n, want := range map[int64]error{100_000: nil, 20_000: transfer.ErrTooLarge} {
			p := newPart(t)
			err := client(t).Download(t.Context(), transfer.Download{Request: get(serve(t, l, forEver)), Part: p, Limit: n, Plain: plain})
			if err == nil {
				_, err = content(p, n)
			}
			if !errors.Is(err, want) {
				t.Errorf("limit %d, plain %v: %v", n, plain, err)
			}
		}
	}
}

// A server that stops in the middle and holds the connection is left, and what
// came is kept.
func TestStalledDownload(t *testing.T) {
	want := body(1, 40_000)
	l := newLibrary(t, want)
	var stalled atomic.Int32
	h := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		b := l.packed[transfer.Zstd]
		if stalled.Add(1) > 3 {
			l.ServeHTTP(w, r)
			return
		}
		start := from(r, etag(b))
		part := b[:start+5000]
		w.Header().Set("Content-Encoding", transfer.Zstd)
		if start == 0 {
			w.Header().Set("ETag", etag(b))
			w.Header().Set("Content-Length", fmt.Sprint(len(b)))
			w.Write(part)
		} else {
			w.Header().Set("Content-Length", fmt.Sprint(int64(len(b))-start))
			part206(w, part, etag(b), transfer.Zstd, fmt.Sprintf("bytes %d-%d/%d", start, len(b)-1, len(b)), start)
		}
		w.(http.Flusher).Flush()
		<-r.Context().Done()
	})
	c := client(t)
	c.Stall = 50 * time.Millisecond
	p := newPart(t)
	err := c.Download(t.Context(), transfer.Download{Request: get(serve(t, h, forEver)), Part: p, Limit: limit})
	got, readErr := content(p, limit)
	if err != nil || readErr != nil || !bytes.Equal(got, want) || l.starts[0] != 15_000 {
		t.Errorf("%v, %v, %d bytes, on from %v", err, readErr, len(got), l.starts)
	}
}

// The caller's end comes back as its cause, at the next chunk, and what came
// stays.
func TestDownloadYields(t *testing.T) {
	l := newLibrary(t, body(1, 500_000))
	yield := errors.New("something more urgent")
	ctx, cancel := context.WithCancelCause(t.Context())
	p := newPart(t)
	err := client(t).Download(ctx, transfer.Download{Request: get(serve(t, l, forEver)), Part: p, Limit: limit,
		Progress: func(done, _ int64) {
			if done > 100_000 {
				cancel(yield)
			}
		}})
	if !errors.Is(err, yield) || errors.Is(err, transfer.ErrLine) || p.Have() <= 100_000 {
		t.Errorf("%v, %d bytes", err, p.Have())
	}
}

// Without a link the call ends after its grace; the pauses grow.
func TestPatienceEnds(t *testing.T) {
	url := serve(t, http.NotFoundHandler(), func() int { return 0 })
	c := client(t)
	var pauses []time.Duration
	sleep := c.Sleep
	c.Sleep = func(ctx context.Context, d time.Duration) error { pauses = append(pauses, d); return sleep(ctx, d) }
	err := c.Download(t.Context(), transfer.Download{Request: get(url), Part: newPart(t), Limit: limit})
	if !errors.Is(err, transfer.ErrLine) || fmt.Sprint(pauses) != "[250ms 500ms 1s 2s]" {
		t.Errorf("%v after %v", err, pauses)
	}
	if strings.Contains(err.Error(), url) {
		t.Errorf("the URL is told: %v", err)
	}
}
