package ui

import (
	"strings"

	tea "charm.land/bubbletea/v2"

	"vanthu/internal/document"
	"vanthu/internal/viet"
)

// kind is what a field holds.
type kind int

const (
	words   kind = iota // a line of text
	date                // a day, dd/mm/yyyy; "+5" is five days from today
	pick                // one of a list
	picks               // several of a list
	path                // a path on the disk
	secret              // a PIN
	counted             // a number of something
)

// option is one row of a pick list.
type option struct {
	label string
	value any
	ended string   // why it cannot be taken any more, "" when it can
	heirs []option // what may be taken in its place
}

// field is one line of a form.
type field struct {
	label string
	kind  kind
	code  bool   // a number or a symbol: Telex and VNI stay out of it
	free  bool   // a pick that also takes words not on the list
	tip   string // shown under the field while it is the current one
	must  string // what is missing when it is empty, "" when it may be
	check func(*field) string

	options []option                             // of a short list, filtered here
	search  func(query string) ([]option, error) // of a long one, asked outside

	editor
	fresh   bool // a date that stood there when the field was entered, not touched yet
	value   any  // of a pick, while the text is its label
	chosen  []option
	found   []option
	answers string // the query that found answers
	at      int    // chosen row of found, -1 none
	problem string
}

func (f *field) picking() bool { return f.kind == pick || f.kind == picks || f.kind == path }

// enter is called when the field becomes the current one.
func (f *field) enter() {
	f.found, f.at, f.answers = nil, -1, unasked
	f.fresh = f.kind == date && f.String() != ""
	if f.picking() && f.search == nil && f.String() == "" {
		f.found = f.options
	}
}

// unasked is no query: fields hold no control characters.
const unasked = "\x00"

// asking reports whether a long list has not answered yet what stands in the field. A
// path may be typed without its list.
func (f *field) asking() bool {
	return f.search != nil && f.picking() && f.answers != f.words() && (f.kind == path || f.words() != "")
}

// leave ends the word being typed and takes a list row that is meant beyond doubt.
func (f *field) leave() {
	f.endWord()
	if f.kind == pick && f.value == nil {
		f.takeExact()
	}
	f.found, f.at = nil, -1
}

// takeExact takes the option whose label is what stands there.
func (f *field) takeExact() {
	query := viet.Fold(strings.TrimSpace(f.String()))
	for _, o := range append(f.options[:len(f.options):len(f.options)], f.found...) {
		if query != "" && o.ended == "" && viet.Fold(o.label) == query {
			f.take(o)
			return
		}
	}
}

// take takes a row of the list.
func (f *field) take(o option) {
	f.problem = ""
	if f.kind == picks {
		for _, c := range f.chosen {
			if c.label == o.label {
				f.set("")
				return
			}
		}
		f.chosen = append(f.chosen, o)
		f.set("")
		return
	}
	f.set(o.label)
	f.value = o.value
}

// offerHeirs says why a row cannot be taken and shows what may be taken instead; a
// single one is taken by the next Enter.
func (f *field) offerHeirs(o option) {
	f.problem = o.ended
	if len(o.heirs) == 0 {
		return
	}
	f.found, f.at = o.heirs, -1
	if len(o.heirs) == 1 {
		f.at = 0
	}
}

// typed is called after the text changed; the command asks a long list.
func (f *field) typed(ask func(work func() ([]option, error)) tea.Cmd) tea.Cmd {
	f.value, f.problem, f.at = nil, "", -1
	query := strings.TrimSpace(f.String())
	switch {
	case f.search != nil && (query != "" || f.kind == path):
		search := f.search
		return ask(func() ([]option, error) { return search(query) })
	case f.search != nil:
		f.found = nil
	case f.picking():
		f.show(query, f.filtered(query))
	}
	return nil
}

// filtered are the options that match; those that begin with the query come first.
func (f *field) filtered(query string) []option {
	var begin, others []option
	folded := viet.Fold(query)
	for _, o := range f.options {
		label := viet.Fold(o.label)
		switch {
		case strings.HasPrefix(label, folded):
			begin = append(begin, o)
		case viet.MatchFolded(label, query):
			others = append(others, o)
		}
	}
	return append(begin, others...)
}

// show puts rows under the field, if they answer what stands there now.
func (f *field) show(query string, rows []option) {
	if strings.TrimSpace(f.String()) != query {
		return
	}
	f.found, f.at, f.answers = rows, -1, query
	if query != "" && len(rows) > 0 && f.kind != path {
		f.at = 0
	}
}

// choose moves in the list; ok is false when there is none, or the move leaves it.
func (f *field) choose(by int) (ok bool) {
	to := f.at + by
	if !f.picking() || len(f.found) == 0 || to < 0 || to >= len(f.found) {
		return false
	}
	f.at = to
	return true
}

// day reads a date field. The zero date is an empty field.
func (f *field) day(today document.Date) (document.Date, bool) {
	s := strings.TrimSpace(f.String())
	if s == "" {
		return document.Date{}, true
	}
	if n, ok := strings.CutPrefix(s, "+"); ok {
		if days, ok := smallNumber(n); ok {
			return today.AddDays(days), true
		}
		return document.Date{}, false
	}
	if strings.Count(s, "/") == 1 {
		s += "/" + today.String()[6:]
	}
	d, err := document.ParseDate(s)
	return d, err == nil
}

func smallNumber(s string) (int, bool) {
	n := 0
	for _, r := range s {
		if r < '0' || r > '9' || n > 9999 {
			return 0, false
		}
		n = n*10 + int(r-'0')
	}
	return n, s != ""
}

// validate sets the field's problem and reports whether there is none.
func (f *field) validate(today document.Date) bool {
	f.problem = f.fault(today)
	return f.problem == ""
}

func (f *field) fault(today document.Date) string {
	text := strings.TrimSpace(f.String())
	switch {
	case f.kind == picks && len(f.chosen) == 0 && f.must != "":
		return f.must
	case f.kind == picks && text != "":
		return "Chữ đang gõ chưa được chọn từ danh sách: chọn rồi nhấn Enter, hoặc xóa đi."
	case f.kind != picks && text == "" && f.must != "":
		return f.must
	case f.kind == pick && text != "" && f.value == nil && !f.free:
		return "Chọn một dòng trong danh sách: gõ vài chữ, ↓ rồi Enter."
	case f.kind == counted && text != "":
		if _, ok := smallNumber(text); !ok {
			return "Ghi một số, ví dụ 12."
		}
	case f.kind == date:
		if _, ok := f.day(today); !ok {
			return "Ghi ngày dạng ngày/tháng/năm, ví dụ 25/11/2026, hoặc +5 là năm ngày nữa."
		}
	}
	if f.check != nil {
		return f.check(f)
	}
	return ""
}
