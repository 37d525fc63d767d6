package edxml

import (
	"bytes"
	"errors"
	"io"
	"reflect"
	"slices"
	"testing"

	"vanthu/internal/document"
)

// FuzzRead: no bytes make the reader panic, hang or leave files, every error has
// a class, and what was read and may be written reads the same again. The seeds
// are packets of our own generator and a few odd ones.
func FuzzRead(f *testing.F) {
	for n := range 24 {
		f.Add(written(f, func(w io.Writer) error { return WriteDocument(w, genDocument.Example(n)) }))
		f.Add(written(f, func(w io.Writer) error { return WriteStatus(w, genStatus.Example(n)) }))
	}
	f.Add(written(f, func(w io.Writer) error { return WriteDocument(w, fullDocument()) }))
	f.Add([]byte(handmade(plainMessage, "", "", attached("a.xls", "application/zip", b64(zipped(f, "x", "y"))))))
	f.Add([]byte(handmade(plainMessage, "", "", attached("a", "x", "<![CDATA[QQ==]]>&#13;<!-- -->"))))
	f.Add([]byte("1212<?xml version='1.0'?><edXML xmlns='" + Namespace + "'/>"))
	dir := f.TempDir()
	f.Fuzz(func(t *testing.T, packet []byte) {
		p, err := Read(bytes.NewReader(packet), ReadOptions{Dir: dir, MaxPacket: 1 << 20, MaxFile: 1 << 18})
		if err != nil {
			if p != nil || !errors.Is(err, ErrBroken) && !errors.Is(err, ErrTooLarge) && !errors.Is(err, ErrForbidden) {
				t.Fatalf("%v, %v", p, err)
			}
			return
		}
		defer p.Remove()
		if (p.Document == nil) == (p.Status == nil) {
			t.Fatal("not exactly one of document and status")
		}
		if p.Document != nil {
			again(t, p.Document, dir)
		} else {
			statusAgain(t, *p.Status)
		}
	})
}

// again: a document that was read and passes the check can be written and reads
// the same.
func again(t *testing.T, d *Document, dir string) {
	for _, a := range d.Attachments {
		if a.Name != document.CleanName(a.Name) {
			t.Fatalf("unclean name %q", a.Name)
		}
	}
	var b bytes.Buffer
	if err := WriteDocument(&b, *d); err != nil {
		if !errors.Is(err, ErrIncomplete) {
			t.Fatal(err)
		}
		return
	}
	p, err := Read(&b, ReadOptions{Dir: dir, MaxPacket: 8 << 20, MaxFile: 1 << 20})
	if err != nil {
		t.Fatalf("our own packet: %v", err)
	}
	defer p.Remove()
	got, want := *p.Document, *d
	if a, b := contents(t, &got), contents(t, &want); !slices.Equal(a, b) {
		t.Fatalf("contents %q, want %q", a, b)
	}
	got.Attachments, want.Attachments = nil, nil
	got.DateRaw, want.DateRaw, got.DueRaw, want.DueRaw, got.ResponseRaw, want.ResponseRaw = "", "", "", "", nil, nil
	if len(want.Traces) == 0 {
		got.Traces = nil // the writer begins the list
	}
	if !reflect.DeepEqual(got, want) {
		t.Fatalf("got  %+v\nwant %+v", got, want)
	}
}

// statusAgain is again for a report.
func statusAgain(t *testing.T, s Status) {
	var b bytes.Buffer
	if err := WriteStatus(&b, s); err != nil {
		if !errors.Is(err, ErrIncomplete) {
			t.Fatal(err)
		}
		return
	}
	p, err := Read(&b, ReadOptions{})
	if err != nil || p.Status == nil {
		t.Fatalf("our own report: %v", err)
	}
	got := *p.Status
	got.Time, got.TimeRaw, got.ForRaw = s.Time, s.TimeRaw, s.ForRaw // fractions of seconds and other forms go
	if !reflect.DeepEqual(got, s) {
		t.Fatalf("got  %+v\nwant %+v", got, s)
	}
}
