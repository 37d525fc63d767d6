package line

import (
	"context"
	"errors"
	"net"
	"syscall"
	"time"
)

// When further connections are tried beside one that does not come about. A
// system repeats a lost SYN after 1, 3, 7 seconds, and a connection that needed
// it begins with a window of one packet; a fresh one finds a line half a second
// after it is back, and begins at full speed.
const (
	firstExtra = time.Second // more than one round trip of the lines this is for
	nextExtra  = 500 * time.Millisecond
	laterExtra = 2 * time.Second // after longTry
	longTry    = 10 * time.Second
	extraTime  = 1500 * time.Millisecond // for one of them; the first has all the time there is
)

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
		Control: func(_, _ string, c syscall.RawConn) error {
			return tune(c, l.inflow.bound())
		},
	}
	c, err := race(ctx, func(ctx context.Context) (net.Conn, error) { return d.DialContext(ctx, network, address) })
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

// result is what came of one try to connect.
type result struct {
	conn net.Conn
	err  error
}

// race connects, trying again beside what does not come about. The first
// connection wins, the first refusal too.
func race(ctx context.Context, connect func(context.Context) (net.Conn, error)) (net.Conn, error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	results := make(chan result)
	go try(ctx, connect, results)
	begun := time.Now()
	extra := time.NewTimer(firstExtra)
	defer extra.Stop()
	for {
		select {
		case <-extra.C:
			own, stop := context.WithTimeout(ctx, extraTime)
			go func() {
				defer stop()
				extraTry(ctx, own, connect, results)
			}()
			pause := nextExtra
			if time.Since(begun) >= longTry {
				pause = laterExtra
			}
			extra.Reset(pause)
		case r := <-results:
			return r.conn, r.err
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}

// try tells what came of one try, unless nobody wants to know any more.
func try(race context.Context, connect func(context.Context) (net.Conn, error), results chan<- result) {
	c, err := connect(race)
	tell(race, result{c, err}, results)
}

// extraTry is a try with less time; that its time is over tells nothing.
func extraTry(race, own context.Context, connect func(context.Context) (net.Conn, error), results chan<- result) {
	c, err := connect(own)
	var timeout net.Error // it may come before own is done
	if err != nil && (own.Err() != nil || errors.As(err, &timeout) && timeout.Timeout()) {
		return
	}
	tell(race, result{c, err}, results)
}

func tell(race context.Context, r result, results chan<- result) {
	select {
	case results <- r:
	case <-race.Done():
		if r.conn != nil {
			r.conn.Close()
		}
	}
}
