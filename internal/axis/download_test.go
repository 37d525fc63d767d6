package axis_test

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"path/filepath"
	"strings"
	"testing"

	"vanthu/internal/axis"
	"vanthu/internal/axis/axissim"
)

// sent is an axis without offers that has one packet for the receiver.
func sent(t *testing.T, offers axissim.Offers) (o *offering, docID string, packet []byte) {
	o = newOffering(t, axissim.ModeSDK, offers)
	packet = o.packet(60_000)
	if _, err := o.client().Send(t.Context(), o.message(packet, "")); err != nil {
		t.Fatal(err)
	}
	docID = o.waiting()[0].DocID
	o.requests()
	return o, docID, packet
}

// An axis that has no raw downloads, however it says so, is asked with getEdoc,
// at once and for the rest of the day.
func TestWithoutRawDownloads(t *testing.T) {
	for name, spoil := range map[string]func(http.ResponseWriter, *http.Request) bool{
		"404":             answerWith(404, "text/html", "<html>không có</html>"),
		"405":             answerWith(405, "text/plain", ""),
		"500":             answerWith(500, "text/html", "<html>lỗi</html>"),
		"501":             answerWith(501, "text/plain", ""),
		"page":            answerWith(200, "text/html", "<html>đăng nhập</html>"),
		"page, no type":   answerWith(200, "", "\n<!DOCTYPE html><p>"),
		"empty":           answerWith(200, "application/xml", ""),
		"null":            answerWith(200, "application/json", "null"),
		"text":            answerWith(200, "text/plain", "OK"),
		"list":            answerWith(200, "application/json", "[]"),
		"refusal":         answerWith(200, "application/json", `{"status":"FAIL","ErrorCode":"-1","ErrorDesc":"không có dịch vụ"}`),
		"unknown refusal": answerWith(400, "application/json", `{"status":"FAIL","ErrorCode":"77","ErrorDesc":""}`),
		"unpacks not":     answerWith(200, "application/json", "{"),
		"without an end": func(w http.ResponseWriter, _ *http.Request) bool {
			c, b, _ := w.(http.Hijacker).Hijack()
			b.WriteString("HTTP/1.0 200 OK\r\n\r\n<?xml")
			b.Flush()
			c.Close()
			return true
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o, docID, want := sent(t, axissim.Offers{})
			o.rule(when("", "/downloadEdoc", spoil))
			c := o.client()
			for _, asked := range []string{"GET downloadEdoc, POST getEdoc", "POST getEdoc"} {
				got, how, err := bring(t.Context(), c, docID, filepath.Join(t.TempDir(), "p"))
				if err != nil || !bytes.Equal(got, want) || how.Doubtful() {
					t.Errorf("%d bytes, %+v, %v", len(got), how, err)
				}
				if got := strings.Join(o.requests("downloadEdoc", "getEdoc"), ", "); got != asked {
					t.Errorf("asked %s, want %s", got, asked)
				}
			}
			o.tomorrow()
			o.rule(nil)
			_, how, err := bring(t.Context(), c, docID, filepath.Join(t.TempDir(), "p"))
			if err != nil || !how.Raw || !how.Doubtful() {
				t.Errorf("the next day: %+v, %v", how, err)
			}
		})
	}
}

// What the axis says in its own words, and a broken line, is the same the other
// way: it is not asked.
func TestNoOtherWay(t *testing.T) {
	for name, c := range map[string]struct {
		spoil func(http.ResponseWriter, *http.Request) bool
		want  error
	}{
		"busy":   {answerWith(200, "application/json", `{"status":"FAIL","ErrorCode":"20","ErrorDesc":""}`), axis.ErrBusy},
		"503":    {answerWith(503, "text/html", "<html>"), axis.ErrBusy},
		"broken": {func(http.ResponseWriter, *http.Request) bool { panic(http.ErrAbortHandler) }, axis.ErrOffline},
		"secret": {answerWith(401, "application/json", `{"status":"FAIL","ErrorCode":"15","ErrorDesc":""}`), &axis.Rejected{Code: "15"}},
	} {
		o, docID, _ := sent(t, axissim.Offers{})
		o.rule(when("", "/downloadEdoc", c.spoil))
		_, _, err := bring(t.Context(), o.client(), docID, filepath.Join(t.TempDir(), "p"))
		var got, want *axis.Rejected
		if errors.As(c.want, &want) && (!errors.As(err, &got) || got.Code != want.Code) || want == nil && !errors.Is(err, c.want) {
			t.Errorf("%s: %v", name, err)
		}
		if asked := o.requests("getEdoc"); len(asked) > 0 {
			t.Errorf("%s: %v", name, asked)
		}
	}
}

// What an axis compresses and does not unpack is asked for as it is, the next
// time and for the rest of the day.
func TestBadCompression(t *testing.T) {
	o, docID, want := sent(t, axissim.Offers{})
	o.rule(when("", "/downloadEdoc", func(w http.ResponseWriter, r *http.Request) bool {
		if !strings.Contains(r.Header.Get("Accept-Encoding"), "zstd") {
			return false
		}
		w.Header().Set("Content-Encoding", "zstd")
		w.Write(want)
		return true
	}))
	c, part := o.client(), filepath.Join(t.TempDir(), "p")
	if _, _, err := bring(t.Context(), c, docID, part); err != nil && !errors.Is(err, axis.ErrMalformed) {
		t.Errorf("first: %v", err)
	}
	o.requests()
	got, _, err := bring(t.Context(), c, docID, part)
	if err != nil || !bytes.Equal(got, want) {
		t.Errorf("second: %d bytes, %v", len(got), err)
	}
}

// Errors of who takes the packet come back as they are, and what has come need
// not come again.
func TestTakerFails(t *testing.T) {
	o, docID, want := sent(t, axissim.Offers{Compression: true})
	full := errors.New("đĩa đầy")
	part := filepath.Join(t.TempDir(), "p")
	_, err := o.client().Download(t.Context(), docID, axis.Download{Part: part, Limit: 1 << 20, To: func(r io.Reader) error {
		_, err := io.CopyN(io.Discard, r, 1000)
		return errors.Join(err, full)
	}})
	if !errors.Is(err, full) {
		t.Errorf("%v", err)
	}
	o.requests()
	got, _, err := bring(t.Context(), o.client(), docID, part)
	if err != nil || !bytes.Equal(got, want) || len(o.requests("downloadEdoc", "getEdoc")) != 0 {
		t.Errorf("%d bytes, %v", len(got), err)
	}
}

func TestDownloadTooLarge(t *testing.T) {
	for _, offers := range []axissim.Offers{{}, {Compression: true}} {
		o, docID, _ := sent(t, offers)
		_, err := o.client().Download(t.Context(), docID, axis.Download{Part: filepath.Join(t.TempDir(), "p"), Limit: 50_000,
			To: func(r io.Reader) error { _, err := io.Copy(io.Discard, r); return err }})
		if !errors.Is(err, axis.ErrTooLarge) {
			t.Errorf("%+v: %v", offers, err)
		}
	}
	o := newOffering(t, axissim.ModeSDK, axissim.Offers{})
	if _, err := o.client().Download(t.Context(), "", axis.Download{}); !errors.Is(err, axis.ErrValue) {
		t.Errorf("%v", err)
	}
}
