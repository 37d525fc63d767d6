//go:build linux

package main

import (
	"context"
	"crypto/tls"
	"io"
	"net"
)

// front speaks TLS for a server that does not, or with a congestion control that
// is not the system's.
type front struct{ l net.Listener }

// startFront accepts TLS in a namespace and passes everything on to target there.
func startFront(ns, congestion string, c certificates, target string) (*front, error) {
	cert, err := tls.LoadX509KeyPair(c.cert, c.key)
	if err != nil {
		return nil, err
	}
	var l net.Listener
	if err := within(ns, func() (err error) {
		l, err = (&net.ListenConfig{Control: controlled(congestion)}).Listen(context.Background(), "tcp", serverAddr+":"+serverPort)
		return err
	}); err != nil {
		return nil, err
	}
	f := &front{tls.NewListener(l, &tls.Config{Certificates: []tls.Certificate{cert}})}
	go func() {
		for {
			conn, err := f.l.Accept()
			if err != nil {
				return
			}
			go pass(ns, conn, target)
		}
	}()
	return f, nil
}

func pass(ns string, conn net.Conn, target string) {
	defer conn.Close()
	var behind net.Conn
	if err := within(ns, func() (err error) {
		behind, err = net.Dial("tcp", target)
		return err
	}); err != nil {
		return
	}
	defer behind.Close()
	go func() {
		defer conn.Close()
		defer behind.Close()
		copySmall(conn, behind)
	}()
	io.Copy(behind, conn)
}

// copySmall makes small TLS records, as vanthu's own server does: half of one is
// worth nothing when the line is cut.
func copySmall(to io.Writer, from io.Reader) {
	io.CopyBuffer(struct{ io.Writer }{to}, struct{ io.Reader }{from}, make([]byte, 4<<10))
}

func (f *front) stop() { _ = f.l.Close() }
