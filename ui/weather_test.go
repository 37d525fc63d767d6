package ui

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"vanthu/internal/document"
)

func at(hour, minute int) time.Time {
	return time.Date(2026, 11, 20, hour, minute, 0, 0, document.Zone())
}

// skies are links as a clerk may meet them.
func skies() map[string]LinkState {
	seen := at(8, 2)
	return map[string]LinkState{
		"dang-truyen":  {On: true, Online: true, LastSuccess: seen, Waiting: 5, Rate: 12_400, Left: 1_900_000, ETA: 153 * time.Second, Spent: 45_000_000, Budget: 200_000_000},
		"tam-dung":     {On: true, Online: true, LastSuccess: seen, Waiting: 5, Left: 1_900_000, Hold: Paused},
		"tam-dung-den": {On: true, Online: true, LastSuccess: seen, Waiting: 5, Left: 1_900_000, Hold: Paused, Until: at(14, 0)},
		"yen-lang":     {On: true, Online: true, LastSuccess: seen, Waiting: 5, Left: 1_900_000, Hold: QuietHours, Until: at(29, 0)},
		"het-han-muc":  {On: true, Online: true, LastSuccess: seen, Waiting: 5, Left: 1_900_000, Hold: OverBudget, Until: at(24, 0), Spent: 200_100_000, Budget: 200_000_000},
		"bo-han-muc":   {On: true, Online: true, LastSuccess: seen, Waiting: 5, Left: 1_900_000, Rate: 12_400, ETA: 2 * time.Hour, Spent: 210_000_000, Budget: 200_000_000, Lifted: true},
		"lech-gio":     {On: true, LastSuccess: seen, LastError: "trục đang bận, sẽ tự thử lại", Waiting: 5, Held: 1, Skew: 7*time.Minute + 20*time.Second, Plain: true},
		"chua-lan-nao": {On: true, Waiting: 5, Plain: true},
		"tat":          {LastSuccess: seen.AddDate(0, 0, -2), Waiting: 5},
	}
}

func skyOffice(t testing.TB, sky LinkState) *office {
	o := newOffice(t)
	o.link.state = sky
	created := at(7, 50)
	o.link.jobs = []Job{
		{ID: "fetch/7", Kind: "fetch", Title: "Nhận văn bản từ trục", Created: created, Running: true, Done: 120_000},
		{ID: "send/1", Kind: "send", Title: "Gửi: 01/KH-UBND Kế hoạch phòng, chống cháy rừng mùa khô năm 2027", Created: created, Running: true, Done: 450_000, Total: 1_000_000, Size: 1_000_000},
		{ID: "ack/9", Kind: "ack", Title: "Báo trục đã nhận", Created: created},
		{ID: "send/2", Kind: "send", Title: "Gửi: 02/TB-UBND Thông báo lịch tiếp công dân", Urgency: document.Urgent, Created: created, Done: 300_000, Total: 1_000_000},
		{ID: "send/3", Kind: "send", Title: "Gửi: 03/BC-UBND Báo cáo quý IV", Created: created, Size: 400_000},
	}
	if sky.Hold == Paused || !sky.On || !sky.Online {
		for i := range o.link.jobs {
			o.link.jobs[i].Running = false
		}
	}
	return o
}

// TestWeather draws the queue under every sky.
func TestWeather(t *testing.T) {
	for name, sky := range skies() {
		for _, size := range []struct{ w, h int }{{80, 24}, {60, 15}} {
			d := drive(skyOffice(t, sky), size.w, size.h)
			d.press("6")
			if err := checkFrame(d.m.View().Content, size.w, size.h); err != nil {
				t.Errorf("%s: %v", name, err)
			}
			golden(t, fmt.Sprintf("thoi-tiet-%s-%dx%d", name, size.w, size.h), trimmed(d.screen()))
		}
	}
}

// TestPauseAndBudgetByKey: each key is offered only where it does something, and says
// what it did.
func TestPauseAndBudgetByKey(t *testing.T) {
	o := skyOffice(t, LinkState{On: true, Online: true, Waiting: 5, Hold: OverBudget, Spent: 2e8, Budget: 2e8})
	d := drive(o, 100, 24)
	d.press("6").see("b bỏ hạn mức", "p tạm dừng").missing("c chạy tiếp")
	d.press("c").see("Không có gì đang tạm dừng.")
	d.press("b").see("Hôm nay không tính hạn mức nữa", "đã dùng 200 MB").press("b").see("Hôm nay đã bỏ hạn mức rồi.")
	d.press("p").see("Đã tạm dừng", "Tạm dừng |", "c chạy tiếp").missing("p tạm dừng")
	d.press("u").see("nhấn c để chạy tiếp").press("p").see("Đang tạm dừng rồi")
	if len(o.link.calls) != 0 {
		t.Errorf("a paused link was asked %v", o.link.calls)
	}
	d.press("c").see("Gửi, nhận chạy tiếp", "p tạm dừng").missing("c chạy tiếp")
	d.press("u")
	if o.link.calls[0] != "send now" {
		t.Errorf("asked %v", o.link.calls)
	}
}

// TestStatusLineKeepsWhatIsWrong: on any width the state of the link, the queue and a
// wrong clock stay before the rest, and the line is never too long.
func TestStatusLineKeepsWhatIsWrong(t *testing.T) {
	o := newOffice(t)
	o.link.state = LinkState{On: true, Online: true, LastSuccess: at(8, 2), Waiting: 12, Held: 1, Skew: -7 * time.Minute, Plain: true}
	for w := minWidth; w <= 160; w++ {
		d := drive(o, w, 24)
		line := d.m.statusLine()
		if n := width(line); n != w {
			t.Fatalf("%d cells on %d", n, w)
		}
		for _, text := range []string{"Có mạng", "Hàng đợi 13", "Giờ máy lệch 7 phút"} {
			if !strings.Contains(line, text) && (w >= 70 || text != "Giờ máy lệch 7 phút") {
				t.Errorf("%d: %q lacks %q", w, line, text)
			}
		}
		if w >= 100 && !strings.Contains(line, "http không mã hóa") {
			t.Errorf("%d: %q does not say that nothing is encrypted", w, line)
		}
	}
}

// TestQueueReadsPages: opening the queue, a move and a change read a page each,
// however long the queue is.
func TestQueueReadsPages(t *testing.T) {
	o := newOffice(t)
	for i := range 20_000 {
		o.link.jobs = append(o.link.jobs, Job{ID: fmt.Sprint("ack/", i), Kind: "ack", Created: o.now})
	}
	d := drive(o, 80, 24)
	d.press("6")
	if o.link.reads > 2 {
		t.Errorf("%d pages read to open the queue", o.link.reads)
	}
	before := o.link.reads
	d.press("j", "j", "pgdown", "k", "enter", "esc")
	if n := o.link.reads - before; n > 3 {
		t.Errorf("%d pages read for six keys", n)
	}
	before = o.link.reads
	d.press("G")
	if n := o.link.reads - before; n > 3 {
		t.Errorf("%d pages read to see the end", n)
	}
	if j, _ := d.m.roots[goQueue].(*listScreen[Job]).p.current(); j.ID != "ack/19999" {
		t.Errorf("the end is %s", j.ID)
	}
	d.press("k", "pgup", "pgup").press("G", "g")
	if j, _ := d.m.roots[goQueue].(*listScreen[Job]).p.current(); j.ID != "ack/0" {
		t.Errorf("the beginning is %s", j.ID)
	}
}

func TestSpans(t *testing.T) {
	for d, want := range map[time.Duration]string{
		time.Second: "chưa đến 1 phút", 59 * time.Second: "chưa đến 1 phút", time.Minute: "khoảng 1 phút", 89 * time.Second: "khoảng 1 phút",
		59*time.Minute + 40*time.Second: "khoảng 1 giờ", 80 * time.Minute: "khoảng 1 giờ 20 phút", 23*time.Hour + 59*time.Minute: "khoảng 23 giờ 59 phút", 25 * time.Hour: "hơn một ngày",
	} {
		if got := spanText(d); got != want {
			t.Errorf("%v: %q, want %q", d, got, want)
		}
	}
	for d, want := range map[time.Duration]string{7*time.Minute + 29*time.Second: "7 phút", 12*time.Minute - time.Second: "12 phút", -6 * time.Minute: "6 phút", 3 * time.Hour: "3 giờ", -400 * 24 * time.Hour: "400 ngày"} {
		if got := skewText(d); got != want {
			t.Errorf("%v: %q, want %q", d, got, want)
		}
	}
}
