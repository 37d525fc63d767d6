package signer

import (
	"math/bits"
	"testing"

	"golang.org/x/image/font/sfnt"
	"golang.org/x/image/math/fixed"
	"golang.org/x/text/unicode/norm"

	"vanthu/internal/pdf"
)

// TestFontCovers: every Vietnamese letter has a glyph in both faces, and the
// embedded font gives back every character a field may be filled with.
func TestFontCovers(t *testing.T) {
	for _, italic := range []bool{false, true} {
		f, err := newFont(italic)
		must(t, err)
		for _, r := range fillable(italic, true) {
			s := f.shape(string(r))
			if f.glyphs[s.codes[0]] != r {
				t.Errorf("italic %v: no glyph for %q", italic, r)
			}
		}
		codes := readCodes(string(f.toUnicode()))
		for _, r := range fillable(italic, true) {
			if f.glyphs[codes[r]] != r {
				t.Errorf("%q reads back as code %d", r, codes[r])
			}
		}
	}
}

// TestSubset: the subset is a font, keeps the widths and outlines of what is wanted and drops the rest.
func TestSubset(t *testing.T) {
	f, err := newFont(false)
	must(t, err)
	f.shape("Nguyễn Văn Nghĩa 0123456789")
	program, err := subsetTrueType(f.ttf, f.glyphs)
	must(t, err)
	if len(program) > len(f.ttf)/4 {
		t.Errorf("%d of %d bytes", len(program), len(f.ttf))
	}
	// a subset has no cmap, name or post table, so it is put back into the whole font's place table by table
	whole, err := readTables(f.ttf)
	must(t, err)
	small, err := readTables(program)
	must(t, err)
	for name, data := range small {
		whole[name] = data
	}
	sub, err := sfnt.Parse(writeTables(whole))
	must(t, err)
	var a, b sfnt.Buffer
	for g := range f.glyphs {
		want, err := f.sf.LoadGlyph(&a, sfnt.GlyphIndex(g), fixed.I(1000), nil)
		must(t, err)
		got, err := sub.LoadGlyph(&b, sfnt.GlyphIndex(g), fixed.I(1000), nil)
		must(t, err)
		if len(got) != len(want) {
			t.Errorf("glyph %d: %d segments, want %d", g, len(got), len(want))
			continue
		}
		for i := range got {
			if got[i] != want[i] {
				t.Errorf("glyph %d differs", g)
				break
			}
		}
	}
}

// TestShapeComposes: decomposed text is drawn with composed letters.
func TestShapeComposes(t *testing.T) {
	f, err := newFont(false)
	must(t, err)
	const name = "Nguyễn Thị Mỹ Nghĩa"
	if a, b := f.shape(name).hex(), f.shape(norm.NFD.String(name)).hex(); a != b {
		t.Errorf("NFC %s, NFD %s", a, b)
	}
	if s := f.shape("名"); f.glyphs[s.codes[0]] != '?' {
		t.Error("a letter without a glyph must become ?")
	}
}

// TestReadWidths: what is not "code [width]" is passed over.
func TestReadWidths(t *testing.T) {
	got := readWidths(pdf.Array{pdf.Integer(3), pdf.Array{pdf.Integer(250)}, pdf.Integer(-1), pdf.Array{pdf.Integer(1)}, pdf.Integer(5)})
	if len(got) != 1 || got[3] != 0.25 {
		t.Errorf("%v", got)
	}
}

// TestGlyphList: the list names what is used, blanks too, and the parts of composed letters.
func TestGlyphList(t *testing.T) {
	f, err := newFont(false)
	must(t, err)
	s := f.shape("ĩ 1")
	program, err := subsetTrueType(f.ttf, f.glyphs)
	must(t, err)
	list := glyphList(program, f.glyphs)
	named := 0
	for _, b := range list {
		named += bits.OnesCount8(b)
	}
	for _, g := range append(s.codes, 0) {
		if list[g/8]&(0x80>>(g%8)) == 0 {
			t.Errorf("glyph %d is missing", g)
		}
	}
	if named < 4 || named > 8 {
		t.Errorf("%d glyphs for three letters", named)
	}
}
