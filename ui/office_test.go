package ui

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"testing"
	"time"

	"vanthu/inbox"
	"vanthu/internal/document"
	"vanthu/internal/edxml"
	"vanthu/internal/verdict"
	"vanthu/internal/viet"
	"vanthu/outbox"
	"vanthu/store"
)

// office is two desks on a real store, with a clock the test turns.
type office struct {
	t    testing.TB
	now  time.Time
	ids  int
	o    Options
	link *testLink
	keys *testKeys
}

func newOffice(t testing.TB) *office {
	o := &office{t: t, now: time.Date(2026, 11, 20, 8, 30, 0, 0, document.Zone())} // a Friday
	clock := func() time.Time { return o.now }
	s, err := store.Open(t.TempDir(), store.Options{Clock: clock})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	newID := func() string { o.ids++; return fmt.Sprintf("id-%05d", o.ids) }
	us := document.Agency{Code: "H01.151", Name: "Ủy ban nhân dân xã Định Mỹ"}
	clerk := document.Staff{Department: "Văn phòng HĐND và UBND", Name: "Trần Thị Sáu", Mobile: "0912000001"}
	o.link, o.keys = newTestLink(), &testKeys{}
	chief := document.Signer{Competence: "TM.", Position: "Chủ tịch", Name: "Nguyễn Văn Nghĩa"}
	o.o = Options{
		Inbox: &inbox.Desk{Store: s, Clock: clock, NewID: newID, Agency: us, Staff: clerk, TempDir: t.TempDir(), Fold: viet.Fold, Verifier: verifier{}},
		Outbox: &outbox.Desk{Store: s, Clock: clock, NewID: newID, Agency: us, Abbr: "UBND", Place: "Định Mỹ", Staff: clerk,
			Press: press{}, Directory: directory{}, AllowSoft: true, TempDir: t.TempDir(), Fold: viet.Fold},
		Office: us.Name, Units: []string{"Phòng Kinh tế", "Phòng Văn hóa - Xã hội", "Trung tâm Phục vụ hành chính công"},
		Leaders: []Leader{{Signer: chief, Key: "soft:lanh-dao"}, {Signer: document.Signer{Competence: "KT.", Position: "Phó Chủ tịch", Name: "Đặng Thị Hường"}}},
		SealKey: "soft:co-quan", Link: o.link, Keys: o.keys, Agencies: directory{}, Files: files{}, Clock: clock,
		Env: []string{"TERM=xterm-256color"},
	}
	return o
}

// draft is an outgoing document that waits for the leader's signature.
func (o *office) draft() outbox.Document {
	o.t.Helper()
	doc, err := o.o.Outbox.Create(o.t.Context(), outbox.Draft{TypeName: "Kế hoạch", Subject: "Kế hoạch tuần tra đê bao",
		Signer: o.o.Leaders[0].Signer, Recipients: []document.Agency{{Code: "H01.12"}}}, strings.NewReader("%PDF-1.7 kế hoạch"))
	if err != nil {
		o.t.Fatal(err)
	}
	return doc
}

// letter is a packet as the province would send it.
func letter(number int, subject string) edxml.Document {
	date := document.Date{Year: 2026, Month: time.November, Day: 19}
	ref := document.Reference{Number: document.FormatNumber(number), Notation: "UBND-TH"}
	content := fmt.Sprint("%PDF-1.7 nội dung ", number)
	return edxml.Document{
		From: document.Agency{Code: "H01", Name: "Ủy ban nhân dân tỉnh An Giang"},
		To:   []document.Agency{{Code: "H01.151", Name: "Ủy ban nhân dân xã Định Mỹ"}},
		ID:   document.NewID("H01", date, ref), Code: ref, Place: "An Giang", Date: date,
		Type: edxml.TypeInfo{Type: 2, Detail: 18, Name: "Công văn"}, Subject: subject,
		Signer:   document.Signer{Competence: "KT.", Position: "Phó Chủ tịch", Name: "Lê Văn Phước"},
		Business: edxml.Business{Reason: "Văn bản điện tử mới", Staff: document.Staff{Name: "Lê Văn Tám"}},
		Attachments: []edxml.Attachment{{ID: "a", Name: "cong-van.pdf", Size: int64(len(content)),
			Open: func() (io.ReadCloser, error) { return io.NopCloser(strings.NewReader(content)), nil }}},
	}
}

// receive lets a packet arrive.
func (o *office) receive(d edxml.Document) inbox.Document {
	o.t.Helper()
	var b bytes.Buffer
	if err := edxml.WriteDocument(&b, d); err != nil {
		o.t.Fatal(err)
	}
	h, n, err := o.o.Inbox.Store.PutBlob(&b, 1<<20)
	if err != nil {
		o.t.Fatal(err)
	}
	o.ids++
	doc, err := o.o.Inbox.Receive(context.Background(), inbox.Arrival{AxisID: fmt.Sprint("ax-", o.ids), From: d.From.Code, To: "H01.151", Packet: h, Size: n})
	if err != nil {
		o.t.Fatal(err)
	}
	return doc
}

// fewLetters fills the desk with what a quiet morning brings.
func (o *office) fewLetters() {
	subjects := []string{"V/v tăng cường công tác văn thư, lưu trữ điện tử", "V/v rà soát hộ nghèo, hộ cận nghèo năm 2026",
		"Kế hoạch phòng, chống dịch bệnh mùa mưa lũ trên địa bàn tỉnh", "V/v báo cáo kết quả cải cách hành chính quý IV"}
	for i, s := range subjects {
		d := letter(i+11, s)
		if i == 2 {
			d.Other.Urgency = document.Express
		}
		o.receive(d)
	}
}

type verifier struct{}

func (verifier) Verify(context.Context, *os.File) (verdict.Report, error) {
	at := time.Date(2026, 11, 19, 15, 4, 0, 0, document.Zone())
	return verdict.Report{Document: verdict.ValidOffline, Signatures: []verdict.Signature{
		{Role: verdict.Person, Verdict: verdict.ValidOffline, Signer: verdict.Signer{Name: "Lê Văn Phước"}, ClaimedTime: &at, Reasons: []string{"revocation-not-checked"}},
		{Role: verdict.AgencyOf, Verdict: verdict.ValidOffline, Signer: verdict.Signer{Name: "Ủy ban nhân dân tỉnh An Giang"}, ClaimedTime: &at},
	}}, nil
}

type press struct{}

func (press) Inspect(pdf []byte) error {
	if !bytes.HasPrefix(pdf, []byte("%PDF")) {
		return document.Refuse(errors.New("not a PDF"), "Tệp không phải là PDF.", "Xuất văn bản ra PDF rồi chọn lại.")
	}
	return nil
}

func (press) Layout(context.Context, []byte) (document.Layout, error) {
	return document.Layout{Number: document.Box{Page: 1, W: 10, H: 10}}, nil
}

type directory struct{}

func bodies() []document.Agency {
	return []document.Agency{
		{Code: "H01", Name: "Ủy ban nhân dân tỉnh An Giang"}, {Code: "H01.05", Name: "Sở Nội vụ tỉnh An Giang"},
		{Code: "H01.12", Name: "Sở Tài chính tỉnh An Giang"}, {Code: "H01.152", Name: "Ủy ban nhân dân xã Thoại Sơn"},
	}
}

func (directory) Agency(code document.Code) (document.Agency, bool, error) {
	for _, a := range bodies() {
		if a.Code == code {
			return a, true, nil
		}
	}
	return document.Agency{}, false, nil
}

// endedBodies took part once: one went into another, one into two, one into none.
func endedBodies() []Body {
	all := bodies()
	return []Body{
		{Agency: document.Agency{Code: "H01.36", Name: "Ủy ban nhân dân xã Phú Thuận cũ"}, Note: "nay là Ủy ban nhân dân xã Thoại Sơn (H01.152)", Heirs: all[3:]},
		{Agency: document.Agency{Code: "H01.37", Name: "Phòng Nội vụ huyện cũ"}, Note: "nay là hai nơi", Heirs: all[1:3]},
		{Agency: document.Agency{Code: "H01.38", Name: "Ủy ban nhân dân huyện Thoại Sơn cũ"}, Note: "đã ngừng trên Trục từ 01/07/2025"},
	}
}

func (directory) Find(_ context.Context, query string, limit int) ([]Body, error) {
	var out []Body
	var known []Body
	for _, a := range bodies() {
		known = append(known, Body{Agency: a})
	}
	for _, b := range append(known, endedBodies()...) {
		if viet.Match(b.Name+" "+string(b.Code), query) && len(out) < limit {
			out = append(out, b)
		}
	}
	return out, nil
}

func (directory) Note(code document.Code) (string, error) {
	for _, b := range endedBodies() {
		if b.Code == code {
			return b.Note, nil
		}
	}
	return "", nil
}

type files struct{}

func (files) Complete(path string, _ int) ([]string, error) {
	var out []string
	for _, f := range []string{"/van-ban/bao-cao.pdf", "/van-ban/ke-hoach.pdf", "/van-ban/ghi-chu.txt"} {
		if strings.HasPrefix(f, path) {
			out = append(out, f)
		}
	}
	return out, nil
}

func (files) Open(path string) (io.ReadCloser, string, int64, error) {
	body := "%PDF-1.7 " + path
	if !strings.HasSuffix(path, ".pdf") {
		body = "chữ thường"
	}
	return io.NopCloser(strings.NewReader(body)), path[strings.LastIndex(path, "/")+1:], int64(len(body)), nil
}

func (files) SaveDir() string { return "/van-ban" }

// testKeys are two soft keys with the PIN 123456 and three tries each.
type testKeys struct{ wrong int }

func (k *testKeys) List(context.Context) ([]KeyInfo, error) {
	until := time.Date(2028, 6, 1, 0, 0, 0, 0, document.Zone())
	return []KeyInfo{
		{Ref: "soft:lanh-dao", Holder: "Nguyễn Văn Nghĩa", Soft: true, NotAfter: until},
		{Ref: "soft:co-quan", Holder: "Ủy ban nhân dân xã Định Mỹ", Label: "VGCA", Serial: "53CA", NotAfter: until, Tries: "còn 3 lần thử PIN"},
	}, nil
}

func (k *testKeys) Open(_ context.Context, ref string, pin []byte) (Key, error) {
	if string(pin) != "123456" {
		k.wrong++
		return nil, &PINError{Left: 3 - k.wrong, Locked: k.wrong >= 3}
	}
	return testKey{ref}, nil
}

type testKey struct{ ref string }

func (k testKey) Close() error { return nil }

func (k testKey) Approve(_ context.Context, pdf []byte, a outbox.Approval) ([]byte, outbox.SignatureNote, error) {
	return append(bytes.Clone(pdf), "leader"...), outbox.SignatureNote{Holder: a.Signer.Name, Serial: k.ref, Soft: true, At: a.Time}, nil
}

func (k testKey) Seal(_ context.Context, pdf []byte, s outbox.Sealing) ([]byte, outbox.SignatureNote, error) {
	return append(bytes.Clone(pdf), "agency"...), outbox.SignatureNote{Holder: "UBND xã Định Mỹ", Serial: k.ref, Soft: true, At: s.Time}, nil
}

// testLink is a link that is cut and remembers what was asked of it.
type testLink struct {
	state   LinkState
	jobs    []Job
	changed chan struct{}
	calls   []string
	reads   int // pages of the queue
}

func newTestLink() *testLink {
	return &testLink{state: LinkState{On: true}, changed: make(chan struct{}, 1)}
}

func (l *testLink) State() LinkState         { return l.state }
func (l *testLink) Set(on bool)              { l.state.On = on; l.calls = append(l.calls, fmt.Sprint("set ", on)) }
func (l *testLink) SendNow() error           { l.calls = append(l.calls, "send now"); return nil }
func (l *testLink) Retry(id string) error    { l.calls = append(l.calls, "retry "+id); return nil }
func (l *testLink) Changed() <-chan struct{} { return l.changed }

func (l *testLink) Pause(until time.Time) error {
	l.state.Hold, l.state.Until = Paused, until
	return nil
}

func (l *testLink) Resume() error     { l.state.Hold = Free; return nil }
func (l *testLink) LiftBudget() error { l.state.Hold, l.state.Lifted = Free, true; return nil }

func (l *testLink) Jobs(after store.Cursor, limit int) ([]Job, store.Cursor, error) {
	l.reads++
	rows, next := slice(l.jobs, after, limit)
	return rows, next, nil
}

func (l *testLink) SkipJobs(after store.Cursor, limit int) (int, store.Cursor, error) {
	rows, next := slice(l.jobs, after, limit)
	return len(rows), next, nil
}

func window(n int) store.Window { return store.Window{Limit: n} }
