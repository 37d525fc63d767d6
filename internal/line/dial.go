package line

import (
	"context"
	"net"
	"time"
)

// secondTry is when another connection is tried beside one that does not come
// about: a lost SYN is repeated by the system after 1, 3, 7 seconds only.
const secondTry = 1500 * time.Millisecond

// dial connects and puts the connection under count and rate.
func (l *Line) dial(ctx context.Context, network, address string) (net.Conn, error) {
	try := l.options.Dial
	if try == nil {
		try = l.tcp
	}
	c, err := try(ctx, network, address)
	if err != nil {
		return nil, err
	}
	return l.wrap(c), nil
}

func (l *Line) tcp(ctx context.Context, network, address string) (net.Conn, error) {
	d := &net.Dialer{
		Timeout:         l.options.Timeout,
		KeepAliveConfig: net.KeepAliveConfig{Enable: true, Idle: 15 * time.Second, Interval: 5 * time.Second, Count: 4},
		Control:         tune,
	}
	c, err := race(ctx, secondTry, func(ctx context.Context) (net.Conn, error) { return d.DialContext(ctx, network, address) })
	if t, ok := c.(*net.TCPConn); ok {
		l.look(t)
	}
	return c, err
}

// look sees what came of tune on a new connection, and makes up for it.
func (l *Line) look(c *net.TCPConn) {
	if !tuned {
		c.SetWriteBuffer(64 << 10) // instead of TCP_NOTSENT_LOWAT; refused is no harm
	}
	if raw, err := c.SyscallConn(); err == nil && paced(raw) {
		l.paced.Store(true)
	}
}

// race connects; when that has taken longer than delay, it tries a second time
// beside the first. The first connection wins, the first refusal too.
func race(ctx context.Context, delay time.Duration, connect func(context.Context) (net.Conn, error)) (net.Conn, error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	type result struct {
		conn net.Conn
		err  error
	}
	results, running := make(chan result), 1
	try := func() {
		c, err := connect(ctx)
		select {
		case results <- result{c, err}:
		case <-ctx.Done():
			if c != nil {
				c.Close()
			}
		}
	}
	go try()
	second := time.NewTimer(delay)
	defer second.Stop()
	for {
		select {
		case <-second.C:
			running++
			go try()
		case r := <-results:
			return r.conn, r.err
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}
