package axissim

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"vanthu/internal/document"
	"vanthu/internal/edxml"
)

// caller signs requests by the reference's words, not with the client's code.
type caller struct {
	handler        http.Handler
	system, secret string
}

func (c caller) request(operation string, body []byte, headers ...string) *http.Request {
	return c.sign(httptest.NewRequest(http.MethodPost, "/bat/ky/"+operation, bytes.NewReader(body)), headers...)
}

func (c caller) sign(r *http.Request, headers ...string) *http.Request {
	headers = append([]string{"systemid", c.system, "timestamp", "21112026T162726+0661"}, headers...)
	var members []string
	for i := 0; i < len(headers); i += 2 {
		r.Header.Add("XroadVnpt-"+headers[i], headers[i+1])
		value, _ := json.Marshal(headers[i+1])
		members = append(members, fmt.Sprintf(`"XroadVnpt-%s":%s`, headers[i], value))
	}
	slices.Reverse(members) // order must not matter
	object := "{" + strings.Join(members, ",") + "}"
	mac := hmac.New(sha256.New, []byte(c.secret))
	mac.Write([]byte(object))
	r.Header.Set("XroadVnpt-sign-header", object)
	r.Header.Set("XroadVnpt-hash-header", hex.EncodeToString(mac.Sum(nil)))
	return r
}

func (c caller) do(t *testing.T, r *http.Request) string {
	t.Helper()
	w := httptest.NewRecorder()
	c.handler.ServeHTTP(w, r)
	return w.Body.String()
}

func (c caller) call(t *testing.T, operation string, body []byte, headers ...string) string {
	t.Helper()
	return c.do(t, c.request(operation, body, headers...))
}

// send sends a packet with a padded hash and gives its docId.
func (c caller) send(t *testing.T, packet []byte, headers ...string) string {
	t.Helper()
	sum := sha256.Sum256(packet)
	body := append(bytes.Clone(packet), "\r\n"...)
	answer := c.call(t, "sendEdoc", body, append([]string{"hash-file", hex.EncodeToString(sum[:]), "servicetype", "eDoc"}, headers...)...)
	var members struct{ ErrorCode, DocId string }
	if err := json.Unmarshal([]byte(answer), &members); err != nil || members.ErrorCode != "0" {
		t.Fatalf("send: %s", answer)
	}
	return members.DocId
}

func wantCode(t *testing.T, what, answer, code string) {
	t.Helper()
	if !strings.Contains(answer, `"ErrorCode":"`+code+`"`) {
		t.Errorf("%s: %s, want code %s", what, answer, code)
	}
}

// counting is a source of docIds that can be foreseen.
type counting struct{ n byte }

func (c *counting) Read(p []byte) (int, error) {
	c.n++
	for i := range p {
		p[i] = c.n
	}
	return len(p), nil
}

func simOptions(dir string) Options {
	agency := func(code, name, system, old string) Agency {
		return Agency{Agency: document.Agency{Code: document.Code(code), Name: name, Email: "vt@" + strings.ToLower(code) + ".vn"}, System: system, OldCode: document.Code(old), Parent: "H40"}
	}
	return Options{
		Dir:      dir,
		Systems:  []System{{"tinh", []byte("secret-tinh")}, {"xa", []byte("secret-xa")}},
		Agencies: []Agency{agency("H40", "UBND tỉnh", "tinh", "000.00.00.H40"), agency("H40.1", "Xã Một", "xa", ""), agency("H40.2", "Xã Hai", "xa", ""), agency("H40.W00", "Trục tỉnh", "tinh", "")},
		Clock:    func() time.Time { return time.Date(2026, 11, 21, 1, 0, 0, 0, time.UTC) },
		Rand:     &counting{},
	}
}

func open(t *testing.T, dir string, change ...func(*Options)) (*Axis, caller, caller) {
	t.Helper()
	o := simOptions(dir)
	for _, f := range change {
		f(&o)
	}
	a, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { a.Close() })
	return a, caller{a.Handler(), "tinh", "secret-tinh"}, caller{a.Handler(), "xa", "secret-xa"}
}

func packet(t *testing.T, to ...string) []byte {
	t.Helper()
	d := edxml.Document{
		From: document.Agency{Code: "H40", Name: "UBND tỉnh"}, ID: "H40,2026/11/21,01/QĐ-UBND",
		Code: document.Reference{Number: "01", Notation: "QĐ-UBND"}, Date: document.Date{Year: 2026, Month: 11, Day: 21},
		Type: edxml.TypeInfo{Type: 2, Detail: 2, Name: "Quyết định"}, Subject: "Thử <liên thông> & kiểm tra",
	}
	for _, code := range to {
		d.To = append(d.To, document.Agency{Code: document.Code(code), Name: code})
	}
	var b bytes.Buffer
	if err := edxml.WriteDocument(&b, d); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// TestAnswersByLetter: the answers as axis.md §1.3 and §1.6 demand them.
func TestAnswersByLetter(t *testing.T) {
	_, tinh, xa := open(t, t.TempDir())
	p := packet(t, "H40.1")
	const (
		copyID = "01010101-0101-4101-8101-010101010101"
		sentID = "02020202-0202-4202-8202-020202020202"
	)
	sum := sha256.Sum256(p)
	for _, step := range []struct {
		who             caller
		operation, want string
		body            []byte
		headers         []string
	}{
		{xa, "getReceivedEdocList", `{"status":"OK","ErrorCode":"0","ErrorDesc":"Thành công","data":[]}`, nil, []string{"servicetype", "eDoc", "messagetype", "edoc"}},
		{tinh, "sendEdoc", `{"status":"OK","ErrorCode":"0","ErrorDesc":"Thành công","DocId":"` + sentID + `"}`, append(bytes.Clone(p), "\r\n"...),
			[]string{"hash-file", hex.EncodeToString(sum[:]), "from", "H40", "servicetype", "eDoc", "messagetype", "edoc"}},
		{xa, "countReceiveEdoc", `{"status":"OK","ErrorCode":"0","ErrorDesc":"Thành công","count":1}`, []byte("{}"), []string{"servicetype", "eDoc", "messagetype", "edoc"}},
		{xa, "getReceivedEdocList", `{"status":"OK","ErrorCode":"0","ErrorDesc":"Thành công","data":[{"docId":"` + copyID + `","serviceType":"eDoc","messageType":"edoc",` +
			`"created_time":"21/11/2026 08:00:00","updated_time":"21/11/2026 08:00:00","from":"H40","to":"H40.1","status":"initial","status_desc":"Khởi tạo"}]}`, nil, []string{"servicetype", "edoc"}},
		{xa, "getEdoc", `{"status":"OK","ErrorCode":"0","ErrorDesc":"Thành công","data":"` + base64.StdEncoding.EncodeToString(p) + `"}`, []byte("{}"), []string{"docId", copyID, "filePath", "kho"}},
		{tinh, "getSentEdocList", `{"status":"OK","ErrorCode":"0","ErrorDesc":"Thành công","data":[{"serviceType":"eDoc","messageType":"edoc","title":"Thử <liên thông> & kiểm tra","notation":"01/QĐ-UBND",` +
			`"senderDocId":"` + sentID + `","receiverDocId":"` + copyID + `","fromCode":"H40","toCode":"H40.1","sentTime":"21/11/2026 08:00:00","receivedTime":"21/11/2026 08:00:00",` +
			`"sendStatus":"done","sendStatusDesc":"Hoàn thành","receiveStatus":"processing","receiveStatusDesc":"Đang xử lý"}]}`, nil, nil},
		{xa, "updateStatus", `{"status":"OK","ErrorCode":"0","ErrorDesc":"Thành công"}`, []byte("{}"), []string{"docId", copyID, "status", "done"}},
		{xa, "getReceivedEdocList", `{"status":"OK","ErrorCode":"0","ErrorDesc":"Thành công","data":[]}`, nil, nil},
		{xa, "updateStatus", `{"status":"FAIL","ErrorCode":"-1","ErrorDesc":"Không có gói tin này"}`, []byte("{}"), []string{"docId", "x", "status", "done"}},
		{tinh, "sendEdoc", `{"status":"FAIL","ErrorCode":"10","ErrorDesc":"Tệp không đúng mã băm","DocId":""}`, p, []string{"hash-file", "00", "from", "H40"}},
		{xa, "getEdoc", `{"status":"FAIL","ErrorCode":"-1","ErrorDesc":"Không có gói tin này","data":""}`, []byte("{}"), []string{"docId", "x"}},
		{tinh, "deleteAgency", `{"status":"FAIL","ErrorCode":"-1","ErrorDesc":"Không có đơn vị này"}`, []byte("{}"), []string{"AgencyCode", "H40.2"}},
		{xa, "deleteAgency", `{"status":"OK","ErrorCode":"0","ErrorDesc":"Thành công"}`, []byte("{}"), []string{"AgencyCode", "H40.2"}},
		{tinh, "deleteAgency", `{"status":"OK","ErrorCode":"0","ErrorDesc":"Thành công"}`, []byte("{}"), []string{"AgencyCode", "H40.W00"}},
		{tinh, "registerAgency", `{"status":"OK","ErrorCode":"0","ErrorDesc":"Thành công"}`, []byte(`{"id":"","pcode":"H40","code":"h40.3","name":"Xã Ba","mail":"a@b.vn","mobile":"","fax":""}`), nil},
		{tinh, "getAgenciesList", `{"status":"OK","ErrorCode":"0","ErrorDesc":"Thành công","data":[` +
			`{"id":"vxp-h40","pid":"vxp-h40","code":"H40","name":"UBND tỉnh","mail":"vt@h40.vn","oldCode":"000.00.00.H40"},` +
			`{"id":"vxp-h40.1","pid":"vxp-h40","code":"H40.1","name":"Xã Một","mail":"vt@h40.1.vn","oldCode":""},` +
			`{"id":"vxp-h40.3","pid":"vxp-h40","code":"H40.3","name":"Xã Ba","mail":"a@b.vn","oldCode":""}]}`, nil, nil},
		{tinh, "khongCo", `{"status":"FAIL","ErrorCode":"-1","ErrorDesc":"Không có dịch vụ này","DocId":"","data":[],"count":0}`, nil, nil},
	} {
		if got := step.who.call(t, step.operation, step.body, step.headers...); got != step.want {
			t.Errorf("%s\n got %s\nwant %s", step.operation, got, step.want)
		}
	}
}

func TestHashForms(t *testing.T) {
	_, tinh, _ := open(t, t.TempDir())
	p := packet(t, "H40.1")
	sum := sha256.Sum256(p)
	padded, short := hex.EncodeToString(sum[:]), unpadded(sum[:])
	ended := append(bytes.Clone(p), "\r\n"...)
	endSum := sha256.Sum256(ended)
	for name, tt := range map[string]struct {
		body []byte
		hash string
		code string
	}{
		"padded":                 {p, padded, "0"},
		"unpadded":               {p, short, "0"},
		"with CRLF":              {ended, padded, "0"},
		"with CRLF, unpadded":    {ended, short, "0"},
		"file ending in CRLF":    {ended, hex.EncodeToString(endSum[:]), "0"},
		"upper case":             {p, strings.ToUpper(padded), "0"},
		"wrong":                  {p, strings.Repeat("0", 64), "10"},
		"none":                   {p, "", "10"},
		"hash of something else": {append(ended, "\r\n"...), padded, "10"},
		"empty body":             {nil, padded, "10"},
	} {
		wantCode(t, name, tinh.call(t, "sendEdoc", tt.body, "hash-file", tt.hash, "from", "H40"), tt.code)
	}
}

func TestSignatures(t *testing.T) {
	_, _, xa := open(t, t.TempDir())
	ok := func() *http.Request { return xa.request("updateStatus", []byte("{}"), "docId", "x", "status", "done") }
	for name, change := range map[string]func(*http.Request){
		"unsigned":       func(r *http.Request) { r.Header.Del("XroadVnpt-sign-header") },
		"no hash":        func(r *http.Request) { r.Header.Del("XroadVnpt-hash-header") },
		"hash cut":       func(r *http.Request) { r.Header.Set("XroadVnpt-hash-header", "0489") },
		"no headers":     func(r *http.Request) { clear(r.Header) },
		"changed value":  func(r *http.Request) { r.Header.Set("XroadVnpt-docId", "y") },
		"added header":   func(r *http.Request) { r.Header.Set("XroadVnpt-from", "H40") },
		"removed header": func(r *http.Request) { r.Header.Del("XroadVnpt-docId") },
		"other system":   func(r *http.Request) { r.Header.Set("XroadVnpt-systemid", "tinh") },
		"changed object": func(r *http.Request) {
			r.Header.Set("XroadVnpt-sign-header", strings.Replace(r.Header.Get("XroadVnpt-sign-header"), "done", "fail", 1))
		},
	} {
		r := ok()
		change(r)
		wantCode(t, name, xa.do(t, r), "15")
	}
	folded := ok()
	folded.Header.Add("XroadVnpt-docId", "z") // one more value beside the signed one
	wantCode(t, "folded values", xa.do(t, folded), "-1")
	stranger := caller{xa.handler, "nobody", "secret-xa"}
	wantCode(t, "unknown system", stranger.call(t, "getAgenciesList", nil), "15")
}

func TestMaxAge(t *testing.T) {
	o := simOptions(t.TempDir())
	o.MaxAge = time.Hour
	for stamp, code := range map[string]string{"21112026T073000+0001": "0", "21112026T083000+0999": "0", "21112026T060000+0000": "15", "20112026T080000+0000": "15", "x": "15", "": "15"} {
		o.Dir = t.TempDir()
		a, err := New(o)
		if err != nil {
			t.Fatal(err)
		}
		c := caller{a.Handler(), "xa", "secret-xa"}
		r := c.request("getAgenciesList", nil)
		object := strings.Replace(r.Header.Get("XroadVnpt-sign-header"), "21112026T162726+0661", stamp, 1)
		mac := hmac.New(sha256.New, []byte("secret-xa"))
		mac.Write([]byte(object))
		r.Header.Set("XroadVnpt-timestamp", stamp)
		r.Header.Set("XroadVnpt-sign-header", object)
		r.Header.Set("XroadVnpt-hash-header", hex.EncodeToString(mac.Sum(nil)))
		wantCode(t, stamp, c.do(t, r), code)
		a.Close()
	}
}

func TestRecipients(t *testing.T) {
	_, tinh, xa := open(t, t.TempDir())
	refuse := func(name string, p []byte, code string, headers ...string) {
		t.Helper()
		sum := sha256.Sum256(p)
		answer := tinh.call(t, "sendEdoc", p, append([]string{"hash-file", hex.EncodeToString(sum[:])}, headers...)...)
		wantCode(t, name, answer, code)
		if !strings.Contains(answer, `"DocId":""`) {
			t.Errorf("%s: no DocId: %s", name, answer)
		}
	}
	refuse("one unknown", packet(t, "H40.1", "H99"), "18", "from", "H40")
	refuse("a system's code", packet(t, "H40.W00"), "18", "from", "H40")
	refuse("narrowed to nobody", packet(t, "H40.1"), "18", "from", "H40", "to", `["H40.2"]`)
	refuse("not our sender", packet(t, "H40.1"), "19", "from", "H40.1")
	refuse("document as report", packet(t, "H40.1"), "22", "from", "H40", "messagetype", "status")
	refuse("no packet", []byte("<html></html>"), "22", "from", "H40")
	refuse("external entity", []byte(`<?xml version="1.0"?><!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><edXML/>`), "22", "from", "H40")
	if got := waiting(t, xa, "edoc"); len(got) != 0 {
		t.Errorf("a refused packet was delivered: %v", got)
	}
	tinh.send(t, packet(t, "H40.1", "H40.2", "H40.1"), "from", "H40")
	tinh.send(t, packet(t, "H40.1", "H40.2"), "from", "H40", "to", `["H40.2"]`)
	tinh.send(t, packet(t, "H40.1", "H40.2"), "from", "000.00.00.H40", "to", "h40.1")
	if got := waiting(t, xa, "edoc"); !slices.Equal(got, []string{"H40.1", "H40.2", "H40.2", "H40.1"}) {
		t.Errorf("delivered to %v", got)
	}
}

// waiting lists the recipients of what waits for a system.
func waiting(t *testing.T, c caller, kind string) (to []string) {
	t.Helper()
	var list struct{ Data []struct{ To, DocID string } }
	if err := json.Unmarshal([]byte(c.call(t, "getReceivedEdocList", nil, "messagetype", kind)), &list); err != nil {
		t.Fatal(err)
	}
	for _, row := range list.Data {
		to = append(to, row.To)
	}
	return to
}

// TestReopen: everything confirmed is there after a restart; what a crash left
// half done is not.
func TestReopen(t *testing.T) {
	dir := t.TempDir()
	a, tinh, xa := open(t, dir)
	id := tinh.send(t, packet(t, "H40.1", "H40.2"), "from", "H40")
	wantCode(t, "delete", xa.call(t, "deleteAgency", nil, "AgencyCode", "H40.2"), "0")
	want := tinh.call(t, "getSentEdocList", nil)
	if err := a.Close(); err != nil {
		t.Fatal(err)
	}
	log := filepath.Join(dir, "axis.log")
	whole, err := os.ReadFile(log)
	if err != nil {
		t.Fatal(err)
	}
	half := append(bytes.Clone(whole), whole[:len(whole)/3]...)
	if err := os.WriteFile(log, half, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, orphan := range []string{"upload-1", "lost.edxml", "lost" + deliveredMark + ".edxml"} {
		if err := os.WriteFile(filepath.Join(dir, "packets", orphan), []byte("x"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	a, tinh, xa = open(t, dir)
	if got := tinh.call(t, "getSentEdocList", nil); got != want {
		t.Errorf("got %s\nwant %s", got, want)
	}
	if got := waiting(t, xa, "edoc"); !slices.Equal(got, []string{"H40.1"}) {
		t.Errorf("waiting %v", got)
	}
	if got := tinh.call(t, "downloadEdoc", nil, "docId", id); got != string(packet(t, "H40.1", "H40.2")) {
		t.Errorf("packet %q", got)
	}
	files, _ := os.ReadDir(filepath.Join(dir, "packets"))
	if len(files) != 1 {
		t.Errorf("%d files left", len(files))
	}
	tinh.send(t, packet(t, "H40.1"), "from", "H40") // the log goes on after the cut line
	if again, err := New(simOptions(dir)); !errors.Is(err, ErrLocked) {
		again.Close()
		t.Errorf("two axes over one folder: %v", err)
	}
	if err := a.Close(); err != nil {
		t.Error(err)
	}
	_, tinh, _ = open(t, dir)
	if got := strings.Count(tinh.call(t, "getSentEdocList", nil), "senderDocId"); got != 3 {
		t.Errorf("%d rows after the third start", got)
	}
}

// TestLongTornLine: what is appended after a torn line that was longer stands
// alone.
func TestLongTornLine(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "axis.log"), []byte(`{"sent":{"title":"`+strings.Repeat("x", 1<<16)), 0o600); err != nil {
		t.Fatal(err)
	}
	a, _, xa := open(t, dir)
	wantCode(t, "delete", xa.call(t, "deleteAgency", nil, "AgencyCode", "H40.2"), "0")
	a.Close()
	_, _, xa = open(t, dir)
	wantCode(t, "delete again", xa.call(t, "deleteAgency", nil, "AgencyCode", "H40.2"), "-1")
}

// TestDoneIsFinal: nothing brings a copy back that its receiver has finished.
func TestDoneIsFinal(t *testing.T) {
	_, tinh, xa := open(t, t.TempDir())
	for _, final := range []string{"done", "fail", "DONE"} {
		tinh.send(t, packet(t, "H40.1"), "from", "H40")
		_, rest, _ := strings.Cut(xa.call(t, "getReceivedEdocList", nil), `"docId":"`)
		id, _, _ := strings.Cut(rest, `"`)
		for _, status := range []string{"processing", final, "processing", "done", "fail"} {
			wantCode(t, status, xa.call(t, "updateStatus", nil, "docId", id, "status", status), "0")
		}
		wantCode(t, "odd", xa.call(t, "updateStatus", nil, "docId", id, "status", "initial"), "-1")
		sent := tinh.call(t, "getSentEdocList", nil)
		last := sent[strings.LastIndex(sent, `"receiveStatus":"`):]
		if want := `"receiveStatus":"` + strings.ToLower(final) + `"`; !strings.HasPrefix(last, want) {
			t.Errorf("%s: %s", final, last)
		}
		if got := waiting(t, xa, "edoc"); len(got) != 0 {
			t.Errorf("%s: still waiting %v", final, got)
		}
	}
}

func TestDamagedLogIsRefused(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "axis.log"), []byte("{\"sent\":\n{}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if a, err := New(simOptions(dir)); err == nil {
		a.Close()
		t.Error("a damaged log was taken")
	}
}

// TestDownCuts: a link that dies in the middle of a request answers nothing, and
// what was under way has not happened.
func TestDownCuts(t *testing.T) {
	a, tinh, xa := open(t, t.TempDir())
	server := httptest.NewServer(a.Handler())
	defer server.Close()
	p := packet(t, "H40.1")
	sum := sha256.Sum256(p)
	reader, writer := io.Pipe()
	out, err := http.NewRequest(http.MethodPost, server.URL+"/sendEdoc", reader)
	if err != nil {
		t.Fatal(err)
	}
	out.Header = tinh.request("sendEdoc", nil, "hash-file", hex.EncodeToString(sum[:]), "from", "H40").Header
	go func() {
		writer.Write(p[:len(p)/2])
		a.SetDown(true)
		writer.Write(p[len(p)/2:])
		writer.Close()
	}()
	if resp, err := server.Client().Do(out); err == nil {
		resp.Body.Close()
		t.Error("answered although down")
	}
	a.SetDown(false)
	if got := waiting(t, xa, "edoc"); len(got) != 0 {
		t.Errorf("accepted %v", got)
	}
}

func TestPages(t *testing.T) {
	rows := []int{1, 2, 3, 4, 5}
	for _, tt := range []struct {
		index, size string
		want        []int
	}{
		{"", "", rows}, {"2", "", rows}, {"x", "y", rows}, {"1", "2", []int{1, 2}}, {"", "2", []int{1, 2}}, {"0", "2", []int{1, 2}},
		{"3", "2", []int{5}}, {"4", "2", nil}, {"-9", "5", rows}, {"9223372036854775807", "9223372036854775807", nil}, {"1", "9223372036854775807", rows},
	} {
		if got := paged(rows, tt.index, tt.size); !slices.Equal(got, tt.want) {
			t.Errorf("page %q of %q: %v", tt.index, tt.size, got)
		}
	}
}
