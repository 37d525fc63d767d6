package axis

import (
	"bytes"
	"encoding/json"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"strings"
	"testing"

	"vanthu/internal/document"
)

const packetOfHub = "<edXML>Định Mỹ?></edXML>"

func packetMessage() Message {
	return Message{From: "H40.1.2", Type: Edoc, To: []document.Code{"H40", "G22"}, Body: strings.NewReader(packetOfHub), Size: int64(len(packetOfHub))}
}

// TestWireOfHubs: method, URL and credentials of every call a hub has.
func TestWireOfHubs(t *testing.T) {
	const rest, oauth = "/hub/v1/", "/hub/truclienthong/v1.0.0/"
	for _, tt := range []struct {
		name     string
		call     func(c *Client) error
		want     map[Protocol]string
		wantBody map[Protocol]string
	}{
		{"received", func(c *Client) error { _, err := c.Received(t.Context(), StatusMessage); return err }, map[Protocol]string{
			REST:   "GET " + rest + "syncReceivedEdocList?fromDate=2026%2F08%2F23&messageType=status&toDate=2026%2F11%2F22",
			OAuth2: "GET " + oauth + "vanbans?messageType=status&status=INITIAL"}, nil},
		{"fetch", func(c *Client) error { c.Fetch(t.Context(), "a/b ?", io.Discard, 100); return nil }, map[Protocol]string{
			REST: "GET " + rest + "getEdoc?docId=a%2Fb+%3F", OAuth2: "GET " + oauth + "vanbans/a%2Fb%20%3F"}, nil},
		{"acknowledge", func(c *Client) error { return c.Acknowledge(t.Context(), "d-1", Done) }, map[Protocol]string{
			REST: "POST " + rest + "updateStatus", OAuth2: "PUT " + oauth + "vanbans/d-1"},
			map[Protocol]string{REST: `{"docId":"d-1","status":"done"}`, OAuth2: `{"status":"DONE"}`}},
		{"agencies", func(c *Client) error { _, err := c.Agencies(t.Context()); return err }, map[Protocol]string{
			REST: "GET " + rest + "getAgenciesList", OAuth2: "GET " + oauth + "donvilienthongs"}, nil},
		{"send", func(c *Client) error { _, err := c.Send(t.Context(), packetMessage()); return err }, map[Protocol]string{
			REST: "POST " + rest + "sendEdoc", OAuth2: "POST " + oauth + "vanbans"}, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			eachHub(t, func(t *testing.T, p Protocol) {
				f := &fakeHub{login: granted(p), answer: fixed(200, "application/json", `{"code":200,"status":"OK","errorCode":"0","docId":"x","data":[]}`)}
				c := hubClient(t, p, f, func(c *Config) { c.NoProbe = true })
				if err := tt.call(c); err != nil {
					t.Fatal(err)
				}
				got := f.last()
				if got.line != tt.want[p] {
					t.Errorf("asked %s\nwant  %s", got.line, tt.want[p])
				}
				if want, ok := tt.wantBody[p]; ok && string(got.body) != want {
					t.Errorf("body %s, want %s", got.body, want)
				}
				checkProof(t, p, got.header)
			})
		})
	}
}

func checkProof(t *testing.T, p Protocol, h http.Header) {
	t.Helper()
	if got := h.Get("Authorization"); got != "Bearer t-1" {
		t.Errorf("Authorization %q", got)
	}
	id, key := h.Get("X-SystemId"), h.Get("X-SecretKey")
	if p == REST && (id != "vxp.test.01" || key != "test-secret-000") || p == OAuth2 && id+key != "" {
		t.Errorf("X-SystemId %q, X-SecretKey %q", id, key)
	}
}

func TestWireOfLogin(t *testing.T) {
	for p, want := range map[Protocol]struct{ line, body, kind string }{
		REST:   {"POST /hub/v1/auth/login?allow_anonymous=true", "{}", "application/json"},
		OAuth2: {"POST /hub/token", "grant_type=client_credentials", "application/x-www-form-urlencoded"},
	} {
		f := &fakeHub{login: granted(p), answer: fixed(200, "application/json", `{"status":"OK","data":[]}`)}
		if _, err := hubClient(t, p, f).Received(t.Context(), Edoc); err != nil {
			t.Fatal(err)
		}
		f.mu.Lock()
		got := f.asked[0]
		f.mu.Unlock()
		if got.line != want.line || string(got.body) != want.body || got.header.Get("Content-Type") != want.kind {
			t.Errorf("%s: %s %s %s", p, got.line, got.header.Get("Content-Type"), got.body)
		}
		user, password, _ := (&http.Request{Header: got.header}).BasicAuth()
		if p == OAuth2 && (user != "vxp.test.01" || password != "test-secret-000") || p == REST && got.header.Get("X-SecretKey") != "test-secret-000" {
			t.Errorf("%s: credentials %v", p, got.header)
		}
	}
}

func TestBodyOfSend(t *testing.T) {
	for _, size := range []int{1, 2, 3, 3071, 3072, 3073, 100_000} {
		packet := bytes.Repeat([]byte("<edXML>\x00\r\n--vanthu"), size/8+1)[:size]
		eachHub(t, func(t *testing.T, p Protocol) {
			f := &fakeHub{login: granted(p), answer: fixed(201, "application/json", `{"code":200,"data":{"status":"OK","docId":"d-7","errorCode":"0"}}`)}
			c := hubClient(t, p, f, func(c *Config) { c.NoProbe = true })
			id, err := c.Send(t.Context(), Message{From: "H40.1.2", Type: Edoc, To: []document.Code{"H40", "G22"}, Body: bytes.NewReader(packet), Size: int64(size)})
			if err != nil || id != "d-7" {
				t.Fatal(id, err)
			}
			got := f.last()
			fields, sent := unform(t, got)
			if p == OAuth2 {
				fields, sent = unobject(t, got)
			}
			if !bytes.Equal(sent, packet) || fields != `edoc H40.1.2 ["H40","G22"]` {
				t.Errorf("%d bytes arrived as %d; fields %s", size, len(sent), fields)
			}
			if got.header.Get("Content-Length") == "" && got.header.Get("Transfer-Encoding") != "" {
				t.Error("no length announced")
			}
		})
	}
}

// TestSendOfUpload: a packet that lies at the hub already is named, not sent.
func TestSendOfUpload(t *testing.T) {
	eachHub(t, func(t *testing.T, p Protocol) {
		f := &fakeHub{login: granted(p), answer: fixed(200, "application/json", `{"code":200,"status":"OK","docId":"d"}`)}
		c := hubClient(t, p, f)
		parcel := &parcel{Message: packetMessage(), sum: []byte{0x0a, 0xbc}, upload: "u-1", encoding: "zstd"}
		if _, err := c.commit(t.Context(), parcel); err != nil {
			t.Fatal(err)
		}
		got := f.last()
		text := string(got.body)
		if strings.Contains(text, "edXML") || strings.Contains(text, "edocFile") || strings.Contains(text, `"data"`) {
			t.Errorf("the packet is in it: %s", text)
		}
		for _, want := range map[Protocol][]string{
			REST:   {"name=\"upload\"\r\n\r\nu-1\r\n", "name=\"encoding\"\r\n\r\nzstd\r\n", "name=\"hashFile\"\r\n\r\n0abc\r\n"},
			OAuth2: {`"upload":"u-1"`, `"encoding":"zstd"`, `"hashFile":"0abc"`},
		}[p] {
			if !strings.Contains(text, want) {
				t.Errorf("no %q in %s", want, text)
			}
		}
	})
}

// unform reads the body of a REST hub's send.
func unform(t *testing.T, s seen) (fields string, packet []byte) {
	t.Helper()
	kind, params, _ := mime.ParseMediaType(s.header.Get("Content-Type"))
	if kind != "multipart/form-data" {
		return "", nil
	}
	form, err := multipart.NewReader(bytes.NewReader(s.body), params["boundary"]).ReadForm(1 << 20)
	if err != nil {
		t.Fatal(err)
	}
	file, err := form.File["edocFile"][0].Open()
	if err != nil {
		t.Fatal(err)
	}
	if packet, err = io.ReadAll(file); err != nil {
		t.Fatal(err)
	}
	return strings.Join([]string{form.Value["messageType"][0], form.Value["from"][0], form.Value["to"][0]}, " "), packet
}

// unobject reads the body of an OAuth2 hub's send.
func unobject(t *testing.T, s seen) (fields string, packet []byte) {
	t.Helper()
	var v struct {
		MessageType, From string
		To                json.RawMessage
		Data              []byte
	}
	if err := json.Unmarshal(s.body, &v); err != nil {
		t.Fatalf("%v in %.200s", err, s.body)
	}
	return v.MessageType + " " + v.From + " " + string(v.To), v.Data
}
