package signer

import (
	"context"
	"strings"
	"testing"

	"vanthu/internal/pdf"
)

// TestDictionaries reads what both roads and sealing write into the signature dictionaries and fields.
func TestDictionaries(t *testing.T) {
	keys := newPKI(t)
	for name, in := range map[string][]byte{"pdfsign": sheet{}.build(t), "own": variants(t)["decoy"]} {
		t.Run(name, func(t *testing.T) {
			approved, err := Approve(context.Background(), in, keys.leader, testApproval(t))
			must(t, err)
			sealed, err := Seal(context.Background(), approved, keys.agency, testSealing(t))
			must(t, err)
			f, err := pdf.Parse(sealed)
			must(t, err)
			checkDict(t, signatureOf(t, f, FieldLeader), f, "D:20261121090507+07'00'", "Exclude", openFields())
			checkDict(t, signatureOf(t, f, FieldAgency), f, "D:20261121100507+07'00'", "Include", textFields())
			checkWidgets(t, f)
		})
	}
}

func checkDict(t *testing.T, d *pdf.Dict, f *pdf.File, at, action string, names []string) {
	t.Helper()
	if d.Duplicate || d.Has("TransformMethod") || d.Has("TransformParams") {
		t.Errorf("dead or double keys: %v", d.Keys())
	}
	if d.Get("SubFilter") != pdf.Name("ETSI.CAdES.detached") || d.Get("Filter") != pdf.Name("Adobe.PPKLite") || d.Get("Type") != pdf.Name("Sig") {
		t.Errorf("kind: %v %v", d.Get("Filter"), d.Get("SubFilter"))
	}
	if got := d.Get("M").(pdf.String).Text(); got != at {
		t.Errorf("claimed time %s, want %s", got, at)
	}
	refs, err := f.Array(d.Get("Reference"))
	must(t, err)
	ref := mustDict(t, f, refs[0])
	params := mustDict(t, f, ref.Get("TransformParams"))
	if len(refs) != 1 || ref.Get("TransformMethod") != pdf.Name("FieldMDP") || params.Get("Action") != pdf.Name(action) {
		t.Errorf("reference %s", ref.Bytes())
	}
	if got := texts(t, f, params.Get("Fields")); got != strings.Join(names, " ") {
		t.Errorf("%s %s, want %v", action, got, names)
	}
}

func texts(t *testing.T, f *pdf.File, o pdf.Object) string {
	t.Helper()
	list, err := f.Array(o)
	must(t, err)
	var out []string
	for _, v := range list {
		out = append(out, v.(pdf.String).Text())
	}
	return strings.Join(out, " ")
}

// checkWidgets: every field of ours prints, has its lock, and an appearance of
// the size of its rectangle without a matrix.
func checkWidgets(t *testing.T, f *pdf.File) {
	t.Helper()
	fields, err := f.Fields()
	must(t, err)
	for _, fd := range fields {
		if !strings.HasPrefix(fd.Name, "vanthu-") {
			continue
		}
		if flags, _ := fd.Dict.Get("F").(pdf.Integer); flags&4 == 0 || flags&2 != 0 {
			t.Errorf("%s: annotation flags %d", fd.Name, flags)
		}
		if fd.Type == "Sig" && mustDict(t, f, fd.Dict.Get("Lock")).Get("Type") != pdf.Name("SigFieldLock") {
			t.Errorf("%s has no lock", fd.Name)
		}
		if fd.Type == "Tx" && fd.Flags != 1 {
			t.Errorf("%s: field flags %d", fd.Name, fd.Flags)
		}
		n := mustDict(t, f, mustDict(t, f, fd.Dict.Get("AP")).Get("N"))
		rect, ok := f.Rect(fd.Dict.Get("Rect"))
		box, okBox := f.Rect(n.Get("BBox"))
		if !ok || !okBox || n.Has("Matrix") || abs64(box.W()-rect.W()) > 0.001 || abs64(box.H()-rect.H()) > 0.001 {
			t.Errorf("%s: appearance %s in %v", fd.Name, n.Bytes(), rect)
		}
	}
}

func abs64(x float64) float64 { return max(x, -x) }

// TestSameBytes: the same input gives the same file but for the signature's random part.
func TestSameBytes(t *testing.T) {
	keys := newPKI(t) // the leader's RSA key signs deterministically
	a, err := Approve(context.Background(), sheet{}.build(t), keys.leader, testApproval(t))
	must(t, err)
	b, err := Approve(context.Background(), sheet{}.build(t), keys.leader, testApproval(t))
	must(t, err)
	if string(a) != string(b) {
		t.Error("two runs differ")
	}
}
