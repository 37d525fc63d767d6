package cli

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"vanthu/internal/axis"
	"vanthu/internal/axis/axistest"
	"vanthu/internal/document"
)

// serving is `vanthu axis serve` as a process.
type serving struct {
	cmd *exec.Cmd
	out *bufio.Reader
	url string
}

func startServing(t *testing.T, dir string, flags ...string) *serving {
	t.Helper()
	program, err := exec.LookPath("vanthu")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "s.key"), []byte("bi mat"), 0o600); err != nil {
		t.Fatal(err)
	}
	s := &serving{cmd: exec.Command(program, append([]string{"axis", "serve", "--data", "truc", "--system", "S=s.key",
		"--agency", "H01.1=Xã A", "--agency", "H01.2=Xã B"}, flags...)...)}
	s.cmd.Dir = dir
	s.cmd.Stderr = os.Stderr
	pipe, err := s.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := s.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.cmd.Process.Kill() })
	s.out = bufio.NewReader(pipe)
	line, err := s.out.ReadString('\n')
	url, ok := strings.CutPrefix(strings.TrimSpace(line), "listening on ")
	if err != nil || !ok {
		t.Fatalf("the axis said %q, %v", line, err)
	}
	s.url = url
	return s
}

// expecting sends no body before the server asks for it ("Expect:
// 100-continue"), that is, before its handler reads.
type expecting struct{ http.Transport }

func (e *expecting) RoundTrip(r *http.Request) (*http.Response, error) {
	r = r.Clone(r.Context())
	r.Header.Set("Expect", "100-continue")
	return e.Transport.RoundTrip(r)
}

func (s *serving) client(t *testing.T) *axis.Client {
	t.Helper()
	line := &expecting{http.Transport{ExpectContinueTimeout: time.Minute, DisableKeepAlives: true}}
	c, err := axis.New(axis.Config{URL: s.url, PlainAllowed: true, System: "S", Secret: []byte("bi mat"), HTTP: &http.Client{Transport: line}})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// refusesCallers waits until nobody can connect any more.
func (s *serving) refusesCallers() {
	for {
		conn, err := net.Dial("tcp", strings.TrimPrefix(s.url, "http://"))
		if err != nil {
			return
		}
		conn.Close()
	}
}

// halfway is a packet whose second reading, the one for the line, stops in the
// middle until it is released.
type halfway struct {
	*bytes.Reader
	passes        int
	half, release chan struct{}
}

func (h *halfway) Seek(offset int64, whence int) (int64, error) {
	h.passes++
	return h.Reader.Seek(offset, whence)
}

func (h *halfway) Read(p []byte) (int, error) {
	if h.passes == 2 && h.half != nil && h.Len() < int(h.Size()) {
		close(h.half)
		h.half = nil
		<-h.release
	}
	return h.Reader.Read(p[:min(len(p), 16<<10)])
}

// TestAxisStopsCleanly: told to stop by SIGTERM in the middle of a send, the
// axis takes no new callers, answers that send, and ends with success; what it
// took is there when it starts again over the same folder.
func TestAxisStopsCleanly(t *testing.T) {
	dir := t.TempDir()
	a, b := document.Agency{Code: "H01.1", Name: "Xã A"}, document.Agency{Code: "H01.2", Name: "Xã B"}
	packet, _ := axistest.Packet(t, 1, a, []document.Agency{b}, map[string][]byte{"a.pdf": bytes.Repeat([]byte("%PDF-1.7 "), 20_000)})
	first := startServing(t, dir)
	body := &halfway{Reader: bytes.NewReader(packet), half: make(chan struct{}), release: make(chan struct{})}
	half := body.half
	answered := make(chan error)
	go func() {
		_, err := first.client(t).Send(t.Context(), axis.Message{From: a.Code, Type: axis.Edoc, Body: body, Size: int64(len(packet))})
		answered <- err
	}()
	<-half
	if err := first.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	first.refusesCallers()
	close(body.release)
	if err := <-answered; err != nil {
		t.Errorf("the send under way: %v", err)
	}
	if rest, _ := io.ReadAll(first.out); len(rest) != 0 {
		t.Errorf("the axis also said %q", rest)
	}
	if err := first.cmd.Wait(); err != nil {
		t.Errorf("the axis ended with %v", err)
	}
	second := startServing(t, dir)
	if list, err := second.client(t).Received(t.Context(), axis.Edoc); err != nil || len(list) != 1 {
		t.Errorf("waiting %v, %v", list, err)
	}
}

// TestAxisHoldsItsFolder: a second axis over the same folder is refused.
func TestAxisHoldsItsFolder(t *testing.T) {
	dir := t.TempDir()
	first := startServing(t, dir)
	var complaint bytes.Buffer
	again := exec.Command(first.cmd.Path, first.cmd.Args[1:]...)
	again.Dir, again.Stderr = dir, &complaint
	if err := again.Run(); err == nil || !strings.Contains(complaint.String(), "đang do một trục khác dùng") {
		t.Errorf("%v: %s", err, &complaint)
	}
}

// TestAxisReprints: told to, `axis serve` hands out other bytes than it got, as
// the real one does.
func TestAxisReprints(t *testing.T) {
	a, b := document.Agency{Code: "H01.1", Name: "Xã A"}, document.Agency{Code: "H01.2", Name: "Xã B"}
	packet, _ := axistest.Packet(t, 1, a, []document.Agency{b}, nil)
	for name, tt := range map[string]struct {
		flags []string
		same  bool
	}{"by itself": {nil, true}, "told to": {[]string{"--reprint"}, false}} {
		t.Run(name, func(t *testing.T) {
			c := startServing(t, t.TempDir(), tt.flags...).client(t)
			if _, err := c.Send(t.Context(), axis.Message{From: a.Code, Type: axis.Edoc, Body: bytes.NewReader(packet), Size: int64(len(packet))}); err != nil {
				t.Fatal(err)
			}
			list, err := c.Received(t.Context(), axis.Edoc)
			if err != nil || len(list) != 1 {
				t.Fatal(list, err)
			}
			var got bytes.Buffer
			if _, err := c.Fetch(t.Context(), list[0].DocID, &got, 1<<20); err != nil {
				t.Fatal(err)
			}
			if same := bytes.Equal(got.Bytes(), packet); same != tt.same {
				t.Errorf("the same bytes: %v", same)
			}
		})
	}
}

// TestAxisFaults: faults come by flag, and change by the admin call.
func TestAxisFaults(t *testing.T) {
	s := startServing(t, t.TempDir(), "--admin", "--fault", "busy@getAgenciesList*1", "--fault", "page:500@getSentEdocList")
	c := s.client(t)
	for i, want := range []error{axis.ErrBusy, nil} {
		if _, err := c.Agencies(t.Context()); !errors.Is(err, want) {
			t.Errorf("call %d: %v, want %v", i, err, want)
		}
	}
	if _, err := c.Sent(t.Context(), axis.Filter{}); !errors.Is(err, axis.ErrBusy) {
		t.Errorf("page: %v", err)
	}
	r, err := http.NewRequest(http.MethodPut, s.url+"/-/faults", strings.NewReader("lose@getAgenciesList"))
	if err != nil {
		t.Fatal(err)
	}
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	if _, err := c.Agencies(t.Context()); resp.StatusCode != http.StatusOK || !errors.Is(err, axis.ErrUnanswered) {
		t.Errorf("lost: HTTP %d, %v", resp.StatusCode, err)
	}
	if _, err := c.Sent(t.Context(), axis.Filter{}); err != nil {
		t.Errorf("the page has gone: %v", err)
	}
}

// TestAxisFaultWords: what is no fault is told before anything is opened.
func TestAxisFaultWords(t *testing.T) {
	var complaint bytes.Buffer
	code := Run([]string{"axis", "serve", "--data", t.TempDir(), "--system", "S=" + os.DevNull, "--agency", "H01=A", "--fault", "gì đó"}, nil, io.Discard, &complaint)
	if code != Misuse || !strings.Contains(complaint.String(), "--fault") {
		t.Errorf("%d: %s", code, &complaint)
	}
}
