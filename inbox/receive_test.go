package inbox_test

import (
	"context"
	"errors"
	"io"
	"os"
	"strings"
	"testing"

	"vanthu/inbox"
	"vanthu/internal/document"
	"vanthu/internal/edxml"
	"vanthu/store"
)

func TestReceiveKeepsWhatArrived(t *testing.T) {
	o := newOffice(t)
	d := letter("7")
	d.Attachments = append(d.Attachments, attachment("../../phụ lục.xlsx", "PK\x03\x04 bảng"))
	doc := o.receive("ax-1", d)
	if doc.State != inbox.Received || doc.Received.Subject != d.Subject || doc.Received.Code != d.Code {
		t.Fatalf("received %+v", doc)
	}
	if len(doc.Files) != 2 || doc.Files[0].Kind != "pdf" || doc.Files[1].Name != "phụ lục.xlsx" || doc.Files[1].Kind != "xlsx" {
		t.Fatalf("files %+v", doc.Files)
	}
	if got := o.read(doc.Files[0].Hash); got != "%PDF-1.7 nội dung 7" {
		t.Errorf("file holds %q", got)
	}
	if !strings.Contains(o.read(doc.Origin.Packet), "edXMLEnvelope") {
		t.Error("the packet is not kept")
	}
	jobs := o.jobs()
	if len(jobs) != 2 || jobs["ack/ax-1"].Kind != "ack" || jobs["status/"+doc.ID+"/01"].Kind != "status" {
		t.Errorf("jobs %+v", jobs)
	}
	if got := string(jobs["ack/ax-1"].Payload); got != `{"axisID":"ax-1","status":"done"}` {
		t.Errorf("ack payload %s", got)
	}
	if rest, _ := os.ReadDir(o.TempDir); len(rest) > 0 {
		t.Errorf("%d temporary files left", len(rest))
	}
}

func TestReceiveTwiceIsOnce(t *testing.T) {
	o := newOffice(t)
	a := o.arrival("ax-1", letter("7"))
	first := must(t)(o.Receive(t.Context(), a))
	entries := o.journal()
	again := must(t)(o.Receive(t.Context(), a))
	if again.ID != first.ID || o.journal() != entries || len(o.jobs()) != 2 {
		t.Errorf("the second time made %s, %d journal entries, %d jobs", again.ID, o.journal(), len(o.jobs()))
	}
}

func TestAxisIDsThatBeginAlike(t *testing.T) {
	o := newOffice(t)
	long := o.receive("ax-10", letter("7"))
	short := o.receive("ax-1", letter("8"))
	if long.ID == short.ID {
		t.Error("ax-1 was taken for ax-10")
	}
	huge := strings.Repeat("x", 900)
	a, b := o.receive(huge+"1", letter("9")), o.receive(huge+"2", letter("10"))
	if a.ID == b.ID {
		t.Error("two long axis ids were taken for one")
	}
}

func TestSameDocumentOverAnotherCopy(t *testing.T) {
	o := newOffice(t)
	first := o.receive("ax-1", letter("7"))
	o.register(first.ID)
	second := o.receive("ax-2", letter("7"))
	if second.DuplicateOf != first.ID || !warned(second, "số đến 1") {
		t.Errorf("duplicate of %q, warnings %q", second.DuplicateOf, second.Warnings)
	}
	_, err := o.Register(second.ID, inbox.Registration{Meta: second.Received})
	refused(t, err, inbox.ErrDuplicate)
	if !strings.Contains(err.Error(), "số đến 1") {
		t.Errorf("the refusal does not name the arrival number: %v", err)
	}
	doc := must(t)(o.Register(second.ID, inbox.Registration{Meta: second.Received, Separate: true}))
	if doc.Entry.Number != 2 || !doc.Entry.Separate {
		t.Errorf("entry %+v", doc.Entry)
	}
}

func TestSameNumberSymbolIssuerYear(t *testing.T) {
	cases := map[string]struct {
		change func(*edxml.Document)
		double bool
	}{
		"another id":        {func(d *edxml.Document) { d.ID = "another" }, true},
		"zero before":       {func(d *edxml.Document) { d.ID = "another"; d.Code.Number = "07" }, true},
		"case of symbol":    {func(d *edxml.Document) { d.ID = "another"; d.Code.Notation = "ubnd-th" }, true},
		"another issuer":    {func(d *edxml.Document) { d.ID = "another"; d.From.Code = "H41" }, false},
		"another year":      {func(d *edxml.Document) { d.ID = "another"; d.Date.Year = 2025 }, false},
		"another number":    {func(d *edxml.Document) { d.ID = "another"; d.Code.Number = "77" }, false},
		"id of another one": {func(d *edxml.Document) { d.From.Code = "H41" }, false},
		"a recall":          {func(d *edxml.Document) { d.Business.Type = edxml.Recall }, false},
		"an update": {func(d *edxml.Document) {
			d.Business.Type, d.Business.Changes = edxml.Update, &edxml.Changes{Document: true}
		}, false},
		"a replacement": {func(d *edxml.Document) {
			d.Business.Type, d.Business.Replaces = edxml.Replace, []edxml.Replacement{{DocumentID: d.ID}}
		}, false},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			o := newOffice(t)
			o.register(o.receive("ax-1", letter("7")).ID)
			d := letter("7")
			c.change(&d)
			doc := o.receive("ax-2", d)
			if warned(doc, "trùng") != c.double {
				t.Errorf("warnings %q", doc.Warnings)
			}
			_, err := o.Register(doc.ID, inbox.Registration{Meta: doc.Received})
			if errors.Is(err, inbox.ErrDuplicate) != c.double {
				t.Errorf("register: %v", err)
			}
		})
	}
}

// The clerk's correction counts too: a document registered under a corrected
// number is found by that number.
func TestDuplicateOfACorrectedNumber(t *testing.T) {
	o := newOffice(t)
	doc := o.receive("ax-1", letter("7"))
	m := doc.Received
	m.Code.Number = "70"
	must(t)(o.Register(doc.ID, inbox.Registration{Meta: m}))
	d := letter("70")
	other := o.receive("ax-2", d)
	_, err := o.Register(other.ID, inbox.Registration{Meta: other.Received})
	refused(t, err, inbox.ErrDuplicate)
}

func TestBrokenPacketsAreQuarantined(t *testing.T) {
	cases := map[string]string{
		"no xml":    "không phải XML",
		"cut":       `<?xml version="1.0"?><edXML xmlns="http://www.mic.gov.vn/TBT/QCVN_102_2016"><edXMLEnvelope>`,
		"forbidden": `<?xml version="1.0"?><!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><edXML xmlns="http://www.mic.gov.vn/TBT/QCVN_102_2016">&x;</edXML>`,
	}
	for name, text := range cases {
		t.Run(name, func(t *testing.T) {
			o := newOffice(t)
			h, n := o.blob([]byte(text))
			a := inbox.Arrival{AxisID: "ax-1", From: "H40", To: "H40.5.2", Packet: h, Size: n}
			doc := must(t)(o.Receive(t.Context(), a))
			if doc.State != inbox.Quarantined || !doc.Unreadable || len(doc.Warnings) != 1 || doc.Origin.Packet != h {
				t.Fatalf("%+v", doc)
			}
			jobs := o.jobs()
			if len(jobs) != 1 || string(jobs["ack/ax-1"].Payload) != `{"axisID":"ax-1","status":"fail"}` {
				t.Errorf("jobs %+v", jobs)
			}
			if again := must(t)(o.Receive(t.Context(), a)); again.ID != doc.ID {
				t.Error("quarantined twice")
			}
			aside := must(t)(o.Refuse(doc.ID, "đã đề nghị gửi lại văn bản"))
			if aside.State != inbox.Refused || len(o.jobs()) != 1 {
				t.Errorf("set aside: %s, %d jobs", aside.State, len(o.jobs()))
			}
		})
	}
}

func TestStatusPacketIsNotADocument(t *testing.T) {
	o := newOffice(t)
	var b strings.Builder
	err := edxml.WriteStatus(&b, edxml.Status{From: province(), Code: "01", Time: o.now, Description: "đã đến",
		For: document.Ref{Organ: "H40.5.2", Reference: document.Reference{Number: "1", Notation: "QĐ-UBND"}, Date: document.DateOf(o.now), ID: "x"}})
	if err != nil {
		t.Fatal(err)
	}
	h, n := o.blob([]byte(b.String()))
	_, err = o.Receive(t.Context(), inbox.Arrival{AxisID: "ax-1", Packet: h, Size: n})
	if !errors.Is(err, inbox.ErrNotDocument) || len(o.jobs()) != 0 {
		t.Errorf("%v, %d jobs", err, len(o.jobs()))
	}
}

func TestLostPacketIsAnError(t *testing.T) {
	o := newOffice(t)
	_, err := o.Receive(t.Context(), inbox.Arrival{AxisID: "ax-1", Packet: store.Hash(strings.Repeat("0", 64))})
	if err == nil {
		t.Error("a packet that is not there was received")
	}
}

func TestSecretLeavesNothing(t *testing.T) {
	cases := map[string]func(*edxml.Document){
		"subject":    func(d *edxml.Document) { d.Subject = "(MẬT) Phương án bảo vệ" },
		"type":       func(d *edxml.Document) { d.Type.Name = "Tối mật" },
		"content":    func(d *edxml.Document) { d.Content = "TUYỆT MẬT" },
		"sphere":     func(d *edxml.Document) { d.Other.Sphere = "Độ mật: Mật" },
		"appendix":   func(d *edxml.Document) { d.Other.Appendixes = []string{"[MẬT] danh sách"} },
		"file name":  func(d *edxml.Document) { d.Attachments[0].Name = "(Mật) phuong an.pdf" },
		"file label": func(d *edxml.Document) { d.Attachments[0].Description = "TỐI MẬT" },
	}
	for name, mark := range cases {
		t.Run(name, func(t *testing.T) {
			o := newOffice(t)
			d := letter("7")
			d.Subject = "Phương án tuần tra biên giới"
			mark(&d)
			a := o.arrival("ax-1", d)
			doc := must(t)(o.Receive(t.Context(), a))
			if doc.State != inbox.Refused || doc.Refusal == nil || len(doc.Files) != 0 || doc.Received.Subject != "" || doc.Received.Content != "" || doc.Origin.Packet != "" {
				t.Fatalf("%+v", doc)
			}
			if _, err := os.Stat(o.Store.BlobPath(a.Packet)); !os.IsNotExist(err) {
				t.Errorf("the packet is still there: %v", err)
			}
			jobs := o.jobs()
			if _, ok := jobs["status/"+doc.ID+"/02"]; !ok || len(jobs) != 2 || string(jobs["ack/ax-1"].Payload) != `{"axisID":"ax-1","status":"done"}` {
				t.Errorf("jobs %+v", jobs)
			}
			if packet := o.read(doc.Reported[0].Packet); strings.Contains(packet, "tuần tra") {
				t.Error("the answer repeats the content")
			}
			_, err := o.Register(doc.ID, inbox.Registration{Meta: letterMeta()})
			refused(t, err, inbox.ErrState)
			if again := must(t)(o.Receive(t.Context(), a)); again.ID != doc.ID {
				t.Error("received twice")
			}
			o.noTrace("tuần tra")
		})
	}
}

// A mark that stands only on the page of a PDF counts like one in the packet; a
// PDF nobody can look into does not hold the document up.
func TestSecretOnThePage(t *testing.T) {
	o := newOffice(t)
	o.PageMark = func(_ context.Context, r io.ReaderAt, size int64) (string, bool, error) {
		pdf := make([]byte, size)
		if _, err := r.ReadAt(pdf, 0); err != nil {
			return "", false, err
		}
		if strings.Contains(string(pdf), "lạ") {
			return "", false, errors.New("unreadable")
		}
		return "Tối mật", strings.Contains(string(pdf), "TỐI MẬT"), nil
	}
	d := letter("7")
	d.Subject = "Phương án tuần tra biên giới"
	d.Attachments = append(d.Attachments, attachment("phu-luc.pdf", "\r\n%PDF-1.7 TỐI MẬT")) // readers take a PDF that begins late
	doc := o.receive("ax-1", d)
	if doc.State != inbox.Refused || len(doc.Files) != 0 || len(doc.Reported) != 1 {
		t.Errorf("%+v", doc)
	}
	o.noTrace("tuần tra")
	o.noTrace("%PDF")
	plain := letter("8")
	plain.Attachments = []edxml.Attachment{attachment("a.pdf", "%PDF lạ"), attachment("b.txt", "TỐI MẬT")}
	if doc := o.receive("ax-2", plain); doc.State != inbox.Received || !warned(doc, "tự kiểm tra") {
		t.Errorf("%+v", doc)
	}
}

// noTrace proves that no file of the store holds a text.
func (o *office) noTrace(text string) {
	o.t.Helper()
	walk(o.t, o.Store.Dir(), func(path string, content []byte) {
		if strings.Contains(string(content), text) {
			o.t.Errorf("%s holds %q", path, text)
		}
	})
}

func letterMeta() inbox.Metadata {
	return inbox.Metadata{TypeName: "Công văn", Subject: "V/v chuyển đổi số", Issuer: province(), Code: document.Reference{Number: "1", Notation: "UBND-TH"}}
}

func warned(d inbox.Document, part string) bool {
	return strings.Contains(strings.Join(d.Warnings, "\n"), part)
}

// An ID given twice never overwrites the older record.
func TestTakenID(t *testing.T) {
	o := newOffice(t)
	first := o.receive("ax-1", letter("7"))
	o.ids = 0
	if _, err := o.Receive(t.Context(), o.arrival("ax-2", letter("8"))); err == nil {
		t.Error("a taken id was given again")
	}
	if got := o.get(first.ID); got.Received.Code.Number != "7" {
		t.Error("the older record is gone")
	}
	o.receive("ax-2", letter("8"))
}

func TestNotAddressedToUs(t *testing.T) {
	o := newOffice(t)
	d := letter("7")
	d.To[0].Code = "H40.9"
	a := o.arrival("ax-1", d)
	a.To = ""
	if doc := must(t)(o.Receive(t.Context(), a)); !warned(doc, "gửi nhầm") {
		t.Errorf("warnings %q", doc.Warnings)
	}
	a = o.arrival("ax-2", letter("8"))
	if doc := must(t)(o.Receive(t.Context(), a)); len(doc.Warnings) != 0 {
		t.Errorf("warnings %q", doc.Warnings)
	}
}

func TestSenderThatCannotBeAnswered(t *testing.T) {
	o := newOffice(t)
	d := letter("7")
	d.From.Code = "00.40.W00" // a centre, not an agency
	doc := o.receive("ax-1", d)
	if len(doc.Reported) != 0 || !warned(doc, "không thể báo trạng thái") {
		t.Errorf("reported %v, warnings %q", doc.Reported, doc.Warnings)
	}
	if reg := o.register(doc.ID); reg.Entry.Number != 1 || len(o.jobs()) != 1 {
		t.Errorf("registration depends on the answer: %+v", reg.Entry)
	}
}
