package document

import (
	"encoding/json"
	"errors"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func TestParseDate(t *testing.T) {
	want := Date{2026, time.March, 5}
	for _, s := range []string{"2026/03/05", "2026-03-05", "05/03/2026", "5/3/2026", " 2026/3/5 ", "05-03-2026"} {
		if got, err := ParseDate(s); err != nil || got != want {
			t.Errorf("ParseDate(%q) = %v, %v", s, got, err)
		}
	}
	for _, s := range []string{"", "2014/02/30", "31/02/2026", "hôm nay", "2026/13/01", "20260305", "0000/01/01"} {
		if got, err := ParseDate(s); !errors.Is(err, ErrDate) {
			t.Errorf("ParseDate(%q) = %v, %v, want ErrDate", s, got, err)
		}
	}
}

func TestDateForms(t *testing.T) {
	tests := []struct {
		date                         Date
		text, iso, axis, day, month_ string
		words                        string
	}{
		{Date{2020, 3, 5}, "05/03/2020", "2020-03-05", "2020/03/05", "05", "3", "ngày 05 tháng 3 năm 2020"},
		{Date{2026, 2, 11}, "11/02/2026", "2026-02-11", "2026/02/11", "11", "02", "ngày 11 tháng 02 năm 2026"},
		{Date{2026, 11, 21}, "21/11/2026", "2026-11-21", "2026/11/21", "21", "11", "ngày 21 tháng 11 năm 2026"},
		{Date{}, "", "", "", "", "", ""},
	}
	for _, tt := range tests {
		d := tt.date
		got := []string{d.String(), d.ISO(), d.Axis(), d.DayText(), d.MonthText(), d.Words()}
		for i, want := range []string{tt.text, tt.iso, tt.axis, tt.day, tt.month_, tt.words} {
			if got[i] != want {
				t.Errorf("%v: form %d = %q, want %q", d, i, got[i], want)
			}
		}
	}
}

func TestDateOfIsVietnamese(t *testing.T) {
	evening := time.Date(2026, 11, 20, 17, 30, 0, 0, time.UTC) // 00:30 on the 21st at +07:00
	if got := DateOf(evening); got != (Date{2026, 11, 21}) {
		t.Errorf("DateOf(%v) = %v", evening, got)
	}
}

func TestDateRoundTrips(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := Date{2000, 1, 1}.AddDays(rapid.IntRange(0, 40000).Draw(t, "days"))
		for _, text := range []string{d.String(), d.ISO(), d.Axis()} {
			if got, err := ParseDate(text); err != nil || got != d {
				t.Fatalf("ParseDate(%q) = %v, %v", text, got, err)
			}
		}
		b, err := json.Marshal(d)
		if err != nil {
			t.Fatal(err)
		}
		var back Date
		if err := json.Unmarshal(b, &back); err != nil || back != d {
			t.Fatalf("json %s = %v, %v", b, back, err)
		}
		if next := d.AddDays(1); !d.Before(next) || !next.After(d) || d.Compare(d) != 0 {
			t.Fatalf("order of %v and %v", d, next)
		}
	})
}
