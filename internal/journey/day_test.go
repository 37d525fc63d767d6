package journey

import (
	"testing"

	"vanthu/internal/axis"
	"vanthu/internal/document"
	"vanthu/internal/edxml"
)

// TestDayAtTheDeskWithoutALink is a clerk's day on the screen: a document that
// has come is checked, registered, handed over and completed; another is
// drafted, signed, numbered, sealed and issued — all with the link cut — and
// when the link is back everything goes out and the neighbour accepts.
func TestDayAtTheDeskWithoutALink(t *testing.T) {
	s := newScene(t)
	id := s.receives(7, "V/v phối hợp phòng, chống cháy rừng mùa khô")
	p := s.sits()
	p.see("văn bản đến chờ tiếp nhận", "Có mạng", "Hàng đợi 0")
	p.golden("hom-nay")

	p.cutLink()
	p.handlesIncoming()
	p.issuesDecision()

	if got := s.arrivals(axis.Edoc); len(got) != 0 {
		t.Fatalf("the link is off, yet the neighbour has %d documents", len(got))
	}
	p.joinLink()
	ours := s.soleDocument()
	if ours.Subject != "Về việc thành lập Tổ công tác phòng, chống thiên tai" || ours.Code.String() != "01/QĐ-UBND" || len(ours.Attachments) != 1 {
		t.Errorf("the neighbour got %q, %s, %d files", ours.Subject, ours.Code, len(ours.Attachments))
	}
	s.statusesOf(id)

	s.answers(ours, document.StatusAccepted, "Đã tiếp nhận, số đến 15.")
	p.press("u", "3")
	p.see("01/QĐ-UBND")
	p.press(enter)
	p.see("Đã tiếp nhận")
	p.golden("van-ban-di-da-tiep-nhan")
	p.press("q")
	if code, err := p.term.Wait(patience); code != 0 || err != nil {
		t.Errorf("leaving: exit %d, %v", code, err)
	}
}

func (p *seat) cutLink() {
	p.t.Helper()
	p.press("6")
	p.see("Hàng đợi gửi, nhận")
	p.see("Hàng đợi 0")
	p.press("m")
	p.see("Đã tắt kết nối")
}

func (p *seat) joinLink() {
	p.t.Helper()
	p.press("6")
	p.see("Hàng đợi gửi, nhận")
	p.golden("hang-doi-cho-mang")
	p.press("m")
	p.see("Có mạng", "Hàng đợi 0")
}

func (p *seat) handlesIncoming() {
	p.t.Helper()
	p.press("2")
	p.see("07/UBND-VP")
	p.press(enter)
	p.see("Trạng thái", "Chờ tiếp nhận", "Chữ ký số")
	p.see("Không có chữ ký số")
	p.golden("van-ban-den")
	p.press("d")
	p.see("Đăng ký văn bản đến", "Ngày đến")
	p.golden("dang-ky")
	p.press(done)
	p.see("Đã vào sổ, số đến 1")
	p.press("c")
	p.see("Chuyển giao văn bản đến")
	p.press("kinh te", enter)
	p.press(done)
	p.see("Đã chuyển giao", "sổ đến đã ghi ngày chuyển")
	p.press("p")
	p.see("Tiến độ giải quyết văn bản đến số 1")
	p.press("Đang lập phương án", done)
	p.see("Đang xử lý")
	p.press("h")
	p.see("Ctrl+S để kết thúc")
	p.press(done)
	p.see("Trạng thái        Hoàn thành")
	p.golden("van-ban-den-hoan-thanh")
}

func (p *seat) issuesDecision() {
	p.t.Helper()
	p.press("3")
	p.see("Văn bản đi:")
	p.press("n")
	p.see("Soạn văn bản đi")
	p.press("quyet-dinh.pdf", tab, tab)
	p.press("quyet dinh", enter)
	p.press("Về việc thành lập Tổ công tác phòng, chống thiên tai", tab, tab, tab, tab)
	p.press("vinh trach")
	p.see("> Ủy ban nhân dân xã Vĩnh Trạch")
	p.press(enter)
	p.see("- Ủy ban nhân dân xã Vĩnh Trạch (H01.152)")
	p.golden("soan-thao")
	p.press(done)
	p.see("Dự thảo")
	p.press("s")
	p.see("Mã PIN")
	p.press("00000000", enter)
	p.see("Sai mã PIN")
	p.press("12345678", enter)
	p.see("Lãnh đạo đã ký")
	p.press("o")
	p.see("Cấp số văn bản đi")
	p.press(enter)
	p.see("Đã cấp số 01/QĐ-UBND")
	p.press("d")
	p.see("Sẽ ghi số:  01")
	p.golden("ky-so-co-quan")
	p.press("12345678", enter)
	p.see("Cơ quan đã ký số")
	p.press("i")
	p.see("Gửi 1 nơi", "(H01.152)")
	p.golden("phat-hanh")
	p.press(enter)
	p.see("Đã phát hành", "Chưa gửi")
}

// soleDocument is the one document the neighbour has.
func (s *scene) soleDocument() *edxml.Document {
	s.t.Helper()
	got := s.arrivals(axis.Edoc)
	if len(got) != 1 {
		s.t.Fatalf("the neighbour has %d documents", len(got))
	}
	for _, p := range got {
		return p.Document
	}
	return nil
}

// statusesOf proves that the neighbour was told of every step on its document.
func (s *scene) statusesOf(id string) {
	s.t.Helper()
	told := map[document.Status]string{}
	for _, p := range s.arrivals(axis.StatusMessage) {
		if p.Status.For.ID != id {
			s.t.Errorf("a status about %q", p.Status.For.ID)
		}
		told[p.Status.Code] = p.Status.Description
	}
	for _, code := range []document.Status{"01", "03", "04", "05", "06"} {
		if told[code] == "" {
			s.t.Errorf("status %s (%s) was not sent", code, code.Name())
		}
	}
}
