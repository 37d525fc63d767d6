package signer

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"vanthu/internal/practice/ca"
	"vanthu/internal/verdict"
)

// stamps is a Stamper in memory.
type stamps func(imprint []byte) ([]byte, error)

func (s stamps) Stamp(_ context.Context, imprint []byte) ([]byte, error) { return s(imprint) }

// by stamps with a key, whatever is asked.
func by(t *testing.T, key *memKey, at time.Time) stamps {
	return func(imprint []byte) ([]byte, error) { return tokenOver(t, key, at, imprint), nil }
}

func approvedFile(t *testing.T, p practicePKI) []byte {
	t.Helper()
	out, err := Approve(t.Context(), sheet{}.build(t), p.leader, testApproval(t))
	must(t, err)
	return out
}

// TestAddStamp: signed without a link, stamped when it is back, sealed after:
// each signature is as good as before, and the time is proven.
func TestAddStamp(t *testing.T) {
	p := newPractice(t, ca.Subject{})
	signed := approvedFile(t, p)
	at := testTime().Add(20 * time.Minute)
	stamped, told, err := AddStamp(t.Context(), signed, FieldLeader, by(t, p.tsa, at), p.policy)
	must(t, err)
	if !told.Equal(at) {
		t.Errorf("told %v, want %v", told, at)
	}
	if len(stamped) != len(signed) {
		t.Fatalf("%d bytes became %d", len(signed), len(stamped))
	}
	if proven := provenTime(t, stamped, p.policy, FieldLeader); !proven.Equal(at) {
		t.Errorf("proven %v, want %v", proven, at)
	}
	agency := p.key(t, ca.Subject{Name: "UBND xã Định Mỹ", Agency: true})
	sealed, err := Seal(t.Context(), stamped, agency, testSealing(t))
	must(t, err)
	both, _, err := AddStamp(t.Context(), sealed, "", by(t, p.tsa, at.Add(time.Minute)), p.policy)
	must(t, err)
	for field, want := range map[string]time.Time{FieldLeader: at, FieldAgency: at.Add(time.Minute)} {
		if proven := provenTime(t, both, p.policy, field); !proven.Equal(want) {
			t.Errorf("%s proven %v, want %v", field, proven, want)
		}
	}
	if !bytes.HasPrefix(both, stamped) {
		t.Error("the later stamp touched the earlier revision")
	}
	path := filepath.Join(t.TempDir(), "stamped.pdf")
	must(t, os.WriteFile(path, both, 0o600))
	db := nssDB(t, p.ca.Root())
	if out := run(t, "pdfsig", "-nssdir", "sql:"+db, path); strings.Count(out, "Signature is Valid.") != 2 || strings.Count(out, "Certificate is Trusted.") != 2 {
		t.Errorf("pdfsig:\n%s", out)
	}
}

// TestAddStampRefuses: what must not be touched, and tokens that must not go in.
func TestAddStampRefuses(t *testing.T) {
	p := newPractice(t, ca.Subject{})
	stranger := newPractice(t, ca.Subject{})
	signed := approvedFile(t, p)
	agency := p.key(t, ca.Subject{Name: "UBND xã Định Mỹ", Agency: true})
	sealed, err := Seal(t.Context(), signed, agency, testSealing(t))
	must(t, err)
	at := testTime().Add(time.Minute)
	stamped, _, err := AddStamp(t.Context(), signed, FieldLeader, by(t, p.tsa, at), p.policy)
	must(t, err)
	broken := bytes.Clone(signed)
	broken[len(broken)/3] ^= 1
	other := p.key(t, ca.Subject{Name: "TSA khác", TimeStamping: true, Elliptic: true, NotBefore: at.Add(time.Hour), NotAfter: at.AddDate(3, 0, 0)})
	down := errors.New("dịch vụ không trả lời")
	tests := map[string]struct {
		in    []byte
		field string
		from  stamps
		want  error
	}{
		"no signature":             {sheet{}.build(t), FieldLeader, by(t, p.tsa, at), ErrNoSignature},
		"other field":              {signed, "another", by(t, p.tsa, at), ErrNoSignature},
		"sealed over":              {sealed, FieldLeader, by(t, p.tsa, at), ErrSealedOver},
		"stamped":                  {stamped, FieldLeader, by(t, p.tsa, at), ErrStamped},
		"tampered":                 {broken, FieldLeader, by(t, p.tsa, at), ErrTampered},
		"service down":             {signed, FieldLeader, func([]byte) ([]byte, error) { return nil, down }, down},
		"another imprint":          {signed, FieldLeader, func([]byte) ([]byte, error) { return token(t, p.tsa, at, []byte("khác")), nil }, ErrStamp},
		"no token":                 {signed, FieldLeader, func([]byte) ([]byte, error) { return []byte("<html>"), nil }, ErrStamp},
		"unknown authority":        {signed, FieldLeader, by(t, stranger.tsa, at), ErrStamp},
		"authority not valid then": {signed, FieldLeader, by(t, other, at), ErrStamp},
		"not an authority":         {signed, FieldLeader, by(t, agency, at), ErrStamp},
		"from the future":          {signed, FieldLeader, by(t, p.tsa, at.AddDate(0, 1, 0)), ErrStamp},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			out, _, err := AddStamp(t.Context(), tt.in, tt.field, tt.from, p.policy)
			if !errors.Is(err, tt.want) || out != nil {
				t.Errorf("%v, want %v", err, tt.want)
			}
		})
	}
}

func provenTime(t *testing.T, file []byte, p Policy, field string) time.Time {
	t.Helper()
	report, err := Verify(t.Context(), bytes.NewReader(file), int64(len(file)), p)
	must(t, err)
	for _, s := range report.Signatures {
		if s.Verdict != verdict.ValidOffline {
			t.Errorf("%s is %s %v", s.Field, s.Verdict, s.Reasons)
		}
		if s.Field == field && s.ProvenTime != nil {
			return *s.ProvenTime
		}
	}
	return time.Time{}
}

// TestArchiveStamp: sealed before a link came, so the leader's signature can get
// its time only from a stamp over the whole file; twice, as archives renew them.
func TestArchiveStamp(t *testing.T) {
	p := newPractice(t, ca.Subject{})
	agency := p.key(t, ca.Subject{Name: "UBND xã Định Mỹ", Agency: true})
	at := testTime().Add(20 * time.Minute)
	for name, in := range map[string][]byte{"plain": sheet{}.build(t), "form": indirectForm().build(t), "streams": variants(t)["linobjstm"]} {
		t.Run(name, func(t *testing.T) {
			signed, err := Approve(t.Context(), in, p.leader, testApproval(t))
			must(t, err)
			sealed, err := Seal(t.Context(), signed, agency, testSealing(t))
			must(t, err)
			once, _, err := ArchiveStamp(t.Context(), sealed, by(t, p.tsa, at), p.policy)
			must(t, err)
			twice, _, err := ArchiveStamp(t.Context(), once, by(t, p.tsa, at.Add(time.Minute)), p.policy)
			must(t, err)
			if !bytes.HasPrefix(twice, once) || !bytes.HasPrefix(once, sealed) {
				t.Error("earlier bytes were touched")
			}
			for _, field := range []string{FieldLeader, FieldAgency, FieldStamp + "-1"} {
				if proven := provenTime(t, twice, p.policy, field); proven.IsZero() || proven.After(at.Add(time.Minute)) {
					t.Errorf("%s proven %v", field, proven)
				}
			}
			path := filepath.Join(t.TempDir(), "stamped.pdf")
			must(t, os.WriteFile(path, twice, 0o600))
			run(t, "qpdf", "--check", path)
			out := run(t, "pdfsig", "-nssdir", "sql:"+nssDB(t, p.ca.Root()), path)
			if strings.Count(out, "Signature is Valid.") < 2 || strings.Contains(out, "Invalid") {
				t.Errorf("pdfsig:\n%s", out)
			}
		})
	}
}

func TestArchiveStampRefuses(t *testing.T) {
	p := newPractice(t, ca.Subject{})
	at := testTime()
	if _, _, err := ArchiveStamp(t.Context(), sheet{}.build(t), by(t, p.tsa, at), p.policy); !errors.Is(err, ErrNoSignature) {
		t.Errorf("unsigned: %v", err)
	}
	broken := approvedFile(t, p)
	broken[len(broken)/3] ^= 1
	if _, _, err := ArchiveStamp(t.Context(), broken, by(t, p.tsa, at), p.policy); !errors.Is(err, ErrTampered) {
		t.Errorf("tampered: %v", err)
	}
	other := func([]byte) ([]byte, error) { return token(t, p.tsa, at, []byte("khác")), nil }
	if _, _, err := ArchiveStamp(t.Context(), approvedFile(t, p), stamps(other), p.policy); !errors.Is(err, ErrStamp) {
		t.Errorf("another imprint: %v", err)
	}
}

// FuzzAddToken: whatever CMS stands in a hole, it is refused or one attribute
// longer.
func FuzzAddToken(f *testing.F) {
	f.Add([]byte{0x30, 0x80, 0, 0})
	sum := sha256.Sum256(nil)
	f.Add(sum[:])
	f.Fuzz(func(t *testing.T, cms []byte) {
		out, err := addToken(cms, []byte{0x30, 0})
		if err == nil && len(out) <= len(bytes.TrimRight(cms, "\x00")) {
			t.Errorf("%d bytes became %d", len(cms), len(out))
		}
	})
}
