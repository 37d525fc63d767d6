package axis

import (
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
)

// fakeHub is a hub of either kind that gives out tokens and answers everything
// else alike. It remembers what it was asked.
type fakeHub struct {
	login  func(n int) (status int, body string) // of the n-th login, from 1
	answer func(token string) (status int, kind, body string)

	mu     sync.Mutex
	logins int
	asked  []seen
}

// seen is a request as a hub got it.
type seen struct {
	line   string
	header http.Header
	body   []byte
}

func (f *fakeHub) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	f.mu.Lock()
	f.asked = append(f.asked, seen{r.Method + " " + r.URL.RequestURI(), r.Header, body})
	isLogin := strings.HasSuffix(r.URL.Path, "/login") || strings.HasSuffix(r.URL.Path, "/token")
	if isLogin {
		f.logins++
	}
	n := f.logins
	f.mu.Unlock()
	status, kind, text := 0, "application/json", ""
	if isLogin {
		status, text = f.login(n)
	} else {
		status, kind, text = f.answer(strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer "))
	}
	w.Header().Set("Content-Type", kind)
	w.WriteHeader(status)
	io.WriteString(w, text)
}

// asks are the request lines so far, without the logins.
func (f *fakeHub) asks() (lines []string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, s := range f.asked {
		if !strings.Contains(s.line, "login") && !strings.Contains(s.line, "/token") {
			lines = append(lines, s.line)
		}
	}
	return lines
}

// logged is the number of logins so far.
func (f *fakeHub) logged() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.logins
}

// last is the last request.
func (f *fakeHub) last() seen {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.asked[len(f.asked)-1]
}

// granted is the n-th token, as each kind of hub gives it.
func granted(p Protocol) func(n int) (int, string) {
	return func(n int) (int, string) {
		if p == REST {
			return 200, fmt.Sprintf(`{"code":200,"message":"","data":{"token":"t-%d","expiresIn":1800}}`, n)
		}
		return 200, fmt.Sprintf(`{"access_token":"t-%d","token_type":"Bearer","expires_in":3600}`, n)
	}
}

// fixed answers always the same.
func fixed(status int, kind, body string) func(string) (int, string, string) {
	return func(string) (int, string, string) { return status, kind, body }
}

func hubClient(t *testing.T, p Protocol, f *fakeHub, change ...func(*Config)) *Client {
	t.Helper()
	server := httptest.NewServer(f)
	t.Cleanup(server.Close)
	change = append([]func(*Config){func(c *Config) { c.Protocol = p }}, change...)
	return client(t, server.URL+"/hub", change...)
}

// answeringHub logs in and then gives one fixed answer.
func answeringHub(t *testing.T, p Protocol, status int, kind, body string) *Client {
	t.Helper()
	return hubClient(t, p, &fakeHub{login: granted(p), answer: fixed(status, kind, body)})
}

func eachHub(t *testing.T, test func(t *testing.T, p Protocol)) {
	t.Helper()
	for _, p := range []Protocol{REST, OAuth2} {
		t.Run(string(p), func(t *testing.T) { test(t, p) })
	}
}

func TestHubsAnswerLists(t *testing.T) {
	for _, tt := range []struct {
		name, body string
		http       int
		rows       int
		class      error
	}{
		{"rows", `{"code":200,"message":"ok","data":[{"docId":"a"},{"docId":"b"}]}`, 200, 2, nil},
		{"content", `{"code":200,"data":{"content":[{"docId":"a"}],"totalElements":1,"pageable":{"sort":[]}}}`, 200, 1, nil},
		{"as the axis", `{"status":"OK","errorCode":"0","errorDesc":"","data":[{"docId":"a"}]}`, 200, 1, nil},
		{"words within data", `{"code":"200","data":{"status":"OK","errorCode":0,"content":[{"docId":"a"}]}}`, 200, 1, nil},
		{"code 0", `{"code":0,"data":[]}`, 200, 0, nil},
		{"code as float", `{"code":200.0,"data":[]}`, 200, 0, nil},
		{"code as word", `{"code":"SUCCESS","data":[]}`, 200, 0, nil},
		{"data first", `{"data":[{"docId":"a"}],"code":200}`, 200, 1, nil},
		{"other case", `{"Code":200,"Data":{"Content":[{"DOCID":"a"}]}}`, 200, 1, nil},
		{"null data", `{"code":200,"data":null}`, 200, 0, nil},
		{"null content", `{"code":200,"data":{"content":null}}`, 200, 0, nil},
		{"bad rows", `{"code":200,"data":[null,7,"x",[],{"docId":null},{"docId":5}]}`, 200, 1, nil},
		{"not UTF-8", "{\"code\":200,\"message\":\"Kh\xf4ng\",\"data\":[{\"docId\":\"a\",\"status_desc\":\"\xe0\"}]}", 200, 1, nil},

		{"no data", `{"code":200,"message":"UP"}`, 200, 0, ErrMalformed},
		{"data without a list", `{"code":200,"data":{"status":"OK","errorCode":"0"}}`, 200, 0, ErrMalformed},
		{"health page", `{"status":"UP"}`, 200, 0, ErrMalformed},
		{"empty object", `{}`, 200, 0, ErrMalformed},
		{"empty", ``, 200, 0, ErrMalformed},
		{"page", `<html>`, 200, 0, ErrMalformed},
		{"page with 502", `<html>`, 502, 0, ErrBusy},
		{"page with 403", `<html>`, 403, 0, ErrMalformed},
		{"page with 401", `<html>`, 401, 0, ErrMalformed},
		{"redirect", ``, 302, 0, ErrMalformed},
		{"cut", `{"code":200,"data":[{"docId":"a"},{"do`, 200, 0, ErrMalformed},
		{"cut after rows", `{"code":200,"data":[{"docId":"a"}]`, 200, 0, ErrMalformed},
		{"rows with 500", `{"code":200,"data":[{"docId":"a"}]}`, 500, 0, ErrBusy},
		{"code 500", `{"code":500,"message":"Lỗi hệ thống","errorDetail":[{"exception":"x"}]}`, 200, 0, ErrBusy},
		{"code 503 as text", `{"code":"503","message":""}`, 200, 0, ErrBusy},
		{"Spring's 500", `{"timestamp":1,"status":500,"error":"Internal Server Error","path":"/v1"}`, 500, 0, ErrBusy},
		{"Spring's 404", `{"timestamp":1,"status":404,"error":"Not Found","path":"/v1"}`, 404, 0, ErrMalformed},
		{"throttled", `{"fault":{"code":900800,"message":"Message throttled out","description":""}}`, 429, 0, ErrBusy},
		{"throttled with 200", `{"fault":{"code":900800,"message":"Message throttled out"}}`, 200, 0, ErrBusy},
		{"not subscribed", `{"fault":{"code":900908,"message":"Resource forbidden"}}`, 403, 0, &Rejected{Code: CodeWrongSecret}},
		{"code 403", `{"code":403,"message":"Forbidden"}`, 200, 0, &Rejected{Code: CodeWrongSecret}},
		{"axis busy", `{"code":200,"data":{"status":"FAIL","errorCode":"20","errorDesc":"x"}}`, 200, 0, ErrBusy},
		{"axis refuses", `{"code":200,"data":{"status":"FAIL","docId":"","errorCode":"18","errorDesc":"x"}}`, 200, 0, &Rejected{Code: "18"}},
		{"axis refuses with 400", `{"code":400,"data":{"status":"FAIL","errorCode":"18","errorDesc":"x"}}`, 400, 0, &Rejected{Code: "18"}},
		{"refused without a code", `{"status":"FAIL","data":[]}`, 200, 0, &Rejected{Code: "-1"}},
		{"code 404", `{"code":404,"message":"Không thấy"}`, 200, 0, &Rejected{Code: "404"}},
		{"code as exception", `{"code":"NullPointerException","data":[]}`, 200, 0, &Rejected{Code: "NullPointerException"}},
		{"too deep", `{"code":200,"data":` + strings.Repeat("[", 100), 200, 0, ErrMalformed},
		{"endless row", `{"code":200,"data":[{"docId":"a","x":[` + strings.Repeat(`"",`, 100_000) + `""]}]}`, 200, 0, ErrTooLarge},
	} {
		t.Run(tt.name, func(t *testing.T) {
			eachHub(t, func(t *testing.T, p Protocol) {
				rows, err := answeringHub(t, p, tt.http, "application/json;charset=ISO-8859-1", tt.body).Received(t.Context(), Edoc)
				checkClass(t, err, tt.class)
				if err == nil && len(rows) != tt.rows {
					t.Errorf("%d rows, want %d", len(rows), tt.rows)
				}
			})
		})
	}
}

// checkClass compares the class of an error, and the code of a refusal.
func checkClass(t *testing.T, err, want error) {
	t.Helper()
	var no, wanted *Rejected
	switch {
	case want == nil:
		if err != nil {
			t.Error(err)
		}
	case errors.As(want, &wanted):
		if !errors.As(err, &no) || no.Code != wanted.Code {
			t.Errorf("%v, want code %s", err, wanted.Code)
		}
	case !errors.Is(err, want):
		t.Errorf("%v, want %v", err, want)
	}
}

func TestHubsGivePackets(t *testing.T) {
	encoded := base64.StdEncoding.EncodeToString([]byte(packetOfHub))
	for _, tt := range []struct {
		name, kind, body string
		http             int
		class            error
	}{
		{"in data.data", "application/json", `{"code":200,"data":{"status":"OK","docId":"d","errorCode":"0","data":"` + encoded + `"}}`, 200, nil},
		{"in data", "application/json", `{"status":"OK","errorCode":"0","data":"` + encoded + `"}`, 200, nil},
		{"no label", "", `{"code":200,"data":"` + encoded + `"}`, 200, nil},
		{"labelled XML, is JSON", "application/octet-stream", " \n{\"code\":200,\"data\":\"" + encoded + `"}`, 200, nil},
		{"raw", "application/xml;charset=UTF-8", packetOfHub, 200, nil},
		{"raw bytes", "application/octet-stream", packetOfHub, 200, nil},
		{"raw, unlabelled", "text/plain", packetOfHub, 200, ErrMalformed},
		{"raw with 500", "application/xml", packetOfHub, 500, ErrBusy},
		{"page as XML", "text/xml", "\n<!DOCTYPE html><html>", 200, ErrMalformed},
		{"empty XML", "application/xml", "", 200, ErrMalformed},
		{"wrapper without a packet", "application/json", `{"code":200,"data":{"status":"OK","docId":"d"}}`, 200, ErrMalformed},
		{"null", "application/json", `{"code":200,"data":{"data":null}}`, 200, ErrMalformed},
		{"two", "application/json", `{"code":200,"data":{"data":"` + encoded + `","content":"` + encoded + `"}}`, 200, ErrMalformed},
		{"failed after all", "application/json", `{"data":{"data":"` + encoded + `","status":"FAIL","errorCode":"21"}}`, 200, &Rejected{Code: "21"}},
		{"refused after all", "application/json", `{"data":"` + encoded + `","code":401}`, 200, ErrMalformed},
		{"code 500 after all", "application/json", `{"data":"` + encoded + `","code":500}`, 200, ErrBusy},
		{"no base64", "application/json", `{"code":200,"data":"?"}`, 200, ErrMalformed},
		{"cut", "application/json", `{"code":200,"data":{"data":"` + encoded, 200, ErrMalformed},
	} {
		t.Run(tt.name, func(t *testing.T) {
			eachHub(t, func(t *testing.T, p Protocol) {
				var b bytes.Buffer
				n, err := answeringHub(t, p, tt.http, tt.kind, tt.body).Fetch(t.Context(), "d", &b, 1<<20)
				checkClass(t, err, tt.class)
				if tt.class == nil && (b.String() != packetOfHub || n != int64(b.Len())) {
					t.Errorf("%d %q", n, b.String())
				}
			})
		})
	}
	if _, err := answeringHub(t, REST, 200, "application/xml", packetOfHub).Fetch(t.Context(), "d", io.Discard, int64(len(packetOfHub)-1)); !errors.Is(err, ErrTooLarge) {
		t.Errorf("raw, one byte over the limit: %v", err)
	}
}

func TestHubsLackOperations(t *testing.T) {
	eachHub(t, func(t *testing.T, p Protocol) {
		f := &fakeHub{login: granted(p), answer: fixed(200, "application/json", `{"code":200,"data":[]}`)}
		c := hubClient(t, p, f)
		for name, call := range map[string]func() error{
			"sent":       func() error { _, err := c.Sent(t.Context(), Filter{}); return err },
			"QD20":       func() error { _, err := c.AgenciesQD20(t.Context()); return err },
			"units":      func() error { return c.EachUnit(t.Context(), 0, func(Unit) error { return nil }) },
			"count":      func() error { _, err := c.Count(t.Context(), Edoc); return err },
			"count 2":    func() error { _, err := c.Count(t.Context(), StatusMessage); return err },
			"register":   func() error { return c.RegisterAgency(t.Context(), Registration{Code: "H40"}) },
			"unregister": func() error { return c.DeleteAgency(t.Context(), "H40") },
		} {
			if err := call(); !errors.Is(err, ErrUnsupported) {
				t.Errorf("%s: %v", name, err)
			}
		}
		if len(f.asks()) != 0 || f.logged() != 0 {
			t.Errorf("asked the hub: %v", f.asks())
		}
	})
}

// TestHubPathsStayTheirs: a docId comes from the hub and cannot become another
// path, nor another header.
func TestHubPathsStayTheirs(t *testing.T) {
	f := &fakeHub{login: granted(OAuth2), answer: fixed(200, "application/json", `{"status":"OK"}`)}
	c := hubClient(t, OAuth2, f)
	for _, id := range []string{".", "..", "a\r\nb", "ă"} {
		if err := c.Acknowledge(t.Context(), id, Done); !errors.Is(err, ErrValue) {
			t.Errorf("%q: %v", id, err)
		}
	}
	for _, id := range []string{"../../x", "%2e%2e", "a?b", "a#b", "..%2f"} {
		if err := c.Acknowledge(t.Context(), id, Done); err != nil {
			t.Errorf("%q: %v", id, err)
		}
	}
	if i := slices.IndexFunc(f.asks(), func(s string) bool { return strings.Count(s, "/") != 5 || strings.Contains(s, "?") }); i >= 0 {
		t.Errorf("asked %s", f.asks()[i])
	}
}

// TestHubSendMemory: a large packet does not pass through memory as a whole.
func TestHubSendMemory(t *testing.T) {
	const size = 32 << 20
	eachHub(t, func(t *testing.T, p Protocol) {
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			io.Copy(io.Discard, r.Body)
			_, body := granted(p)(1)
			if !strings.HasSuffix(r.URL.Path, "/login") && !strings.HasSuffix(r.URL.Path, "/token") {
				body = `{"code":200,"status":"OK","docId":"d"}`
			}
			io.WriteString(w, body)
		}))
		defer server.Close()
		c := client(t, server.URL, func(c *Config) { c.Protocol, c.NoProbe = p, true })
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		_, err := c.Send(t.Context(), Message{From: "H40", Type: Edoc, Body: io.NewSectionReader(zeros{}, 0, size), Size: size})
		runtime.ReadMemStats(&after)
		if grown := after.TotalAlloc - before.TotalAlloc; err != nil || grown > 8<<20 {
			t.Errorf("%d MB allocated in all, %v", grown>>20, err)
		}
	})
}

func FuzzHubAnswer(f *testing.F) {
	for _, s := range []string{
		`{"code":200,"message":"ok","data":[{"docId":"a"}]}`, `{"code":200,"data":{"content":[{"docId":"a"}],"totalElements":1}}`,
		`{"code":500,"message":"x","errorDetail":[{"exception":"y"}]}`, `{"status":"OK","errorCode":"0","data":"PGVkWE1MLz4="}`,
		`{"fault":{"code":900901,"message":"m","description":"d"}}`, `{"access_token":"t","expires_in":3600}`, `{"error":"invalid_client"}`,
		`{"data":{"data":{"data":"PGU+"}}}`, `{"errorDetail":{"exception":[]}}`, `{"data":"aaaa","code":401}`, `<html>`,
	} {
		f.Add(200, s)
		f.Add(401, s)
	}
	c := &Client{config: Config{Clock: clock, Secret: []byte("x")}}
	d := &hub{Client: c, tokens: newTokens(clock, nil)}
	c.dialect = &rest{*d}
	f.Fuzz(func(t *testing.T, status int, body string) {
		r := func() reply { return reply{status: status, header: http.Header{}, body: strings.NewReader(body)} }
		e, err := d.read(r(), 1<<20, rows(func(row) error { return nil }))
		if err == nil && (status < 200 || status > 299 || !e.enveloped && e.hub.code == "") {
			t.Errorf("HTTP %d, %+v taken for success", status, e)
		}
		var b bytes.Buffer
		if n, err := c.readPacket(r(), &b, 1<<10); err == nil && (n == 0 || n != int64(b.Len()) || n > 1<<10) {
			t.Errorf("packet of %d bytes, %d written", n, b.Len())
		}
		got, err := d.readToken(r(), clock())
		if err == nil && (status < 200 || status > 299 || got.text == "" || !sendable(got.text) || !got.until.After(got.from) || got.until.Sub(got.from) > maxLife) {
			t.Errorf("HTTP %d, token %+v", status, got)
		}
	})
}
