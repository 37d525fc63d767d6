package axissim

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
)

func offering(o *Options) { o.Offers = Offers{Range: true, Compression: true, Tus: true} }

func serve(h http.Handler, r *http.Request) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

// download asks for a packet with plain headers, name and value in turn.
func (c caller) download(id string, plain ...string) *httptest.ResponseRecorder {
	r := c.sign(httptest.NewRequest(http.MethodGet, "/bat/ky/downloadEdoc", nil), "docId", id)
	for i := 0; i < len(plain); i += 2 {
		r.Header.Set(plain[i], plain[i+1])
	}
	return serve(c.handler, r)
}

func unpack(t *testing.T, encoding string, b []byte) []byte {
	t.Helper()
	var r io.Reader = bytes.NewReader(b)
	var err error
	switch encoding {
	case "gzip":
		r, err = gzip.NewReader(r)
	case "zstd":
		r, err = zstd.NewReader(r)
	}
	if err != nil {
		t.Fatal(err)
	}
	plain, err := io.ReadAll(r)
	if err != nil {
		t.Fatalf("%s: %v", encoding, err)
	}
	return plain
}

func TestOffersAreTold(t *testing.T) {
	for _, o := range []Offers{{}, {Range: true}, {Compression: true}, {Tus: true}, {true, true, true}} {
		t.Run(fmt.Sprint(o), func(t *testing.T) {
			_, tinh, _ := open(t, t.TempDir(), func(opt *Options) { opt.Offers = o })
			w := serve(tinh.handler, httptest.NewRequest(http.MethodOptions, "/bat/ky/sendEdoc", nil))
			if told := w.Code == http.StatusNoContent; told != o.any() {
				t.Errorf("HTTP %d", w.Code)
			}
			for name, want := range map[string]bool{"Accept-Ranges": o.Range, "Accept-Encoding": o.Compression, "Tus-Version": o.Tus, "Tus-Extension": o.Tus} {
				if got := w.Header().Get(name); (got != "") != want {
					t.Errorf("%s: %q", name, got)
				}
			}
		})
	}
}

// TestRanges: whatever the encoding, what was fetched before a cut and after it
// are one packet, also when the axis was started anew in between.
func TestRanges(t *testing.T) {
	dir := t.TempDir()
	a, tinh, _ := open(t, dir, offering)
	p := packet(t, "H40.1")
	id := tinh.send(t, p, "from", "H40")
	tags := map[string]bool{}
	for _, encoding := range []string{"", "gzip", "zstd"} {
		whole := tinh.download(id, "Accept-Encoding", encoding)
		tag, body := whole.Header().Get("ETag"), whole.Body.Bytes()
		if whole.Code != 200 || whole.Header().Get("Content-Encoding") != encoding || whole.Header().Get("Content-Length") != fmt.Sprint(len(body)) ||
			whole.Header().Get("Accept-Ranges") != "bytes" || whole.Header().Get("Vary") != "Accept-Encoding" || strings.HasPrefix(tag, "W/") || tags[tag] {
			t.Errorf("%s: HTTP %d, %v", encoding, whole.Code, whole.Header())
		}
		tags[tag] = true
		if got := unpack(t, encoding, body); !bytes.Equal(got, p) {
			t.Errorf("%s: got %q", encoding, got)
		}
		a.Close()
		a, tinh, _ = open(t, dir, offering)
		rest := tinh.download(id, "Accept-Encoding", encoding, "Range", "bytes=100-", "If-Range", tag)
		if rest.Code != http.StatusPartialContent || !bytes.Equal(rest.Body.Bytes(), body[100:]) || rest.Header().Get("ETag") != tag ||
			rest.Header().Get("Content-Range") != fmt.Sprintf("bytes 100-%d/%d", len(body)-1, len(body)) {
			t.Errorf("%s: HTTP %d, %v", encoding, rest.Code, rest.Header())
		}
		other := tinh.download(id, "Accept-Encoding", encoding, "Range", "bytes=100-", "If-Range", `"x"`)
		if other.Code != 200 || !bytes.Equal(other.Body.Bytes(), body) {
			t.Errorf("%s, another tag: HTTP %d", encoding, other.Code)
		}
		if end := tinh.download(id, "Accept-Encoding", encoding, "Range", fmt.Sprintf("bytes=%d-", len(body))); end.Code != http.StatusRequestedRangeNotSatisfiable {
			t.Errorf("%s, nothing left: HTTP %d", encoding, end.Code)
		}
	}
}

// TestPlainServer: without offers the axis is a server of SDK 2.0.1.
func TestPlainServer(t *testing.T) {
	_, tinh, _ := open(t, t.TempDir())
	p := packet(t, "H40.1")
	id := tinh.send(t, p, "from", "H40")
	w := tinh.download(id, "Accept-Encoding", "zstd, gzip", "Range", "bytes=5-")
	if w.Code != 200 || !bytes.Equal(w.Body.Bytes(), p) || w.Header().Get("ETag") != "" || w.Header().Get("Accept-Ranges") != "" {
		t.Errorf("HTTP %d, %v", w.Code, w.Header())
	}
	r := httptest.NewRequest(http.MethodPost, "/bat/ky/uploads/", nil)
	r.Header.Set("Tus-Resumable", "1.0.0")
	wantCode(t, "uploads", serve(tinh.handler, tinh.sign(r)).Body.String(), "-1")
}

func packed(t *testing.T, encoding string, b []byte) []byte {
	t.Helper()
	var out bytes.Buffer
	e, err := encoder(encoding, &out, gzipPacket)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := e.Write(b); err != nil {
		t.Fatal(err)
	}
	if err := e.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func TestCompressedSend(t *testing.T) {
	p := packet(t, "H40.1")
	sum := sha256.Sum256(p)
	good := packed(t, "zstd", p)
	for name, tt := range map[string]struct {
		encoding, want string
		body           []byte
		status         int
		plain          bool
	}{
		"zstd":    {"zstd", `"ErrorCode":"0"`, good, 200, false},
		"gzip":    {"GZIP", `"ErrorCode":"0"`, packed(t, "gzip", p), 200, false},
		"cut":     {"zstd", `"ErrorCode":"10"`, good[:len(good)-9], 200, false},
		"damaged": {"zstd", `"ErrorCode":"10"`, []byte("không nén"), 200, false},
		"no gzip": {"gzip", "not encoded so", []byte("không nén"), 400, false},
		"unknown": {"br", "not in this encoding", good, 415, false},
		"plain":   {"zstd", "not in this encoding", good, 415, true},
	} {
		t.Run(name, func(t *testing.T) {
			_, tinh, _ := open(t, t.TempDir(), func(o *Options) { o.Offers.Compression = !tt.plain })
			r := tinh.request("sendEdoc", tt.body, "hash-file", hex.EncodeToString(sum[:]), "from", "H40")
			r.Header.Set("Content-Encoding", tt.encoding)
			if w := serve(tinh.handler, r); w.Code != tt.status || !strings.Contains(w.Body.String(), tt.want) {
				t.Errorf("HTTP %d: %s", w.Code, w.Body)
			}
		})
	}
}

// TestCompressedAnswers: long answers come compressed to those who take it.
func TestCompressedAnswers(t *testing.T) {
	_, tinh, _ := open(t, t.TempDir(), offering)
	want := tinh.call(t, "getAgenciesList", nil)
	for accept, encoding := range map[string]string{
		"": "", "gzip,deflate": "gzip", "gzip, zstd": "zstd", "gzip;q=1, zstd;q=0.1": "gzip", "zstd;q=0": "", "br": "", "zstd; q=x": "",
	} {
		r := tinh.request("getAgenciesList", nil)
		r.Header.Set("Accept-Encoding", accept)
		w := serve(tinh.handler, r)
		if got := w.Header().Get("Content-Encoding"); got != encoding || string(unpack(t, got, w.Body.Bytes())) != want {
			t.Errorf("%q: %q, %s", accept, got, w.Body)
		}
	}
	r := tinh.request("countReceiveEdoc", []byte("{}"))
	r.Header.Set("Accept-Encoding", "zstd")
	if w := serve(tinh.handler, r); w.Header().Get("Content-Encoding") != "" || w.Header().Get("Content-Length") == "" {
		t.Errorf("a short answer: %v", w.Header())
	}
}
