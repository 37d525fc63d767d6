package edxml

import (
	"bytes"
	"encoding/xml"
	"io"
	"os"
	"reflect"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"vanthu/internal/document"
)

// TestReadOfWrite: what is written comes back as it was, and the same values are
// the same bytes in the one form that every receiver takes.
func TestReadOfWrite(t *testing.T) {
	dir := t.TempDir()
	rapid.Check(t, readOfWrite(dir))
	if left, _ := os.ReadDir(dir); len(left) != 0 {
		t.Errorf("%d files left behind", len(left))
	}
}

// FuzzReadOfWrite lets the fuzzer steer the generator of documents.
func FuzzReadOfWrite(f *testing.F) {
	property := rapid.MakeFuzz(readOfWrite(f.TempDir()))
	f.Fuzz(property)
}

func readOfWrite(dir string) func(*rapid.T) {
	return func(t *rapid.T) {
		want := genDocument.Draw(t, "document")
		var b, again bytes.Buffer
		if err := WriteDocument(&b, want); err != nil {
			t.Fatal(err)
		}
		if err := WriteDocument(&again, want); err != nil || !bytes.Equal(b.Bytes(), again.Bytes()) {
			t.Fatalf("the second writing differs, %v", err)
		}
		checkForm(t, b.String())
		p, err := Read(&b, ReadOptions{Dir: dir})
		if err != nil {
			t.Fatal(err)
		}
		defer p.Remove()
		for i, f := range parts(want.Attachments) {
			a := &want.Attachments[i]
			a.ID, a.Name, a.Path = f.id, document.CleanName(f.name), p.Document.Attachments[i].Path
		}
		gotFiles, wantFiles := drain(t, p.Document), drain(t, &want)
		if !reflect.DeepEqual(*p.Document, want) || !reflect.DeepEqual(gotFiles, wantFiles) {
			t.Fatalf("got  %+v\nwant %+v\n%q\n%q", *p.Document, want, gotFiles, wantFiles)
		}
	}
}

// TestStatusOfWrite is as TestReadOfWrite.
func TestStatusOfWrite(t *testing.T) { rapid.Check(t, statusOfWrite) }

// FuzzStatusOfWrite is as FuzzReadOfWrite.
func FuzzStatusOfWrite(f *testing.F) { f.Fuzz(rapid.MakeFuzz(statusOfWrite)) }

func statusOfWrite(t *rapid.T) {
	want := genStatus.Draw(t, "status")
	var b, again bytes.Buffer
	if err := WriteStatus(&b, want); err != nil {
		t.Fatal(err)
	}
	if err := WriteStatus(&again, want); err != nil || !bytes.Equal(b.Bytes(), again.Bytes()) {
		t.Fatalf("the second writing differs, %v", err)
	}
	checkForm(t, b.String())
	p, err := Read(&b, ReadOptions{})
	if err != nil {
		t.Fatal(err)
	}
	got := *p.Status
	if !got.Time.Equal(want.Time) {
		t.Fatalf("time %v, want %v", got.Time, want.Time)
	}
	got.Time = want.Time
	if !reflect.DeepEqual(got, want) {
		t.Fatalf("got  %+v\nwant %+v", got, want)
	}
}

// checkForm demands of every packet we write what receivers choke on otherwise.
func checkForm(t *rapid.T, packet string) {
	if strings.Contains(packet, "<!") || strings.Contains(packet, "<edXML:SteeringType></") || strings.Contains(packet, "SteeringType/>") {
		t.Fatalf("a DTD, a comment, a CDATA section or an empty SteeringType in\n%s", packet)
	}
	if strings.Count(packet, "<?") != 1 || !strings.HasPrefix(packet, `<?xml version="1.0" encoding="UTF-8"?>`+"\r\n<edXML xmlns=") || !strings.HasSuffix(packet, "\r\n</edXML>") {
		t.Fatalf("beginning or end of\n%s", packet)
	}
	d := xml.NewDecoder(strings.NewReader(packet))
	depth, envelope := 0, 0
	for {
		tok, err := d.RawToken()
		if err == io.EOF {
			return
		}
		if err != nil {
			t.Fatalf("%v in\n%s", err, packet)
		}
		switch tok := tok.(type) {
		case xml.StartElement:
			if depth++; tok.Name.Local == "edXMLEnvelope" {
				envelope = depth
			}
			inside := envelope > 0 || tok.Name.Local == contentElement
			if prefixed := tok.Name.Space == "edXML"; prefixed != inside {
				t.Fatalf("prefix of %s:%s in\n%s", tok.Name.Space, tok.Name.Local, packet)
			}
		case xml.EndElement:
			if depth == envelope {
				envelope = 0
			}
			depth--
		case xml.CharData:
			if strings.ContainsAny(string(tok), "\x00\ufffe\uffff") {
				t.Fatalf("a character XML cannot hold in %q", tok)
			}
		}
	}
}

// drain is the contents of the attachments; what cannot be compared is cleared.
func drain(t *rapid.T, d *Document) (all []string) {
	for i := range d.Attachments {
		a := &d.Attachments[i]
		r, err := a.Open()
		if err != nil {
			t.Fatal(err)
		}
		b, err := io.ReadAll(r)
		r.Close()
		if err != nil || int64(len(b)) != a.Size {
			t.Fatalf("%s: %d bytes, Size %d, %v", a.Name, len(b), a.Size, err)
		}
		all = append(all, string(b))
		a.Open, a.ContentType = nil, ""
	}
	return all
}

// TestUncleanValues: values that are no text of XML lose just what XML cannot
// hold, and what surrounds them stays.
func TestUncleanValues(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := smallDocument()
		d.Subject = "a" + rapid.String().Draw(t, "subject") + "b"
		d.Content = string(rapid.SliceOf(rapid.Byte()).Draw(t, "content"))
		if len(d.Subject) > maxText || len(d.Content) > maxText {
			t.Skip()
		}
		var b bytes.Buffer
		if err := WriteDocument(&b, d); err != nil {
			t.Fatal(err)
		}
		checkForm(t, b.String())
		p, err := Read(&b, ReadOptions{})
		if err != nil {
			t.Fatal(err)
		}
		if got := p.Document.Subject; got != holdable(d.Subject) {
			t.Fatalf("%q came back as %q", d.Subject, got)
		}
	})
}

// holdable is what XML 1.0 can hold of a text.
func holdable(s string) string {
	return strings.Map(func(r rune) rune {
		if r == '\t' || r == '\n' || r == '\r' || r >= 0x20 && r != 0xfffe && r != 0xffff {
			return r
		}
		return -1
	}, s)
}
