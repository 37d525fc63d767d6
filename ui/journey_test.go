package ui

import (
	"os"
	"testing"

	"vanthu/inbox"
	"vanthu/outbox"
)

// show prints the screen while a journey is being written: go test -run X -v with SHOW=1.
func (d *driver) show(what string) *driver {
	if os.Getenv("SHOW") != "" {
		d.t.Logf("---- %s\n%s", what, d.screen())
	}
	return d
}

// TestJourneyIncoming: a document arrives, is registered, submitted, directed, handed
// over and completed with nothing but the keys that the screen names.
func TestJourneyIncoming(t *testing.T) {
	o := newOffice(t)
	o.fewLetters()
	d := drive(o, 80, 24)
	d.show("today").see("Hỏa tốc", "Enter")
	d.press("enter").show("list").see("Văn bản đến", "chờ nhận", "Kế hoạch phòng")
	d.press("enter").show("document").see("Hợp lệ, chưa kiểm tra thu hồi", "Lê Văn Phước", "d đăng ký")
	d.press("d").show("form").see("Đăng ký văn bản đến", "Ủy ban nhân dân tỉnh An Giang")
	d.press("ctrl+s").show("registered").see("số đến 1", "Nhấn t để trình")
	d.press("t").show("submit").see("Nguyễn Văn Nghĩa").press("down", "enter").show("submitted").see("Đã ghi việc trình")
	d.press("b").show("direct")
	d.press("tab").typed("Giao chủ trì tham mưu.").press("enter").typed("kinh").show("pick").press("enter", "tab").typed("+5").show("due").press("ctrl+s")
	d.show("directed").see("Đã ghi ý kiến chỉ đạo", "Nhấn c")
	d.press("c").show("handover").see("Phòng Kinh tế").press("ctrl+s").see("Đã chuyển giao")
	d.press("p").typed("Đang soạn kế hoạch").press("ctrl+s").see("Đã ghi tiến độ")
	d.press("h").typed("Đã ban hành kế hoạch").press("tab").typed("02/KH-UBND").press("ctrl+s").show("done").see("Đã hoàn thành")
	rows, err := o.o.Inbox.Book(2026)
	if err != nil || len(rows) != 1 || rows[0].Receiver != "Phòng Kinh tế" {
		t.Errorf("register %+v, %v", rows, err)
	}
	d.press("4").show("book").see("Sổ đăng ký văn bản đến, năm 2026 (1 dòng)")
}

// TestJourneyOutgoing: a document is drafted, signed, numbered, sealed and issued.
func TestJourneyOutgoing(t *testing.T) {
	o := newOffice(t)
	d := drive(o, 80, 24)
	d.press("3").show("list").see("Nhấn n để soạn").press("n").show("draft")
	d.typed("/van").show("path").press("down", "enter", "tab").typed("báo").show("type").press("enter")
	d.typed("Kết quả rà soát hộ nghèo năm 2026").press("enter", "tab").typed("nghia").press("enter", "tab").show("more")
	d.typed("so noi vu").show("agency").press("enter").typed("h01.152").press("enter").show("recipients").press("ctrl+s")
	d.show("drafted").see("Đã tạo dự thảo Báo cáo", "Nhấn s")
	d.press("s").show("sign").see("SHA-256", "Nguyễn Văn Nghĩa").typed("000000").show("pin").press("enter").show("wrong").see("Sai mã PIN, còn 2 lần thử")
	d.typed("123456").press("enter").show("signed").see("Đã ký số", "Nhấn o")
	d.press("o").show("number").see("Số đã cấp không lấy lại").press("enter").show("numbered").see("01/BC-UBND")
	d.press("d").show("seal").see("Sẽ ghi số").typed("123456").press("enter").show("sealed").see("sẵn sàng phát hành")
	d.press("i").show("issue").see("H01.152", "H01.05", "rời cơ quan").press("enter").show("issued").see("Đã phát hành", "Chưa gửi")
	docs, _, err := o.o.Outbox.List(outbox.Filter{State: outbox.Issued}, window(10))
	if err != nil || len(docs) != 1 {
		t.Errorf("issued %+v, %v", docs, err)
	}
	d.press("4", "b").show("book").see("01/BC-UBND")
}

// TestJourneyRefuse: a document sent to the wrong office goes back with a reason.
func TestJourneyRefuse(t *testing.T) {
	o := newOffice(t)
	o.fewLetters()
	d := drive(o, 80, 24)
	d.press("2", "enter", "x").typed("ngắn").press("ctrl+s").show("short").see("ít nhất 10 ký tự", "ngắn")
	d.typed(" quá: gửi nhầm cơ quan").press("ctrl+s").see("Đã từ chối")
	docs, _, err := o.o.Inbox.List(inbox.Filter{State: inbox.Refused}, window(10))
	if err != nil || len(docs) != 1 {
		t.Errorf("refused %+v, %v", docs, err)
	}
}

// TestJourneyForward: an incoming document is passed on to another body.
func TestJourneyForward(t *testing.T) {
	o := newOffice(t)
	o.fewLetters()
	d := drive(o, 80, 24)
	d.press("2", "enter", "f").see("Văn bản chưa vào sổ đến nên chưa chuyển tiếp được").press("d", "ctrl+s", "f").typed("thoai son").press("enter", "tab").typed("Kính chuyển").press("ctrl+s").show("forward")
	d.see("Phát hành", "H01.152").press("esc").see("Bản chuyển tiếp chưa phát hành")
	d.press("3", "enter", "e").see("bước sau là phát hành").press("esc", "i").see("H01.152").press("enter").see("Đã phát hành")
}
