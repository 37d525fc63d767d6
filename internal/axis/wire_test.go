package axis

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"vanthu/internal/document"
)

// wired is a request as its bytes stood on the wire, header names in the case
// they were written in.
type wired struct {
	method, operation string
	header            map[string]string
	body              string
}

func parseWired(t *testing.T, raw string) wired {
	t.Helper()
	head, body, ok := strings.Cut(raw, "\r\n\r\n")
	lines := strings.Split(head, "\r\n")
	first := strings.Fields(lines[0])
	if !ok || len(first) != 3 || first[2] != "HTTP/1.1" {
		t.Fatalf("no request: %.200q", raw)
	}
	w := wired{method: first[0], operation: first[1][strings.LastIndex(first[1], "/")+1:], header: map[string]string{}, body: body}
	for _, line := range lines[1:] {
		name, value, ok := strings.Cut(line, ": ")
		if _, twice := w.header[name]; !ok || twice {
			t.Fatalf("header line %q", line)
		}
		w.header[name] = value
	}
	return w
}

// transportHeader tells the headers that the SDK's HTTP libraries add of
// themselves (Apache HttpClient, and the JDK for sendEdoc). They are no part of
// the protocol: no signature covers them and Go's own stand in their place.
func transportHeader(name string) bool {
	return slices.Contains([]string{"Host", "Connection", "Accept-Encoding", "Expect", "Cache-Control", "Pragma", "Accept"}, name)
}

// names are the header names of the protocol, sorted.
func (w wired) names() []string {
	var all []string
	for name := range w.header {
		if !transportHeader(name) {
			all = append(all, name)
		}
	}
	slices.Sort(all)
	return all
}

// signed is the signed set, sorted, after checking what a server checks: the
// list of names, the object and the headers agree, and the HMAC covers the very
// text of the object.
func (w wired) signed(t *testing.T) []string {
	t.Helper()
	object := w.header["XroadVnpt-sign-header"]
	mac := hmac.New(sha256.New, []byte("test-secret-000"))
	mac.Write([]byte(object))
	if got := w.header["XroadVnpt-hash-header"]; got != hex.EncodeToString(mac.Sum(nil)) {
		t.Errorf("the HMAC does not cover %s", object)
	}
	d := json.NewDecoder(strings.NewReader(object))
	var order []string
	for {
		name, err := d.Token()
		if err != nil {
			break
		}
		if text, ok := name.(string); ok {
			value, _ := d.Token()
			order = append(order, strings.TrimPrefix(text, prefix))
			if !strings.HasPrefix(text, prefix) || w.header[text] != value {
				t.Errorf("signed %s is %q, sent %q", text, value, w.header[text])
			}
		}
	}
	if got := w.header["XroadVnpt-sign-header-key"]; got != strings.Join(order, ";") {
		t.Errorf("sign-header-key %q, object %q", got, order)
	}
	slices.Sort(order)
	return order
}

// compareWired checks that got differs from the SDK's request in nothing but
// the time stamp, what follows from it, and the local path the SDK tells.
func compareWired(t *testing.T, got, want wired) {
	t.Helper()
	if got.method != want.method || got.operation != want.operation {
		t.Errorf("%s %s, the SDK %s %s", got.method, got.operation, want.method, want.operation)
	}
	if g, w := got.names(), want.names(); !slices.Equal(g, w) {
		t.Errorf("headers\n%q, the SDK\n%q", g, w)
	}
	if g, w := got.signed(t), want.signed(t); !slices.Equal(g, w) {
		t.Errorf("signed\n%q, the SDK\n%q", g, w)
	}
	for _, name := range want.names() {
		switch name {
		case "XroadVnpt-filePath", "XroadVnpt-sign-header", "XroadVnpt-sign-header-key", "XroadVnpt-hash-header":
		case "XroadVnpt-timestamp":
			if len(got.header[name]) != len(want.header[name]) {
				t.Errorf("timestamp %q, the SDK %q", got.header[name], want.header[name])
			}
		default:
			if got.header[name] != want.header[name] {
				t.Errorf("%s: %q, the SDK %q", name, got.header[name], want.header[name])
			}
		}
	}
	if got.body != want.body {
		t.Errorf("body of %d bytes %.100q, the SDK %d bytes %.100q", len(got.body), got.body, len(want.body), want.body)
	}
}

// TestWireIsTheSDKs: for the same calls, the bytes on the wire are the SDK's.
// Captures left out: calls we do not have, calls with headers that the SDK
// carried over from earlier ones (018 on), and those it signs wrongly.
func TestWireIsTheSDKs(t *testing.T) {
	const dir = "../../../shared/samples/sdk-requests"
	if _, err := os.Stat(dir); err != nil {
		t.Skip("no ../shared/samples/sdk-requests beside the checkout")
	}
	send := func(c *Client, w wired, to ...document.Code) error {
		packet := strings.TrimSuffix(w.body, "\r\n")
		_, err := c.Send(t.Context(), Message{
			From: document.Code(w.header["XroadVnpt-from"]), Type: MessageType(w.header["XroadVnpt-messagetype"]), To: to,
			Body: strings.NewReader(packet), Size: int64(len(packet)),
		})
		return err
	}
	for name, call := range map[string]func(c *Client, w wired) error{
		"001-ok-getReceivedEdocList": func(c *Client, _ wired) error { _, err := c.Received(t.Context(), Edoc); return err },
		"002-ok-getReceivedEdocList": func(c *Client, _ wired) error { _, err := c.Received(t.Context(), StatusMessage); return err },
		"003-ok-getEdoc": func(c *Client, w wired) error {
			c.Fetch(t.Context(), w.header["XroadVnpt-docId"], &bytes.Buffer{}, 1) // the answer holds no packet
			return nil
		},
		"004-ok-updateStatus": func(c *Client, w wired) error {
			return c.Acknowledge(t.Context(), w.header["XroadVnpt-docId"], Done)
		},
		"005-ok-sendEdoc":            func(c *Client, w wired) error { return send(c, w) },
		"006-ok-sendEdoc":            func(c *Client, w wired) error { return send(c, w, "H40.1.2", "H40.1.3") },
		"007-ok-sendEdoc":            func(c *Client, w wired) error { return send(c, w) },
		"008-ok-getSentEdocList":     func(c *Client, _ wired) error { _, err := c.Sent(t.Context(), Filter{}); return err },
		"009-ok-getAgenciesList":     func(c *Client, _ wired) error { _, err := c.Agencies(t.Context()); return err },
		"010-ok-getAgenciesListQD20": func(c *Client, _ wired) error { _, err := c.AgenciesQD20(t.Context()); return err },
		"011-ok-getSynchronizeUnit": func(c *Client, _ wired) error {
			return c.EachUnit(t.Context(), 0, func(Unit) error { return nil })
		},
		"012-ok-registerAgency": func(c *Client, _ wired) error {
			return c.RegisterAgency(t.Context(), Registration{Parent: "000.00.00.H40", Code: "H40.1.2", Name: "UBND xã Ba Đồn", Email: "a@b.vn"})
		},
		"013-ok-deleteAgency": func(c *Client, w wired) error {
			return c.DeleteAgency(t.Context(), document.Code(w.header["XroadVnpt-AgencyCode"]))
		},
		"014-ok-countReceiveEdoc":    func(c *Client, _ wired) error { c.Count(t.Context(), Edoc); return nil }, // the answer holds no count
		"015-ok-countReceiveStatus":  func(c *Client, _ wired) error { c.Count(t.Context(), StatusMessage); return nil },
		"018-ok-getReceivedEdocList": func(c *Client, _ wired) error { _, err := c.Received(t.Context(), Edoc); return err },
	} {
		t.Run(name, func(t *testing.T) {
			raw, err := os.ReadFile(filepath.Join(dir, name+".req"))
			if err != nil {
				t.Fatal(err)
			}
			want := parseWired(t, string(raw))
			url, sent := capture(t)
			c := client(t, url, func(c *Config) { c.HashUnpadded, c.TrailingCRLF = true, true })
			if err := call(c, want); err != nil {
				t.Fatal(err)
			}
			compareWired(t, parseWired(t, <-sent), want)
		})
	}
}
