package axistest

import (
	"io"
	"net/http"
	"net/http/httptest"
	"sync"
)

// Fault handles one request in place of the handler that should.
type Fault func(w http.ResponseWriter, r *http.Request, next http.Handler)

// Line is a handler in front of another that spoils the requests it is told to.
type Line struct {
	next   http.Handler
	mu     sync.Mutex
	faults []Fault
}

// NewLine puts a sound line before a handler.
func NewLine(next http.Handler) *Line { return &Line{next: next} }

// Spoil lets the next requests meet these faults, one each; nil lets one pass.
func (l *Line) Spoil(faults ...Fault) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.faults = append(l.faults, faults...)
}

// ServeHTTP lets the request meet the next fault, or pass.
func (l *Line) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	l.mu.Lock()
	var f Fault
	if len(l.faults) > 0 {
		f, l.faults = l.faults[0], l.faults[1:]
	}
	l.mu.Unlock()
	if f == nil {
		l.next.ServeHTTP(w, r)
		return
	}
	f(w, r, l.next)
}

// CutBefore ends the connection before anything has happened.
func CutBefore(http.ResponseWriter, *http.Request, http.Handler) { panic(http.ErrAbortHandler) }

// CutAfter lets the request act and loses the answer.
func CutAfter(_ http.ResponseWriter, r *http.Request, next http.Handler) {
	next.ServeHTTP(httptest.NewRecorder(), r)
	panic(http.ErrAbortHandler)
}

// CutWithin lets the request act and cuts the answer in its middle.
func CutWithin(w http.ResponseWriter, r *http.Request, next http.Handler) {
	answer := httptest.NewRecorder()
	next.ServeHTTP(answer, r)
	body := answer.Body.Bytes()
	w.Header().Set("Content-Length", answer.Header().Get("Content-Length"))
	w.Write(body[:len(body)/2])
	http.NewResponseController(w).Flush()
	panic(http.ErrAbortHandler)
}

// Answer gives a fixed answer, as a proxy's page, without acting.
func Answer(status int, contentType, body string) Fault {
	return func(w http.ResponseWriter, r *http.Request, _ http.Handler) {
		io.Copy(io.Discard, r.Body)
		w.Header().Set("Content-Type", contentType)
		w.WriteHeader(status)
		io.WriteString(w, body)
	}
}

// Page is the HTML page of a proxy with an HTTP status.
func Page(status int) Fault {
	return Answer(status, "text/html", "<html><head><title>Bảo trì</title></head><body>Hệ thống đang bảo trì</body></html>")
}
