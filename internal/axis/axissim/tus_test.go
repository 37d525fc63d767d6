package axissim

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

// tus makes a request of the upload protocol.
func (c caller) tus(method, path string, body []byte, plain ...string) *httptest.ResponseRecorder {
	r := c.sign(httptest.NewRequest(method, path, bytes.NewReader(body)))
	r.Header.Set("Tus-Resumable", "1.0.0")
	for i := 0; i < len(plain); i += 2 {
		r.Header.Set(plain[i], plain[i+1])
	}
	return serve(c.handler, r)
}

func (c caller) create(t *testing.T, size int) (location string) {
	t.Helper()
	w := c.tus(http.MethodPost, "/bat/ky/uploads/", nil, "Upload-Length", fmt.Sprint(size), "Upload-Metadata", "system eGE=")
	location = w.Header().Get("Location")
	if w.Code != http.StatusCreated || !strings.HasPrefix(location, "/bat/ky/uploads/") || w.Header().Get("Upload-Expires") == "" {
		t.Fatalf("HTTP %d, %v", w.Code, w.Header())
	}
	return location
}

func (c caller) patch(t *testing.T, location string, offset int, body []byte) {
	t.Helper()
	w := c.tus(http.MethodPatch, location, body, "Upload-Offset", fmt.Sprint(offset), "Content-Type", "application/offset+octet-stream")
	if w.Code != http.StatusNoContent || w.Header().Get("Upload-Offset") != fmt.Sprint(offset+len(body)) {
		t.Fatalf("HTTP %d, %v, %s", w.Code, w.Header(), w.Body)
	}
}

// uploaded uploads a packet whole and gives the upload's id.
func (c caller) uploaded(t *testing.T, p []byte) string {
	t.Helper()
	location := c.create(t, len(p))
	c.patch(t, location, 0, p)
	return filepath.Base(location)
}

// use sends an upload.
func (c caller) use(id string, p []byte, headers ...string) (int, string, string) {
	sum := sha256.Sum256(p)
	w := serve(c.handler, c.request("sendEdoc", nil, append([]string{"hash-file", hex.EncodeToString(sum[:]), "from", "H40", "upload", id}, headers...)...))
	var members struct{ ErrorCode, DocId string }
	json.Unmarshal(w.Body.Bytes(), &members) // what is no JSON has no code
	return w.Code, members.ErrorCode, members.DocId
}

// TestUpload: a packet that came in pieces, before and after a restart, is sent
// once however often that is said.
func TestUpload(t *testing.T) {
	dir := t.TempDir()
	a, tinh, _ := open(t, dir, offering)
	p := packet(t, "H40.1", "H40.2")
	wire := packed(t, "zstd", p)
	location := tinh.create(t, len(wire))
	id := filepath.Base(location)
	tinh.patch(t, location, 0, wire[:100])
	if status, code, _ := tinh.use(id, p, "encoding", "zstd"); status != http.StatusConflict || code != "-1" {
		t.Errorf("half an upload: HTTP %d, code %s", status, code)
	}
	a.Close()
	a, tinh, xa := open(t, dir, offering, func(o *Options) { o.Rand = nil })
	if w := tinh.tus(http.MethodHead, location, nil); w.Header().Get("Upload-Offset") != "100" {
		t.Errorf("HTTP %d, %v", w.Code, w.Header())
	}
	if w := tinh.tus(http.MethodPatch, location, wire, "Upload-Offset", "0", "Content-Type", "application/offset+octet-stream"); w.Code != http.StatusConflict {
		t.Errorf("from another offset: HTTP %d", w.Code)
	}
	tinh.patch(t, location, 100, wire[100:])
	_, code, first := tinh.use(id, p, "encoding", "zstd")
	if code != "0" || first == "" {
		t.Fatalf("code %s", code)
	}
	for range 2 {
		if _, code, again := tinh.use(id, p, "encoding", "zstd"); code != "0" || again != first {
			t.Errorf("named again: code %s, %s instead of %s", code, again, first)
		}
		a.Close()
		a, tinh, xa = open(t, dir, offering, func(o *Options) { o.Rand = nil })
	}
	if _, code, other := tinh.use(id, p, "encoding", "zstd", "to", `["H40.2"]`); code != "0" || other == first {
		t.Errorf("to another recipient: code %s, %s", code, other)
	}
	if got := waiting(t, xa, "edoc"); fmt.Sprint(got) != "[H40.1 H40.2 H40.2]" {
		t.Errorf("waiting %v", got)
	}
	if got := tinh.call(t, "downloadEdoc", nil, "docId", first); got != string(p) {
		t.Errorf("got %q", got)
	}
}

// TestUploadRefusals: what becomes of uploads that are none, not ours, or no
// packet.
func TestUploadRefusals(t *testing.T) {
	_, tinh, xa := open(t, t.TempDir(), offering)
	p := packet(t, "H40.1")
	good := tinh.uploaded(t, p)
	for _, id := range []string{"0123456789abcdef0123456789abcdef", "..", "../axis.log", good + ".info", "%00", " "} {
		if status, code, _ := tinh.use(id, p); status != http.StatusGone || code != "-1" {
			t.Errorf("%q: HTTP %d, code %s", id, status, code)
		}
	}
	if status, code, _ := xa.use(good, p); status != http.StatusGone || code != "-1" {
		t.Errorf("another system's: HTTP %d, code %s", status, code)
	}
	for _, method := range []string{http.MethodHead, http.MethodPatch, http.MethodDelete} {
		if w := xa.tus(method, "/bat/ky/uploads/"+good, nil); w.Code != http.StatusNotFound {
			t.Errorf("another system's %s: HTTP %d", method, w.Code)
		}
		if w := (caller{tinh.handler, "tinh", "sai"}).tus(method, "/bat/ky/uploads/"+good, nil); w.Code != 200 || !strings.Contains(w.Body.String(), `"15"`) {
			t.Errorf("unsigned %s: HTTP %d %s", method, w.Code, w.Body)
		}
	}
	if w := tinh.tus(http.MethodGet, "/bat/ky/uploads/"+good, nil); w.Code != http.StatusMethodNotAllowed {
		t.Errorf("an upload is not to be read: HTTP %d", w.Code)
	}
	for name, tt := range map[string]struct {
		sent, hashed []byte
		headers      []string
		code         string
		dies         bool
	}{
		"unknown receiver": {packet(t, "H99"), packet(t, "H99"), nil, "18", false},
		"no packet":        {[]byte("x"), []byte("x"), nil, "22", false},
		"wrong hash":       {p, []byte("x"), nil, "10", true},
		"not compressed":   {p, p, []string{"encoding", "zstd"}, "10", true},
		"strange encoding": {p, p, []string{"encoding", "br"}, "10", true},
	} {
		id := tinh.uploaded(t, tt.sent)
		if _, code, _ := tinh.use(id, tt.hashed, tt.headers...); code != tt.code {
			t.Errorf("%s: code %s", name, code)
		}
		if w := tinh.tus(http.MethodHead, "/bat/ky/uploads/"+id, nil); (w.Code == http.StatusNotFound) != tt.dies {
			t.Errorf("%s: afterwards HTTP %d", name, w.Code)
		}
	}
	if w := tinh.tus(http.MethodDelete, "/bat/ky/uploads/"+good, nil); w.Code != http.StatusNoContent {
		t.Errorf("terminate: HTTP %d", w.Code)
	}
	if w := tinh.tus(http.MethodPost, "/bat/ky/uploads/", nil, "Upload-Length", fmt.Sprint(int64(1)<<40)); w.Code != http.StatusRequestEntityTooLarge {
		t.Errorf("a terabyte: HTTP %d", w.Code)
	}
}

// TestUploadsDie: after a day, and when a crash has left only half of one.
func TestUploadsDie(t *testing.T) {
	dir, later := t.TempDir(), time.Duration(0)
	clocked := func(o *Options) {
		o.Clock = func() time.Time { return time.Date(2026, 11, 21, 1, 0, 0, 0, time.UTC).Add(later) }
	}
	a, tinh, _ := open(t, dir, offering, clocked)
	p := packet(t, "H40.1")
	id := tinh.uploaded(t, p)
	later = uploadLife
	if status, _, _ := tinh.use(id, p); status != http.StatusGone {
		t.Errorf("after a day: HTTP %d", status)
	}
	fresh := tinh.uploaded(t, p)
	a.Close()
	for _, orphan := range []string{"0123456789abcdef", "abcdef0123456789.info"} {
		if err := os.WriteFile(filepath.Join(dir, "uploads", orphan), []byte("{"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	open(t, dir, offering, clocked)
	files, err := os.ReadDir(filepath.Join(dir, "uploads"))
	if err != nil || len(files) != 2 || files[0].Name() != fresh {
		t.Errorf("%v, %v", files, err)
	}
}

// TestUploadUsedAtOnce: however many requests name an upload at the same time,
// it becomes one packet.
func TestUploadUsedAtOnce(t *testing.T) {
	a, tinh, xa := open(t, t.TempDir(), offering)
	p := packet(t, "H40.1")
	id := tinh.uploaded(t, p)
	var wait sync.WaitGroup
	ids := make([]string, 8)
	for i := range ids {
		wait.Go(func() { _, _, ids[i] = tinh.use(id, p) })
	}
	wait.Wait()
	for _, got := range ids {
		if got == "" || got != ids[0] {
			t.Errorf("packets %v", ids)
		}
	}
	if got := waiting(t, xa, "edoc"); len(got) != 1 {
		t.Errorf("waiting %v", got)
	}
	wantLeftovers(t, a, 1)
}

// TestUploadTakenOver: a request that comes back after a break does not wait for
// the one whose line broke, and goes on where that one ended.
func TestUploadTakenOver(t *testing.T) {
	a, tinh, _ := open(t, t.TempDir(), offering)
	server := httptest.NewServer(a.Handler())
	defer server.Close()
	p := packet(t, "H40.1")
	location := tinh.create(t, len(p))
	reader, writer := io.Pipe()
	hanging, err := http.NewRequest(http.MethodPatch, server.URL+location, reader)
	if err != nil {
		t.Fatal(err)
	}
	tinh.sign(hanging)
	for name, value := range map[string]string{"Tus-Resumable": "1.0.0", "Upload-Offset": "0", "Content-Type": "application/offset+octet-stream"} {
		hanging.Header.Set(name, value)
	}
	hanging.ContentLength = int64(len(p))
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		if resp, err := server.Client().Do(hanging); err == nil {
			resp.Body.Close()
		}
	}()
	if _, err := writer.Write(p[:len(p)/2]); err != nil {
		t.Fatal(err)
	}
	at, err := strconv.Atoi(tinh.tus(http.MethodHead, location, nil).Header().Get("Upload-Offset"))
	if err != nil || at > len(p)/2 {
		t.Fatalf("offset %d, %v", at, err)
	}
	tinh.patch(t, location, at, p[at:])
	writer.CloseWithError(io.ErrUnexpectedEOF)
	<-ended
	if _, code, _ := tinh.use(filepath.Base(location), p); code != "0" {
		t.Errorf("code %s", code)
	}
}
