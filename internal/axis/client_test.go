package axis

import (
	"bufio"
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"vanthu/internal/document"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// clock is 16:27:26.661 in Vietnam, the moment of axis.md §1.2.
func clock() time.Time { return time.Date(2026, 11, 21, 9, 27, 26, 661_000_000, time.UTC) }

func client(t *testing.T, url string, change ...func(*Config)) *Client {
	t.Helper()
	transport := &http.Transport{DisableKeepAlives: true}
	c := Config{URL: url, PlainAllowed: true, System: "vxp.test.01", Secret: []byte("test-secret-000"), Clock: clock, NoProbe: true, HTTP: &http.Client{Transport: transport}}
	for _, f := range change {
		f(&c)
	}
	made, err := New(c)
	if err != nil {
		t.Fatal(err)
	}
	return made
}

// answering serves one fixed answer.
func answering(t *testing.T, status int, body string) *Client {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		io.Copy(io.Discard, r.Body)
		w.WriteHeader(status)
		io.WriteString(w, body)
	}))
	t.Cleanup(server.Close)
	return client(t, server.URL)
}

// capture returns the URL of a server that answers every request with success
// and the raw bytes of the first one.
func capture(t *testing.T) (url string, raw <-chan string) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	out := make(chan string, 1)
	go func() {
		conn, err := l.Accept()
		if err != nil {
			return
		}
		defer conn.Close()
		var seen bytes.Buffer
		r, err := http.ReadRequest(bufio.NewReader(io.TeeReader(conn, &seen)))
		if err != nil {
			return
		}
		io.Copy(io.Discard, r.Body)
		body := `{"status":"OK","ErrorCode":"0","ErrorDesc":"","DocId":"d-1"}`
		fmt.Fprintf(conn, "HTTP/1.1 200 OK\r\nContent-Length: %d\r\nConnection: close\r\n\r\n%s", len(body), body)
		out <- seen.String()
	}()
	return "http://" + l.Addr().String() + "/XrdAdapter/adapter", out
}

func wantLines(t *testing.T, raw string, lines ...string) {
	t.Helper()
	for _, line := range lines {
		if !strings.Contains(raw, line+"\r\n") {
			t.Errorf("no line %q in\n%s", line, raw)
		}
	}
}

func TestWireOfAcknowledge(t *testing.T) {
	url, raw := capture(t)
	if err := client(t, url).Acknowledge(t.Context(), "8af226c8", Done); err != nil {
		t.Fatal(err)
	}
	got := <-raw
	object := `{"XroadVnpt-systemid":"vxp.test.01","XroadVnpt-docId":"8af226c8","XroadVnpt-status":"done","XroadVnpt-timestamp":"21112026T162726+0661","XroadVnpt-Content-Type":"application/json"}`
	mac := hmac.New(sha256.New, []byte("test-secret-000"))
	mac.Write([]byte(object))
	wantLines(t, got,
		"POST /XrdAdapter/adapter/updateStatus HTTP/1.1",
		"XroadVnpt-systemid: vxp.test.01", "XroadVnpt-docId: 8af226c8", "XroadVnpt-status: done",
		"XroadVnpt-timestamp: 21112026T162726+0661",
		"Content-Type: application/json", "XroadVnpt-Content-Type: application/json",
		"XroadVnpt-sign-header-key: systemid;docId;status;timestamp;Content-Type",
		"XroadVnpt-sign-header: "+object,
		"XroadVnpt-hash-header: "+hex.EncodeToString(mac.Sum(nil)),
		"XroadVnpt-version: 3.0.201608", "User-Agent: JAVASDKAgent/1.0.0 XRoad/VPCP", "Content-Length: 2")
	if !strings.HasSuffix(got, "\r\n\r\n{}") || strings.Contains(got, "test-secret") {
		t.Errorf("request\n%s", got)
	}
}

// TestWireIsGson: the signed object escapes as Gson does, not as Go does.
func TestWireIsGson(t *testing.T) {
	url, raw := capture(t)
	if err := client(t, url).Acknowledge(t.Context(), `a<b>&/"c\`, Done); err != nil {
		t.Fatal(err)
	}
	got := <-raw
	wantLines(t, got, `XroadVnpt-docId: a<b>&/"c\`)
	if !strings.Contains(got, `"XroadVnpt-docId":"a<b>&/\"c\\",`) {
		t.Errorf("request\n%s", got)
	}
}

func TestWireOfSend(t *testing.T) {
	// This body's SHA-256 has a byte below 0x10, where the two prints differ.
	const body = "<edXML/>"
	padded, short := "", ""
	for _, v := range sha256.Sum256([]byte(body)) {
		padded += fmt.Sprintf("%02x", v)
		short += fmt.Sprintf("%x", v)
	}
	if padded == short {
		t.Fatal("choose another body")
	}
	for name, tt := range map[string]struct {
		body, hash, wire string
		change           func(*Config)
	}{
		"ours":        {body, padded, body, func(*Config) {}},
		"as the SDK":  {body, short, body + "\r\n", func(c *Config) { c.HashUnpadded, c.TrailingCRLF = true, true }},
		"ends in end": {"<e/>\r\n", fmt.Sprintf("%x", sha256.Sum256([]byte("<e/>\r\n"))), "<e/>\r\n\r\n", func(*Config) {}},
	} {
		t.Run(name, func(t *testing.T) {
			url, raw := capture(t)
			id, err := client(t, url, tt.change).Send(t.Context(), Message{
				From: "H40.1.2", Type: Edoc, To: []document.Code{"H40", "000.00.00.G22"},
				Body: strings.NewReader(tt.body), Size: int64(len(tt.body)),
			})
			if err != nil || id != "d-1" {
				t.Fatal(id, err)
			}
			got := <-raw
			wantLines(t, got,
				"POST /XrdAdapter/adapter/sendEdoc HTTP/1.1",
				"Content-Type: application/octet-stream", "XroadVnpt-servicetype: eDoc", "XroadVnpt-messagetype: edoc",
				"XroadVnpt-from: H40.1.2", `XroadVnpt-to: ["H40","000.00.00.G22"]`,
				"XroadVnpt-hash-file: "+tt.hash, fmt.Sprintf("Content-Length: %d", len(tt.wire)))
			if !strings.Contains(got, `"XroadVnpt-to":"[\"H40\",\"000.00.00.G22\"]"`) || !strings.HasSuffix(got, "\r\n\r\n"+tt.wire) {
				t.Errorf("request\n%s", got)
			}
		})
	}
}

func TestAnswersOfLists(t *testing.T) {
	const ok = `{"status":"OK","ErrorCode":"0","ErrorDesc":"","data":`
	for _, tt := range []struct {
		name, body string
		http       int
		rows       int
		class      error
	}{
		{"empty list", ok + `[]}`, 200, 0, nil},
		{"code as number", `{"status":"OK","ErrorCode":0,"data":[{"docId":"a"}]}`, 200, 1, nil},
		{"code as float", `{"status":"OK","ErrorCode":0.0,"data":[{"docId":"a"}]}`, 200, 1, nil},
		{"no status", `{"ErrorCode":"0","data":[{"docId":"a"}]}`, 200, 1, nil},
		{"other case", `{"Status":"ok","errorCode":null,"Data":[{"DOCID":"a"}]}`, 200, 1, nil},
		{"data first", `{"data":[{"docId":"a"}],"status":"OK","ErrorCode":"0"}`, 200, 1, nil},
		{"null fields", ok + `[{"docId":"a","from":null,"to":null,"status":null}]}`, 200, 1, nil},
		{"numbers as fields", ok + `[{"docId":17,"created_time":1700000000}]}`, 200, 1, nil},
		{"bad rows", ok + `[null,{"docId":null},7,"x",[],{"docId":{"a":1}},{"docId":"a"},{}]}`, 200, 1, nil},
		{"data null", ok + `null}`, 200, 0, nil},
		{"data text", ok + `""}`, 200, 0, nil},
		{"data object", ok + `{"docId":"a"}}`, 200, 1, nil},
		{"data missing", `{"status":"OK","ErrorCode":"0"}`, 200, 0, nil},
		{"raw line feed", ok + "[{\"docId\":\"a\",\"status_desc\":\"Khởi\n\ttạo\"}]}", 200, 1, nil},
		{"unquoted names", `{status:"OK",ErrorCode:"0",data:[{docId:"a"}]}`, 200, 1, nil},
		{"comma too many", ok + `[{"docId":"a",},]}`, 200, 1, nil},
		{"byte order mark", "\ufeff" + ok + `[{"docId":"a"}]}`, 200, 1, nil},
		{"unknown members", ok + `[{"docId":"a","x":[1,{"y":[null]}]}],"more":{"z":1}}`, 200, 1, nil},
		{"not UTF-8", ok + "[{\"docId\":\"a\",\"status_desc\":\"Kh\xf4ng\"}]}", 200, 1, nil},

		{"refused", `{"status":"FAIL","ErrorCode":"18","ErrorDesc":"x","data":[]}`, 200, 0, &Rejected{}},
		{"refused with 500", `{"status":"FAIL","ErrorCode":"18","ErrorDesc":"x"}`, 500, 0, &Rejected{}},
		{"refused without code", `{"status":"FAIL"}`, 200, 0, &Rejected{}},
		{"wrong secret with 401", `{"status":"FAIL","ErrorCode":"15"}`, 401, 0, &Rejected{}},
		{"busy code", `{"status":"FAIL","ErrorCode":"20"}`, 200, 0, ErrBusy},
		{"success with 500", ok + `[]}`, 500, 0, ErrBusy},
		{"success with 404", ok + `[]}`, 404, 0, ErrMalformed},
		{"page", `<html><body>OK</body></html>`, 200, 0, ErrMalformed},
		{"page with 502", `<html><body>Bad gateway</body></html>`, 502, 0, ErrBusy},
		{"page with 404", `<html>`, 404, 0, ErrMalformed},
		{"redirect", ``, 302, 0, ErrMalformed},
		{"empty", ``, 200, 0, ErrMalformed},
		{"empty with 503", ``, 503, 0, ErrBusy},
		{"too many", ``, 429, 0, ErrBusy},
		{"too large a request", ``, 413, 0, &Rejected{}},
		{"cut", ok + `[{"docId":"a"},{"docId"`, 200, 0, ErrMalformed},
		{"cut after rows", ok + `[{"docId":"a"}]`, 200, 0, ErrMalformed},
		{"no envelope", `{}`, 200, 0, ErrMalformed},
		{"other JSON", `{"message":"no healthy upstream"}`, 200, 0, ErrMalformed},
		{"a list", `[]`, 200, 0, ErrMalformed},
		{"odd status", `{"status":"MAYBE"}`, 200, 0, ErrMalformed},
		{"too deep and whole", ok + strings.Repeat("[", 50) + strings.Repeat("]", 50) + "}", 200, 0, ErrMalformed},
		{"too deep", ok + strings.Repeat("[", 100_000), 200, 0, ErrMalformed},
	} {
		t.Run(tt.name, func(t *testing.T) {
			rows, err := answering(t, tt.http, tt.body).Received(t.Context(), Edoc)
			var no *Rejected
			switch {
			case tt.class == nil && err != nil, tt.class != nil && err == nil:
				t.Fatalf("%d rows, %v", len(rows), err)
			case err == nil && len(rows) != tt.rows:
				t.Errorf("%d rows, want %d", len(rows), tt.rows)
			case errors.As(tt.class, &no):
				if !errors.As(err, &no) {
					t.Errorf("%v, want a refusal", err)
				}
			case tt.class != nil && !errors.Is(err, tt.class):
				t.Errorf("%v, want %v", err, tt.class)
			}
		})
	}
}

func TestRowFields(t *testing.T) {
	body := `{"status":"OK","ErrorCode":"0","data":[{"docId":" d ","serviceType":"eDoc","messageType":"EDOC","created_time":"21/11/2026 08:00:00",` +
		`"updated_time":1,"from":"h40 ","to":"28.22.H17","status":"INITIAL","status_desc":"Kh\u1edfi t\u1ea1o\u0000"}]}`
	rows, err := answering(t, 200, body).Received(t.Context(), Edoc)
	if err != nil {
		t.Fatal(err)
	}
	want := Received{DocID: "d", Type: Edoc, From: "H40", To: "28.22.H17", Created: "21/11/2026 08:00:00", Updated: "1", Status: Initial, StatusDesc: "Khởi tạo"}
	if len(rows) != 1 || rows[0] != want {
		t.Errorf("got %+v", rows)
	}
}

func TestPermanent(t *testing.T) {
	for code, want := range map[string]bool{"10": true, "15": true, "18": true, "19": true, "21": true, "22": true, "23": true, "-1": false, "77": false, "413": true} {
		if got := (&Rejected{Code: code}).Permanent(); got != want {
			t.Errorf("code %s: %v", code, got)
		}
	}
}

func TestNewRefuses(t *testing.T) {
	good := Config{URL: "http://axis.example:8080/x", PlainAllowed: true, System: "s", Secret: []byte("k")}
	if _, err := New(good); err != nil {
		t.Fatal(err)
	}
	for name, change := range map[string]func(*Config){
		"scheme":  func(c *Config) { c.URL = "ftp://axis.example" },
		"file":    func(c *Config) { c.URL = "file:///etc/passwd" },
		"plain":   func(c *Config) { c.PlainAllowed = false },
		"no host": func(c *Config) { c.URL = "http://" },
		"no URL":  func(c *Config) { c.URL = "" },
		"user":    func(c *Config) { c.URL = "http://u:p@axis.example" },
		"query":   func(c *Config) { c.URL = "http://axis.example/?a=b" },
		"garbage": func(c *Config) { c.URL = "http://[::1" },
		"system":  func(c *Config) { c.System = "xã" },
		"nobody":  func(c *Config) { c.System = "" },
		"secret":  func(c *Config) { c.Secret = nil },
	} {
		c := good
		change(&c)
		if _, err := New(c); !errors.Is(err, ErrConfig) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestSecretIsNeverPrinted(t *testing.T) {
	c := Config{URL: "http://127.0.0.1:1", PlainAllowed: true, System: "s", Secret: []byte("bimat")}
	made, err := New(c)
	if err != nil {
		t.Fatal(err)
	}
	_, err = made.Received(t.Context(), Edoc)
	for _, v := range []any{c, made, err} {
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q"} {
			text := fmt.Sprintf(verb, v)
			if strings.Contains(text, "bimat") || strings.Contains(text, fmt.Sprint([]byte("bimat"))) || strings.Contains(text, "0x62, 0x69") {
				t.Errorf("%s of %T: %s", verb, v, text)
			}
		}
	}
}

func TestValuesThatCannotTravel(t *testing.T) {
	c := client(t, "http://127.0.0.1:1")
	for name, err := range map[string]error{
		"docId":     c.Acknowledge(t.Context(), "văn bản", Done),
		"line feed": c.Acknowledge(t.Context(), "a\r\nXroadVnpt-systemid: b", Done),
		"status":    c.Acknowledge(t.Context(), "a", "xong\x00"),
		"no docId":  c.Acknowledge(t.Context(), "", Done),
		"size":      sendOf(c, "<edXML/>", 3),
		"no body":   sendOf(c, "", 0),
	} {
		if !errors.Is(err, ErrValue) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func sendOf(c *Client, body string, size int64) error {
	_, err := c.Send(context.Background(), Message{From: "H40", Type: Edoc, Body: strings.NewReader(body), Size: size})
	return err
}

func TestOffline(t *testing.T) {
	dead := httptest.NewServer(nil)
	dead.Close()
	_, err := client(t, dead.URL).Received(t.Context(), Edoc)
	if !errors.Is(err, ErrOffline) || errors.Is(err, ErrUnanswered) {
		t.Errorf("no server: %v", err)
	}
	if err := sendOf(client(t, dead.URL), "<edXML/>", 8); !errors.Is(err, ErrOffline) || errors.Is(err, ErrUnanswered) {
		t.Errorf("send without a server: %v", err)
	}
	if strings.Contains(err.Error(), dead.URL) {
		t.Errorf("the URL is in the error: %v", err)
	}
	cancelled, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := client(t, dead.URL).Received(cancelled, Edoc); !errors.Is(err, context.Canceled) || errors.Is(err, ErrOffline) {
		t.Errorf("cancelled: %v", err)
	}
}

func TestRedirectIsNotFollowed(t *testing.T) {
	hit := false
	other := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { hit = true }))
	defer other.Close()
	server := httptest.NewServer(http.RedirectHandler(other.URL, http.StatusTemporaryRedirect))
	defer server.Close()
	if _, err := client(t, server.URL).Received(t.Context(), Edoc); !errors.Is(err, ErrMalformed) || hit {
		t.Errorf("%v, followed: %v", err, hit)
	}
}
