package signer

import (
	"bytes"
	"context"
	"crypto/x509"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"vanthu/internal/pdf"
	"vanthu/internal/verdict"
)

// check verifies bytes at a moment with roots.
func check(t testing.TB, b []byte, p Policy) *verdict.Report {
	t.Helper()
	report, err := Verify(context.Background(), bytes.NewReader(b), int64(len(b)), p)
	must(t, err)
	return report
}

func TestGovernmentFiles(t *testing.T) {
	names, _ := filepath.Glob("../../shared/samples/pdf/signed/*.pdf")
	if len(names) == 0 {
		t.Skip("../shared/samples/pdf/signed is absent: no real signatures to check")
	}
	stamps := map[string]string{
		"1053-ttg.signed.pdf": "2024-10-01T09:02:47Z",
	}
	for _, name := range names {
		t.Run(filepath.Base(name), func(t *testing.T) {
			b, err := os.ReadFile(name)
			must(t, err)
			r := check(t, b, Policy{At: time.Date(2026, 11, 21, 0, 0, 0, 0, time.UTC)})
			if r.Document != verdict.NotEnoughData || len(r.Signatures) != 1 {
				t.Fatalf("%+v", r)
			}
			s := r.Signatures[0]
			if s.Covers != verdict.Whole || s.Role != verdict.AgencyOf || s.Signer.Name != "CỔNG THÔNG TIN ĐIỆN TỬ CHÍNH PHỦ" ||
				s.Signer.Organization != "VĂN PHÒNG CHÍNH PHỦ" || s.Signer.Email != "thongtinchinhphu@chinhphu.vn" {
				t.Errorf("%+v", s)
			}
			if s.ProvenTime == nil || s.ClaimedTime == nil {
				t.Fatalf("proven %v, claimed %v", s.ProvenTime, s.ClaimedTime)
			}
			t.Log(s.ProvenTime, s.ClaimedTime, s.Reasons, stamps)
			for _, bad := range []string{reasonDigest, reasonSignature, reasonTimestampBad, reasonClaimedTimeDiffer} {
				if slices.Contains(s.Reasons, bad) {
					t.Errorf("reasons %v", s.Reasons)
				}
			}
		})
	}
}

func TestSealedDocument(t *testing.T) {
	keys := newPKI(t)
	for _, whole := range []bool{false, true} {
		approval, sealing := testApproval(t), testSealing(t)
		if whole {
			approval.Layout.Whole = true
			approval.Layout.Number.W, approval.Layout.Day.W = 120, 140
			sealing.Layout = approval.Layout
		}
		approved, err := Approve(t.Context(), sheet{}.build(t), keys.leader, approval)
		must(t, err)
		p := Policy{Roots: []*x509.Certificate{keys.root}}
		r := check(t, approved, p)
		if r.Document != verdict.ValidOffline || len(r.Signatures) != 1 || r.Signatures[0].Covers != verdict.Whole || r.Signatures[0].Role != verdict.Person {
			t.Fatalf("approved: %+v", r)
		}
		sealed, err := Seal(t.Context(), approved, keys.agency, sealing)
		must(t, err)
		r = check(t, sealed, p)
		if r.Document != verdict.ValidOffline || len(r.Signatures) != 2 {
			t.Fatalf("sealed: %+v", r)
		}
		leader, agency := r.Signatures[0], r.Signatures[1]
		t.Log(leader.ChangesAfter)
		if leader.Covers != verdict.Revision || leader.Role != verdict.Person || agency.Covers != verdict.Whole || agency.Role != verdict.AgencyOf {
			t.Errorf("%+v", r)
		}
		f, err := pdf.Parse(sealed)
		must(t, err)
		t.Log(len(f.Revisions()))
	}
}
