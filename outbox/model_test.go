package outbox_test

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"

	"pgregory.net/rapid"

	"vanthu/internal/document"
	"vanthu/outbox"
	"vanthu/store"
)

// Random acts on random documents, legal and not, while days go by. After each
// the desk agrees with a model that knows only the rules:
//   - numbers of a series are gap-free within a year, never given twice, and
//     stay with their document, also when it is voided;
//   - dates of lines never go back;
//   - nothing is issued without both signatures, number, date and packet;
//   - a packet once fixed never changes, and there is a send job exactly when
//     a copy waits;
//   - delivery statuses only go forward.
func TestRandomActs(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		o := newOffice(t)
		m := &model{o: o, numbers: map[string]string{}, last: map[string]int{}, packets: map[string]store.Hash{}, status: map[string]document.Status{}}
		r.Repeat(map[string]func(*rapid.T){"create": m.create, "act": m.act, "report": m.report, "deliver": m.deliver, "day": m.day, "": m.check})
		o.checkStore()
		if err := o.Store.Close(); err != nil {
			r.Fatal(err)
		}
		o.Store = nil
	})
}

type model struct {
	o       *office
	ids     []string
	numbers map[string]string          // series, year and number given to a document
	last    map[string]int             // last number of a series and year
	packets map[string]store.Hash      // fixed packets
	status  map[string]document.Status // by document and recipient
	copies  int
}

func (m *model) pick(r *rapid.T) string {
	if len(m.ids) == 0 {
		r.Skip("no document yet")
	}
	return rapid.SampledFrom(m.ids).Draw(r, "document")
}

func (m *model) create(r *rapid.T) {
	d := draftTo("H40", "H40.7")
	d.TypeName = rapid.SampledFrom([]string{"Quyết định", "Công văn", "Giấy mời"}).Draw(r, "type")
	doc, err := m.o.Create(m.o.t.Context(), d, strings.NewReader(fmt.Sprintf("%%PDF-1.7 %d", len(m.ids))))
	if err != nil {
		r.Fatal(err)
	}
	m.ids = append(m.ids, doc.ID)
}

func (m *model) act(r *rapid.T) {
	id, ctx := m.pick(r), m.o.t.Context()
	var err error
	switch rapid.IntRange(0, 8).Draw(r, "verb") {
	case 0:
		_, err = m.o.Sign(ctx, id, key{})
	case 1, 2:
		_, err = m.o.AssignNumber(id)
	case 3:
		_, err = m.o.Seal(ctx, id, key{})
	case 4, 5:
		_, err = m.o.Issue(id)
	case 6:
		_, err = m.o.Edit(id, draftTo("H40.5.3", "H40"))
	case 7:
		_, err = m.o.Discard(id, "")
	case 8:
		_, err = m.o.Void(id, "soạn sai thẩm quyền")
	}
	if err != nil && !errors.Is(err, outbox.ErrState) {
		r.Fatal(err)
	}
}

func (m *model) report(r *rapid.T) {
	doc := m.o.get(m.pick(r))
	if doc.State != outbox.Issued {
		r.Skip("not issued")
	}
	code := rapid.SampledFrom([]document.Status{"01", "02", "03", "04", "05", "06", "07", "15"}).Draw(r, "code")
	m.copies++
	m.o.take(fmt.Sprintf("ax-%d", m.copies), m.o.report(doc, doc.Delivery[0].Agency.Code, code))
}

func (m *model) deliver(r *rapid.T) {
	doc := m.o.get(m.pick(r))
	to := rapid.SampledFrom([]document.Code{"H40", "H40.7", "H40.5.3", "H99"}).Draw(r, "to")
	var err error
	switch rapid.IntRange(0, 2).Draw(r, "outcome") {
	case 0:
		err = m.o.Sent(doc.ID, []document.Code{to}, "ax")
	case 1:
		err = m.o.Failed(doc.ID, []document.Code{to}, "18", "")
	case 2:
		err = m.o.Resend(doc.ID)
	}
	if err != nil {
		r.Fatal(err)
	}
	m.finishSends(r)
}

// finishSends ends the jobs of documents without waiting copies, as the courier
// would.
func (m *model) finishSends(r *rapid.T) {
	for id, j := range m.o.jobs() {
		if j.Kind == "send" && len(m.o.get(j.Record).Unsent()) == 0 {
			if err := m.o.Store.Maintain(func(tx *store.Tx) error { return tx.FinishJob(id) }); err != nil {
				r.Fatal(err)
			}
		}
	}
}

func (m *model) day(r *rapid.T) {
	m.o.now = m.o.now.AddDate(0, 0, rapid.IntRange(0, 20).Draw(r, "days"))
}

func (m *model) check(r *rapid.T) {
	m.finishSends(r)
	jobs := m.o.jobs()
	for _, id := range m.ids {
		doc := m.o.get(id)
		m.number(r, doc)
		if doc.State == outbox.Issued {
			m.issued(r, doc)
		}
		if _, queued := jobs["send/"+id]; queued != (len(doc.Unsent()) > 0) {
			r.Fatalf("%s: send job %v, waiting %v", id, queued, doc.Unsent())
		}
		for _, v := range doc.Delivery {
			m.delivery(r, id, v)
		}
	}
	for series, last := range m.last {
		m.lines(r, series, last)
	}
}

func (m *model) number(r *rapid.T, doc outbox.Document) {
	got := ""
	if doc.Number > 0 {
		got = fmt.Sprintf("%s/%d/%d", doc.Book, doc.Year, doc.Number)
	}
	if m.numbers[doc.ID] == "" && got != "" {
		series := fmt.Sprintf("%s/%d", doc.Book, doc.Year)
		if m.last[series]++; doc.Number != m.last[series] {
			r.Fatalf("%s got number %d of %s, want %d", doc.ID, doc.Number, series, m.last[series])
		}
		m.numbers[doc.ID] = got
	}
	if m.numbers[doc.ID] != got {
		r.Fatalf("%s had %s, has %s", doc.ID, m.numbers[doc.ID], got)
	}
}

func (m *model) issued(r *rapid.T, doc outbox.Document) {
	if doc.LeaderSigned == nil || doc.Sealed == nil || doc.Number == 0 || doc.Date.IsZero() || len(doc.Delivery) == 0 {
		r.Fatalf("issued without what must be there: %+v", doc)
	}
	if known := m.packets[doc.ID]; known != "" && known != doc.Packet {
		r.Fatalf("the packet of %s changed", doc.ID)
	}
	m.packets[doc.ID] = doc.Packet
}

func (m *model) delivery(r *rapid.T, id string, v outbox.Delivery) {
	at := id + "/" + string(v.Agency.Code)
	if v.Status < m.status[at] {
		r.Fatalf("%s went from %s back to %s", at, m.status[at], v.Status)
	}
	m.status[at] = v.Status
}

func (m *model) lines(r *rapid.T, series string, last int) {
	name, year, _ := strings.Cut(series, "/")
	n := 0
	fmt.Sscan(year, &n)
	rows, err := m.o.Book(name, n)
	if err != nil || len(rows) != last {
		r.Fatalf("%s has %d lines, %v, want %d", series, len(rows), err, last)
	}
	for i, row := range rows {
		doc := m.o.get(row.Record)
		if row.Number != i+1 || (i > 0 && row.Date.Before(rows[i-1].Date)) || row.Reference != doc.Code.String() {
			r.Fatalf("line %d: %+v", i+1, row)
		}
		if (row.Void != nil) != (doc.State == outbox.Voided) {
			r.Fatalf("line %d void %v, document %s", i+1, row.Void, doc.State)
		}
	}
}

// Numbers asked for at the same moment stay gap-free, and issuing at the same
// moment makes one packet and one job.
func TestConcurrentNumbersAndIssues(t *testing.T) {
	o := newOffice(t)
	var ids []string
	for range 8 {
		ids = append(ids, o.bring(outbox.Signed))
	}
	var all sync.WaitGroup
	for range 2 {
		for _, id := range ids {
			all.Go(func() {
				if _, err := o.AssignNumber(id); err != nil && !errors.Is(err, outbox.ErrState) {
					t.Error(err)
				}
			})
		}
	}
	all.Wait()
	if rows := o.book("vb", 2026); len(rows) != len(ids) {
		t.Errorf("%d lines", len(rows))
	}
	must(t)(o.Seal(t.Context(), ids[0], key{}))
	var mu sync.Mutex
	packets := map[store.Hash]bool{}
	for range 4 {
		all.Go(func() {
			doc, err := o.Issue(ids[0])
			if err != nil {
				t.Error(err)
			}
			mu.Lock()
			defer mu.Unlock()
			packets[doc.Packet] = true
		})
	}
	all.Wait()
	if len(packets) != 1 || len(o.jobs()) != 1 {
		t.Errorf("%d packets, %d jobs", len(packets), len(o.jobs()))
	}
}
