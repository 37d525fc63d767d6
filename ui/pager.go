package ui

import (
	"context"
	"strconv"

	tea "charm.land/bubbletea/v2"

	"vanthu/store"
)

// A pager reads a list in pages of pageRows and keeps at most heldPages of them.
const (
	pageRows  = 100
	heldPages = 4
)

// source reads the rows after a cursor; the cursor it returns is "" at the end.
type source[R any] func(after store.Cursor, limit int) ([]R, store.Cursor, error)

// skip passes over the rows after a cursor without making anything of them: how many
// there were, and the cursor as source gives it.
type skip func(after store.Cursor, limit int) (int, store.Cursor, error)

// pager is a window on a list of any length. Rows are counted from 0 at the list's
// beginning; the pager knows where each page it has seen begins, and holds the rows of
// the pages around the chosen one only.
type pager[R any] struct {
	source source[R]
	skip   skip           // passes over rows faster than source reads them; nil where that is as good
	key    func(R) string // tells rows apart when the list is read again

	starts []store.Cursor // where page i begins; starts[0] is ""
	rows   []R            // of the pages from page on
	page   int
	chosen int
	top    int // first row on the screen
	height int // rows on the screen when it was last drawn
	wanted int // where to go when the rows come, -1 for nowhere
	loaded bool
	gen    int // grows when the source changes: answers of the old one are not taken
}

func newPager[R any](src source[R], key func(R) string) *pager[R] {
	return &pager[R]{source: src, key: key, starts: []store.Cursor{""}, wanted: -1, height: 20}
}

// over starts anew on another source.
func (p *pager[R]) over(src source[R]) {
	*p = pager[R]{source: src, skip: p.skip, key: p.key, starts: []store.Cursor{""}, wanted: -1, height: p.height, gen: p.gen + 1}
}

// pages is the answer to reading some pages.
type pages[R any] struct {
	from    int            // number of the first page read
	starts  []store.Cursor // of the pages read, and of the one after unless ended
	dropped int            // pages read whose rows were not kept
	rows    []R
	ended   bool
	jump    bool // go to the last row
	gen     int
}

// read fetches count pages from page number from; count 0 is all to the end, of which
// only the last two are kept.
func (p *pager[R]) read(from, count int) func(context.Context) (any, error) {
	src, start, gen := p.source, p.starts[from], p.gen
	if p.skip != nil && count == 0 {
		return p.readEnd(from)
	}
	return func(ctx context.Context) (any, error) {
		got := pages[R]{gen: gen, from: from, starts: []store.Cursor{start}, jump: count == 0}
		for n := 0; count == 0 || n < count; n++ {
			if err := ctx.Err(); err != nil {
				return nil, err
			}
			rows, next, err := src(got.starts[n], pageRows)
			if err != nil {
				return nil, err
			}
			got.rows = append(got.rows, rows...)
			if next == "" || len(rows) < pageRows {
				got.ended = true
				break
			}
			got.starts = append(got.starts, next)
			if count == 0 && len(got.rows) > 2*pageRows {
				got.rows = append([]R(nil), got.rows[pageRows:]...)
				got.dropped++
			}
		}
		return got, nil
	}
}

// readEnd fetches the last two pages, passing over those before them.
func (p *pager[R]) readEnd(from int) func(context.Context) (any, error) {
	src, pass, start, gen := p.source, p.skip, p.starts[from], p.gen
	return func(ctx context.Context) (any, error) {
		got := pages[R]{gen: gen, from: from, starts: []store.Cursor{start}, jump: true, ended: true}
		for next := start; ; {
			if err := ctx.Err(); err != nil {
				return nil, err
			}
			n, after, err := pass(next, pageRows)
			if err != nil {
				return nil, err
			}
			if after == "" || n < pageRows {
				break
			}
			got.starts, next = append(got.starts, after), after
		}
		got.dropped = max(0, len(got.starts)-2)
		for _, at := range got.starts[got.dropped:] {
			rows, _, err := src(at, pageRows)
			if err != nil {
				return nil, err
			}
			got.rows = append(got.rows, rows...)
		}
		return got, nil
	}
}

// reload reads again what is held, or the first page.
func (p *pager[R]) reload() func(context.Context) (any, error) {
	return p.read(p.page, max(1, (len(p.rows)+pageRows-1)/pageRows))
}

// more is the reading that the rows around the chosen one still need, nil when none.
func (p *pager[R]) more() func(context.Context) (any, error) {
	end := p.page + (len(p.rows)+pageRows-1)/pageRows
	switch {
	case len(p.rows) > 0 && p.chosen+p.height >= p.page*pageRows+len(p.rows) && end < len(p.starts):
		return p.read(end, 1)
	case p.page > 0 && p.chosen-p.height < p.page*pageRows:
		return p.read(p.page-1, 1)
	}
	return nil
}

// take adds the pages read to those held, or puts them in their place.
func (p *pager[R]) take(got pages[R]) {
	if got.gen != p.gen {
		return
	}
	chosen, had := p.current()
	p.learn(got)
	first, end := got.from+got.dropped, p.page+pagesIn(len(p.rows))
	switch {
	case p.loaded && first == end && end > p.page && !got.jump:
		p.rows = append(p.rows, got.rows...)
		if over := pagesIn(len(p.rows)) - heldPages; over > 0 {
			p.rows, p.page = append([]R(nil), p.rows[over*pageRows:]...), p.page+over
		}
	case p.loaded && first == p.page-1 && len(got.rows) == pageRows:
		p.rows, p.page = append(got.rows[:pageRows:pageRows], p.rows...), first
		p.rows = p.rows[:min(len(p.rows), heldPages*pageRows)]
	default:
		p.page, p.rows = first, got.rows
	}
	p.loaded = true
	p.settle(chosen, had, got.jump)
}

func pagesIn(rows int) int { return (rows + pageRows - 1) / pageRows }

// learn notes where the pages begin that were read. At the end of the list an empty
// page is none.
func (p *pager[R]) learn(got pages[R]) {
	var beyond []store.Cursor
	if n := got.from + len(got.starts); !got.ended && n < len(p.starts) {
		beyond = append(beyond, p.starts[n:]...)
	}
	starts := got.starts
	if n := got.dropped + pagesIn(len(got.rows)); got.ended && n < len(starts) {
		starts = starts[:n]
	}
	p.starts = append(append(p.starts[:got.from:got.from], starts...), beyond...)
	if len(p.starts) == 0 {
		p.starts = []store.Cursor{""}
	}
}

// settle finds the chosen row again, or goes where a key wanted to go meanwhile.
func (p *pager[R]) settle(chosen R, had, jump bool) {
	switch {
	case jump:
		p.chosen = p.lastHeld()
	case p.wanted >= 0:
		p.chosen = p.wanted
	case had:
		for i, r := range p.rows {
			if p.key(r) == p.key(chosen) {
				p.chosen = p.page*pageRows + i
			}
		}
	}
	p.clamp()
}

func (p *pager[R]) lastHeld() int { return p.page*pageRows + len(p.rows) - 1 }

// clamp keeps the chosen row among the held ones; beyond them it is wanted.
func (p *pager[R]) clamp() {
	p.wanted = -1
	if p.chosen > p.lastHeld() {
		if p.page+pagesIn(len(p.rows)) < len(p.starts) {
			p.wanted = p.chosen
		}
		p.chosen = p.lastHeld()
	}
	if p.chosen < p.page*pageRows {
		if p.page > 0 {
			p.wanted = max(0, p.chosen)
		}
		p.chosen = p.page * pageRows
	}
	p.chosen = max(0, p.chosen)
}

// current is the chosen row.
func (p *pager[R]) current() (R, bool) {
	var zero R
	if i := p.chosen - p.page*pageRows; i >= 0 && i < len(p.rows) {
		return p.rows[i], true
	}
	return zero, false
}

// move goes by so many rows.
func (p *pager[R]) move(by int) {
	from := p.chosen
	if p.wanted >= 0 {
		from = p.wanted
	}
	p.chosen = from + by
	p.clamp()
}

// toTop goes to the first row; the answer of the reading it returns, if any, is needed.
func (p *pager[R]) toTop() func(context.Context) (any, error) {
	p.chosen, p.top, p.wanted = 0, 0, -1
	if p.page == 0 {
		return nil
	}
	p.rows, p.page = nil, 0
	return p.read(0, 1)
}

// toEnd goes to the last row.
func (p *pager[R]) toEnd() func(context.Context) (any, error) {
	if end := p.page + pagesIn(len(p.rows)); end >= len(p.starts) {
		p.chosen = max(0, p.lastHeld())
		return nil
	}
	return p.read(len(p.starts)-1, 0)
}

// visible returns the rows to draw, and the index of the first.
func (p *pager[R]) visible(height int) ([]R, int) {
	p.height = max(1, height)
	if p.chosen < p.top {
		p.top = p.chosen
	}
	if p.chosen >= p.top+p.height {
		p.top = p.chosen - p.height + 1
	}
	held := p.page * pageRows
	if p.page+pagesIn(len(p.rows)) >= len(p.starts) { // the end of the list fills the screen
		p.top = min(p.top, p.lastHeld()+1-p.height)
	}
	p.top = max(p.top, held)
	from := p.top - held
	to := min(len(p.rows), from+p.height)
	if from > to {
		return nil, p.top
	}
	return p.rows[from:to], p.top
}

// follow is the command for a list after a move: more rows, if they are needed.
func (p *pager[R]) follow(m *Model, b *base) tea.Cmd {
	work := p.more()
	switch {
	case work == nil:
		return nil
	case p.wanted >= 0:
		return b.ask(m, "Đang đọc danh sách", work)
	}
	return b.quietly(m, work)
}

// slice is a page of rows that are in memory already; the cursor is the number of the
// next row.
func slice[R any](rows []R, after store.Cursor, limit int) ([]R, store.Cursor) {
	from, _ := strconv.Atoi(string(after))
	from = max(0, min(from, len(rows)))
	if to := from + limit; to < len(rows) {
		return rows[from:to], store.Cursor(strconv.Itoa(to))
	}
	return rows[from:], ""
}
