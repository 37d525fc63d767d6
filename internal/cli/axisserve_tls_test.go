package cli

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"vanthu/internal/axis"
	"vanthu/internal/axis/axistest"
	"vanthu/internal/document"
	"vanthu/internal/line"
)

// selfSigned writes a certificate for this machine and its key into dir.
func selfSigned(t *testing.T, dir string) *x509.CertPool {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	wanted := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "Trục thử"}, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour), IsCA: true, BasicConstraintsValid: true,
	}
	raw, err := x509.CreateCertificate(rand.Reader, wanted, wanted, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	secret, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	roots := x509.NewCertPool()
	for name, block := range map[string]*pem.Block{"tls.crt": {Type: "CERTIFICATE", Bytes: raw}, "tls.key": {Type: "PRIVATE KEY", Bytes: secret}} {
		text := pem.EncodeToMemory(block)
		roots.AppendCertsFromPEM(text)
		if err := os.WriteFile(filepath.Join(dir, name), text, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return roots
}

// TestAxisServesTLS: with a certificate the axis says https, and packets go
// there and back in every mode with all it offers.
func TestAxisServesTLS(t *testing.T) {
	a, b := document.Agency{Code: "H01.1", Name: "Xã A"}, document.Agency{Code: "H01.2", Name: "Xã B"}
	packet, _ := axistest.Packet(t, 1, a, []document.Agency{b}, map[string][]byte{"a.pdf": bytes.Repeat([]byte("%PDF-1.7 "), 20_000)})
	for _, mode := range []axis.Protocol{axis.SDK, axis.REST, axis.OAuth2} {
		t.Run(string(mode), func(t *testing.T) {
			dir := t.TempDir()
			roots := selfSigned(t, dir)
			s := startServing(t, dir, "--tls-cert", "tls.crt", "--tls-key", "tls.key", "--mode", string(mode), "--offer", "range,zstd,tus")
			if !strings.HasPrefix(s.url, "https://") {
				t.Fatal(s.url)
			}
			l, err := line.New(line.Options{Roots: roots})
			if err != nil {
				t.Fatal(err)
			}
			c, err := axis.New(axis.Config{URL: s.url, System: "S", Secret: []byte("bi mat"), Protocol: mode, Line: l})
			if err != nil {
				t.Fatal(err)
			}
			if _, err := c.Send(t.Context(), axis.Message{From: a.Code, Type: axis.Edoc, Body: bytes.NewReader(packet), Size: int64(len(packet))}); err != nil {
				t.Fatal(err)
			}
			list, err := c.Received(t.Context(), axis.Edoc)
			if err != nil || len(list) != 1 {
				t.Fatal(list, err)
			}
			var got bytes.Buffer
			if _, err := c.Fetch(t.Context(), list[0].DocID, &got, 1<<20); err != nil || !bytes.Equal(got.Bytes(), packet) {
				t.Errorf("%d bytes, %v", got.Len(), err)
			}
		})
	}
}
