package signer

import (
	"crypto"
	"crypto/sha256"
	"testing"

	"github.com/miekg/pkcs11"

	"vanthu/internal/practice/ca"
)

// BenchmarkTokenSignature is one RSA-2048 signature of SoftHSM through the
// driver's own process, checked against the certificate, and beside it the bare
// calls in this process. Compare their signatures a second.
func BenchmarkTokenSignature(b *testing.B) {
	needHSM(b)
	_, private, cert := practiceKey(b, ca.Subject{Name: "Trần Thị Hà"})
	importKey(b, "leader-rsa", 0x55, private, cert)
	digest := sha256.Sum256([]byte("văn bản"))
	b.Run("helper", func(b *testing.B) {
		var ref string
		for _, k := range keysOn(b, "leader-rsa") {
			if k.Serial == serialText(cert) {
				ref = k.Ref
			}
		}
		key, err := hsmStick(b).Open(b.Context(), []string{hsmModule}, ref, PIN(hsmPIN), nil)
		if err != nil {
			b.Fatal(err)
		}
		defer key.Close()
		for b.Loop() {
			if _, err := key.Sign(b.Context(), digest[:], crypto.SHA256); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("bare", func(b *testing.B) { bareSignatures(b, digest[:]) })
}

func bareSignatures(b *testing.B, digest []byte) {
	d, err := hsmLibrary()
	if err != nil {
		b.Fatal(err)
	}
	slot, err := slotOf(d, "leader-rsa")
	if err != nil {
		b.Fatal(err)
	}
	s, err := d.OpenSession(slot, pkcs11.CKF_SERIAL_SESSION)
	if err != nil {
		b.Fatal(err)
	}
	defer d.CloseSession(s)
	if err := d.Login(s, pkcs11.CKU_USER, hsmPIN); err != nil {
		b.Fatal(err)
	}
	defer d.Logout(s)
	template := []*pkcs11.Attribute{pkcs11.NewAttribute(pkcs11.CKA_CLASS, pkcs11.CKO_PRIVATE_KEY), pkcs11.NewAttribute(pkcs11.CKA_ID, []byte{0x55})}
	if err := d.FindObjectsInit(s, template); err != nil {
		b.Fatal(err)
	}
	keys, _, err := d.FindObjects(s, 1)
	d.FindObjectsFinal(s)
	if err != nil || len(keys) != 1 {
		b.Fatal(keys, err)
	}
	prefix, err := digestInfoPrefix(crypto.SHA256)
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if err := d.SignInit(s, []*pkcs11.Mechanism{pkcs11.NewMechanism(pkcs11.CKM_RSA_PKCS, nil)}, keys[0]); err != nil {
			b.Fatal(err)
		}
		if _, err := d.Sign(s, append(prefix, digest...)); err != nil {
			b.Fatal(err)
		}
	}
}
