package axis

import (
	"bytes"
	"encoding/base64"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"testing"
)

func TestFetchAnswers(t *testing.T) {
	const packet = "<edXML>Định Mỹ?></edXML>"
	encoded := base64.StdEncoding.EncodeToString([]byte(packet)) // holds '+' and '/' or '='
	gson := strings.NewReplacer("=", `\u003d`, "+", `\u002b`, "/", `\/`).Replace(encoded)
	for _, tt := range []struct {
		name, body string
		http       int
		class      error
	}{
		{"plain", `{"status":"OK","ErrorCode":"0","ErrorDesc":"","data":"` + encoded + `"}`, 200, nil},
		{"data first", `{"data":"` + encoded + `","ErrorCode":0,"status":"OK"}`, 200, nil},
		{"Gson escapes", `{"status":"OK","ErrorCode":"0","data":"` + gson + `"}`, 200, nil},
		{"wrapped", `{"status":"OK","ErrorCode":"0","data":"` + encoded[:8] + `\r\n` + encoded[8:12] + "\n \t" + encoded[12:] + `"}`, 200, nil},
		{"failed after data", `{"data":"` + encoded + `","status":"FAIL","ErrorCode":"21"}`, 200, &Rejected{}},
		{"failed, data empty", `{"status":"FAIL","ErrorCode":"-1","data":""}`, 200, &Rejected{}},
		{"success without data", `{"status":"OK","ErrorCode":"0"}`, 200, ErrMalformed},
		{"data null", `{"status":"OK","ErrorCode":"0","data":null}`, 200, ErrMalformed},
		{"data empty", `{"status":"OK","ErrorCode":"0","data":""}`, 200, ErrMalformed},
		{"data object", `{"status":"OK","ErrorCode":"0","data":{"x":1}}`, 200, ErrMalformed},
		{"no base64", `{"status":"OK","ErrorCode":"0","data":"?!?!"}`, 200, ErrMalformed},
		{"base64 cut", `{"status":"OK","ErrorCode":"0","data":"` + encoded[:9] + `"}`, 200, ErrMalformed},
		{"cut in data", `{"status":"OK","ErrorCode":"0","data":"` + encoded, 200, ErrMalformed},
		{"cut after data", `{"status":"OK","ErrorCode":"0","data":"` + encoded + `"`, 200, ErrMalformed},
		{"page", `<html>`, 200, ErrMalformed},
		{"page with 500", `<html>`, 500, ErrBusy},
		{"raw packet", packet, 200, ErrMalformed},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var b bytes.Buffer
			n, err := answering(t, tt.http, tt.body).Fetch(t.Context(), "d-1", &b, 1<<20)
			var no *Rejected
			switch {
			case tt.class == nil:
				if err != nil || b.String() != packet || n != int64(len(packet)) {
					t.Errorf("%d %q %v", n, b.String(), err)
				}
			case errors.As(tt.class, &no):
				if !errors.As(err, &no) {
					t.Errorf("%v, want a refusal", err)
				}
			case !errors.Is(err, tt.class):
				t.Errorf("%v, want %v", err, tt.class)
			}
		})
	}
}

// failing is a writer that fails, as a full disk does.
type failing struct{ err error }

func (f failing) Write([]byte) (int, error) { return 0, f.err }

func TestFetchLimits(t *testing.T) {
	body := `{"status":"OK","ErrorCode":"0","data":"` + base64.StdEncoding.EncodeToString(make([]byte, 1000)) + `"}`
	c := answering(t, 200, body)
	if _, err := c.Fetch(t.Context(), "d", io.Discard, 999); !errors.Is(err, ErrTooLarge) {
		t.Errorf("one byte over the limit: %v", err)
	}
	if n, err := c.Fetch(t.Context(), "d", io.Discard, 1000); err != nil || n != 1000 {
		t.Errorf("at the limit: %d, %v", n, err)
	}
	full := errors.New("no space left")
	if _, err := c.Fetch(t.Context(), "d", failing{full}, 1000); !errors.Is(err, full) {
		t.Errorf("disk full: %v", err)
	}
	endless := answering(t, 200, `{"status":"OK","ErrorDesc":"`+strings.Repeat("a", 3<<20)+`"}`)
	if _, err := endless.Received(t.Context(), Edoc); !errors.Is(err, ErrTooLarge) {
		t.Errorf("endless text: %v", err)
	}
}

// TestFetchMemory: a large packet does not pass through memory as a whole; what
// is counted is everything that was ever allocated, on both sides.
func TestFetchMemory(t *testing.T) {
	const size = 32 << 20
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		io.Copy(io.Discard, r.Body)
		io.WriteString(w, `{"status":"OK","ErrorCode":"0","data":"`)
		e := base64.NewEncoder(base64.StdEncoding, w)
		block := bytes.Repeat([]byte("x"), 1<<16)
		for range size / len(block) {
			e.Write(block)
		}
		e.Close()
		io.WriteString(w, `"}`)
	}))
	defer server.Close()
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	n, err := client(t, server.URL).Fetch(t.Context(), "d", io.Discard, size)
	runtime.ReadMemStats(&after)
	if err != nil || n != size {
		t.Fatal(n, err)
	}
	if grown := after.TotalAlloc - before.TotalAlloc; grown > 8<<20 {
		t.Errorf("%d MB allocated in all", grown>>20)
	}
}

// TestSendMemory: the same outwards.
func TestSendMemory(t *testing.T) {
	const size = 32 << 20
	got := make(chan int64, 1)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		n, _ := io.Copy(io.Discard, r.Body)
		got <- n
		io.WriteString(w, `{"status":"OK","ErrorCode":"0","DocId":"d"}`)
	}))
	defer server.Close()
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	_, err := client(t, server.URL).Send(t.Context(), Message{From: "H40", Type: Edoc, Body: io.NewSectionReader(zeros{}, 0, size), Size: size})
	runtime.ReadMemStats(&after)
	if n := <-got; err != nil || n != size {
		t.Fatal(n, err)
	}
	if grown := after.TotalAlloc - before.TotalAlloc; grown > 8<<20 {
		t.Errorf("%d MB allocated in all", grown>>20)
	}
}

// zeros is a file of any length.
type zeros struct{}

func (zeros) ReadAt(p []byte, _ int64) (int, error) { return len(p), nil }

func FuzzAnswer(f *testing.F) {
	for _, s := range []string{
		`{"status":"OK","ErrorCode":"0","ErrorDesc":"","data":[{"docId":"a","from":null}]}`,
		`{status:OK,data:"PGVkWE1MLz4=",}`, `{"data":"\u003d\ud83d\ude00\/"`, `<html>`, `[[[[`, `{"a":{"b":[1,2,{"c":null}]}}`, "\xef\xbb\xbf{}", `{"ErrorCode":0.0}`,
	} {
		f.Add(200, s)
		f.Add(500, s)
	}
	c := &Client{}
	c.dialect = &sdk{c}
	f.Fuzz(func(t *testing.T, status int, body string) {
		n := 0
		e, err := readAnswer(status, strings.NewReader(body), 1<<20, rows(func(row) error { n++; return nil }))
		if err == nil && (status < 200 || status > 299 || !e.enveloped) {
			t.Errorf("HTTP %d, %+v taken for success", status, e)
		}
		if n > len(body) {
			t.Error("more rows than bytes")
		}
		var b bytes.Buffer
		if size, err := c.readPacket(reply{status: status, body: strings.NewReader(body)}, &b, 1<<10); err == nil && (size == 0 || size != int64(b.Len()) || size > 1<<10) {
			t.Errorf("packet of %d bytes, %d written", size, b.Len())
		}
	})
}
