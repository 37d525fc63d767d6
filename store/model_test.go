package store

import (
	"errors"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// model is the store as plain Go: what it must look like after every act.
type model struct {
	notes map[string]note
	lines map[Book][]Line
	jobs  map[string]string // id → payload
	acts  []string          // record of each journal entry
}

func (m model) clone() model {
	lines := map[Book][]Line{}
	for b, l := range m.lines {
		lines[b] = slices.Clone(l)
	}
	return model{maps.Clone(m.notes), lines, maps.Clone(m.jobs), slices.Clone(m.acts)}
}

// machine runs the same acts on a store and on the model.
type machine struct {
	dir   string
	store *Store
	model model
	feed  *JobFeed
	known map[string]struct{} // open jobs as told by the feed
}

var errStop = errors.New("stop")

func TestStoreAgainstModel(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		dir, err := os.MkdirTemp("", "vanthu-model-")
		if err != nil {
			t.Fatal(err)
		}
		defer os.RemoveAll(dir)
		m := &machine{dir: dir, model: model{notes: map[string]note{}, lines: map[Book][]Line{}, jobs: map[string]string{}}}
		m.open(t)
		defer func() { m.store.Close() }()
		t.Repeat(map[string]func(*rapid.T){
			"act":    m.act,
			"reopen": func(t *rapid.T) { m.store.Close(); m.open(t) },
			"list":   m.list,
			"":       m.same,
		})
		faults, err := m.store.Check()
		if err != nil || len(faults) != 0 {
			t.Fatalf("check: %v %v", faults, err)
		}
	})
}

func (m *machine) open(t *rapid.T) {
	s, err := Open(m.dir, Options{Clock: testClock})
	if err != nil {
		t.Fatal(err)
	}
	m.store, m.feed, m.known = s, s.FollowJobs(), map[string]struct{}{}
	for id := range m.model.jobs {
		m.known[id] = struct{}{}
	}
}

// act runs a few operations in one transaction, which now and then is given up.
func (m *machine) act(t *rapid.T) {
	next := m.model.clone()
	record := rapid.SampledFrom(modelKeys()).Draw(t, "about")
	stop := rapid.IntRange(0, 4).Draw(t, "stop") == 0
	err := m.store.Update(Act{Who: "Lan", What: "act", Record: record}, func(tx *Tx) error {
		for range rapid.IntRange(1, 5).Draw(t, "operations") {
			m.operation(t, tx, &next)
		}
		if stop {
			return errStop
		}
		return nil
	})
	if stop != errors.Is(err, errStop) || !stop && err != nil {
		t.Fatal(err)
	}
	if !stop {
		next.acts = append(next.acts, record)
		m.model = next
	}
}

func modelKeys() []string { return []string{"a", "b", "c", "a\x00", "ăđ"} }

func (m *machine) operation(t *rapid.T, tx *Tx, next *model) {
	key := rapid.SampledFrom(modelKeys()).Draw(t, "key")
	book := Book{rapid.SampledFrom([]string{"den", "di"}).Draw(t, "book"), 2026}
	switch rapid.SampledFrom([]string{"put", "put", "delete", "enter", "void", "queue", "finish"}).Draw(t, "operation") {
	case "put":
		n := note{ID: key, Text: rapid.StringN(0, 4, -1).Draw(t, "text")}
		for range rapid.IntRange(0, 3).Draw(t, "tags") {
			n.Tags = append(n.Tags, Entry{rapid.SampledFrom([]string{"i", "j"}).Draw(t, "index"), rapid.SampledFrom(tagValues()).Draw(t, "value")})
		}
		must(t, tx.Put(n))
		next.notes[key] = n
	case "delete":
		_, known := next.notes[key]
		if err := tx.Delete("note", key); known != (err == nil) || err != nil && !errors.Is(err, ErrNotFound) {
			t.Fatal(err)
		}
		delete(next.notes, key)
	case "enter":
		must(t, tx.Put(note{ID: "line"}))
		next.notes["line"] = note{ID: "line"}
		n, err := tx.Enter(book, "2026-11-21", "line", func(n int) any { return n })
		must(t, err)
		if n != len(next.lines[book])+1 {
			t.Fatalf("number %d after %d lines", n, len(next.lines[book]))
		}
		next.lines[book] = append(next.lines[book], Line{Number: n})
	case "void":
		m.void(t, tx, next, book)
	case "queue":
		must(t, tx.Queue(Job{ID: "job/" + key, Kind: "send", Payload: []byte(`"first"`)}))
		next.jobs["job/"+key] = `"first"`
	case "finish":
		must(t, tx.FinishJob("job/"+key))
		delete(next.jobs, "job/"+key)
	}
}

func (m *machine) void(t *rapid.T, tx *Tx, next *model, book Book) {
	number := rapid.IntRange(0, 4).Draw(t, "number")
	err := tx.Void(book, number, "ghi nhầm")
	lines := next.lines[book]
	switch {
	case number < 1 || number > len(lines):
		if !errors.Is(err, ErrNotFound) {
			t.Fatal(err)
		}
	case lines[number-1].Void != nil:
		if !errors.Is(err, ErrVoid) {
			t.Fatal(err)
		}
	default:
		must(t, err)
		lines[number-1].Void = &Void{}
	}
}

func tagValues() []string {
	return []string{"", "a", "a\x00", "a\x00b", "ab", "\x00", "\xff", "\xff\xff"}
}

func must(t *rapid.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// list compares a page of a list, followed by its cursor, with the model.
func (m *machine) list(t *rapid.T) {
	w := Window{
		Index:  rapid.SampledFrom([]string{"", "i", "j"}).Draw(t, "index"),
		Prefix: rapid.SampledFrom(tagValues()).Draw(t, "prefix"),
		Below:  rapid.SampledFrom(tagValues()).Draw(t, "below"),
		Limit:  rapid.IntRange(0, 3).Draw(t, "limit"),
		Newest: rapid.Bool().Draw(t, "newest"),
	}
	want := m.listed(w)
	err := m.store.View(func(tx *Tx) error {
		if n := tx.CountIn("note", w); n != len(want) {
			t.Fatalf("%+v: count %d, want %d", w, n, len(want))
		}
		var got []string
		for {
			before := len(got)
			for c, key := range tx.Keys("note", w) {
				got, w.After = append(got, key), c
			}
			if n := len(got) - before; n == 0 || w.Limit == 0 {
				break
			} else if n > w.Limit {
				t.Fatalf("page of %d, limit %d", n, w.Limit)
			}
		}
		if !slices.Equal(got, want) {
			t.Fatalf("%+v: %q, want %q", w, got, want)
		}
		return nil
	})
	must(t, err)
}

func (m *machine) listed(w Window) []string {
	type place struct{ value, key string }
	var places []place
	for key, n := range m.model.notes {
		if w.Index == "" {
			places = append(places, place{key, ""})
			continue
		}
		for _, e := range distinct(slices.Clone(n.Tags), compareEntries) {
			if e.Index == w.Index {
				places = append(places, place{e.Value, key})
			}
		}
	}
	slices.SortFunc(places, func(a, b place) int {
		if c := strings.Compare(a.value, b.value); c != 0 {
			return c
		}
		return strings.Compare(a.key, b.key)
	})
	var keys []string
	for _, p := range places {
		if !strings.HasPrefix(p.value, w.Prefix) || w.Below != "" && p.value >= w.Below {
			continue
		}
		if w.Index == "" {
			p.key = p.value
		}
		keys = append(keys, p.key)
	}
	if w.Newest {
		slices.Reverse(keys)
	}
	return keys
}

// same compares everything that is not a list.
func (m *machine) same(t *rapid.T) {
	err := m.store.View(func(tx *Tx) error {
		for key, want := range m.model.notes {
			var got note
			if err := tx.Get(key, &got); err != nil || got.Text != want.Text {
				t.Fatalf("note %q: %v %v", key, got, err)
			}
		}
		for book, want := range m.model.lines {
			sameLines(t, tx, book, want)
		}
		jobs := 0
		for j, err := range tx.Jobs() {
			if jobs++; err != nil || m.model.jobs[j.ID] != string(j.Payload) {
				t.Fatalf("job %v %v", j, err)
			}
		}
		if jobs != len(m.model.jobs) || tx.CountJobs() != jobs {
			t.Fatalf("%d jobs, want %d", jobs, len(m.model.jobs))
		}
		m.sameJournal(t, tx)
		return nil
	})
	must(t, err)
	for id, j := range m.feed.Take() {
		if delete(m.known, id); j != nil {
			m.known[id] = struct{}{}
		}
	}
	got, want := slices.Sorted(maps.Keys(m.known)), slices.Sorted(maps.Keys(m.model.jobs))
	if !slices.Equal(got, want) {
		t.Fatalf("feed knows %v, open are %v", got, want)
	}
}

func sameLines(t *rapid.T, tx *Tx, book Book, want []Line) {
	if n := tx.LastNumber(book); n != len(want) {
		t.Fatalf("%s: last number %d, want %d", book, n, len(want))
	}
	i := 0
	for l, err := range tx.Lines(book, 1) {
		if err != nil || l.Number != i+1 || string(l.Columns) != fmt.Sprint(i+1) || (l.Void == nil) != (want[i].Void == nil) {
			t.Fatalf("line %+v %v", l, err)
		}
		i++
	}
	if i != len(want) {
		t.Fatalf("%s: %d lines, want %d", book, i, len(want))
	}
}

func (m *machine) sameJournal(t *rapid.T, tx *Tx) {
	of := map[string][]uint64{}
	seq := uint64(0)
	for e, err := range tx.Journal(0) {
		if seq++; err != nil || e.Seq != seq || e.Record != m.model.acts[seq-1] {
			t.Fatalf("entry %+v %v", e, err)
		}
		of[e.Record] = append(of[e.Record], e.Seq)
	}
	if int(seq) != len(m.model.acts) {
		t.Fatalf("%d entries, want %d", seq, len(m.model.acts))
	}
	for record, want := range of {
		var got []uint64
		for e, err := range tx.JournalOf(record) {
			must(t, err)
			got = append(got, e.Seq)
		}
		if !slices.Equal(got, want) {
			t.Fatalf("journal of %q: %v, want %v", record, got, want)
		}
	}
}
