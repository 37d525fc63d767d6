// Package textfilter answers which records hold all words of a query, fast
// enough to ask again with every letter typed. It knows no records: callers say
// what a record's text is and fold it (case, diacritics) beforehand.
package textfilter

import (
	"strings"
	"sync"
)

// maxTexts bounds the remembered texts, in bytes: some 20,000 documents. What
// does not fit is asked for each time.
const maxTexts = 8 << 20

// Memory remembers the folded texts of records, so that a list filtered letter
// by letter does not decode every record again. The store stays the truth:
// whoever changes a record forgets it, before and after, and what was read
// before a change is not remembered after it. The zero Memory is ready.
type Memory struct {
	mu      sync.Mutex
	changes int // forgettings so far
	size    int
	known   map[string]string
}

// Forget drops what is known of a record.
func (m *Memory) Forget(id string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.changes++
	m.size -= len(m.known[id])
	delete(m.known, id)
}

func (m *Memory) get(id string) (string, bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	text, ok := m.known[id]
	return text, ok
}

func (m *Memory) put(moment int, id, text string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if _, known := m.known[id]; known || moment != m.changes || m.size+len(text) > maxTexts {
		return
	}
	if m.known == nil {
		m.known = map[string]string{}
	}
	m.known[id] = text
	m.size += len(text)
}

// Filter is one question to a Memory. It is good for one reading of the store:
// what it reads is remembered only if no record was changed since it was made.
type Filter struct {
	memory *Memory
	words  []string
	moment int
}

// Words asks for the records that hold all words of a folded query.
func (m *Memory) Words(folded string) Filter {
	m.mu.Lock()
	defer m.mu.Unlock()
	return Filter{memory: m, words: strings.Fields(folded), moment: m.changes}
}

// Misses tells without its text that a record does not hold all words. False
// says nothing: ask Admits.
func (f Filter) Misses(id string) bool {
	text, ok := f.memory.get(id)
	return ok && !f.in(text)
}

// Admits tells whether a record holds all words. text gives its folded text
// and is not called for a query without words.
func (f Filter) Admits(id string, text func() string) bool {
	if len(f.words) == 0 {
		return true
	}
	t := text()
	f.memory.put(f.moment, id, t)
	return f.in(t)
}

func (f Filter) in(text string) bool {
	for _, w := range f.words {
		if !strings.Contains(text, w) {
			return false
		}
	}
	return true
}
