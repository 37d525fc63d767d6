package exchange

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"vanthu/internal/document"
)

// The blob of names holds, for every body, a line feed and
//
//	folded "\t" mark offset
//
// where folded are name, body in charge and codes without case and diacritics,
// mark is one of the two below, and offset says in base 36 where its line begins
// among the lines. One reading of some ten megabytes from the page cache, word by
// word with the processor's own string search, is fast enough to follow the
// typing hand and holds nothing in memory.
const (
	markInForce = '+'
	markGone    = '-'
	offsetBase  = 36
)

// nameLine appends the line of a body that begins at offset.
func (d *Directory) nameLine(b []byte, r row, gone bool, offset int64) []byte {
	text := r.Name + " " + r.InCharge + " " + string(r.Code)
	for _, c := range r.olds {
		text += " " + string(c)
	}
	mark := byte(markInForce)
	if gone {
		mark = markGone
	}
	b = append(append(b, '\n'), d.folded(text)...)
	return strconv.AppendInt(append(b, '\t', mark), offset, offsetBase)
}

func (d *Directory) folded(s string) string {
	if d.Fold != nil {
		s = d.Fold(s)
	} else {
		s = strings.ToLower(s)
	}
	return strings.Join(strings.Fields(s), " ")
}

// Search returns at most limit agencies in force in whose name, body in charge
// or codes all words of the query occur, without regard to case and diacritics;
// those whose code begins with the query come first, then those whose name does.
// An empty query finds nothing.
func (d *Directory) Search(ctx context.Context, query string, limit int) ([]document.Agency, error) {
	found, err := d.find(ctx, query, limit, false)
	var list []document.Agency
	for _, e := range found {
		list = append(list, e.Agency)
	}
	return list, err
}

// Find is Search among all bodies, those no longer in force after the others.
func (d *Directory) Find(ctx context.Context, query string, limit int) ([]Entry, error) {
	return d.find(ctx, query, limit, true)
}

func (d *Directory) find(ctx context.Context, query string, limit int, all bool) ([]Entry, error) {
	words := strings.Fields(d.folded(query))
	if len(words) == 0 || limit <= 0 {
		return nil, nil
	}
	p, err := d.open()
	if err != nil || p == nil {
		return nil, err
	}
	defer p.close()
	found, err := p.find(ctx, words, limit, all)
	if err != nil {
		return nil, fmt.Errorf("directory: %w", err)
	}
	return found, nil
}

func (p *pages) find(ctx context.Context, words []string, limit int, all bool) ([]Entry, error) {
	q := newQuery(words, limit)
	places, err := p.byCode(words, limit)
	if err == nil {
		err = eachChunk(ctx, p.names, q.search)
	}
	if err != nil {
		return nil, err
	}
	places = append(places, q.first[markInForce]...)
	places = append(places, q.rest[markInForce]...)
	if all {
		places = append(append(places, q.first[markGone]...), q.rest[markGone]...)
	}
	return p.entries(places, limit, all)
}

// entries reads the bodies at these places, each once, those gone at the end.
func (p *pages) entries(places []int64, limit int, all bool) ([]Entry, error) {
	var found, gone []Entry
	seen := map[int64]bool{}
	for _, at := range places {
		if len(found) == limit {
			break
		}
		if seen[at] {
			continue
		}
		seen[at] = true
		_, _, line, err := lineFrom(p.lines, p.size, at)
		if err != nil {
			return nil, err
		}
		r, ok := parseRow(line)
		switch {
		case !ok:
		case !r.gone(p.Listed):
			found = append(found, Entry{Agency: r.Agency, Old: r.olds, Since: r.since})
		case all && len(gone) < limit:
			e, _, err := p.entry(r.Code, maxHops)
			if err != nil {
				return nil, err
			}
			gone = append(gone, e)
		}
	}
	found = append(found, gone...)
	return found[:min(len(found), limit)], nil
}

// maxByCode bounds how many lines are read whose key begins with a query: many
// of them may be of bodies that are gone.
const maxByCode = 1000

// byCode are the places of bodies a code of which, today's or an old one, begins
// with the query.
func (p *pages) byCode(words []string, limit int) (places []int64, err error) {
	if len(words) != 1 {
		return nil, nil
	}
	prefix := strings.ToUpper(words[0])
	var codes []string
	n := 0
	err = eachFrom(p.lines, p.size, prefix, func(line string) bool {
		key, kind, rest, ok := keyOf([]byte(line))
		if !ok || !bytes.HasPrefix(key, []byte(prefix)) {
			return false
		}
		if kind == kindAlias {
			key = rest
		}
		if code := string(key); !slices.Contains(codes, code) {
			codes = append(codes, code)
		}
		n++
		return len(codes) < limit && n < maxByCode
	})
	for _, code := range codes {
		at, found, placeErr := p.place(code)
		if err = errors.Join(err, placeErr); found {
			places = append(places, at)
		}
	}
	return places, err
}

// place is where the line of a body begins.
func (p *pages) place(code string) (at int64, found bool, err error) {
	own := code + "\t" + string(kindBody)
	if at, err = seek(p.lines, p.size, own); err != nil {
		return 0, false, err
	}
	_, _, line, err := lineFrom(p.lines, p.size, at)
	return at, strings.HasPrefix(line, own), err
}

// query is a search on its way through the names: where bodies are whose name
// begins with it, and others in which all its words occur, by mark.
type query struct {
	words [][]byte
	start []byte // a line that begins with the query
	limit int
	first map[byte][]int64
	rest  map[byte][]int64
}

func newQuery(words []string, limit int) *query {
	q := &query{limit: limit, first: map[byte][]int64{}, rest: map[byte][]int64{}}
	q.start = []byte("\n" + strings.Join(words, " "))
	for _, w := range words {
		q.words = append(q.words, []byte(w))
	}
	return q
}

// search looks through a piece of the names and tells whether to go on. Once
// enough bodies hold the words, only those that begin with them matter.
func (q *query) search(chunk []byte) bool {
	q.starts(q.within(chunk))
	return len(q.first[markInForce]) < q.limit
}

// starts notes the lines that begin with the query.
func (q *query) starts(chunk []byte) {
	for {
		i := bytes.Index(chunk, q.start)
		if i < 0 {
			return
		}
		line := lineAt(chunk, i+1)
		q.note(q.first, line)
		chunk = chunk[i+1+len(line):]
	}
}

// lineAt is the line that begins at i.
func lineAt(chunk []byte, i int) []byte {
	if n := bytes.IndexByte(chunk[i:], '\n'); n >= 0 {
		return chunk[i : i+n]
	}
	return chunk[i:]
}

// within notes the lines that hold all words, until there are enough, and
// returns what it has not looked at: it looks for the rarest word and at the
// others where that stands.
func (q *query) within(chunk []byte) []byte {
	rare := q.rarest(chunk)
	for len(q.rest[markInForce]) < q.limit {
		i := bytes.Index(chunk, rare)
		if i < 0 {
			return nil
		}
		line := lineAt(chunk, bytes.LastIndexByte(chunk[:i], '\n')+1)
		switch {
		case bytes.HasPrefix(line, q.start[1:]):
			q.note(q.first, line)
		case q.holdsAll(line):
			q.note(q.rest, line)
		}
		end := bytes.IndexByte(chunk[i:], '\n')
		if end < 0 {
			return nil
		}
		chunk = chunk[i+end:]
	}
	return chunk
}

// sample is how many bytes show which word is rare.
const sample = 4 << 10

func (q *query) rarest(chunk []byte) []byte {
	middle := max(0, len(chunk)/2-sample/2)
	part := chunk[middle:min(len(chunk), middle+sample)]
	return slices.MinFunc(q.words, func(a, b []byte) int {
		if n := bytes.Count(part, a) - bytes.Count(part, b); n != 0 {
			return n
		}
		return len(b) - len(a)
	})
}

func (q *query) holdsAll(line []byte) bool {
	folded, _, _ := bytes.Cut(line, []byte{'\t'})
	for _, w := range q.words {
		if !bytes.Contains(folded, w) {
			return false
		}
	}
	return true
}

// note keeps the place of a line.
func (q *query) note(places map[byte][]int64, line []byte) {
	_, place, ok := bytes.Cut(line, []byte{'\t'})
	if !ok || len(place) < 2 || len(places[place[0]]) >= q.limit {
		return
	}
	if at, err := strconv.ParseInt(string(place[1:]), offsetBase, 64); err == nil {
		places[place[0]] = append(places[place[0]], at)
	}
}
