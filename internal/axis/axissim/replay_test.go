package axissim

import (
	"bufio"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"vanthu/internal/document"
)

const replayID = "8af226c8-7cde-4fbe-88fe-e15a768b49cb"

// replayAxis knows the system, the sender and the recipients of the captures,
// and holds the packet that they fetch.
func replayAxis(t *testing.T, offers Offers) *Axis {
	t.Helper()
	agency := func(code, system string) Agency {
		return Agency{Agency: document.Agency{Code: document.Code(code), Name: "Cơ quan " + code}, System: system}
	}
	a, err := New(Options{
		Dir:     t.TempDir(),
		Offers:  offers,
		Systems: []System{{"vxp.test.01", []byte("test-secret-000")}},
		Agencies: []Agency{
			agency("000.00.00.H41", "vxp.test.01"), agency("000.00.15.H51", "vxp.test.01"),
			agency("000.00.00.G22", ""), agency("000.00.00.H40", "vxp.test.01"),
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { a.Close() })
	m := &message{DocID: "sent-1", System: "vxp.test.01", Type: "edoc", From: "000.00.00.G22",
		Copies: []*copyOf{{DocID: replayID, To: "000.00.15.H51"}, {DocID: "AAA", To: "000.00.15.H51"}}}
	if err := os.WriteFile(a.packetPath("sent-1"), []byte("<edXML/>"), 0o600); err != nil {
		t.Fatal(err)
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	if err := a.commit(event{Sent: m}); err != nil {
		t.Fatal(err)
	}
	return a
}

// replayed is what a capture must be answered: the ErrorCode, or that net/http
// itself refuses it, and the member that the SDK's reader demands.
type replayed struct {
	code   string
	http   int
	member string
	raw    string // the whole body, for the one answer that is no JSON
}

// expectations name every capture. They are replayed in order, on one axis.
func expectations() map[string]replayed {
	ok := func(member string) replayed { return replayed{code: "0", http: 200, member: member} }
	return map[string]replayed{
		"001-ok-getReceivedEdocList": ok("data"),
		"002-ok-getReceivedEdocList": ok("data"),
		"003-ok-getEdoc":             ok("data"),
		"004-ok-updateStatus":        ok(""),
		"005-ok-sendEdoc":            ok("DocId"),
		// Header to names two agencies that the packet does not.
		"006-ok-sendEdoc":            {code: "18", http: 200, member: "DocId"},
		"007-ok-sendEdoc":            ok("DocId"),
		"008-ok-getSentEdocList":     ok("data"),
		"009-ok-getAgenciesList":     ok("data"),
		"010-ok-getAgenciesListQD20": ok("data"),
		"011-ok-getSynchronizeUnit":  ok("data"),
		"012-ok-registerAgency":      ok(""),
		"013-ok-deleteAgency":        ok(""), // of the agency 012 registered
		"014-ok-countReceiveEdoc":    ok("count"),
		"015-ok-countReceiveStatus":  ok("count"),
		"016-ok-downloadEdoc":        {http: 200, raw: "<edXML/>"},
		"017-ok-downloadEdoc":        {code: "15", http: 200, member: "data"}, // unsigned
		"018-ok-getReceivedEdocList": ok("data"),
		"019-ok-getEdoc":             ok("data"),
		"020-ok-updateStatus":        ok(""),
		"021-ok-sendEdoc":            ok("DocId"),
		"022-ok-getReceivedEdocList": ok("data"),  // stale docId, status, from must not narrow it
		"023-ok-updateStatus":        {http: 400}, // control characters in a header: net/http's own answer
		"024-ok-getEdoc":             ok("data"),
		"025-ok-updateStatus":        ok(""), // docId and docid at once
		"026-ok-sendEdoc":            ok("DocId"),
	}
}

// TestReplaySDKRequests: the SDK's own requests, byte for byte, to a plain axis
// and to one that offers more than the SDK knows.
func TestReplaySDKRequests(t *testing.T) {
	for name, offers := range map[string]Offers{"plain": {}, "offering": {true, true, true}} {
		t.Run(name, func(t *testing.T) { replay(t, offers) })
	}
}

func replay(t *testing.T, offers Offers) {
	files, _ := filepath.Glob("../../../../shared/samples/sdk-requests/*.req")
	if len(files) == 0 {
		t.Skip("no ../shared/samples/sdk-requests beside the checkout")
	}
	server := httptest.NewServer(replayAxis(t, offers).Handler())
	defer server.Close()
	expected := expectations()
	for _, file := range files {
		name := strings.TrimSuffix(filepath.Base(file), ".req")
		t.Run(name, func(t *testing.T) {
			want, known := expected[name]
			if !known {
				t.Fatal("no expectation for this capture")
			}
			raw, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			compareReplay(t, want, exchange(t, server.Listener.Addr().String(), raw))
			delete(expected, name)
		})
	}
	for name := range expected {
		t.Errorf("capture %s is missing", name)
	}
}

type reply struct {
	status int
	header http.Header
	body   string
}

// exchange writes the very bytes to a TCP connection and reads one answer.
func exchange(t *testing.T, address string, raw []byte) reply {
	t.Helper()
	conn, err := net.Dial("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if _, err := conn.Write(raw); err != nil {
		t.Fatal(err)
	}
	r := bufio.NewReader(conn)
	for {
		resp, err := http.ReadResponse(r, nil)
		if err != nil {
			t.Fatal(err)
		}
		if resp.StatusCode == http.StatusContinue {
			continue
		}
		body, err := io.ReadAll(resp.Body)
		if err != nil {
			t.Fatal(err)
		}
		// The SDK's HTTP client unpacks what it said it accepts.
		return reply{resp.StatusCode, resp.Header, string(unpack(t, resp.Header.Get("Content-Encoding"), body))}
	}
}

func compareReplay(t *testing.T, want replayed, got reply) {
	t.Helper()
	if got.status != want.http {
		t.Fatalf("HTTP %d: %s", got.status, got.body)
	}
	if want.http != 200 {
		return
	}
	if want.raw != "" {
		if got.body != want.raw {
			t.Errorf("body %q", got.body)
		}
		return
	}
	if ct := got.header.Get("Content-Type"); ct != "application/json;charset=UTF-8" {
		t.Errorf("Content-Type %q", ct)
	}
	var members map[string]any
	if err := json.Unmarshal([]byte(got.body), &members); err != nil {
		t.Fatalf("%v: %s", err, got.body)
	}
	for _, name := range []string{"status", "ErrorCode", "ErrorDesc", want.member} {
		if v, found := members[name]; name != "" && (!found || v == nil) {
			t.Errorf("%s is missing: %s", name, got.body)
		}
	}
	if members["ErrorCode"] != want.code || (members["status"] == "OK") != (want.code == "0") {
		t.Errorf("want code %s: %s", want.code, got.body)
	}
	if strings.Contains(got.body, "null") {
		t.Errorf("a null loses the SDK whole lists: %s", got.body)
	}
}
