package axistest

import (
	"errors"
	"fmt"
	"strings"

	"vanthu/internal/axis"
)

// Misbehaviour is one row of the matrix: what the server does, what that comes to
// for the client, and how an office stands that meets it.
type Misbehaviour struct {
	Does  string
	Fault Fault

	// What a list, a fetch (of getEdoc) and an act (send, acknowledge) of the
	// client come to, nil for success.
	List, Fetch, Act error
	Rows             int  // of the list
	Acts             int  // how often a send took effect
	Hangs            bool // only the client's patience ends it
	Sends            bool // happens to sends only

	// Queue is how each kind of work stands after one round of the courier.
	Queue Queue
}

// Queue tells, for an office behind a fault, what became of each kind of work.
// Poll is one of the words below or Nothing; the others are what is left of the
// job: Gone, or "state class tries next". Raw is a fetch from an axis that has
// downloadEdoc, with getEdoc as spoilt as that; Fetch is one by getEdoc alone.
type Queue struct {
	Poll, Raw, Fetch, Send, Ack, Status, Reconcile, Agencies string
}

// What is left of a job, and the outcomes of a poll (their class alone).
const (
	Gone    = "gone"                 // done
	Refused = "gone, refused"        // of a send: done with, the deliveries say why
	Offline = "waiting - 0 now"      // no try used up: it runs when the line is back
	Busy    = "waiting busy 1 later" // one try used up
	Barred  = "held rejected 1"      // refused for good
	Clerk   = "held needs-clerk 1"   // the office must mend something

	Listed  = "listed"  // of a poll: the copy that waits has its job
	Nothing = "nothing" // of a poll: done, and no job
)

// after is how the queue stands after errors of these classes.
func after(list, fetch, act error) Queue {
	return Queue{Poll: polled(list), Raw: left(fetch), Fetch: left(fetch), Send: leftSend(act), Ack: left(act), Status: left(act), Reconcile: left(list), Agencies: left(list)}
}

// polled is the outcome of a poll.
func polled(class error) string {
	if class == nil {
		return Listed
	}
	return map[string]string{Offline: "offline", Busy: "busy", Barred: "rejected", Clerk: "needs-clerk"}[left(class)]
}

// left is what is left of a job that met an error of a class.
func left(class error) string {
	var refused *axis.Rejected
	switch {
	case class == nil:
		return Gone
	case errors.As(class, &refused):
		return leftRefused(refused.Code)
	case errors.Is(class, axis.ErrOffline):
		return Offline
	case errors.Is(class, axis.ErrTooLarge):
		return Clerk
	}
	return Busy
}

func leftRefused(code string) string {
	switch code {
	case "15", "19":
		return Clerk
	case "10", "18", "21", "22", "23", "413":
		return Barred
	}
	return Busy
}

// leftSend is left of a send, whose refusal is noted with the document.
func leftSend(class error) string {
	if left(class) == Barred {
		return Refused
	}
	return left(class)
}

// fails is a row with the same class everywhere.
func fails(does string, class error, acts int, fault Fault) Misbehaviour {
	return Misbehaviour{Does: does, Fault: fault, List: class, Fetch: class, Act: class, Acts: acts, Queue: after(class, class, class)}
}

// harmless is a row the client sees through.
func harmless(does string, fault Fault) Misbehaviour {
	return Misbehaviour{Does: does, Fault: fault, Rows: 1, Acts: 1, Queue: after(nil, nil, nil)}
}

// partly is a row with its own class for each.
func partly(does string, list, fetch, act error, rows, acts int, fault Fault) Misbehaviour {
	return Misbehaviour{Does: does, Fault: fault, List: list, Fetch: fetch, Act: act, Rows: rows, Acts: acts, Queue: after(list, fetch, act)}
}

// refusesOne is a row that refuses a packet for one recipient: of an office's
// document the others get theirs, and nothing else is touched.
func refusesOne(does string, fault Fault) Misbehaviour {
	m := partly(does, nil, nil, code("18"), 1, 0, fault)
	m.Sends, m.Queue = true, after(nil, nil, nil)
	m.Queue.Send = Refused
	return m
}

// hangs is a row that sends start and no more.
func hangs(does, start string) Misbehaviour {
	m := fails(does, axis.ErrUnanswered, 0, silent(start))
	m.Hangs = true
	return m
}

// raw is a row that comes to something else for raw packets.
func (m Misbehaviour) raw(left string) Misbehaviour {
	m.Queue.Raw = left
	return m
}

// polls is a row that comes to something else for a poll.
func (m Misbehaviour) polls(outcome string) Misbehaviour {
	m.Queue.Poll = outcome
	return m
}

// code is the class of a refusal.
func code(c string) error { return &axis.Rejected{Code: c} }

// Misbehaviours is the matrix.
func Misbehaviours() []Misbehaviour {
	const refusal = `{"status":"FAIL","ErrorCode":%s,"ErrorDesc":"x","DocId":"","data":[]}`
	unanswered, offline, busy, malformed := axis.ErrUnanswered, axis.ErrOffline, axis.ErrBusy, axis.ErrMalformed
	return []Misbehaviour{
		// the link
		fails("drops the connection", offline, 0, by("drop")),
		fails("resets the connection", offline, 0, reset),
		fails("acts and loses the answer", unanswered, 1, by("lose")),
		fails("cuts before the first byte of the body", unanswered, 1, by("cut:0")),
		fails("cuts after one byte", unanswered, 1, by("cut:1")),
		fails("cuts within the envelope", unanswered, 1, by("cut:40")),
		fails("cuts in the middle", unanswered, 1, CutWithin),
		partly("cuts the upload", nil, offline, offline, 1, 0, by("cut-upload:1")).raw(Gone),
		hangs("says nothing", ""),
		hangs("falls silent in the middle", `{"status":"OK","ErrorCode":"0","data":"PGVk`),
		harmless("is slow to begin", by("latency:5s")),
		harmless("trickles", by("trickle:7/50ms")),
		harmless("hints before it answers", early),
		// HTTP
		fails("speaks no HTTP", unanswered, 0, wire("220 smtp.example ESMTP\r\n")),
		fails("ends within the header", unanswered, 0, wire("HTTP/1.1 200 OK\r\nContent-Len")),
		harmless("announces more than comes", longer).raw(Offline),
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
		fails("no envelope", malformed, 1, replaced(`"status":"OK","ErrorCode":"0",`, "")).raw(Gone),
		fails("an odd status", malformed, 1, replaced(`"status":"OK","ErrorCode":"0"`, `"status":"MAYBE"`)).raw(Gone),
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
		partly("lists every row twice", nil, nil, nil, 2, 1, by("repeat")),
		partly("data of null", nil, malformed, nil, 0, 1, edited(0, dataNull)).polls(Nothing).raw(Busy),
		partly("data that is no base64", nil, malformed, nil, 1, 1, replaced(`"data":"`, `"data":"?!`)).raw(Gone),
		// the axis itself
		partly("acts twice", nil, nil, nil, 1, 2, by("twice")),
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
		refusesOne("refuses one recipient", by("refuse-to:H40")),
	}
}
