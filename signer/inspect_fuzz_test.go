package signer

import (
	"bytes"
	"testing"
)

// FuzzPrepare: any bytes may be inspected, and what passes can be given its
// fields or is refused with an error; nothing panics, nothing is half-made.
func FuzzPrepare(f *testing.F) {
	f.Add(sheet{}.build(f))
	f.Add(sheet{rotate: 90, crop: "[0 0 300 300]"}.build(f))
	f.Add(sheet{extra: "/AcroForm << /Fields [6 0 R] /DR 7 0 R >>", objs: "6 0 obj\n<< /FT /Tx /T (a) >>\nendobj\n7 0 obj\n<< /Font << >> >>\nendobj\n"}.build(f))
	f.Fuzz(func(t *testing.T, in []byte) {
		if Inspect(in) != nil {
			return
		}
		out, err := prepareFields(bytes.NewReader(in), testLayout())
		if err != nil {
			return
		}
		if _, err := openPDF(out); err != nil {
			t.Fatalf("prepared file does not open: %v", err)
		}
	})
}
