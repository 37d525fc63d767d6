package axissim

import (
	"bufio"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"os/exec"
	"strings"
	"testing"
)

const killEnv, killMode = "AXISSIM_KILL_DIR", "AXISSIM_KILL_MODE"

// TestKill: an axis is killed with -9 while packets pour in, several times over;
// every one it has confirmed is there afterwards, whole.
func TestKill(t *testing.T) {
	if dir := os.Getenv(killEnv); dir != "" {
		serveUntilKilled(t, dir)
		return
	}
	dir := t.TempDir()
	confirmed := map[string]bool{}
	for round := range 5 {
		child, front := startChild(t, dir, ModeSDK)
		c := caller{front, "tinh", "secret-tinh"}
		for range 4 + 3*round {
			confirmed[c.send(t, packet(t, "H40.1"), "from", "H40")] = true
		}
		p := packet(t, "H40.1")
		sum := sha256.Sum256(p)
		go func() { // still sending when it dies; what comes of these is not asked
			for range 20 {
				front.ServeHTTP(httptest.NewRecorder(), c.request("sendEdoc", p, "from", "H40", "hash-file", hex.EncodeToString(sum[:])))
			}
		}()
		if err := child.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		child.Wait()
	}
	_, tinh, _ := open(t, dir)
	for id := range confirmed {
		if got := tinh.call(t, "downloadEdoc", nil, "docId", id); got != string(packet(t, "H40.1")) {
			t.Errorf("%s: %.80q", id, got)
		}
	}
	if len(confirmed) != 4+7+10+13+16 {
		t.Errorf("%d docIds confirmed: some were given twice", len(confirmed))
	}
}

// startChild runs this very test binary as an axis over dir.
func startChild(t *testing.T, dir string, mode Mode) (*exec.Cmd, http.Handler) {
	t.Helper()
	child := exec.Command(os.Args[0], "-test.run=^TestKill$")
	child.Env = append(os.Environ(), killEnv+"="+dir, killMode+"="+string(mode))
	out, err := child.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { child.Process.Kill() })
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	target, err := url.Parse(strings.TrimSpace(line))
	if err != nil {
		t.Fatal(err)
	}
	front := httputil.NewSingleHostReverseProxy(target)
	front.ErrorHandler = func(w http.ResponseWriter, _ *http.Request, _ error) { w.WriteHeader(http.StatusBadGateway) }
	return child, front
}

func serveUntilKilled(t *testing.T, dir string) {
	o := simOptions(dir)
	o.Rand, o.Mode = nil, Mode(os.Getenv(killMode))
	offering(&o)
	a, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(a.Handler())
	fmt.Println(server.URL)
	select {}
}

// TestKillUploads: an axis is killed with -9 while uploads come in, in every
// mode. What it has said it has of an upload it has; an upload that has become a
// packet stays that packet, and nothing is there twice.
func TestKillUploads(t *testing.T) {
	if os.Getenv(killEnv) != "" {
		t.Skip("only for TestKill's child")
	}
	for _, mode := range Modes() {
		t.Run(string(mode), func(t *testing.T) { killUploads(t, mode) })
	}
}

func killUploads(t *testing.T, mode Mode) {
	dir, p := t.TempDir(), packet(t, "H40.1")
	became := map[string]string{}
	location, offset := "", 0
	for range 12 {
		child, front := startChild(t, dir, mode)
		c := newUploader(t, mode, front)
		if location != "" {
			at := c.offset(t, location)
			if at < offset {
				t.Fatalf("of %d bytes confirmed %d are left", offset, at)
			}
			if offset = c.patch(t, location, at, p[at:]); offset != len(p) {
				t.Fatalf("%d of %d bytes", offset, len(p))
			}
			first := c.use(t, location, p)
			if again := c.use(t, location, p); again != first {
				t.Errorf("%s has become %s", first, again)
			}
			became[location] = first
		}
		for known, id := range became {
			if again := c.use(t, known, p); again != id {
				t.Errorf("after a kill %s has become %s", id, again)
			}
		}
		location = c.create(t, len(p))
		offset = c.patch(t, location, 0, p[:len(p)/3])
		go c.pour(location, offset, p) // under way when it dies; nothing of it is confirmed
		if err := child.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		child.Wait()
	}
	_, tinh, xa := open(t, dir)
	if got := len(waiting(t, xa, "edoc")); got != len(became) {
		t.Errorf("%d packets of %d uploads", got, len(became))
	}
	for _, id := range became {
		if got := tinh.call(t, "downloadEdoc", nil, "docId", id); got != string(p) {
			t.Errorf("%s: %.80q", id, got)
		}
	}
}
