package signer

import (
	"bytes"
	"context"
	"crypto/sha256"
	"crypto/x509"
	"encoding/asn1"
	"encoding/pem"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/digitorus/pkcs7"
)

// TestCMS reads our CMS with another library and with openssl.
func TestCMS(t *testing.T) {
	keys := newPKI(t)
	content := []byte("văn bản")
	sum := sha256.Sum256(content)
	for _, key := range []*memKey{keys.leader, keys.agency} {
		room, err := cmsSize(key.cert, key.chain)
		must(t, err)
		for range 20 { // an ECDSA signature varies in length
			der, err := cmsSignature{key.cert, key.chain, sum[:]}.sign(context.Background(), key)
			must(t, err)
			if len(der) > room {
				t.Errorf("%d bytes, %d were promised", len(der), room)
			}
			checkCMS(t, der, content)
		}
	}
}

func checkCMS(t *testing.T, der, content []byte) {
	t.Helper()
	p7, err := pkcs7.Parse(der)
	must(t, err)
	if len(p7.Content) != 0 || len(p7.Signers) != 1 || len(p7.Certificates) != 1 {
		t.Errorf("content %d bytes, %d signers, %d certificates", len(p7.Content), len(p7.Signers), len(p7.Certificates))
	}
	attrs := p7.Signers[0].AuthenticatedAttributes
	if len(attrs) != 3 {
		t.Errorf("%d signed attributes", len(attrs))
	}
	for _, a := range attrs {
		if a.Type.Equal(asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 5}) {
			t.Error("signing-time is forbidden in PAdES")
		}
	}
	p7.Content = content
	if err := p7.Verify(); err != nil {
		t.Error(err)
	}
}

func TestCMSByOpenssl(t *testing.T) {
	keys := newPKI(t)
	sum := sha256.Sum256([]byte("content"))
	der, err := cmsSignature{keys.leader.cert, nil, sum[:]}.sign(context.Background(), keys.leader)
	must(t, err)
	dir := t.TempDir()
	must(t, os.WriteFile(filepath.Join(dir, "cms"), der, 0o600))
	must(t, os.WriteFile(filepath.Join(dir, "content"), []byte("content"), 0o600))
	must(t, os.WriteFile(filepath.Join(dir, "root"), pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: keys.root.Raw}), 0o600))
	run(t, "openssl", "cms", "-verify", "-cades", "-binary", "-CAfile", filepath.Join(dir, "root"), "-purpose", "any", "-attime", fmt.Sprint(testTime().Unix()), "-inform", "DER", "-in", filepath.Join(dir, "cms"), "-content", filepath.Join(dir, "content"))
}

// TestCMSLeavesRootsOut: whoever checks must have the root from elsewhere.
func TestCMSLeavesRootsOut(t *testing.T) {
	keys := newPKI(t)
	sum := sha256.Sum256(nil)
	der, err := cmsSignature{keys.leader.cert, []*x509.Certificate{keys.leader.cert, keys.root}, sum[:]}.sign(context.Background(), keys.leader)
	must(t, err)
	if bytes.Contains(der, keys.root.Raw) || bytes.Count(der, keys.leader.cert.Raw) != 1 {
		t.Error("wrong certificates")
	}
}
