package axissim

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

// hubCaller speaks to a hub by the reference's words, not with the client's
// code.
type hubCaller struct {
	handler               http.Handler
	system, secret, token string
}

func (c hubCaller) do(method, target, contentType, body string, plain ...string) (int, string) {
	r := httptest.NewRequest(method, target, strings.NewReader(body))
	r.Header.Set("Content-Type", contentType)
	r.Header.Set("Authorization", "Bearer "+c.token)
	r.Header.Set("X-SystemId", c.system)
	r.Header.Set("X-SecretKey", c.secret)
	for i := 0; i < len(plain); i += 2 {
		r.Header.Set(plain[i], plain[i+1])
	}
	w := serve(c.handler, r)
	return w.Code, w.Body.String()
}

func openHub(t *testing.T, mode Mode, dir string, change ...func(*Options)) (*Axis, hubCaller, hubCaller) {
	t.Helper()
	a, _, _ := open(t, dir, append([]func(*Options){func(o *Options) { o.Mode = mode }}, change...)...)
	enter := func(system string) hubCaller {
		c := hubCaller{a.Handler(), system, "secret-" + system, ""}
		c.token = c.login(t, mode)
		return c
	}
	return a, enter("tinh"), enter("xa")
}

// login gets a token as the clients of each hub do.
func (c hubCaller) login(t *testing.T, mode Mode) string {
	t.Helper()
	var got struct {
		Data struct {
			Token     string
			ExpiresIn int
		}
		AccessToken string `json:"access_token"`
		TokenType   string `json:"token_type"`
		ExpiresIn   int    `json:"expires_in"`
	}
	status, body := c.do(http.MethodPost, "/tinh/v1/auth/login?allow_anonymous=true", "application/json", "{}")
	if mode == ModeOAuth2 {
		r := httptest.NewRequest(http.MethodPost, "/tinh/token", strings.NewReader("grant_type=client_credentials"))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.SetBasicAuth(c.system, c.secret)
		w := serve(c.handler, r)
		status, body = w.Code, w.Body.String()
	}
	if err := json.Unmarshal([]byte(body), &got); err != nil || status != 200 {
		t.Fatalf("HTTP %d: %s", status, body)
	}
	if mode == ModeOAuth2 {
		got.Data.Token, got.Data.ExpiresIn = got.AccessToken, got.ExpiresIn
	}
	if got.Data.ExpiresIn != 1800 || got.Data.Token == "" || mode == ModeREST && strings.Count(got.Data.Token, ".") != 2 {
		t.Fatalf("token %s", body)
	}
	return got.Data.Token
}

// form is a send in the REST form: names and values in turn; "edocFile" is a
// file.
func form(t *testing.T, parts ...string) (contentType, body string) {
	t.Helper()
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	for i := 0; i < len(parts); i += 2 {
		begin := w.CreateFormField
		if parts[i] == "edocFile" {
			begin = func(name string) (io.Writer, error) { return w.CreateFormFile(name, "../../../etc/văn bản.edxml") }
		}
		part, err := begin(parts[i])
		if err != nil {
			t.Fatal(err)
		}
		part.Write([]byte(parts[i+1])) // into memory
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return w.FormDataContentType(), b.String()
}

const hubCopy, hubSent = "01010101-0101-4101-8101-010101010101", "02020202-0202-4202-8202-020202020202"

// TestRESTByLetter: the answers in the form of variant (a).
func TestRESTByLetter(t *testing.T) {
	_, tinh, xa := openHub(t, ModeREST, t.TempDir())
	p := string(packet(t, "H40.1"))
	kind, body := form(t, "to", `["H40.1"]`, "edocFile", p, "messageType", "edoc")
	empty := `{"code":200,"message":"Thành công","data":[]}`
	for _, step := range []struct {
		who                             hubCaller
		method, path, kind, body, wants string
	}{
		{xa, "GET", "syncReceivedEdocList?messageType=edoc", "", "", empty},
		{tinh, "POST", "sendEdoc", kind, body, `{"code":200,"message":"Thành công","data":{"status":"OK","docId":"` + hubSent + `","errorCode":"0","errorDesc":"Thành công"}}`},
		{xa, "GET", "syncReceivedEdocList?messageType=edoc&fromDate=2026/11/21&toDate=2026/11/21", "", "", `{"code":200,"message":"Thành công","data":[{"docId":"` + hubCopy + `","serviceType":"eDoc","messageType":"edoc",` +
			`"created_time":"21/11/2026 08:00:00","updated_time":"21/11/2026 08:00:00","from":"H40","to":"H40.1","status":"initial","status_desc":"Khởi tạo"}]}`},
		{xa, "GET", "syncReceivedEdocList?messageType=edoc&fromDate=2026/11/22", "", "", empty},
		{xa, "GET", "syncReceivedEdocList?messageType=edoc&toDate=2026/11/20", "", "", empty},
		{xa, "GET", "getEdoc?docId=" + hubCopy, "", "", `{"code":200,"message":"Thành công","data":{"status":"OK","docId":"` + hubCopy + `","errorCode":"0","errorDesc":"Thành công","data":"` + base64.StdEncoding.EncodeToString([]byte(p)) + `"}}`},
		{xa, "POST", "updateStatus", "application/json", `{"docId":"` + hubCopy + `","status":"done"}`, `{"code":200,"message":"Thành công","data":{"status":"OK","docId":"` + hubCopy + `","errorCode":"0","errorDesc":"Thành công"}}`},
		{xa, "GET", "syncReceivedEdocList?messageType=edoc", "", "", empty},
		{xa, "GET", "getEdoc?docId=x", "", "", `{"code":200,"message":"Không có gói tin này","data":{"status":"FAIL","docId":"","errorCode":"-1","errorDesc":"Không có gói tin này"}}`},
		{xa, "POST", "updateStatus", "application/json", `không`, `{"code":200,"message":"Không đọc được yêu cầu","data":{"status":"FAIL","docId":"","errorCode":"10","errorDesc":"Không đọc được yêu cầu"}}`},
		{xa, "GET", "getAgenciesList", "", "", `{"code":200,"message":"Thành công","data":{"content":[` +
			`{"id":"vxp-h40","pid":"vxp-h40","code":"H40","name":"UBND tỉnh","mail":"vt@h40.vn","oldCode":"000.00.00.H40"},` +
			`{"id":"vxp-h40.1","pid":"vxp-h40","code":"H40.1","name":"Xã Một","mail":"vt@h40.1.vn","oldCode":""},` +
			`{"id":"vxp-h40.2","pid":"vxp-h40","code":"H40.2","name":"Xã Hai","mail":"vt@h40.2.vn","oldCode":""},` +
			`{"id":"vxp-h40.w00","pid":"vxp-h40","code":"H40.W00","name":"Trục tỉnh","mail":"vt@h40.w00.vn","oldCode":""}]}}`},
		{xa, "GET", "getSentEdocList", "", "", `{"code":404,"message":"Not Found","errorDetail":[{"exception":"Không có dịch vụ này"}]}`},
	} {
		if _, got := step.who.do(step.method, "/tinh/v1/"+step.path, step.kind, step.body); got != step.wants {
			t.Errorf("%s\n got %s\nwant %s", step.path, got, step.wants)
		}
	}
}

// TestOAuthByLetter: the answers in the form of variant (b).
func TestOAuthByLetter(t *testing.T) {
	_, tinh, xa := openHub(t, ModeOAuth2, t.TempDir())
	p := string(packet(t, "H40.1"))
	send := `{"messageType":"edoc","to":["H40.1"],"data":"` + base64.StdEncoding.EncodeToString([]byte(p)) + `","from":"H40"}`
	row := func(status, desc string) string {
		return `{"status":"OK","errorCode":"0","errorDesc":"Thành công","data":[{"docId":"` + hubCopy + `","serviceType":"eDoc","messageType":"edoc",` +
			`"created_time":"21/11/2026 08:00:00","updated_time":"21/11/2026 08:00:00","from":"H40","to":"H40.1","status":"` + status + `","status_desc":"` + desc + `"}]}`
	}
	const done, empty = `{"status":"OK","errorCode":"0","errorDesc":"Thành công"}`, `{"status":"OK","errorCode":"0","errorDesc":"Thành công","data":[]}`
	for _, step := range []struct {
		who                       hubCaller
		method, path, body, wants string
		status                    int
	}{
		{xa, "GET", "/vanbans?messageType=edoc&status=INITIAL", "", empty, 200},
		{tinh, "POST", "/vanbans", send, `{"status":"OK","errorCode":"0","errorDesc":"Thành công","docId":"` + hubSent + `"}`, 201},
		{xa, "GET", "/vanbans/" + hubCopy, "", `{"status":"OK","errorCode":"0","errorDesc":"Thành công","docId":"` + hubCopy + `","data":"` + base64.StdEncoding.EncodeToString([]byte(p)) + `"}`, 200},
		{xa, "GET", "/vanbans?messageType=edoc&status=INITIAL", "", row("INITIAL", "Khởi tạo"), 200},
		{xa, "PUT", "/vanbans/" + hubCopy, `{"status":"PROCESSING"}`, done, 200},
		{xa, "GET", "/vanbans?messageType=edoc&status=INITIAL", "", empty, 200},
		{xa, "GET", "/vanbans?messageType=edoc", "", row("PROCESSING", "Đang xử lý"), 200},
		{xa, "PUT", "/vanbans/" + hubCopy, `{"status":"DONE"}`, done, 200},
		{xa, "GET", "/vanbans", "", empty, 200},
		{xa, "GET", "/vanbans/x", "", `{"status":"FAIL","errorCode":"-1","errorDesc":"Không có gói tin này","docId":""}`, 200},
		{xa, "PUT", "/vanbans/x", `{"status":"DONE"}`, `{"status":"FAIL","errorCode":"-1","errorDesc":"Không có gói tin này","docId":""}`, 200},
		{xa, "POST", "/vanbans", send, `{"status":"FAIL","errorCode":"19","errorDesc":"Đơn vị gửi chưa đăng ký: H40","docId":""}`, 200},
		{xa, "DELETE", "/vanbans/x", "", `{"fault":{"code":404,"message":"Not Found","description":"Không có dịch vụ này"}}`, 404},
	} {
		if status, got := step.who.do(step.method, "/tinh"+oauthBase+step.path, "application/json", step.body); got != step.wants || status != step.status {
			t.Errorf("%s %s\n got %d %s\nwant %d %s", step.method, step.path, status, got, step.status, step.wants)
		}
	}
}

// TestTokens: nothing without a token of ours that is of this time; after a
// restart the tokens are good as before.
func TestTokens(t *testing.T) {
	later := time.Duration(0)
	clocked := func(o *Options) {
		o.Clock = func() time.Time { return time.Date(2026, 11, 21, 1, 0, 0, 0, time.UTC).Add(later) }
	}
	for mode, path := range map[Mode]string{ModeREST: "/v1/getAgenciesList", ModeOAuth2: oauthBase + "/donvilienthongs"} {
		later = 0
		dir := t.TempDir()
		a, tinh, xa := openHub(t, mode, dir, clocked)
		a.Close()
		a, _, _ = openHub(t, mode, dir, clocked)
		tinh.handler = a.Handler()
		ask := func(name string, c hubCaller, want int) {
			t.Helper()
			if status, body := c.do(http.MethodGet, path, "", ""); status != want {
				t.Errorf("%s, %s: HTTP %d %s", mode, name, status, body)
			}
		}
		ask("after a restart", tinh, 200)
		for name, token := range map[string]string{
			"none": "", "no token": "x", "dots": "..", "cut": tinh.token[:len(tinh.token)-1], "seal of another": tinh.token[:strings.LastIndexByte(tinh.token, '.')] + xa.token[strings.LastIndexByte(xa.token, '.'):],
		} {
			c := tinh
			c.token = token
			ask(name, c, 401)
		}
		if mode == ModeREST {
			mixed := tinh
			mixed.system, mixed.secret = "xa", "secret-xa"
			ask("headers of another system", mixed, 401)
			mixed = tinh
			mixed.secret = "sai"
			ask("wrong secret beside a token", mixed, 401)
		}
		later = 30*time.Minute - time.Second
		ask("just before its end", tinh, 200)
		later = 30 * time.Minute
		ask("at its end", tinh, 401)
		later = -31 * time.Minute
		ask("before its time", tinh, 401)
	}
}

func TestWrongLogins(t *testing.T) {
	_, tinh, _ := openHub(t, ModeREST, t.TempDir())
	tinh.secret = "sai"
	if status, body := tinh.do(http.MethodPost, "/v1/auth/login", "application/json", "{}"); status != 401 || body != `{"code":401,"message":"Unauthorized","errorDetail":[{"exception":"Sai SystemId hoặc SecretKey"}]}` {
		t.Errorf("HTTP %d %s", status, body)
	}
	a, _, _ := openHub(t, ModeOAuth2, t.TempDir())
	for _, tt := range []struct {
		key, secret, grant string
		status             int
		word               string
	}{
		{"tinh", "sai", "client_credentials", 401, "invalid_client"}, {"", "", "client_credentials", 401, "invalid_client"},
		{"tinh", "secret-tinh", "password", 400, "unsupported_grant_type"},
	} {
		r := httptest.NewRequest(http.MethodPost, "/token", strings.NewReader("grant_type="+tt.grant))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.SetBasicAuth(tt.key, tt.secret)
		if w := serve(a.Handler(), r); w.Code != tt.status || !strings.Contains(w.Body.String(), `"error":"`+tt.word+`"`) {
			t.Errorf("%v: HTTP %d %s", tt, w.Code, w.Body)
		}
	}
}

// TestOddSends: requests that are none, in both forms, are refused with a code
// and leave nothing behind.
func TestOddSends(t *testing.T) {
	p := string(packet(t, "H40.1"))
	code64 := base64.StdEncoding.EncodeToString([]byte(p))
	kind, body := form(t, "edocFile", p)
	_, twice := form(t, "edocFile", p, "edocFile", p)
	_, none := form(t, "messageType", "edoc")
	_, long := form(t, "messageType", strings.Repeat("x", 70<<10), "edocFile", p)
	for name, tt := range map[string]struct {
		mode       Mode
		kind, body string
		code       string
	}{
		"rest, no form":       {ModeREST, "text/plain", p, "10"},
		"rest, no file":       {ModeREST, strings.Replace(kind, "=", "=x", 1), body, "10"},
		"rest, cut":           {ModeREST, kind, body[:len(body)/2], "10"},
		"rest, no packet":     {ModeREST, "", none, "10"},
		"rest, two":           {ModeREST, "", twice, "10"},
		"rest, long field":    {ModeREST, "", long, "10"},
		"oauth2, empty":       {ModeOAuth2, "", "", "10"},
		"oauth2, no object":   {ModeOAuth2, "", "[]", "10"},
		"oauth2, no data":     {ModeOAuth2, "", `{"messageType":"edoc"}`, "10"},
		"oauth2, null":        {ModeOAuth2, "", `{"data":null}`, "10"},
		"oauth2, no base64":   {ModeOAuth2, "", `{"data":"đ"}`, "10"},
		"oauth2, cut":         {ModeOAuth2, "", `{"data":"` + code64[:100], "10"},
		"oauth2, no packet":   {ModeOAuth2, "", `{"data":"` + code64[:100] + `"}`, "22"},
		"oauth2, two":         {ModeOAuth2, "", `{"data":"` + code64 + `","data":"` + code64 + `"}`, "10"},
		"oauth2, long member": {ModeOAuth2, "", `{"x":"` + strings.Repeat("x", 70<<10) + `","data":"` + code64 + `"}`, "10"},
		"oauth2, deep":        {ModeOAuth2, "", strings.Repeat(`{"x":`, 50_000), "10"},
		"oauth2, odd and good": {ModeOAuth2, "", ` { "x" : [ {"data":"]}\"" } , -1e3 ] , "n":null,"t":true, "messageType" : "edoc",` + "\n" +
			` "data" : "` + strings.ReplaceAll(strings.ReplaceAll(code64, "A", `\u0041`), "/", `\/`) + `" } thừa`, "0"},
	} {
		t.Run(name, func(t *testing.T) {
			a, tinh, xa := openHub(t, tt.mode, t.TempDir())
			path := "/v1/sendEdoc"
			if tt.mode == ModeOAuth2 {
				path = oauthBase + "/vanbans"
			}
			if tt.mode == ModeREST && tt.kind == "" {
				_, boundary, _ := strings.Cut(strings.SplitN(tt.body, "\r\n", 2)[0], "--")
				tt.kind = "multipart/form-data; boundary=" + boundary
			}
			if _, got := tinh.do(http.MethodPost, path, tt.kind, tt.body); !strings.Contains(got, fmt.Sprintf(`"errorCode":"%s"`, tt.code)) {
				t.Errorf("got %s, want code %s", got, tt.code)
			}
			if n := len(a.receivedRows(xa.system, "edoc")); (n == 1) != (tt.code == "0") {
				t.Errorf("%d delivered", n)
			}
			a.Close()
			wantLeftovers(t, a, map[bool]int{true: 1, false: 0}[tt.code == "0"])
		})
	}
}

// TestHubUploads: the hubs take packets in pieces and compressed as the axis
// does, and give them raw to who accepts that.
func TestHubUploads(t *testing.T) {
	p := packet(t, "H40.1")
	wire := packed(t, "gzip", p)
	for mode, base := range map[Mode]string{ModeREST: "/tinh/v1", ModeOAuth2: "/tinh" + oauthBase} {
		a, tinh, xa := openHub(t, mode, t.TempDir(), offering)
		status, _ := tinh.do(http.MethodOptions, base+"/sendEdoc", "", "")
		if status != http.StatusNoContent {
			t.Errorf("%s: OPTIONS is HTTP %d", mode, status)
		}
		r := httptest.NewRequest(http.MethodPost, base+"/uploads/", nil)
		for name, value := range map[string]string{"Tus-Resumable": "1.0.0", "Upload-Length": fmt.Sprint(len(wire)), "Authorization": "Bearer " + tinh.token, "X-SystemId": "tinh", "X-SecretKey": "secret-tinh"} {
			r.Header.Set(name, value)
		}
		location := serve(tinh.handler, r).Header().Get("Location")
		if status, body := tinh.do(http.MethodPatch, location, "application/offset+octet-stream", string(wire), "Tus-Resumable", "1.0.0", "Upload-Offset", "0"); status != http.StatusNoContent {
			t.Fatalf("%s: PATCH %s is HTTP %d %s", mode, location, status, body)
		}
		id := location[strings.LastIndexByte(location, '/')+1:]
		use := func() string {
			if mode == ModeREST {
				kind, body := form(t, "upload", id, "encoding", "gzip")
				_, got := tinh.do(http.MethodPost, base+"/sendEdoc", kind, body)
				return got
			}
			_, got := tinh.do(http.MethodPost, base+"/vanbans", "application/json", `{"upload":"`+id+`","encoding":"gzip"}`)
			return got
		}
		if first := use(); !strings.Contains(first, `"errorCode":"0"`) || use() != first {
			t.Errorf("%s: %s", mode, first)
		}
		row := a.receivedRows("xa", "edoc")
		if len(row) != 1 {
			t.Fatalf("%s: %d delivered", mode, len(row))
		}
		get := map[Mode]string{ModeREST: "/getEdoc?docId=", ModeOAuth2: "/vanbans/"}[mode] + row[0].DocID
		if status, got := xa.do(http.MethodGet, base+get, "", "", "Accept", "application/xml", "Range", "bytes=10-"); status != http.StatusPartialContent || got != string(p[10:]) {
			t.Errorf("%s: HTTP %d %q", mode, status, got)
		}
	}
}
