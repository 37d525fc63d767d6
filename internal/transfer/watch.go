package transfer

import (
	"context"
	"io"
	"time"
)

// watchdog ends a request in which nothing has moved for a while. A total time
// would forbid large bodies on slow lines.
type watchdog struct {
	ctx    context.Context // of the request
	timer  *time.Timer
	limit  time.Duration
	cancel context.CancelCauseFunc
}

func watch(ctx context.Context, limit time.Duration) (context.Context, *watchdog) {
	own, cancel := context.WithCancelCause(ctx)
	return own, &watchdog{ctx: own, timer: time.AfterFunc(limit, func() { cancel(errStalled) }), limit: limit, cancel: cancel}
}

func (w *watchdog) moved() { w.timer.Reset(w.limit) }

// patient allows one longer wait; the next byte ends it.
func (w *watchdog) patient(limit time.Duration) { w.timer.Reset(limit) }

func (w *watchdog) stop() {
	w.timer.Stop()
	w.cancel(nil)
}

// arriving is an answer's body that tells the watchdog and keeps errors of the
// line apart from those of its reader.
type arriving struct {
	r      io.Reader
	dog    *watchdog
	failed error
}

// Read reads the answer. What is buffered does not outlive the request.
func (a *arriving) Read(p []byte) (int, error) {
	if a.failed = a.dog.ctx.Err(); a.failed != nil {
		return 0, a.failed
	}
	n, err := a.r.Read(p)
	if n > 0 {
		a.dog.moved()
	}
	if err != nil && err != io.EOF {
		a.failed = err
	}
	return n, err
}
