package page

import (
	"context"
	"fmt"
	"html"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"vanthu/internal/document"
)

// TestWordsAgreeWithPdftotext: the same words at the same places, read by
// another program.
func TestWordsAgreeWithPdftotext(t *testing.T) {
	r := reader(t)
	for name, f := range forms() {
		t.Run(name, func(t *testing.T) {
			pdf := write(t, f)
			pages, err := r.Text(context.Background(), pdf)
			if err != nil {
				t.Fatal(err)
			}
			want := popplerWords(t, pdf)
			var got []Word
			for _, p := range pages {
				got = append(got, p.Words...)
			}
			if len(got) != len(want) {
				t.Errorf("%d words, pdftotext has %d", len(got), len(want))
			}
			for _, w := range want {
				if !slices.ContainsFunc(got, func(g Word) bool { return g.Text == w.Text && near(g.Box, w.Box, 1.5) }) {
					t.Errorf("%q is not at %+v", w.Text, w.Box)
				}
			}
		})
	}
}

// popplerWords reads pdftotext -bbox, whose origin is the upper left corner.
func popplerWords(t *testing.T, pdf []byte) []Word {
	out := string(tool(t, pdf, "pdftotext", "-bbox", "IN", "OUT"))
	pageTag := regexp.MustCompile(`<page width="([\d.]+)" height="([\d.]+)">|<word xMin="([-\d.]+)" yMin="([-\d.]+)" xMax="([-\d.]+)" yMax="([-\d.]+)">(.*?)</word>`)
	var words []Word
	page, height := 0, 0.0
	for _, m := range pageTag.FindAllStringSubmatch(out, -1) {
		if m[1] != "" {
			page++
			height = number(t, m[2])
			continue
		}
		x0, y0, x1, y1 := number(t, m[3]), number(t, m[4]), number(t, m[5]), number(t, m[6])
		words = append(words, Word{Text: norm.NFC.String(html.UnescapeString(m[7])),
			Box: document.Box{Page: page, X: x0, Y: height - y1, W: x1 - x0, H: y1 - y0}})
	}
	return words
}

func number(t *testing.T, s string) float64 {
	t.Helper()
	v, err := strconv.ParseFloat(s, 64)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// TestTemplatesReadAsPdftotextReadsThem compares the letters of files written
// by a word processor; their dotted lines are split differently.
func TestTemplatesReadAsPdftotextReadsThem(t *testing.T) {
	r := reader(t)
	for name, pdf := range samples(t, "templates") {
		t.Run(name, func(t *testing.T) {
			pages, err := r.Text(context.Background(), pdf)
			if err != nil {
				t.Fatal(err)
			}
			var got strings.Builder
			for _, p := range pages {
				got.WriteString(p.Text())
			}
			want := string(tool(t, pdf, "pdftotext", "IN", "OUT"))
			if g, w := letters(got.String()), letters(want); g != w {
				t.Errorf("letters differ: %d, pdftotext has %d", len(g), len(w))
			}
		})
	}
}

// letters sorts a text's letters, so that reading order does not count.
func letters(s string) string {
	r := []rune(strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) {
			return r
		}
		return -1
	}, norm.NFC.String(s)))
	slices.Sort(r)
	return string(r)
}

func TestTextIsNFCAndOnThePage(t *testing.T) {
	r := reader(t)
	pages, err := r.Text(context.Background(), write(t, long()))
	if err != nil {
		t.Fatal(err)
	}
	if len(pages) != 2 || pages[1].Number != 2 || pages[1].Words[0].Text != "2" {
		t.Fatalf("%d pages", len(pages))
	}
	for _, p := range pages {
		for _, w := range p.Words {
			if !norm.NFC.IsNormalString(w.Text) || w.Text == "" {
				t.Errorf("word %q", w.Text)
			}
			if w.Box.Page != p.Number || !near(w.Box, within(p, w.Box), 0.01) {
				t.Errorf("%q at %+v", w.Text, w.Box)
			}
		}
	}
	if text := pages[0].Text(); !strings.Contains(text, "\nĐộc lập - Tự do - Hạnh phúc\n") {
		t.Errorf("text:\n%s", text)
	}
}

// TestShownSpace puts a word on pages that are turned and cropped in every way,
// always at the same place of the shown page.
func TestShownSpace(t *testing.T) {
	r := reader(t)
	const x, y, size = 100.0, 200.0, 20.0 // place of the word on the shown page
	const left, bottom, width, height = 30.0, 50.0, 400.0, 600.0
	right, top := left+width, bottom+height
	tests := []struct {
		turn   int
		matrix string
	}{
		{0, fmt.Sprintf("1 0 0 1 %g %g", left+x, bottom+y)},
		{90, fmt.Sprintf("0 1 -1 0 %g %g", right-y, bottom+x)},
		{180, fmt.Sprintf("-1 0 0 -1 %g %g", right-x, top-y)},
		{270, fmt.Sprintf("0 -1 1 0 %g %g", left+y, top-x)},
		{-90, fmt.Sprintf("0 -1 1 0 %g %g", left+y, top-x)},
	}
	for _, test := range tests {
		t.Run(strconv.Itoa(test.turn), func(t *testing.T) {
			// Half the size in Tf and twice in Tm: the size as shown counts.
			content := fmt.Sprintf("q %s cm BT /F1 10 Tf 2 0 0 2 0 0 Tm (Van thu) Tj ET Q", test.matrix)
			pdf := plainPDF(fmt.Sprintf("/MediaBox[0 0 1000 1000]/CropBox[%g %g %g %g]/Rotate %d", left, bottom, right, top, test.turn), content)
			pages, err := r.Text(context.Background(), pdf)
			if err != nil {
				t.Fatal(err)
			}
			p := pages[0]
			w, h := width, height
			if test.turn%180 != 0 {
				w, h = h, w
			}
			if p.Width != w || p.Height != h || p.Rotation != (test.turn+360)%360 {
				t.Errorf("page %g × %g, %d°", p.Width, p.Height, p.Rotation)
			}
			if len(p.Words) != 2 || p.Words[0].Text != "Van" || len(p.rows()) != 1 {
				t.Fatalf("words %+v, %d rows", p.Words, len(p.rows()))
			}
			b := p.Words[0].Box
			if math.Abs(b.X-x) > 0.5 || math.Abs(b.Y-(y-descent*size)) > 0.01 || math.Abs(b.H-(ascent+descent)*size) > 0.01 || math.Abs(p.Words[0].Size-size) > 0.01 {
				t.Errorf("word at %+v, size %g", b, p.Words[0].Size)
			}
		})
	}
}

func TestCombiningMarksJoin(t *testing.T) {
	var out []glyph
	for _, r := range "E\u0302\u0301\x00\x02\ufffeX\u0301" {
		out = join(out, glyph{r: r})
	}
	if len(out) != 3 || out[0].r != 'Ế' || out[1].r != 'X' || out[2].r != '\u0301' {
		t.Errorf("%v", out)
	}
}
