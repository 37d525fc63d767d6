package axissim

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"path"
	"strconv"
	"strings"
	"testing"
)

// uploader uploads in any mode.
type uploader struct {
	mode Mode
	sdk  caller
	hub  hubCaller
	base string
}

func newUploader(t *testing.T, mode Mode, h http.Handler) uploader {
	t.Helper()
	u := uploader{mode: mode, sdk: caller{h, "tinh", "secret-tinh"}, hub: hubCaller{h, "tinh", "secret-tinh", ""}}
	u.base = map[Mode]string{ModeSDK: "/x", ModeREST: "/x/v1", ModeOAuth2: "/x" + oauthBase}[mode]
	if mode != ModeSDK {
		u.hub.token = u.hub.login(t, mode)
	}
	return u
}

func (u uploader) do(method, target string, body []byte, plain ...string) *httptest.ResponseRecorder {
	plain = append(plain, "Tus-Resumable", "1.0.0")
	if u.mode == ModeSDK {
		return u.sdk.tus(method, target, body, plain...)
	}
	r := httptest.NewRequest(method, target, bytes.NewReader(body))
	plain = append(plain, "Authorization", "Bearer "+u.hub.token, "X-SystemId", u.hub.system, "X-SecretKey", u.hub.secret)
	for i := 0; i < len(plain); i += 2 {
		r.Header.Set(plain[i], plain[i+1])
	}
	return serve(u.hub.handler, r)
}

func (u uploader) create(t *testing.T, size int) string {
	t.Helper()
	w := u.do(http.MethodPost, u.base+"/uploads/", nil, "Upload-Length", fmt.Sprint(size))
	if w.Code != http.StatusCreated {
		t.Fatalf("HTTP %d %s", w.Code, w.Body)
	}
	return w.Header().Get("Location")
}

// offset is how much the axis says it has.
func (u uploader) offset(t *testing.T, location string) int {
	t.Helper()
	w := u.do(http.MethodHead, location, nil)
	at, err := strconv.Atoi(w.Header().Get("Upload-Offset"))
	if err != nil {
		t.Fatalf("HEAD %s is HTTP %d: %v", location, w.Code, err)
	}
	return at
}

func (u uploader) patch(t *testing.T, location string, offset int, body []byte) int {
	t.Helper()
	w := u.pour(location, offset, append(make([]byte, offset), body...))
	at, err := strconv.Atoi(w.Header().Get("Upload-Offset"))
	if err != nil {
		t.Fatalf("PATCH %s is HTTP %d %s: %v", location, w.Code, w.Body, err)
	}
	return at
}

// pour sends all of a packet from an offset on, whatever comes of it.
func (u uploader) pour(location string, offset int, p []byte) *httptest.ResponseRecorder {
	return u.do(http.MethodPatch, location, p[offset:], "Upload-Offset", fmt.Sprint(offset), "Content-Type", "application/offset+octet-stream")
}

// use makes a packet of the upload and gives its docId.
func (u uploader) use(t *testing.T, location string, p []byte) string {
	t.Helper()
	id, answer := path.Base(location), ""
	switch u.mode {
	case ModeSDK:
		sum := sha256.Sum256(p)
		answer = u.sdk.call(t, "sendEdoc", nil, "hash-file", hex.EncodeToString(sum[:]), "from", "H40", "upload", id)
	case ModeREST:
		kind, body := form(t, "upload", id)
		_, answer = u.hub.do(http.MethodPost, u.base+"/sendEdoc", kind, body)
	case ModeOAuth2:
		_, answer = u.hub.do(http.MethodPost, u.base+"/vanbans", "application/json", `{"upload":"`+id+`"}`)
	}
	var members struct {
		DocID string
		Data  struct{ DocID string }
	}
	if err := json.Unmarshal([]byte(answer), &members); err != nil || members.DocID+members.Data.DocID == "" {
		t.Fatalf("send of %s: %s", id, strings.TrimSpace(answer))
	}
	return members.DocID + members.Data.DocID
}
