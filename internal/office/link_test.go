package office

import "testing"

func TestHours(t *testing.T) {
	for text, want := range map[string]Hours{"22:00-05:00": {22 * 60, 5 * 60}, " 7:30 - 17:00 ": {7*60 + 30, 17 * 60}, "00:00-23:59": {0, 23*60 + 59}} {
		got, err := ParseHours(text)
		if err != nil || got != want {
			t.Errorf("%q: %v, %v; want %v", text, got, err, want)
		}
		if again, err := ParseHours(got.String()); err != nil || again != got {
			t.Errorf("%v read again: %v, %v", got, again, err)
		}
	}
	for _, text := range []string{"", "22:00", "22-5", "24:00-05:00", "22:60-05:00", "22:00-22:00", "-1:00-05:00", "22:0-05:00", "22:00-05:00-06:00", "22:00–05:00"} {
		if h, err := ParseHours(text); err == nil {
			t.Errorf("%q was read as %v", text, h)
		}
	}
}

func TestLimitsOfTheLine(t *testing.T) {
	l := Link{RateKbit: 128, BudgetMB: 200}
	if l.Rate() != 16000 || l.Budget() != 200_000_000 {
		t.Errorf("%d bytes a second, %d bytes a day", l.Rate(), l.Budget())
	}
	if _, ok := l.QuietHours(); ok {
		t.Error("quiet hours that nobody set")
	}
}

func TestPlainAndClosed(t *testing.T) {
	for url, want := range map[string][2]bool{
		"http://127.0.0.1:8080": {true, true}, "http://localhost:1/x": {true, true}, "http://[::1]:9": {true, true},
		"http://10.1.2.3": {true, true}, "http://192.168.1.4:80": {true, true}, "http://172.20.0.1": {true, true},
		"http://8.8.8.8": {true, false}, "http://truc.example.vn": {true, false}, "HTTP://truc.example.vn": {true, false},
		"http://127.0.0.1.example.vn": {true, false}, "https://127.0.0.1": {false, true}, "https://truc.example.vn": {false, false}, "": {false, false},
	} {
		a := Axis{URL: url}
		if got := [2]bool{a.Plain(), a.Closed()}; got != want {
			t.Errorf("%q: plain, closed %v; want %v", url, got, want)
		}
	}
}
