package signer

import (
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"strings"
	"testing"
	"time"

	"vanthu/internal/verdict"
)

func TestEveryReasonHasASentence(t *testing.T) {
	seen := map[string]bool{}
	for _, code := range reasons() {
		text := ReasonText(code)
		if text == code || !strings.HasSuffix(text, ".") || seen[code] {
			t.Errorf("%s: %q", code, text)
		}
		seen[code] = true
	}
	if ReasonText("unknown") != "unknown" {
		t.Error("an unknown code must show itself")
	}
}

func TestEveryChangeHasWords(t *testing.T) {
	for _, c := range []change{{changeSignature, "a", ""}, {changeTimestamp, "a", ""}, {changeText, FieldNumber, "15"},
		{changeEvidence, "", ""}, {changeMetadata, "", ""}, {changeForbidden, "object 4 0 R changed", ""}} {
		if text := ChangeText(c.String()); text == c.String() {
			t.Errorf("%s has no words", c)
		}
	}
	if got := ChangeText("text:vanthu-number=15"); got != "Điền số: 15" {
		t.Error(got)
	}
}

func TestRoles(t *testing.T) {
	uid := asn1.ObjectIdentifier{0, 9, 2342, 19200300, 100, 1, 1}
	name := func(cn, o string, extra ...pkix.AttributeTypeAndValue) *x509.Certificate {
		n := pkix.Name{CommonName: cn}
		if o != "" {
			n.Organization = []string{o}
		}
		n.Names = extra
		return &x509.Certificate{Subject: n}
	}
	number := func(v string) pkix.AttributeTypeAndValue { return pkix.AttributeTypeAndValue{Type: uid, Value: v} }
	tests := []struct {
		field string
		cert  *x509.Certificate
		want  string
	}{
		{"Signature1", name("CỔNG THÔNG TIN ĐIỆN TỬ CHÍNH PHỦ", "VĂN PHÒNG CHÍNH PHỦ", number("MST:0102357802")), verdict.AgencyOf},
		{"Signature1", name("Nguyễn Văn Nghĩa", "UBND xã Định Mỹ"), verdict.Person},
		{"Signature1", name("Nguyễn Văn Nghĩa", "UBND xã Định Mỹ", number("CMND:012345678"), number("MST:1")), verdict.Person},
		{FieldAgency, name("Nguyễn Văn Nghĩa", "UBND xã Định Mỹ", number("CCCD:0123")), verdict.Person},
		{"Signature1", name("ỦY BAN NHÂN DÂN XÃ ĐỊNH MỸ", ""), verdict.AgencyOf},
		{"Signature1", name("Ủy ban nhân dân xã Định Mỹ", ""), verdict.AgencyOf}, // decomposed
		{"Signature1", name("Đoàn kiểm tra", "Đoàn  Kiểm Tra"), verdict.AgencyOf},
		{FieldAgency, name("Định Mỹ", ""), verdict.AgencyOf},
		{FieldLeader, name("Định Mỹ", ""), ""},
	}
	for _, tt := range tests {
		if got := roleOf(tt.field, tt.cert); got != tt.want {
			t.Errorf("%s, %s: %q, want %q", tt.field, tt.cert.Subject.CommonName, got, tt.want)
		}
	}
}

func TestParseDate(t *testing.T) {
	want := time.Date(2024, 10, 1, 9, 2, 40, 0, time.UTC)
	for _, s := range []string{"D:20241001160240+07'00'", "20241001160240+07'00", "D:20241001090240Z", "D:20241001090240Z00'00'", "D:20241001090240", "D:20241001160240+07"} {
		if got, ok := parseDate(s); !ok || !got.Equal(want) {
			t.Errorf("%s: %v %v", s, got, ok)
		}
	}
	for _, s := range []string{"", "D:", "D:2024", "yesterday", "D:20241340000000Z"} {
		if got, ok := parseDate(s); ok {
			t.Errorf("%q read as %v", s, got)
		}
	}
}

// The worst signature decides on the document.
func TestWorse(t *testing.T) {
	order := []verdict.Verdict{verdict.Invalid, verdict.NotEnoughData, verdict.ExpiredValidAtSigning, verdict.ValidOffline, verdict.Valid, ""}
	for i, a := range order {
		for j, b := range order {
			if got := worse(a, b); got != order[min(i, j)] {
				t.Errorf("%q and %q give %q", a, b, got)
			}
		}
	}
}
