package signer

import (
	"fmt"
	"sort"
	"strings"

	"vanthu/internal/pdf"
)

// adder takes new objects of the revision being made.
type adder interface {
	Add(body []byte) pdf.Ref
}

// sortedNames are the keys in order, so that the same input gives the same bytes.
func sortedNames[V any](m map[string]V) []string {
	out := make([]string, 0, len(m))
	for k := range m {
		out = append(out, k)
	}
	sort.Strings(out)
	return out
}

// formXObject writes an appearance stream: BBox is the size of Rect and there is
// no Matrix, so that nothing can be drawn elsewhere than where the field stands.
func formXObject(p placed, resources, content string) []byte {
	return flateStream(fmt.Sprintf("/Type /XObject /Subtype /Form /FormType 1 /BBox %s /Resources << %s >>", p.bbox(), resources), []byte(content))
}

// line is one line of text at a place of the shown box.
type line struct {
	text shaped
	font string // resource name
	size float64
	x, y float64 // of the start of the base line
}

// ops draws the line with text operators only.
func (l line) ops(p placed, colour string) string {
	return fmt.Sprintf("BT\n/%s %s Tf\n%s\n%s Tm\n%s Tj\nET\n", l.font, pdf.WriteNumber(l.size), colour, matrixOps(p.at(l.x, l.y)), l.text.hex())
}

// Colours of Decree 30 Annex I: text black, a person's signature blue, the seal red.
const (
	inkBlack = "0 g"
	inkBlue  = "0 0.2 0.7 rg"
	inkRed   = "0.8 0 0 rg"
)

// textBlock draws lines of text in the left part of a box, width points wide:
// left-aligned, wrapped at blanks, at the largest size up to 10 pt at which
// everything fits. With plain set it keeps to PDF/A-1: see firstArchive.
func textBlock(u adder, p placed, width float64, texts []string, colour string, plain bool) ([]byte, error) {
	font, err := newFont(false)
	if err != nil {
		return nil, err
	}
	font.listed = plain
	var lines []line
	size := 10.0
	for ; ; size -= 0.5 {
		var fits bool
		if lines, fits = layOut(font, width, p.h, texts, size); fits || size <= 2 {
			break
		}
	}
	ref, err := font.embed(u)
	if err != nil {
		return nil, err
	}
	var b strings.Builder
	b.WriteString("q\n")
	for _, l := range lines {
		b.WriteString(l.ops(p, colour))
	}
	b.WriteString("Q\n")
	return formXObject(p, "/Font << /F1 "+ref.String()+" >>", b.String()), nil
}

// layOut breaks the texts into lines of a size and tells whether they fit.
func layOut(font *fontFace, width, height float64, texts []string, size float64) ([]line, bool) {
	const margin = 1.0
	leading := size * (fontAscent + fontDescent)
	var lines []line
	fits := true
	for _, t := range texts {
		for _, part := range wrapText(font, t, (width-2*margin)/size) {
			s := font.shape(part)
			fits = fits && s.width*size <= width-2*margin
			lines = append(lines, line{text: s, font: "F1", size: size, x: margin})
		}
	}
	total := leading * float64(len(lines))
	top := height - (height-total)/2 // centred in height
	for i := range lines {
		lines[i].y = top - leading*float64(i) - fontAscent*size
	}
	return lines, fits && total <= height
}

// wrapText breaks a text at blanks into parts no wider than width (at size 1) where it can.
func wrapText(font *fontFace, text string, width float64) []string {
	var out []string
	cur := ""
	for _, word := range strings.Fields(text) {
		next := word
		if cur != "" {
			next = cur + " " + word
		}
		if cur != "" && font.measure(next) > width {
			out = append(out, cur)
			next = word
		}
		cur = next
	}
	return append(out, cur)
}
