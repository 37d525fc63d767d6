package ui

import (
	"fmt"
	"strings"

	"charm.land/lipgloss/v2"

	"vanthu/outbox"
)

// Render draws the head and as many whole documents as fit, the chosen one among them.
func (b *batch) Render(width, height int) string {
	p := page{width: width, height: height}
	if !b.loaded {
		return p.String()
	}
	for _, l := range b.summary() {
		p.para("", "", l)
	}
	if len(b.rows) == 0 {
		p.add("")
		p.add("Không có văn bản nào chờ ký.")
		return p.String()
	}
	room := height - len(p.lines)
	b.top = min(b.top, b.at)
	for b.top < b.at && b.linesFrom(b.top, b.at, width) > room {
		b.top++
	}
	for i := b.top; i < len(b.rows) && len(p.lines) < height; i++ {
		p.lines = append(p.lines, b.row(i, width)...)
	}
	if len(p.lines) > height {
		p.lines = p.lines[:height]
	}
	return p.String()
}

// linesFrom is how many lines the rows from one to another take.
func (b *batch) linesFrom(from, to, width int) int {
	n := 0
	for i := from; i <= to; i++ {
		n += len(b.row(i, width))
	}
	return n
}

// summary says whose signature it is and how far it has come.
func (b *batch) summary() []string {
	who := "Người ký: " + signerText(b.signer)
	if b.event == outbox.EventSeal {
		who = "Người ký: cơ quan, kèm hình dấu; số và ngày được ghi vào từng tệp"
	}
	signed, left := b.count(rowSigned), b.count(rowChosen)+b.count(rowFailed)+b.count(rowNow)
	what := fmt.Sprintf("Sẽ ký %d/%d văn bản.", left, len(b.rows))
	if b.running || b.used.Ref != "" {
		what = fmt.Sprintf("Đã ký %d, còn %d văn bản.", signed, left)
	}
	if b.others > 0 {
		what += fmt.Sprintf(" %d văn bản chờ người khác ký, không ký lần này.", b.others)
	}
	if b.more > 0 {
		what += fmt.Sprintf(" Còn %d văn bản nữa cho lần sau.", b.more)
	}
	return []string{who, headStyle.Render(what)}
}

// row draws one document: what a person knows it by, then the file and the beginning
// of the hash that means exactly these bytes, then why it was not signed.
func (b *batch) row(i, width int) []string {
	r, p := b.rows[i], page{width: width}
	pointer, box := "  ", "[ ] "
	if i == b.at {
		pointer = "> "
	}
	switch r.state {
	case rowChosen, rowNow, rowFailed:
		box = "[x] "
	case rowSigned:
		box = "    "
	}
	style := rowStyle(r.state)
	if i == b.at {
		style = chosenStyle
	}
	p.add("%s", pointer+style.Render(box+fit(string(r.state), 8))+" "+rowName(r.doc))
	p.add("%s", strings.Repeat(" ", 15)+faintStyle.Render(cut(fmt.Sprintf("SHA-256 %.12s  %s, %s", string(r.doc.File.Hash), clean(r.doc.File.Name), bytesText(r.doc.File.Size)), width-15)))
	if r.why != "" {
		p.para(strings.Repeat(" ", 13)+"! ", strings.Repeat(" ", 15), clean(r.why))
	}
	return p.lines
}

// rowName is number and date, where there are any, type and subject.
func rowName(doc outbox.Document) string {
	name := clean(strings.TrimSpace(doc.Draft.TypeName + " " + doc.Draft.Subject))
	if doc.Code.IsZero() {
		return name
	}
	return clean(doc.Code.String()) + " ngày " + doc.Date.String() + "  " + name
}

func rowStyle(s rowState) lipgloss.Style {
	switch s {
	case rowSigned:
		return goodStyle
	case rowFailed:
		return wrongStyle
	}
	return plainStyle
}
