package inbox_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"

	"vanthu/inbox"
	"vanthu/internal/document"
	"vanthu/internal/edxml"
	"vanthu/store"
)

// One document from arrival to completion: every status packet, byte for byte.
func TestStatusPackets(t *testing.T) {
	o := newOffice(t)
	id := o.receive("ax-1", letter("7")).ID
	o.register(id)
	must(t)(o.Submit(id, "Chủ tịch Trần Văn A"))
	d := directive()
	d.Due = document.Date{Year: 2026, Month: 11, Day: 27}
	must(t)(o.Direct(id, d))
	must(t)(o.HandOver(id, "Phòng Kinh tế", document.Date{}))
	must(t)(o.Progress(id, "đang soạn trả lời"))
	doc := must(t)(o.Complete(id, "đã trả lời", "15/UBND-VP"))
	var codes []string
	for _, r := range doc.Reported {
		codes = append(codes, string(r.Code))
		golden(t, "status-"+string(r.Code)+".edxml", o.read(r.Packet))
	}
	if got := strings.Join(codes, " "); got != "01 03 04 05 06" {
		t.Errorf("reported %s", got)
	}
	other := o.receive("ax-2", letter("8")).ID
	refusal := must(t)(o.Refuse(other, "Văn bản gửi nhầm cơ quan nhận"))
	golden(t, "status-02.edxml", o.read(refusal.Reported[1].Packet))
	third := o.receive("ax-3", letter("9")).ID
	o.register(third)
	direct := must(t)(o.HandOver(third, "Phòng Văn hóa - Xã hội", document.Date{Year: 2026, Month: 12, Day: 1}))
	golden(t, "status-04-hand-over.edxml", o.read(direct.Reported[2].Packet))
	secret := letter("10")
	secret.Other.Sphere = "Độ mật: Tối mật"
	golden(t, "status-02-secret.edxml", o.read(o.receive("ax-4", secret).Reported[0].Packet))
}

func TestStatusJobPayload(t *testing.T) {
	o := newOffice(t)
	d := letter("7")
	d.Other.Urgency = document.Express
	doc := o.receive("ax-1", d)
	job := o.jobs()["status/"+doc.ID+"/01"]
	var p struct {
		Packet store.Hash
		Size   int64
		To     document.Code
	}
	if err := json.Unmarshal(job.Payload, &p); err != nil {
		t.Fatal(err)
	}
	if p.To != "H40" || p.Size != int64(len(o.read(p.Packet))) || job.Size != p.Size || job.Urgency != int(document.Express) || job.Record != doc.ID {
		t.Errorf("job %+v, payload %+v", job, p)
	}
}

func TestEveryActIsOneJournalEntry(t *testing.T) {
	o := newOffice(t)
	id := o.receive("ax-1", letter("7")).ID
	acts := []func(){
		func() { o.register(id) },
		func() { must(t)(o.Submit(id, "Chủ tịch")) },
		func() { must(t)(o.Direct(id, directive())) },
		func() { must(t)(o.HandOver(id, "Phòng Kinh tế", document.Date{})) },
		func() { must(t)(o.Progress(id, "đang làm")) },
		func() { must(t)(o.Complete(id, "", "")) },
	}
	for i, act := range acts {
		before := o.journal()
		act()
		if got := o.journal() - before; got != 1 {
			t.Errorf("act %d wrote %d journal entries", i, got)
		}
	}
}

func TestRegisterRefusals(t *testing.T) {
	future, past := document.Date{Year: 2026, Month: 11, Day: 21}, document.Date{Year: 2026, Month: 11, Day: 19}
	cases := map[string]struct {
		change func(*inbox.Registration)
		class  error
	}{
		"no subject":      {func(r *inbox.Registration) { r.Meta.Subject = " " }, inbox.ErrField},
		"no issuer":       {func(r *inbox.Registration) { r.Meta.Issuer.Name = "" }, inbox.ErrField},
		"future":          {func(r *inbox.Registration) { r.Date = future }, inbox.ErrDate},
		"before arrival":  {func(r *inbox.Registration) { r.Date = past }, inbox.ErrDate},
		"marked secret":   {func(r *inbox.Registration) { r.Meta.Subject = "(MẬT) phương án" }, document.ErrSecret},
		"secret by level": {func(r *inbox.Registration) { r.Meta.Note = "Độ mật: Mật" }, document.ErrSecret},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			o := newOffice(t)
			doc := o.receive("ax-1", letter("7"))
			r := inbox.Registration{Meta: doc.Received}
			c.change(&r)
			_, err := o.Register(doc.ID, r)
			refused(t, err, c.class)
			if rows, err := o.Book(2026); len(rows) != 0 || err != nil {
				t.Errorf("%d lines, %v", len(rows), err)
			}
			if doc := o.register(doc.ID); doc.Entry.Number != 1 {
				t.Errorf("a refused registration used number %d", doc.Entry.Number)
			}
		})
	}
}

func TestArrivalDatesNeverGoBack(t *testing.T) {
	o := newOffice(t)
	first, second := o.receive("ax-1", letter("7")).ID, o.receive("ax-2", letter("8")).ID
	o.days(3)
	must(t)(o.Register(first, inbox.Registration{Meta: o.get(first).Received}))
	_, err := o.Register(second, inbox.Registration{Meta: o.get(second).Received, Date: document.Date{Year: 2026, Month: 11, Day: 20}})
	refused(t, err, inbox.ErrDate)
	if doc := o.register(second); doc.Entry.Number != 2 {
		t.Errorf("number %d", doc.Entry.Number)
	}
}

// A clock that was set back cannot date an arrival: no date would do, so the
// answer speaks of the clock.
func TestClockBeforeTheArrival(t *testing.T) {
	o := newOffice(t)
	id := o.receive("ax-1", letter("7")).ID
	o.days(-2)
	_, err := o.Register(id, inbox.Registration{Meta: o.get(id).Received})
	refused(t, err, inbox.ErrDate)
	var p *document.Problem
	if !errors.As(err, &p) || !strings.Contains(p.Next, "Đồng hồ") {
		t.Errorf("got %v, want the clock to be named", err)
	}
}

// What cannot be registered at all says so, whatever was typed.
func TestRegisterLooksAtTheStateFirst(t *testing.T) {
	o := newOffice(t)
	id := o.receive("ax-1", letter("7")).ID
	must(t)(o.Refuse(id, "gửi nhầm cơ quan nhận"))
	_, err := o.Register(id, inbox.Registration{})
	refused(t, err, inbox.ErrState)
}

func TestNumbersBeginAgainEachYear(t *testing.T) {
	o := newOffice(t)
	a, b, c := o.receive("ax-1", letter("7")).ID, o.receive("ax-2", letter("8")).ID, o.receive("ax-3", letter("9")).ID
	o.register(a)
	o.days(60)
	december := must(t)(o.Register(b, inbox.Registration{Meta: o.get(b).Received, Date: document.Date{Year: 2026, Month: 12, Day: 31}}))
	january := o.register(c)
	if december.Entry.Number != 2 || december.Entry.Year != 2026 || january.Entry.Number != 1 || january.Entry.Year != 2027 {
		t.Errorf("%+v, %+v", december.Entry, january.Entry)
	}
}

func TestLongFieldsAreKeptAndWarned(t *testing.T) {
	o := newOffice(t)
	doc := o.receive("ax-1", letter("7"))
	m := doc.Received
	m.Subject = strings.Repeat("ệ", 501)
	m.Code.Number = "123456789012"
	reg := must(t)(o.Register(doc.ID, inbox.Registration{Meta: m}))
	if reg.Entry.Meta.Subject != m.Subject || !warned(reg, "Trích yếu nội dung dài 501") || !warned(reg, "Số của văn bản dài 12") {
		t.Errorf("warnings %q", reg.Warnings)
	}
	if reg.Received.Subject != doc.Received.Subject {
		t.Error("the overlay changed what was received")
	}
}

func TestRefuseNeedsAReason(t *testing.T) {
	o := newOffice(t)
	id := o.receive("ax-1", letter("7")).ID
	for _, reason := range []string{"", "gửi nhầm", "         x         ", strings.Repeat("á", inbox.MaxReason+1)} {
		_, err := o.Refuse(id, reason)
		refused(t, err, inbox.ErrReason)
	}
	if doc := must(t)(o.Refuse(id, "gửi nhầm nơi")); doc.State != inbox.Refused {
		t.Errorf("state %s", doc.State)
	}
	if rows, err := o.Book(2026); err != nil || len(rows) != 0 {
		t.Errorf("a refused document took a number: %v, %v", rows, err)
	}
}

func TestEmptyNamesAreRefused(t *testing.T) {
	o := newOffice(t)
	id := o.bring(inbox.Submitted)
	_, err := o.Submit(id, " ")
	refused(t, err, inbox.ErrField)
	_, err = o.HandOver(id, "", document.Date{})
	refused(t, err, inbox.ErrField)
	d := directive()
	d.Lead = ""
	_, err = o.Direct(id, d)
	refused(t, err, inbox.ErrField)
	_, err = o.HandOver(id, "Phòng Kinh tế", document.Date{Year: 2026, Month: 11, Day: 19})
	refused(t, err, inbox.ErrDate)
}

func TestStatus04IsSentOnce(t *testing.T) {
	o := newOffice(t)
	id := o.bring(inbox.Directed)
	must(t)(o.Direct(id, directive()))
	must(t)(o.HandOver(id, "Phòng Kinh tế", document.Date{}))
	must(t)(o.Progress(id, "đang làm"))
	doc := must(t)(o.HandOver(id, "Trạm Y tế", document.Date{}))
	n := map[document.Status]int{}
	for _, r := range doc.Reported {
		n[r.Code]++
	}
	if n["04"] != 1 || n["05"] != 1 {
		t.Errorf("reported %v", n)
	}
	if doc := must(t)(o.Progress(id, "trạm đang làm")); len(doc.Reported) != len(n) {
		t.Error("05 was sent again")
	}
}

func TestRegisterLines(t *testing.T) {
	o := newOffice(t)
	a, b, c := o.receive("ax-1", letter("7")).ID, o.receive("ax-2", letter("8")).ID, o.receive("ax-3", letter("9")).ID
	m := o.get(a).Received
	m.Note = "kèm bản giấy"
	must(t)(o.Register(a, inbox.Registration{Meta: m, Receiver: "Văn phòng"}))
	o.register(b)
	o.days(3)
	must(t)(o.HandOver(a, "Phòng Kinh tế", document.Date{}))
	o.register(c)
	o.days(1)
	must(t)(o.HandOver(a, "Phòng Văn hóa - Xã hội", document.Date{}))
	must(t)(o.Complete(a, "", "15/UBND-VP"))
	rows, err := o.Book(2026)
	if err != nil {
		t.Fatal(err)
	}
	var text strings.Builder
	for _, r := range rows {
		fmt.Fprintf(&text, "%s | %d | %s | %s | %s | %s | %s | %s | %s | %s\n", r.ArrivalDate, r.ArrivalNumber, r.Issuer, r.Reference,
			r.Date, r.Subject, r.Receiver, r.HandedOver, r.Receipt, r.Note)
	}
	golden(t, "register.txt", text.String())
}

func TestCountsAndLists(t *testing.T) {
	o := newOffice(t)
	normal, express := letter("1"), letter("2")
	express.Other.Urgency = document.Express
	o.receive("ax-1", normal)
	o.receive("ax-2", express)
	o.days(3) // Monday
	o.receive("ax-3", letter("3"))
	due := func(number string, day int) {
		id := o.receive("ax-"+number, letter(number)).ID
		o.register(id)
		must(t)(o.HandOver(id, "Phòng Kinh tế", document.Date{Year: 2026, Month: 11, Day: day}))
	}
	due("4", 23)
	due("5", 24)
	due("6", 30)
	o.register(o.receive("ax-7", letter("7")).ID)
	o.days(1)
	h, n := o.blob([]byte("hỏng"))
	must(t)(o.Receive(t.Context(), inbox.Arrival{AxisID: "ax-8", Packet: h, Size: n}))
	got, err := o.Counts()
	if err != nil {
		t.Fatal(err)
	}
	want := inbox.Counts{Waiting: 3, ByUrgency: [5]int{2, 0, 0, 1, 0}, Late: 3, ToSubmit: 1, InProgress: 3, DueToday: 1, Overdue: 1, Quarantined: 1}
	if got != want {
		t.Errorf("counts %+v\nwant   %+v", got, want)
	}
	for name, c := range map[string]struct {
		filter inbox.Filter
		want   string
	}{
		"reception, urgent first": {inbox.Filter{State: inbox.Received}, "2 1 3"},
		"open":                    {inbox.Filter{Open: true}, "2 1 3 4 5 6 7"},
		"late":                    {inbox.Filter{Late: true}, "2 1 3"},
		"due today":               {inbox.Filter{DueToday: true}, "5"},
		"overdue":                 {inbox.Filter{Overdue: true}, "4"},
		"text":                    {inbox.Filter{Text: "TINH ca mau 6/ubnd"}, "6"},
		"words of the subject":    {inbox.Filter{Text: "van thu dien tu", State: inbox.HandedOver}, "4 5 6"},
		"nothing":                 {inbox.Filter{Text: "không có"}, ""},
	} {
		if got := o.numbers(c.filter); got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}

// What came today is not late, whatever its urgency; yesterday's is at every hour
// of today.
func TestLateIsByTheDay(t *testing.T) {
	o := newOffice(t)
	receive := func(number string, u document.Urgency) {
		d := letter(number)
		d.Other.Urgency = u
		o.receive("ax-"+number, d)
	}
	for u := document.Normal; u <= document.ExpressTimed; u++ {
		receive(fmt.Sprint(10+int(u)), u)
	}
	o.days(1)
	for u := document.Normal; u <= document.ExpressTimed; u++ {
		receive(fmt.Sprint(20+int(u)), u)
	}
	c, err := o.Counts()
	if err != nil || c.Late != 5 || c.Waiting != 10 || c.ByUrgency != [5]int{2, 2, 2, 2, 2} {
		t.Errorf("counts %+v %v", c, err)
	}
	if got := o.numbers(inbox.Filter{Late: true}); got != "14 13 12 11 10" {
		t.Errorf("late: %q", got)
	}
	if got := o.numbers(inbox.Filter{Open: true}); got != "14 24 13 23 12 22 11 21 10 20" {
		t.Errorf("open: %q", got)
	}
}

// What was searched before is found by its new words after an act.
func TestSearchSeesWhatActsChange(t *testing.T) {
	o := newOffice(t)
	id := o.receive("ax-1", letter("7")).ID
	o.receive("ax-2", letter("8"))
	if got := o.numbers(inbox.Filter{Text: "ho ngheo"}); got != "" {
		t.Errorf("found %q before", got)
	}
	m := o.get(id).Received
	m.Subject = "V/v rà soát hộ nghèo"
	must(t)(o.Register(id, inbox.Registration{Meta: m}))
	if got := o.numbers(inbox.Filter{Text: "HO NGHEO"}) + o.numbers(inbox.Filter{Text: "van thu dien tu"}); got != "78" {
		t.Errorf("found %q after", got)
	}
}

// numbers lists the references of a filter, window by window.
func (o *office) numbers(f inbox.Filter) string {
	o.t.Helper()
	var got []string
	w := store.Window{Limit: 2}
	for {
		rows, next, err := o.List(f, w)
		if err != nil || len(rows) > 2 {
			o.t.Fatal(len(rows), err)
		}
		for _, r := range rows {
			got = append(got, r.Code.Number)
		}
		if next == "" {
			return strings.Join(got, " ")
		}
		w.After = next
	}
}

// A document of Friday may wait until Monday, an urgent one may not.
func TestRegisterBy(t *testing.T) {
	o := newOffice(t)
	urgent := letter("2")
	urgent.Other.Urgency = document.Urgent
	a, b := o.receive("ax-1", letter("1")), o.receive("ax-2", urgent)
	if got := o.RegisterBy(a).String() + " " + o.RegisterBy(b).String(); got != "23/11/2026 20/11/2026" {
		t.Errorf("register by %s", got)
	}
	o.Workday = func(d document.Date) bool { return d.Day > 25 }
	if got := o.RegisterBy(a).String(); got != "26/11/2026" {
		t.Errorf("with holidays %s", got)
	}
	o.days(3)
	if o.Summarize(b).Overdue != true || o.Summarize(a).Overdue {
		t.Error("only the urgent one is overdue on Monday")
	}
	o.Workday = func(document.Date) bool { return false }
	if o.RegisterBy(a).IsZero() {
		t.Error("a calendar without working days hangs")
	}
}

func TestForwardingDataIsKept(t *testing.T) {
	o := newOffice(t)
	d := letter("7")
	d.Business.Type, d.Business.Reason, d.Business.Paper = edxml.Recall, "gửi nhầm", true
	doc := o.receive("ax-1", d)
	if len(doc.Trace) != 1 || doc.Trace[0].Organ != "H40" || doc.Business.Type != edxml.Recall || !doc.Business.Paper || !warned(doc, "thu hồi") {
		t.Errorf("%+v", doc)
	}
}
