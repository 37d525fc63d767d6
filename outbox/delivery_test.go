package outbox_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"vanthu/internal/document"
	"vanthu/internal/edxml"
	"vanthu/outbox"
	"vanthu/store"
)

func window() store.Window { return store.Window{Limit: 100} }

func (o *office) states(id string) string {
	var list []string
	for _, v := range o.get(id).Delivery {
		list = append(list, v.State())
	}
	return strings.Join(list, ", ")
}

func TestDeliveryByTransport(t *testing.T) {
	o := newOffice(t)
	id := o.bring(outbox.Issued)
	both := []document.Code{"H40", "H40.7"}
	check := func(err error, want string) {
		t.Helper()
		if err != nil || o.states(id) != want {
			t.Errorf("%v: %s, want %s", err, o.states(id), want)
		}
	}
	check(nil, "Chưa gửi, Chưa gửi")
	check(o.Failed(id, both[:1], "18", "không có nơi nhận"), "Gửi lỗi, Chưa gửi")
	entries := o.journal()
	check(o.Failed(id, both[:1], "18", "không có nơi nhận"), "Gửi lỗi, Chưa gửi")
	check(o.Sent(id, both[1:], "ax-9"), "Gửi lỗi, Đã gửi")
	check(o.Sent(id, both[1:], "ax-9"), "Gửi lỗi, Đã gửi")
	check(o.Failed(id, both[1:], "20", ""), "Gửi lỗi, Đã gửi")
	if n := o.journal() - entries; n != 1 {
		t.Errorf("repetitions wrote %d journal entries", n-1)
	}
	if v := o.get(id).Delivery[0]; v.Error != "18 không có nơi nhận" {
		t.Errorf("error %q", v.Error)
	}
	check(o.Resend(id), "Chưa gửi, Đã gửi")
	if got := string(o.jobs()["send/"+id].Payload); got != fmt.Sprintf(`{"id":%q,"to":["H40"]}`, id) {
		t.Errorf("payload %s", got)
	}
	check(o.Resend(id), "Chưa gửi, Đã gửi")
}

func TestAttemptRemembers(t *testing.T) {
	o := newOffice(t)
	id := o.bring(outbox.Issued)
	entries := o.journal()
	for i := range 3 {
		before, err := o.Attempt(id)
		if err != nil || before != (i > 0) {
			t.Errorf("attempt %d: before %v, %v", i, before, err)
		}
	}
	if o.journal() != entries {
		t.Error("an attempt is journaled")
	}
}

func TestRequeueMendsALostJob(t *testing.T) {
	o := newOffice(t)
	id := o.bring(outbox.Issued)
	o.bring(outbox.Sealed)
	if err := o.Store.Maintain(func(tx *store.Tx) error { return tx.FinishJob("send/" + id) }); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if err := o.Requeue(); err != nil {
			t.Fatal(err)
		}
	}
	if jobs := o.jobs(); len(jobs) != 1 || jobs["send/"+id].Kind != "send" {
		t.Errorf("jobs %+v", jobs)
	}
}

// A refusal stands on the board until the clerk has dealt with it, and with the
// document for ever.
func TestRefusalIsPutAside(t *testing.T) {
	o := newOffice(t)
	id := o.bring(outbox.Issued)
	o.take("ax-1", o.report(o.get(id), "H40", document.StatusRefused))
	board := func(want int) {
		t.Helper()
		if c, err := o.Counts(); err != nil || c.Refused != want {
			t.Errorf("the board counts %d refused, %v, want %d", c.Refused, err, want)
		}
	}
	board(1)
	for range 2 {
		doc, err := o.PutAside(id)
		if err != nil || doc.Delivery[0].Status != document.StatusRefused || doc.Delivery[0].Seen.IsZero() {
			t.Errorf("%+v, %v", doc.Delivery, err)
		}
		board(0)
	}
}

func TestStatusesMoveForwardOnly(t *testing.T) {
	cases := []struct{ codes, status, events string }{
		{"01", "01", "01"},
		{"01 03 04 05 06", "06", "01 03 04 05 06"},
		{"03 01", "03", "03 01"},
		{"06 03", "06", "06 03"},
		{"01 01 03 03", "03", "01 03"},
		{"05 05 05", "05", "05 05 05"},
		{"02 03", "02", "02 03"},
		{"01 02", "02", "01 02"},
		{"03 07", "03", "03 07"},
		{"07", "", "07"},
		{"03 15", "03", "03 15"},
	}
	for _, c := range cases {
		t.Run(c.codes, func(t *testing.T) {
			o := newOffice(t)
			id := o.bring(outbox.Issued)
			doc := o.get(id)
			for i, code := range strings.Fields(c.codes) {
				o.now = o.now.Add(1e9)
				o.take(fmt.Sprintf("ax-%d", i), o.report(doc, "H40", document.Status(code)))
			}
			v := o.get(id).Delivery[0]
			var events []string
			for _, e := range v.Events {
				events = append(events, string(e.Code))
			}
			if string(v.Status) != c.status || strings.Join(events, " ") != c.events {
				t.Errorf("status %q, events %v", v.Status, events)
			}
			if v.Transport != outbox.TransportSent {
				t.Error("a status proves arrival, yet the copy counts as not sent")
			}
			if other := o.get(id).Delivery[1]; len(other.Events) != 0 {
				t.Error("another recipient moved")
			}
		})
	}
}

func TestStatusTwiceIsOnce(t *testing.T) {
	o := newOffice(t)
	id := o.bring(outbox.Issued)
	s := o.report(o.get(id), "H40", "05")
	o.take("ax-1", s)
	before, entries := o.json(id), o.journal()
	o.take("ax-1", s)
	if o.json(id) != before || o.journal() != entries {
		t.Error("the same copy was taken twice")
	}
	if got := string(o.jobs()["ack/ax-1"].Payload); got != `{"axisID":"ax-1","status":"done"}` {
		t.Errorf("ack %s", got)
	}
}

func TestStatusMatching(t *testing.T) {
	cases := map[string]struct {
		change  func(*edxml.Status)
		matched bool
		part    string
	}{
		"by id":             {func(*edxml.Status) {}, true, ""},
		"by reference":      {func(s *edxml.Status) { s.For.ID = "3f2504e0-4f89-11d3-9a0c-0305e82c3301" }, true, ""},
		"another date":      {func(s *edxml.Status) { s.For.ID, s.For.Date.Day = "x", 1 }, false, "không khớp"},
		"another number":    {func(s *edxml.Status) { s.For.ID, s.For.Reference.Number = "x", "99" }, false, "không khớp"},
		"not a recipient":   {func(s *edxml.Status) { s.From.Code = "H41" }, false, "không có trong nơi nhận"},
		"asks for its own":  {func(s *edxml.Status) { s.For.ID, s.For.Reference.Number, s.Code = "x", "99", "13" }, false, "lấy lại"},
		"id of a beginning": {func(s *edxml.Status) { s.For.ID, s.For.Date.Day = s.For.ID[:10], 1 }, false, "không khớp"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			o := newOffice(t)
			id := o.bring(outbox.Issued)
			s := o.report(o.get(id), "H40", "03")
			c.change(&s)
			o.take("ax-1", s)
			if moved := o.get(id).Delivery[0].Status == "03"; moved != c.matched {
				t.Errorf("moved: %v", moved)
			}
			list, err := o.Unmatched()
			if err != nil || (len(list) == 0) != c.matched {
				t.Fatalf("unmatched %+v, %v", list, err)
			}
			if !c.matched && !strings.Contains(list[0].Problem, c.part) {
				t.Errorf("problem %q", list[0].Problem)
			}
			if len(o.jobs()) != 2 {
				t.Errorf("%d jobs", len(o.jobs()))
			}
			if c.matched {
				return
			}
			if err := o.Dismiss("ax-1"); err != nil {
				t.Error(err)
			}
			if list, _ := o.Unmatched(); len(list) != 0 {
				t.Error("a dismissed status is still shown")
			}
		})
	}
}

// A recipient that still reports under its old code.
func TestStatusUnderAnOldCode(t *testing.T) {
	o := newOffice(t)
	id := o.bring(outbox.Issued)
	o.Directory = renamed{o.Directory.(directory)}
	s := edxml.Status{From: document.Agency{Code: "000.00.00.H12", Name: "x"}, Code: "03", Time: o.now,
		For: document.Ref{Organ: "H40.5.2", ID: o.get(id).DocumentID}}
	o.take("ax-1", s)
	if got := o.states(id); got != "Đã tiếp nhận, Chưa gửi" {
		t.Errorf("states %s", got)
	}
}

type renamed struct{ directory }

func (r renamed) Agency(code document.Code) (document.Agency, bool, error) {
	if code == "000.00.00.H12" {
		code = "H40"
	}
	return r.directory.Agency(code)
}

// A recipient that was given a new code after we sent: it reports under the old
// one, which the directory now maps.
func TestStatusOfARenamedRecipient(t *testing.T) {
	o := newOffice(t)
	id := o.bring(outbox.Issued)
	report := o.report(o.get(id), "H40", "03")
	o.Directory = moved{o.Directory.(directory)}
	o.take("ax-1", report)
	if got := o.states(id); got != "Đã tiếp nhận, Chưa gửi" {
		t.Errorf("states %s", got)
	}
}

type moved struct{ directory }

func (r moved) Agency(code document.Code) (document.Agency, bool, error) {
	return document.Agency{Code: "Z99", Name: "Tên mới"}, true, nil
}

func TestEndedRecipientIsNamedByItsHeir(t *testing.T) {
	o := newOffice(t)
	id := o.create(draft()).ID
	o.Directory = ended{o.Directory.(directory)}
	_, err := o.Edit(id, draftTo("H99.1"))
	if !errors.Is(err, outbox.ErrRecipient) || !strings.Contains(err.Error(), "nay là UBND xã Y (H40.5)") {
		t.Errorf("%v", err)
	}
}

type ended struct{ directory }

func (ended) Agency(document.Code) (document.Agency, bool, error) {
	return document.Agency{}, false, nil
}
func (ended) Note(document.Code) (string, error) { return "nay là UBND xã Y (H40.5)", nil }

func TestStatusOfAnUnissuedDocumentIsUnmatched(t *testing.T) {
	o := newOffice(t)
	id := o.bring(outbox.Sealed)
	o.take("ax-1", o.report(o.get(id), "H40", "03"))
	if list, err := o.Unmatched(); len(list) != 1 || err != nil {
		t.Errorf("%+v, %v", list, err)
	}
}

func TestBrokenAndForeignPackets(t *testing.T) {
	o := newOffice(t)
	h, n := o.blob("hỏng")
	if err := o.TakeStatus(t.Context(), "ax-1", h, n); err != nil {
		t.Fatal(err)
	}
	f, ok, err := o.StatusByAxisID("ax-1")
	if !ok || err != nil || !f.Unreadable || string(o.jobs()["ack/ax-1"].Payload) != `{"axisID":"ax-1","status":"fail"}` {
		t.Errorf("%+v, %v, %+v", f, err, o.jobs())
	}
	packet := o.get(o.bring(outbox.Issued))
	if err := o.TakeStatus(t.Context(), "ax-2", packet.Packet, packet.PacketSize); !errors.Is(err, outbox.ErrNotStatus) {
		t.Errorf("a document as status: %v", err)
	}
}

func forwarding(o *office) outbox.Forwarding {
	h, n := o.blob("%PDF-1.7 bản gốc đã ký")
	h2, n2 := o.blob("PK phụ lục")
	date := document.Date{Year: 2026, Month: 11, Day: 19}
	ref := document.Reference{Number: "7", Notation: "UBND-TH"}
	return outbox.Forwarding{
		Incoming: "den-001", Original: document.Ref{Organ: "H40", Reference: ref, Date: date, ID: document.NewID("H40", date, ref)},
		From: document.Agency{Code: "H40", Name: "Ủy ban nhân dân tỉnh Cà Mau"}, TypeName: "Thông tri", Subject: "Về phòng chống thiên tai",
		Signer: document.Signer{Position: "PHÓ CHỦ TỊCH", Name: "Trần Văn Bình"}, Urgency: document.Express,
		Files:      []outbox.File{{Name: "7-UBND-TH.pdf", Hash: h, Size: n}, {Name: "phụ lục.xlsx", Hash: h2, Size: n2}},
		Recipients: []document.Agency{{Code: "H40.5.3"}}, Note: "Chuyển để phối hợp thực hiện.",
		Trace: []outbox.Hop{{Organ: "H40", Time: "2026/11/19 16:00:00"}},
	}
}

func TestForward(t *testing.T) {
	o := newOffice(t)
	f := forwarding(o)
	doc := must(t)(o.Forward(t.Context(), f))
	_, err := o.Sign(t.Context(), doc.ID, key{})
	refused(t, err, outbox.ErrState)
	_, err = o.AssignNumber(doc.ID)
	refused(t, err, outbox.ErrState)
	doc = must(t)(o.Issue(doc.ID))
	if doc.State != outbox.Issued || doc.Number != 0 || len(o.book("vb", 2026)) != 0 {
		t.Errorf("%+v", doc)
	}
	p := o.packet(doc.Packet)
	if p.ID != f.Original.ID || p.Code != f.Original.Reference || p.Date != f.Original.Date || p.Type.Name != "Thông tri" ||
		p.Subject != f.Subject || p.Content != f.Note || p.From.Code != "H40.5.2" || len(p.Traces) != 2 || p.Traces[1].Organ != "H40.5.2" {
		t.Errorf("packet %+v", p)
	}
	if len(p.Attachments) != 2 || p.Attachments[0].Name != "7-UBND-TH.pdf" || p.Attachments[0].Size != f.Files[0].Size {
		t.Errorf("files %+v", p.Attachments)
	}
	o.take("ax-1", o.report(doc, "H40.5.3", "03"))
	if o.states(doc.ID) != "Đã tiếp nhận" {
		t.Errorf("states %s", o.states(doc.ID))
	}
	must(t)(o.Issue(doc.ID))
}

// One document forwarded twice: a status moves the copy that went to its sender.
func TestStatusOfTheRightForwarding(t *testing.T) {
	o := newOffice(t)
	first := must(t)(o.Forward(t.Context(), forwarding(o)))
	must(t)(o.Issue(first.ID))
	f := forwarding(o)
	f.Recipients = []document.Agency{{Code: "H40.7"}}
	o.now = o.now.Add(1e9)
	second := must(t)(o.Forward(t.Context(), f))
	must(t)(o.Issue(second.ID))
	o.take("ax-1", o.report(second, "H40.5.3", "03"))
	if o.states(first.ID) != "Đã tiếp nhận" || o.states(second.ID) != "Chưa gửi" {
		t.Errorf("%s / %s", o.states(first.ID), o.states(second.ID))
	}
}

func TestForwardRefusals(t *testing.T) {
	cases := map[string]struct {
		change func(*outbox.Forwarding)
		class  error
	}{
		"secret subject": {func(f *outbox.Forwarding) { f.Subject = "(MẬT) phương án" }, document.ErrSecret},
		"secret note":    {func(f *outbox.Forwarding) { f.Note = "Độ mật: Mật" }, document.ErrSecret},
		"secret file":    {func(f *outbox.Forwarding) { f.Files[1].Name = "[Mật] a.pdf" }, document.ErrSecret},
		"no recipient":   {func(f *outbox.Forwarding) { f.Recipients = nil }, outbox.ErrRecipient},
		"unknown":        {func(f *outbox.Forwarding) { f.Recipients[0].Code = "H99" }, outbox.ErrRecipient},
		"no file":        {func(f *outbox.Forwarding) { f.Files = nil }, outbox.ErrNoFile},
		"no reference":   {func(f *outbox.Forwarding) { f.Original.Reference = document.Reference{} }, outbox.ErrField},
		"no date":        {func(f *outbox.Forwarding) { f.Original.Date = document.Date{} }, outbox.ErrField},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			o := newOffice(t)
			f := forwarding(o)
			c.change(&f)
			_, err := o.Forward(t.Context(), f)
			refused(t, err, c.class)
		})
	}
}

func TestForwardCutsOnlyInThePacket(t *testing.T) {
	o := newOffice(t)
	f := forwarding(o)
	f.Subject = strings.Repeat("ệ", 600)
	doc := must(t)(o.Forward(t.Context(), f))
	doc = must(t)(o.Issue(doc.ID))
	p := o.packet(doc.Packet)
	if len([]rune(p.Subject)) != 500 || doc.Draft.Subject != f.Subject {
		t.Errorf("subject of %d letters in the packet, %d in the record", len([]rune(p.Subject)), len([]rune(doc.Draft.Subject)))
	}
}

func TestCountsAndLists(t *testing.T) {
	o := newOffice(t)
	o.bring(outbox.Drafting)
	o.bring(outbox.Signed)
	o.bring(outbox.Numbered)
	o.bring(outbox.Sealed)
	sent, failed, turned := o.bring(outbox.Issued), o.bring(outbox.Issued), o.bring(outbox.Issued)
	both := []document.Code{"H40", "H40.7"}
	for _, err := range []error{o.Sent(sent, both, "ax"), o.Failed(failed, both[:1], "18", ""), o.Sent(turned, both, "ax")} {
		if err != nil {
			t.Fatal(err)
		}
	}
	o.take("ax-1", o.report(o.get(turned), "H40", "02"))
	o.take("ax-2", edxml.Status{From: document.Agency{Code: "H41", Name: "x"}, Code: "03", Time: o.now, For: document.Ref{Organ: "H40.5.2", ID: "?"}})
	got, err := o.Counts()
	want := outbox.Counts{Drafts: 1, ToNumber: 1, ToSeal: 1, ToIssue: 1, Waiting: 1, Failed: 1, Refused: 1, Unanswered: 2, Unmatched: 1}
	if err != nil || got != want {
		t.Errorf("counts %+v, %v\nwant   %+v", got, err, want)
	}
	for name, c := range map[string]struct {
		filter outbox.Filter
		want   int
	}{
		"all":    {outbox.Filter{}, 7},
		"open":   {outbox.Filter{Open: true}, 4},
		"issued": {outbox.Filter{State: outbox.Issued}, 3},
		"text":   {outbox.Filter{Text: "QUY CHE so noi vu"}, 7},
		"number": {outbox.Filter{Text: "03/qd"}, 1},
		"none":   {outbox.Filter{Text: "giấy mời"}, 0},
	} {
		n, after := 0, store.Cursor("")
		for {
			rows, next, err := o.List(c.filter, store.Window{Limit: 3, After: after})
			if err != nil {
				t.Fatal(err)
			}
			n += len(rows)
			if after = next; next == "" {
				break
			}
		}
		if n != c.want {
			t.Errorf("%s: %d rows, want %d", name, n, c.want)
		}
	}
}

// TestOpenListIsUrgentFirst, whatever came later.
func TestOpenListIsUrgentFirst(t *testing.T) {
	o := newOffice(t)
	first, second := o.bring(outbox.Drafting), o.bring(outbox.Drafting)
	d := o.get(first).Draft
	d.Urgency = document.Urgent
	must(t)(o.Edit(first, d))
	rows, _, err := o.List(outbox.Filter{Open: true}, store.Window{})
	if err != nil || len(rows) != 2 || rows[0].ID != first || rows[1].ID != second {
		t.Errorf("%+v %v", rows, err)
	}
}
