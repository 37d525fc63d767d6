package axissim

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"
)

// sound is a handler that counts what it acts on and answers with a list, or
// with the text it was sent.
type sound struct{ acted int }

func (s *sound) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	s.acted++
	if len(body) > 0 {
		w.Write(body)
		return
	}
	io.WriteString(w, `{"status":"OK","ErrorCode":"0","ErrorDesc":"","data":[{"docId":"a"},{"docId":"b"}]}`)
}

// waits records the pauses asked for instead of making them.
type waits struct{ all []time.Duration }

func (w *waits) wait(_ context.Context, d time.Duration) { w.all = append(w.all, d) }

// ask sends body to a handler over a real connection; what came before the
// connection broke is returned with the error.
func ask(t *testing.T, h http.Handler, body string) (int, string, error) {
	t.Helper()
	server := httptest.NewServer(h)
	defer server.Close()
	resp, err := http.Post(server.URL+"/xa/getEdoc", "text/plain", strings.NewReader(body))
	if err != nil {
		return 0, "", err
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	return resp.StatusCode, string(b), err
}

func TestFaults(t *testing.T) {
	for _, tt := range []struct {
		rule, body, want string
		status, acted    int
		broken           bool
		waits            int
	}{
		{"latency:2s", "abc", "abc", 200, 1, false, 1},
		{"drop", "abc", "", 0, 0, true, 0},
		{"lose", "abc", "", 0, 1, true, 0},
		{"twice", "abc", "abc", 200, 2, false, 0},
		{"cut:2", "abc", "ab", 200, 1, true, 0},
		{"cut:3", "abc", "abc", 200, 1, false, 0},
		{"cut-upload:2", "abc", "", 0, 0, true, 0},
		{"cut-upload:3", "abc", "abc", 200, 1, false, 0},
		{"trickle:2/1s", "abcde", "abcde", 200, 1, false, 3},
		{"page:503", "abc", "<html>", 503, 0, false, 0},
		{"status:502", "abc", "abc", 502, 1, false, 0},
		{"empty", "abc", "", 200, 0, false, 0},
		{"busy", "abc", `"ErrorCode":"20"`, 200, 0, false, 0},
		{"refuse:22", "abc", `"ErrorCode":"22"`, 200, 0, false, 0},
		{"bandwidth:40", "abcde", "abcde", 200, 1, false, 6},
		{"reorder", "", `[{"docId":"b"},{"docId":"a"}]`, 200, 1, false, 0},
		{"repeat", "", `[{"docId":"a"},{"docId":"a"},{"docId":"b"},{"docId":"b"}]`, 200, 1, false, 0},
		{"null-rows", "", `[null,{"docId":null,`, 200, 1, false, 0},
		{"reorder", "no list", "no list", 200, 1, false, 0},
	} {
		t.Run(tt.rule, func(t *testing.T) {
			var behind sound
			var pauses waits
			r, err := ParseFault(tt.rule, pauses.wait)
			if err != nil {
				t.Fatal(err)
			}
			status, got, err := ask(t, r.fault(&behind), tt.body)
			if status != tt.status || !strings.Contains(got, tt.want) || (err != nil) != tt.broken {
				t.Errorf("HTTP %d %q, %v", status, got, err)
			}
			if behind.acted != tt.acted || len(pauses.all) != tt.waits {
				t.Errorf("acted %d times, waited %v", behind.acted, pauses.all)
			}
		})
	}
}

// TestSleepEnds: a pause ends with the request it delays.
func TestSleepEnds(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	Sleep(ctx, time.Hour)
	Sleep(t.Context(), 0)
}

func TestParseFault(t *testing.T) {
	for _, text := range append(FaultNames(), "cut:0", "busy*3", "lose@sendEdoc", "latency:1m0s@getEdoc*0", "refuse:-1") {
		r, err := ParseFault(text, Sleep)
		if err != nil || r.String() != text {
			t.Errorf("%q is %q, %v", text, r, err)
		}
	}
	for _, text := range []string{"", "x", "cut", "cut:", "cut:-1", "cut:a", "busy:1", "latency:2", "latency:-1s", "page:100", "page:600",
		"trickle:0/1s", "trickle:5", "busy*", "busy*-1", "refuse-to:\xfd", "busy@", "busy@a b", "busy*1@sendEdoc", "BUSY", "cut:99999999999999999999"} {
		if r, err := ParseFault(text, Sleep); !errors.Is(err, ErrFault) {
			t.Errorf("%q is %q, %v", text, r, err)
		}
	}
}

func FuzzParseFault(f *testing.F) {
	for _, text := range FaultNames() {
		f.Add(text + "@getEdoc*2")
	}
	f.Fuzz(func(t *testing.T, text string) {
		r, err := ParseFault(text, Sleep)
		if err != nil {
			return
		}
		again, err := ParseFault(r.String(), Sleep)
		if err != nil || again.String() != r.String() {
			t.Errorf("%q is %q, then %q, %v", text, r, again, err)
		}
	})
}

// TestBoard: rules count down, apply to their operation only, and may change.
func TestBoard(t *testing.T) {
	var behind sound
	rules, err := ParseFaults([]string{"busy@getEdoc*2", "", "page:500@sendEdoc"}, Sleep)
	if err != nil {
		t.Fatal(err)
	}
	b := NewBoard(&behind, rules...)
	for i, want := range []string{`"20"`, `"20"`, "abc"} {
		if _, got, err := ask(t, b, "abc"); err != nil || !strings.Contains(got, want) {
			t.Errorf("request %d: %q, %v", i, got, err)
		}
	}
	if left := b.Rules(); len(left) != 1 || left[0].String() != "page:500@sendEdoc" {
		t.Errorf("rules left %v", left)
	}
	b.Set()
	if left := b.Rules(); len(left) != 0 {
		t.Errorf("rules left %v", left)
	}
}

func TestAdmin(t *testing.T) {
	b := NewBoard(&sound{})
	call := func(method, body, remote string, header ...string) (int, string) {
		r := httptest.NewRequest(method, "/faults", strings.NewReader(body))
		r.RemoteAddr = remote
		for i := 0; i+1 < len(header); i += 2 {
			r.Header.Set(header[i], header[i+1])
		}
		w := httptest.NewRecorder()
		b.Admin(Sleep).ServeHTTP(w, r)
		return w.Code, w.Body.String()
	}
	const here = "127.0.0.1:5000"
	for _, tt := range []struct {
		method, body, remote string
		header               []string
		status               int
		says                 string
	}{
		{"GET", "", here, nil, 200, ""},
		{"PUT", "busy*2\r\n\ncut:10@getEdoc\n", here, nil, 200, "busy*2\ncut:10@getEdoc\n"},
		{"GET", "", "[::1]:5000", nil, 200, "busy*2\ncut:10@getEdoc\n"},
		{"PUT", "drop\nnothing", here, nil, 400, ""},
		{"PUT", strings.Repeat("busy\n", 20_000), here, nil, 413, ""},
		{"POST", "busy", here, nil, 405, ""},
		{"DELETE", "", "192.168.1.7:5000", nil, 403, ""},
		{"DELETE", "", here, []string{"Origin", "http://example.vn"}, 403, ""},
		{"GET", "", here, nil, 200, "busy*2\ncut:10@getEdoc\n"},
		{"DELETE", "", here, nil, 200, ""},
	} {
		status, says := call(tt.method, tt.body, tt.remote, tt.header...)
		if status != tt.status || status == 200 && says != tt.says {
			t.Errorf("%s from %s: HTTP %d %q", tt.method, tt.remote, status, says)
		}
	}
	if left := b.Rules(); len(left) != 0 {
		t.Errorf("rules left %v", left)
	}
}

// TestRefuseRecipient: an agency that is shut refuses packets under either of
// its codes, but not those narrowed to others.
func TestRefuseRecipient(t *testing.T) {
	a, tinh, _ := open(t, t.TempDir(), func(o *Options) { o.Agencies[1].OldCode = "000.00.01.H40" })
	rule, err := ParseFault("refuse-to:H40.1", Sleep)
	if err != nil {
		t.Fatal(err)
	}
	tinh.handler = NewBoard(a.Handler(), rule)
	send := func(want string, p []byte, headers ...string) {
		t.Helper()
		sum := sha256.Sum256(p)
		wantCode(t, "send", tinh.call(t, "sendEdoc", p, append(headers, "hash-file", hex.EncodeToString(sum[:]), "from", "H40")...), want)
	}
	send("18", packet(t, "H40.1", "H40.2"))
	send("18", packet(t, "000.00.01.H40"))
	send("0", packet(t, "H40.2"))
	send("0", packet(t, "H40.1", "H40.2"), "to", `["H40.2"]`)
}

// TestLockedRecipient: a locked one refuses the whole packet.
func TestLockedRecipient(t *testing.T) {
	_, tinh, xa := open(t, t.TempDir(), func(o *Options) { o.Agencies[1].Locked = true })
	p := packet(t, "H40.1", "H40.2")
	sum := sha256.Sum256(p)
	wantCode(t, "locked", tinh.call(t, "sendEdoc", p, "hash-file", hex.EncodeToString(sum[:]), "from", "H40"), "23")
	if got := waiting(t, xa, "edoc"); len(got) != 0 {
		t.Errorf("waiting %v", got)
	}
}

// TestClockFault: the Date header and what is refused follow the wrong clock.
func TestClockFault(t *testing.T) {
	a, tinh, _ := open(t, t.TempDir())
	rule, err := ParseFault("clock:-72h", Sleep)
	if err != nil {
		t.Fatal(err)
	}
	tinh.handler = NewBoard(a.Handler(), rule)
	w := serve(tinh.handler, tinh.request("getAgenciesList", nil))
	if got := w.Header().Get("Date"); got != "Wed, 18 Nov 2026 01:00:00 GMT" {
		t.Errorf("Date %s", got)
	}
	wantCode(t, "stamp of the right day", w.Body.String(), "15")
}

// TestOperationNames: one rule does for all modes.
func TestOperationNames(t *testing.T) {
	for request, want := range map[string]string{
		"POST /x/sendEdoc": "sendEdoc", "POST /x/v1/sendEdoc": "sendEdoc", "POST /x" + oauthBase + "/vanbans": "sendEdoc",
		"GET " + oauthBase + "/vanbans": "getReceivedEdocList", "GET /v1/syncReceivedEdocList": "getReceivedEdocList",
		"GET " + oauthBase + "/vanbans/sendEdoc": "getEdoc", "PUT " + oauthBase + "/vanbans/a": "updateStatus",
		"GET " + oauthBase + "/donvilienthongs": "getAgenciesList", "PATCH /x/uploads/ab": "uploads", "POST /uploads/": "uploads", "OPTIONS /x/sendEdoc": "OPTIONS",
	} {
		method, target, _ := strings.Cut(request, " ")
		if got := operationNames(httptest.NewRequest(method, target, nil)); !slices.Contains(got, want) || strings.Contains(target, "vanbans/") && slices.Contains(got, "sendEdoc") {
			t.Errorf("%s is %v", request, got)
		}
	}
}
