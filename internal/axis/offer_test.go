package axis_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"vanthu/internal/axis"
	"vanthu/internal/axis/axissim"
	"vanthu/internal/axis/axistest"
	"vanthu/internal/document"
)

const agreed = "bi-mat-dung-chung"

// offering is an axis with offers, a proxy before it that a test can spoil, and
// the offices of a sender and a receiver.
type offering struct {
	t        testing.TB
	url      string
	mode     axissim.Mode
	from, to document.Agency
	clock    func() time.Time

	mu      sync.Mutex
	now     time.Time
	seen    []string // requests, "METHOD operation"
	spoil   func(w http.ResponseWriter, r *http.Request) bool
	budget  func() int
	serials int
}

func newOffering(t testing.TB, mode axissim.Mode, offers axissim.Offers) *offering {
	t.Helper()
	o := &offering{t: t, mode: mode, now: time.Date(2026, 11, 21, 8, 0, 0, 0, document.Zone()), budget: func() int { return -1 }}
	o.from, o.to = document.Agency{Code: "H40.1", Name: "Xã Định Mỹ"}, document.Agency{Code: "H40.2", Name: "Xã Vĩnh Hòa"}
	o.clock = func() time.Time { o.mu.Lock(); defer o.mu.Unlock(); return o.now }
	sim, err := axissim.New(axissim.Options{
		Dir: t.TempDir(), Clock: o.clock, Mode: mode, Offers: offers,
		Systems:  []axissim.System{{ID: "xa", Secret: []byte(agreed)}},
		Agencies: []axissim.Agency{{Agency: o.from, System: "xa"}, {Agency: o.to, System: "xa"}},
	})
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewUnstartedServer(o.front(sim.Handler()))
	server.Listener = dying{server.Listener, func() int { o.mu.Lock(); defer o.mu.Unlock(); return o.budget() }}
	server.Start()
	t.Cleanup(func() { server.Close(); sim.Close() })
	o.url = server.URL
	return o
}

// front notes the requests and lets the test spoil them.
func (o *offering) front(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		op := filepath.Base(r.URL.Path)
		if filepath.Base(filepath.Dir(r.URL.Path)) == "uploads" {
			op = "uploads"
		}
		o.mu.Lock()
		o.seen = append(o.seen, r.Method+" "+op)
		spoil := o.spoil
		o.mu.Unlock()
		if spoil == nil || !spoil(w, r) {
			next.ServeHTTP(w, r)
		}
	})
}

// client is a new client, as after a restart.
func (o *offering) client(change ...func(*axis.Config)) *axis.Client {
	o.t.Helper()
	c := axis.Config{URL: o.url, PlainAllowed: true, System: "xa", Secret: []byte(agreed), Protocol: axis.Protocol(o.mode), Clock: o.clock, Patience: -1}
	for _, f := range change {
		f(&c)
	}
	client, err := axis.New(c)
	if err != nil {
		o.t.Fatal(err)
	}
	return client
}

// requests takes the requests seen since the last call that name one of the
// operations.
func (o *offering) requests(operations ...string) []string {
	o.mu.Lock()
	defer o.mu.Unlock()
	var found []string
	for _, r := range o.seen {
		_, op, _ := strings.Cut(r, " ")
		if slices.Contains(operations, op) {
			found = append(found, r)
		}
	}
	o.seen = nil
	return found
}

func (o *offering) tomorrow() {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.now = o.now.Add(24 * time.Hour)
}

// rule sets what is spoilt from now on.
func (o *offering) rule(f func(w http.ResponseWriter, r *http.Request) bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.spoil = f
}

// packet is a new packet of about n bytes.
func (o *offering) packet(n int) []byte {
	o.serials++
	pdf := make([]byte, n)
	rand.NewChaCha8([32]byte{byte(o.serials)}).Read(pdf)
	p, _ := axistest.Packet(o.t, o.serials, o.from, []document.Agency{o.to}, map[string][]byte{"a.pdf": append([]byte("%PDF-1.7\n"), pdf...)})
	return p
}

func (o *offering) message(p []byte, part string) axis.Message {
	return axis.Message{From: o.from.Code, Type: axis.Edoc, Body: bytes.NewReader(p), Size: int64(len(p)), Part: part}
}

// waiting is what lies on the axis for the receiver.
func (o *offering) waiting() []axis.Received {
	o.t.Helper()
	rows, err := o.client().Received(o.t.Context(), axis.Edoc)
	if err != nil {
		o.t.Fatal(err)
	}
	return rows
}

// bring downloads a packet into memory.
func bring(ctx context.Context, c *axis.Client, docID, part string) ([]byte, axis.Brought, error) {
	var b bytes.Buffer
	how, err := c.Download(ctx, docID, axis.Download{Part: part, Limit: 1 << 20, To: func(r io.Reader) error {
		b.Reset()
		_, err := io.Copy(&b, r)
		return err
	}})
	return b.Bytes(), how, err
}

// dying is a listener whose connections break after some bytes.
type dying struct {
	net.Listener
	budget func() int
}

func (d dying) Accept() (net.Conn, error) {
	c, err := d.Listener.Accept()
	if n := d.budget(); err == nil && n >= 0 {
		c = &brittle{Conn: c, left: n}
	}
	return c, err
}

type brittle struct {
	net.Conn
	mu   sync.Mutex
	left int
}

func (b *brittle) pass(n int) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	kept := min(n, b.left)
	b.left -= kept
	if kept < n {
		b.Conn.Close()
		return kept, net.ErrClosed
	}
	return kept, nil
}

func (b *brittle) Read(p []byte) (int, error) {
	n, err := b.Conn.Read(p)
	if kept, broke := b.pass(n); broke != nil {
		return kept, broke
	}
	return n, err
}

func (b *brittle) Write(p []byte) (int, error) {
	kept, broke := b.pass(len(p))
	n, err := b.Conn.Write(p[:kept])
	return n, errors.Join(err, broke)
}

func everyMode(t *testing.T, f func(t *testing.T, mode axissim.Mode)) {
	for _, mode := range []axissim.Mode{axissim.ModeSDK, axissim.ModeREST, axissim.ModeOAuth2} {
		t.Run(string(mode), func(t *testing.T) {
			t.Parallel()
			f(t, mode)
		})
	}
}

// Whatever is offered: the packet arrives as it was, and the axis is asked once
// a day what it offers.
func TestEveryOffer(t *testing.T) {
	everyMode(t, func(t *testing.T, mode axissim.Mode) {
		for bits := range 8 {
			offers := axissim.Offers{Range: bits&1 > 0, Compression: bits&2 > 0, Tus: bits&4 > 0}
			o := newOffering(t, mode, offers)
			sender, receiver := o.client(), o.client()
			for i := range 2 {
				want := o.packet(60_000)
				if _, err := sender.Send(t.Context(), o.message(want, "")); err != nil {
					t.Fatalf("%+v: %v", offers, err)
				}
				rows := o.waiting()
				got, how, err := bring(t.Context(), receiver, rows[len(rows)-1].DocID, filepath.Join(t.TempDir(), "p"))
				if len(rows) != i+1 || err != nil || !bytes.Equal(got, want) || how.Checked != offers.Compression {
					t.Fatalf("%+v: %d rows, %d bytes of %d, %+v, %v", offers, len(rows), len(got), len(want), how, err)
				}
			}
			asked, patched := 0, 0
			for _, r := range o.requests("sendEdoc", "vanbans", "uploads") {
				if strings.HasPrefix(r, http.MethodOptions) {
					asked++
				}
				if strings.HasPrefix(r, http.MethodPatch) {
					patched++
				}
			}
			if asked != 1 || patched != map[bool]int{true: 2}[offers.Tus] {
				t.Errorf("%+v: asked %d times, %d uploads", offers, asked, patched)
			}
		}
	})
}

// Over lines that are cut at random bytes and with clients that die with them,
// a packet is sent once and arrives as it was.
func TestOffersOverCutLines(t *testing.T) {
	everyMode(t, func(t *testing.T, mode axissim.Mode) {
		for seed := range uint64(4) {
			o := newOffering(t, mode, axissim.Offers{Range: true, Compression: true, Tus: true})
			r := rand.New(rand.NewPCG(seed, 9))
			want := o.packet(100_000)
			cut := func(on bool) {
				o.mu.Lock()
				defer o.mu.Unlock()
				o.budget = func() int { return 3000 + r.IntN(60_000) }
				if !on {
					o.budget = func() int { return -1 }
				}
			}
			cut(true)
			base := filepath.Join(t.TempDir(), "send")
			docID := untilDone(t, func() (id string, err error) { return o.client().Send(t.Context(), o.message(want, base)) })
			cut(false)
			again, err := o.client().Send(t.Context(), o.message(want, base))
			if err != nil || again != docID || !axis.Uploading(base) {
				t.Errorf("seed %d: sent again as %s, first as %s, %v", seed, again, docID, err)
			}
			rows := o.waiting()
			if len(rows) != 1 {
				t.Fatalf("seed %d: %d copies", seed, len(rows))
			}
			cut(true)
			part := filepath.Join(t.TempDir(), "fetch")
			got := untilDone(t, func() ([]byte, error) {
				b, _, err := bring(t.Context(), o.client(), rows[0].DocID, part)
				return b, err
			})
			if !bytes.Equal(got, want) {
				t.Errorf("seed %d: %d bytes of %d", seed, len(got), len(want))
			}
		}
	})
}

func untilDone[T any](t testing.TB, try func() (T, error)) T {
	t.Helper()
	for range 500 {
		v, err := try()
		if err == nil {
			return v
		}
		if !errors.Is(err, axis.ErrOffline) {
			t.Fatal(err)
		}
	}
	t.Fatal("it never ends")
	panic("unreachable")
}

// status spoils a request with an answer of its own.
func answerWith(code int, kind, text string) func(http.ResponseWriter, *http.Request) bool {
	return func(w http.ResponseWriter, r *http.Request) bool {
		w.Header().Set("Content-Type", kind)
		w.WriteHeader(code)
		fmt.Fprint(w, text)
		return true
	}
}

// when spoils only requests of an operation by a method ("" is any).
func when(method, operation string, spoil func(http.ResponseWriter, *http.Request) bool) func(http.ResponseWriter, *http.Request) bool {
	return func(w http.ResponseWriter, r *http.Request) bool {
		return (method == "" || r.Method == method) && strings.Contains(r.URL.Path, operation) && spoil(w, r)
	}
}

// What was offered and does not hold is done without, without noise, and not
// tried again that day.
func TestWithdrawnOffers(t *testing.T) {
	cases := map[string]struct {
		spoil func(http.ResponseWriter, *http.Request) bool
		want  string // sends of a second packet the same day, and the next
	}{
		"no creation":    {when("POST", "/uploads/", answerWith(404, "text/plain", "")), "POST sendEdoc"},
		"creation fails": {when("POST", "/uploads/", answerWith(500, "text/plain", "")), "POST sendEdoc"},
		"nothing takes":  {when("PATCH", "/uploads/", answerWith(404, "text/plain", "")), "POST sendEdoc"},
		"never there": {when("POST", "/sendEdoc", func(w http.ResponseWriter, r *http.Request) bool {
			return r.Header.Get("XroadVnpt-upload") != "" && answerWith(410, "application/json", `{"status":"FAIL","ErrorCode":"-1","ErrorDesc":"","DocId":""}`)(w, r)
		}), "POST sendEdoc"},
		"other bytes": {when("POST", "/sendEdoc", func(w http.ResponseWriter, r *http.Request) bool {
			return r.Header.Get("XroadVnpt-upload") != "" && answerWith(200, "application/json", `{"status":"FAIL","ErrorCode":"10","ErrorDesc":"","DocId":""}`)(w, r)
		}), "POST sendEdoc"},
		"unpacked wrongly": {func(w http.ResponseWriter, r *http.Request) bool {
			return (strings.Contains(r.URL.Path, "/uploads/") && answerWith(404, "text/plain", "")(w, r)) ||
				r.Header.Get("Content-Encoding") != "" && answerWith(200, "application/json", `{"status":"FAIL","ErrorCode":"22","ErrorDesc":"","DocId":""}`)(w, r)
		}, "POST sendEdoc"},
		"not packed": {func(w http.ResponseWriter, r *http.Request) bool {
			return (strings.Contains(r.URL.Path, "/uploads/") && answerWith(404, "text/plain", "")(w, r)) ||
				r.Header.Get("Content-Encoding") != "" && answerWith(415, "text/plain", "")(w, r)
		}, "POST sendEdoc"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := newOffering(t, axissim.ModeSDK, axissim.Offers{Range: true, Compression: true, Tus: true})
			o.rule(c.spoil)
			sender := o.client()
			for i, day := range []string{"first", "same", "next"} {
				if day == "next" {
					o.tomorrow()
					o.rule(nil)
				}
				o.requests()
				if _, err := sender.Send(t.Context(), o.message(o.packet(50_000), filepath.Join(t.TempDir(), "p"))); err != nil {
					t.Fatalf("%s: %v", day, err)
				}
				got := strings.Join(o.requests("sendEdoc", "uploads"), ", ")
				if want := map[string]string{"same": c.want, "next": "OPTIONS sendEdoc, POST uploads, PATCH uploads, POST sendEdoc"}[day]; want != "" && got != want {
					t.Errorf("%s day: %s", day, got)
				}
				if n := len(o.waiting()); n != i+1 {
					t.Errorf("%s: %d copies", day, n)
				}
			}
		})
	}
}

// An answer that is lost after the axis has acted: asked again, it says the same.
func TestLostAnswerOfAnUpload(t *testing.T) {
	o := newOffering(t, axissim.ModeSDK, axissim.Offers{Tus: true, Compression: true})
	want := o.packet(80_000)
	lost := 2
	inner := httptest.NewServer(http.NotFoundHandler())
	inner.Close()
	o.rule(when("POST", "/sendEdoc", func(w http.ResponseWriter, r *http.Request) bool {
		if lost--; lost < 0 {
			return false
		}
		o.mu.Lock()
		spoil := o.spoil
		o.spoil = nil
		o.mu.Unlock()
		forward, err := http.NewRequest(r.Method, o.url+r.URL.Path, nil)
		if err == nil {
			forward.Header = r.Header
			resp, err := http.DefaultClient.Do(forward) // it acts
			if err != nil || resp.StatusCode != 200 {
				t.Errorf("%v", err)
			}
			resp.Body.Close()
		}
		o.rule(spoil)
		panic(http.ErrAbortHandler)
	}))
	client := o.client(func(c *axis.Config) { c.Patience = 0 })
	if _, err := client.Send(t.Context(), o.message(want, "")); err != nil {
		t.Fatal(err)
	}
	if rows := o.waiting(); len(rows) != 1 || lost >= 0 {
		t.Errorf("%d copies, %d answers not lost", len(rows), lost)
	}
}

// A question without an answer is put off the first time; an axis that never
// answers it offers nothing.
func TestQuestionBreaks(t *testing.T) {
	for want, spoil := range map[error]func(http.ResponseWriter, *http.Request) bool{
		axis.ErrOffline: func(http.ResponseWriter, *http.Request) bool { panic(http.ErrAbortHandler) },
		axis.ErrBusy:    answerWith(503, "text/html", "<html>"),
	} {
		o := newOffering(t, axissim.ModeSDK, axissim.Offers{Tus: true})
		o.rule(when("OPTIONS", "", spoil))
		sender := o.client()
		if _, err := sender.Send(t.Context(), o.message(o.packet(50_000), "")); !errors.Is(err, want) || errors.Is(err, axis.ErrUnanswered) || len(o.waiting()) != 0 {
			t.Errorf("first: %v", err)
		}
		if _, err := sender.Send(t.Context(), o.message(o.packet(50_000), "")); err != nil || len(o.waiting()) != 1 {
			t.Errorf("second: %v", err)
		}
	}
}

// Whoever does not want it is not asked.
func TestNoQuestion(t *testing.T) {
	o := newOffering(t, axissim.ModeSDK, axissim.Offers{Tus: true})
	silent := o.client(func(c *axis.Config) { c.NoProbe = true })
	if _, err := silent.Send(t.Context(), o.message(o.packet(50_000), "")); err != nil {
		t.Error(err)
	}
	if got := o.requests("sendEdoc", "uploads"); len(got) != 1 || got[0] != "POST sendEdoc" {
		t.Errorf("without asking: %v", got)
	}
}
