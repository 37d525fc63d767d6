package signer

import (
	"context"
	"image"
	"image/color"
	"strings"
	"testing"

	"vanthu/internal/pdf"
)

// TestArchiveKept: a PDF/A stays what it is. Into PDF/A-1 goes no transparency
// and no subset without its list of glyphs; later parts keep the soft mask.
func TestArchiveKept(t *testing.T) {
	keys := newPKI(t)
	for part, soft := range map[string]bool{"1": false, "2": true, "3": true} {
		for _, drawn := range []bool{false, true} {
			in := archive(t, part, "B")
			a, s := testApproval(t), testSealing(t)
			if drawn {
				a.Image, s.Image = nil, nil
			}
			approved, err := Approve(context.Background(), in, keys.leader, a)
			must(t, err)
			sealed, err := Seal(context.Background(), approved, keys.agency, s)
			must(t, err)
			tail := string(sealed[len(in):])
			if strings.Contains(tail, "/SMask") != (soft && !drawn) {
				t.Errorf("PDF/A-%s, drawn %v: soft mask %v", part, drawn, strings.Contains(tail, "/SMask"))
			}
			if n, fonts := strings.Count(tail, "/CIDSet"), strings.Count(tail, "/Type /FontDescriptor"); n != map[bool]int{true: 0, false: fonts}[soft] || fonts < 2 {
				t.Errorf("PDF/A-%s: %d lists of glyphs for %d fonts", part, n, fonts)
			}
			for _, word := range []string{"/ca ", "/CA ", "/BM ", "/Group", "/ObjStm"} {
				if strings.Contains(tail, word) && !soft {
					t.Errorf("PDF/A-%s: %s was written", part, word)
				}
			}
			sameArchive(t, in, sealed)
		}
	}
}

// sameArchive: what makes a file PDF/A is what it was.
func sameArchive(t *testing.T, before, after []byte) {
	t.Helper()
	f, err := pdf.Parse(before)
	must(t, err)
	g, err := pdf.Parse(after)
	must(t, err)
	old, err := f.Catalog()
	must(t, err)
	now, err := g.Catalog()
	must(t, err)
	for _, key := range []pdf.Name{"Metadata", "OutputIntents", "MarkInfo", "Lang"} {
		if !pdf.Equal(old.Get(key), now.Get(key)) {
			t.Errorf("/%s changed", key)
		}
	}
	if string(streamData(t, f, old.Get("Metadata"))) != string(streamData(t, g, now.Get("Metadata"))) {
		t.Error("metadata changed")
	}
}

// TestHardMask: without transparency a point is drawn in its own colour or not at all.
func TestHardMask(t *testing.T) {
	img := image.NewNRGBA(image.Rect(0, 0, 9, 2))
	img.SetNRGBA(0, 0, color.NRGBA{220, 0, 0, 200})
	img.SetNRGBA(8, 1, color.NRGBA{0, 0, 220, 255})
	img.SetNRGBA(1, 0, color.NRGBA{9, 9, 9, 40})
	f, err := pdf.Parse(sheet{}.build(t))
	must(t, err)
	u := f.NewUpdate()
	ref := addImage(u, img, true)
	tail, err := u.Tail()
	must(t, err)
	g, err := pdf.Parse(append(sheet{}.build(t), tail.Bytes...))
	must(t, err)
	d := mustDict(t, g, ref)
	mask := mustDict(t, g, d.Get("Mask"))
	if d.Has("SMask") || mask.Get("ImageMask") != true || mask.Get("BitsPerComponent") != pdf.Integer(1) {
		t.Errorf("%s\n%s", d.Bytes(), mask.Bytes())
	}
	// rows of two bytes; 0 draws, 1 leaves the paper
	if got := streamData(t, g, d.Get("Mask")); string(got) != "\x7F\xFF\xFF\x7F" {
		t.Errorf("mask %x", got)
	}
	if got := streamData(t, g, ref); string(got[:3]) != "\xDC\x00\x00" {
		t.Errorf("colour %v", got[:3])
	}
}

// TestFirstArchive: how files say that they are PDF/A-1, and how not.
func TestFirstArchive(t *testing.T) {
	for xmp, want := range map[string]bool{
		"<pdfaid:part>1</pdfaid:part>": true, "<rdf:Description pdfaid:part='1' pdfaid:conformance='A'/>": true, `pdfaid:part = "1"`: true,
		"<pdfaid:part>2</pdfaid:part>": false, "<pdfaid:part>11</pdfaid:part>": false, "": false, "pdfaid:partner='1'": false,
	} {
		f, err := pdf.Parse(paper{catalog: "/Metadata 6 0 R", objs: []string{string(rawObject("/Type /Metadata /Subtype /XML", xmp))}}.build())
		must(t, err)
		if got := firstArchive(f); got != want {
			t.Errorf("%q: %v", xmp, got)
		}
	}
	f, err := pdf.Parse(sheet{}.build(t))
	must(t, err)
	if firstArchive(f) {
		t.Error("a file without metadata")
	}
}
