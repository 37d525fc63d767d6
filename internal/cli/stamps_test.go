package cli

import (
	"crypto"
	"crypto/x509"
	"encoding/pem"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/rogpeppe/go-internal/testscript"

	"vanthu/internal/practice/ca"
)

// stamps VAR DIR [CA] starts openssl's time-stamp service, with a certificate of
// the practice CA in CA (DIR/ca when left out), and puts its address into VAR.
func stamps(ts *testscript.TestScript, _ bool, args []string) {
	dir := ts.MkAbs(args[1])
	ts.Check(os.MkdirAll(dir, 0o755))
	authority, err := ca.Make(filepath.Join(ts.MkAbs(args[len(args)-1]), "ca"), ca.Options{})
	ts.Check(err)
	key, cert, err := authority.Certify(ca.Subject{Name: "Dịch vụ dấu thời gian thực hành", TimeStamping: true})
	ts.Check(err)
	writeStampFiles(ts, dir, key, cert)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		question, err := io.ReadAll(r.Body)
		ts.Check(err)
		asked := filepath.Join(dir, "q")
		ts.Check(os.WriteFile(asked, question, 0o600))
		answer, err := exec.Command("openssl", "ts", "-reply", "-config", filepath.Join(dir, "tsa.conf"), "-queryfile", asked).Output()
		if err != nil {
			w.WriteHeader(http.StatusInternalServerError)
			return
		}
		w.Write(answer)
	}))
	ts.Defer(server.Close)
	ts.Setenv(args[0], server.URL)
}

func writeStampFiles(ts *testscript.TestScript, dir string, key crypto.Signer, cert *x509.Certificate) {
	der, err := x509.MarshalPKCS8PrivateKey(key)
	ts.Check(err)
	for name, data := range map[string][]byte{
		"key.pem":  pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}),
		"cert.pem": pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: cert.Raw}),
		"serial":   []byte("01\n"),
		"tsa.conf": []byte(strings.ReplaceAll("[tsa]\ndefault_tsa = c\n[c]\nserial = DIR/serial\nsigner_cert = DIR/cert.pem\nsigner_key = DIR/key.pem\n"+
			"signer_digest = sha256\ndefault_policy = 1.2.3.4\ndigests = sha256\ness_cert_id_alg = sha256\n", "DIR", dir)),
	} {
		ts.Check(os.WriteFile(filepath.Join(dir, name), data, 0o600))
	}
}
