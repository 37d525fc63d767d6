package inbox_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"vanthu/inbox"
	"vanthu/internal/document"
	"vanthu/internal/edxml"
	"vanthu/internal/viet"
	"vanthu/store"
)

var update = flag.Bool("update", false, "write the golden files")

// TestMain gives the model check fewer rounds than rapid would: every act is a
// durable commit. -rapid.checks asks for more.
func TestMain(m *testing.M) {
	flag.Parse()
	asked := false
	flag.Visit(func(f *flag.Flag) { asked = asked || f.Name == "rapid.checks" })
	if !asked {
		_ = flag.Set("rapid.checks", "12")
	}
	os.Exit(m.Run())
}

// office is a desk on a real store with a clock the test turns.
type office struct {
	*inbox.Desk
	t   testing.TB
	now time.Time
	ids int
}

func newOffice(t testing.TB) *office {
	o := &office{t: t, now: time.Date(2026, 11, 20, 8, 30, 0, 0, document.Zone())} // a Friday
	clock := func() time.Time { return o.now }
	s, err := store.Open(t.TempDir(), store.Options{Clock: clock})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if o.Store == nil { // the test closed it
			return
		}
		o.checkStore()
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	o.Desk = &inbox.Desk{
		Store: s, Clock: clock, TempDir: t.TempDir(), Fold: viet.Fold,
		NewID:  func() string { o.ids++; return fmt.Sprintf("den-%03d", o.ids) },
		Agency: document.Agency{Code: "H40.5.2", Name: "Ủy ban nhân dân xã Định Mỹ"},
		Staff:  document.Staff{Department: "Văn phòng HĐND và UBND", Name: "Nguyễn Thị Lan", Mobile: "0912000001", Email: "lan@dinhmy.gov.vn"},
	}
	return o
}

// checkStore proves that record, lines, jobs, journal and blobs agree.
func (o *office) checkStore() {
	faults, err := o.Store.Check()
	if err != nil {
		o.t.Error(err)
	}
	for _, f := range faults {
		o.t.Errorf("store: %s: %s", f.Where, f.What)
	}
}

func (o *office) days(n int) { o.now = o.now.AddDate(0, 0, n) }

func province() document.Agency {
	return document.Agency{Code: "H40", Name: "Ủy ban nhân dân tỉnh Cà Mau"}
}

// letter is a packet as the province would send it.
func letter(number string) edxml.Document {
	date := document.Date{Year: 2026, Month: time.November, Day: 19}
	ref := document.Reference{Number: number, Notation: "UBND-TH"}
	return edxml.Document{
		From: province(), To: []document.Agency{{Code: "H40.5.2", Name: "Ủy ban nhân dân xã Định Mỹ"}},
		ID: document.NewID("H40", date, ref), Code: ref, Place: "Cà Mau", Date: date,
		Type:    edxml.TypeInfo{Type: 2, Detail: 18, Name: "Công văn"},
		Subject: "V/v tăng cường công tác văn thư điện tử",
		Signer:  document.Signer{Competence: "KT.", Position: "PHÓ CHỦ TỊCH", Name: "Trần Văn Bình"},
		Traces:  []edxml.Trace{{Organ: "H40", Time: "2026/11/19 16:00:00"}},
		Business: edxml.Business{
			Reason: "Văn bản điện tử mới",
			Staff:  document.Staff{Name: "Lê Văn Tám"},
		},
		Attachments: []edxml.Attachment{attachment("cong-van.pdf", "%PDF-1.7 nội dung "+number)},
	}
}

func attachment(name, content string) edxml.Attachment {
	return edxml.Attachment{ID: name, Name: name, Size: int64(len(content)),
		Open: func() (io.ReadCloser, error) { return io.NopCloser(strings.NewReader(content)), nil }}
}

// packet writes a packet into the store as a fetch would.
func (o *office) packet(d edxml.Document) (store.Hash, int64) {
	o.t.Helper()
	var b bytes.Buffer
	if err := edxml.WriteDocument(&b, d); err != nil {
		o.t.Fatal(err)
	}
	return o.blob(b.Bytes())
}

func (o *office) blob(b []byte) (store.Hash, int64) {
	o.t.Helper()
	h, n, err := o.Store.PutBlob(bytes.NewReader(b), 0)
	if err != nil {
		o.t.Fatal(err)
	}
	return h, n
}

func (o *office) arrival(axisID string, d edxml.Document) inbox.Arrival {
	h, n := o.packet(d)
	return inbox.Arrival{AxisID: axisID, From: d.From.Code, To: "H40.5.2", Packet: h, Size: n}
}

func (o *office) receive(axisID string, d edxml.Document) inbox.Document {
	o.t.Helper()
	return must(o.t)(o.Receive(o.t.Context(), o.arrival(axisID, d)))
}

func (o *office) register(id string) inbox.Document {
	o.t.Helper()
	return must(o.t)(o.Register(id, inbox.Registration{Meta: o.get(id).Received}))
}

func (o *office) get(id string) inbox.Document {
	o.t.Helper()
	return must(o.t)(o.Get(id))
}

// must passes a document through and fails the test on an error.
func must(t testing.TB) func(inbox.Document, error) inbox.Document {
	t.Helper()
	return func(d inbox.Document, err error) inbox.Document {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return d
	}
}

// jobs are the open jobs by id.
func (o *office) jobs() map[string]store.Job {
	o.t.Helper()
	jobs := map[string]store.Job{}
	err := o.Store.View(func(tx *store.Tx) error {
		for j, err := range tx.Jobs() {
			if err != nil {
				return err
			}
			jobs[j.ID] = j
		}
		return nil
	})
	if err != nil {
		o.t.Fatal(err)
	}
	return jobs
}

func (o *office) journal() int {
	n := 0
	err := o.Store.View(func(tx *store.Tx) error {
		for _, err := range tx.Journal(0) {
			if err != nil {
				return err
			}
			n++
		}
		return nil
	})
	if err != nil {
		o.t.Fatal(err)
	}
	return n
}

// refused checks the class of an error and that the clerk can read it.
func refused(t *testing.T, err, class error) {
	t.Helper()
	if !errors.Is(err, class) {
		t.Fatalf("error is %v, want class %v", err, class)
	}
	var p *document.Problem
	if !errors.As(err, &p) || p.What == "" || p.Next == "" {
		t.Fatalf("no problem the clerk can read: %v", err)
	}
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if string(want) != got {
		t.Errorf("%s differs:\n%s\nwant:\n%s", name, got, want)
	}
}

func (o *office) json(id string) string {
	o.t.Helper()
	b, err := json.Marshal(o.get(id))
	if err != nil {
		o.t.Fatal(err)
	}
	return string(b)
}

func (o *office) read(h store.Hash) string {
	o.t.Helper()
	f, err := o.Store.OpenBlob(h)
	if err != nil {
		o.t.Fatal(err)
	}
	defer f.Close()
	b, err := io.ReadAll(f)
	if err != nil {
		o.t.Fatal(err)
	}
	return string(b)
}
