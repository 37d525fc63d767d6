package signer

import (
	"bytes"
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"math"
	"math/big"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"vanthu/internal/document"
)

// memKey is a key in memory that counts its operations.
type memKey struct {
	signer crypto.Signer
	cert   *x509.Certificate
	chain  []*x509.Certificate
	ops    atomic.Int32
	err    error
}

func (k *memKey) Info() KeyInfo {
	i := KeyInfo{Holder: k.cert.Subject.CommonName}
	if len(k.cert.Subject.Organization) > 0 {
		i.Organization = k.cert.Subject.Organization[0]
	}
	return i
}
func (k *memKey) Certificate() *x509.Certificate { return k.cert }
func (k *memKey) Chain() []*x509.Certificate     { return k.chain }
func (k *memKey) Close() error                   { return nil }
func (k *memKey) Sign(_ context.Context, digest []byte, h crypto.Hash) ([]byte, error) {
	k.ops.Add(1)
	if k.err != nil {
		return nil, k.err
	}
	return k.signer.Sign(rand.Reader, digest, h)
}

// pki is a root with a leader's RSA and an agency's ECDSA key under it.
type pki struct {
	root           *x509.Certificate
	leader, agency *memKey
}

func newPKI(t testing.TB) pki {
	t.Helper()
	rootKey, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	must(t, err)
	root := issueTest(t, "Vanthu Test Root", "Kiểm thử", rootKey.Public(), nil, rootKey)
	rsaKey, err := rsa.GenerateKey(rand.Reader, 2048)
	must(t, err)
	ecKey, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	must(t, err)
	chain := []*x509.Certificate{root}
	return pki{root,
		&memKey{signer: rsaKey, cert: issueTest(t, "Nguyễn Văn Nghĩa", "UBND xã Định Mỹ", rsaKey.Public(), root, rootKey), chain: chain},
		&memKey{signer: ecKey, cert: issueTest(t, "Ủy ban nhân dân xã Định Mỹ", "UBND xã Định Mỹ", ecKey.Public(), root, rootKey), chain: chain}}
}

func issueTest(t testing.TB, cn, org string, pub crypto.PublicKey, parent *x509.Certificate, by crypto.Signer) *x509.Certificate {
	t.Helper()
	tmpl := &x509.Certificate{SerialNumber: big.NewInt(int64(1000 + len(cn))), Subject: pkix.Name{CommonName: cn, Organization: []string{org}},
		NotBefore: testTime().AddDate(-1, 0, 0), NotAfter: testTime().AddDate(3, 0, 0),
		KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageContentCommitment, BasicConstraintsValid: true}
	if parent == nil {
		tmpl.IsCA, tmpl.KeyUsage, parent = true, x509.KeyUsageCertSign|x509.KeyUsageCRLSign, tmpl
	}
	der, err := x509.CreateCertificate(rand.Reader, tmpl, parent, pub, by)
	must(t, err)
	cert, err := x509.ParseCertificate(der)
	must(t, err)
	return cert
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// tool looks for a program; its absence is a failure where tools are required.
func tool(t testing.TB, name string) string {
	t.Helper()
	path, err := exec.LookPath(name)
	if err == nil {
		return path
	}
	if os.Getenv("CI") != "" || os.Getenv("VANTHU_REQUIRE_TOOLS") == "1" {
		t.Fatalf("%s is missing", name)
	}
	t.Skipf("%s is missing", name)
	return ""
}

// run runs a tool on the file and returns what it printed.
func run(t testing.TB, name string, args ...string) string {
	t.Helper()
	out, err := exec.Command(tool(t, name), args...).CombinedOutput()
	if err != nil {
		t.Fatalf("%s %s: %v\n%s", name, strings.Join(args, " "), err, out)
	}
	return string(out)
}

// nssDB makes a certificate store for pdfsig that trusts the root.
func nssDB(t testing.TB, root *x509.Certificate) string {
	t.Helper()
	dir := t.TempDir()
	file := filepath.Join(dir, "root.pem")
	must(t, os.WriteFile(file, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: root.Raw}), 0o600))
	run(t, "certutil", "-N", "-d", "sql:"+dir, "--empty-password")
	run(t, "certutil", "-A", "-d", "sql:"+dir, "-n", "root", "-t", "CT,C,C", "-i", file)
	return dir
}

// sheet describes a little test PDF.
type sheet struct {
	rotate int
	crop   string
	extra  string // further catalog entries
	objs   string // further objects, from number 6 on, as "6 0 obj … endobj\n"
}

// build writes a PDF with a classic table, one line of text on each page.
func (s sheet) build(t testing.TB) []byte {
	t.Helper()
	var b bytes.Buffer
	offsets := map[int]int{}
	add := func(n int, body string) {
		offsets[n] = b.Len()
		fmt.Fprintf(&b, "%d 0 obj\n%s\nendobj\n", n, body)
	}
	b.WriteString("%PDF-1.4\n%\xE2\xE3\xCF\xD3\n")
	add(1, "<< /Type /Catalog /Pages 2 0 R "+s.extra+" >>")
	add(2, "<< /Type /Pages /Kids [3 0 R] /Count 1 /MediaBox [0 0 595 842] >>")
	crop := ""
	if s.crop != "" {
		crop = "/CropBox " + s.crop
	}
	add(3, fmt.Sprintf("<< /Type /Page /Parent 2 0 R /Rotate %d %s /Resources << /Font << /F1 4 0 R >> >> /Contents 5 0 R >>", s.rotate, crop))
	add(4, "<< /Type /Font /Subtype /Type1 /BaseFont /Times-Roman >>")
	text := "BT /F1 14 Tf 100 500 Td (Hello clerk: number and date) Tj ET"
	add(5, fmt.Sprintf("<< /Length %d >>\nstream\n%s\nendstream", len(text), text))
	n := 6
	for _, o := range strings.SplitAfter(s.objs, "endobj\n") {
		if o != "" {
			offsets[n] = b.Len()
			b.WriteString(o)
			n++
		}
	}
	at := b.Len()
	fmt.Fprintf(&b, "xref\n0 %d\n0000000000 65535 f \n", n)
	for i := 1; i < n; i++ {
		fmt.Fprintf(&b, "%010d 00000 n \n", offsets[i])
	}
	fmt.Fprintf(&b, "trailer\n<< /Size %d /Root 1 0 R /ID [<0123456789ABCDEF0123456789ABCDEF> <0123456789ABCDEF0123456789ABCDEF>] >>\nstartxref\n%d\n%%%%EOF", n, at)
	return b.Bytes()
}

// qpdf rewrites a PDF with the given options.
func qpdf(t testing.TB, in []byte, args ...string) []byte {
	t.Helper()
	dir := t.TempDir()
	from, to := filepath.Join(dir, "in.pdf"), filepath.Join(dir, "out.pdf")
	must(t, os.WriteFile(from, in, 0o600))
	run(t, "qpdf", append(args, from, to)...)
	out, err := os.ReadFile(to)
	must(t, err)
	return out
}

// ring draws a translucent ring of a colour: a seal, or with an oval, a signature.
func ring(t testing.TB, w, h int, c color.NRGBA) []byte {
	t.Helper()
	img := image.NewNRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			dx, dy := (float64(x)-float64(w)/2)/(float64(w)/2), (float64(y)-float64(h)/2)/(float64(h)/2)
			r := math.Hypot(dx, dy)
			if r > 0.85 && r < 1 || math.Abs(dx-dy) < 0.05 && r < 0.7 {
				img.SetNRGBA(x, y, c)
			}
		}
	}
	var b bytes.Buffer
	must(t, png.Encode(&b, img))
	return b.Bytes()
}

// testLayout is where the fields of the test sheet go; it fits all its variants.
func testLayout() document.Layout {
	return document.Layout{
		Number: document.Box{Page: 1, X: 60, Y: 400, W: 40, H: 14.4},
		Day:    document.Box{Page: 1, X: 200, Y: 400, W: 24, H: 14.4},
		Month:  document.Box{Page: 1, X: 260, Y: 400, W: 24, H: 14.4},
		Sign:   document.Box{Page: 1, X: 220, Y: 100, W: 140, H: 60},
		Seal:   document.Box{Page: 1, X: 152, Y: 80, W: 102, H: 102},
	}
}

func testTime() time.Time { return time.Date(2026, 11, 21, 9, 5, 7, 0, document.Zone()) }

func testApproval(t testing.TB) Approval {
	return Approval{Layout: testLayout(), Image: ring(t, 300, 120, color.NRGBA{0, 50, 180, 200}),
		Signer: document.Signer{Competence: "KT.", Position: "Phó Chủ tịch", Name: "Nguyễn Văn Nghĩa"}, Time: testTime()}
}

func testSealing(t testing.TB) Sealing {
	return Sealing{Layout: testLayout(), Reference: document.Reference{Number: "15", Notation: "QĐ-UBND"}, Date: document.Date{Year: 2026, Month: 3, Day: 5},
		Place: "Định Mỹ", Image: ring(t, 425, 425, color.NRGBA{220, 0, 0, 200}), Time: testTime().Add(time.Hour), Agency: "Ủy ban nhân dân xã Định Mỹ"}
}
