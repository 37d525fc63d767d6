package outbox_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"

	"vanthu/internal/document"
	"vanthu/outbox"
)

func TestCreateSettlesTheDraft(t *testing.T) {
	o := newOffice(t)
	r := draft()
	r.Recipients = append(r.Recipients, document.Agency{Code: "h40"}, document.Agency{Code: "H40.7", Name: "tên cũ"})
	doc := must(t)(o.Create(t.Context(), r, strings.NewReader("%PDF-1.7 x"), outbox.NewFile{Name: "../phụ lục.xlsx", R: strings.NewReader("PK")}))
	if doc.State != outbox.Drafting || doc.Draft.TypeName != "Quyết định" || len(doc.Draft.Recipients) != 2 ||
		doc.Draft.Recipients[1].Name != "Sở Nội vụ tỉnh Cà Mau" || doc.Layout.IsZero() || doc.Source != doc.File.Hash {
		t.Errorf("%+v", doc)
	}
	if len(doc.Attachments) != 1 || doc.Attachments[0].Name != "phụ lục.xlsx" {
		t.Errorf("attachments %+v", doc.Attachments)
	}
}

func TestCreateRefusals(t *testing.T) {
	cases := map[string]struct {
		change func(*outbox.Draft)
		class  error
		part   string
	}{
		"type":              {func(r *outbox.Draft) { r.TypeName = "Mệnh lệnh" }, outbox.ErrField, "Mệnh lệnh"},
		"subject":           {func(r *outbox.Draft) { r.Subject = " " }, outbox.ErrField, "trích yếu"},
		"signer":            {func(r *outbox.Draft) { r.Signer.Name = "" }, outbox.ErrField, "người ký"},
		"position":          {func(r *outbox.Draft) { r.Signer.Position = "" }, outbox.ErrField, "chức vụ"},
		"long subject":      {func(r *outbox.Draft) { r.Subject = strings.Repeat("ệ", 501) }, outbox.ErrField, "501"},
		"copies":            {func(r *outbox.Draft) { r.Copies = -1 }, outbox.ErrField, "âm"},
		"unknown recipient": {func(r *outbox.Draft) { r.Recipients[1].Code = "H99.1" }, outbox.ErrRecipient, "H99.1"},
		"a centre":          {func(r *outbox.Draft) { r.Recipients[1].Code = "00.40.W00" }, outbox.ErrRecipient, "00.40.W00"},
		"ourselves":         {func(r *outbox.Draft) { r.Recipients[1].Code = "H40.5.2" }, outbox.ErrRecipient, "chính cơ quan mình"},
		"no code":           {func(r *outbox.Draft) { r.Recipients[1].Code = "" }, outbox.ErrRecipient, ""},
		"secret level":      {func(r *outbox.Draft) { r.Secrecy = "Mật" }, document.ErrSecret, "Mật"},
		"other level":       {func(r *outbox.Draft) { r.Secrecy = "C" }, document.ErrSecret, ""},
		"marked subject":    {func(r *outbox.Draft) { r.Subject = "(TỐI MẬT) phương án" }, document.ErrSecret, "Tối mật"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			o := newOffice(t)
			r := draft()
			c.change(&r)
			_, err := o.Create(t.Context(), r, strings.NewReader("%PDF-1.7 x"))
			refused(t, err, c.class)
			if !strings.Contains(err.Error(), c.part) {
				t.Errorf("%v does not name %q", err, c.part)
			}
			if rows, _, err := o.List(outbox.Filter{}, window()); len(rows) != 0 || err != nil {
				t.Errorf("%d records, %v", len(rows), err)
			}
		})
	}
	o := newOffice(t)
	_, err := o.Create(t.Context(), draft(), strings.NewReader("không phải PDF"))
	refused(t, err, errNotPDF)
	_, err = o.Create(t.Context(), draft(), strings.NewReader("%PDF"), outbox.NewFile{Name: "rỗng.pdf", R: strings.NewReader("")})
	refused(t, err, outbox.ErrField)
	_, err = o.Create(t.Context(), draft(), strings.NewReader("%PDF"), outbox.NewFile{Name: "(Mật) a.pdf", R: strings.NewReader("x")})
	refused(t, err, document.ErrSecret)
	o.PageMark = func(context.Context, []byte) (string, bool, error) { return "Mật", true, nil }
	_, err = o.Create(t.Context(), draft(), strings.NewReader("%PDF"), outbox.NewFile{Name: "a.pdf", R: strings.NewReader("\n%PDF MẬT")})
	refused(t, err, document.ErrSecret)
	o.MaxFile = 10
	_, err = o.Create(t.Context(), draft(), strings.NewReader("%PDF"), outbox.NewFile{Name: "a.xlsx", R: strings.NewReader("PK dài quá mười")})
	refused(t, err, outbox.ErrField)
	_, err = o.Create(t.Context(), draft(), strings.NewReader("%PDF-1.7 dài quá"))
	refused(t, err, outbox.ErrField)
}

func TestFromDraftToIssue(t *testing.T) {
	o := newOffice(t)
	id := o.create(draft()).ID
	ok := must(t)
	signed := ok(o.Sign(t.Context(), id, key{}))
	if signed.LeaderSigned == nil || signed.LeaderSigned.At.IsZero() || signed.File.Hash == signed.Source {
		t.Errorf("signed %+v", signed)
	}
	numbered := ok(o.AssignNumber(id))
	if numbered.Code.String() != "01/QĐ-UBND" || numbered.Date.ISO() != "2026-11-20" || numbered.DocumentID != "H40.5.2,2026/11/20,01/QĐ-UBND" || numbered.Book != "vb" {
		t.Errorf("numbered %+v", numbered)
	}
	sealed := ok(o.Seal(t.Context(), id, key{}))
	if got := o.bytes(sealed.File.Hash); got != "%PDF-1.7 quyết định\n% ký: Trần Văn A\n% số 01/QĐ-UBND, Định Mỹ, ngày 20 tháng 11 năm 2026" {
		t.Errorf("file %q", got)
	}
	issued := ok(o.Issue(id))
	if len(issued.Delivery) != 2 || issued.Delivery[0].Transport != outbox.TransportWaiting || issued.Delivery[0].State() != "Chưa gửi" {
		t.Errorf("delivery %+v", issued.Delivery)
	}
	jobs := o.jobs()
	if len(jobs) != 1 || string(jobs["send/"+id].Payload) != fmt.Sprintf(`{"id":%q,"to":["H40","H40.7"]}`, id) || jobs["send/"+id].Size != issued.PacketSize {
		t.Errorf("jobs %+v", jobs)
	}
	golden(t, "issued.edxml", o.bytes(issued.Packet))
	if rest, _ := os.ReadDir(o.TempDir); len(rest) > 0 {
		t.Errorf("%d temporary files left", len(rest))
	}
}

func TestIssueTwiceIsOnce(t *testing.T) {
	o := newOffice(t)
	id := o.bring(outbox.Issued)
	before, entries := o.json(id), o.journal()
	o.now = o.now.AddDate(0, 0, 1)
	must(t)(o.Issue(id))
	if o.json(id) != before || o.journal() != entries || len(o.jobs()) != 1 {
		t.Error("issuing again changed something")
	}
}

func TestPacketOfAReply(t *testing.T) {
	o := newOffice(t)
	r := draft()
	r.TypeName, r.Unit = "Công văn", "VX"
	r.ReplyTo = &outbox.Reply{Incoming: "den-001", Ref: document.Ref{Organ: "H40", ID: "H40,2026/11/19,7/UBND-TH",
		Reference: document.Reference{Number: "7", Notation: "UBND-TH"}, Date: document.Date{Year: 2026, Month: 11, Day: 19}}}
	id := o.create(r).ID
	o.finish(id)
	p := o.packet(o.get(id).Packet)
	if len(p.ResponseFor) != 1 || p.ResponseFor[0] != r.ReplyTo.Ref || p.Code.String() != "01/UBND-VX" || p.Type.Detail != 18 {
		t.Errorf("%+v", p)
	}
	if rows := o.book("vb", 2026); rows[0].Note != "trả lời 7/UBND-TH" {
		t.Errorf("line %+v", rows[0])
	}
}

func (o *office) finish(id string) outbox.Document {
	o.t.Helper()
	ok := must(o.t)
	ok(o.Sign(o.t.Context(), id, key{}))
	ok(o.AssignNumber(id))
	ok(o.Seal(o.t.Context(), id, key{}))
	return ok(o.Issue(id))
}

func (o *office) book(series string, year int) []outbox.Row {
	o.t.Helper()
	rows, err := o.Book(series, year)
	if err != nil {
		o.t.Fatal(err)
	}
	return rows
}

func TestIssueNeedsRecipients(t *testing.T) {
	o := newOffice(t)
	r := draft()
	r.Recipients = nil
	id := o.create(r).ID
	must(t)(o.Sign(t.Context(), id, key{}))
	must(t)(o.AssignNumber(id))
	must(t)(o.Seal(t.Context(), id, key{}))
	_, err := o.Issue(id)
	refused(t, err, outbox.ErrRecipient)
	if len(o.jobs()) != 0 {
		t.Error("a job was queued")
	}
	must(t)(o.Edit(id, draftTo("H40")))
	delete(o.Directory.(directory), "H40") // dissolved meanwhile
	_, err = o.Issue(id)
	refused(t, err, outbox.ErrRecipient)
	must(t)(o.Edit(id, draftTo("H40.7")))
	must(t)(o.Issue(id))
}

func draftTo(codes ...document.Code) outbox.Draft {
	r := draft()
	r.Recipients = nil
	for _, c := range codes {
		r.Recipients = append(r.Recipients, document.Agency{Code: c})
	}
	return r
}

func TestOnlyAddressesChangeAfterSigning(t *testing.T) {
	o := newOffice(t)
	id := o.bring(outbox.Numbered)
	for name, change := range map[string]func(*outbox.Draft){
		"subject": func(r *outbox.Draft) { r.Subject = "Khác" },
		"type":    func(r *outbox.Draft) { r.TypeName = "Công văn" },
		"signer":  func(r *outbox.Draft) { r.Signer.Name = "Lê Văn B" },
		"unit":    func(r *outbox.Draft) { r.Unit = "KT" },
		"pages":   func(r *outbox.Draft) { r.Pages = 9 },
	} {
		r := draft()
		change(&r)
		_, err := o.Edit(id, r)
		refused(t, err, outbox.ErrState)
		_ = name
	}
	r := draftTo("H40.5.3")
	r.ToPlaces, r.Copies, r.Urgency = []string{"UBND xã Vĩnh Hòa"}, 5, document.Urgent
	doc := must(t)(o.Edit(id, r))
	row := o.book("vb", 2026)[0]
	if doc.State != outbox.Numbered || len(doc.Draft.Recipients) != 1 || row.Recipients != "UBND xã Vĩnh Hòa" || row.Copies != 5 {
		t.Errorf("%+v, line %+v", doc.Draft, row)
	}
}

func TestSigningNoticesWhatChangedMeanwhile(t *testing.T) {
	o := newOffice(t)
	id := o.create(draft()).ID
	swap := key{before: func() {
		must(t)(o.ReplaceFile(id, strings.NewReader("%PDF-1.7 bản khác")))
	}}
	_, err := o.Sign(t.Context(), id, swap)
	refused(t, err, outbox.ErrConflict)
	if doc := o.get(id); doc.State != outbox.Drafting || o.bytes(doc.File.Hash) != "%PDF-1.7 bản khác" {
		t.Errorf("%+v", doc)
	}
	gone := key{before: func() { must(t)(o.Discard(id, "")) }}
	_, err = o.Sign(t.Context(), id, gone)
	refused(t, err, outbox.ErrState)
}

// An edit of the addresses while the agency signs is no conflict: it touches
// nothing that is signed.
func TestSealingBearsNewAddresses(t *testing.T) {
	o := newOffice(t)
	id := o.bring(outbox.Numbered)
	doc := must(t)(o.Seal(t.Context(), id, key{before: func() { must(t)(o.Edit(id, draftTo("H40"))) }}))
	if doc.State != outbox.Sealed || len(doc.Draft.Recipients) != 1 {
		t.Errorf("%+v", doc)
	}
}

func TestKeysThatAreRefused(t *testing.T) {
	o := newOffice(t)
	id := o.create(draft()).ID
	o.AllowSoft = false
	_, err := o.Sign(t.Context(), id, key{soft: true})
	refused(t, err, outbox.ErrSoftKey)
	_, err = o.Sign(t.Context(), id, key{silent: true})
	refused(t, err, outbox.ErrSignature)
	must(t)(o.Sign(t.Context(), id, key{}))
	must(t)(o.AssignNumber(id))
	_, err = o.Seal(t.Context(), id, key{soft: true})
	refused(t, err, outbox.ErrSoftKey)
	_, err = o.Seal(t.Context(), id, key{rewrite: true})
	refused(t, err, outbox.ErrSignature)
	if o.get(id).State != outbox.Numbered {
		t.Error("a refused key moved the state")
	}
}

func TestSeriesAndYears(t *testing.T) {
	o := newOffice(t)
	o.Series = func(name string) string {
		if name == "Giấy mời" {
			return "gm"
		}
		return ""
	}
	number := func(typeName string) string {
		r := draft()
		r.TypeName = typeName
		id := o.create(r).ID
		must(t)(o.Sign(t.Context(), id, key{}))
		return must(t)(o.AssignNumber(id)).Code.String()
	}
	got := []string{number("Quyết định"), number("Giấy mời"), number("Công văn"), number("Giấy mời")}
	o.now = o.now.AddDate(0, 2, 0)
	got = append(got, number("Quyết định"))
	if fmt.Sprint(got) != "[01/QĐ-UBND 01/GM-UBND 02/UBND-VP 02/GM-UBND 01/QĐ-UBND]" {
		t.Errorf("numbers %v", got)
	}
	o.now = o.now.AddDate(0, 0, -5)
	r := draft()
	id := o.create(r).ID
	must(t)(o.Sign(t.Context(), id, key{}))
	_, err := o.AssignNumber(id)
	refused(t, err, outbox.ErrDate)
	if o.get(id).State != outbox.Signed || len(o.book("vb", 2027)) != 1 {
		t.Error("a refused number left something")
	}
}

// A clock that was set back is found out by the document itself: the register of
// another year would take the number.
func TestClockSetBack(t *testing.T) {
	o := newOffice(t)
	signed, numbered, sealed := o.bring(outbox.Signed), o.bring(outbox.Numbered), o.bring(outbox.Sealed)
	now := o.now
	o.now = now.AddDate(-1, 0, 0)
	_, err := o.AssignNumber(signed)
	refused(t, err, outbox.ErrDate)
	_, err = o.Seal(t.Context(), numbered, key{before: func() { t.Error("the key was used") }})
	refused(t, err, outbox.ErrDate)
	refused(t, o.MaySign(numbered, outbox.EventSeal), outbox.ErrDate)
	refused(t, o.MaySign(sealed, outbox.EventSeal), outbox.ErrState)
	_, err = o.Issue(sealed)
	refused(t, err, outbox.ErrDate)
	late := o.create(draft()).ID // the whole document in the wrong year
	must(t)(o.Sign(t.Context(), late, key{}))
	_, err = o.AssignNumber(late)
	refused(t, err, outbox.ErrDate)
	if len(o.book("vb", 2025)) != 0 {
		t.Error("the book of last year was opened")
	}
	o.now = now
	must(t)(o.AssignNumber(signed))
	must(t)(o.Seal(t.Context(), numbered, key{}))
	must(t)(o.Issue(sealed))
}

// A subject that names another document keeps all its words in the file's name.
func TestFileNameOfASubjectWithAReference(t *testing.T) {
	o := newOffice(t)
	r := draft()
	r.Subject = "trả lời văn bản số 01/UBND-VP của xã Vĩnh Hòa"
	if name := o.create(r).File.Name; name != "Quyết định trả lời văn bản số 01-UBND-VP của xã Vĩnh Hòa.pdf" {
		t.Errorf("name %q", name)
	}
}

// Words and file of a draft change together or not at all.
func TestRevise(t *testing.T) {
	o := newOffice(t)
	id := o.create(draft()).ID
	r := draft()
	r.Subject = "trích yếu mới"
	before := o.json(id)
	_, err := o.Revise(t.Context(), id, r, strings.NewReader("không phải PDF"))
	refused(t, err, errNotPDF)
	bad := r
	bad.Subject = "(MẬT) x"
	_, err = o.Revise(t.Context(), id, bad, strings.NewReader("%PDF-1.7 mới"))
	refused(t, err, document.ErrSecret)
	if o.json(id) != before {
		t.Error("a refused revision left something")
	}
	doc := must(t)(o.Revise(t.Context(), id, r, strings.NewReader("%PDF-1.7 mới")))
	if doc.Draft.Subject != r.Subject || o.bytes(doc.File.Hash) != "%PDF-1.7 mới" || doc.Source != doc.File.Hash {
		t.Errorf("%+v", doc)
	}
	must(t)(o.Sign(t.Context(), id, key{}))
	_, err = o.Revise(t.Context(), id, r, strings.NewReader("%PDF-1.7 nữa"))
	refused(t, err, outbox.ErrState)
}

// Two series that would give the same number and notation are stopped.
func TestSeriesThatCollide(t *testing.T) {
	o := newOffice(t)
	o.Series = func(name string) string { return name }
	o.Symbol = func(string, string) string { return "QĐ-UBND" }
	for i, typeName := range []string{"Quyết định", "Chỉ thị"} {
		r := draft()
		r.TypeName = typeName
		id := o.create(r).ID
		must(t)(o.Sign(t.Context(), id, key{}))
		_, err := o.AssignNumber(id)
		if i == 0 && err != nil {
			t.Fatal(err)
		}
		if i == 1 {
			refused(t, err, outbox.ErrDuplicate)
			if len(o.book(typeName, 2026)) != 0 {
				t.Error("the refused number has a line")
			}
		}
	}
}

func TestVoidKeepsTheNumber(t *testing.T) {
	o := newOffice(t)
	id := o.bring(outbox.Sealed)
	_, err := o.Void(id, "sai")
	refused(t, err, outbox.ErrReason)
	doc := must(t)(o.Void(id, "soạn sai thẩm quyền"))
	next := must(t)(o.AssignNumber(o.bring(outbox.Signed)))
	rows := o.book("vb", 2026)
	if doc.State != outbox.Voided || rows[0].Void == nil || rows[0].Void.Reason != "soạn sai thẩm quyền" || next.Number != 2 {
		t.Errorf("%+v, lines %+v", doc.GivenUp, rows)
	}
}

func TestRegisterLines(t *testing.T) {
	o := newOffice(t)
	o.bring(outbox.Numbered)
	o.now = o.now.AddDate(0, 0, 3)
	r := draft()
	r.TypeName, r.Subject, r.ToPlaces, r.Unit, r.Copies = "Công văn", "V/v rà soát hộ nghèo", nil, "", 0
	o.finish(o.create(r).ID)
	o.bring(outbox.Voided)
	var text strings.Builder
	for _, r := range o.book("", 2026) {
		void := ""
		if r.Void != nil {
			void = "hủy: " + r.Void.Reason
		}
		fmt.Fprintf(&text, "%s | %s | %s | %s | %s | %s | %d | %s | %s | %s | %s\n", r.Reference, r.Date, r.Subject, r.Signer, r.Recipients,
			r.KeptBy, r.Copies, r.Dispatched, r.Receipt, r.Note, void)
	}
	golden(t, "register.txt", text.String())
}

func TestExportNeverOverwrites(t *testing.T) {
	o := newOffice(t)
	id := o.bring(outbox.Issued)
	dir := t.TempDir()
	var names []string
	for range 3 {
		path, err := o.Export(id, 0, dir)
		if err != nil {
			t.Fatal(err)
		}
		names = append(names, strings.TrimPrefix(path, dir+"/"))
	}
	if got := strings.Join(names, ", "); got != "01-QĐ-UBND.pdf, 01-QĐ-UBND (2).pdf, 01-QĐ-UBND (3).pdf" {
		t.Errorf("names %s", got)
	}
	_, err := o.Export(id, 1, dir)
	refused(t, err, outbox.ErrNoFile)
	if _, err := o.Export(id, 0, dir+"/không có"); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("a folder that is not there: %v", err)
	}
}
