package cli

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"os"
	"sync"

	"vanthu/internal/office"
	"vanthu/signer"
)

// One process owns a home at a time, because the store is one file with one
// writer. The owner listens on the home's socket; a subcommand that finds it
// there hands over its words and its folder and relays the answer. The socket
// is readable by its owner only, as the home itself is: a PIN may travel here.

// request is what a subcommand hands to the owner, one JSON line.
type request struct {
	Version string   `json:"version"`
	Args    []string `json:"args"`
	Dir     string   `json:"dir"`
	PIN     []byte   `json:"pin,omitempty"`
}

// reply is one piece of the owner's answer; the piece with Exit ends it.
type reply struct {
	Out  []byte `json:"out,omitempty"`
	Err  []byte `json:"err,omitempty"`
	Exit *int   `json:"exit,omitempty"`
}

// maxRequest bounds a request line: arguments and a PIN.
const maxRequest = 1 << 20

// owner serves other programs on the same home.
type owner struct {
	place    *workplace
	listener net.Listener
	calls    sync.WaitGroup
	cancel   context.CancelFunc
}

// listen opens the home's socket for the process that holds the store's lock.
// A socket file that is already there was left by a process that died.
func (w *workplace) listen(ctx context.Context) (*owner, error) {
	path := w.home.Socket()
	if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("owner socket: %w", err)
	}
	l, err := net.Listen("unix", path)
	if err != nil {
		return nil, fmt.Errorf("owner socket: %w", err)
	}
	if err := os.Chmod(path, 0o600); err != nil {
		l.Close()
		return nil, fmt.Errorf("owner socket: %w", err)
	}
	ctx, cancel := context.WithCancel(ctx)
	o := &owner{place: w, listener: l, cancel: cancel}
	o.calls.Go(func() { o.accept(ctx) })
	return o, nil
}

// Close stops listening and waits for the calls that are under way.
func (o *owner) Close() error {
	err := o.listener.Close()
	o.cancel()
	o.calls.Wait()
	return err
}

func (o *owner) accept(ctx context.Context) {
	for {
		conn, err := o.listener.Accept()
		if err != nil {
			return // closed
		}
		o.calls.Go(func() { o.answer(ctx, conn) })
	}
}

// answer runs one request in this process. The call ends early when the
// other program goes away.
func (o *owner) answer(ctx context.Context, conn net.Conn) {
	defer conn.Close()
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	lines := bufio.NewReader(io.LimitReader(conn, maxRequest))
	line, err := lines.ReadBytes('\n')
	if err != nil {
		return
	}
	var q request
	w := &replies{to: json.NewEncoder(conn)}
	if err := json.Unmarshal(line, &q); err != nil {
		return
	}
	go func() { // a program that is gone closes its end
		lines.ReadByte()
		cancel()
	}()
	code := o.run(ctx, q, w)
	w.send(reply{Exit: &code})
}

// run does what a request says.
func (o *owner) run(ctx context.Context, q request, w *replies) int {
	stderr := stream{w, func(b []byte) reply { return reply{Err: b} }}
	if q.Version != version() {
		return complain(stderr, otherVersion())
	}
	c := &call{ctx: ctx, args: q.Args, cwd: q.Dir, in: noInput{}, err: stderr, place: o.place, pin: signer.PIN(q.PIN),
		out: stream{w, func(b []byte) reply { return reply{Out: b} }}}
	if c.pin == nil {
		c.pin = signer.PIN{}
	}
	defer c.pin.Zero()
	return run(c)
}

// replies writes the pieces of one answer, from whichever goroutine.
type replies struct {
	mu sync.Mutex
	to *json.Encoder
}

func (r *replies) send(p reply) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.to.Encode(p)
}

// stream is one of the two output streams of a relayed call.
type stream struct {
	to   *replies
	wrap func([]byte) reply
}

func (s stream) Write(b []byte) (int, error) {
	if err := s.to.send(s.wrap(b)); err != nil {
		return 0, err
	}
	return len(b), nil
}

// noInput is the standard input of a relayed call: what a verb needs from
// its caller (the PIN) was read before it was relayed.
type noInput struct{}

func (noInput) Read([]byte) (int, error) { return 0, io.EOF }

// forward hands the call to the process that owns the home. done is false
// when nobody owns it.
func forward(c *call) (code int, done bool) {
	conn, err := dialOwner(c.home)
	if err != nil {
		return 0, false
	}
	defer conn.Close()
	defer context.AfterFunc(c.ctx, func() { conn.Close() })()
	q := request{Version: version(), Args: c.args, Dir: c.cwd, PIN: c.pin}
	if err := json.NewEncoder(conn).Encode(q); err != nil {
		return complain(c.err, ownerGone(err)), true
	}
	return relay(c, conn), true
}

// relay copies the owner's answer to the caller.
func relay(c *call, conn io.Reader) int {
	answers := json.NewDecoder(conn)
	for {
		var r reply
		if err := answers.Decode(&r); err != nil {
			return complain(c.err, ownerGone(err))
		}
		c.out.Write(r.Out)
		c.err.Write(r.Err)
		if r.Exit != nil {
			return *r.Exit
		}
	}
}

// dialOwner reaches the process that owns the home, if there is one.
func dialOwner(h office.Home) (net.Conn, error) { return net.Dial("unix", h.Socket()) }
