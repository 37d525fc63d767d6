package signer

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"vanthu/internal/pdf"
)

// TestGuard hands the guard outputs that pdfsign must not have made.
func TestGuard(t *testing.T) {
	keys := newPKI(t)
	prepared, name, err := prepareApproval(bytes.NewReader(sheet{}.build(t)), testLayout())
	must(t, err)
	plan, err := planLeader(prepared, name, keys.leader, testApproval(t))
	must(t, err)
	base := bytesOf(t, prepared)
	good, err := plan.runPdfsign()
	must(t, err)
	page := plan.at.page
	for _, c := range []struct {
		name string
		out  []byte
	}{
		{"nothing added", base},
		{"shorter", good[:100]},
		{"original bytes changed", append([]byte("%PDF-1.5"), good[8:]...)},
		{"two signatures", appendTo(t, good, "<< /Type /Sig /ByteRange [0 0 0 0] /Contents <00> >>", pdf.Ref{})},
		{"cross-reference broken", bytes.Replace(good, []byte("\nstartxref\n"), []byte("\nstartxref\n9"), -1)},
		{"page turned", appendTo(t, good, string(page.Dict.With("Rotate", "90").Bytes()), page.Ref)},
		{"no signature", appendTo(t, base, "<< /ByteRange [] >>", pdf.Ref{})},
	} {
		t.Run(c.name, func(t *testing.T) {
			if _, err := plan.takeOver(plan.file.NewUpdate(), c.out); !errors.Is(err, errHarm) {
				t.Errorf("got %v, want errHarm", err)
			}
		})
	}
	if _, err := plan.takeOver(plan.file.NewUpdate(), good); err != nil {
		t.Errorf("honest output: %v", err)
	}
}

// appendTo adds a revision with one object, at ref or new.
func appendTo(t testing.TB, in []byte, body string, ref pdf.Ref) []byte {
	t.Helper()
	f, err := pdf.Parse(in)
	must(t, err)
	u := f.NewUpdate()
	if ref.IsZero() {
		ref = u.Reserve()
	}
	u.Put(ref, []byte(body))
	tail, err := u.Tail()
	must(t, err)
	return append(append([]byte{}, in...), tail.Bytes...)
}

// TestRoads: which file takes which road, and that both end well.
func TestRoads(t *testing.T) {
	keys := newPKI(t)
	v := variants(t)
	v["large"] = sheet{objs: fmt.Sprintf("6 0 obj\n<< /Length %d >>\nstream\n%s\nendstream\nendobj\n", maxPdfsign, strings.Repeat("x", maxPdfsign))}.build(t)
	for name, want := range map[string]road{
		"plain": roadPdfsign, "objectstreams": roadPdfsign, "croprotated": roadPdfsign, "form": roadPdfsign,
		"decoy": roadOwn, "header": roadOwn, "large": roadOwn,
	} {
		_, got, err := approveBytes(context.Background(), v[name], keys.leader, testApproval(t))
		if err != nil || got != want {
			t.Errorf("%s: road %s, %v; want %s", name, got, err, want)
		}
	}
}
