package cli

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"io"
	"log"
	"math/big"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"
	"time"

	"vanthu/internal/axis"
	"vanthu/internal/office"
)

// connected is an office with these settings of the axis, ready to ask it.
func connected(t *testing.T, change func(*office.Axis)) *workplace {
	t.Helper()
	w := newPlace(t)
	t.Cleanup(func() { w.Close() })
	if err := os.WriteFile(filepath.Join(w.home.Dir, "axis.secret"), []byte("bí mật"), 0o600); err != nil {
		t.Fatal(err)
	}
	w.office.Axis = office.Axis{System: "A", SecretFile: "axis.secret"}
	change(&w.office.Axis)
	if err := w.connect(openOptions{clock: time.Now}); err != nil {
		t.Fatal(err)
	}
	return w
}

// TestPrivateRootsAndClientCertificate: an axis with an authority of its own is
// trusted only by its roots, and sees who we are.
func TestPrivateRootsAndClientCertificate(t *testing.T) {
	var seen string
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if len(r.TLS.PeerCertificates) > 0 {
			seen = r.TLS.PeerCertificates[0].Subject.CommonName
		}
		io.WriteString(w, "không phải trục")
	}))
	server.TLS = &tls.Config{ClientAuth: tls.RequestClientCert}
	server.Config.ErrorLog = log.New(io.Discard, "", 0)
	server.StartTLS()
	defer server.Close()

	strange := connected(t, func(a *office.Axis) { a.URL = server.URL })
	if _, err := strange.client.Received(t.Context(), axis.Edoc); !errors.Is(err, axis.ErrUntrusted) {
		t.Errorf("without its roots: %v", err)
	}
	w := connected(t, func(a *office.Axis) { a.URL = server.URL })
	writePEM(t, filepath.Join(w.home.Dir, "goc.pem"), "CERTIFICATE", server.Certificate().Raw)
	cert, key := clientPair(t, "may-van-thu")
	writePEM(t, filepath.Join(w.home.Dir, "may.pem"), "CERTIFICATE", cert)
	writePEM(t, filepath.Join(w.home.Dir, "may.key"), "PRIVATE KEY", key)
	w.office.Axis.Roots, w.office.Axis.ClientCert, w.office.Axis.ClientKey = "goc.pem", "may.pem", "may.key"
	if err := w.connect(openOptions{clock: time.Now}); err != nil {
		t.Fatal(err)
	}
	if _, err := w.client.Received(t.Context(), axis.Edoc); errors.Is(err, axis.ErrOffline) {
		t.Errorf("with its roots: %v", err)
	}
	if seen != "may-van-thu" {
		t.Errorf("the axis saw %q", seen)
	}
	if w.traffic() == 0 {
		t.Error("nothing was counted")
	}
}

// TestProxy: what is for the axis goes to the proxy of the settings.
func TestProxy(t *testing.T) {
	var asked string
	proxy := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { asked = r.URL.Host }))
	defer proxy.Close()
	w := connected(t, func(a *office.Axis) {
		a.URL, a.AllowPlain, a.Proxy = "http://truc.example.vn", true, proxy.URL
	})
	w.client.Received(t.Context(), axis.Edoc) // the answer of a proxy that is none
	if asked != "truc.example.vn" {
		t.Errorf("the proxy was asked for %q", asked)
	}
}

func writePEM(t *testing.T, path, kind string, der []byte) {
	t.Helper()
	if err := os.WriteFile(path, pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}), 0o600); err != nil {
		t.Fatal(err)
	}
}

// clientPair is a certificate that signs itself, and its key.
func clientPair(t *testing.T, name string) (cert, key []byte) {
	t.Helper()
	k, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	now := time.Now()
	template := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: name}, NotBefore: now.Add(-time.Hour), NotAfter: now.Add(time.Hour)}
	if cert, err = x509.CreateCertificate(rand.Reader, template, template, k.Public(), k); err != nil {
		t.Fatal(err)
	}
	if key, err = x509.MarshalPKCS8PrivateKey(k); err != nil {
		t.Fatal(err)
	}
	return cert, key
}
