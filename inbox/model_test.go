package inbox_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"pgregory.net/rapid"

	"vanthu/inbox"
	"vanthu/internal/document"
	"vanthu/internal/edxml"
	"vanthu/store"
)

// Random acts on random documents, legal and not, while days go by. After each
// the desk agrees with a model that knows only the rules:
//   - a registered document has the next number of its year and keeps it;
//   - dates of lines never go back;
//   - each (document, code) is reported at most once, codes only forward,
//     nothing after 02, and as many status jobs are queued as were reported;
//   - what was received never changes.
func TestRandomActs(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		o := newOffice(t)
		m := &model{o: o, r: r, last: map[int]int{}, received: map[string]string{}, numbers: map[string]string{}}
		acts := map[string]func(*rapid.T){
			"receive": m.receive, "again": m.again, "register": m.register, "act": m.act, "day": m.day, "": m.check,
		}
		r.Repeat(acts)
		o.checkStore()
		if err := o.Store.Close(); err != nil {
			r.Fatal(err)
		}
		o.Store = nil
	})
}

type model struct {
	o        *office
	r        *rapid.T
	ids      []string
	arrivals []inbox.Arrival
	last     map[int]int       // last number by year
	received map[string]string // what arrived, as it was
	numbers  map[string]string // number given to a document
}

func (m *model) pick(r *rapid.T) string {
	if len(m.ids) == 0 {
		r.Skip("no document yet")
	}
	return rapid.SampledFrom(m.ids).Draw(r, "document")
}

func (m *model) receive(r *rapid.T) {
	n := len(m.arrivals) + 1
	d := letter(fmt.Sprint(rapid.IntRange(1, n).Draw(r, "number"))) // doubles occur
	d.Other.Urgency = document.Urgency(rapid.IntRange(0, 4).Draw(r, "urgency"))
	if rapid.IntRange(0, 3).Draw(r, "business") == 0 {
		d.Business.Type, d.Business.Changes = edxml.Update, &edxml.Changes{Document: true}
	}
	if rapid.IntRange(0, 9).Draw(r, "secret") == 0 {
		d.Content = "MẬT"
	}
	a := m.o.arrival(fmt.Sprintf("ax-%d", n), d)
	doc, err := m.o.Receive(m.o.t.Context(), a)
	if err != nil {
		r.Fatal(err)
	}
	m.ids, m.arrivals = append(m.ids, doc.ID), append(m.arrivals, a)
	m.received[doc.ID] = asReceived(r, doc)
}

func (m *model) again(r *rapid.T) {
	if len(m.arrivals) == 0 {
		r.Skip("nothing arrived yet")
	}
	i := rapid.IntRange(0, len(m.arrivals)-1).Draw(r, "arrival")
	if doc, err := m.o.Receive(m.o.t.Context(), m.arrivals[i]); err != nil || doc.ID != m.ids[i] {
		r.Fatalf("%s again is %s, %v", m.ids[i], doc.ID, err)
	}
}

func (m *model) register(r *rapid.T) {
	id := m.pick(r)
	before := m.o.get(id)
	e := inbox.Registration{Meta: before.Received, Separate: rapid.Bool().Draw(r, "separate")}
	e.Meta.Subject, e.Meta.Issuer = "V/v đăng ký", province()
	if back := rapid.IntRange(-1, 3).Draw(r, "days back"); back != 0 {
		e.Date = document.DateOf(m.o.now).AddDays(-back)
	}
	doc, err := m.o.Register(id, e)
	if err != nil {
		if !errors.Is(err, inbox.ErrState) && !errors.Is(err, inbox.ErrDate) && !errors.Is(err, inbox.ErrDuplicate) {
			r.Fatal(err)
		}
		return
	}
	year := doc.Entry.Year
	m.last[year]++
	if doc.Entry.Number != m.last[year] || year != doc.Entry.Date.Year {
		r.Fatalf("number %d of %d, want %d", doc.Entry.Number, year, m.last[year])
	}
	m.numbers[id] = fmt.Sprintf("%d/%d", doc.Entry.Number, year)
}

func (m *model) act(r *rapid.T) {
	id := m.pick(r)
	var err error
	switch rapid.IntRange(0, 5).Draw(r, "verb") {
	case 0:
		_, err = m.o.Refuse(id, "gửi nhầm cơ quan nhận")
	case 1:
		_, err = m.o.Submit(id, "Chủ tịch")
	case 2:
		_, err = m.o.Direct(id, directive())
	case 3:
		_, err = m.o.HandOver(id, "Phòng Kinh tế", document.Date{})
	case 4:
		_, err = m.o.Progress(id, "đang làm")
	case 5:
		_, err = m.o.Complete(id, "", "15/UBND-VP")
	}
	if err != nil && !errors.Is(err, inbox.ErrState) {
		r.Fatal(err)
	}
}

func (m *model) day(r *rapid.T) { m.o.days(rapid.IntRange(0, 20).Draw(r, "days")) }

func (m *model) check(r *rapid.T) {
	jobs := m.o.jobs()
	statuses := 0
	for _, id := range m.ids {
		doc := m.o.get(id)
		if got := asReceived(r, doc); got != m.received[id] {
			r.Fatalf("what arrived as %s is now %s", m.received[id], got)
		}
		if got := numberOf(doc); got != m.numbers[id] {
			r.Fatalf("%s has number %q, was given %q", id, got, m.numbers[id])
		}
		statuses += m.reported(r, doc, jobs)
	}
	for id := range jobs {
		if strings.HasPrefix(id, "status/") {
			statuses--
		}
	}
	if statuses != 0 {
		r.Fatalf("%d more statuses reported than queued", statuses)
	}
	for year, last := range m.last {
		m.lines(r, year, last)
	}
}

func asReceived(r *rapid.T, d inbox.Document) string {
	b, err := json.Marshal([]any{d.Received, d.Files, d.Origin})
	if err != nil {
		r.Fatal(err)
	}
	return string(b)
}

func numberOf(d inbox.Document) string {
	if d.Entry == nil {
		return ""
	}
	return fmt.Sprintf("%d/%d", d.Entry.Number, d.Entry.Year)
}

func (m *model) reported(r *rapid.T, doc inbox.Document, jobs map[string]store.Job) int {
	var codes []document.Status
	for _, s := range doc.Reported {
		codes = append(codes, s.Code)
		if _, ok := jobs["status/"+doc.ID+"/"+string(s.Code)]; !ok {
			r.Fatalf("%s reported %s without a job", doc.ID, s.Code)
		}
	}
	if !slices.IsSorted(codes) || len(slices.Compact(slices.Clone(codes))) != len(codes) {
		r.Fatalf("%s reported %v", doc.ID, codes)
	}
	if i := slices.Index(codes, document.StatusRefused); i >= 0 && i != len(codes)-1 {
		r.Fatalf("%s went on after refusing: %v", doc.ID, codes)
	}
	if doc.State == inbox.Refused && doc.Entry != nil {
		r.Fatalf("%s is refused and has a number", doc.ID)
	}
	return len(codes)
}

func (m *model) lines(r *rapid.T, year, last int) {
	rows, err := m.o.Book(year)
	if err != nil || len(rows) != last {
		r.Fatalf("%d has %d lines, %v, want %d", year, len(rows), err, last)
	}
	for i, row := range rows {
		if row.ArrivalNumber != i+1 || (i > 0 && row.ArrivalDate.Before(rows[i-1].ArrivalDate)) {
			r.Fatalf("line %d: %+v", i+1, row)
		}
		if doc := m.o.get(row.Record); doc.Entry.Number != row.ArrivalNumber || doc.Entry.Date != row.ArrivalDate {
			r.Fatalf("line %+v, record %+v", row, doc.Entry)
		}
	}
}

// Two clerks at two screens: numbers stay gap-free, every document gets one.
func TestConcurrentRegistration(t *testing.T) {
	o := newOffice(t)
	const n = 12
	var ids []string
	for i := range n {
		ids = append(ids, o.receive(fmt.Sprintf("ax-%d", i), letter(fmt.Sprint(i+1))).ID)
	}
	var all sync.WaitGroup
	var mu sync.Mutex
	given := map[int]int{}
	for range 2 {
		for _, id := range ids {
			all.Go(func() {
				doc, err := o.Register(id, inbox.Registration{Meta: letterMetaOf(o, id)})
				if err != nil {
					if !errors.Is(err, inbox.ErrState) {
						t.Error(err)
					}
					return
				}
				mu.Lock()
				defer mu.Unlock()
				given[doc.Entry.Number]++
			})
		}
	}
	all.Wait()
	for i := range n {
		if given[i+1] != 1 {
			t.Errorf("number %d was given %d times", i+1, given[i+1])
		}
	}
}

func letterMetaOf(o *office, id string) inbox.Metadata {
	doc, err := o.Get(id)
	if err != nil {
		o.t.Error(err)
	}
	return doc.Received
}
