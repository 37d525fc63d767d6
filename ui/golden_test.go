package ui

import (
	"fmt"
	"testing"
	"time"

	"vanthu/internal/document"
)

// step is one screen on a walk through the program: the keys that lead to it.
type step struct {
	name string
	keys []string
}

// keysOf is a text as single keys.
func keysOf(text string) []string {
	var out []string
	for _, r := range text {
		out = append(out, string(r))
	}
	return out
}

func walk() []step {
	return []step{
		{"hom-nay", nil},
		{"tro-giup", []string{"?"}},
		{"den-danh-sach", []string{"?", "2"}},
		{"den-loc", append([]string{"/"}, keysOf("ho ngheo")...)},
		{"den-van-ban", []string{"enter", "enter"}},
		{"den-dang-ky", []string{"d"}},
		{"den-da-dang-ky", []string{"ctrl+s"}},
		{"den-trinh", []string{"t"}},
		{"den-chi-dao", append([]string{"down", "enter", "b", "tab"}, keysOf("Giao chu tri")...)},
		{"den-chuyen-giao", append([]string{"tab"}, append(keysOf("kinh"), "enter", "ctrl+s", "c")...)},
		{"den-luu-tep", []string{"ctrl+s", "l"}},
		{"den-chuyen-tiep", append([]string{"esc", "f"}, keysOf("an giang")...)},
		{"di-danh-sach", []string{"esc", "esc", "3"}},
		{"di-soan", append([]string{"n"}, keysOf("/van")...)},
		{"di-thieu", []string{"down", "enter", "ctrl+s"}},
		{"di-chon-loai", keysOf("ke hoach")},
		{"di-du-thao", append(append([]string{"enter"}, keysOf("Tuyen truyen")...),
			append(append([]string{"tab", "tab"}, keysOf("nghia")...), append([]string{"enter", "tab"}, append(keysOf("noi vu"), "enter", "ctrl+s")...)...)...)},
		{"di-ky", []string{"s", "1", "2", "3"}},
		{"di-sai-pin", []string{"enter"}},
		{"di-cap-so", append(keysOf("123456"), "enter", "o")},
		{"di-dong-dau", []string{"enter", "d"}},
		{"di-phat-hanh", append(keysOf("123456"), "enter", "i")},
		{"di-da-phat-hanh", []string{"enter"}},
		{"so-den", []string{"4"}},
		{"so-di", []string{"b", "right"}},
		{"hang-doi", []string{"6"}},
		{"hang-doi-viec", []string{"enter"}},
	}
}

func goldenOffice(t testing.TB) *office {
	o := newOffice(t)
	o.fewLetters()
	o.o.Practice, o.o.Hint = true, "Khóa tập: mã PIN 123456."
	o.link.state.LastSuccess = time.Date(2026, 11, 20, 8, 2, 0, 0, document.Zone())
	o.link.state.Waiting, o.link.state.Held = 1, 1
	o.link.jobs = []Job{
		{ID: "send/1", Kind: "send", Record: "id-00007", Title: "Gửi 01/KH-UBND cho 1 nơi", Held: true, Attempts: 3, Created: o.now,
			Reason: "Trục từ chối: mã nơi nhận không còn hiệu lực"},
		{ID: "status/2", Kind: "status", Attempts: 1, Created: o.now, NextTry: o.now.Add(5 * time.Minute), Reason: "Mất mạng", Size: 2048},
	}
	return o
}

// TestScreens walks through every screen at three sizes on the emulator. The frame a
// pure walk makes, the screen after the real renderer and the golden must be one.
func TestScreens(t *testing.T) {
	for _, size := range []struct{ w, h int }{{80, 24}, {120, 40}, {60, 20}} {
		t.Run(fmt.Sprintf("%dx%d", size.w, size.h), func(t *testing.T) {
			d := drive(goldenOffice(t), size.w, size.h)
			e := emulate(goldenOffice(t), size.w, size.h)
			for _, s := range walk() {
				for _, k := range s.keys {
					d.press(k)
					e.send(k)
					if k == "esc" { // alone, or it would be Alt and the next key
						e.same(d)
					}
				}
				e.same(d)
				golden(t, fmt.Sprintf("%s-%dx%d", s.name, size.w, size.h), trimmed(d.screen()))
			}
		})
	}
}

// TestTooSmall: a small window is told what is needed.
func TestTooSmall(t *testing.T) {
	o := goldenOffice(t)
	d := drive(o, 40, 10)
	e := emulate(goldenOffice(t), 40, 10)
	e.same(d)
	golden(t, "qua-nho-40x10", trimmed(d.screen()))
	if d.press("2", "q"); d.quit {
		t.Error("a key was taken on a screen that cannot be seen")
	}
}

// TestSelectedRowHasMark: without colour, and on a terminal without attributes.
func TestSelectedRowHasMark(t *testing.T) {
	for _, env := range []string{"NO_COLOR=1", "TERM=dumb"} {
		d := drive(goldenOffice(t), 80, 24)
		e := emulate(goldenOffice(t), 80, 24, env)
		d.press("2", "down")
		e.send("2", "down")
		e.same(d)
		d.see("\n>      chờ nhận", "\n  HT   chờ nhận")
	}
}
