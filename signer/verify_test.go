package signer

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"vanthu/internal/pdf"
	"vanthu/internal/verdict"
)

// check verifies bytes under a policy.
func check(t testing.TB, b []byte, p Policy) *verdict.Report {
	t.Helper()
	report, err := Verify(context.Background(), bytes.NewReader(b), int64(len(b)), p)
	must(t, err)
	return report
}

// governmentFiles are real signed documents with the times their stamps prove.
func governmentFiles(t *testing.T) map[string]string {
	t.Helper()
	if _, err := os.Stat(governmentFolder); err != nil {
		t.Skip("../shared/samples/pdf/signed is absent: no real signatures to check")
	}
	return map[string]string{
		"970-ttg.signed.pdf":  "2024-09-13T09:49:12Z",
		"999-ttg.signed.pdf":  "2024-09-19T03:54:26Z",
		"1053-ttg.signed.pdf": "2024-10-01T09:02:43Z",
		"1114-ttg.signed.pdf": "2024-10-08T03:51:10Z",
	}
}

const governmentFolder = "../../shared/samples/pdf/signed"

func TestGovernmentFiles(t *testing.T) {
	for name, stamped := range governmentFiles(t) {
		t.Run(name, func(t *testing.T) {
			b, err := os.ReadFile(filepath.Join(governmentFolder, name))
			must(t, err)
			s := one(t, check(t, b, Policy{At: time.Date(2026, 11, 21, 0, 0, 0, 0, time.UTC)}))
			if s.Verdict != verdict.NotEnoughData || !slices.Equal(s.Reasons, []string{reasonTimestampTrust, reasonNoRoots}) {
				t.Errorf("%s %v", s.Verdict, s.Reasons)
			}
			if s.Covers != verdict.Whole || s.Role != verdict.AgencyOf || s.Field != "Signature1" {
				t.Errorf("covers %s, role %s, field %s", s.Covers, s.Role, s.Field)
			}
			want := verdict.Signer{Name: "CỔNG THÔNG TIN ĐIỆN TỬ CHÍNH PHỦ", Organization: "VĂN PHÒNG CHÍNH PHỦ",
				Email: "thongtinchinhphu@chinhphu.vn", Issuer: "CA phục vụ các cơ quan Nhà nước G2",
				Serial: s.Signer.Serial, NotBefore: s.Signer.NotBefore, NotAfter: s.Signer.NotAfter}
			if s.Signer != want || s.Signer.Serial == "" {
				t.Errorf("signer %+v", s.Signer)
			}
			if s.ProvenTime == nil || s.ProvenTime.Format(time.RFC3339) != stamped {
				t.Errorf("proven time %v, want %s", s.ProvenTime, stamped)
			}
		})
	}
}

// One changed byte, one byte more, one revision more.
func TestGovernmentFilesTampered(t *testing.T) {
	for name := range governmentFiles(t) {
		t.Run(name, func(t *testing.T) {
			b, err := os.ReadFile(filepath.Join(governmentFolder, name))
			must(t, err)
			flipped := slices.Clone(b)
			flipped[len(b)/3] ^= 1
			revised := added(t, b, func(e formEdit) {
				e.put(t, e.page(t).Ref, "Contents", e.u.Add(rawObject("", forgedText)).String())
			})
			for what, c := range map[string][]byte{"flipped": flipped, "longer": append(slices.Clone(b), "junk"...), "revised": revised} {
				if r := check(t, c, Policy{}); r.Document != verdict.Invalid {
					t.Errorf("%s: %+v", what, r)
				}
			}
		})
	}
}

// The leader's signature survives sealing; both are told apart.
func TestSealedDocument(t *testing.T) {
	keys := newPKI(t)
	policy := Policy{Roots: newRoots(keys)}
	for _, whole := range []bool{false, true} {
		approval, sealing := testApproval(t), testSealing(t)
		want := []string{"text:vanthu-number=15", "text:vanthu-day=05", "text:vanthu-month=3", "signature:vanthu-agency"}
		if whole {
			approval.Layout.Whole = true
			approval.Layout.Number.W, approval.Layout.Day.W = 120, 140
			sealing.Layout = approval.Layout
			want = []string{"text:vanthu-number=Số: 15/QĐ-UBND", "text:vanthu-day=Định Mỹ, ngày 05 tháng 3 năm 2026", "signature:vanthu-agency"}
		}
		approved, err := Approve(t.Context(), sheet{}.build(t), keys.leader, approval)
		must(t, err)
		s := one(t, check(t, approved, policy))
		if s.Verdict != verdict.ValidOffline || s.Covers != verdict.Whole || s.Role != verdict.Person {
			t.Fatalf("approved: %+v", s)
		}
		sealed, err := Seal(t.Context(), approved, keys.agency, sealing)
		must(t, err)
		r := check(t, sealed, policy)
		if r.Document != verdict.ValidOffline || len(r.Signatures) != 2 {
			t.Fatalf("sealed: %+v", r)
		}
		leader, agency := r.Signatures[0], r.Signatures[1]
		if leader.Covers != verdict.Revision || leader.Role != verdict.Person || !slices.Equal(leader.ChangesAfter, want) {
			t.Errorf("leader %+v", leader)
		}
		if agency.Covers != verdict.Whole || agency.Role != verdict.AgencyOf || len(agency.ChangesAfter) != 0 {
			t.Errorf("agency %+v", agency)
		}
	}
}

// Every kind of file that signing takes is found in order again.
func TestSealedVariants(t *testing.T) {
	keys := newPKI(t)
	policy := Policy{Roots: newRoots(keys)}
	for name, in := range map[string][]byte{
		"turned":         sheet{rotate: 90}.build(t),
		"cropped":        sheet{crop: "[50 50 545 792]"}.build(t),
		"object streams": qpdf(t, sheet{}.build(t), "--object-streams=generate"),
		"linearized":     qpdf(t, sheet{}.build(t), "--linearize"),
		"junk before":    append([]byte("junk\n"), sheet{}.build(t)...),
	} {
		t.Run(name, func(t *testing.T) {
			approved, err := Approve(t.Context(), in, keys.leader, testApproval(t))
			must(t, err)
			sealed, err := Seal(t.Context(), approved, keys.agency, testSealing(t))
			must(t, err)
			if r := check(t, sealed, policy); r.Document != verdict.ValidOffline || len(r.Signatures) != 2 {
				t.Errorf("%+v", r)
			}
		})
	}
}

// A second leader signs before the number is given.
func TestTwoLeaders(t *testing.T) {
	keys := newPKI(t)
	approved, err := Approve(t.Context(), sheet{}.build(t), keys.leader, testApproval(t))
	must(t, err)
	second := testApproval(t)
	second.Layout.Sign.X = 400
	approved, err = Approve(t.Context(), approved, keys.agency, second)
	must(t, err)
	sealed, err := Seal(t.Context(), approved, keys.agency, testSealing(t))
	must(t, err)
	r := check(t, sealed, Policy{Roots: newRoots(keys)})
	if r.Document != verdict.ValidOffline || len(r.Signatures) != 3 {
		t.Fatalf("%+v", r)
	}
	f, err := pdf.Parse(sealed)
	must(t, err)
	if n := len(f.Revisions()); n < 4 {
		t.Errorf("%d revisions", n)
	}
}
