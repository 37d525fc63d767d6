package line

import (
	"errors"
	"io"
	"net"
	"os"
	"sync"
)

// conn is a connection that pays for its bytes and counts them. It lies below
// TLS.
type conn struct {
	net.Conn
	line   *Line
	closed chan struct{}
	once   sync.Once
}

func (l *Line) wrap(c net.Conn) *conn {
	w := &conn{Conn: c, line: l, closed: make(chan struct{})}
	l.loss.watch(w)
	return w
}

// small is what passes unpaid for the moment: the alert that closes a TLS
// connection must not wait behind a packet.
const small = 64

// Read reads a piece, and waits for its price before it tells of it: what is
// not read stays with the sender.
func (c *conn) Read(p []byte) (int, error) {
	n, err := c.Conn.Read(p[:min(len(p), c.line.rate.piece())])
	c.line.in.Add(int64(n))
	if n > 0 {
		c.line.inflow.add(n)
	}
	c.note(err)
	if n > 0 && err == nil {
		err = c.line.rate.pay(n, c.closed)
	}
	return n, err
}

// Write writes in pieces, each when it is paid for.
func (c *conn) Write(p []byte) (n int, err error) {
	for len(p) > 0 {
		piece := p[:min(len(p), c.line.rate.piece())]
		if len(piece) > small {
			if err := c.line.rate.pay(len(piece), c.closed); err != nil {
				return n, err
			}
		}
		m, err := c.Conn.Write(piece)
		c.line.out.Add(int64(m))
		n, p = n+m, p[m:]
		if err != nil {
			c.note(err)
			return n, err
		}
	}
	return n, nil
}

// note remembers that the line, not one of its ends, ended the connection.
func (c *conn) note(err error) {
	if err == nil || errors.Is(err, io.EOF) || errors.Is(err, net.ErrClosed) || errors.Is(err, os.ErrDeadlineExceeded) {
		return
	}
	c.once.Do(func() {
		c.line.inflow.cut()
		c.line.loss.leave(c, true)
		close(c.closed)
	})
}

// Close closes the connection and wakes who waits on it.
func (c *conn) Close() error {
	c.once.Do(func() {
		c.line.loss.leave(c, false)
		close(c.closed)
	})
	return c.Conn.Close()
}
