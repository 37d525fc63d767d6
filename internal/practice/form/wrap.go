package form

import "strings"

// word is a piece of a line that is not broken, with its own style.
type word struct {
	text string
	face face
}

func words(f face, text string) []word {
	var out []word
	for _, w := range strings.Fields(text) {
		out = append(out, word{w, f})
	}
	return out
}

// breakLines fills lines of the given width; first is the indent of line one.
// A word wider than the line stands alone on its line.
func (s *sheet) breakLines(in []word, width, first float64) [][]word {
	var lines [][]word
	var line []word
	used := first
	for _, w := range in {
		need := s.width(w.face, w.text)
		if len(line) > 0 && used+s.space(w.face)+need > width {
			lines, line, used = append(lines, line), nil, 0
		}
		if len(line) > 0 {
			used += s.space(w.face)
		}
		line, used = append(line, w), used+need
	}
	if len(line) > 0 {
		lines = append(lines, line)
	}
	return lines
}

// balanced wraps centred text into as few lines as fit, of nearly equal length.
func (s *sheet) balanced(in []word, width float64) [][]word {
	lines := s.breakLines(in, width, 0)
	for narrower := width - 8; narrower > width/2; narrower -= 8 {
		tighter := s.breakLines(in, narrower, 0)
		if len(tighter) > len(lines) {
			break
		}
		lines = tighter
	}
	return lines
}

func (s *sheet) space(f face) float64 { return s.width(f, " ") }

// set draws one line from x; when fill is positive the spaces are stretched so
// that the line is that wide. Spaces are drawn too: readers need them.
func (s *sheet) set(line []word, x, fill float64) {
	extra := 0.0
	if natural := s.natural(line); fill > natural && len(line) > 1 {
		extra = (fill - natural) / float64(len(line)-1)
	}
	for i, w := range line {
		text := w.text
		if i < len(line)-1 {
			text += " "
		}
		s.at(w.face, x, s.y, text)
		x += s.width(w.face, text) + extra
	}
}

func (s *sheet) natural(line []word) float64 {
	total := 0.0
	for i, w := range line {
		total += s.width(w.face, w.text)
		if i > 0 {
			total += s.space(w.face)
		}
	}
	return total
}

// column wraps text into lines of at most width. A name with a place in it
// breaks before the place ("ỦY BAN NHÂN DÂN" / "XÃ ĐỊNH MỸ").
func (s *sheet) column(f face, text string, width float64) []string {
	if s.width(f, text) <= width {
		return []string{text}
	}
	for _, unit := range unitWords() {
		if i := strings.Index(text, " "+unit+" "); i > 0 && s.width(f, text[:i]) <= width {
			return append([]string{text[:i]}, s.column(f, text[i+1:], width)...)
		}
	}
	var out []string
	for _, line := range s.balanced(words(f, text), width) {
		out = append(out, plain(line))
	}
	return out
}

func plain(line []word) string {
	parts := make([]string, len(line))
	for i, w := range line {
		parts[i] = w.text
	}
	return strings.Join(parts, " ")
}
