package journey

import (
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"vanthu/internal/terminal"
)

var update = flag.Bool("update", false, "write the goldens of screens anew")

// patience is how long a screen may take to show something before the test
// fails. It is no measure of speed.
const patience = 15 * time.Second

// seat is somebody at the keyboard of the real program.
type seat struct {
	t    *testing.T
	term *terminal.Terminal
}

// sits opens the screen on the scene's home at 80×24, without colour.
func (s *scene) sits() *seat {
	s.t.Helper()
	cmd := s.command()
	cmd.Env = append(os.Environ(), "NO_COLOR=1", "LANG=C.UTF-8", "HOME="+s.dir)
	term, err := terminal.Start(cmd, 80, 24)
	s.ok(err)
	s.t.Cleanup(term.Close)
	return &seat{s.t, term}
}

// see waits until all texts stand on the screen.
func (p *seat) see(texts ...string) {
	p.t.Helper()
	all := func(screen string) bool {
		for _, text := range texts {
			if !strings.Contains(screen, text) {
				return false
			}
		}
		return true
	}
	if err := p.term.Await(patience, all); err != nil {
		p.t.Fatalf("%q: %v\n%s", texts, err, p.term.Screen())
	}
}

// Keys as a terminal sends them.
const (
	enter = "\r"
	esc   = "\x1b"
	tab   = "\t"
	down  = "\x1b[B"
	done  = "\x13" // Ctrl+S
)

// press sends keys; a text types itself.
func (p *seat) press(keys ...string) {
	p.t.Helper()
	for _, k := range keys {
		if err := p.term.Send(k); err != nil {
			p.t.Fatal(err)
		}
	}
}

// golden compares the screen with testdata/NAME.txt. What changes from run to
// run (dates, times, ids, sizes, sums) is blotted out first.
func (p *seat) golden(name string) {
	p.t.Helper()
	p.term.Quiet(200 * time.Millisecond)
	got := blot(p.term.Screen()) + "\n"
	path := filepath.Join("testdata", name+".txt")
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			p.t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		p.t.Fatal(err)
	}
	if got != string(want) {
		p.t.Errorf("screen %s:\n%s\nwant:\n%s", name, got, want)
	}
}

// blot replaces what differs from run to run and from day to day by fixed words.
func blot(screen string) string {
	for _, b := range []struct{ shape, word string }{
		{`  \((Thứ [^)]*|Chủ nhật)\)`, ""}, // said of days off only
		{`[0-9a-f]{8}(-[0-9a-f]{4}){3}-\n? *[0-9a-f]{12}`, "MÃ-GÓI"},
		{`[0-9A-F]{24,}`, "SỐ-CHỨNG-THƯ"},
		{`[0-9a-f]{64}`, "SHA"},
		{`\n?\b\d+ [kM]?B\b`, "CỠ"},
		{`\d\d/\d\d/\d{4}`, "NGÀY"},
		{`\d{4}/\d\d/\d\d`, "NGÀY"},
		{`\d\d:\d\d`, "GIỜ"},
		{`ngày \d\d?(,?) tháng \d\d?`, "ngày N$1 tháng N"},
		{`năm \d{4}`, "năm N"},
	} {
		screen = regexp.MustCompile(b.shape).ReplaceAllString(screen, b.word)
	}
	return screen
}
