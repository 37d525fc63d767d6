package edxml

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"

	"vanthu/internal/document"
)

// seen is what testdata/otherparser.py found in a packet.
type seen struct {
	Texts [][2]string
	Files [][2]string
}

// text is the first text at a path, "" when there is none.
func (s seen) text(path string) string {
	i := slices.IndexFunc(s.Texts, func(t [2]string) bool { return t[0] == path })
	if i < 0 {
		return ""
	}
	return s.Texts[i][1]
}

// TestOtherParser: a parser we did not write reads every packet we make, and
// finds the same texts and files in it.
func TestOtherParser(t *testing.T) {
	python, err := exec.LookPath("python3")
	if err != nil {
		t.Skip("no python3 for a second opinion")
	}
	const packets = 60
	dir := t.TempDir()
	var paths []string
	for n := range packets {
		path := filepath.Join(dir, fmt.Sprintf("%03d.edxml", n))
		packet := written(t, func(w io.Writer) error { return WriteDocument(w, genDocument.Example(n)) })
		if n%3 == 2 {
			packet = written(t, func(w io.Writer) error { return WriteStatus(w, genStatus.Example(n)) })
		}
		if err := os.WriteFile(path, packet, 0o600); err != nil {
			t.Fatal(err)
		}
		paths = append(paths, path)
	}
	script, err := filepath.Abs("testdata/otherparser.py")
	if err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command(python, append([]string{script}, paths...)...).Output()
	if err != nil {
		t.Fatalf("%v\n%s", err, err.(*exec.ExitError).Stderr)
	}
	d := json.NewDecoder(bytes.NewReader(out))
	for n := range packets {
		var got seen
		if err := d.Decode(&got); err != nil {
			t.Fatal(err)
		}
		if n%3 == 2 {
			sameReport(t, got, genStatus.Example(n))
		} else {
			sameLetter(t, got, genDocument.Example(n))
		}
	}
}

const header = "/edXML/edXMLEnvelope/edXMLHeader/"

func sameLetter(t *testing.T, got seen, want Document) {
	t.Helper()
	message, business := header+"MessageHeader/", header+"TraceHeaderList/Bussiness/"
	for path, text := range map[string]string{
		message + "DocumentId": want.ID, message + "Subject": want.Subject, message + "Content": want.Content,
		message + "From/OrganName": want.From.Name, message + "Code/CodeNotation": want.Code.Notation,
		message + "PromulgationInfo/PromulgationDate": want.Date.Axis(), message + "OtherInfo/ReferenceCodes": want.Other.References,
		business + "BussinessDocType": fmt.Sprint(want.Business.Type), business + "BussinessDocReason": want.Business.Reason,
		business + "StaffInfo/StaffId": want.Business.Staff.ID,
	} {
		if g := got.text(path); g != text {
			t.Errorf("%s: %q, want %q", path, g, text)
		}
	}
	if len(got.Files) != len(want.Attachments) {
		t.Fatalf("%d files, want %d", len(got.Files), len(want.Attachments))
	}
	for i, a := range want.Attachments {
		r, err := a.Open()
		if err != nil {
			t.Fatal(err)
		}
		content, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		if f := got.Files[i]; f[0] != document.CleanName(a.Name) || f[1] != base64.StdEncoding.EncodeToString(content) {
			t.Errorf("file %q of %d bytes came as %q", a.Name, len(content), f[0])
		}
	}
}

func sameReport(t *testing.T, got seen, want Status) {
	t.Helper()
	message := header + "MessageHeader/"
	for path, text := range map[string]string{
		message + "StatusCode": string(want.Code), message + "Description": want.Description, message + "Timestamp": want.TimeRaw,
		message + "ResponseFor/DocumentId": want.For.ID, message + "ResponseFor/Code": want.For.Reference.String(),
		message + "From/OrganId": string(want.From.Code),
	} {
		if g := got.text(path); g != text {
			t.Errorf("%s: %q, want %q", path, g, text)
		}
	}
}
