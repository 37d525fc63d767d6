package ui

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"

	"vanthu/internal/document"
	"vanthu/outbox"
)

// urgent fills the desk with documents that wait for the chairman, at 16:50.
func (o *office) urgent(n int) []outbox.Document {
	o.t.Helper()
	var docs []outbox.Document
	for i := range n {
		doc, err := o.o.Outbox.Create(o.t.Context(), outbox.Draft{TypeName: "Công văn", Subject: fmt.Sprintf("V/v ứng phó mưa lũ, ấp số %d", i+1), Urgency: document.Urgent,
			Signer: o.o.Leaders[0].Signer, Recipients: []document.Agency{{Code: "H01.12"}}}, strings.NewReader(fmt.Sprint("%PDF-1.7 công văn ", i)))
		if err != nil {
			o.t.Fatal(err)
		}
		docs = append(docs, doc)
	}
	return docs
}

// others is a draft that waits for another leader.
func (o *office) others() outbox.Document {
	o.t.Helper()
	doc, err := o.o.Outbox.Create(o.t.Context(), outbox.Draft{TypeName: "Thông báo", Subject: "Lịch tiếp công dân",
		Signer: o.o.Leaders[1].Signer, Recipients: []document.Agency{{Code: "H01.12"}}}, strings.NewReader("%PDF-1.7 thông báo"))
	if err != nil {
		o.t.Fatal(err)
	}
	return doc
}

func (o *office) state(id string) outbox.State {
	o.t.Helper()
	doc, err := o.o.Outbox.Get(id)
	if err != nil {
		o.t.Fatal(err)
	}
	return doc.State
}

func (o *office) states(docs []outbox.Document) string {
	var s []string
	for _, d := range docs {
		s = append(s, string(o.state(d.ID)))
	}
	return strings.Join(s, " ")
}

// device counts logins and what it signed; it can be pulled out or be on its last try.
type device struct {
	testKeys
	opened, closed, signs int
	pullAfter             int // signatures until it is pulled out; 0: never
	pulled                bool
	other                 bool // another device is plugged in
	info                  KeyInfo
	before                func(n int) // called before signature n, from 1
	fail                  error       // of every signature
	openErr               error
	pin                   string
}

var errPulled = document.Refuse(errors.New("gone"), "Không thấy thiết bị ký.", "Cắm thiết bị lại.")

func (d *device) List(context.Context) ([]KeyInfo, error) {
	switch {
	case d.other:
		return []KeyInfo{{Ref: "token:99/01", Holder: "Nguyễn Văn Nghĩa", Label: "VGCA", Serial: "99"}}, nil
	case d.pulled:
		return nil, nil
	}
	k := d.info
	k.Ref, k.Holder, k.Label, k.Serial = "soft:lanh-dao", "Nguyễn Văn Nghĩa", "VGCA", "53CA"
	return []KeyInfo{k}, nil
}

func (d *device) Open(ctx context.Context, ref string, pin []byte) (Key, error) {
	d.pin = string(pin)
	if d.openErr != nil {
		return nil, d.openErr
	}
	if d.info.Pad {
		d.opened++
		return deviceKey{testKey{ref}, d}, nil
	}
	k, err := d.testKeys.Open(ctx, ref, pin)
	if err != nil {
		return nil, err
	}
	d.opened++
	return deviceKey{k.(testKey), d}, nil
}

type deviceKey struct {
	testKey
	d *device
}

func (k deviceKey) Close() error { k.d.closed++; return nil }

func (k deviceKey) Approve(ctx context.Context, pdf []byte, a outbox.Approval) ([]byte, outbox.SignatureNote, error) {
	if k.d.pulled || k.d.fail != nil {
		return nil, outbox.SignatureNote{}, errors.Join(k.d.fail, errPulled)
	}
	if k.d.signs++; k.d.before != nil {
		k.d.before(k.d.signs)
	}
	k.d.pulled = k.d.pulled || k.d.signs == k.d.pullAfter
	return k.testKey.Approve(ctx, pdf, a)
}

func withDevice(t testing.TB) (*office, *device) {
	o, dev := newOffice(t), &device{}
	o.o.Keys = dev
	return o, dev
}

// TestBatchOfTheLeader: nine documents, one PIN, one login, and those of another
// leader are left alone.
func TestBatchOfTheLeader(t *testing.T) {
	o, dev := withDevice(t)
	docs, other := o.urgent(9), o.others()
	d := drive(o, 80, 24)
	d.press("3", "end", "s").see("Sẽ ký 9/9 văn bản", "1 văn bản chờ người khác ký", "Công văn V/v ứng phó mưa lũ, ấp số 1", string(docs[0].File.Hash)[:12], "TM. Chủ tịch Nguyễn Văn Nghĩa")
	golden(t, "nhieu-xem-lai-80x24", trimmed(d.screen()))
	d.press("enter").see("Sẽ ký 9 văn bản", "Mã PIN").typed("123456")
	golden(t, "nhieu-pin-80x24", trimmed(d.screen()))
	d.press("enter").see("Xong: Đã ký 9/9 văn bản")
	golden(t, "nhieu-xong-80x24", trimmed(d.screen()))
	if got := o.states(docs); got != strings.TrimSpace(strings.Repeat("signed ", 9)) || o.state(other.ID) != outbox.Drafting {
		t.Errorf("%s, the other one %s", got, o.state(other.ID))
	}
	if dev.opened != 1 || dev.closed != 1 || dev.signs != 9 {
		t.Errorf("opened %d, closed %d, %d signatures", dev.opened, dev.closed, dev.signs)
	}
	d.press("enter").see("Không có văn bản nào được chọn để ký").press("esc").see("Văn bản đi: ‹")
}

// TestBatchOfMarks: what is marked in the list, less what is taken off in the review.
func TestBatchOfMarks(t *testing.T) {
	o, dev := withDevice(t)
	docs := o.urgent(4)
	d := drive(o, 80, 24)
	d.press("3", "space", "space", "space").see("Đã chọn 3 văn bản", "* Dự thảo")
	golden(t, "nhieu-danh-dau-80x24", trimmed(d.screen()))
	d.press("s").see("Sẽ ký 3/3 văn bản").press("down", "space").see("Sẽ ký 2/3", "[ ] không ký").press("enter").typed("123456").press("enter").see("Đã ký 2/2")
	if got := o.states(docs); strings.Count(got, "signed") != 2 || dev.signs != 2 {
		t.Errorf("%s after %d signatures", got, dev.signs)
	}
	d.press("esc").missing("Đã chọn")
}

// TestBatchOfTheSeal: number and date are named before they are written.
func TestBatchOfTheSeal(t *testing.T) {
	o := newOffice(t)
	docs := o.urgent(3)
	for _, doc := range docs {
		for _, act := range []func() (outbox.Document, error){
			func() (outbox.Document, error) {
				return o.o.Outbox.Sign(t.Context(), doc.ID, testKey{"soft:lanh-dao"})
			},
			func() (outbox.Document, error) { return o.o.Outbox.AssignNumber(doc.ID) },
		} {
			if _, err := act(); err != nil {
				t.Fatal(err)
			}
		}
	}
	d := drive(o, 80, 24)
	d.press("3", "d").see("01/UBND", "03/UBND", "ngày 20/11/2026", "Sẽ ký 3/3")
	golden(t, "nhieu-dong-dau-80x24", trimmed(d.screen()))
	d.press("enter").typed("123456").press("enter").see("Đã ký 3/3 văn bản; bước sau là phát hành")
	if got := o.states(docs); got != "sealed sealed sealed" {
		t.Error(got)
	}
}

// TestBatchPulledOut: the device goes after two signatures; they stay, the rest waits;
// another device is refused, the same one goes on after its PIN is typed again.
func TestBatchPulledOut(t *testing.T) {
	o, dev := withDevice(t)
	docs := o.urgent(5)
	dev.pullAfter = 2
	d := drive(o, 80, 24)
	d.press("3", "s", "enter").typed("123456").press("enter").see("Chưa được: Đã ký 2/5 văn bản; dừng ở văn bản có lỗi", "Không thấy thiết bị ký")
	golden(t, "nhieu-rut-thiet-bi-80x24", trimmed(d.screen()))
	d.send(tea.WindowSizeMsg{Width: 60, Height: 20})
	golden(t, "nhieu-rut-thiet-bi-60x20", trimmed(d.screen()))
	d.send(tea.WindowSizeMsg{Width: 80, Height: 24})
	if got := o.states(docs); got != "signed signed draft draft draft" || dev.closed != 1 {
		t.Fatalf("%s, closed %d", got, dev.closed)
	}
	dev.other = true
	d.press("enter").see("Không thấy thiết bị đã bắt đầu ký").typed("123456").press("enter")
	if dev.opened != 1 {
		t.Fatal("another device was opened")
	}
	dev.other, dev.pulled, dev.pullAfter = false, false, 0
	d.press("esc", "esc").see("Đã ký 2, còn 3").press("enter").missing("******").typed("123456").press("enter").see("Đã ký 5/5 văn bản")
	if got := o.states(docs); got != "signed signed signed signed signed" || dev.opened != 2 || dev.closed != 2 {
		t.Errorf("%s, opened %d, closed %d", got, dev.opened, dev.closed)
	}
}

// TestBatchPassesOver: a document that was signed or changed elsewhere meanwhile is no
// failure, and what was not reviewed is not signed.
func TestBatchPassesOver(t *testing.T) {
	o, dev := withDevice(t)
	docs := o.urgent(4)
	dev.before = func(n int) {
		if n != 1 {
			return
		}
		if _, err := o.o.Outbox.Discard(docs[1].ID, "Không ban hành nữa"); err != nil {
			t.Error(err)
		}
		changed := docs[2].Draft
		changed.Subject = "V/v việc khác hẳn"
		if _, err := o.o.Outbox.Edit(docs[2].ID, changed); err != nil {
			t.Error(err)
		}
	}
	d := drive(o, 80, 24)
	d.press("3", "s", "enter").typed("123456").press("enter").see("Đã ký 2/2 văn bản; bỏ qua 2 văn bản", "vừa được thay đổi")
	golden(t, "nhieu-bo-qua-80x24", trimmed(d.screen()))
	if got := o.states(docs); got != "signed discarded draft signed" || dev.signs != 2 {
		t.Errorf("%s after %d signatures", got, dev.signs)
	}
}

// TestBatchStopsAtEsc: after the document under way, and goes on with a new PIN.
func TestBatchStopsAtEsc(t *testing.T) {
	o, dev := withDevice(t)
	docs := o.urgent(3)
	d := drive(o, 80, 24)
	d.press("3", "s", "enter").typed("123456")
	d.hold = true
	d.press("enter")
	d.step() // the key is opened
	d.see("đang ký", "Esc: dừng sau văn bản đang ký").press("enter").see("Chưa được: Đang ký.").press("esc").see("Sẽ dừng sau văn bản đang ký")
	golden(t, "nhieu-dang-dung-80x24", trimmed(d.screen()))
	d.release()
	d.see("Đã ký 1/3 văn bản; đã dừng theo yêu cầu")
	if got := o.states(docs); got != "signed draft draft" || dev.closed != 1 {
		t.Errorf("%s, closed %d", got, dev.closed)
	}
	d.press("enter").typed("123456").press("enter").see("Đã ký 3/3")
}

// step runs the commands held now, and holds those that follow.
func (d *driver) step() {
	now := d.pending
	d.pending = nil
	for _, c := range now {
		if !isWaitForChange(c) {
			d.got(c())
		}
	}
}

// TestBatchSparesTheLastTry: neither a device known to be on its last try nor one that
// says so when asked gets a PIN from a batch.
func TestBatchSparesTheLastTry(t *testing.T) {
	o, dev := withDevice(t)
	docs := o.urgent(2)
	dev.info.Final, dev.info.Tries = true, "chỉ còn một lần thử PIN"
	d := drive(o, 80, 24)
	d.press("3", "s", "enter").typed("123456").press("enter").see("Thiết bị chỉ còn một lần thử PIN").missing("******")
	golden(t, "nhieu-lan-cuoi-80x24", trimmed(d.screen()))
	if dev.pin != "" || dev.opened > 0 {
		t.Fatal("a PIN was sent")
	}
	dev.info, dev.openErr = KeyInfo{}, &PINError{Left: 1, Final: true}
	d.press("esc", "esc", "enter").typed("123456").press("enter").see("không dùng lần cuối", "Lỗi:").typed("123456").press("enter").see("không dùng lần cuối")
	if got := o.states(docs); got != "draft draft" {
		t.Error(got)
	}
}

// TestBatchWrongPIN: one attempt per entry, and none of it remembered.
func TestBatchWrongPIN(t *testing.T) {
	o, dev := withDevice(t)
	o.urgent(2)
	d := drive(o, 80, 24)
	d.press("3", "s", "enter").typed("111111").press("enter").see("Sai mã PIN, còn 2 lần thử").missing("******").press("enter").see("Gõ mã PIN")
	if dev.wrong != 1 {
		t.Errorf("%d attempts for one entry", dev.wrong)
	}
	d.typed("123456").press("enter").see("Đã ký 2/2")
}

// TestPINPad: a key whose reader asks for the PIN takes none from the screen, alone or
// in a batch.
func TestPINPad(t *testing.T) {
	o, dev := withDevice(t)
	docs := o.urgent(2)
	dev.info.Pad = true
	d := drive(o, 80, 24)
	d.press("3", "s", "enter").see("Nhập PIN trên đầu đọc").typed("123456").missing("******")
	golden(t, "nhieu-dau-doc-pin-80x24", trimmed(d.screen()))
	d.press("enter").see("Đã ký 2/2")
	if dev.pin != "" {
		t.Errorf("the screen sent the PIN %q", dev.pin)
	}
	doc := o.draft()
	s := newSigning(d.m, doc, false)
	d.run(d.m.push(s))
	d.see("Nhập PIN trên đầu đọc").typed("123456").missing("******")
	d.hold = true
	d.press("enter").see("Nhập PIN trên đầu đọc…")
	d.release()
	if got := o.states(append(docs, doc)); got != "signed signed signed" || dev.pin != "" {
		t.Errorf("%s, PIN %q", got, dev.pin)
	}
}
