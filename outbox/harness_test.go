package outbox_test

import (
	"bytes"
	"context"
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

	"vanthu/internal/document"
	"vanthu/internal/edxml"
	"vanthu/internal/viet"
	"vanthu/outbox"
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
	*outbox.Desk
	t   testing.TB
	now time.Time
	ids int
}

func newOffice(t testing.TB) *office {
	o := &office{t: t, now: time.Date(2026, 11, 20, 8, 30, 0, 0, document.Zone())}
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
	o.Desk = &outbox.Desk{
		Store: s, Clock: clock, TempDir: t.TempDir(), Fold: viet.Fold, Abbr: "UBND", Place: "Định Mỹ", AllowSoft: true,
		NewID:     func() string { o.ids++; return fmt.Sprintf("di-%03d", o.ids) },
		Agency:    document.Agency{Code: "H40.5.2", Name: "Ủy ban nhân dân xã Định Mỹ"},
		Staff:     document.Staff{Department: "Văn phòng HĐND và UBND", Name: "Nguyễn Thị Lan", Mobile: "0912000001", Email: "lan@dinhmy.gov.vn"},
		Press:     press{},
		Directory: directory{"H40": "Ủy ban nhân dân tỉnh Cà Mau", "H40.7": "Sở Nội vụ tỉnh Cà Mau", "H40.5.3": "Ủy ban nhân dân xã Vĩnh Hòa"},
	}
	return o
}

func (o *office) checkStore() {
	faults, err := o.Store.Check()
	if err != nil {
		o.t.Error(err)
	}
	for _, f := range faults {
		o.t.Errorf("store: %s: %s", f.Where, f.What)
	}
}

// press takes whatever begins like a PDF.
type press struct{}

var errNotPDF = errors.New("not a PDF")

func (press) Inspect(pdf []byte) error {
	if !bytes.HasPrefix(pdf, []byte("%PDF")) {
		return document.Refuse(errNotPDF, "Tệp không phải PDF.", "Chọn tệp PDF.")
	}
	return nil
}

func (press) Layout(context.Context, []byte) (document.Layout, error) {
	return document.Layout{Sign: document.Box{Page: 1, X: 300, Y: 100, W: 120, H: 60}}, nil
}

// key signs by adding a line. before runs while the signature is being made.
type key struct {
	soft    bool
	before  func()
	rewrite bool // spoils what was signed before
	silent  bool // adds nothing
}

func (k key) Approve(_ context.Context, pdf []byte, a outbox.Approval) ([]byte, outbox.SignatureNote, error) {
	return k.add(pdf, "\n% ký: "+a.Signer.Name, outbox.SignatureNote{Holder: a.Signer.Name, Serial: "01", Soft: k.soft})
}

func (k key) Seal(_ context.Context, pdf []byte, s outbox.Sealing) ([]byte, outbox.SignatureNote, error) {
	return k.add(pdf, "\n% số "+s.Reference.String()+", "+s.Place+", "+s.Date.Words(), outbox.SignatureNote{Holder: "UBND xã Định Mỹ", Serial: "02", Soft: k.soft})
}

func (k key) add(pdf []byte, line string, note outbox.SignatureNote) ([]byte, outbox.SignatureNote, error) {
	if k.before != nil {
		k.before()
	}
	out := bytes.Clone(pdf)
	if k.rewrite {
		out[len(out)/2] ^= 0xFF
	}
	if k.silent {
		line = ""
	}
	return append(out, line...), note, nil
}

type directory map[document.Code]string

func (d directory) Agency(code document.Code) (document.Agency, bool, error) {
	name, ok := d[code]
	return document.Agency{Code: code, Name: name}, ok, nil
}

func draft() outbox.Draft {
	return outbox.Draft{
		TypeName: "quyết định", Subject: "Về việc ban hành Quy chế làm việc", Unit: "VP",
		Signer:     document.Signer{Competence: "TM. ỦY BAN NHÂN DÂN", Position: "CHỦ TỊCH", Name: "Trần Văn A"},
		Recipients: []document.Agency{{Code: "H40"}, {Code: "H40.7"}},
		ToPlaces:   []string{"Như Điều 3", "UBND tỉnh", "Lưu: VT, VP"},
		Copies:     3, Pages: 2,
	}
}

func (o *office) create(r outbox.Draft) outbox.Document {
	o.t.Helper()
	return must(o.t)(o.Create(o.t.Context(), r, strings.NewReader("%PDF-1.7 quyết định")))
}

// bring makes a document in a state.
func (o *office) bring(s outbox.State) string {
	o.t.Helper()
	ok := must(o.t)
	id := o.create(draft()).ID
	steps := []struct {
		to  outbox.State
		act func() (outbox.Document, error)
	}{
		{outbox.Signed, func() (outbox.Document, error) { return o.Sign(o.t.Context(), id, key{}) }},
		{outbox.Numbered, func() (outbox.Document, error) { return o.AssignNumber(id) }},
		{outbox.Sealed, func() (outbox.Document, error) { return o.Seal(o.t.Context(), id, key{}) }},
		{outbox.Issued, func() (outbox.Document, error) { return o.Issue(id) }},
	}
	switch s {
	case outbox.Discarded:
		return ok(o.Discard(id, "")).ID
	case outbox.Voided:
		steps = append(steps[:2:2], struct {
			to  outbox.State
			act func() (outbox.Document, error)
		}{outbox.Voided, func() (outbox.Document, error) { return o.Void(id, "soạn sai thẩm quyền") }})
	}
	for _, step := range steps {
		if o.get(id).State == s {
			break
		}
		if got := ok(step.act()); got.State != step.to {
			o.t.Fatalf("state %s, want %s", got.State, step.to)
		}
	}
	return id
}

func (o *office) get(id string) outbox.Document {
	o.t.Helper()
	return must(o.t)(o.Get(id))
}

func (o *office) json(id string) string {
	o.t.Helper()
	b, err := json.Marshal(o.get(id))
	if err != nil {
		o.t.Fatal(err)
	}
	return string(b)
}

func must(t testing.TB) func(outbox.Document, error) outbox.Document {
	t.Helper()
	return func(d outbox.Document, err error) outbox.Document {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return d
	}
}

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

func (o *office) blob(b string) (store.Hash, int64) {
	o.t.Helper()
	h, n, err := o.Store.PutBlob(strings.NewReader(b), 0)
	if err != nil {
		o.t.Fatal(err)
	}
	return h, n
}

func (o *office) bytes(h store.Hash) string {
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

// packet reads an issued packet back.
func (o *office) packet(h store.Hash) *edxml.Document {
	o.t.Helper()
	p, err := edxml.Read(strings.NewReader(o.bytes(h)), edxml.ReadOptions{Dir: o.t.TempDir()})
	if err != nil {
		o.t.Fatal(err)
	}
	return p.Document
}

// report makes a status of a recipient about a document.
func (o *office) report(doc outbox.Document, from document.Code, code document.Status) edxml.Status {
	name := o.Directory.(directory)[from]
	return edxml.Status{
		From: document.Agency{Code: from, Name: name}, Code: code, Description: code.Name(), Time: o.now,
		For:   document.Ref{Organ: "H40.5.2", Reference: doc.Code, Date: doc.Date, ID: doc.DocumentID},
		Staff: document.Staff{Name: "Lê Văn Tám", Mobile: "0913000002"},
	}
}

func (o *office) take(axisID string, s edxml.Status) {
	o.t.Helper()
	var b bytes.Buffer
	if err := edxml.WriteStatus(&b, s); err != nil {
		o.t.Fatal(err)
	}
	h, n := o.blob(b.String())
	if err := o.TakeStatus(o.t.Context(), axisID, h, n); err != nil {
		o.t.Fatal(err)
	}
}

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
