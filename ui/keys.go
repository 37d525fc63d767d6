package ui

import "strings"

// action is what a key means on a screen.
type action string

// place says what kind of screen, or part of one, takes the keys; a screen may be in
// several at once.
type place uint32

const (
	browsing   place = 1 << iota // no field takes letters
	listing                      // rows to choose from
	reading                      // a text to scroll
	incoming                     // the incoming list or a document of it
	incomingD                    // one incoming document
	outgoing                     // the outgoing list or a document of it
	outgoingD                    // one outgoing document
	registers                    // a register
	queueing                     // the queue
	filling                      // a form
	confirming                   // a question
	tabbing                      // a list with several views
	filtering                    // the filter line takes letters
	helping                      // the help page
	placing                      // the boxes on the page of a draft
	batching                     // several documents to be signed
)

const (
	quit, back, help, again        action = "quit", "back", "help", "again"
	goToday, goIncoming            action = "today", "incoming"
	goOutgoing, goBooks, goQueue   action = "outgoing", "books", "queue"
	up, down, pageUp, pageDown     action = "up", "down", "page-up", "page-down"
	first, last, open              action = "first", "last", "open"
	nextView, prevView, filter     action = "next-view", "prev-view", "filter"
	register, refuse, submit       action = "register", "refuse", "submit"
	direct, handOver, progress     action = "direct", "hand-over", "progress"
	complete, save, check, forward action = "complete", "save", "check", "forward"
	answer, draft, edit            action = "answer", "draft", "edit"
	nextWaiting                    action = "next-waiting"
	replaceFile, sign, number      action = "replace-file", "sign", "number"
	seal, issue, discard           action = "seal", "issue", "discard"
	retry, linkOnOff, sendNow      action = "retry", "link", "send-now"
	nextYear, prevYear, otherBook  action = "next-year", "prev-year", "other-book"
	scrollLeft, scrollRight        action = "left", "right"
	nextField, prevField, accept   action = "next-field", "prev-field", "accept"
	finish, typing                 action = "finish", "typing"
	yes, resend, putAside          action = "yes", "resend", "put-aside"
	pause, resume, liftBudget      action = "pause", "resume", "lift-budget"
	placeBoxes, keepBoxes          action = "place-boxes", "keep-boxes"
	resetBoxes, nextBox, prevBox   action = "reset-boxes", "next-box", "prev-box"
	nextSheet, prevSheet           action = "next-sheet", "prev-sheet"
	boxLeft, boxRight              action = "box-left", "box-right"
	boxUp, boxDown                 action = "box-up", "box-down"
	boxFarLeft, boxFarRight        action = "box-far-left", "box-far-right"
	boxFarUp, boxFarDown           action = "box-far-up", "box-far-down"
	mark, begin                    action = "mark", "begin"
	signMany, sealMany             action = "sign-many", "seal-many"
)

// binding is one row of the key table.
type binding struct {
	on    place    // where the key works
	keys  []string // as Bubble Tea names them
	shown string   // as printed for the clerk
	act   action
	help  string // what it does, in Vietnamese
	foot  bool   // stands in the footer while allowed
}

// bindings is the one key table: dispatch, footer and help are made from it. The
// order is that of the footer and of the help page.
func bindings() []binding {
	return []binding{
		{confirming, []string{"enter"}, "Enter", yes, "đồng ý", true},

		{filling, []string{"ctrl+s"}, "Ctrl+S", finish, "làm xong, ghi lại", true},
		{filling, []string{"tab"}, "Tab", nextField, "ô sau", true},
		{filling, []string{"shift+tab"}, "Shift+Tab", prevField, "ô trước", false},
		{filling, []string{"enter"}, "Enter", accept, "chọn, sang ô sau", true},
		{filling, []string{"down"}, "↓", down, "xuống trong danh sách, hoặc ô sau", false},
		{filling, []string{"up"}, "↑", up, "lên trong danh sách, hoặc ô trước", false},
		{filling | filtering, []string{"f2"}, "F2", typing, "kiểu gõ: Telex, VNI hoặc tắt", true},
		{filling, []string{"f1"}, "F1", help, "trợ giúp: phím dùng được ở đây", false},
		{filtering, []string{"enter"}, "Enter", accept, "xem kết quả lọc", true},

		{listing, []string{"enter"}, "Enter", open, "mở", true},

		{incomingD, []string{"d"}, "d", register, "đăng ký, lấy số đến", true},
		{incomingD, []string{"x"}, "x", refuse, "từ chối, trả lại nơi gửi", true},
		{incomingD, []string{"t"}, "t", submit, "trình, ghi việc đã trình lãnh đạo", true},
		{incomingD, []string{"b"}, "b", direct, "ý kiến chỉ đạo: ghi bút phê của lãnh đạo", true},
		{incomingD, []string{"c"}, "c", handOver, "chuyển giao: cho đơn vị hoặc người giải quyết", true},
		{incomingD, []string{"p"}, "p", progress, "tiến độ: ghi việc đã làm", true},
		{incomingD, []string{"h"}, "h", complete, "hoàn thành: kết thúc việc với văn bản", true},
		{incomingD, []string{"n"}, "n", nextWaiting, "văn bản kế, đang chờ tiếp nhận", true},
		{incomingD, []string{"v"}, "v", check, "kiểm tra lại chữ ký số", false},
		{incomingD, []string{"f"}, "f", forward, "chuyển tiếp cho cơ quan khác", false},
		{incomingD, []string{"a"}, "a", answer, "soạn văn bản trả lời", false},

		{batching, []string{"enter"}, "Enter", begin, "ký các văn bản đã chọn", true},
		{outgoing, []string{"n"}, "n", draft, "soạn mới: văn bản đi", true},
		{batching, []string{"space"}, "Space", mark, "chọn, hoặc thôi chọn dòng này", true},
		{outgoing, []string{"space"}, "Space", mark, "chọn, hoặc thôi chọn văn bản để ký nhiều", false},
		{outgoing, []string{"s"}, "s", signMany, "ký nhiều: văn bản đã chọn, hoặc mọi dự thảo của người ký này", true},
		{outgoing, []string{"d"}, "d", sealMany, "đóng dấu nhiều: văn bản đã chọn, hoặc mọi văn bản chờ cơ quan ký số", false},
		{outgoingD, []string{"e"}, "e", edit, "sửa, kể cả nơi nhận", true},
		{outgoingD, []string{"r"}, "r", replaceFile, "thay tệp PDF", false},
		{outgoingD, []string{"v"}, "v", placeBoxes, "vị trí số, ngày, chữ ký, dấu trên trang", false},
		{outgoingD, []string{"s"}, "s", sign, "ký số, người có thẩm quyền", true},
		{outgoingD, []string{"o"}, "o", number, "cấp số, ghi ngày và vào sổ", true},
		{outgoingD, []string{"d"}, "d", seal, "ký số cơ quan (đóng dấu)", true},
		{outgoingD, []string{"i"}, "i", issue, "phát hành", true},
		{outgoingD, []string{"u"}, "u", resend, "gửi lại các nơi gửi lỗi", true},
		{outgoingD, []string{"b"}, "b", putAside, "bỏ khỏi việc hôm nay: đã xử lý việc bị từ chối", true},
		{outgoingD, []string{"x"}, "x", discard, "hủy: bỏ dự thảo, hoặc hủy số đã cấp", true},
		{incomingD | outgoingD, []string{"l"}, "l", save, "lưu tệp: chép ra thư mục", true},

		{placing, []string{"enter"}, "Enter", keepBoxes, "giữ vị trí", true},
		{placing, []string{"left", "h"}, "←", boxLeft, "sang trái 1 mm", false},
		{placing, []string{"right", "l"}, "→", boxRight, "sang phải 1 mm", false},
		{placing, []string{"up", "k"}, "↑", boxUp, "lên 1 mm", false},
		{placing, []string{"down", "j"}, "↓", boxDown, "xuống 1 mm", false},
		{placing, []string{"shift+left", "H"}, "Shift+←", boxFarLeft, "sang trái 5 mm", false},
		{placing, []string{"shift+right", "L"}, "Shift+→", boxFarRight, "sang phải 5 mm", false},
		{placing, []string{"shift+up", "K"}, "Shift+↑", boxFarUp, "lên 5 mm", false},
		{placing, []string{"shift+down", "J"}, "Shift+↓", boxFarDown, "xuống 5 mm", false},
		{placing, []string{"tab"}, "Tab", nextBox, "ô sau", true},
		{placing, []string{"shift+tab"}, "Shift+Tab", prevBox, "ô trước", false},
		{placing, []string{"pgdown"}, "PgDn", nextSheet, "sang trang sau: chữ ký hoặc dấu", false},
		{placing, []string{"pgup"}, "PgUp", prevSheet, "sang trang trước: chữ ký hoặc dấu", false},
		{placing, []string{"r"}, "r", resetBoxes, "đặt lại, mọi ô về chỗ đề nghị", true},

		{registers, []string{"b"}, "b", otherBook, "đổi sổ: đến hoặc đi", true},
		{registers, []string{"]"}, "]", nextYear, "năm sau", true},
		{registers, []string{"["}, "[", prevYear, "năm trước", true},
		{registers, []string{"right", "l"}, "→ l", scrollRight, "cột phải, xem các cột bên phải", true},
		{registers, []string{"left", "h"}, "← h", scrollLeft, "cột trái", true},

		{queueing, []string{"r"}, "r", retry, "thử lại, việc đang chọn", true},
		{queueing, []string{"u"}, "u", sendNow, "gửi ngay, nhận ngay, không chờ đến giờ", true},
		{queueing, []string{"p"}, "p", pause, "tạm dừng, giữ mọi việc gửi, nhận lại cho đến khi nhấn c", true},
		{queueing, []string{"c"}, "c", resume, "chạy tiếp, sau khi tạm dừng", true},
		{queueing, []string{"b"}, "b", liftBudget, "bỏ hạn mức, chỉ hôm nay, để mọi việc được đi", true},
		{queueing, []string{"m"}, "m", linkOnOff, "mạng: tắt hoặc mở kết nối với Trục", true},

		{tabbing, []string{"right", "l", "tab"}, "→", nextView, "nhóm sau: danh sách theo trạng thái khác", true},
		{tabbing, []string{"left", "h", "shift+tab"}, "←", prevView, "nhóm trước", false},
		{tabbing, []string{"/"}, "/", filter, "lọc, gõ có dấu hay không đều được", true},

		{listing | reading | batching, []string{"j", "down"}, "j ↓", down, "xuống một dòng", false},
		{listing | reading | batching, []string{"k", "up"}, "k ↑", up, "lên một dòng", false},
		{listing | reading | batching, []string{"pgdown", "ctrl+f"}, "PgDn", pageDown, "xuống một trang", false},
		{reading | incoming | registers | queueing, []string{"space"}, "Space", pageDown, "xuống một trang, như PgDn", false},
		{listing | reading | batching, []string{"pgup", "ctrl+b"}, "PgUp", pageUp, "lên một trang", false},
		{listing | reading | batching, []string{"g", "home"}, "g", first, "về đầu", false},
		{listing | reading | batching, []string{"G", "end"}, "G", last, "đến cuối", false},

		{browsing, []string{"1"}, "1", goToday, "Hôm nay", false},
		{browsing, []string{"2"}, "2", goIncoming, "Văn bản đến", false},
		{browsing, []string{"3"}, "3", goOutgoing, "Văn bản đi", false},
		{browsing, []string{"4"}, "4", goBooks, "Sổ", false},
		{browsing, []string{"6"}, "6", goQueue, "Hàng đợi", false},
		{browsing, []string{"ctrl+r"}, "Ctrl+R", again, "đọc lại dữ liệu", false},
		{browsing | filling | confirming | filtering | helping | placing | batching, []string{"esc"}, "Esc", back, "quay lại", true},
		{browsing | helping | placing | batching, []string{"?", "f1"}, "?", help, "trợ giúp: phím dùng được ở đây", true},
		{browsing, []string{"q"}, "q", quit, "thoát", true},
		{browsing | filling | confirming | filtering | helping | placing | batching, []string{"ctrl+c"}, "Ctrl+C", quit, "thoát", false},
	}
}

// binding finds the row for a key where the screen is.
func (t keyTable) binding(key string, at place) (binding, bool) {
	for _, b := range t {
		if b.on&at == 0 {
			continue
		}
		for _, k := range b.keys {
			if k == key {
				return b, true
			}
		}
	}
	return binding{}, false
}

// keyTable is [bindings], made once for a model.
type keyTable []binding

// footer is the line of keys at the foot: those marked for it that the screen allows.
// A root screen has nothing to go back to; over one, the way out is the way back.
func (t keyTable) footer(s screen, root bool, w int) string {
	var ways, acts []string
	used := 0
	for _, b := range t {
		if b.foot && leaves(b.act) && b.on&s.place() != 0 && !(root && b.act == back && s.place()&browsing != 0) && !(!root && b.act == quit) {
			ways = append(ways, b.label())
			used += width(b.label()) + 2
		}
	}
	for _, b := range t {
		if !b.foot || leaves(b.act) || b.on&s.place() == 0 || s.refuses(b.act) != "" {
			continue
		}
		if n := width(b.label()) + 2; used+n <= w+2 {
			used += n
			acts = append(acts, b.label())
		}
	}
	return strings.Join(append(acts, ways...), "  ")
}

// leaves tells the keys that are always shown: the ways out and the help.
func leaves(a action) bool { return a == back || a == help || a == quit }

// label is a key with the first words of what it does.
func (b binding) label() string {
	short := b.help
	for _, end := range []string{",", ":", " ("} {
		short, _, _ = strings.Cut(short, end)
	}
	return keyStyle.Render(b.shown) + " " + short
}
