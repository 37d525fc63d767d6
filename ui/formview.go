package ui

import (
	"fmt"
	"strings"

	"vanthu/internal/document"
)

// listRows is how many rows of a pick list are seen at once.
const listRows = 6

// Render draws the form, moved so that the current field and its list are seen.
func (f *form) Render(width, height int) string {
	p := page{width: width, height: height}
	for _, l := range f.intro {
		p.para("", "", l)
	}
	from, to := 0, 0
	for i, x := range f.fields {
		if i == f.focus {
			from = len(p.lines)
		}
		f.draw(&p, i, x)
		if i == f.focus {
			to = len(p.lines)
		}
	}
	f.scrollTo(from, to, len(p.lines), height)
	f.shown = f.y >= f.top && f.y < f.top+height
	f.y -= f.top
	p.lines = p.lines[f.top:]
	return p.String()
}

func (f *form) scrollTo(from, to, total, height int) {
	if to > f.top+height {
		f.top = to - height
	}
	if from < f.top || to-from > height {
		f.top = from
	}
	f.top = max(0, min(f.top, total-height))
}

// draw adds one field: label, text, what was chosen, its list or tip, its problem.
func (f *form) draw(p *page, i int, x *field) {
	mark, label := "  ", labelWidth(p.width)
	if i == f.focus {
		mark = "> "
	}
	room := p.width - label - 4
	text, caretX := x.render(room)
	name := fit(x.label, label)
	if i != f.focus { // what is read begins at its beginning, what is typed ends at the caret
		text = cut(x.plain(), room)
	} else {
		name = headStyle.Render(name)
	}
	if x.must != "" {
		name += "*"
	} else {
		name += " "
	}
	first := mark + name + " "
	for _, c := range x.chosen {
		p.add("%s", first+"- "+clean(c.label))
		first = strings.Repeat(" ", label+4)
	}
	if i == f.focus {
		f.x, f.y = label+4+caretX, len(p.lines)
	}
	if i == f.focus || text != "" || len(x.chosen) == 0 {
		p.add("%s", first+text+x.beside(f.today(), i == f.focus, text))
	}
	if i == f.focus {
		x.drawList(p, label+4)
	}
	if x.problem != "" {
		p.para(strings.Repeat(" ", label+4)+"! ", strings.Repeat(" ", label+6), x.problem)
	}
}

func labelWidth(w int) int { return min(24, w/3) }

// beside is what stands after the text: the weekday of a date, the length near the limit.
func (f *field) beside(today document.Date, current bool, text string) string {
	switch {
	case f.kind == date:
		switch d, ok := f.day(today); {
		case !ok || d.IsZero():
		case f.words() == d.String():
			return "  (" + weekday(d) + ")"
		default:
			return "  (" + weekday(d) + ", " + d.String() + ")"
		}
	case current && f.editor.max > 0 && len(f.text)*10 > f.editor.max*9:
		return faintStyle.Render(fmt.Sprintf("  %d/%d", len(f.text), f.editor.max))
	case text == "" && f.picking() && !current:
		return faintStyle.Render("(chưa chọn)")
	}
	return ""
}

// drawList adds the rows of the pick list around the chosen one.
func (f *field) drawList(p *page, indent int) {
	from := max(0, min(f.at-listRows+1, len(f.found)-listRows))
	for _, o := range f.found[from:min(len(f.found), from+listRows)] { // a code at the end is not cut off
		indent = max(2, min(indent, p.width-2-width(clean(o.label))))
	}
	for i := from; i < min(len(f.found), from+listRows); i++ {
		mark, label := "  ", clean(f.found[i].label)
		switch {
		case i == f.at:
			mark, label = "> ", chosenStyle.Render(cut(label, p.width-indent-2))
		case f.found[i].ended != "":
			label = faintStyle.Render(cut(label, p.width-indent-2))
		}
		p.add("%s", strings.Repeat(" ", indent)+mark+label)
	}
	if rest := len(f.found) - from - listRows; rest > 0 {
		p.add("%s", strings.Repeat(" ", indent)+faintStyle.Render(fmt.Sprintf("  … còn %d dòng, gõ thêm chữ để lọc", rest)))
	}
}

// weekday names the day of the week of a date.
func weekday(d document.Date) string {
	return [...]string{"Chủ nhật", "thứ Hai", "thứ Ba", "thứ Tư", "thứ Năm", "thứ Sáu", "thứ Bảy"}[d.Time().Weekday()]
}
