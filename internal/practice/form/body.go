package form

import (
	"regexp"
	"strings"
)

// Body text: 14 pt, justified, first line indented 1 cm, 6 pt between
// paragraphs (Annex I, II.6).
const (
	bodySize    = 14.0
	bodyLeading = 18.0
	bodyGap     = 6.0
	bodyIndent  = 10 * mm
)

// body draws the paragraphs. A paragraph all in capitals is a centred bold
// heading ("QUYẾT ĐỊNH:"); one that begins with "Căn cứ", "Xét" or "Theo đề
// nghị" is a basis, in italics; "Điều 1." and its like begin in bold.
func (s *sheet) body(f Form) {
	for i, text := range f.Body {
		last := i == len(f.Body)-1
		if last {
			text = closed(text)
		}
		if heading := strings.ToUpper(text) == text && strings.ContainsAny(text, "ABCDEGHIKLMNOPQRSTUVXY"); heading {
			s.bodyHeading(text)
			continue
		}
		lines := s.breakLines(styled(text), right-left, bodyIndent)
		if last {
			// The block of signatures never stands alone on a page.
			s.keep(float64(len(lines))*bodyLeading, s.footHeight(f))
		}
		s.paragraph(lines)
	}
}

// keep starts a new page when a short text and what follows it do not fit.
func (s *sheet) keep(text, follows float64) {
	if text < (bottom-top)/3 {
		s.room(text + follows)
	}
}

func (s *sheet) bodyHeading(text string) {
	s.room(3 * bodyLeading)
	s.y += 4
	for _, line := range s.breakLines(words(face{bold, bodySize}, text), right-left, 0) {
		s.centre(face{bold, bodySize}, (left+right)/2, s.y, plain(line))
		s.y += bodyLeading
	}
	s.y += bodyGap
}

func (s *sheet) paragraph(lines [][]word) {
	for i, line := range lines {
		s.room(0)
		indent, fill := 0.0, right-left
		if i == 0 {
			indent = bodyIndent
		}
		if i == len(lines)-1 {
			fill = 0
		}
		s.set(line, left+indent, fill-indent)
		s.y += bodyLeading
	}
	s.y += bodyGap
}

// styled splits a paragraph into words with their styles.
func styled(text string) []word {
	article := regexp.MustCompile(`^(Điều \d+\.|Chương [IVX]+\.?)`).FindString(text)
	if article != "" {
		return append(words(face{bold, bodySize}, article), words(face{regular, bodySize}, text[len(article):])...)
	}
	for _, basis := range []string{"Căn cứ ", "Xét ", "Theo đề nghị "} {
		if strings.HasPrefix(text, basis) {
			return words(face{italic, bodySize}, text)
		}
	}
	return words(face{regular, bodySize}, text)
}

// closed ends the text with "./." as Annex I asks.
func closed(text string) string {
	if strings.HasSuffix(text, "./.") {
		return text
	}
	return strings.TrimRight(text, ".") + "./."
}
