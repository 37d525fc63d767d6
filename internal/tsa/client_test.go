package tsa

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/digitorus/timestamp"
	"go.uber.org/goleak"

	"vanthu/internal/practice/ca"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// service is openssl's time-stamp authority behind HTTP.
func service(t *testing.T) http.HandlerFunc {
	t.Helper()
	if _, err := exec.LookPath("openssl"); err != nil {
		if os.Getenv("CI") != "" || os.Getenv("VANTHU_REQUIRE_TOOLS") == "1" {
			t.Fatal(err)
		}
		t.Skip("openssl is not installed")
	}
	dir := t.TempDir()
	c, err := ca.Make(t.TempDir(), ca.Options{})
	if err != nil {
		t.Fatal(err)
	}
	key, cert, err := c.Certify(ca.Subject{Name: "TSA thực hành", TimeStamping: true})
	if err != nil {
		t.Fatal(err)
	}
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	write(t, dir, "key.pem", pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}))
	write(t, dir, "cert.pem", pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: cert.Raw}))
	write(t, dir, "serial", []byte("01\n"))
	write(t, dir, "tsa.conf", []byte("[tsa]\ndefault_tsa = c\n[c]\nserial = "+dir+"/serial\nsigner_cert = "+dir+"/cert.pem\nsigner_key = "+dir+
		"/key.pem\nsigner_digest = sha256\ndefault_policy = 1.2.3.4\ndigests = sha256\ness_cert_id_alg = sha256\n"))
	return func(w http.ResponseWriter, r *http.Request) {
		question, _ := io.ReadAll(r.Body)
		write(t, dir, "q", question)
		cmd := exec.Command("openssl", "ts", "-reply", "-config", filepath.Join(dir, "tsa.conf"), "-queryfile", filepath.Join(dir, "q"))
		answer, err := cmd.Output()
		if err != nil {
			t.Errorf("openssl ts: %v", err)
		}
		w.Header().Set("Content-Type", "application/timestamp-reply")
		w.Write(answer)
	}
}

func write(t *testing.T, dir, name string, data []byte) {
	if err := os.WriteFile(filepath.Join(dir, name), data, 0o600); err != nil {
		t.Error(err)
	}
}

func ask(t *testing.T, h http.Handler) ([]byte, error) {
	t.Helper()
	server := httptest.NewServer(h)
	defer server.Close()
	c := Client{URL: server.URL, HTTP: server.Client(), Rand: rand.Reader}
	sum := sha256.Sum256([]byte("chữ ký"))
	return c.Stamp(t.Context(), sum[:])
}

func TestStampOfOpenSSL(t *testing.T) {
	token, err := ask(t, service(t))
	if err != nil {
		t.Fatal(err)
	}
	parsed, err := timestamp.Parse(token)
	if err != nil || time.Since(parsed.Time).Abs() > time.Minute || len(parsed.Certificates) != 1 {
		t.Errorf("%+v, %v", parsed, err)
	}
}

// TestWrongAnswers: what a service or something before it may send instead.
func TestWrongAnswers(t *testing.T) {
	openssl := service(t)
	var first bytes.Buffer // the answer to another question: another nonce
	if _, err := ask(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		rec := httptest.NewRecorder()
		openssl(rec, r)
		first.Write(rec.Body.Bytes())
		w.Write(rec.Body.Bytes())
	})); err != nil {
		t.Fatal(err)
	}
	fixed := func(status int, body []byte) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) { w.WriteHeader(status); w.Write(body) }
	}
	refusal, err := timestamp.CreateErrorResponse(timestamp.Rejection, timestamp.SystemFailure)
	if err != nil {
		t.Fatal(err)
	}
	tests := map[string]struct {
		by    http.HandlerFunc
		want  error
		asked int
	}{
		"replayed":   {fixed(200, first.Bytes()), ErrWrongAnswer, 1},
		"cut":        {fixed(200, first.Bytes()[:first.Len()/2]), ErrWrongAnswer, 1},
		"page":       {fixed(200, []byte("<html>Bảo trì</html>")), ErrWrongAnswer, 1},
		"empty":      {fixed(200, nil), ErrWrongAnswer, 1},
		"endless":    {fixed(200, make([]byte, maxToken+1)), ErrWrongAnswer, 1},
		"refused":    {fixed(200, refusal), ErrRefused, 1},
		"down":       {fixed(503, nil), ErrUnavailable, tries},
		"cut off":    {func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }, ErrUnavailable, tries},
		"not a post": {fixed(404, nil), ErrUnavailable, tries},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			asked := 0
			token, err := ask(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { asked++; tt.by(w, r) }))
			if !errors.Is(err, tt.want) || token != nil || asked != tt.asked {
				t.Errorf("%v after %d questions, want %v after %d", err, asked, tt.want, tt.asked)
			}
		})
	}
}

// TestSlowServiceEndsWithItsCaller: nobody waits for a service that says nothing.
func TestSlowServiceEndsWithItsCaller(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		io.Copy(io.Discard, r.Body)
		cancel()
		<-r.Context().Done()
	}))
	defer server.Close()
	c := Client{URL: server.URL, HTTP: server.Client(), Rand: rand.Reader}
	if _, err := c.Stamp(ctx, make([]byte, 32)); !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
	server.Client().CloseIdleConnections()
}

// FuzzAnswer: no answer is believed that does not fit.
func FuzzAnswer(f *testing.F) {
	f.Add([]byte{0x30, 3, 2, 1, 0})
	if refusal, err := timestamp.CreateErrorResponse(timestamp.Rejection, timestamp.BadAlgorithm); err == nil {
		f.Add(refusal)
	}
	f.Fuzz(func(t *testing.T, answer []byte) {
		c := Client{Rand: rand.Reader}
		nonce, err := c.nonce()
		if err != nil {
			t.Fatal(err)
		}
		if token, err := read(answer, make([]byte, 32), nonce); err == nil {
			t.Errorf("believed %x", token)
		}
	})
}
