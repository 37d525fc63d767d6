package signer

import (
	"bytes"
	"compress/zlib"
	"fmt"
	"sort"
	"strings"

	"github.com/go-fonts/liberation/liberationserifitalic"
	"github.com/go-fonts/liberation/liberationserifregular"
	"golang.org/x/image/font/sfnt"
	"golang.org/x/image/math/fixed"
	"golang.org/x/text/unicode/norm"

	"vanthu/internal/pdf"
)

// fontFace is a Liberation Serif face (the metric twin of the Times New Roman
// that Decree 30 asks for) with the glyphs used so far. Written into a PDF it
// is a Type0 font with Identity-H: the codes are the glyph numbers of the face.
type fontFace struct {
	name   string // PostScript name
	ttf    []byte
	sf     *sfnt.Font
	italic bool
	glyphs map[uint16]rune // glyph → the character it was used for
	listed bool            // write the list of glyphs that PDF/A-1 demands of a subset
}

// fontAscent, fontDescent: the line box of Liberation Serif in parts of the size (hhea table).
const (
	fontAscent  = 0.891
	fontDescent = 0.216
)

func newFont(italic bool) (*fontFace, error) {
	f := &fontFace{name: "LiberationSerif", ttf: liberationserifregular.TTF, italic: italic, glyphs: map[uint16]rune{}}
	if italic {
		f.name, f.ttf = "LiberationSerif-Italic", liberationserifitalic.TTF
	}
	var err error
	if f.sf, err = sfnt.Parse(f.ttf); err != nil {
		return nil, fmt.Errorf("font %s: %w", f.name, err)
	}
	return f, nil
}

// shaped is a text as glyphs of a font.
type shaped struct {
	codes []uint16
	width float64 // at size 1
}

// shape turns text into glyphs. Decomposed input is composed first: a combining
// mark drawn on its own falls beside its letter. What the font lacks becomes "?".
func (f *fontFace) shape(text string) shaped {
	var s shaped
	var buf sfnt.Buffer
	for _, r := range norm.NFC.String(text) {
		g, err := f.sf.GlyphIndex(&buf, r)
		if err != nil || g == 0 {
			r = '?'
			g, _ = f.sf.GlyphIndex(&buf, r)
		}
		f.glyphs[uint16(g)] = r
		s.codes = append(s.codes, uint16(g))
		s.width += f.advance(uint16(g))
	}
	return s
}

// measure is the width of a text at size 1; it uses no glyph.
func (f *fontFace) measure(text string) float64 {
	probe := &fontFace{sf: f.sf, glyphs: map[uint16]rune{}}
	return probe.shape(text).width
}

// advance is the width of a glyph at size 1, exact to a thousandth as /W has it.
func (f *fontFace) advance(g uint16) float64 {
	var buf sfnt.Buffer
	a, err := f.sf.GlyphAdvance(&buf, sfnt.GlyphIndex(g), fixed.I(1000), 0)
	if err != nil {
		return 0
	}
	return float64(a.Round()) / 1000
}

// hex writes glyph codes as the string of a Tj.
func (s shaped) hex() string {
	var b strings.Builder
	for _, c := range s.codes {
		fmt.Fprintf(&b, "%04X", c)
	}
	return "<" + b.String() + ">"
}

// embed writes the font with the glyphs used so far and returns its reference.
func (f *fontFace) embed(u adder) (pdf.Ref, error) {
	program, err := subsetTrueType(f.ttf, f.glyphs)
	if err != nil {
		return pdf.Ref{}, fmt.Errorf("font %s: %w", f.name, err)
	}
	list := ""
	if f.listed {
		list = " /CIDSet " + u.Add(flateStream("", glyphList(program, f.glyphs))).String()
	}
	base := f.tag() + "+" + f.name
	file := u.Add(flateStream(fmt.Sprintf("/Length1 %d", len(program)), program))
	flags, angle, box := 4, 0, "[-543 -303 1278 982]"
	if f.italic {
		flags, angle, box = 4|64, -16, "[-498 -303 1333 982]"
	}
	desc := u.Add(fmt.Appendf(nil, "<< /Type /FontDescriptor /FontName /%s /Flags %d /FontBBox %s /ItalicAngle %d /Ascent 891 /Descent -216 /CapHeight 662 /StemV 80 /FontFile2 %s%s >>",
		base, flags, box, angle, file, list))
	cid := u.Add(fmt.Appendf(nil, "<< /Type /Font /Subtype /CIDFontType2 /BaseFont /%s /CIDSystemInfo << /Registry (Adobe) /Ordering (Identity) /Supplement 0 >> /FontDescriptor %s /DW 0 /W %s /CIDToGIDMap /Identity >>",
		base, desc, f.widths()))
	uni := u.Add(flateStream("", f.toUnicode()))
	return u.Add(fmt.Appendf(nil, "<< /Type /Font /Subtype /Type0 /BaseFont /%s /Encoding /Identity-H /DescendantFonts [%s] /ToUnicode %s >>", base, cid, uni)), nil
}

// tag names the subset by what is in it: six letters, as the format asks.
func (f *fontFace) tag() string {
	h := uint32(2166136261)
	for _, g := range f.sorted() {
		h = (h ^ uint32(g)) * 16777619
	}
	var out [6]byte
	for i := range out {
		out[i] = 'A' + byte(h%26)
		h /= 26
	}
	return string(out[:])
}

func (f *fontFace) sorted() []uint16 {
	out := make([]uint16, 0, len(f.glyphs))
	for g := range f.glyphs {
		out = append(out, g)
	}
	sort.Slice(out, func(i, j int) bool { return out[i] < out[j] })
	return out
}

func (f *fontFace) widths() string {
	var b strings.Builder
	b.WriteByte('[')
	for _, g := range f.sorted() {
		fmt.Fprintf(&b, "%d [%d] ", g, int(f.advance(g)*1000+0.5))
	}
	return strings.TrimSpace(b.String()) + "]"
}

// toUnicode writes the CMap that says which character each code is.
func (f *fontFace) toUnicode() []byte {
	var b bytes.Buffer
	b.WriteString("/CIDInit /ProcSet findresource begin\n12 dict begin\nbegincmap\n/CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def\n" +
		"/CMapName /Adobe-Identity-UCS def\n/CMapType 2 def\n1 begincodespacerange\n<0000> <FFFF>\nendcodespacerange\n")
	all := f.sorted()
	for len(all) > 0 {
		n := min(100, len(all)) // the format's limit for one block
		fmt.Fprintf(&b, "%d beginbfchar\n", n)
		for _, g := range all[:n] {
			fmt.Fprintf(&b, "<%04X> <%04X>\n", g, f.glyphs[g]) // every glyph used is in the basic plane
		}
		b.WriteString("endbfchar\n")
		all = all[n:]
	}
	b.WriteString("endcmap\nCMapName currentdict /CMap defineresource pop\nend\nend\n")
	return b.Bytes()
}

// flateStream writes a compressed stream; entries are further dictionary entries as raw text.
func flateStream(entries string, data []byte) []byte {
	var z bytes.Buffer
	w := zlib.NewWriter(&z) // the best level takes far longer on the long runs of a picture
	_, _ = w.Write(data)    // a Buffer takes everything
	_ = w.Close()
	return rawStream("/Filter /FlateDecode "+entries, z.Bytes())
}

func rawStream(entries string, data []byte) []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, "<< %s /Length %d >>\nstream\n", strings.TrimSpace(entries), len(data))
	b.Write(data)
	b.WriteString("\nendstream")
	return b.Bytes()
}
