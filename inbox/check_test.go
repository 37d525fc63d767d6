package inbox_test

import (
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"vanthu/inbox"
	"vanthu/internal/verdict"
)

// verifier answers by what stands in the file.
type verifier map[string]verdict.Report

func (v verifier) Verify(_ context.Context, f *os.File) (verdict.Report, error) {
	b, err := io.ReadAll(f)
	if err != nil {
		return verdict.Report{}, err
	}
	for part, r := range v {
		if strings.Contains(string(b), part) {
			return r, nil
		}
	}
	return verdict.Report{}, errors.New("unreadable")
}

func signature(role, organization string) verdict.Signature {
	return verdict.Signature{Role: role, Verdict: verdict.Valid, Signer: verdict.Signer{Name: organization, Organization: organization}}
}

func TestInspect(t *testing.T) {
	person, agency := signature(verdict.Person, "Trần Văn Bình"), signature(verdict.AgencyOf, "UBND tỉnh Cà Mau")
	valid := verdict.Report{Document: verdict.ValidOffline, Signatures: []verdict.Signature{person, agency}}
	cases := map[string]struct {
		files   []string
		want    verdict.Verdict
		reports int
		warned  string
	}{
		"both signed":       {[]string{"%PDF both"}, verdict.ValidOffline, 1, ""},
		"worst of two":      {[]string{"%PDF both", "%PDF broken"}, verdict.Invalid, 2, ""},
		"no person":         {[]string{"%PDF agency"}, verdict.Valid, 1, "người có thẩm quyền"},
		"no agency":         {[]string{"%PDF person"}, verdict.Valid, 1, "chữ ký số của cơ quan"},
		"another agency":    {[]string{"%PDF other"}, verdict.Valid, 1, "không khớp"},
		"nothing to check":  {[]string{"PK\x03\x04"}, verdict.Unsigned, 0, "không có tệp PDF"},
		"other files aside": {[]string{"PK\x03\x04", "%PDF both"}, verdict.ValidOffline, 1, ""},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			o := newOffice(t)
			o.Verifier = verifier{
				"both": valid, "broken": {Document: verdict.Invalid}, "agency": {Document: verdict.Valid, Signatures: []verdict.Signature{agency}},
				"person": {Document: verdict.Valid, Signatures: []verdict.Signature{person}},
				"other":  {Document: verdict.Valid, Signatures: []verdict.Signature{person, signature(verdict.AgencyOf, "Công ty Cổ phần ABC")}},
			}
			d := letter("7")
			d.Attachments = nil
			for i, f := range c.files {
				d.Attachments = append(d.Attachments, attachment(strings.Repeat("a", i+1)+".pdf", f))
			}
			doc := must(t)(o.Inspect(t.Context(), o.receive("ax-1", d).ID))
			if doc.Check.Report.Document != c.want || len(doc.Check.Files) != c.reports {
				t.Errorf("check %+v", doc.Check)
			}
			warnings := strings.Join(doc.Check.Warnings, "\n")
			if (c.warned == "") != (warnings == "") || !strings.Contains(warnings, c.warned) {
				t.Errorf("warnings %q", warnings)
			}
		})
	}
}

func TestInspectFailures(t *testing.T) {
	o := newOffice(t)
	id := o.receive("ax-1", letter("7")).ID
	_, err := o.Inspect(t.Context(), id)
	refused(t, err, inbox.ErrNoVerifier)
	o.Verifier = verifier{}
	if _, err := o.Inspect(t.Context(), id); err == nil || o.get(id).Check != nil {
		t.Errorf("an unreadable file was checked: %v", err)
	}
}

func TestExport(t *testing.T) {
	o := newOffice(t)
	d := letter("7")
	d.Attachments[0].Name = `..\..\CON.pdf`
	id := o.receive("ax-1", d).ID
	dir := t.TempDir()
	for _, want := range []string{"_CON.pdf", "_CON (2).pdf"} {
		path, err := o.Export(id, 0, dir)
		if err != nil || path != filepath.Join(dir, want) {
			t.Errorf("%s, %v; want %s", path, err, want)
		}
		if b, err := os.ReadFile(path); err != nil || string(b) != "%PDF-1.7 nội dung 7" {
			t.Errorf("%q, %v", b, err)
		}
	}
	_, err := o.Export(id, 1, dir)
	refused(t, err, inbox.ErrNoFile)
	if _, err := o.Export(id, 0, filepath.Join(dir, "không có")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("%v", err)
	}
}
