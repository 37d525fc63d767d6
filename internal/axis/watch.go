package axis

import (
	"context"
	"errors"
	"io"
	"net/http/httptrace"
	"sync/atomic"
	"time"
)

// watchdog ends a call in which nothing has moved for a while. A total time
// would forbid large packets on slow links; none at all is the SDK's mistake.
type watchdog struct {
	timer  *time.Timer
	limit  time.Duration
	cancel context.CancelCauseFunc
}

// errStalled is why the watchdog ended a call.
var errStalled = errors.New("nothing moved for too long")

func watch(ctx context.Context, limit time.Duration) (context.Context, *watchdog) {
	own, cancel := context.WithCancelCause(ctx)
	stalled := func() { cancel(errStalled) }
	return own, &watchdog{timer: time.AfterFunc(limit, stalled), limit: limit, cancel: cancel}
}

func (w *watchdog) moved() { w.timer.Reset(w.limit) }

func (w *watchdog) stop() {
	w.timer.Stop()
	w.cancel(nil)
}

// outgoing is a request body that reports progress and knows when it is out.
type outgoing struct {
	r     io.Reader
	watch *watchdog
	left  int64
	done  atomic.Bool // read to its end
	wrote atomic.Bool // written to the line

	begun time.Time
	took  atomic.Int64 // nanoseconds until it was on the line
}

// Read reads the body and tells the watchdog.
func (o *outgoing) Read(p []byte) (int, error) {
	n, err := o.r.Read(p)
	o.left -= int64(n)
	if n > 0 {
		o.watch.moved()
	}
	if o.left <= 0 {
		o.done.Store(true)
	}
	return n, err
}

// Close leaves the body, which is the caller's, open.
func (o *outgoing) Close() error { return nil }

// finished tells whether the request may have gone out whole.
func (o *outgoing) finished() bool { return o.wrote.Load() || o.r != nil && o.done.Load() }

// trace notes when the request is on the line.
func (o *outgoing) trace(ctx context.Context) context.Context {
	return httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{
		WroteRequest: func(info httptrace.WroteRequestInfo) {
			o.wrote.Store(info.Err == nil)
			o.took.Store(int64(time.Since(o.begun)))
		},
	})
}

// incoming is an answer's body that reports progress and remembers when the
// line broke, which its reader could mistake for a broken answer. Its errors are
// classed.
type incoming struct {
	body   io.ReadCloser
	watch  *watchdog
	class  func(error) error
	failed error
}

// Read reads the answer and tells the watchdog.
func (i *incoming) Read(p []byte) (int, error) {
	n, err := i.body.Read(p)
	if n > 0 {
		i.watch.moved()
	}
	if err != nil && err != io.EOF {
		err = i.class(err)
		i.failed = err
	}
	return n, err
}

// Close ends the call.
func (i *incoming) Close() error {
	i.watch.stop()
	return i.body.Close()
}
