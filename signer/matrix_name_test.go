package signer

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/text/unicode/norm"

	"vanthu/internal/pdf"
)

// awkwardNames: a low byte 0x29 in UTF-16 (ĩ, Ĩ), what ends a string in a PDF,
// 80 characters, combining marks, what looks like the format, other scripts.
func awkwardNames() map[string]string {
	return map[string]string{
		"i with tilde":   "Ĩ ĩ Nguyễn Văn Nghĩa, Vĩnh Long",
		"brackets":       "Trần (B) \\ C) ((",
		"backslashes":    `Lê \\ \( \) \n \051 \`,
		"80 characters":  strings.TrimSpace(strings.Repeat("Đặng Ỹ ", 11)) + " Hĩa",
		"decomposed":     norm.NFD.String("Nguyễn Thị Mỹ Nghĩa"),
		"like a PDF":     "a)>>endobj <</V 1 0 R>> %%EOF",
		"another script": "名前 Ω",
	}
}

// TestNames puts every awkward name through both signatures on both roads, in
// the dictionary, on the page and in the certificate, and lets pdfsig, qpdf and
// our own verifier read it back.
func TestNames(t *testing.T) {
	if testing.Short() {
		t.Skip("takes long")
	}
	inputs := map[road][]byte{roadPdfsign: sheet{}.build(t), roadOwn: append([]byte("before\n"), sheet{}.build(t)...)}
	for label, name := range awkwardNames() {
		if n := len([]rune(name)); label == "80 characters" && n != 80 {
			t.Fatalf("%d characters", n)
		}
		keys := newPKI(t)
		composed := norm.NFC.String(name)
		certify(t, &keys, composed)
		db := nssDB(t, keys.root)
		for way, in := range inputs {
			t.Run(label+" by "+string(way), func(t *testing.T) {
				a, s := testApproval(t), testSealing(t)
				a.Signer.Name, a.Image, s.Agency, s.Image = name, nil, name, nil
				approved, r, err := approveBytes(context.Background(), in, keys.leader, a)
				must(t, err)
				if r != way {
					t.Errorf("road %s", r)
				}
				sealed, err := Seal(context.Background(), approved, keys.agency, s)
				must(t, err)
				judge(t, keys, db, in, sealed, true)
				readNames(t, db, sealed, composed)
			})
		}
	}
}

// agencyOf makes the agency's name out of the leader's: two certificates of one root need two serial numbers.
func agencyOf(name string) string { return "UBND " + name }

// certify gives both keys new certificates.
func certify(t *testing.T, keys *pki, name string) {
	t.Helper()
	rootKey, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	must(t, err)
	keys.root = issueTest(t, "Vanthu Test Root", "Kiểm thử", rootKey.Public(), nil, rootKey)
	for cn, k := range map[string]*memKey{name: keys.leader, agencyOf(name): keys.agency} {
		k.cert = issueTest(t, cn, "UBND (xã) Vĩnh \\ Mỹ", k.signer.Public(), keys.root, rootKey)
		k.chain = nil
	}
}

// readNames asks our parser, pdfsig, qpdf and our verifier for the name.
func readNames(t *testing.T, db string, sealed []byte, name string) {
	t.Helper()
	f, err := pdf.Parse(sealed)
	must(t, err)
	for _, field := range []string{FieldLeader, FieldAgency} {
		if got := signatureOf(t, f, field).Get("Name").(pdf.String).Text(); got != name {
			t.Errorf("%s carries %q", field, got)
		}
	}
	file := filepath.Join(t.TempDir(), "x.pdf")
	must(t, os.WriteFile(file, sealed, 0o600))
	out := run(t, "pdfsig", "-nssdir", "sql:"+db, file)
	for _, cn := range []string{name, agencyOf(name)} {
		shown := strings.ReplaceAll(cn, `\`, `\\`) // NSS shows a backslash as two
		if !strings.Contains(out, "Signer Certificate Common Name: "+shown+"\n") {
			t.Errorf("pdfsig does not name %s:\n%s", cn, out)
		}
	}
	var quoted bytes.Buffer
	enc := json.NewEncoder(&quoted)
	enc.SetEscapeHTML(false)
	must(t, enc.Encode("u:"+name))
	if out := run(t, "qpdf", "--json=2", "--json-key=qpdf", file); strings.Count(out, `"/Name": `+strings.TrimSpace(quoted.String())) != 2 {
		t.Errorf("qpdf reads another name than %s", quoted.String())
	}
	signatures := check(t, sealed, Policy{At: testTime()}).Signatures
	if len(signatures) != 2 || signatures[0].Signer.Name != name || signatures[1].Signer.Name != agencyOf(name) {
		t.Errorf("own verifier: %+v", signatures)
	}
}
