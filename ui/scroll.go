package ui

import (
	"fmt"
	"slices"
)

// scroll is a text taller than its screen.
type scroll struct {
	top, height, total int
}

// move performs the keys of a text; ok is false for other actions.
func (s *scroll) move(a action) (ok bool) {
	switch a {
	case up:
		s.top--
	case down:
		s.top++
	case pageUp:
		s.top -= s.height
	case pageDown:
		s.top += s.height
	case first:
		s.top = 0
	case last:
		s.top = s.total
	default:
		return false
	}
	s.top = max(0, min(s.top, s.total-s.height))
	return true
}

// window returns the lines to draw; the last says when more follow.
func (s *scroll) window(lines []string, height int) []string {
	s.height, s.total = height, len(lines)
	s.top = max(0, min(s.top, s.total-s.height))
	shown := lines[s.top:min(len(lines), s.top+height)]
	if rest := s.total - s.top - height; rest > 0 && height > 1 {
		shown = slices.Clone(shown)
		shown[height-1] = faintStyle.Render(fmt.Sprintf("  … còn %d dòng, nhấn j hoặc PgDn để xem tiếp", rest+1))
	}
	return shown
}
