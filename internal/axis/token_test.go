package axis

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"
)

// jwt is a token with these claims and no signature worth the name.
func jwt(claims string) string {
	e := base64.RawURLEncoding.EncodeToString
	return e([]byte(`{"alg":"HS256"}`)) + "." + e([]byte(claims)) + ".c2ln"
}

func TestTokenLife(t *testing.T) {
	now := clock()
	at := func(d time.Duration) int64 { return now.Add(d).Unix() }
	for name, tt := range map[string]struct {
		token, seconds string
		want           time.Duration
	}{
		"exp and iat":               {jwt(fmt.Sprintf(`{"iat":%d,"exp":%d}`, at(0), at(30*time.Minute))), "", 30 * time.Minute},
		"their clock is a day off":  {jwt(fmt.Sprintf(`{"iat":%d,"exp":%d}`, at(-24*time.Hour), at(-23*time.Hour))), "", time.Hour},
		"exp alone":                 {jwt(fmt.Sprintf(`{"exp":%d}`, at(10*time.Minute)+1)), "", 10 * time.Minute},
		"exp as text":               {jwt(fmt.Sprintf(`{"iat":"%d","exp":"%d"}`, at(0), at(5*time.Minute))), "", 5 * time.Minute},
		"exp before the answer's":   {jwt(fmt.Sprintf(`{"iat":%d,"exp":%d}`, at(0), at(5*time.Minute))), "60", 5 * time.Minute},
		"over already":              {jwt(fmt.Sprintf(`{"exp":%d}`, at(-time.Minute))), "", usualLife},
		"iat after exp":             {jwt(fmt.Sprintf(`{"iat":%d,"exp":%d}`, at(2*hour), at(hour))), "", hour},
		"for ever":                  {jwt(`{"exp":1e300}`), "", maxLife},
		"below zero":                {jwt(`{"exp":-1}`), "", usualLife},
		"no exp":                    {jwt(`{"sub":"x"}`), "900", 15 * time.Minute},
		"claims are a list":         {jwt(`[1]`), "900", 15 * time.Minute},
		"claims are garbage":        {"a.!!!.c", "900", 15 * time.Minute},
		"claims are no base64":      {"a.=.c", "", usualLife},
		"opaque":                    {"8f14e45f", "900", 15 * time.Minute},
		"opaque, seconds no number": {"8f14e45f", "soon", usualLife},
		"opaque, seconds NaN":       {"8f14e45f", "NaN", usualLife},
		"opaque, seconds infinite":  {"8f14e45f", "Inf", usualLife},
		"opaque, seconds below 0":   {"8f14e45f", "-5", usualLife},
		"opaque, none":              {"8f14e45f", "", usualLife},
	} {
		got := tokenLife(tt.token, tt.seconds, now)
		if got.Truncate(2*time.Second) != tt.want {
			t.Errorf("%s: %v, want %v", name, got, tt.want)
		}
	}
}

const hour = time.Hour

func FuzzJWT(f *testing.F) {
	for _, s := range []string{jwt(`{"exp":1}`), jwt(`{"exp":"2","iat":1}`), jwt(`{"exp":1e999}`), jwt(`null`), "..", "a.b.c", "a.e30.c", "a.e30=.c", ""} {
		f.Add(s, "1800")
	}
	f.Fuzz(func(t *testing.T, text, seconds string) {
		if life := tokenLife(text, seconds, clock()); life <= 0 || life > maxLife {
			t.Errorf("life %v", life)
		}
	})
}

// TestTokenIsUsedUntilItsEnd: one login for many calls, the next before the end.
func TestTokenIsUsedUntilItsEnd(t *testing.T) {
	eachHub(t, func(t *testing.T, p Protocol) {
		now := clock()
		f := &fakeHub{login: granted(p), answer: fixed(200, "application/json", `{"code":200,"status":"OK","data":[]}`)}
		c := hubClient(t, p, f, func(c *Config) { c.Clock = func() time.Time { return now } })
		life := map[Protocol]time.Duration{REST: 30 * time.Minute, OAuth2: time.Hour}[p]
		for _, step := range []struct {
			pass   time.Duration
			logins int
		}{{0, 1}, {0, 1}, {life - 62*time.Second, 1}, {3 * time.Second, 2}, {time.Minute, 2}, {-2 * time.Hour, 3}} {
			now = now.Add(step.pass)
			if _, err := c.Received(t.Context(), Edoc); err != nil {
				t.Fatal(err)
			}
			if f.logged() != step.logins {
				t.Errorf("after %v more: %d logins, want %d", step.pass, f.logged(), step.logins)
			}
		}
	})
}

// TestTokenRefused: a token that ended early is replaced once; a hub that takes
// none is not asked for ever.
func TestTokenRefused(t *testing.T) {
	refusals := map[string]func() (int, string, string){
		"HTTP 401": func() (int, string, string) { return 401, "application/json", `{"code":401,"message":"Unauthorized"}` },
		"API manager": func() (int, string, string) {
			return 401, "application/json", `{"fault":{"code":900901,"message":"x"}}`
		},
		"code in HTTP 2": func() (int, string, string) { return 200, "application/json", `{"code":"401","message":"expired"}` },
		"both codes": func() (int, string, string) {
			return 200, "application/json", `{"code":401,"data":{"status":"FAIL","errorCode":"15"}}`
		},
		"expired": func() (int, string, string) {
			return 200, "application/json", `{"fault":{"code":900903,"message":"x"}}`
		},
		"bodiless": func() (int, string, string) { return 401, "text/plain", "" },
	}
	for name, refusal := range refusals {
		t.Run(name, func(t *testing.T) {
			eachHub(t, func(t *testing.T, p Protocol) {
				const good = `{"code":200,"status":"OK","docId":"d","data":[]}`
				f := &fakeHub{login: granted(p), answer: func(token string) (int, string, string) {
					if token == "t-1" {
						return refusal()
					}
					return 200, "application/json", good
				}}
				c := hubClient(t, p, f, func(c *Config) { c.NoProbe = true })
				if id, err := c.Send(t.Context(), packetMessage()); err != nil || id != "d" || f.logged() != 2 || len(f.asks()) != 2 {
					t.Errorf("%q %v; %d logins, asked %q", id, err, f.logged(), f.asks())
				}
				_, sent := unform(t, f.last())
				if p == OAuth2 {
					_, sent = unobject(t, f.last())
				}
				if string(sent) != packetOfHub {
					t.Errorf("the second time %q was sent", sent)
				}
				never := &fakeHub{login: granted(p), answer: func(string) (int, string, string) { return refusal() }}
				_, err := hubClient(t, p, never).Received(t.Context(), Edoc)
				if err == nil || never.logged() != 2 || len(never.asks()) != 2 {
					t.Errorf("%v; %d logins, asked %q", err, never.logged(), never.asks())
				}
				if name != "bodiless" { // that may be a portal on the way
					checkClass(t, err, &Rejected{Code: CodeWrongSecret})
				}
			})
		})
	}
}

func TestLoginAnswers(t *testing.T) {
	valid := jwt(fmt.Sprintf(`{"exp":%d}`, clock().Add(hour).Unix()))
	for _, tt := range []struct {
		name, body string
		http       int
		class      error
	}{
		{"data.token", `{"code":200,"data":{"token":"` + valid + `"}}`, 200, nil},
		{"data.accessToken", `{"code":200,"data":{"accessToken":"abc"}}`, 200, nil},
		{"data.access_token", `{"data":{"access_token":"abc","expires_in":"3600"},"code":"200"}`, 200, nil},
		{"token", `{"token":"abc"}`, 200, nil},
		{"access_token", `{"access_token":"abc","expires_in":3600,"scope":"default"}`, 200, nil},
		{"data", `{"code":200,"data":"abc"}`, 200, nil},
		{"raw line feed around", "{\"code\":200,\"data\":\" abc\n\"}", 200, nil},

		{"refused with 401", `{"code":401,"message":"sai khóa"}`, 401, &Rejected{Code: CodeWrongSecret}},
		{"refused with 200", `{"code":401,"message":"sai khóa"}`, 200, &Rejected{Code: CodeWrongSecret}},
		{"refused by the axis's code", `{"data":{"status":"FAIL","errorCode":"15"}}`, 200, &Rejected{Code: CodeWrongSecret}},
		{"refused with 400", `{"code":400,"message":"x"}`, 400, &Rejected{Code: CodeWrongSecret}},
		{"invalid_client", `{"error":"invalid_client","error_description":"x"}`, 401, &Rejected{Code: CodeWrongSecret}},
		{"invalid_client with 400", `{"error":"invalid_client"}`, 400, &Rejected{Code: CodeWrongSecret}},
		{"token beside a refusal", `{"code":401,"data":{"token":"abc"}}`, 200, &Rejected{Code: CodeWrongSecret}},
		{"token with 500", `{"token":"abc"}`, 500, ErrBusy},
		{"down", `<html>502</html>`, 502, ErrBusy},
		{"server_error", `{"error":"server_error"}`, 503, ErrBusy},
		{"throttled", `{"error":"slow_down"}`, 429, ErrBusy},
		{"page", `<html>login</html>`, 200, ErrMalformed},
		{"page with 401", `<html>portal</html>`, 401, ErrMalformed},
		{"empty", ``, 200, ErrMalformed},
		{"no token", `{"code":200,"data":{}}`, 200, ErrMalformed},
		{"null token", `{"code":200,"data":{"token":null}}`, 200, ErrMalformed},
		{"empty token", `{"access_token":""}`, 200, ErrMalformed},
		{"token is an object", `{"token":{"a":1}}`, 200, ErrMalformed},
		{"line feed in the token", `{"token":"a\r\nX-Evil: b"}`, 200, ErrMalformed},
		{"token of another alphabet", `{"token":"khóa"}`, 200, ErrMalformed},
		{"huge token", `{"token":"` + strings.Repeat("a", 20_000) + `"}`, 200, ErrMalformed},
		{"endless", `{"token":"` + strings.Repeat("a", 2<<20), 200, ErrTooLarge},
		{"cut", `{"token":"abc`, 200, ErrMalformed},
	} {
		t.Run(tt.name, func(t *testing.T) {
			eachHub(t, func(t *testing.T, p Protocol) {
				f := &fakeHub{login: func(int) (int, string) { return tt.http, tt.body }, answer: fixed(200, "application/json", `{"code":200,"status":"OK","docId":"d","data":[]}`)}
				c := hubClient(t, p, f)
				_, err := c.Received(t.Context(), Edoc)
				checkClass(t, err, tt.class)
				if tt.class != nil && len(f.asks()) > 0 {
					t.Errorf("asked without a token: %q", f.asks())
				}
			})
		})
	}
}

// TestLoginIsNoSend: a login that gets no answer leaves nothing open about the
// packet, which was not sent.
func TestLoginIsNoSend(t *testing.T) {
	eachHub(t, func(t *testing.T, p Protocol) {
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			io.Copy(io.Discard, r.Body)
			panic(http.ErrAbortHandler)
		}))
		defer server.Close()
		_, err := client(t, server.URL, func(c *Config) { c.Protocol, c.NoProbe = p, true }).Send(t.Context(), packetMessage())
		if !errors.Is(err, ErrOffline) || errors.Is(err, ErrUnanswered) {
			t.Errorf("%v", err)
		}
	})
}

// TestOneLoginForAll: calls that start together wait for one login, and one who
// stops waiting does not take it from the others.
func TestOneLoginForAll(t *testing.T) {
	arrived, release := make(chan struct{}), make(chan struct{})
	f := &fakeHub{login: func(n int) (int, string) {
		arrived <- struct{}{}
		<-release
		return granted(REST)(n)
	}, answer: fixed(200, "application/json", `{"code":200,"data":[]}`)}
	c := hubClient(t, REST, f)
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			if _, err := c.Received(t.Context(), Edoc); err != nil {
				t.Error(err)
			}
		})
	}
	<-arrived
	impatient, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := c.Received(impatient, Edoc); !errors.Is(err, context.Canceled) {
		t.Errorf("who does not wait: %v", err)
	}
	close(release)
	all.Wait()
	if f.logged() != 1 {
		t.Errorf("%d logins", f.logged())
	}
}

// TestSecretsOfHubsAreNeverTold: not even when a hub quotes all it was sent.
func TestSecretsOfHubsAreNeverTold(t *testing.T) {
	const secret = "b1-mat/cua+xa=="
	eachHub(t, func(t *testing.T, p Protocol) {
		shapes := []string{`{"code":400,"message":%q}`, `{"code":500,"message":%q}`, `{"code":%q}`, `{"status":%q}`, `{%q}`, `%s`, `{"status":"FAIL","errorCode":%q,"errorDesc":""}`,
			`{"code":401,"message":%q}`, `{"error":"invalid_client","error_description":%q}`, `{"data":{"status":"FAIL","errorCode":"18","errorDesc":%q}}`}
		basic := base64.StdEncoding.EncodeToString([]byte("vxp.test.01:" + secret))
		for _, shape := range shapes {
			for _, quoted := range []string{secret, basic, "tok-en-1"} {
				for _, status := range []int{200, 400, 401, 500} {
					body := fmt.Sprintf(shape, "you sent "+quoted)
					echo := func(token string) (int, string, string) {
						return status, "application/json", strings.ReplaceAll(body, "tok-en-1", token)
					}
					hubs := []*fakeHub{
						{login: func(int) (int, string) { return status, body }, answer: echo},
						{login: func(n int) (int, string) { return 200, fmt.Sprintf(`{"access_token":"tok-en-%d"}`, n) }, answer: echo},
					}
					for i, f := range hubs {
						if i == 0 && quoted == "tok-en-1" {
							continue
						}
						c := hubClient(t, p, f, func(c *Config) { c.Secret, c.NoProbe = []byte(secret), true })
						_, listed := c.Received(t.Context(), Edoc)
						_, sent := c.Send(t.Context(), packetMessage())
						checkNoSecret(t, secret, strings.TrimSuffix(quoted, "-1"), listed, sent, c)
					}
				}
			}
		}
	})
}

func checkNoSecret(t *testing.T, secret, quoted string, values ...any) {
	t.Helper()
	for _, v := range values {
		text := fmt.Sprintf("%v %+v %#v", v, v, v)
		var no *Rejected
		if err, ok := v.(error); ok && errors.As(err, &no) {
			text += no.Desc + no.Code
		}
		if strings.Contains(text, secret) || strings.Contains(text, quoted) {
			t.Errorf("told: %s", text)
		}
	}
}

func TestNewRefusesForHubs(t *testing.T) {
	c := Config{URL: "https://hub.example", System: "s", Secret: []byte("khóa"), Protocol: REST}
	if _, err := New(c); !errors.Is(err, ErrConfig) {
		t.Errorf("secret that is no header: %v", err)
	}
	c.Protocol = OAuth2
	if _, err := New(c); err != nil {
		t.Error(err)
	}
	c.Protocol = "soap"
	if _, err := New(c); !errors.Is(err, ErrConfig) {
		t.Errorf("unknown protocol: %v", err)
	}
}
