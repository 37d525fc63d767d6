package page

import (
	"math"
	"regexp"
	"slices"
	"strings"
	"unicode"

	"vanthu/internal/document"
)

// block is a block of signatures: the lines of competence and position
// (Decree 30 Annex I, II.7) and below them the signer's name.
type block struct {
	page    int
	heading segment // the last line above the signature
	name    segment // zero when no name was found
	score   int
}

// headingWords begin a line of competence or position as documents of communes
// and the agencies around them have it.
var headingWords = regexp.MustCompile(`^(TM|KT|TL|TUQ|Q)\s?\.\s?\S` +
	`|^(CHỦ TỊCH|CHÁNH VĂN PHÒNG|CHÁNH THANH TRA|GIÁM ĐỐC|TỔ TRƯỞNG|CHỦ TỌA|CHỦ NHIỆM|HIỆU TRƯỞNG|BÍ THƯ|CHỈ HUY TRƯỞNG|CỤC TRƯỞNG|VỤ TRƯỞNG|BỘ TRƯỞNG|THỨ TRƯỞNG|THỦ TƯỚNG|THỦ TRƯỞNG|ĐẠI DIỆN|THƯ KÝ|KẾ TOÁN|NGƯỜI LẬP|NGƯỜI KÝ)(\s|$)` +
	`|^(PHÓ|TRƯỞNG) ` +
	`|^QUYỀN HẠN, CHỨC VỤ CỦA NGƯỜI KÝ$`)

// Distances in ems within a block.
const (
	nextLine    = 2.2  // from one heading line to the next
	nearestName = 1.5  // from the heading to the name
	farthest    = 16.0 // the same, at most
	sameColumn  = 6.0  // between the middles of heading and name
)

// findBlock chooses the block of signatures: the one over the signer's name,
// beside "Nơi nhận", on the right; among equals the last. A name without a
// heading this package knows is taken with the line above it.
func findBlock(pages []Page, signer document.Signer) (block, bool) {
	best := block{score: -1}
	for _, p := range pages {
		for _, b := range p.blocks(signer) {
			if b.score >= best.score {
				best = b
			}
		}
	}
	if best.score < 0 {
		return findName(pages, signer)
	}
	return best, true
}

// findName finds the signer's name alone, from the end of the document.
func findName(pages []Page, signer document.Signer) (block, bool) {
	for _, p := range slices.Backward(pages) {
		segments := p.segments()
		for i, s := range slices.Backward(segments) {
			if sameName(s.text, signer.Name) {
				return block{page: p.Number, heading: lineAbove(segments[:i], s), name: s}, true
			}
		}
	}
	return block{}, false
}

// lineAbove is the nearest line over the name in its column; a made-up one
// where a position would stand when there is none.
func lineAbove(above []segment, name segment) segment {
	for _, s := range slices.Backward(above) {
		step := (s.baseline - name.baseline) / name.size
		if step > farthest {
			break
		}
		if step > nearestName && s.x0 < name.x1 && name.x0 < s.x1 {
			return s
		}
	}
	room := name
	room.baseline += 6 * name.size
	return room
}

// blocks finds every heading with a name below it.
func (p Page) blocks(signer document.Signer) []block {
	segments := p.segments()
	recipients := slices.ContainsFunc(segments, isRecipients)
	var out []block
	for i, s := range segments {
		if !isHeading(s, signer) || continued(segments[i+1:], s, signer) {
			continue
		}
		b := block{page: p.Number, heading: s}
		if b.name, b.score = nameBelow(segments[i+1:], s, signer); b.score < 0 {
			continue
		}
		if recipients {
			b.score += 4
		}
		if s.middle() > p.Width/2 {
			b.score += 2
		}
		out = append(out, b)
	}
	return out
}

func isHeading(s segment, signer document.Signer) bool {
	if s.text != strings.ToUpper(s.text) {
		return false
	}
	return headingWords.MatchString(s.text) || (signer.Position != "" && s.text == strings.ToUpper(signer.Position))
}

func isRecipients(s segment) bool { return strings.HasPrefix(strings.ToLower(s.text), "nơi nhận") }

// continued tells that the heading goes on in the line below: only the last
// line counts.
func continued(below []segment, s segment, signer document.Signer) bool {
	for _, next := range below {
		if step := s.baseline - next.baseline; step > nextLine*s.size {
			return false
		} else if step > 0.5*s.size && math.Abs(next.middle()-s.middle()) < sameColumn*s.size && isHeading(next, signer) {
			return true
		}
	}
	return false
}

// nameBelow finds the signer's name, or what looks like a name, under a
// heading. The score is -1 when there is none.
func nameBelow(below []segment, heading segment, signer document.Signer) (segment, int) {
	for _, s := range below {
		step := (heading.baseline - s.baseline) / heading.size
		if step > farthest {
			break
		}
		if step < nearestName || math.Abs(s.middle()-heading.middle()) > sameColumn*heading.size {
			continue
		}
		switch {
		case sameName(s.text, signer.Name):
			return s, 8
		case looksLikeName(s.text):
			return s, 0
		case !strings.HasPrefix(s.text, "(") && !strings.HasSuffix(s.text, ")"):
			return segment{}, -1 // running text comes first: not a block
		}
	}
	return segment{}, -1
}

// sameName compares without case, spaces and a title before the name.
func sameName(text, name string) bool {
	text, name = strings.ToUpper(text), strings.ToUpper(strings.Join(strings.Fields(name), " "))
	return name != "" && (text == name || strings.HasSuffix(text, " "+name))
}

// looksLikeName: two to seven words of letters, each with a capital, in mixed
// case; or the form's own "Họ và tên".
func looksLikeName(text string) bool {
	if text == "Họ và tên" {
		return true
	}
	words := strings.Fields(text)
	if len(words) < 2 || len(words) > 7 || text == strings.ToUpper(text) {
		return false
	}
	for _, w := range words {
		first := []rune(w)[0]
		if !unicode.IsUpper(first) || strings.ContainsFunc(w, notInName) {
			return false
		}
	}
	return true
}

func notInName(r rune) bool { return !unicode.IsLetter(r) && r != '.' && r != '-' && r != '\'' }
