package ui

import (
	"fmt"
	"strings"
	"time"

	"github.com/charmbracelet/x/ansi"

	"vanthu/internal/document"
	"vanthu/internal/viet"
)

// clean makes text from outside fit for one line of the screen. Beyond [viet.Clean] it
// replaces characters about whose width terminals disagree: they would push a line
// past the edge.
func clean(s string) string {
	s = viet.Clean(s)
	if ansi.StringWidth(s) == ansi.StringWidthWc(s) {
		return s
	}
	var b strings.Builder
	for _, r := range s {
		if c := string(r); ansi.StringWidth(c) == ansi.StringWidthWc(c) && r < 0x1F000 {
			b.WriteRune(r)
		} else {
			b.WriteRune(viet.Replacement)
		}
	}
	if out := b.String(); ansi.StringWidth(out) == ansi.StringWidthWc(out) {
		return out
	}
	return asciiOnly(s)
}

// asciiOnly is the last resort for text that joins characters in ways terminals count
// differently.
func asciiOnly(s string) string {
	return strings.Map(func(r rune) rune {
		if r > 0x1EFF || r >= 0x0250 && r < 0x1E00 {
			return viet.Replacement
		}
		return r
	}, s)
}

func width(s string) int { return ansi.StringWidth(s) }

// cut shortens s to w cells, the last of them "…".
func cut(s string, w int) string {
	if w <= 0 {
		return ""
	}
	return ansi.Truncate(s, w, "…")
}

// fit makes s exactly w cells wide.
func fit(s string, w int) string {
	s = cut(s, w)
	return s + strings.Repeat(" ", max(0, w-width(s)))
}

// right is fit with the text at the right edge.
func right(s string, w int) string {
	s = cut(s, w)
	return strings.Repeat(" ", max(0, w-width(s))) + s
}

// wrap breaks s into lines of at most w cells, at spaces where it can.
func wrap(s string, w int) []string {
	if w <= 0 {
		return nil
	}
	return strings.Split(ansi.Wrap(s, w, ""), "\n")
}

// page holds the lines of a screen being drawn and keeps them inside its size.
type page struct {
	width, height int
	lines         []string
}

func (p *page) add(format string, a ...any) {
	s := format
	if len(a) > 0 {
		s = fmt.Sprintf(format, a...)
	}
	p.lines = append(p.lines, cut(s, p.width))
}

// para adds text broken into lines, each after the first indented.
func (p *page) para(first, rest, s string) {
	for i, l := range wrap(s, p.width-max(width(first), width(rest))) {
		if i > 0 {
			first = rest
		}
		p.add("%s", first+l)
	}
}

func (p *page) String() string {
	for len(p.lines) < p.height {
		p.lines = append(p.lines, "")
	}
	return strings.Join(p.lines[:max(0, p.height)], "\n")
}

// day is a moment as a civil day.
func day(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return document.DateOf(t).String()
}

// moment is a time as the clerk reads it: hour first, then the day.
func moment(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.In(document.Zone()).Format("15:04 02/01/2006")
}

// shortMoment is a moment on today's page: without the year.
func shortMoment(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.In(document.Zone()).Format("15:04 02/01")
}

// bytesText is a size in words: "1,2 MB", "200 MB".
func bytesText(n int64) string {
	switch {
	case n < 1000:
		return fmt.Sprintf("%d B", n)
	case n < 1000*1000:
		return strings.Replace(fmt.Sprintf("%.0f kB", float64(n)/1000), ".", ",", 1)
	}
	mb := strings.TrimSuffix(fmt.Sprintf("%.1f", float64(n)/1e6), ".0")
	return strings.Replace(mb, ".", ",", 1) + " MB"
}

// agencyText names a body with its code, so that namesakes differ.
func agencyText(a document.Agency) string {
	switch {
	case a.Name == "":
		return clean(string(a.Code))
	case a.Code == "":
		return clean(a.Name)
	}
	return clean(a.Name) + " (" + clean(string(a.Code)) + ")"
}

// signerText is "TM. Chủ tịch Nguyễn Văn A".
func signerText(s document.Signer) string { return clean(s.String()) }
