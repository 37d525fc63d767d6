package axissim

import (
	"context"
	"errors"
	"io"
	"net/http"
	"sync"
	"sync/atomic"
	"time"
)

// turns let one request at a time at an upload. A client whose line broke comes
// back before the server has noticed: the newer request ends the older one.
// tusd can do that too, with a locker, but its way is a data race (v2.8.0,
// context.go: body is read while PatchFile sets it).
type turns struct {
	mu  sync.Mutex
	now map[string]*turn
}

// turn is a request at an upload.
type turn struct {
	over  atomic.Bool
	wake  func() error // ends a read that waits for the line
	ended chan struct{}
}

// turnPatience is how long a request may take to end when it is told to.
const turnPatience = 5 * time.Second

var errTurn = errors.New("the upload is at work elsewhere")

// take waits for its turn at an upload; give must be called in the end. The
// body is then to be read through the turn.
func (t *turns) take(ctx context.Context, id string, w http.ResponseWriter) (mine *turn, give func(), err error) {
	ctx, cancel := context.WithTimeoutCause(ctx, turnPatience, errTurn)
	defer cancel()
	mine = &turn{ended: make(chan struct{})}
	mine.wake = func() error { return http.NewResponseController(w).SetReadDeadline(time.Now()) }
	for {
		before := t.enter(id, mine)
		if before == nil {
			return mine, func() { t.leave(id, mine) }, nil
		}
		select {
		case <-before.ended:
		case <-ctx.Done():
			return nil, nil, context.Cause(ctx)
		}
	}
}

// enter takes the place if it is free. Otherwise it tells who is there, and that
// one to end; that happens under the lock, for its connection must not be touched
// once it has left.
func (t *turns) enter(id string, mine *turn) (before *turn) {
	t.mu.Lock()
	defer t.mu.Unlock()
	before = t.now[id]
	if before == nil {
		t.now[id] = mine
		return nil
	}
	before.over.Store(true)
	before.wake() // who cannot be woken ends with its next read
	return before
}

func (t *turns) leave(id string, mine *turn) {
	t.mu.Lock()
	defer t.mu.Unlock()
	delete(t.now, id)
	close(mine.ended)
}

// turnBody is a body that ends with its turn.
type turnBody struct {
	io.ReadCloser
	turn *turn
}

// Read is an error when the turn is over; what was read before counts.
func (b *turnBody) Read(p []byte) (int, error) {
	if b.turn.over.Load() {
		return 0, io.ErrUnexpectedEOF
	}
	return b.ReadCloser.Read(p)
}
