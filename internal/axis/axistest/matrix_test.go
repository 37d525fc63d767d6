package axistest

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
	"unicode/utf16"

	"vanthu/internal/axis"
	"vanthu/internal/axis/axissim"
	"vanthu/internal/document"
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

// misbehaviour is one row: what the server does, and what a list, a fetch and
// an act (send, acknowledge) must come to. acts: how often a send took effect.
type misbehaviour struct {
	does             string
	fault            Fault
	list, fetch, act error
	rows, acts       int
	hangs            bool // only the client's patience ends it
	sends            bool // happens to sends only
}

// fails is a row with the same class everywhere.
func fails(does string, class error, acts int, fault Fault) misbehaviour {
	return misbehaviour{does: does, fault: fault, list: class, fetch: class, act: class, acts: acts}
}

// harmless is a row the client sees through.
func harmless(does string, fault Fault) misbehaviour {
	return misbehaviour{does: does, fault: fault, rows: 1, acts: 1}
}

// hangs is a row that sends start and no more.
func hangs(does, start string) misbehaviour {
	m := fails(does, axis.ErrUnanswered, 0, silent(start))
	m.hangs = true
	return m
}

// code is the class of a refusal.
func code(c string) error { return &axis.Rejected{Code: c} }

func misbehaviours() []misbehaviour {
	const refusal = `{"status":"FAIL","ErrorCode":%s,"ErrorDesc":"x","DocId":"","data":[]}`
	unanswered, offline, busy, malformed := axis.ErrUnanswered, axis.ErrOffline, axis.ErrBusy, axis.ErrMalformed
	return []misbehaviour{
		// the link
		fails("drops the connection", offline, 0, by("drop")),
		fails("resets the connection", offline, 0, reset),
		fails("acts and loses the answer", unanswered, 1, by("lose")),
		fails("cuts before the first byte of the body", unanswered, 1, by("cut:0")),
		fails("cuts after one byte", unanswered, 1, by("cut:1")),
		fails("cuts within the envelope", unanswered, 1, by("cut:40")),
		fails("cuts in the middle", unanswered, 1, CutWithin),
		{does: "cuts the upload", fault: by("cut-upload:1"), fetch: offline, act: offline, rows: 1},
		hangs("says nothing", ""),
		hangs("falls silent in the middle", `{"status":"OK","ErrorCode":"0","data":"PGVk`),
		harmless("is slow to begin", by("latency:5s")),
		harmless("trickles", by("trickle:7/50ms")),
		harmless("hints before it answers", early),
		// HTTP
		fails("speaks no HTTP", unanswered, 0, wire("220 smtp.example ESMTP\r\n")),
		fails("ends within the header", unanswered, 0, wire("HTTP/1.1 200 OK\r\nContent-Len")),
		harmless("announces more than comes", longer),
		fails("announces less than comes", malformed, 0, wire("HTTP/1.1 200 OK\r\nContent-Length: 20\r\n\r\n"+`{"status":"OK","ErrorCode":"0","data":[]}`)),
		fails("breaks the chunks", unanswered, 0, wire("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n")),
		harmless("packs the answer", zipped(true)),
		fails("claims to pack the answer", unanswered, 1, zipped(false)),
		fails("redirects with 302", malformed, 0, wire("HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n")),
		fails("redirects with 307", malformed, 0, wire("HTTP/1.1 307 Temporary Redirect\r\nLocation: /login\r\nContent-Length: 0\r\n\r\n")),
		fails("answers 204", malformed, 0, Answer(204, "application/json", "")),
		fails("answers 304", malformed, 0, Answer(304, "application/json", "")),
		fails("page with 200", malformed, 0, by("page:200")),
		fails("page with 401", malformed, 0, by("page:401")),
		fails("page with 403", malformed, 0, by("page:403")),
		fails("page with 404", malformed, 0, by("page:404")),
		fails("page with 408", busy, 0, by("page:408")),
		fails("page with 413", code("413"), 0, by("page:413")),
		fails("page with 429", busy, 0, by("page:429")),
		fails("page with 500", busy, 0, by("page:500")),
		fails("page with 502", busy, 0, by("page:502")),
		fails("page with 503", busy, 0, by("page:503")),
		fails("JSON of a gateway with 504", busy, 0, Answer(504, "application/json", `{"message":"timeout"}`)),
		fails("success with 500", busy, 1, edited(500, strings.Clone)),
		fails("success with 404", malformed, 1, edited(404, strings.Clone)),
		// the answer
		fails("nothing with 200", malformed, 0, json200("")),
		fails("blanks", malformed, 0, json200(" \r\n\t ")),
		fails("null", malformed, 0, json200("null")),
		fails("a text", malformed, 0, json200(`"OK"`)),
		fails("a bare list", malformed, 0, json200("[]")),
		fails("an empty object", malformed, 0, json200("{}")),
		fails("another program's JSON", malformed, 0, json200(`{"message":"no healthy upstream"}`)),
		fails("no envelope", malformed, 1, replaced(`"status":"OK","ErrorCode":"0",`, "")),
		fails("an odd status", malformed, 1, replaced(`"status":"OK","ErrorCode":"0"`, `"status":"MAYBE"`)),
		fails("a whole answer cut short", malformed, 1, edited(0, func(s string) string { return s[:len(s)-1] })),
		fails("UTF-16", malformed, 1, edited(0, utf16le)),
		fails("a text without end", axis.ErrTooLarge, 0, json200(`{"status":"OK","ErrorDesc":"`+strings.Repeat("a", 3<<20)+`"}`)),
		fails("nested without end", malformed, 0, json200(`{"status":"OK","x":`+strings.Repeat("[", 100_000))),
		harmless("a byte order mark", edited(0, func(s string) string { return "\ufeff" + s })),
		harmless("unquoted names", replaced(`"ErrorCode"`, "ErrorCode")),
		harmless("names in another case", replaced(`"ErrorCode"`, `"errorcode"`)),
		harmless("a code as a number", replaced(`"ErrorCode":"0"`, `"ErrorCode":0`)),
		harmless("a code of null", replaced(`"ErrorCode":"0"`, `"ErrorCode":null`)),
		harmless("no code", replaced(`"ErrorCode":"0",`, "")),
		harmless("another charset", replaced("Thành", "Th\xe0nh")),
		harmless("a raw line feed", replaced("Thành công", "Thành\n\tcông")),
		harmless("unknown members", replaced(`"status"`, `"x":[{"y":null}],"status"`)),
		// the lists
		harmless("lists in another order", by("reorder")),
		harmless("null rows", by("null-rows")),
		{does: "lists every row twice", fault: by("repeat"), rows: 2, acts: 1},
		{does: "data of null", fault: edited(0, dataNull), fetch: malformed, acts: 1},
		{does: "data that is no base64", fault: replaced(`"data":"`, `"data":"?!`), fetch: malformed, rows: 1, acts: 1},
		// the axis itself
		{does: "acts twice", fault: by("twice"), rows: 1, acts: 2},
		fails("busy", busy, 0, by("busy")),
		fails("busy with 500", busy, 0, Answer(500, "application/json", fmt.Sprintf(refusal, `"20"`))),
		fails("invalid file", code("10"), 0, by("refuse:10")),
		fails("wrong secret with 401", code("15"), 0, Answer(401, "application/json", fmt.Sprintf(refusal, `"15"`))),
		fails("unknown receiver", code("18"), 0, by("refuse:18")),
		fails("unknown sender", code("19"), 0, by("refuse:19")),
		fails("wrong format, as a number", code("22"), 0, json200(fmt.Sprintf(refusal, "22"))),
		fails("locked receiver", code("23"), 0, by("refuse:23")),
		fails("a code nobody explained", code("99"), 0, by("refuse:99")),
		fails("refused without a code", code("-1"), 0, json200(fmt.Sprintf(refusal, "null"))),
		{does: "refuses one recipient", fault: by("refuse-to:H40"), act: code("18"), rows: 1, sends: true},
	}
}

// wantClass checks an error against its class; a refusal is of its code.
func wantClass(t *testing.T, what string, err, class error) {
	t.Helper()
	var want, got *axis.Rejected
	switch {
	case class == nil && err != nil, class != nil && err == nil:
		t.Errorf("%s: %v, want %v", what, err, class)
	case errors.As(class, &want):
		if !errors.As(err, &got) || got.Code != want.Code {
			t.Errorf("%s: %v, want code %s", what, err, want.Code)
		}
	case class != nil && !errors.Is(err, class):
		t.Errorf("%s: %v, want %v", what, err, class)
	}
}

// TestMisbehaviours: whatever the server does, each call comes to the class of
// the table, the axis has done what the table says, and the next call on the
// same client is sound.
func TestMisbehaviours(t *testing.T) {
	for _, m := range misbehaviours() {
		t.Run(m.does, func(t *testing.T) {
			o := newOffice(t)
			packet, _ := Packet(t, 1, o.us, []document.Agency{o.them}, nil)
			if _, err := o.send(t, packet); err != nil {
				t.Fatal(err)
			}
			waiting, err := o.theirs.Received(t.Context(), axis.Edoc)
			if err != nil || len(waiting) != 1 {
				t.Fatal(waiting, err)
			}
			sound := o
			if m.hangs {
				hasty := func(c *axis.Config) { c.Timeout = 50 * time.Millisecond }
				o.ours, o.theirs = dial(t, o.url, "xa.01", "a", hasty), dial(t, o.url, "tinh.01", "b", hasty)
			}
			o.spoilList(t, m)
			o.spoilFetch(t, m, waiting[0].DocID, packet)
			o.spoilSend(t, sound, m, packet)
			o.spoilAcknowledge(t, sound, m, waiting[0].DocID)
		})
	}
	if n := len(misbehaviours()); n < 40 {
		t.Errorf("only %d misbehaviours", n)
	}
}

func (o office) spoilList(t *testing.T, m misbehaviour) {
	o.line.Spoil(m.fault)
	list, err := o.theirs.Received(t.Context(), axis.Edoc)
	wantClass(t, "list", err, m.list)
	if err == nil && len(list) != m.rows {
		t.Errorf("list: %d rows, want %d", len(list), m.rows)
	}
}

func (o office) spoilFetch(t *testing.T, m misbehaviour, docID string, packet []byte) {
	var b bytes.Buffer
	o.line.Spoil(m.fault)
	_, err := o.theirs.Fetch(t.Context(), docID, &b, 1<<20)
	wantClass(t, "fetch", err, m.fetch)
	if err == nil && !bytes.Equal(b.Bytes(), packet) {
		t.Errorf("fetch: %q", b.Bytes())
	}
}

func (o office) spoilSend(t *testing.T, sound office, m misbehaviour, packet []byte) {
	o.line.Spoil(m.fault)
	_, err := o.send(t, packet)
	wantClass(t, "send", err, m.act)
	sent, err := sound.ours.Sent(t.Context(), axis.Filter{})
	if err != nil || len(sent) != 1+m.acts {
		t.Errorf("after the send the axis holds %d packets, %v; want %d", len(sent), err, 1+m.acts)
	}
}

// spoilAcknowledge: an acknowledgement that was not acted on leaves the packet
// listed, and passes the next time.
func (o office) spoilAcknowledge(t *testing.T, sound office, m misbehaviour, docID string) {
	o.line.Spoil(m.fault)
	class, acts := m.act, m.acts
	if m.sends {
		class, acts = nil, 1
	}
	wantClass(t, "acknowledge", o.theirs.Acknowledge(t.Context(), docID, axis.Done), class)
	list, err := sound.theirs.Received(t.Context(), axis.Edoc)
	listed := false
	for _, row := range list {
		listed = listed || row.DocID == docID
	}
	if err != nil || listed != (acts == 0) {
		t.Errorf("after the acknowledgement listed: %v, %v", listed, err)
	}
	if err := sound.theirs.Acknowledge(t.Context(), docID, axis.Done); err != nil {
		t.Errorf("acknowledge again: %v", err)
	}
}
