package axistest

import (
	"compress/gzip"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"time"
	"unicode/utf16"

	"vanthu/internal/axis/axissim"
)

// by makes a fault of a simulator's rule; its pauses take no time.
func by(rule string) Fault {
	return func(w http.ResponseWriter, r *http.Request, next http.Handler) {
		made, err := axissim.ParseFault(rule, func(context.Context, time.Duration) {})
		if err != nil {
			panic(err)
		}
		axissim.NewBoard(next, made).ServeHTTP(w, r)
	}
}

// edited acts, and changes the answer's HTTP status (0: not) and body.
func edited(status int, change func(string) string) Fault {
	return func(w http.ResponseWriter, r *http.Request, next http.Handler) {
		answer := httptest.NewRecorder()
		next.ServeHTTP(answer, r)
		w.Header().Set("Content-Type", answer.Header().Get("Content-Type"))
		if status != 0 {
			w.WriteHeader(status)
		}
		io.WriteString(w, change(answer.Body.String()))
	}
}

func replaced(from, to string) Fault {
	return edited(0, func(s string) string { return strings.Replace(s, from, to, 1) })
}

// wire reads the request and writes these bytes to the bare connection.
func wire(text string) Fault {
	return func(w http.ResponseWriter, r *http.Request, _ http.Handler) {
		io.Copy(io.Discard, r.Body)
		conn, _, err := http.NewResponseController(w).Hijack()
		if err != nil {
			panic(err)
		}
		io.WriteString(conn, text)
		conn.Close()
	}
}

// reset reads the request and resets the connection.
func reset(w http.ResponseWriter, r *http.Request, _ http.Handler) {
	io.Copy(io.Discard, r.Body)
	conn, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		panic(err)
	}
	conn.(*net.TCPConn).SetLinger(0)
	conn.Close()
}

// silent says nothing, or nothing more, until the client goes.
func silent(start string) Fault {
	return func(w http.ResponseWriter, r *http.Request, _ http.Handler) {
		io.Copy(io.Discard, r.Body)
		io.WriteString(w, start)
		if start != "" {
			http.NewResponseController(w).Flush()
		}
		<-r.Context().Done()
	}
}

// zipped acts and answers with Content-Encoding gzip, whether or not the body
// is packed.
func zipped(packed bool) Fault {
	return func(w http.ResponseWriter, r *http.Request, next http.Handler) {
		answer := httptest.NewRecorder()
		next.ServeHTTP(answer, r)
		w.Header().Set("Content-Encoding", "gzip")
		if !packed {
			w.Write(answer.Body.Bytes())
			return
		}
		z := gzip.NewWriter(w)
		z.Write(answer.Body.Bytes())
		z.Close()
	}
}

// early sends informational answers before the real one.
func early(w http.ResponseWriter, r *http.Request, next http.Handler) {
	for range 3 {
		w.WriteHeader(http.StatusEarlyHints)
	}
	next.ServeHTTP(w, r)
}

// longer announces more bytes than come.
func longer(w http.ResponseWriter, r *http.Request, next http.Handler) {
	answer := httptest.NewRecorder()
	next.ServeHTTP(answer, r)
	w.Header().Set("Content-Length", fmt.Sprint(answer.Body.Len()+1))
	w.Write(answer.Body.Bytes())
}

func json200(body string) Fault { return Answer(200, "application/json;charset=UTF-8", body) }

// dataNull makes the data of an answer, the last member, a null.
func dataNull(s string) string {
	before, _, _ := strings.Cut(s, `,"data"`)
	return strings.TrimSuffix(before, "}") + `,"data":null}`
}

func utf16le(s string) string {
	var b strings.Builder
	for _, u := range utf16.Encode([]rune("\ufeff" + s)) {
		b.WriteByte(byte(u))
		b.WriteByte(byte(u >> 8))
	}
	return b.String()
}
