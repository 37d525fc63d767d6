package signer

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/hex"
	"encoding/pem"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"vanthu/internal/driver"
	"vanthu/internal/practice/ca"

	"github.com/miekg/pkcs11"
)

const (
	hsmModule = "/usr/lib/softhsm/libsofthsm2.so"
	hsmPIN    = "12345678"
)

// hsmTokens are the labels of the tokens; they are all made before the module
// is loaded, because SoftHSM looks for new ones only when it starts.
var hsmTokens = []string{"leader-rsa", "agency-ec", "wrong-pin", "two-keys", "device"}

// hsm is the soft token store of this test process.
var hsm = sync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp("", "vanthu-softhsm-")
	if err != nil {
		return "", err
	}
	conf := filepath.Join(dir, "softhsm2.conf")
	text := "directories.tokendir = " + dir + "\nobjectstore.backend = file\nlog.level = ERROR\n"
	if err := os.WriteFile(conf, []byte(text), 0o600); err != nil {
		return dir, err
	}
	os.Setenv("SOFTHSM2_CONF", conf) // the library reads it from the C environment
	for _, label := range hsmTokens {
		if err := hsmUtil("--init-token", "--free", "--label", label, "--pin", hsmPIN, "--so-pin", "87654321"); err != nil {
			return dir, err
		}
	}
	return dir, nil
})

func TestMain(m *testing.M) {
	if code, asked := driver.Main(os.Args); asked { // the tests' helper is the test binary
		os.Exit(code)
	}
	code := m.Run()
	if dir := filepath.Dir(os.Getenv("SOFTHSM2_CONF")); strings.Contains(dir, "vanthu-softhsm-") {
		os.RemoveAll(dir)
	}
	os.Exit(code)
}

func hsmUtil(args ...string) error {
	out, err := exec.Command("softhsm2-util", args...).CombinedOutput()
	if err != nil {
		return fmt.Errorf("softhsm2-util %s: %w: %s", args[0], err, out)
	}
	return nil
}

// hsmStick are Tokens of this test alone.
func hsmStick(t testing.TB) *Tokens {
	tokens := &Tokens{}
	t.Cleanup(tokens.Close)
	return tokens
}

// needHSM skips without SoftHSM, or fails where tools are required.
func needHSM(t testing.TB) {
	t.Helper()
	_, err := exec.LookPath("softhsm2-util")
	if _, e := os.Stat(hsmModule); err == nil {
		err = e
	}
	if err != nil {
		if os.Getenv("CI") != "" || os.Getenv("VANTHU_REQUIRE_TOOLS") == "1" {
			t.Fatalf("SoftHSM is required here: %v", err)
		}
		t.Skipf("SoftHSM is not installed: %v", err)
	}
	if _, err := hsm(); err != nil {
		t.Fatal(err)
	}
}

// importKey puts a key and its certificate onto a soft token.
func importKey(t testing.TB, label string, id byte, key crypto.Signer, certs ...*x509.Certificate) {
	t.Helper()
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "key.pem")
	if err := os.WriteFile(path, pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := hsmUtil("--import", path, "--token", label, "--label", "key", "--id", hex.EncodeToString([]byte{id}), "--pin", hsmPIN); err != nil {
		t.Fatal(err)
	}
	for i, cert := range certs {
		if err := importCertificate(label, []byte{id + byte(i)*0x10}, cert); err != nil {
			t.Fatal(err)
		}
	}
}

// hsmLibrary is SoftHSM in the test's own process: the caretaker, not the program.
var hsmLibrary = sync.OnceValues(func() (*pkcs11.Ctx, error) {
	d := pkcs11.New(hsmModule)
	if d == nil {
		return nil, errors.New("SoftHSM cannot be loaded")
	}
	return d, d.Initialize()
})

// importCertificate creates the certificate object that softhsm2-util cannot.
func importCertificate(label string, id []byte, cert *x509.Certificate) error {
	d, err := hsmLibrary()
	if err != nil {
		return err
	}
	return createCertificate(d, label, id, cert)
}

func createCertificate(d *pkcs11.Ctx, label string, id []byte, cert *x509.Certificate) error {
	slot, err := slotOf(d, label)
	if err != nil {
		return err
	}
	s, err := d.OpenSession(slot, pkcs11.CKF_SERIAL_SESSION|pkcs11.CKF_RW_SESSION)
	if err != nil {
		return err
	}
	defer d.CloseSession(s)
	if err := d.Login(s, pkcs11.CKU_USER, hsmPIN); err != nil {
		return err
	}
	defer d.Logout(s)
	_, err = d.CreateObject(s, []*pkcs11.Attribute{
		pkcs11.NewAttribute(pkcs11.CKA_CLASS, pkcs11.CKO_CERTIFICATE),
		pkcs11.NewAttribute(pkcs11.CKA_CERTIFICATE_TYPE, pkcs11.CKC_X_509),
		pkcs11.NewAttribute(pkcs11.CKA_TOKEN, true),
		pkcs11.NewAttribute(pkcs11.CKA_PRIVATE, false),
		pkcs11.NewAttribute(pkcs11.CKA_ID, id),
		pkcs11.NewAttribute(pkcs11.CKA_SUBJECT, cert.RawSubject),
		pkcs11.NewAttribute(pkcs11.CKA_VALUE, cert.Raw),
	})
	return err
}

func slotOf(d *pkcs11.Ctx, label string) (uint, error) {
	slots, err := d.GetSlotList(true)
	if err != nil {
		return 0, err
	}
	for _, slot := range slots {
		if info, err := d.GetTokenInfo(slot); err == nil && cleanText(info.Label) == label {
			return slot, nil
		}
	}
	return 0, fmt.Errorf("no token %s", label)
}

// practiceKey issues a certificate for a soft token test.
func practiceKey(t testing.TB, s ca.Subject) (*ca.CA, crypto.Signer, *x509.Certificate) {
	t.Helper()
	c, err := ca.Make(t.TempDir(), ca.Options{})
	if err != nil {
		t.Fatal(err)
	}
	key, cert, err := c.Certify(s)
	if err != nil {
		t.Fatal(err)
	}
	return c, key, cert
}

// keysOn lists the keys on one token.
func keysOn(t testing.TB, label string) []KeyInfo {
	t.Helper()
	all, err := hsmStick(t).List(t.Context(), []string{hsmModule})
	if err != nil {
		t.Fatal(err)
	}
	var keys []KeyInfo
	for _, k := range all {
		if k.Label == label {
			keys = append(keys, k)
		}
	}
	return keys
}

func TestSoftHSMSigns(t *testing.T) {
	needHSM(t)
	tests := []struct {
		token   string
		subject ca.Subject
	}{
		{"leader-rsa", ca.Subject{Name: "Nguyễn Văn Nghĩa", Organization: "Ủy ban nhân dân xã Định Mỹ"}},
		{"agency-ec", ca.Subject{Name: "Ủy ban nhân dân xã Định Mỹ", Agency: true, Elliptic: true}},
	}
	for _, tt := range tests {
		t.Run(tt.token, func(t *testing.T) {
			c, private, cert := practiceKey(t, tt.subject)
			importKey(t, tt.token, 0x0A, private, cert, c.Root())
			keys := keysOn(t, tt.token)
			if len(keys) != 1 {
				t.Fatalf("%d keys listed, want the signer's only: %+v", len(keys), keys)
			}
			k := keys[0]
			if k.Holder != tt.subject.Name || k.Organization != tt.subject.Organization || k.Soft ||
				k.Serial != serialText(cert) || !k.NotAfter.Equal(cert.NotAfter) || k.Tries != TriesOK {
				t.Errorf("listed as %+v", k)
			}
			signAndCheck(t, k.Ref, cert, c.Root())
		})
	}
}

func signAndCheck(t *testing.T, ref string, cert, root *x509.Certificate) {
	t.Helper()
	pin := PIN(hsmPIN)
	key, err := hsmStick(t).Open(t.Context(), []string{hsmModule}, ref, pin, newCount())
	pin.Zero()
	if err != nil {
		t.Fatal(err)
	}
	defer key.Close()
	if !key.Certificate().Equal(cert) || len(key.Chain()) != 1 || !key.Chain()[0].Equal(root) {
		t.Errorf("certificate or chain is not what was stored")
	}
	digest := sha256.Sum256([]byte("Quyết định"))
	sig, err := key.Sign(t.Context(), digest[:], crypto.SHA256)
	if err != nil {
		t.Fatal(err)
	}
	algorithm := x509.SHA256WithRSA
	if _, ec := cert.PublicKey.(*ecdsa.PublicKey); ec {
		algorithm = x509.ECDSAWithSHA256
	}
	if err := cert.CheckSignature(algorithm, []byte("Quyết định"), sig); err != nil {
		t.Error(err)
	}
}

func TestSoftHSMWrongPIN(t *testing.T) {
	needHSM(t)
	_, private, cert := practiceKey(t, ca.Subject{Name: "Lê Văn Tám", Elliptic: true})
	importKey(t, "wrong-pin", 1, private, cert)
	keys, g := keysOn(t, "wrong-pin"), newCount()
	ref, err := parseTokenRef(keys[0].Ref)
	if err != nil {
		t.Fatal(err)
	}
	_, err = hsmStick(t).Open(t.Context(), []string{hsmModule}, keys[0].Ref, PIN("99999999"), g)
	var pe *PINError
	if !errors.As(err, &pe) || pe.Left != 2 || pe.Tries != TriesLow {
		t.Fatalf("%v (%+v)", err, pe)
	}
	if g.wrong[ref.serial] != 1 {
		t.Errorf("count %d after one wrong PIN", g.wrong[ref.serial])
	}
	if got := keysOn(t, "wrong-pin")[0].Tries; got != TriesLow {
		t.Errorf("the token is listed as %s", got)
	}
	key, err := hsmStick(t).Open(t.Context(), []string{hsmModule}, keys[0].Ref, PIN(hsmPIN), g)
	if err != nil {
		t.Fatal(err)
	}
	key.Close()
	if g.wrong[ref.serial] != 0 || keysOn(t, "wrong-pin")[0].Tries != TriesOK {
		t.Error("a right PIN did not clear the count")
	}
}

func TestSoftHSMAbsent(t *testing.T) {
	needHSM(t)
	_, err := hsmStick(t).Open(t.Context(), []string{hsmModule}, "token:ffffffffffff/01", PIN("1"), nil)
	if !errors.Is(err, ErrNoToken) {
		t.Errorf("%v, want ErrNoToken", err)
	}
}

func TestSoftHSMChoosesByID(t *testing.T) {
	needHSM(t)
	c, firstKey, firstCert := practiceKey(t, ca.Subject{Name: "Một", Elliptic: true})
	secondKey, secondCert, err := c.Certify(ca.Subject{Name: "Hai", Elliptic: true})
	if err != nil {
		t.Fatal(err)
	}
	importKey(t, "two-keys", 1, firstKey, firstCert)
	importKey(t, "two-keys", 2, secondKey, secondCert)
	keys := keysOn(t, "two-keys")
	if len(keys) != 2 {
		t.Fatalf("%d keys listed", len(keys))
	}
	for _, k := range keys {
		want := map[string]*x509.Certificate{"Một": firstCert, "Hai": secondCert}[k.Holder]
		signAndCheckHolder(t, k.Ref, want)
	}
	serial, _, _ := strings.Cut(keys[0].Ref, "/")
	if _, err := hsmStick(t).Open(t.Context(), []string{hsmModule}, serial, PIN(hsmPIN), nil); !errors.Is(err, ErrNoKey) {
		t.Errorf("two keys and no choice: %v, want ErrNoKey", err)
	}
}

func signAndCheckHolder(t *testing.T, ref string, want *x509.Certificate) {
	t.Helper()
	key, err := hsmStick(t).Open(t.Context(), []string{hsmModule}, ref, PIN(hsmPIN), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer key.Close()
	digest := sha256.Sum256([]byte("x"))
	if _, err := key.Sign(t.Context(), digest[:], crypto.SHA256); err != nil || !key.Certificate().Equal(want) {
		t.Errorf("%s: %v", want.Subject.CommonName, err)
	}
}
