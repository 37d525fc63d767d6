package ui

import (
	"fmt"
	"math/rand/v2"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"vanthu/internal/document"
)

// hostile is text as nobody writes it by accident.
const hostile = "\u202Egnort\u2066 \u200bẩn\u0301\u0302\u0303\u0304 \u009b2J 👩‍👩‍👧 ｗｉｄｅ \U000E0041 ก็็็็ 한글 V/v"

func hostileOffice(t testing.TB) *office {
	o := newOffice(t)
	o.fewLetters()
	d := letter(99, hostile+" "+strings.Repeat("dài ", 90))
	d.From.Name, d.Signer.Name, d.Content = hostile, hostile, hostile
	d.Other.Urgency = document.VeryUrgent
	o.receive(d)
	o.o.Office, o.o.Units = "\x1b]0;x\x07"+hostile, []string{hostile, "Phòng Kinh tế"}
	o.link.jobs = []Job{{ID: "\x1b[2J", Kind: hostile, Title: "\x1b]52;c;AA\x07", Reason: hostile, Held: true}}
	o.o.Explain = func(err error) (string, string) { return "\x1b[2J" + err.Error(), hostile }
	return o
}

// checkFrame fails when a frame is not exactly as tall as the terminal, a line is wider
// than it by either way of counting, or anything but a colour stands in it.
func checkFrame(content string, w, h int) error {
	lines := strings.Split(content, "\n")
	if len(lines) > h {
		return fmt.Errorf("%d lines on %d", len(lines), h)
	}
	for i, l := range lines {
		if n, wc := ansi.StringWidth(l), ansi.StringWidthWc(l); n > w || wc > w {
			return fmt.Errorf("line %d is %d or %d cells wide on %d: %q", i, n, wc, w, l)
		}
		if err := onlyColours(l); err != nil {
			return fmt.Errorf("line %d: %w: %q", i, err, l)
		}
	}
	return nil
}

func onlyColours(l string) error {
	for len(l) > 0 {
		if rest, ok := strings.CutPrefix(l, "\x1b["); ok {
			end := strings.IndexFunc(rest, func(r rune) bool { return r >= 0x40 && r <= 0x7E })
			if end < 0 || rest[end] != 'm' {
				return fmt.Errorf("a sequence that is no colour")
			}
			l = rest[end+1:]
			continue
		}
		if l[0] < 0x20 || l[0] == 0x7F {
			return fmt.Errorf("control byte %#x", l[0])
		}
		r := []rune(l[:min(len(l), 4)])[0]
		if r >= 0x80 && r < 0xA0 || r >= 0x202A && r <= 0x202E || r >= 0x2066 && r <= 0x2069 || r == 0x200B {
			return fmt.Errorf("character %U", r)
		}
		l = l[len(string(r)):]
	}
	return nil
}

// TestHostileTitles: what others wrote reaches no terminal as more than text.
func TestHostileTitles(t *testing.T) {
	d := drive(hostileOffice(t), 80, 24)
	for _, keys := range [][]string{{"2"}, {"enter"}, {"G"}, {"d"}, {"esc"}, {"f"}, {"esc", "esc"}, {"6"}, {"enter"}, {"esc", "3"}, {"n"}, {"tab"}} {
		d.press(keys...)
		if err := checkFrame(d.m.View().Content, 80, 24); err != nil {
			t.Errorf("after %v: %v", keys, err)
		}
	}
}

// TestRandomKeysAndSizes presses anything on terminals of any size: nothing panics and
// every frame fits. SEED=n replays a run.
func TestRandomKeysAndSizes(t *testing.T) {
	seed, err := strconv.ParseUint(os.Getenv("SEED"), 10, 64)
	if err != nil {
		seed = uint64(time.Now().UnixNano())
	}
	t.Logf("SEED=%d", seed)
	rnd := rand.New(rand.NewPCG(seed, 0))
	var names []string
	for _, b := range bindings() {
		if b.act != quit {
			names = append(names, b.keys...)
		}
	}
	names = append(names, "ữ", "ễ", "3", "backspace", "delete", "ctrl+w", "ctrl+u", "enter", "enter", "down", "ctrl+s", "n", "2", "3")
	rounds := 6
	if testing.Short() {
		rounds = 1
	}
	for range rounds {
		randomWalk(t, rnd, names)
	}
}

func randomWalk(t *testing.T, rnd *rand.Rand, names []string) {
	w, h := 80, 24
	d := drive(hostileOffice(t), w, h)
	var done []string
	defer func() {
		if r := recover(); r != nil {
			t.Fatalf("after %v: %v", done[max(0, len(done)-40):], r)
		}
	}()
	for range 700 {
		name := names[rnd.IntN(len(names))]
		switch rnd.IntN(20) {
		case 0:
			w, h = 1+rnd.IntN(140), 1+rnd.IntN(50)
			name = fmt.Sprintf("size %dx%d", w, h)
			d.send(tea.WindowSizeMsg{Width: w, Height: h})
		case 1:
			name = "paste"
			d.send(tea.PasteMsg{Content: hostile + "\x1b[2J\n"})
		case 2:
			name = "hold"
			d.hold = true
		case 3, 4:
			name = "release"
			d.release()
		default:
			d.press(name)
		}
		done = append(done, name)
		v := d.m.View()
		if err := checkFrame(v.Content, w, h); err != nil {
			t.Fatalf("%dx%d after %v: %v", w, h, done[max(0, len(done)-40):], err)
		}
		if c := v.Cursor; c != nil && (c.X >= w || c.Y >= h || c.X < 0 || c.Y < 0) {
			t.Fatalf("%dx%d after %v: cursor at %v", w, h, done[max(0, len(done)-40):], c.Position)
		}
	}
}
