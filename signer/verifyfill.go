package signer

import (
	"bytes"
	"math"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"vanthu/internal/pdf"
)

// Limits on a field that sealing fills: one line of text. A larger one could
// be filled over what was signed.
const (
	maxTextField  = 0.04 // of the page
	maxTextHeight = 40   // points
	maxTextRunes  = 160
)

// filledText allows the filling of number, day or month (signing.md §10): /V
// and /AP alone, the value never set before, a new appearance that draws
// exactly the value, with our own font as the leader signed it. General rules
// for form filling accept an appearance that shows another number than /V.
func (d *differ) filledText(fd pdf.Field) error {
	before, after := fd.Dict, (*pdf.Dict)(nil)
	after, err := d.new.Dict(fd.Ref)
	if err != nil {
		return err
	}
	fill := textFill{differ: d, field: fd, after: after}
	if why := fill.check(before); why != "" {
		d.forbid("form field %s: %s", fd.Name, why)
		return nil
	}
	d.explain(fd.Ref)
	d.explain(fill.stream)
	d.allow(change{changeText, fd.Name, fill.value})
	return d.modestField(fd.Name, after, maxTextField)
}

// textFill is one filled field under examination.
type textFill struct {
	*differ
	field  pdf.Field
	after  *pdf.Dict
	value  string
	stream pdf.Ref // the new appearance
	form   *pdf.Stream
}

// check gives the first thing that is wrong, "" when nothing is.
func (t *textFill) check(before *pdf.Dict) string {
	for _, key := range t.keys(before, t.after) {
		if key != "V" && key != "AP" {
			return string(key) + " changed"
		}
	}
	v, ok := t.after.Get("V").(pdf.String)
	if !ok || t.field.Value != nil || t.field.Flags&1 == 0 || !slices.Equal(t.field.Widgets, []pdf.Ref{t.field.Ref}) {
		return "not an empty read-only field"
	}
	if t.value = v.Text(); t.value == "" || utf8.RuneCountInString(t.value) > maxTextRunes {
		return "value"
	}
	for _, rule := range []func() string{t.appearance, t.box, t.drawing} {
		if why := rule(); why != "" {
			return why
		}
	}
	return ""
}

// appearance demands << /N ref >> with a new, plain form stream.
func (t *textFill) appearance() string {
	ap, ok := t.after.Get("AP").(*pdf.Dict)
	if !ok || len(ap.Entries) != 1 {
		return "appearance dictionary"
	}
	ref, ok := ap.Get("N").(pdf.Ref)
	if !ok || !t.added[ref] {
		return "appearance is not a new object"
	}
	o, err := t.new.Object(ref)
	form, isStream := o.(*pdf.Stream)
	if err != nil || !isStream || form.Get("Subtype") != pdf.Name("Form") {
		return "appearance stream"
	}
	for _, key := range form.Keys() {
		if !slices.Contains([]pdf.Name{"Type", "Subtype", "FormType", "BBox", "Resources", "Filter", "Length"}, key) {
			return "appearance holds " + string(key)
		}
	}
	t.stream, t.form = ref, form
	return ""
}

// box demands that BBox has the size of Rect, so that nothing is stretched,
// and that the field is one line high.
func (t *textFill) box() string {
	box, ok := t.new.Rect(t.form.Get("BBox"))
	rect, isRect := t.new.Rect(t.after.Get("Rect"))
	const slack = 0.01
	if !ok || !isRect || math.Abs(box.X0) > slack || math.Abs(box.Y0) > slack ||
		math.Abs(box.W()-rect.W()) > slack || math.Abs(box.H()-rect.H()) > slack {
		return "appearance box"
	}
	if min(rect.W(), rect.H()) > maxTextHeight {
		return "higher than a line"
	}
	return ""
}

// drawing demands the operators of one line of text, whose glyphs spell the
// value in our font.
func (t *textFill) drawing() string {
	data, err := t.new.Decode(t.form, 64<<10)
	if err != nil {
		return "appearance data"
	}
	l, ok := parseLine(string(data))
	if !ok {
		return "appearance draws something else than a line of text"
	}
	font, ok := t.font(l.font)
	if !ok {
		return "appearance font"
	}
	face, ok := ownFace(t.old, font)
	if !ok {
		return "appearance font is not ours"
	}
	want := face.shape(t.value)
	if !slices.Equal(want.codes, l.codes) {
		return "appearance does not spell the value"
	}
	if !t.inside(l, want.width*l.size) {
		return "text outside the field"
	}
	return ""
}

// font is the only font of the appearance: the one, under the same name, that
// the empty appearance named when the leader signed.
func (t *textFill) font(name string) (pdf.Ref, bool) {
	fonts, ok := onlyFonts(t.new, t.form.Get("Resources"))
	if !ok || len(fonts.Entries) != 1 {
		return pdf.Ref{}, false
	}
	ref, ok := fonts.Get(pdf.Name(name)).(pdf.Ref)
	if !ok || t.added[ref] || t.changed[ref] {
		return pdf.Ref{}, false
	}
	ap, err := t.old.Dict(t.field.Dict.Get("AP"))
	if err != nil || ap == nil {
		return pdf.Ref{}, false
	}
	empty, err := t.old.Dict(ap.Get("N"))
	if err != nil || empty == nil {
		return pdf.Ref{}, false
	}
	before, ok := onlyFonts(t.old, empty.Get("Resources"))
	return ref, ok && pdf.Equal(before.Get(pdf.Name(name)), ref)
}

// onlyFonts is the font dictionary of resources that hold nothing else.
func onlyFonts(f *pdf.File, resources pdf.Object) (*pdf.Dict, bool) {
	d, err := f.Dict(resources)
	if err != nil || d == nil || len(d.Entries) != 1 {
		return nil, false
	}
	fonts, err := f.Dict(d.Get("Font"))
	return fonts, err == nil && fonts != nil
}

// inside checks direction, start and end of the text against the box.
func (t *textFill) inside(l textLine, width float64) bool {
	pages, err := t.old.Pages()
	if err != nil {
		return false
	}
	at, err := placeWidget(t.old, pages, t.field.Dict)
	if err != nil {
		return false
	}
	for i := range 4 {
		if math.Abs(l.matrix[i]-at.matrix[i]) > 0.001 {
			return false
		}
	}
	const slack = 1.0
	for _, along := range []float64{0, width} {
		x, y := l.matrix[4]+l.matrix[0]*along, l.matrix[5]+l.matrix[1]*along
		if x < -slack || y < -slack || x > at.rect.W()+slack || y > at.rect.H()+slack {
			return false
		}
	}
	return l.size >= minFieldSize-0.01 && l.size <= maxTextHeight
}

// textLine is a line of text read from an appearance.
type textLine struct {
	font   string
	size   float64
	matrix [6]float64
	codes  []uint16
}

// parseLine reads the one form of appearance that sealing writes, black text
// and no other operator (seal.go, fill).
func parseLine(content string) (textLine, bool) {
	var l textLine
	w := strings.Fields(content)
	if len(w) != 21 {
		return l, false
	}
	shape := []string{"/Tx", "BMC", "q", "BT", "", "", "Tf", "0", "g", "", "", "", "", "", "", "Tm", "", "Tj", "ET", "Q", "EMC"}
	for i, want := range shape {
		if want != "" && w[i] != want {
			return l, false
		}
	}
	var ok bool
	if l.font, ok = strings.CutPrefix(w[4], "/"); !ok {
		return l, false
	}
	numbers := make([]float64, 0, 7)
	for _, s := range append([]string{w[5]}, w[9:15]...) {
		n, err := strconv.ParseFloat(s, 64)
		if err != nil || math.IsNaN(n) || math.IsInf(n, 0) {
			return l, false
		}
		numbers = append(numbers, n)
	}
	l.size = numbers[0]
	copy(l.matrix[:], numbers[1:])
	l.codes, ok = parseCodes(w[16])
	return l, ok
}

// parseCodes reads a hex string of two-byte codes.
func parseCodes(s string) ([]uint16, bool) {
	s, ok := strings.CutPrefix(s, "<")
	s, closed := strings.CutSuffix(s, ">")
	if !ok || !closed || len(s) == 0 || len(s)%4 != 0 {
		return nil, false
	}
	codes := make([]uint16, 0, len(s)/4)
	for i := 0; i < len(s); i += 4 {
		n, err := strconv.ParseUint(s[i:i+4], 16, 16)
		if err != nil {
			return nil, false
		}
		codes = append(codes, uint16(n))
	}
	return codes, true
}

// ownFace proves that an embedded font is a subset of one of our faces, outline
// by outline and width by width: a font that draws 15 as 77 spells anything.
func ownFace(f *pdf.File, ref pdf.Ref) (*fontFace, bool) {
	font, err := f.Dict(ref)
	if err != nil || font == nil || font.Get("Subtype") != pdf.Name("Type0") || font.Get("Encoding") != pdf.Name("Identity-H") {
		return nil, false
	}
	kids, err := f.Array(font.Get("DescendantFonts"))
	if err != nil || len(kids) != 1 {
		return nil, false
	}
	cid, err := f.Dict(kids[0])
	if err != nil || cid == nil || cid.Get("Subtype") != pdf.Name("CIDFontType2") || cid.Get("CIDToGIDMap") != pdf.Name("Identity") ||
		cid.Has("W2") || cid.Has("DW2") {
		return nil, false
	}
	widths, err := f.Array(cid.Get("W"))
	if err != nil {
		return nil, false
	}
	program, ok := fontProgram(f, cid)
	if !ok {
		return nil, false
	}
	return matchFace(program, readWidths(widths))
}

// fontProgram is the embedded TrueType file.
func fontProgram(f *pdf.File, cid *pdf.Dict) ([]byte, bool) {
	descriptor, err := f.Dict(cid.Get("FontDescriptor"))
	if err != nil || descriptor == nil || descriptor.Has("FontFile") || descriptor.Has("FontFile3") {
		return nil, false
	}
	o, err := f.Resolve(descriptor.Get("FontFile2"))
	stm, ok := o.(*pdf.Stream)
	if err != nil || !ok {
		return nil, false
	}
	program, err := f.Decode(stm, 4<<20)
	return program, err == nil
}

// matchFace makes the subset anew from our own faces and compares.
func matchFace(program []byte, widths map[uint16]float64) (*fontFace, bool) {
	for _, italic := range []bool{false, true} {
		face, err := newFont(italic)
		if err != nil {
			return nil, false
		}
		fits := true
		for code, w := range widths {
			face.glyphs[code] = 0
			fits = fits && math.Abs(face.advance(code)-w) < 0.0015
		}
		if !fits {
			continue
		}
		subset, err := subsetTrueType(face.ttf, face.glyphs)
		if err == nil && bytes.Equal(subset, program) {
			return face, true
		}
	}
	return nil, false
}
