//go:build linux

package main

import (
	"bufio"
	"bytes"
	"context"
	"crypto/tls"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"

	"vanthu/bench/letter"
	"vanthu/internal/axis"
	"vanthu/internal/document"
)

// post lets the other body send the packets, beside the line.
func (w *way) post(ctx context.Context, l *badLine, packets [][]byte) error {
	client, err := w.other(l)
	if err != nil {
		return err
	}
	for _, p := range packets {
		_, err := client.Send(ctx, axis.Message{From: letter.Sender().Code, Type: axis.Edoc, To: []document.Code{letter.Commune().Agency.Code}, Body: bytes.NewReader(p), Size: int64(len(p))})
		if err != nil {
			return err
		}
	}
	return nil
}

// other is the other body, which speaks to the axis from the axis's own namespace.
func (w *way) other(l *badLine) (*axis.Client, error) {
	h := &http.Client{Transport: &http.Transport{DialContext: dialIn(l.server(), ""), TLSClientConfig: &tls.Config{RootCAs: w.certs.pool}, DisableKeepAlives: true}}
	return axis.New(axis.Config{URL: "https://" + serverAddr + ":" + serverPort, System: "tinh", Secret: []byte(secret), HTTP: h})
}

func (w *way) axisDir() string { return filepath.Join(w.dir, "axis") }

// server is a running `vanthu axis serve`.
type server struct {
	cmd   *exec.Cmd
	front *front // nil when it speaks TLS to the line itself
	log   *os.File
}

// startAxis serves the axis over TLS in a namespace.
func startAxis(w *way, ns string) (*server, error) {
	secretFile := filepath.Join(w.dir, "secret")
	if err := os.WriteFile(secretFile, []byte(secret+"\n"), 0o600); err != nil {
		return nil, err
	}
	log, err := os.Create(filepath.Join(w.dir, "axis.log"))
	if err != nil {
		return nil, err
	}
	args := []string{"axis", "serve", "--data", w.axisDir(), "--log",
		"--system", "xa=" + secretFile, "--agency", agency(letter.Commune().Agency), "--system", "tinh=" + secretFile, "--agency", agency(letter.Sender())}
	known := w.help("axis", "serve")
	congestion := w.congestion
	if w.client == "naive" {
		congestion = "cubic"
	}
	secure := congestion == "" && strings.Contains(known, "--tls-cert")
	if secure {
		args = append(args, "--listen", serverAddr+":"+serverPort, "--tls-cert", w.certs.cert, "--tls-key", w.certs.key)
	}
	if w.client == "offering" && strings.Contains(known, "--offer") {
		args = append(args, "--offer", "range,zstd,tus")
	}
	s := &server{cmd: command(ns, w.vanthu, args...), log: log}
	s.cmd.Stderr = log
	out, err := s.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := s.cmd.Start(); err != nil {
		return nil, err
	}
	said, err := bufio.NewReader(out).ReadString('\n')
	url, ok := strings.CutPrefix(strings.TrimSpace(said), "listening on ")
	if err != nil || !ok {
		s.stop()
		return nil, fmt.Errorf("axis said %q, see %s", said, log.Name())
	}
	if !secure {
		if s.front, err = startFront(ns, congestion, w.certs, strings.TrimPrefix(url, "http://")); err != nil {
			s.stop()
			return nil, err
		}
	}
	return s, nil
}

func agency(a document.Agency) string { return string(a.Code) + "=" + a.Name }

// help is the program's help on a verb: the bench also measures programs that do
// not have everything yet.
func (w *way) help(verb ...string) string {
	out, _ := exec.Command(w.vanthu, append(verb, "--help")...).CombinedOutput()
	return string(out)
}

func (s *server) stop() {
	_ = s.cmd.Process.Signal(syscall.SIGTERM)
	_ = s.cmd.Wait()
	if s.front != nil {
		s.front.stop()
	}
	_ = s.log.Close()
}

// onAxis is the number of documents the axis holds for the other body.
func (w *way) onAxis(ctx context.Context, l *badLine) (int, error) {
	client, err := w.other(l)
	if err != nil {
		return 0, err
	}
	rows, err := client.Received(ctx, axis.Edoc)
	return len(rows), err
}
