package line

import (
	"io"
	"net/http"
	"time"
)

// Entry is one request in the log. It holds no header, no query and no body:
// they may hold secrets.
type Entry struct {
	Method    string
	Operation string // path of the URL
	Status    int    // of HTTP; 0 without an answer
	Out, In   int64  // bytes of the bodies
	Took      time.Duration
	Err       error // of the line; nil when the answer came whole
}

// Logged tells note of every request, once, when its answer has been read or
// given up. note must not block and may be called from several goroutines.
func Logged(next http.RoundTripper, now func() time.Time, note func(Entry)) http.RoundTripper {
	return &logged{next: next, now: now, note: note}
}

type logged struct {
	next http.RoundTripper
	now  func() time.Time
	note func(Entry)
}

// RoundTrip passes the request on and notes what becomes of it.
func (l *logged) RoundTrip(r *http.Request) (*http.Response, error) {
	start := l.now()
	entry := Entry{Method: r.Method, Operation: r.URL.Path, Out: max(0, r.ContentLength)}
	resp, err := l.next.RoundTrip(r)
	if err != nil {
		entry.Took, entry.Err = l.now().Sub(start), err
		l.note(entry)
		return nil, err
	}
	entry.Status = resp.StatusCode
	resp.Body = &noted{ReadCloser: resp.Body, entry: entry, done: func(e Entry) {
		e.Took = l.now().Sub(start)
		l.note(e)
	}}
	return resp, nil
}

// noted is an answer's body that tells of its end.
type noted struct {
	io.ReadCloser
	entry Entry
	done  func(Entry)
}

// Read counts, and keeps the error that ends the answer.
func (n *noted) Read(p []byte) (int, error) {
	m, err := n.ReadCloser.Read(p)
	n.entry.In += int64(m)
	if err != nil && err != io.EOF {
		n.entry.Err = err
	}
	return m, err
}

// Close notes the entry, once.
func (n *noted) Close() error {
	if n.done != nil {
		n.done(n.entry)
		n.done = nil
	}
	return n.ReadCloser.Close()
}
