package exchange_test

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"vanthu/internal/axis/axissim"
	"vanthu/internal/axis/axistest"
)

// offering makes an axis that offers all it can for bad lines.
func offering(o *axissim.Options) {
	o.Offers = axissim.Offers{Range: true, Compression: true, Tus: true}
}

// ranging makes one that offers to go on, and packs nothing.
func ranging(o *axissim.Options) { o.Offers = axissim.Offers{Range: true} }

func hub(mode axissim.Mode) func(*axissim.Options) {
	return func(o *axissim.Options) {
		o.Mode = mode
		o.Systems[0].Secret = []byte("mot") // these take ASCII only
	}
}

// strict makes an axis that looks at the time of requests.
func strict(o *axissim.Options) { o.MaxAge = 15 * time.Minute }

// lie is a row about an axis with abilities of its own: what it does to requests
// for operations of a document on its way from the first office to the second.
type lie struct {
	does  string
	axis  func(*axissim.Options)
	on    []string // operations, by the last element of their path
	fault axistest.Fault
	wrong time.Duration // the offices' clock
	// cut breaks the first try of a packet in its middle, both ways, so that the
	// fault meets who goes on.
	cut bool
	// left of the send, and of the fetch, after a round behind the fault.
	send, fetch string
}

// rewritten acts, and changes the answer.
func rewritten(change func(*httptest.ResponseRecorder)) axistest.Fault {
	return func(w http.ResponseWriter, r *http.Request, next http.Handler) {
		answer := httptest.NewRecorder()
		next.ServeHTTP(answer, r)
		change(answer)
		for name, values := range answer.Header() {
			w.Header()[name] = values
		}
		w.WriteHeader(answer.Code)
		_, _ = w.Write(answer.Body.Bytes())
	}
}

func header(name, value string) axistest.Fault {
	return rewritten(func(a *httptest.ResponseRecorder) { a.Header().Set(name, value) })
}

// only lets a fault meet some requests.
func only(fault axistest.Fault, some func(*http.Request) bool) axistest.Fault {
	return func(w http.ResponseWriter, r *http.Request, next http.Handler) {
		if some(r) {
			fault(w, r, next)
			return
		}
		next.ServeHTTP(w, r)
	}
}

func ranged(r *http.Request) bool { return r.Header.Get("Range") != "" }

func method(name string) func(*http.Request) bool {
	return func(r *http.Request) bool { return r.Method == name }
}

// first is true for the first request of a method only.
func first(name string) func(*http.Request) bool {
	var gone atomic.Bool
	return func(r *http.Request) bool { return r.Method == name && !gone.Swap(true) }
}

// withoutRange lets the axis see no Range.
func withoutRange(w http.ResponseWriter, r *http.Request, next http.Handler) {
	r = r.Clone(r.Context())
	r.Header.Del("Range")
	next.ServeHTTP(w, r)
}

// otherBytes turns the bytes of an answer round, length and labels as they were.
var otherBytes = rewritten(func(a *httptest.ResponseRecorder) {
	for i, b := range a.Body.Bytes() {
		a.Body.Bytes()[i] = b ^ 1
	}
})

// offers answers OPTIONS with everything, whatever the axis can.
func offers(w http.ResponseWriter, r *http.Request, next http.Handler) {
	if r.Method != http.MethodOptions {
		next.ServeHTTP(w, r)
		return
	}
	h := w.Header()
	h.Set("Accept-Encoding", "zstd, gzip")
	h.Set("Accept-Ranges", "bytes")
	h.Set("Tus-Version", "1.0.0")
	h.Set("Tus-Resumable", "1.0.0")
	h.Set("Tus-Extension", "creation,termination")
	w.WriteHeader(http.StatusNoContent)
}

// tooFar is a HEAD of an upload that says it has more than there is.
var tooFar = rewritten(func(a *httptest.ResponseRecorder) {
	if a.Header().Get("Upload-Offset") != "" {
		a.Header().Set("Upload-Offset", "99999999")
	}
})

// expired answers the first requests for each path as a hub does whose token has
// run out.
func expired(times int) axistest.Fault {
	var mu sync.Mutex
	met := map[string]int{}
	return func(w http.ResponseWriter, r *http.Request, next http.Handler) {
		mu.Lock()
		met[r.URL.Path]++
		n := met[r.URL.Path]
		mu.Unlock()
		if n <= times {
			axistest.Answer(http.StatusUnauthorized, "application/json", `{"code":401,"message":"Unauthorized"}`)(w, r, next)
			return
		}
		next.ServeHTTP(w, r)
	}
}

func lies() []lie {
	const down = "downloadEdoc"
	gone, offline, busy, clerk := axistest.Gone, axistest.Offline, axistest.Busy, axistest.Clerk
	up := []string{"uploads", "upload", "sendEdoc"}
	page := axistest.Page(http.StatusInternalServerError)
	return []lie{
		{does: "sound, behind a cut", axis: offering, on: []string{down}, fault: header("X-Sound", "1"), cut: true, send: gone, fetch: gone},
		{does: "ignores Range", axis: offering, on: []string{down}, fault: withoutRange, cut: true, send: gone, fetch: gone},
		{does: "another file under the same ETag", axis: offering, on: []string{down}, fault: only(otherBytes, ranged), cut: true, send: gone, fetch: gone},
		{does: "another file under the same ETag, unpacked", axis: ranging, on: []string{down}, fault: only(otherBytes, ranged), cut: true, send: gone, fetch: gone},
		{does: "spoils what is whole, unpacked", axis: ranging, on: []string{down}, fault: otherBytes, send: gone, fetch: gone},
		{does: "another ETag in the range", axis: offering, on: []string{down}, fault: only(header("ETag", `"other"`), ranged), cut: true, send: gone, fetch: gone},
		{does: "a range from elsewhere", axis: offering, on: []string{down}, fault: only(header("Content-Range", "bytes 0-9/10"), ranged), cut: true, send: gone, fetch: gone},
		{does: "no range at all", axis: offering, on: []string{down}, fault: only(axistest.Answer(416, "text/plain", ""), ranged), cut: true, send: gone, fetch: gone},
		{does: "claims zstd", axis: offering, on: []string{down}, fault: header("Content-Encoding", "zstd"), send: gone, fetch: gone},
		{does: "an unknown encoding", axis: offering, on: []string{down}, fault: header("Content-Encoding", "br"), send: gone, fetch: gone},
		{does: "packs rubbish", axis: offering, on: []string{down}, fault: otherBytes, send: gone, fetch: gone},
		{does: "downloads that never work", axis: offering, on: []string{down}, fault: page, send: gone, fetch: gone},

		{does: "offers what it has not", on: []string{"sendEdoc"}, axis: func(*axissim.Options) {}, fault: offers, send: gone, fetch: gone},
		{does: "uploads that never work", axis: offering, on: up[:2], fault: page, send: gone, fetch: gone},
		{does: "uploads cut in the middle", axis: offering, on: up[:2], fault: only(axistest.CutBefore, method(http.MethodPatch)), send: offline, fetch: gone},
		{does: "an offset beyond the end", axis: offering, on: up[:2], fault: only(tooFar, method(http.MethodHead)), cut: true, send: gone, fetch: gone},
		{does: "a used upload that is gone", axis: offering, on: []string{"sendEdoc"}, fault: only(axistest.Answer(410, "application/json", `{"status":"FAIL","ErrorCode":"-1","ErrorDesc":"","DocId":""}`), sent), send: busy, fetch: gone},
		{does: "the answer to the upload's send is lost", axis: offering, on: []string{"sendEdoc"}, fault: only(axistest.CutAfter, sent), send: offline, fetch: gone},

		{does: "a clock that is wrong", axis: strict, on: []string{"sendEdoc"}, fault: header("X-Sound", "1"), wrong: time.Hour, send: offline, fetch: gone},
		{does: "REST: every token runs out at once", axis: hub(axissim.ModeREST), on: []string{"sendEdoc", "getEdoc"}, fault: expired(1), send: gone, fetch: gone},
		{does: "REST: no token is good", axis: hub(axissim.ModeREST), on: []string{"sendEdoc", "getEdoc"}, fault: expired(99), send: clerk, fetch: clerk},
		{does: "REST: a page for every packet", axis: hub(axissim.ModeREST), on: []string{"sendEdoc", "getEdoc"}, fault: page, send: busy, fetch: busy},
		{does: "OAuth2: every token runs out at once", axis: hub(axissim.ModeOAuth2), on: []string{"vanbans"}, fault: expired(1), send: gone, fetch: gone},
		{does: "OAuth2: no token is good", axis: hub(axissim.ModeOAuth2), on: []string{"vanbans"}, fault: only(expired(99), method(http.MethodPost)), send: clerk, fetch: gone},
		{does: "OAuth2: the answer to a send is lost", axis: hub(axissim.ModeOAuth2), on: []string{"vanbans"}, fault: only(axistest.CutAfter, first(http.MethodPost)), send: offline, fetch: gone},
	}
}

// noise is a text of n bytes that hardly packs.
func noise(n int) string {
	text := make([]byte, n)
	chance := rand.NewChaCha8([32]byte{})
	for i := range text {
		text[i] = byte('!' + chance.Uint64()%90)
	}
	return string(text)
}

// sent tells a request that sends from one that asks what is offered.
func sent(r *http.Request) bool { return r.Method == http.MethodPost }

// TestQueueBehindLies: a document goes from office to office over an axis with
// abilities of its own, which lies about them. After a round the jobs stand as
// the table says; when the fault is gone the document is there, once and whole.
func TestQueueBehindLies(t *testing.T) {
	for _, l := range lies() {
		t.Run(l.does, func(t *testing.T) {
			t.Parallel()
			b := newBench(t, axistest.Misbehaviour{Does: l.does, Fault: l.fault}, l.axis)
			b.t = t
			var o axissim.Options
			o.Systems = make([]axissim.System, 1)
			l.axis(&o)
			doc := b.ours.issueFile("%PDF-1.7 "+noise(60<<10), neighbour())
			b.subjects = append(b.subjects, doc.Code.String())
			if l.cut && o.Offers.Tus {
				b.cutOnce(b.ours, "uploads", "upload", "sendEdoc")
			}
			b.wrong = l.wrong
			b.lying(b.ours, l, "send/"+doc.ID, l.send)
			b.wrong = 0
			b.recover(b.ours)
			if err := b.theirs.Poll(t.Context()); err != nil {
				t.Fatal(err)
			}
			if l.cut {
				b.cutOnce(b.theirs, "downloadEdoc")
			}
			b.lying(b.theirs, l, b.waitingID("fetch/"), l.fetch)
			if b.seen == 0 {
				t.Error("no request met the fault")
			}
			b.recover(b.theirs, b.ours)
			b.books()
		})
	}
	if testing.Verbose() {
		var b strings.Builder
		for _, l := range lies() {
			fmt.Fprintf(&b, "%-50s%-22s%-22s\n", l.does, l.send, l.fetch)
		}
		t.Logf("\n%-50s%-22s%-22s\n%s", "the server", "send", "fetch", &b)
	}
}

// lying lets an office's courier run once behind the lie.
func (b *bench) lying(o *office, l lie, job, want string) {
	b.t.Helper()
	b.spoil(l.fault, l.on...)
	if _, err := o.courier.Drain(b.t.Context()); err != nil {
		b.t.Logf("%s: %v", job, err)
	}
	b.seen += b.lift()
	b.want(job[:strings.IndexByte(job, '/')], o.left(job), want)
}

// cutOnce lets an office try once on a line that breaks in the middle of the
// packet, either way, and is dead from then on.
func (b *bench) cutOnce(o *office, operations ...string) {
	b.t.Helper()
	var dead atomic.Bool
	b.spoil(func(w http.ResponseWriter, r *http.Request, next http.Handler) {
		if dead.Load() {
			axistest.CutBefore(w, r, next)
		}
		switch r.Method {
		case http.MethodGet:
			dead.Store(true)
			axistest.CutWithin(w, r, next)
		case http.MethodPatch:
			dead.Store(true)
			r.Body = http.MaxBytesReader(w, r.Body, 1000)
			next.ServeHTTP(httptest.NewRecorder(), r)
			panic(http.ErrAbortHandler)
		}
		next.ServeHTTP(w, r)
	}, operations...)
	if _, err := o.courier.Drain(b.t.Context()); !dead.Load() {
		b.t.Errorf("the line did not break: %v", err)
	}
	b.lift()
	b.pass(time.Minute)
}
