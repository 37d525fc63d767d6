package ui

import (
	"context"
	"strings"

	tea "charm.land/bubbletea/v2"

	"vanthu/internal/document"
	"vanthu/internal/viet"
)

// form is a screen of fields. What was typed stays until the act has succeeded.
type form struct {
	base
	title  string
	next   string   // the hint
	intro  []string // lines over the fields
	fields []*field
	clock  document.Clock
	submit func(m *Model) tea.Cmd        // the fields are valid: do it
	result func(m *Model, v any) tea.Cmd // it is done

	focus   int
	changed bool
	asked   bool // Esc was pressed once with something typed
	top     int  // first line drawn
	x, y    int  // caret as last drawn
	shown   bool // the caret is on the screen
}

func newForm(title, next string, clock document.Clock, fields ...*field) *form {
	f := &form{title: title, next: next, clock: clock, fields: fields}
	for _, x := range fields {
		x.at = -1
	}
	return f
}

func (f *form) Title() string { return f.title }
func (f *form) place() place  { return filling }

func (f *form) hint() string {
	if tip := f.current().tip; tip != "" {
		return tip
	}
	return f.next
}

func (f *form) current() *field { return f.fields[f.focus] }

func (f *form) today() document.Date { return document.DateOf(f.clock()) }

func (f *form) do(m *Model, a action) tea.Cmd {
	if a != back {
		f.asked = false
	}
	switch a {
	case nextField:
		return f.goTo(m, f.focus+1)
	case prevField:
		return f.goTo(m, f.focus-1)
	case down:
		if f.current().asking() {
			return f.after(m, a)
		}
		if !f.current().choose(1) {
			return f.goTo(m, f.focus+1)
		}
	case up:
		if c := f.current(); c.at == 0 {
			c.at = -1
		} else if !c.choose(-1) {
			return f.goTo(m, f.focus-1)
		}
	case accept:
		return f.accept(m)
	case finish:
		return f.finish(m)
	case back:
		return f.back(m)
	}
	return nil
}

// goTo makes another field the current one; the ends are joined.
func (f *form) goTo(m *Model, i int) tea.Cmd {
	f.current().leave()
	f.focus = (i + len(f.fields)) % len(f.fields)
	return f.enterField(m)
}

// enterField shows the list of the current field; a path begins with its folder.
func (f *form) enterField(m *Model) tea.Cmd {
	c := f.current()
	c.enter()
	if c.kind == path && c.search != nil && c.String() == "" {
		return c.typed(f.asker(m))
	}
	return nil
}

func (f *form) load(m *Model, quiet bool) tea.Cmd {
	if quiet {
		return nil
	}
	return f.enterField(m)
}

// accept takes the chosen row, then goes on; Enter on the last field finishes.
func (f *form) accept(m *Model) tea.Cmd {
	c := f.current()
	if c.asking() && c.kind != path {
		return f.after(m, accept)
	}
	if c.picking() && c.at >= 0 && c.at < len(c.found) {
		if o := c.found[c.at]; o.ended != "" {
			c.offerHeirs(o)
			return nil
		}
		c.take(c.found[c.at])
		f.changed = true
		if c.kind == picks || c.kind == path && strings.HasSuffix(c.String(), "/") {
			c.enter()
			return c.typed(f.asker(m))
		}
	}
	if f.focus == len(f.fields)-1 {
		return f.finish(m)
	}
	return f.goTo(m, f.focus+1)
}

// finish checks every field and submits, or goes to the first one that is not right.
func (f *form) finish(m *Model) tea.Cmd {
	f.current().leave()
	wrong := -1
	for i, x := range f.fields {
		if !x.validate(f.today()) && wrong < 0 {
			wrong = i
		}
	}
	if wrong >= 0 {
		f.focus = wrong
		problem := f.current().problem
		m.warn(f.current().label + ": " + problem)
		cmd := f.enterField(m)
		f.current().problem = problem
		return cmd
	}
	return f.submit(m)
}

// back leaves at once when nothing was typed, and otherwise asks first.
func (f *form) back(m *Model) tea.Cmd {
	if f.changed && !f.asked {
		f.asked = true
		m.warn("Biểu mẫu này đã có chữ nhập. Nhấn Esc lần nữa để bỏ, phím khác để nhập tiếp.")
		return nil
	}
	for _, x := range f.fields {
		if x.kind == secret {
			x.wipe()
		}
	}
	return m.pop()
}

// holds keeps the program open at the first Ctrl+C when something was typed.
func (f *form) holds(m *Model) bool {
	if !f.changed || f.asked {
		return false
	}
	f.asked = true
	m.warn("Biểu mẫu này đã có chữ nhập. Nhấn Ctrl+C lần nữa để thoát và bỏ, phím khác để nhập tiếp.")
	return true
}

func (f *form) key(m *Model, k tea.KeyPressMsg) tea.Cmd {
	f.asked = false
	c := f.current()
	if name(k) == "backspace" && c.kind == picks && c.String() == "" && len(c.chosen) > 0 {
		c.chosen = c.chosen[:len(c.chosen)-1]
		return nil
	}
	before := c.String()
	if c.kind == pick && c.value != nil && (k.Text != "" || name(k) == "backspace") {
		c.set("") // letters over a chosen row begin another choice
	}
	if c.fresh && k.Text != "" {
		c.set("") // and so do those over a date that stands there
	}
	c.fresh = false
	method := m.typing
	if c.code || c.kind == date || c.kind == path || c.kind == counted {
		method = viet.Off
	}
	if c.key(k, method) && c.String() != before {
		f.changed = true
		return c.typed(f.asker(m))
	}
	return nil
}

func (f *form) paste(m *Model, text string) tea.Cmd {
	c := f.current()
	if c.kind == secret {
		return nil
	}
	if c.fresh {
		c.set("")
	}
	c.fresh = false
	c.insert(strings.TrimRight(text, "\r\n"))
	f.changed = true
	return c.typed(f.asker(m))
}

// rowsFound is the answer of a long list to a field.
type rowsFound struct {
	field *field
	query string
	rows  []option
	then  action // the key that was pressed before the rows were there
}

// asker makes the command that asks a long list for the current field.
func (f *form) asker(m *Model) func(func() ([]option, error)) tea.Cmd {
	c := f.current()
	query := strings.TrimSpace(c.String())
	return func(work func() ([]option, error)) tea.Cmd {
		return f.quietly(m, func(context.Context) (any, error) {
			rows, err := work()
			return rowsFound{field: c, query: query, rows: rows}, err
		})
	}
}

// after waits for the list of the current field, then does what the key asked for. Keys
// pressed meanwhile are kept, so that fast typing chooses what slow typing would.
func (f *form) after(m *Model, a action) tea.Cmd {
	c := f.current()
	query, search := c.words(), c.search
	return f.ask(m, "Đang tìm trong danh sách", func(context.Context) (any, error) {
		rows, err := search(query)
		return rowsFound{c, query, rows, a}, err
	})
}

func (f *form) take(m *Model, v any) tea.Cmd {
	r, ok := v.(rowsFound)
	switch {
	case !ok:
		return f.result(m, v)
	case r.field != f.current():
		return nil
	}
	r.field.show(r.query, r.rows)
	if r.then == "" || r.field.asking() {
		return nil
	}
	if len(r.rows) == 0 && r.then == accept {
		m.warn("Không tìm thấy dòng nào khớp với “" + r.query + "”.")
		return nil
	}
	return f.do(m, r.then)
}

func (f *form) caret() (x, y int, ok bool) { return f.x, f.y, f.shown }
