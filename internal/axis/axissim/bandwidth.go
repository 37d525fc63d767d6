package axissim

import (
	"context"
	"io"
	"net/http"
	"sync"
	"time"
)

// Bandwidth lets bodies pass at so many bytes a second, each way for itself,
// all requests together: a line shared by everybody.
func Bandwidth(bytesPerSecond int, wait Wait) Fault {
	in, out := &lane{rate: bytesPerSecond, wait: wait}, &lane{rate: bytesPerSecond, wait: wait}
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			r.Body = &pacedBody{r.Body, r.Context(), in}
			next.ServeHTTP(&pacedWriter{w, r.Context(), out}, r)
		})
	}
}

// lane is one direction of a line. Who holds it waits for its bytes; the others
// wait for the lane.
type lane struct {
	rate int
	wait Wait
	mu   sync.Mutex
}

// piece is how many bytes pass at once: those of a twentieth of a second.
func (l *lane) piece() int { return max(l.rate/20, 1) }

func (l *lane) pass(ctx context.Context, n int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if n > 0 {
		l.wait(ctx, time.Duration(n)*time.Second/time.Duration(l.rate))
	}
}

type pacedBody struct {
	io.ReadCloser
	ctx  context.Context
	lane *lane
}

// Read reads a piece and lets it pass.
func (b *pacedBody) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p[:min(len(p), b.lane.piece())])
	b.lane.pass(b.ctx, n)
	return n, err
}

type pacedWriter struct {
	http.ResponseWriter
	ctx  context.Context
	lane *lane
}

// Write lets piece after piece pass.
func (w *pacedWriter) Write(p []byte) (done int, err error) {
	for done < len(p) && err == nil {
		part := p[done:min(done+w.lane.piece(), len(p))]
		w.lane.pass(w.ctx, len(part))
		var n int
		n, err = w.ResponseWriter.Write(part)
		done += n
	}
	return done, err
}

// Unwrap is for http.ResponseController.
func (w *pacedWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }
